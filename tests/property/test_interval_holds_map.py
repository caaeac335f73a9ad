"""Where there is a map, its peak lies in the interval: map and interval share no geometry."""

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosemap import (
    Corrections,
    KnownRanges,
    Surface,
    estimate,
    estimate_interval,
    read_rdsr,
)
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent, SimulatedProcedure, write_rdsr
from dosemap.simulate.report import CollimatedField
from preset_reports import coronary_intervention, lumbar_injection
from simulated_reports import RDSR, artis_procedure

REAL = sorted(RDSR.glob("*.dcm"))


def assert_holds(
    procedure: Procedure,
    peak_gy: float,
    corrections: Corrections | None = None,
    known: KnownRanges | None = None,
) -> None:
    interval = estimate_interval(procedure, corrections=corrections, known=known)
    assert interval.low_gy is not None
    assert interval.high_gy is not None
    assert interval.low_gy <= peak_gy <= interval.high_gy


@pytest.mark.skipif(not REAL, reason="the real reports of ../shared/data are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_reports(path: Path) -> None:
    procedure = read_rdsr(path)
    peak_gy = estimate(procedure).peak_skin_dose_gy
    interval = estimate_interval(procedure)
    if peak_gy is not None:
        assert_holds(procedure, peak_gy)
    elif interval.low_gy is not None:
        assert interval.high_gy is not None
        assert 0 < interval.low_gy < interval.high_gy
    else:
        assert "totals only" in str(interval.reason)


@pytest.mark.parametrize(
    ("case", "style"),
    [(coronary_intervention(), "siemens_artis"), (lumbar_injection(), "philips_allura")],
    ids=["coronary", "lumbar"],
)
def test_cases(case: SimulatedProcedure, style: str) -> None:
    file = BytesIO()
    write_rdsr(case, file, style=style)
    procedure = read_rdsr(file.getvalue())
    peak_gy = estimate(procedure).peak_skin_dose_gy
    assert peak_gy is not None
    assert_holds(procedure, peak_gy)


@cache
def trunk() -> Surface:
    return Surface.elliptic_cylinder(width_mm=360, thickness_mm=220, length_mm=900, spacing_mm=12)


@st.composite
def beams(draw: st.DrawFn) -> SimulatedEvent:
    """Any beam of a C-arm whose middle meets a trunk that lies about the isocentre."""
    rotates = draw(st.booleans())
    primary = draw(st.floats(-120, 120))
    half_mm = st.floats(20, 150)
    return SimulatedEvent(
        event_type="rotational" if rotates else "fluoroscopy",
        primary_angle_deg=primary,
        primary_end_angle_deg=primary + draw(st.floats(-200, 200)) if rotates else None,
        secondary_angle_deg=draw(st.floats(-40, 40)),
        reference_air_kerma_gy=draw(st.floats(1e-3, 1.0)),
        kvp=draw(st.floats(50, 120)),
        filters=(("Cu", draw(st.floats(0, 0.9))),),
        source_to_detector_mm=draw(st.floats(1000, 1200)),
        table_height_mm=draw(st.floats(120, 200)),
        table_longitudinal_mm=draw(st.floats(-40, 40)),
        field=CollimatedField.centred(2 * draw(half_mm), 2 * draw(half_mm)),
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(beams(), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["skin", "water"]),
)
def test_any_beams(
    events: list[SimulatedEvent],
    support: bool,  # noqa: FBT001
    medium: str,
) -> None:
    procedure = artis_procedure(*events)
    corrections = Corrections(support=support, medium=medium)  # type: ignore[arg-type]
    result = estimate(procedure, surface=trunk(), corrections=corrections)
    assert result.peak_skin_dose_gy is not None, result.reason
    assert_holds(procedure, result.peak_skin_dose_gy, corrections)


@settings(max_examples=40, deadline=None)
@given(beams())
def test_one_beam_with_the_distances_of_its_map(event: SimulatedEvent) -> None:
    """With the distance known the interval is narrow, and the peak has to fit the rest."""
    procedure = artis_procedure(event)
    result = estimate(procedure, surface=trunk())
    assert result.peak_skin_dose_gy is not None, result.reason
    factors = result.event_factors(0)
    lit_mm = factors["source_to_skin"].where(factors["coverage"] > 0)
    # The peak lies between vertices 12 mm apart, which are 2 % of the distance at most.
    ends = 0.98 * float(lit_mm.min()), 1.02 * float(lit_mm.max())
    assert_holds(procedure, result.peak_skin_dose_gy, known=KnownRanges(source_to_skin_mm=ends))
