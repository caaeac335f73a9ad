"""``dosemap replay``: a report or a journal played through a live session."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_data
from dosemap.cli.equipment_files import EquipmentOption, asked_for, site_profiles
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.cli.live_view import live_view
from dosemap.cli.render import render_result
from dosemap.equipment import Profile, match_family
from dosemap.errors import DosemapError
from dosemap.live.recorded import is_journal
from dosemap.live.replay import Replay, Step, replay_journal, replay_report
from dosemap.live.update import LiveUpdate
from dosemap.rdsr import read_rdsr

_REFRESH_S = 0.1


def replay(  # noqa: PLR0913  one argument per option is how typer reads a command
    file: Annotated[Path, typer.Argument(help="A dose report (DICOM), or a journal (.dmj).")],
    *,
    fps: Annotated[float, typer.Option(help="Frames per second of a report's events.")] = 15.0,
    speed: Annotated[
        float,
        typer.Option(
            min=0.0,
            help="How many times faster than it was, in a terminal; 0: as fast as possible.",
        ),
    ] = 60.0,
    equipment: EquipmentOption = None,
    levels: LevelsOption = None,
    journal: Annotated[
        Path | None, typer.Option(help="Also record the frames of a report to this journal.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON document at the end and nothing else.")
    ] = False,
) -> None:
    """Play a report or a recorded journal frame by frame through a live session.

    At the end stand the doses that `dosemap estimate` gives of the report; what was assumed for it
    and is odd about it only that tells.
    """
    console, log = Output(), messages()
    try:
        found = _replay(file, fps, equipment, levels, journal)
        _play(found, console, speed=0.0 if as_json else speed)
        result = found.session.snapshot()
        found.session.close()
    except DosemapError as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    if as_json:
        print_data(result.to_json())
    else:
        render_result(result, console, events=False)


def _replay(
    file: Path, fps: float, equipment: Path | None, levels: list[Path] | None, journal: Path | None
) -> Replay:
    site = site_profiles()
    named = asked_for(equipment, site)
    known_levels = chosen_levels(levels)
    if is_journal(file):
        if journal is not None:
            raise DosemapError("--journal is for a report: a journal is one already")
        profile = named if isinstance(named, Profile) else None
        return replay_journal(file, equipment=profile, levels=known_levels)
    procedure = read_rdsr(file)
    family = named or match_family(procedure.device, site=site)
    return replay_report(procedure, equipment=family, levels=known_levels, fps=fps, journal=journal)


def _play(found: Replay, console: Console, *, speed: float) -> None:
    """Push all frames; in a terminal at their pace, and shown."""
    if not console.is_terminal or not speed:
        for _, push in found.steps:
            push()
        return
    with Live(console=console, transient=True, auto_refresh=False) as view:
        _paced(found, view, speed)


def _paced(found: Replay, view: Live, speed: float) -> None:
    surface = found.session.surface()
    began, first_s, shown_s = time.monotonic(), None, -_REFRESH_S
    for time_s, push in _timed(found.steps):
        first_s = time_s if first_s is None else first_s
        ahead_s = (time_s - first_s) / speed - (time.monotonic() - began)
        if ahead_s > 0:
            time.sleep(min(ahead_s, 60.0))
        update = push()
        since_s = time.monotonic() - began
        if since_s - shown_s >= _REFRESH_S:
            shown_s = since_s
            view.update(
                live_view(
                    update,
                    found.session.alerts,
                    time_s=time_s - first_s,
                    surface=surface,
                    dose_gy=found.session.skin_dose_gy(),
                    height=view.console.height,
                ),
                refresh=True,
            )


def _timed(steps: Iterable[Step]) -> Iterable[tuple[float, Callable[[], LiveUpdate]]]:
    """Give frames without time that of the one before."""
    last_s = 0.0
    for time_s, push in steps:
        last_s = last_s if time_s is None else time_s
        yield last_s, push
