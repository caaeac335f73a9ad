"""Events drawn: heights are the table's numbers, and what was not placed is marked."""

from dataclasses import replace
from typing import Any

import numpy as np
from figure_cases import MAN, SPACING_MM, supine
from matplotlib.patches import Rectangle

from dosemap import Body, DoseResult, estimate
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_bytes


def with_a_lost_event() -> DoseResult:
    """Return three events, of which the second has no angles and the third no air kerma."""
    events = tuple(
        SimulatedEvent(started_s=60.0 * number, reference_air_kerma_gy=0.01 * (number + 1))
        for number in range(3)
    )
    procedure = read_rdsr(artis_bytes(*events, patient=MAN), name="report.dcm")
    first, second, third = procedure.events
    second = replace(second, positioner_primary_angle_deg=None)
    third = replace(third, reference_air_kerma_gy=None, kerma_area_product_gy_m2=None)
    procedure = replace(procedure, events=(first, second, third))
    return estimate(procedure, surface=Body.for_patient(procedure.patient, spacing_mm=SPACING_MM))


def bars(axes: object) -> list[float]:
    return [
        patch.get_height()
        for patch in axes.patches  # type: ignore[attr-defined]
        if isinstance(patch, Rectangle)
    ]


def labels(axes: object) -> dict[str, Any]:
    handles, names = axes.get_legend_handles_labels()  # type: ignore[attr-defined]
    return dict(zip(names, handles, strict=True))


def test_bars_are_the_numbers_of_the_table() -> None:
    result = supine(kerma_gy=4.0)
    kerma, dose, angles = result.plot_events().axes
    assert bars(kerma)[0] == result.events.numbers["reference_air_kerma_gy"][0] == 4.0
    assert (kerma.get_ylabel(), dose.get_ylabel()) == ("Gy", "Gy")
    np.testing.assert_allclose(bars(dose), result.events.numbers["dose_at_peak_gy"])
    assert result.peak is not None
    assert result.peak.site in dose.get_title("left")
    shown = labels(angles)
    assert set(shown) == {"primary", "secondary"}
    np.testing.assert_allclose(
        shown["primary"].get_ydata(), result.events.numbers["primary_angle_deg"]
    )


def test_what_is_not_placed_or_not_known_is_marked() -> None:
    result = with_a_lost_event()
    figure = result.plot_events()
    kerma, dose, angles = figure.axes
    # The kerma of the second event is known although its beam is not: grey.
    assert bars(kerma)[:3] == [10.0, 20.0, 0.0]
    colours = [patch.get_facecolor() for patch in kerma.patches[:2]]
    assert colours[0] != colours[1]
    assert labels(kerma)["air kerma not known"].get_xdata().tolist() == [2]
    assert "not in the map" in labels(kerma)
    assert bars(dose)[1] == 0.0
    assert 1 in labels(angles)["not placed: no angles"].get_xdata()
    assert "2 of them not in the map" in figure.get_suptitle()


def test_a_report_without_map_or_events_is_drawn_with_its_reason() -> None:
    result = supine()
    document = {**result.document, "map": {**result.document["map"], "reason": "no map: so"}}
    nothing = replace(result, surface=None, skin_dose_gy=None, peak=None, document=document)
    figure = nothing.plot_events()
    assert len(figure.axes) == 2
    assert "no map: so" in figure.get_suptitle()
