"""The picture of the map: what colours it has and where, and that it holds no identifier."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from prsr_cases import needs, plain_result, report_bytes
from pydicom import dcmread

from dosemap import DosemapError, DoseResult, estimate
from dosemap.figures.colours import PEAK_RGB, dose_colours
from dosemap.figures.scale import DoseScale
from dosemap.figures.unfolded import unfold
from dosemap.picture import picture_pixels, picture_png
from dosemap.prsr.map_picture import map_picture
from dosemap.rdsr import read_rdsr
from dosemap.surface import Surface


def pixels_like(pixels: np.ndarray, rgb: tuple[int, ...], within: int = 2) -> np.ndarray:
    off: np.ndarray = np.abs(pixels.astype(int) - np.array(rgb)).max(axis=2)
    return off <= within


def test_the_colour_of_the_peak_is_on_the_skin_and_the_ring_around_it() -> None:
    result = plain_result()
    assert result.skin_dose_gy is not None
    pixels = map_picture(result)
    top_gy = DoseScale.of(float(result.peak_skin_dose_gy or 0)).top_gy
    (hottest,) = dose_colours(np.array([result.skin_dose_gy.max()]), top_gy=top_gy).tolist()
    shown = pixels_like(pixels, tuple(hottest))
    assert shown.sum() > 100
    ring = pixels_like(pixels, PEAK_RGB)
    assert ring.any()


def test_a_mesh_that_cannot_be_unfolded_is_shown_from_four_sides() -> None:
    """Two legs are not one tube."""
    leg = Surface.cylinder(diameter_mm=150, length_mm=500, spacing_mm=20)
    aside = np.array([100, 0, 0])
    vertices = np.concatenate([leg.vertices_mm - aside, leg.vertices_mm + aside])
    triangles = np.concatenate([leg.triangles, leg.triangles + len(leg)])
    legs = Surface.from_mesh(vertices, triangles, repair=False)
    with pytest.raises(DosemapError, match="cannot be unfolded"):
        unfold(legs)
    result = estimate(read_rdsr(report_bytes(), name="report.dcm"), surface=legs)
    assert result.peak is not None
    pixels = map_picture(result)
    assert pixels_like(pixels, PEAK_RGB, within=60).any()


def test_no_identifier_changes_the_picture() -> None:
    """The pixels of another patient's same procedure are the same."""
    attributes = {"PatientName": "Other^Name", "PatientID": "OTHER", "StudyDescription": "OTHER"}
    other = estimate(
        read_rdsr(report_bytes(attributes=attributes), name="report.dcm"),
        surface=plain_result().surface,
    )
    np.testing.assert_array_equal(map_picture(plain_result()), map_picture(other))


def test_pixels_are_stored_as_they_are(tmp_path: Path) -> None:
    result = plain_result()
    result.to_dicom(tmp_path / "case.dcm")
    dataset = dcmread(tmp_path / "case.map.dcm")
    np.testing.assert_array_equal(dataset.pixel_array, map_picture(result))
    assert (dataset.PhotometricInterpretation, dataset.BurnedInAnnotation) == ("RGB", "NO")


def test_dcmtk_shows_the_same_pixels(tmp_path: Path) -> None:
    program = needs("dcmj2pnm")
    plain_result().to_dicom(tmp_path / "case.dcm")
    shown = tmp_path / "shown.ppm"
    subprocess.run([program, "+op", str(tmp_path / "case.map.dcm"), str(shown)], check=True)
    np.testing.assert_array_equal(np.asarray(Image.open(shown)), map_picture(plain_result()))


def test_pixels_are_those_of_the_png() -> None:
    surface = Surface.cylinder(diameter_mm=300, length_mm=500)
    png = Image.open(BytesIO(picture_png(surface, longest_side_pixels=100)))
    pixels = picture_pixels(surface, longest_side_pixels=100)
    np.testing.assert_array_equal(np.asarray(png.convert("RGB")), pixels)


def test_a_result_without_map_has_no_picture() -> None:
    result = plain_result()
    without = DoseResult(document=result.document, events=result.events)
    with pytest.raises(DosemapError, match="no map to draw"):
        map_picture(without)
