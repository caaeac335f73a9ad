"""Makes whose reports have no geometry: totals, a reason in words of the make, an interval."""

from dataclasses import replace

import pytest
from make_reports import MOBILE_SHOT, report_of

from dosemap.interval import estimate_interval
from simulated_reports import bare_estimate

MOBILE = (
    "philips_veradius",
    "ge_surgery",
    "ge_miniview",
    "eurocolumbus",
    "canon_ultimax",
    "siemens_luminos",
)


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("philips_veradius", ("Veradius", "no tube voltage")),
        ("ge_surgery", ("Super-C", "no usable beam angles")),
        ("ge_miniview", ("OEC", "no usable beam angles")),
        ("eurocolumbus", ("Eurocolumbus", "impossible beam angles")),
    ],
)
def test_totals_and_a_reason_in_words_of_this_make(style: str, words: tuple[str, ...]) -> None:
    procedure = report_of(style, MOBILE_SHOT, replace(MOBILE_SHOT, started_s=30.0))
    result = bare_estimate(procedure)
    assert result.skin_dose_gy is None
    assert result.reason is not None
    for phrase in (*words, "no table position"):
        assert phrase in result.reason
    assert procedure.totals.reference_air_kerma_gy == pytest.approx(0.003)
    assert result.air_kerma_not_mapped_gy == pytest.approx(0.003)


@pytest.mark.parametrize("style", MOBILE)
def test_an_interval_stands_in_for_the_map(style: str) -> None:
    procedure = report_of(style, MOBILE_SHOT)
    result = estimate_interval(procedure)
    # Either end, or a reason that names what cannot be known: never a single number.
    if result.low_gy is None:
        assert result.reason is not None
    else:
        assert result.high_gy is not None
        assert 0 < result.low_gy < result.high_gy
