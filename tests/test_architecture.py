"""Who may use whom: the layers of CONTRIBUTING.md, from the imports.

Rust by regular expressions over `crate::` paths, Python by the syntax tree. A new Rust module of
the core must be given a layer here; a Python file that starts to use `_core` or pydicom, a name.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "rust/dosemap/src"
BINDINGS = ROOT / "rust/dosemap-py"
PACKAGE = ROOT / "python/dosemap"

# --- Rust ---------------------------------------------------------------------------------------

GROUND = {"error", "math", "energy_table"}
PHYSICS = {
    "materials",
    "spectrum",
    "backscatter",
    "forward_scatter",
    "support::transmission",
}
GEOMETRY = {
    "spaces",
    "beam",
    "body",
    "entrance",
    "surface",
    "coverage",
    "occlusion",
    "support",
    "rest",
    "picture",
}
MAY_USE = (
    dict.fromkeys(GROUND, GROUND)
    | dict.fromkeys(PHYSICS, GROUND | PHYSICS)
    | dict.fromkeys(GEOMETRY, GROUND | GEOMETRY)
    | dict.fromkeys(("kernel", "provenance"), GROUND | PHYSICS | GEOMETRY)
    | dict.fromkeys(("live", "ensemble"), GROUND | PHYSICS | GEOMETRY | {"kernel"})
)
"""The layers of the core: what each module may use beside itself."""


def rust_code(path: Path) -> str:
    """Return a Rust file without comments, strings and its test module, which comes last."""
    text = path.read_text().split("#[cfg(test)]\nmod tests {")[0]
    text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    return re.sub(r"//.*", "", text)


def core_files() -> Iterator[tuple[str, str]]:
    """Yield module path (`support::transmission`) and code of each file of the core."""
    for path in sorted(CORE.rglob("*.rs")):
        if path.name not in ("lib.rs", "tests.rs"):
            yield "::".join(path.relative_to(CORE).with_suffix("").parts), rust_code(path)


def layer_member(module: str) -> str:
    """Return the entry of the layers above that a module path falls under: the longest."""
    known = [entry for entry in MAY_USE if f"{module}::".startswith(f"{entry}::")]
    assert known, f"rust/dosemap/src: give `{module}` a layer in tests/test_architecture.py"
    return max(known, key=len)


def used_modules(module: str, code: str) -> set[str]:
    """Return the layer members that a module's code names by `crate::` or `super::` paths."""
    paths = set(re.findall(r"\bcrate::((?:\w+::)*\w+)", code))
    for group in re.findall(r"\bcrate::\{([^}]*)\}", code):
        paths |= {entry.strip() for entry in group.split(",") if entry.strip()}
    for ups, rest in re.findall(r"(?<![\w:])((?:super::)+)(\w*)", code):
        levels = ups.count("super::")
        parents = module.split("::")[:-levels]
        paths.add("::".join(parents) or rest)
    return {layer_member(path) for path in paths} - {layer_member(module)}


CORE_USES = {module: used_modules(module, code) for module, code in core_files()}


@pytest.mark.parametrize("module", CORE_USES)
def test_physics_takes_numbers_and_geometry_knows_no_dose(module: str) -> None:
    assert CORE_USES[module] <= MAY_USE[layer_member(module)]


def test_modules_of_the_core_use_each_other_in_one_direction() -> None:
    uses: dict[str, set[str]] = {}
    for module, used in CORE_USES.items():
        uses.setdefault(layer_member(module), set()).update(used)
    assert list(TopologicalSorter(uses).static_order())  # raises CycleError, which names the cycle


@pytest.mark.parametrize("module", CORE_USES)
def test_core_does_nothing_but_compute(module: str) -> None:
    forbidden = (
        r"\bstd::(fs|env|net|io|time|process|thread)\b|\be?println!|\be?print!|\bdbg!|\benv!"
        r"|\bstatic mut\b|\bpyo3\b|\bnumpy\b|\bdicom"
    )
    assert re.findall(forbidden, dict(core_files())[module]) == []


def cargo_dependencies(crate: Path) -> set[str]:
    return set(tomllib.loads((crate / "Cargo.toml").read_text())["dependencies"])


