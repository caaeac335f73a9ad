"""Tube, field and table of the drawing, held against patient and map."""

import gzip
from base64 import b64decode
from typing import Any

import numpy as np
import pytest
from report_cases import of_a_body

from dosemap import DosemapError
from dosemap.report.beams import beam_arrays, source_to_detector_mm, tables
from simulated_reports import SKIN_MM


def unpacked(entry: dict[str, Any]) -> "np.ndarray":
    """Return a packed array, by another way than the page's."""
    width = np.dtype(f"<{entry['type']}").itemsize
    planes = np.frombuffer(gzip.decompress(b64decode(entry["data"])), dtype=np.uint8)
    return planes.reshape(width, -1).T.copy().view(f"<{entry['type']}").ravel()


def test_the_patient_lies_on_the_pad() -> None:
    result = of_a_body()
    assert result.setup is not None
    assert result.surface is not None
    ((pad, top),) = tables(result.setup)
    back = result.surface.vertices_mm[:, 1].max()
    # Drawn 3 mm lower, so that skin and pad do not flicker; supine: the back is at +y.
    assert np.array(pad["corners"])[:, 1].min() == pytest.approx(back + 3, abs=0.1)
    assert np.array(top["corners"])[:, 1].min() > np.array(pad["corners"])[:, 1].min() + 20
    across = np.ptp(np.array(pad["corners"])[:, 0])
    assert 400 < across < 600


def test_each_beam_points_at_the_skin_it_irradiates() -> None:
    """The event's own dose is highest inside the field that is drawn."""
    result = of_a_body()
    assert result.setup is not None
    assert result.surface is not None
    steps = [(event,) for event in range(4)]
    arrays = beam_arrays(result.setup, steps)
    assert unpacked(arrays["beams_of_step"]).tolist() == [1, 1, 1, 1]
    for event, row in enumerate(unpacked(arrays["beam"]).reshape(4, 16).astype(float)):
        source, u, v, w = row[:12].reshape(4, 3)
        np.testing.assert_allclose(
            np.array([u, v, w]) @ np.array([u, v, w]).T, np.eye(3), atol=1e-6
        )
        dose = np.nan_to_num(result.event_factors(event)["skin_dose"].to_numpy()[0])
        ray = result.surface.vertices_mm[int(dose.argmax())] - source
        u_min, u_max, v_min, v_max = row[12:]
        assert u_min <= ray @ u / (ray @ w) <= u_max
        assert v_min <= ray @ v / (ray @ w) <= v_max
        if event == 0:
            # Straight from below: the focal spot lies so far behind the back as the report has it.
            distance = source[1] - result.surface.vertices_mm[:, 1].max()
            assert distance == pytest.approx(SKIN_MM, abs=1.0)


def test_distance_to_the_detector_is_the_reported_one() -> None:
    result = of_a_body()
    assert source_to_detector_mm(result, [(0,), (1, 2)]) == [1050.0, 1050.0]


def test_a_frame_that_is_not_there_is_refused() -> None:
    setup = of_a_body().setup
    assert setup is not None
    (_, frames, _), *_ = setup.parts
    assert len(frames.subset([3, 0])) == 2
    with pytest.raises(DosemapError, match="frame 4 of 4"):
        frames.subset([4])
