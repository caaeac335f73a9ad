"""Each factor of the chain switched off or replaced: the map does what is documented."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dosemap import DosemapError, DoseResult
from dosemap.placement import PlacementOverrides
from dosemap.simulate import SimulatedEvent
from dosemap.surface import Surface
from simulated_reports import (
    BARE,
    KERMA_GY,
    artis_procedure,
    assumed,
    bare_estimate,
    dose_gy,
    peak_gy,
)


def test_backscatter_switched_off_or_replaced() -> None:
    procedure = artis_procedure()

    def with_backscatter(choice: object) -> float:
        return peak_gy(bare_estimate(procedure, corrections=replace(BARE, backscatter=choice)))  # type: ignore[arg-type]

    off = with_backscatter(choice=False)
    # Benmakhlouf 2011 for 80 kV, 0.3 mm Cu and 10 to 15 cm fields: 1.40 to 1.55.
    assert 1.35 < with_backscatter(choice=True) / off < 1.6
    assert with_backscatter(1.3) == pytest.approx(1.3 * off, rel=1e-6)
    assert with_backscatter(lambda spectrum: spectrum.kvp / 64) == pytest.approx(
        80 / 64 * off, rel=1e-6
    )


def test_medium_by_name_number_and_function() -> None:
    procedure = artis_procedure()

    def in_medium(choice: object) -> DoseResult:
        return bare_estimate(procedure, corrections=replace(BARE, medium=choice))  # type: ignore[arg-type]

    air = peak_gy(in_medium("air"))
    assert air == pytest.approx(peak_gy(bare_estimate(procedure)), rel=1e-6)
    assert peak_gy(in_medium(1.06)) == pytest.approx(1.06 * air, rel=1e-6)
    by_function = in_medium(lambda spectrum: spectrum.mu_en_ratio_to_air("water"))
    assert peak_gy(by_function) == pytest.approx(peak_gy(in_medium("water")), rel=1e-6)
    skin = in_medium("skin")
    assert skin.setup is not None
    ratio = skin.setup.spectra[0].mu_en_ratio_to_air("skin")
    assert peak_gy(skin) == pytest.approx(ratio * air, rel=1e-6)
    assert ratio < 1 < peak_gy(in_medium("water")) / air  # DESIGN section 4: water over-reads


def test_support_switched_off_raises_the_back_by_its_transmission() -> None:
    procedure = artis_procedure()
    on = bare_estimate(procedure, corrections=replace(BARE, support=True))
    off = bare_estimate(procedure)
    factors = on.event_factors(0)
    transmission = factors["support_transmission"].to_numpy()[0]
    irradiated = dose_gy(off) > 0
    assert irradiated.any()
    # f32 kernel against the f64 reference; its transmission table is good to 1e-4.
    np.testing.assert_allclose(
        dose_gy(on)[irradiated],
        (dose_gy(off) * transmission)[irradiated],
        rtol=5e-4,
    )
    straight = on.events.numbers["support_transmission"][0]
    # Profile: fitted to transmissions of 0.66 to 0.86 over 24 beams of an Artis.
    assert 0.6 < straight < 0.9
    assert peak_gy(on) == pytest.approx(straight * peak_gy(off), rel=1e-3)


def test_support_by_number_and_function_of_the_spectrum() -> None:
    procedure = artis_procedure()
    off = peak_gy(bare_estimate(procedure))
    number = bare_estimate(procedure, corrections=replace(BARE, support=0.7))
    by_kvp = replace(BARE, support=lambda beam: beam.kvp / 100)
    function = bare_estimate(procedure, corrections=by_kvp)
    assert peak_gy(number) == pytest.approx(0.7 * off, rel=1e-6)
    assert peak_gy(function) == pytest.approx(0.8 * off, rel=1e-6)
    assert number.document["corrections"]["support"] == "0.7 behind the support (given by the user)"
    assert function.document["corrections"]["support"] == "a function given by the user"


def test_support_leaves_beams_from_above_alone() -> None:
    # Detector behind the patient, tube in front: the front of a supine patient is not behind
    # the table.
    procedure = artis_procedure(SimulatedEvent(primary_angle_deg=180.0))
    front = Surface.plane(width_mm=400, length_mm=1000, facing="anterior")
    with_support = bare_estimate(procedure, surface=front, corrections=replace(BARE, support=True))
    assert peak_gy(with_support) == peak_gy(bare_estimate(procedure, surface=front))


def test_inverse_square_switched_off_leaves_the_reference_kerma() -> None:
    result = bare_estimate(artis_procedure(), corrections=replace(BARE, inverse_square=False))
    assert peak_gy(result) == pytest.approx(KERMA_GY, rel=1e-6)


def test_occlusion_switched_off_lets_the_beam_through_a_part_in_front() -> None:
    # Two squares that face the back, one 100 mm in front of the other; the tube is below both.
    near, far = _square(side_mm=60.0, y_mm=0.0), _square(side_mm=40.0, y_mm=-100.0)
    vertices = np.concatenate([near, far, [[-600.0, 0, 500], [-600, 0, 499], [-599, 0, 499]]])
    triangles = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7], [8, 9, 10]])
    surface = Surface.from_mesh(vertices, triangles, repair=False)
    procedure = artis_procedure()
    # The surface begins 450 mm above the middle of the squares, as the beam does below the head
    # end; the splinter at its head end is 600 mm to the side, so the centre moves 285 mm.
    beside = PlacementOverrides(table_offset_mm=(-285.0, 0.0, 50.0))

    def dose(*, occlusion: bool) -> np.ndarray:
        result = bare_estimate(
            procedure,
            surface=surface,
            overrides=beside,
            corrections=replace(BARE, occlusion=occlusion),
        )
        return dose_gy(result)

    shadowed, through = dose(occlusion=True), dose(occlusion=False)
    assert (through[4:8] > 0).all()
    assert (shadowed[4:8] == 0).all()
    np.testing.assert_array_equal(shadowed[:4], through[:4])


def _square(*, side_mm: float, y_mm: float) -> np.ndarray:
    half = side_mm / 2
    # Anticlockwise seen from +y (the back): x to the left, z to the head.
    corners = [(-half, -half), (-half, half), (half, half), (half, -half)]
    return np.array([(x, y_mm, z) for x, z in corners])


def test_calibration_by_number_and_by_function_of_the_event() -> None:
    procedure = artis_procedure(
        SimulatedEvent(acquisition_plane="A"), SimulatedEvent(acquisition_plane="B")
    )
    plain = bare_estimate(procedure)
    number = bare_estimate(procedure, corrections=replace(BARE, calibration=1.2))
    assert peak_gy(number) == pytest.approx(1.2 * peak_gy(plain), rel=1e-6)
    function = bare_estimate(
        procedure,
        corrections=replace(
            BARE, calibration=lambda event: 1.5 if event.acquisition_plane == "A" else 0.5
        ),
    )
    np.testing.assert_allclose(
        function.events.numbers["dose_at_peak_gy"],
        plain.events.numbers["dose_at_peak_gy"] * [1.5, 0.5],
        rtol=1e-6,
    )
    assert "calibration_factor" in assumed(plain)
    assert "calibration_factor" in assumed(number)  # nobody can see where the number is from
    # The report's own kerma stays what the report says.
    totals = "sum_of_event_air_kerma_gy"
    assert number.document["totals"][totals] == plain.document["totals"][totals]


@pytest.mark.parametrize(
    "impossible",
    [
        {"calibration": lambda _event: 100.0},
        {"calibration": lambda _event: math.nan},
        {"support": lambda _spectrum: 1.4},
        {"backscatter": lambda _spectrum: 0.4},
        {"medium": lambda _spectrum: -1.0},
    ],
)
def test_an_impossible_value_of_a_function_of_the_user_raises(
    impossible: dict[str, object],
) -> None:
    with pytest.raises(DosemapError, match="as the function given returns it"):
        bare_estimate(artis_procedure(), corrections=replace(BARE, **impossible))  # type: ignore[arg-type]


@pytest.mark.parametrize("gap_mm", [math.nan, math.inf, 1e9])
def test_an_impossible_head_gap_raises(gap_mm: float) -> None:
    with pytest.raises(DosemapError, match="head_gap_mm"):
        bare_estimate(artis_procedure(), head_gap_mm=gap_mm)