def test_crates_depend_on_what_they_are_for() -> None:
    assert cargo_dependencies(ROOT / "rust/dosemap") == {"libm", "thiserror", "pulp", "rayon"}
    reader = cargo_dependencies(ROOT / "rust/dosemap-rdsr")
    assert reader.isdisjoint({"dosemap", "pyo3", "numpy"})
    assert cargo_dependencies(BINDINGS) == {"dosemap", "dosemap-rdsr", "numpy", "png", "pyo3"}


@pytest.mark.parametrize("path", sorted((BINDINGS / "src").glob("*.rs")), ids=lambda p: p.stem)
def test_bindings_convert_and_do_not_compute(path: Path) -> None:
    code = rust_code(path)
    mathematics = r"\.(sin|cos|tan|exp|ln|sqrt|powi|powf|hypot|to_radians|to_degrees)\("
    assert re.findall(mathematics, code) == []
    assert re.findall(r"\blibm\b|\brayon\b|\bstd::(fs|env|net)\b", code) == []


# --- Python -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Import:
    """A module that a file imports, and whether importing the file does it."""

    module: str
    at_import_time: bool


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST, *, at_import_time: bool = True) -> Iterator[Import]:
    """Yield the imports below a node, those for type checking only left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(module=alias.name, at_import_time=at_import_time)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "absolute imports only"
            for alias in child.names:
                yield Import(module=f"{child.module}.{alias.name}", at_import_time=at_import_time)
        elif not is_type_checking(child):
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports(child, at_import_time=at_import_time and not function)


IMPORTS: Mapping[str, list[Import]] = {
    path.relative_to(PACKAGE).as_posix(): list(imports(ast.parse(path.read_text())))
    for path in sorted(PACKAGE.rglob("*.py"))
}


def importers(*modules: str, lazily: bool = True) -> set[str]:
    """Return the files that import a module or something in it; not lazily: on their import."""
    return {
        file
        for file, found in IMPORTS.items()
        for entry in found
        if any(f"{entry.module}.".startswith(f"{module}.") for module in modules)
        and (lazily or entry.at_import_time)
    }


def eager_importers(files: set[str]) -> set[str]:
    """Return the files on whose import one of these is imported."""
    modules = {f"dosemap.{file.removesuffix('.py').replace('/', '.')}" for file in files}
    return {file for module in modules for file in importers(module, lazily=False)}


def test_few_files_use_the_compiled_module() -> None:
    assert importers("dosemap._core") == {
        "__init__.py",
        "anatomy.py",
        "auditing/settings.py",
        "body.py",
        "document.py",
        "ensembles/result.py",
        "ensembles/run.py",
        "errors.py",
        "frames.py",
        "interval/quality.py",
        "live/header.py",
        "live/state.py",
        "map_run.py",
        "patient_size.py",
        "picture.py",
        "placement/pose.py",
        "rdsr.py",
        "result.py",
        "scenes.py",
        "spectrum.py",
        "surface.py",
    }


def test_pydicom_is_used_where_data_sets_are_taken_or_written() -> None:
    users = importers("pydicom")
    assert {file for file in users if not file.startswith("prsr/")} == {
        "rdsr.py",
        "simulate/encode.py",
        "simulate/writer.py",
    }
    # encode.py is all about pydicom and is itself imported inside a function.
    eager = {file for file in importers("pydicom", lazily=False) if not file.startswith("prsr/")}
    assert eager == {"simulate/encode.py"}
    assert importers("dosemap.simulate.encode", lazily=False) == set()


def test_highdicom_stays_in_the_dose_sr_which_is_loaded_when_it_is_written() -> None:
    users = importers("highdicom")
    assert users
    assert all(file.startswith("prsr/") for file in users)
    # What needs it, or Pillow, is imported inside functions of prsr/write.py alone.
    heavy = importers("highdicom", "pydicom", "PIL", lazily=False)
    modules = {
        f"dosemap.{file.removesuffix('.py').replace('/', '.')}"
        for file in heavy
        if file.startswith("prsr/")
    }
    eager = {file for module in modules for file in importers(module, lazily=False)}
    assert all(file.startswith("prsr/") for file in eager)
    assert "prsr/write.py" not in heavy | eager
    outside = {file for file in importers("dosemap.prsr", lazily=False) if file[:5] != "prsr/"}
    assert outside == set()


def test_terminal_libraries_stay_in_the_command_line() -> None:
    assert all(file.startswith("cli/") for file in importers("typer", "rich", "click"))


def test_heavy_libraries_are_imported_inside_functions() -> None:
    heavy = ("xarray", "netCDF4", "trimesh", "pandas", "scipy", "pyarrow", "distributed")
    # These two are all about xarray and are themselves imported inside functions.
    assert importers(*heavy, lazily=False) == {"dataset.py", "history/cumulative_dataset.py"}
    assert importers("dosemap.dataset", lazily=False) == {"history/cumulative_dataset.py"}
    assert importers("dosemap.history.cumulative_dataset", lazily=False) == set()


def test_plotly_stays_in_the_page_and_its_figure() -> None:
    assert importers("plotly") == {"report/figure.py", "report/page.py"}
    assert importers("plotly", lazily=False) == set()
    outside = {file for file in importers("dosemap.report", lazily=False) if file[:7] != "report/"}
    assert outside == set()


def test_what_draws_and_writes_figures_has_its_own_package() -> None:
    users = importers("matplotlib", "meshio")
    assert users
    assert all(file.startswith("figures/") for file in users)
    # These files are themselves imported inside functions.
    assert all(file.startswith("figures/") for file in eager_importers(users))


def test_databases_stay_in_the_store_which_loads_them_when_it_is_opened() -> None:
    """An installation without the extra has no SQLAlchemy."""
    users = importers("sqlalchemy", "alembic")
    assert users
    assert all(file.startswith("history/") for file in users)
    assert eager_importers(users) <= users


def test_each_extra_of_the_audit_has_one_file() -> None:
    assert importers("distributed", "dask") == {"auditing/cluster.py"}
    assert importers("pyarrow") == {"auditing/outputs.py"}


def test_only_commands_that_simulate_load_the_simulation() -> None:
    eager = importers("dosemap.simulate", lazily=False)
    assert all(file.startswith("simulate/") for file in eager)


def test_nothing_imports_the_command_line() -> None:
    outside = {file for file in importers("dosemap.cli") if not file.startswith("cli/")}
    assert outside <= {"__main__.py"}


def test_reading_and_placing_know_neither_kernel_nor_writer() -> None:
    for user in ("reading/", "placement/", "procedure.py", "equipment.py", "simulate/"):
        for used in ("dosemap.engine", "dosemap.result"):
            assert not {file for file in importers(used) if file.startswith(user)}
    outside = {file for file in importers("dosemap.simulate") if not file.startswith("simulate/")}
    assert all(file.startswith("cli/") for file in outside)


def test_the_writer_of_reports_shares_nothing_with_their_reader() -> None:
    """A writer with the reader's words would only prove the reader consistent with itself."""
    used = {
        entry.module
        for file, found in IMPORTS.items()
        for entry in found
        if file.startswith("simulate/") and entry.module.startswith("dosemap.")
    }
    common = ("dosemap.simulate.", "dosemap.errors.", "dosemap.files.", "dosemap.toml_section.")
    assert {module for module in used if not module.startswith(common)} == set()


def run_python(code: str) -> str:
    command = [sys.executable, "-X", "utf8", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_public_names_load_no_heavy_library() -> None:
    """Names are loaded when first used, so this uses them all."""
    use_all = "[getattr(dosemap, name) for name in dosemap.__all__]"
    loaded = set(run_python(f"import sys, dosemap; {use_all}; print(*sys.modules)").split())
    heavy = {"pydicom", "xarray", "netCDF4", "pandas", "typer", "rich", "click", "trimesh", "scipy"}
    heavy |= {"sqlalchemy", "alembic", "psycopg", "zarr", "matplotlib", "meshio", "plotly"}
    assert "dosemap.engine" in loaded
    assert loaded.isdisjoint(heavy)


def test_import_takes_less_than_150_ms() -> None:
    """Hold the limit of docs/validation.md.

    The best of several runs, because a busy machine only adds to it; measured inside the
    interpreter, so that its own start does not count.
    """
    code = "import time; t = time.perf_counter(); import dosemap; print(time.perf_counter() - t)"
    seconds = min(float(run_python(code)) for _ in range(5))
    assert seconds < 0.150
