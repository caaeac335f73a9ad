"""``dosemap estimate`` in a terminal and in a pipe: width, colour, progress, what goes where."""

import contextlib
import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from dosemap.simulate import write_rdsr
from dosemap.simulate.cases import single_beam
from simulated_reports import artis_bytes


def dosemap(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "dosemap", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "COLUMNS": "80", **environment},
    )


def test_the_program_prints_json_and_nothing_else(report: Path, bad: Path) -> None:
    done = dosemap("estimate", report, "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    assert json.loads(done.stdout)["schema"] == "dosemap.estimate/1"
    failed = dosemap("estimate", report, bad, "--json")
    assert failed.returncode == 2
    assert len(json.loads(failed.stdout)) == 2
    assert failed.stderr.startswith("error: bad.dcm: ")
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_report_fits_the_terminal_and_says_the_main_things(report: Path, columns: str) -> None:
    result = dosemap("estimate", report, "--events", COLUMNS=columns)
    assert result.returncode == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    words = " ".join(result.stdout.split())
    for phrase in (
        "report.dcm", "Siemens AXIOM-Artis (profile siemens_artis)", "1 event,",
        "reference air kerma 10.0 mGy", "peak skin dose", "hottest 1 cm²",
        "posterior torso", "level",
        "100% of the air kerma; 0% missed the skin, 0% not placed",
        "Contributions at the peak", "Assumed", "calibration_factor",
        "Not validated in the equipment profile", "not a medical device",
    ):  # fmt: skip
        assert phrase in words, phrase
    # No heading or cell of the event table is cut off.
    assert "…" not in result.stdout


def test_no_colour_where_it_is_not_wanted(report: Path) -> None:
    coloured = dosemap("estimate", report, FORCE_COLOR="1", TERM="xterm-256color")
    assert "\x1b[1;32m" in coloured.stdout  # so that the next line tests something
    plain = dosemap("estimate", report, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1")
    # Bold and dim are no colours; 30 to 37 and 90 to 97 are.
    codes = ";".join(re.findall("\x1b\\[([0-9;]*)m", plain.stdout)).split(";")
    assert not any(30 <= int(code) <= 37 or 90 <= int(code) <= 97 for code in codes if code)
    assert "\x1b" not in dosemap("estimate", report).stdout


def test_the_kind_of_report_is_named(tmp_path: Path) -> None:
    path = tmp_path / "enhanced.dcm"
    write_rdsr(single_beam(), path, style="enhanced_xray")
    for command in (("estimate", path), ("equipment", "check", path)):
        words = " ".join(dosemap(*command).stdout.split())
        assert "report Enhanced X-Ray Radiation Dose SR" in words
        assert "map none: this is an Enhanced X-Ray Radiation Dose SR" in words


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names")
def test_texts_of_a_report_and_file_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(BytesIO(artis_bytes()))
    dataset.Manufacturer = "\x1b[31mRed"
    dataset.ManufacturerModelName = "\x1b]0;title\x07model\x9b2J"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    report, bad = tmp_path / "\x1b[32mgreen.dcm", tmp_path / "\x1b[33myellow.dcm"
    dataset.save_as(report)
    bad.write_bytes(b"no report")
    done = dosemap("estimate", report, bad, "--events", PYTHONUTF8="1")
    assert done.returncode == 2
    assert "[31mRed ]0;titlemodel2J (profile none)" in done.stdout
    assert done.stdout.startswith("[32mgreen.dcm")
    assert done.stderr.startswith("error: [33myellow.dcm: ")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stdout + done.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("option", "has_bar"), [((), False), (("--json",), True)])
def test_the_progress_bar_leaves_the_reports_alone(
    report: Path, bad: Path, option: tuple[str, ...], *, has_bar: bool
) -> None:
    import pty  # noqa: PLC0415  (POSIX only)

    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "dosemap",
        "estimate",
        *map(str, (report, bad, report)),
        *option,
    ]
    environment = {"PATH": "", "TERM": "xterm", "COLUMNS": "80"}
    # A terminal for stdout as well where the report is for people.
    stdout = subprocess.PIPE if option else theirs
    with subprocess.Popen(command, stdout=stdout, stderr=theirs, env=environment) as process:
        os.close(theirs)
        printed = process.stdout.read() if process.stdout else b""
        shown = _all_of(ours)
    assert process.returncode == 2
    assert (b"-:--:--" in shown) == has_bar  # the time that remains
    assert b"error: bad.dcm: " in shown
    if option:
        assert len(json.loads(printed)) == 3
    else:
        assert shown.count(b"Contributions at the peak") == 2


def _all_of(terminal: int) -> bytes:
    parts = []
    # Linux ends a terminal whose other side is closed with an error.
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 65536):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts)


def test_an_ascii_stdout_gets_the_nearest_it_can_show(report: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "LANG": "C"}
    done = dosemap("estimate", report, "--events", **ascii_only)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hottest 1 cm2" in done.stdout
    assert done.stdout.isascii()
    for arguments in (("simulate", "--list"), ("equipment", "show", "siemens_artis")):
        assert dosemap(*arguments, **ascii_only).returncode == 0


def test_json_on_an_ascii_stdout_is_the_same_document(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(BytesIO(artis_bytes()))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ManufacturerModelName = "Röntgen 漢"
    path = tmp_path / "größe.dcm"
    dataset.save_as(path)
    plain = dosemap("estimate", path, "--json", PYTHONIOENCODING="ascii")
    assert plain.returncode == 0
    assert plain.stdout.isascii()
    found = json.loads(plain.stdout)
    assert found["source"] == "größe.dcm"
    assert found["procedure"]["model"] == "Röntgen 漢"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_simulation_shows_on_stderr_that_it_works(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  (POSIX only)

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dosemap", "simulate", "hip_injection", "-o"]
    with subprocess.Popen(
        [*command, str(tmp_path / "hip.dcm")],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={"PATH": "", "TERM": "xterm", "COLUMNS": "80"},
    ) as process:
        os.close(theirs)
        shown = _all_of(ours)
        printed = process.stdout.read() if process.stdout else b""
    assert process.returncode == 0
    assert b"writing the report ..." in shown
    assert b"writing the report ..." not in printed
