"""The picture of the map: what colours it has and where, and that it holds no identifier."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from prsr_cases import needs, plain_result, report_bytes, result_of
from pydicom import dcmread

from dosemap import Body, DosemapError, DoseResult, estimate
from dosemap.figures.colours import PEAK_RGB, dose_colours
from dosemap.figures.scale import DoseScale
from dosemap.figures.skin_map import SkinMap
from dosemap.figures.unfolded import unfold
from dosemap.picture import picture_pixels, picture_png
from dosemap.prsr.map_picture import _font, _in_font, _panels, _words, _wrapped, map_picture
from dosemap.rdsr import read_rdsr
from dosemap.result_words import LOUD
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import omit
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


@pytest.mark.parametrize(("angle_deg", "letter"), [(-90.0, "L"), (90.0, "R")])
def test_a_beam_from_a_side_is_shown_on_the_side_with_its_letter(
    angle_deg: float, letter: str
) -> None:
    """The tube is opposite the detector: at -90 degrees on the patient's left."""
    data = report_bytes(SimulatedEvent(primary_angle_deg=angle_deg, reference_air_kerma_gy=4.0))
    procedure = read_rdsr(data, name="report.dcm")
    body = Body.for_patient(procedure.patient, spacing_mm=15.0, arms="up")
    result = estimate(procedure, surface=body)
    skin = SkinMap.of_result(result)
    assert skin is not None
    checked = 0
    for pixels, title, sides in _panels(skin):
        # Skin with a dose has a colour, the rest is grey.
        columns = np.nonzero(np.ptp(pixels.astype(int), axis=2) > 60)[1]
        if sides in {"LR", "RL"} and len(columns):
            is_on_left = columns.mean() < pixels.shape[1] / 2
            assert sides["LR".index("L" if is_on_left else "R")] == letter, title
            checked += 1
    # The unfolded trunk, and the views from the front and the back.
    assert checked == 3


def test_every_letter_of_the_picture_is_in_its_font() -> None:
    """A unit whose first letter is missing is another dose."""
    result = result_of(report_bytes(SimulatedEvent(reference_air_kerma_gy=4e-5)))
    skin = SkinMap.of_result(result)
    assert skin is not None
    assert "µ" in skin.peak_words
    texts = [line for text, _ in _words(skin, result.document) for line in _wrapped(text, 900)]
    texts.append(_in_font(skin.scale.unit))
    assert "uGy" in texts[0]
    missing = bytes(_font().getmask("\ue000"))
    for letter in set("".join(texts)) - {" "}:
        assert bytes(_font().getmask(letter)) != missing, letter


def test_what_casts_doubt_on_the_peak_is_in_the_picture() -> None:
    lost = omit("112011", event=1)
    result = result_of(
        report_bytes(*(SimulatedEvent(started_s=s) for s in (0.0, 60.0)), edits=[lost])
    )
    skin = SkinMap.of_result(result)
    assert skin is not None
    loud = [problem for problem in result.problems if problem["code"] in LOUD]
    words = [text for text, _ in _words(skin, result.document)]
    assert loud
    for problem in loud:
        assert f"CHECK: {problem['message']}" in words
    for line in _wrapped(words[1], 600):
        assert _font().getlength(line) <= 600


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
