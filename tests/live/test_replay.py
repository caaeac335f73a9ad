"""A report or a journal, played frame by frame, ends as the estimate of the report."""

import json
import subprocess
import sysconfig
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from dosemap import DosemapError, LiveSession, estimate, read_rdsr
from dosemap.cli.live_view import live_view
from dosemap.live.replay import Replay, replay_journal, replay_report
from dosemap.procedure import Procedure
from dosemap.simulate import simulate_procedure
from live_frames import block, frame, session
from simulated_reports import RDSR, peak_gy

COMMAND = Path(sysconfig.get_path("scripts")) / "dosemap"
REAL = sorted(RDSR.glob("*.dcm"))
SAME = 1e-6


def play(replay: Replay) -> LiveSession:
    """Push all frames."""
    for _, push in replay.steps:
        push()
    return replay.session


def preset(name: str, device: str) -> Procedure:
    file = BytesIO()
    simulate_procedure(name, device=device).write(file)
    return read_rdsr(file.getvalue())


def why_no_map(procedure: Procedure) -> str | None:
    """Return why a replay gives no map: it cannot begin, or no beam meets the surface."""
    try:
        replay = replay_report(procedure)
    except DosemapError as error:
        return str(error)
    return play(replay).snapshot().reason


def assert_ends_as_estimate(procedure: Procedure, *, fps: float = 15.0) -> None:
    expected = estimate(procedure)
    if expected.peak is None:
        assert expected.reason == why_no_map(procedure)
        return
    found = play(replay_report(procedure, fps=fps)).snapshot()
    assert found.skin_dose_gy is not None
    assert expected.skin_dose_gy is not None
    highest = expected.skin_dose_gy.max()
    np.testing.assert_allclose(
        found.skin_dose_gy, expected.skin_dose_gy, rtol=0, atol=SAME * highest
    )
    assert peak_gy(found) == pytest.approx(peak_gy(expected), rel=SAME)
    assert found.hottest_1cm2_dose_gy == pytest.approx(expected.hottest_1cm2_dose_gy, rel=SAME)
    assert found.peak is not None
    assert found.peak.site == expected.peak.site
    for name in ("air_kerma_gy", "share_on_skin", "share_missed_skin"):
        assert found.trust[name] == pytest.approx(expected.trust[name], rel=SAME, abs=1e-12)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_report_ends_as_its_estimate(path: Path) -> None:
    assert_ends_as_estimate(read_rdsr(path))


@pytest.mark.parametrize(
    ("name", "device", "fps"),
    [
        ("pci_complex", "siemens_artis", 7.5),
        ("transforaminal_epidural_injection", "philips_allura", 30.0),
        ("facet_injection", "siemens_artis", 0.5),
    ],
)
def test_a_preset_ends_as_its_estimate(name: str, device: str, fps: float) -> None:
    assert_ends_as_estimate(preset(name, device), fps=fps)


def test_what_was_assumed_for_a_report_is_named() -> None:
    procedure = preset("pci_complex", "siemens_artis")
    problems = play(replay_report(procedure)).snapshot().problems
    told = [problem["message"] for problem in problems if problem["code"] == "replayed-report"]
    assumed = {
        entry["field"]
        for entry in estimate(procedure).assumptions
        if entry["provenance"] == "assumed" and entry["events"]
    }
    assert "field_at_1m_mm" in assumed
    assert all(field in told[0] for field in assumed)


def test_a_journal_plays_to_the_same_end(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    with session(journal=path) as live:
        live.push_many(**block(200))
        live.push(**frame(time_s=None, added_filters=[("Al", 1.0)]))
    content = path.read_bytes()
    again = play(replay_journal(path))
    np.testing.assert_array_equal(again.skin_dose_gy(), live.skin_dose_gy())
    assert again.events() == live.events()
    assert path.read_bytes() == content
    path.write_bytes(content[:-1])
    torn = play(replay_journal(path))
    assert torn.update().frames == live.update().frames - 1
    assert "journal-torn" in {problem["code"] for problem in torn.snapshot().problems}


def test_the_command_prints_the_document_at_the_end(report: Path, tmp_path: Path) -> None:
    journal = tmp_path / "case.dmj"
    arguments = ["replay", str(report), "--json", "--journal", str(journal)]
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    expected = estimate(read_rdsr(report)).document
    assert document["peak_skin_dose_gy"] == pytest.approx(expected["peak_skin_dose_gy"], rel=SAME)
    again = subprocess.run(
        [str(COMMAND), "replay", str(journal), "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(again.stdout)["peak_skin_dose_gy"] == document["peak_skin_dose_gy"]
    assert done.stderr == again.stderr == ""


def test_what_cannot_be_played_is_an_error(bad: Path, report: Path, tmp_path: Path) -> None:
    for arguments in (
        ["replay", str(bad)],
        ["replay", str(tmp_path / "none.dmj")],
        ["replay", str(report), "--fps", "0"],
    ):
        done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("height", [24, 50])
def test_the_live_view_shows_state_alerts_and_body(height: int) -> None:
    live = session()
    for number in range(8):
        update = live.push(**frame(time_s=0.1 * number, reference_air_kerma_gy=0.5))
    view = live_view(
        update,
        live.alerts,
        time_s=0.7,
        surface=live.surface(),
        dose_gy=live.skin_dose_gy(),
        height=height,
    )
    file = StringIO()
    Console(width=80, file=file).print(view)
    text = file.getvalue()
    assert update.peak_site is not None
    for words in (update.peak_site, "ALERT", "front", "back", "@", "/s"):
        assert words in text
    assert len(text.splitlines()) < height
