"""``dosemap estimate``: what it prints, where, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dosemap import DoseResult
from dosemap.cli import app
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from dosemap.simulate.edits import empty
from simulated_reports import KERMA_GY, RDSR, artis_bytes

REAL = sorted(RDSR.glob("*.dcm"))
MAPPED = {
    "philips_allura_clarity_u104", "philips_allura_clarity_u601", "philips_allura_xper",
    "siemens_artis_zee_phantom", "siemens_axiom_artis", "siemens_axiom_procedure",
}  # fmt: skip
needs_real = pytest.mark.skipif(not REAL, reason="the real reports of ../shared/data are not here")


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner(env={"COLUMNS": "100", **environment}).invoke(
        app, ["estimate", *map(str, arguments)]
    )


def document(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


# --- JSON


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_reports_give_json_with_a_map_or_a_reason(path: Path) -> None:
    found = document(path)
    assert found["source"] == path.name
    assert found["map"]["available"] == (path.stem in MAPPED)
    if path.stem in MAPPED:
        assert found["map"]["reason"] is None
        assert found["peak_skin_dose_gy"] > 0
        assert 0 < found["hottest_1cm2_dose_gy"] <= found["peak_skin_dose_gy"]
    else:
        assert found["map"]["reason"].startswith("no map: ")
        assert found["peak_skin_dose_gy"] is None
    # Where there are events with kerma, they are in the map or counted as not in it.
    if not found["map"]["available"] and found["totals"]["events"]:
        not_mapped = found["map"]["air_kerma_not_mapped_gy"]
        assert not_mapped == pytest.approx(found["totals"]["sum_of_event_air_kerma_gy"])


@needs_real
def test_several_files_give_one_array_in_their_order() -> None:
    found = document(*REAL[:3])
    assert [entry["source"] for entry in found] == [path.name for path in REAL[:3]]


def test_one_bad_file_does_not_stop_the_others(report: Path, bad: Path) -> None:
    result = run(report, bad, report, "--json")
    assert result.exit_code == 2
    good, failed, again = json.loads(result.stdout)
    assert failed["source"] == "bad.dcm"
    assert "not a DICOM file" in failed["error"]
    assert good == again
    assert good["peak_skin_dose_gy"] > 0
    assert result.stderr == f"error: {failed['error']}\n"


def test_a_single_bad_file_gives_one_json_object(bad: Path) -> None:
    result = run(bad, "--json")
    assert result.exit_code == 2
    assert set(json.loads(result.stdout)) == {"source", "error", "alerts"}


# --- the report for people


def test_a_report_without_a_map_says_why(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(SimulatedEvent(kvp=155)))
    result = run(path)
    assert result.exit_code == 0, result.stderr
    words = " ".join(result.stdout.split())
    assert "map none: no event has a usable beam; see the problems" in words
    assert "tube potential is 155 kV" in words
    assert "not mapped 10.0 mGy" in words


def test_alerts_stand_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(SimulatedEvent(reference_air_kerma_gy=6.0)))
    result = run(path)
    assert "ALERT" in result.stdout
    assert "cm² from 2 Gy" in result.stdout


# --- options


def test_fail_on(tmp_path: Path, bad: Path) -> None:
    high, low = tmp_path / "high.dcm", tmp_path / "low.dcm"
    high.write_bytes(artis_bytes(SimulatedEvent(reference_air_kerma_gy=6.0)))
    low.write_bytes(artis_bytes())
    assert run(high).exit_code == 0
    for quantity in ("any", "peak_skin_dose_gy", "reference_air_kerma_gy"):
        assert run(high, "--fail-on", quantity).exit_code == 1
        assert run(low, "--fail-on", quantity).exit_code == 0
        assert run(low, high, "--fail-on", quantity).exit_code == 1
    assert run(high, "--fail-on", "fluoroscopy_time_s").exit_code == 0
    # An input error weighs more: something was not looked at.
    assert run(high, bad, "--fail-on", "any").exit_code == 2


def test_netcdf_holds_the_same_result(report: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.nc"
    found = document(report, "--netcdf", path)
    loaded = DoseResult.from_netcdf(path)
    assert loaded.document == found
    assert loaded.skin_dose_gy is not None


@pytest.mark.parametrize(
    ("options", "surface"),
    [
        ((), "body, adult, 170 cm, 66.5 kg, arms down"),
        (
            ("--sex", "F", "--age", "5 y", "--height", 112, "--mass", "20.5", "--arms", "left_up"),
            "female body, 5 years, 112 cm, 20.5 kg, arms left up",
        ),
        (("--surface", "trunk"), "elliptical cylinder 400 x 200 x 1760 mm"),
        (
            ("--surface", "trunk", "--surface-size", "300x150x900"),
            "elliptical cylinder 300 x 150 x 900 mm",
        ),
        (("--surface", "plane"), "plane 400 x 1760 mm, posterior"),
        (("--surface", "plane", "--surface-size", "350X900"), "plane 350 x 900 mm, posterior"),
        (("--surface", "cylinder"), "cylinder 300 x 1760 mm"),
        (("--surface", "cylinder", "--surface-size", "250x900"), "cylinder 250 x 900 mm"),
    ],
)
def test_surfaces(report: Path, options: tuple[object, ...], surface: str) -> None:
    found = document(report, *options, "--spacing-mm", 10)
    assert found["map"]["surface"] == surface
    assert found["peak_skin_dose_gy"] > 0


def test_what_is_assumed_and_given_of_the_body_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "child.dcm"
    path.write_bytes(artis_bytes(patient=SimulatedPatient(age_years=6)))

    def of_body(*options: object) -> dict[str, tuple[object, str]]:
        names = ("sex", "age_years", "height_cm", "mass_kg", "arms")
        return {
            entry["field"]: (entry["value"], entry["provenance"])
            for entry in document(path, "--spacing-mm", 15, *options)["assumptions"]
            if entry["field"] in names
        }

    found = of_body()
    assert set(found) == {"sex", "height_cm", "mass_kg", "arms"}
    assert {provenance for _, provenance in found.values()} == {"assumed"}
    # A child of 6 is 115 to 117 cm tall in the charts of WHO and CDC.
    assert 113 < float(str(found["height_cm"][0])) < 119
    given = of_body("--height", 121, "--thickness-ap", 16, "--arms", "up")
    assert given["height_cm"] == (121.0, "user")
    assert given["arms"] == ("up", "user")
    assert given["mass_kg"][1] == "derived"


def test_a_plane_is_the_skin_that_lies_on_the_table(tmp_path: Path) -> None:
    path = tmp_path / "prone.dcm"
    path.write_bytes(artis_bytes(SimulatedEvent(primary_angle_deg=180, patient_position="HFP")))
    found = document(path, "--surface", "plane")
    assert found["map"]["surface"].endswith("anterior")
    turned = run(path, "--surface", "plane", "--patient-position", "HFS", "--json")
    assert json.loads(turned.stdout)["map"]["reason"].startswith("no map: no beam meets")


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1.0), ("cm", 0.1)])
def test_a_mesh_file(report: Path, tmp_path: Path, unit: str, scale: float) -> None:
    trimesh = pytest.importorskip("trimesh")
    box = trimesh.creation.box((400 * scale, 200 * scale, 1000 * scale))
    for _ in range(5):
        box = box.subdivide()
    path = tmp_path / "box.stl"
    box.export(path)
    found = document(report, "--surface", path, "--mesh-unit", unit)
    assert found["map"]["surface"] == "mesh box.stl"
    # The same flat back as a plane's, but in triangles of 12 x 31 mm, which hold the peak (a
    # point between vertices) to a fraction of the 2 % that a twofold refinement may change.
    plane = document(report, "--surface", "plane", "--surface-size", "400x1000")
    assert found["peak_skin_dose_gy"] == pytest.approx(plane["peak_skin_dose_gy"], rel=5e-3)


def test_options_of_physics_and_geometry_reach_the_estimate(report: Path) -> None:
    trunk = ("--surface", "trunk")
    plain: float = document(report, *trunk)["peak_skin_dose_gy"]

    def ratio(*options: object) -> float:
        changed: float = document(report, *trunk, *options)["peak_skin_dose_gy"]
        return changed / plain

    assert ratio("--calibration", 1.2) == pytest.approx(1.2, rel=1e-6)
    assert ratio("--no-backscatter") < 0.8
    assert ratio("--no-support") > 1.1
    assert ratio("--medium", "water") > ratio("--medium", "air") > 1
    # The focal spot is 675 mm from the skin; a table 100 mm lower brings it to 575 mm.
    assert ratio("--table-offset", "0,100,0") == pytest.approx((675 / 575) ** 2, rel=0.05)
    gap = document(report, *trunk, "--head-gap-mm", 100)
    assert gap["peak"]["site"].endswith("35 cm below the head end of the surface")
    shifted = document(report, "--lateral-shift-mm", 60, "--surface", "plane")
    assert "6 cm right of the midline" in shifted["peak"]["site"]
    assert document(report, "--no-occlusion")["corrections"]["occlusion"] == "off"


def test_a_shipped_profile_by_name(report: Path) -> None:
    without = document(report, "--equipment", "generic")
    assert "table_offset_mm" in without["map"]["reason"]
    # An Artis counts as DICOM has it, from the isocentre: the generic profile places it alike.
    generic = document(report, "--equipment", "generic", "--table-offset", "0,0,0")
    own = document(report)
    assert generic["equipment"]["profile"] == "generic"
    assert generic["peak"]["site"] == own["peak"]["site"]
    assert "profile-caution" in {problem["code"] for problem in generic["problems"]}


def test_patient_positions_by_event_and_by_time(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    # The procedure starts at 9:30.
    path.write_bytes(artis_bytes(*(SimulatedEvent(started_s=600.0 * n) for n in range(3))))

    def positions(*options: str) -> list[tuple[str, list[int]]]:
        arguments = [part for option in options for part in ("--patient-position", option)]
        found = document(path, *arguments)["procedure"]["patient_positions"]
        assert {entry["provenance"] for entry in found} == {"user"}
        return [(entry["position"], entry["events"]) for entry in found]

    assert positions("SITTING_BACK") == [("SITTING_BACK", [0, 1, 2])]
    expected = [("HFS", [0]), ("STANDING_BACK", [1, 2])]
    assert positions("HFS:0", "STANDING_BACK:1-") == expected
    assert positions("STANDING_BACK", "HFS@09:30-09:40") == expected


def test_what_the_report_lacks_can_be_given(tmp_path: Path) -> None:
    from dosemap.simulate.edits import omit  # noqa: PLC0415

    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(edits=[omit("113733")]))
    assert "supply kvp" in document(path)["map"]["reason"]
    assert document(path, "--kvp", 80)["peak_skin_dose_gy"] > 0
    path.write_bytes(artis_bytes(edits=[omit("122130"), omit("113790")]))
    assert "field_side_at_1m_mm" in document(path)["map"]["reason"]
    assert document(path, "--field-side-at-1m-mm", 190)["peak_skin_dose_gy"] > 0


def test_an_equipment_profile_of_the_users_own(report: Path, tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(
        'extends = "siemens_artis"\nname = "mine"\ntitle = "Mine"\n'
        '[[match]]\nmanufacturer = "siemens"\n'
    )
    assert document(report, "--equipment", profile)["equipment"]["profile"] == "mine"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--calibration", "0"), "--calibration is 0; it must lie between"),
        (("--calibration", "nan"), "--calibration is nan"),
        (("--calibration", "much"), "--calibration"),
        (("--kvp", "500"), "--kvp is 500 kV; it must lie between 40 and 150 kV"),
        (("--field-side-at-1m-mm", "-4"), "--field-side-at-1m-mm is -4 mm"),
        (("--head-gap-mm", "nan"), "--head-gap-mm is nan mm"),
        (("--spacing-mm", "0"), "--spacing-mm is 0 mm; it must lie between"),
        (("--height", "300"), "--height is 300 cm; it must lie between 45 and 210"),
        (("--mass", "-3"), "--mass is -3 kg; it must lie between 2 and 250"),
        (("--age", "162"), "--age is 162 years; it must lie between 0 and 120"),
        (("--age", "old"), "--age 'old' is neither"),
        (
            ("--height", "200", "--mass", "20"),
            "mass at this height is 20 kg; it must",
        ),
        (("--arms", "akimbo"), "must be one of down, board, crossed, up, left_up, right_up"),
        (("--head-turned", "95"), "--head-turned is 95 degrees"),
        (("--mass", "80", "--thickness-ap", "25"), "give one of them"),
        (("--surface-size", "400x200x1760"), "--surface-size is not for a body"),
        (("--surface", "trunk", "--mass", "80"), "describe a body; with --surface trunk they have"),
        (("--surface", "plane", "--age", "newborn"), "describe a body; with --surface plane"),
        (("--surface", "sphere"), "none of body, trunk, plane, cylinder"),
        (("--surface", "none.stl", "--mesh-unit", "mm"), "there is no file none.stl"),
        (("--surface", "none.stl", "--mesh-unit", "inch"), "must be one of mm, cm, m"),
        (("--surface", "trunk", "--surface-size", "400x200"), "WIDTHxTHICKNESSxLENGTH"),
        (("--surface-size", "wide"), "not numbers"),
        (("--surface", "a.stl", "--surface-size", "3x4"), "--surface-size is for trunk"),
        (("--surface", "plane", "--surface-size", "-3x4"), "--surface-size is -3 mm; it must lie"),
        (("--patient-position", "prone"), "must be one of HFS"),
        (("--patient-position", "HFS:1-x"), "is not VALUE, VALUE:EVENTS"),
        (("--patient-position", "HFS:1-"), "names events that are not there"),
        (("--patient-position", "HFS:0", "--patient-position", "HFP:0"), "event 0 is in HFS:0 and"),
        (("--patient-position", "HFS@08:00-09:00"), "no event starts in HFS@08:00-09:00"),
        (("--lateral-shift-mm", "nan"), "--lateral-shift-mm is nan mm"),
        (("--table-offset", "1,2"), "three lengths"),
        (("--table-offset", "1,2,nan"), "three lengths"),
        (("--table-offset", "a,b,c"), "not numbers"),
        (("--medium", "wood"), "must be one of skin"),
        (("--fail-on", "dose"), "must be one of peak_skin_dose_gy"),
        (("--equipment", "none.toml"), "none.toml cannot be read: No such file"),
        (("--netcdf", "no/such/folder/x.nc"), "cannot write"),
        (("--bogus",), "No such option"),
    ],
)
def test_option_errors_end_with_2_and_one_sentence(
    report: Path, options: tuple[str, ...], says: str
) -> None:
    result = run(report, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_netcdf_of_several_reports_is_refused(report: Path, tmp_path: Path) -> None:
    result = run(report, report, "--netcdf", tmp_path / "x.nc")
    assert result.exit_code == 2
    assert "one report at a time" in result.stderr


def test_the_kerma_is_that_of_the_report(report: Path) -> None:
    assert document(report)["totals"]["reference_air_kerma_gy"] == pytest.approx(KERMA_GY)


# --- trust


def test_kerma_beside_the_skin_is_told_at_the_top(report: Path) -> None:
    lines = run(report, "--table-offset", "200,0,0", "--surface", "plane").stdout.splitlines()
    (check,) = (number for number, line in enumerate(lines) if line.startswith("CHECK"))
    (problems,) = (number for number, line in enumerate(lines) if line == "Problems")
    assert "of the air kerma is not on the skin" in lines[check]
    assert check < problems
    assert "kerma-not-on-skin" not in "".join(lines)  # said once


def test_a_map_of_events_of_which_one_has_no_kerma_and_no_total(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
    edits = [empty("113738", event=1), empty("122130", event=1), empty("113725")]
    path.write_bytes(artis_bytes(*events, edits=edits))
    result = run(path)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "not mapped not known" in text
    assert "on skin not known: events without air kerma" in text
    assert "assumed for unknown share of the air kerma: rotation of the detector" in text
    assert "CHECK the report states no air kerma for event 1" in text
