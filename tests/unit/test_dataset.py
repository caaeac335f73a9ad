"""The result as a labelled data set, and its way to netCDF and back."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dosemap import Body, DosemapError, DoseResult, estimate
from dosemap.procedure import Procedure, Provenance
from dosemap.simulate import SimulatedEvent
from dosemap.surface import Surface
from simulated_reports import artis_procedure, bare_estimate, flat_back, peak_gy

xr = pytest.importorskip("xarray")


def two_beams() -> Procedure:
    return artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0, primary_angle_deg=30.0))


def mapped() -> DoseResult:
    return estimate(two_beams(), surface=Surface.cylinder(diameter_mm=300, length_mm=600))


def on_a_body() -> DoseResult:
    return estimate(two_beams(), surface=Body(sex="M", age_class="10 y", spacing_mm=15))


def without_map() -> DoseResult:
    procedure = two_beams()
    return estimate(replace(procedure, device=replace(procedure.device, model="Unheard-of")))


def totals_only() -> DoseResult:
    return estimate(replace(two_beams(), events=()))


# --- the data set


def test_dimensions_units_and_names() -> None:
    result = mapped()
    dataset = result.dataset
    assert result.surface is not None
    assert dict(dataset.sizes) == {
        "vertex": len(result.surface),
        "xyz": 3,
        "triangle": len(result.surface.triangles),
        "corner": 3,
        "event": 2,
        "edge": 4,
    }
    assert dataset["skin_dose"].attrs["units"] == "Gy"
    for name, variable in dataset.data_vars.items():
        assert variable.attrs.get("long_name"), name
        if variable.dtype.kind == "f":
            assert variable.attrs.get("units"), name


def test_the_values_are_those_of_the_result() -> None:
    result = mapped()
    dataset = result.dataset
    np.testing.assert_array_equal(dataset["skin_dose"], result.skin_dose_gy)
    assert float(dataset["dose_at_peak"].sum()) == pytest.approx(peak_gy(result))
    assert dataset["primary_angle"].values.tolist() == [0.0, 30.0]
    assert dataset["table_origin_in_isocenter"].values[0].tolist() == [0.0, 150.0, 450.0]
    assert dataset["started"].values.tolist() == ["2024-03-14T09:30:00", "2024-03-14T09:31:00"]
    # Vertex areas are in cm2: a cylinder of 300 mm diameter and 600 mm length.
    assert float(dataset["vertex_area"].sum()) == pytest.approx(np.pi * 30 * 60, rel=1e-3)


def test_provenance_is_flagged_the_cf_way() -> None:
    # CF 1.11 section 3.5: flag_values of the variable's type, flag_meanings without blanks in a
    # word, and the variable that is qualified names its flags.
    dataset = mapped().dataset
    flags = dataset["kvp_provenance"]
    meanings = flags.attrs["flag_meanings"].split()
    assert len(meanings) == len(flags.attrs["flag_values"]) == len(Provenance)
    assert flags.attrs["flag_values"].dtype == flags.dtype == np.int8
    assert dataset["kvp"].attrs["ancillary_variables"] == "kvp_provenance"

    def word(name: str) -> str:
        return str(meanings[int(dataset[f"{name}_provenance"][0])])

    assert word("kvp") == "reported"
    assert word("patient_position") == "free_text"
    assert word("anode_angle") == "profile"
    assert word("table_horizontal_rotation") == "assumed"
    assert word("field_at_1m") == "derived"


def test_a_value_of_the_caller_is_flagged_so() -> None:
    from dosemap.placement import PlacementOverrides  # noqa: PLC0415

    result = estimate(two_beams(), overrides=PlacementOverrides(patient_position="FFS"))
    assert result.events.provenance["patient_position"] == [Provenance.USER] * 2


def test_columns_of_events_that_are_not_in_the_map_hold_no_numbers() -> None:
    procedure = two_beams()
    first, second = procedure.events
    result = bare_estimate(replace(procedure, events=(first, replace(second, kvp=30.0))))
    numbers = result.events.numbers
    assert np.isfinite(numbers["share_on_skin"]).tolist() == [True, False]
    assert np.isnan(numbers["dose_at_peak_gy"][1])
    assert numbers["reference_air_kerma_gy"][1] == pytest.approx(0.010)


def test_factors_of_an_event_multiply_to_its_dose() -> None:
    result = estimate(artis_procedure(), surface=flat_back())
    factors = result.event_factors(0)
    in_field = factors["coverage"].to_numpy()[0] == 1
    assert in_field.sum() > 100
    frame = factors.isel(frame=0)
    dose = (
        frame["incident_air_kerma"] * (
            frame["coverage"] * factors.attrs["primary_mu_en_ratio"]
            + frame["backscatter_excess"] * factors.attrs["scatter_mu_en_ratio"]
        )
    )  # fmt: skip
    np.testing.assert_allclose(frame["skin_dose"][in_field], dose[in_field], rtol=1e-9)
    kerma = 0.010 * frame["inverse_square"] * frame["support_transmission"]
    np.testing.assert_allclose(frame["incident_air_kerma"][in_field], kerma[in_field], rtol=1e-9)
    for variable in factors.data_vars.values():
        assert variable.attrs["units"]


# --- netCDF


@pytest.mark.parametrize("make", [mapped, on_a_body, without_map, totals_only])
def test_round_trip(tmp_path: Path, make: object) -> None:
    assert callable(make)
    result: DoseResult = make()
    path = tmp_path / "result.nc"
    result.to_netcdf(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.nc"]
    loaded = DoseResult.from_netcdf(path)
    assert loaded.document == result.to_dict()
    assert loaded.peak == result.peak
    assert loaded.reason == result.reason
    assert loaded.events.texts == dict(result.events.texts)
    assert loaded.events.provenance == dict(result.events.provenance)
    for name, column in result.events.numbers.items():
        np.testing.assert_array_equal(loaded.events.numbers[name], column)
    xr.testing.assert_identical(loaded.dataset, result.dataset)
    if result.surface is None:
        assert loaded.surface is None
        assert loaded.skin_dose_gy is None
    else:
        assert loaded.surface is not None
        np.testing.assert_array_equal(loaded.surface.areas_mm2, result.surface.areas_mm2)
        assert loaded.area_above_cm2(0.001) == result.area_above_cm2(0.001)


def test_a_loaded_body_knows_its_anatomy(tmp_path: Path) -> None:
    result = on_a_body()
    path = tmp_path / "result.nc"
    result.to_netcdf(path)
    loaded = DoseResult.from_netcdf(path)
    assert result.surface is not None
    assert loaded.surface is not None
    assert result.peak is not None
    assert loaded.surface.address(result.peak.vertex) == result.peak.address
    for vertex in range(0, len(result.surface), 499):
        assert loaded.surface.address(vertex) == result.surface.address(vertex)


def test_a_loaded_result_says_that_its_factors_are_gone(tmp_path: Path) -> None:
    mapped().to_netcdf(tmp_path / "result.nc")
    with pytest.raises(DosemapError, match="run estimate"):
        DoseResult.from_netcdf(tmp_path / "result.nc").event_factors(0)


def test_writing_replaces_a_whole_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "result.nc"
    path.write_text("an older result")
    without_map().to_netcdf(str(path))
    assert DoseResult.from_netcdf(path).reason is not None
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_while_writing_keeps_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.nc"
    path.write_text("an older result")

    def fail(_dataset: object, target: Path, **_: object) -> None:
        target.write_text("half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", fail)
    with pytest.raises(DosemapError, match="No space left"):
        mapped().to_netcdf(path)
    assert path.read_text() == "an older result"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are those of POSIX")
def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    without_map().to_netcdf(tmp_path / "result.nc")
    assert (tmp_path / "result.nc").stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("name", ["no/such/folder/x.nc", "."])
def test_an_impossible_place_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DosemapError, match="cannot write"):
        without_map().to_netcdf(tmp_path / name)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match="cannot be read as netCDF"):
        DoseResult.from_netcdf(tmp_path / "none.nc")
    text = tmp_path / "text.nc"
    text.write_text("words")
    with pytest.raises(DosemapError, match="cannot be read as netCDF"):
        DoseResult.from_netcdf(text)
    foreign = tmp_path / "foreign.nc"
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(foreign)
    with pytest.raises(DosemapError, match="not a dosemap result"):
        DoseResult.from_netcdf(foreign)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "result.nc"
    mapped().to_netcdf(path)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(DosemapError):
            DoseResult.from_netcdf(path)


@pytest.mark.parametrize("document", ["no json", "{}", '{"peak": 1}'])
def test_a_damaged_document_is_refused(tmp_path: Path, document: str) -> None:
    path = tmp_path / "result.nc"
    dataset = mapped().dataset
    dataset.attrs["dosemap_document"] = document
    dataset.to_netcdf(path, engine="netcdf4")
    with pytest.raises(DosemapError, match="make it again"):
        DoseResult.from_netcdf(path)
