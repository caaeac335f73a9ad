"""One report estimated as the options say."""

from pathlib import Path

from dosemap.cli.options import Settings, surface_of
from dosemap.engine import estimate as run_estimate
from dosemap.equipment import match_family
from dosemap.rdsr import read_rdsr
from dosemap.result import DoseResult


def estimate_file(file: Path, settings: Settings) -> DoseResult:
    """Return the result of a report.

    Parameters
    ----------
    file
        The report.
    settings
        The options.

    Raises
    ------
    DosemapError
        It cannot be read, or the options do not go with it.
    """
    procedure = read_rdsr(file)
    family = settings.equipment or match_family(procedure.device, site=settings.site)
    result = run_estimate(
        procedure,
        surface=surface_of(procedure, settings),
        equipment=family,
        overrides=settings.overrides,
        corrections=settings.corrections,
        head_gap_mm=settings.head_gap_mm,
        lateral_shift_mm=settings.lateral_shift_mm,
    )
    result = result.with_levels(settings.levels)
    if settings.interval is not None:
        from dosemap.interval import estimate_interval  # noqa: PLC0415  (few ask for it)

        interval = estimate_interval(
            procedure,
            known=settings.interval,
            equipment=family,
            corrections=settings.corrections,
        )
        result = result.with_interval(interval)
    return result.with_risk() if settings.risk else result
