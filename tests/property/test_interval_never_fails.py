"""Whatever a report says, the interval is one: no exception, no NaN, ends in order or a reason."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dosemap.interval import estimate_interval
from dosemap.procedure import Device, Event, Filter
from mobile_reports import report

DEVICES = [Device(), Device(manufacturer="Siemens", model="AXIOM-Artis")]

lengths = st.none() | st.floats(-1e9, 1e9, allow_nan=False) | st.floats(0, 3000)
amounts = st.none() | st.floats(0, 1e9) | st.floats(0, 1)
filters = st.lists(
    st.builds(Filter, material=st.sampled_from(["Cu", "Al", "Pb"]), thickness_mm=st.floats(0, 200)),
    max_size=3,
)
definitions = st.sampled_from(
    [None, "113860", "113861", "113862", "113863", "113864", "113941", "113964", "113965", "x"]
)
events = st.builds(
    Event,
    index=st.just(0),
    reference_air_kerma_gy=amounts,
    kerma_area_product_gy_m2=amounts,
    kvp=st.none() | st.floats(0, 500) | st.floats(40, 150),
    filters=st.none() | filters.map(tuple),
    reference_point_definition=definitions,
    source_to_detector_mm=lengths,
    source_to_reference_point_mm=lengths,
    source_to_isocenter_mm=lengths,
    collimated_field_area_m2=amounts,
    event_type=st.sampled_from([None, "fluoroscopy", "rotational", "stepping"]),
    positioner_primary_angle_deg=lengths,
    positioner_primary_end_angle_deg=lengths,
    table_lateral_position_mm=lengths,
    table_lateral_end_position_mm=lengths,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(events, max_size=3), amounts, st.sampled_from(DEVICES))
def test_any_report(found: list[Event], total_gy: float | None, device: Device) -> None:
    numbered = [replace(event, index=index) for index, event in enumerate(found)]
    result = estimate_interval(replace(report(*numbered, total_gy=total_gy), device=device))
    json.dumps(result.to_dict(), allow_nan=False)
    if result.low_gy is None or result.high_gy is None:
        assert result.reason
    else:
        assert 0 <= result.low_gy <= result.high_gy
        assert result.reason is None
