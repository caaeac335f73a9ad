"""The documents: examples in the README run, links lead somewhere, help texts are there."""

import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benches/*.md")])
COMMAND = Path(sysconfig.get_path("scripts")) / "dosemap"


def blocks(language: str, document: str = README) -> list[str]:
    """Return the fenced blocks of a document in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "docs/alerts.md",
        "docs/console.md",
        "docs/figures.md",
        "docs/history.md",
        "docs/methods/ensemble.md",
        "docs/prsr.md",
        "docs/report.md",
        "docs/risk.md",
        "docs/simulate.md",
        "docs/surfaces.md",
    ],
)
def test_python_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = blocks("python", (ROOT / name).read_text(encoding="utf-8"))
    assert examples
    if any("from_file" in example for example in examples):
        pytest.importorskip("trimesh")
    monkeypatch.chdir(tmp_path)
    for example in examples:
        exec(compile(example, name, "exec"), {"__name__": "__main__"})


def test_the_example_of_an_audit_runs_as_a_script(tmp_path: Path) -> None:
    """As a person would save it: its processes import the file."""
    (example,) = blocks("python", (ROOT / "docs/audit.md").read_text(encoding="utf-8"))
    (tmp_path / "audit_example.py").write_text(example, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "audit_example.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(".dcm") == 2


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "docs/alerts.md",
        "docs/audit.md",
        "docs/console.md",
        "docs/history.md",
        "docs/risk.md",
        "docs/simulate.md",
    ],
)
def test_commands_run(name: str, tmp_path: Path) -> None:
    commands = [
        line.removeprefix("$ ")
        for block in blocks("console", (ROOT / name).read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "dosemap"
        done = subprocess.run(
            [COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout or done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_file_names_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    missing = [link for link in links if not (document.parent / link).exists()]
    # Paths from the root of the repository, in code spans.
    spans = re.findall(r"`((?:rust|python|tests|scripts|docs|benches)/[\w./-]+)`", text)
    missing += [span for span in spans if not (ROOT / span).exists()]
    assert missing == []


@pytest.mark.parametrize("target", ["demo", "test", "build", "bench", "lint", "format"])
def test_targets_that_the_documents_name_exist(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^\.PHONY: {target}  ## \S", makefile, flags=re.MULTILINE)


def test_no_machine_path_or_registry_in_committed_files() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    suspicious = re.compile(
        r"/(?:home|Users|work|root)/\w|index-url|extra-index|//pypi\.|crates\.io/"
    )
    found = [
        name
        for name in listed.stdout.split("\0")
        if name and name not in {"Cargo.lock", "tests/test_docs.py"}
        for path in [ROOT / name]
        if path.is_file() and suspicious.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
