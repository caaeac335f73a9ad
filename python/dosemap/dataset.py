"""A result as an xarray data set, and to and from netCDF (CF conventions)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from dosemap.anatomy import Anatomy, region_names
from dosemap.errors import DosemapError
from dosemap.event_table import EventTable
from dosemap.files import written_whole
from dosemap.posed_body import PosedBody
from dosemap.procedure import Provenance
from dosemap.result import DoseResult, PeakDose
from dosemap.surface import Surface

if TYPE_CHECKING:
    from dosemap import _core

_PROVENANCES = tuple(Provenance)

# name in the table: name of the variable, unit, long name, DICOM code of the quantity
_EVENT_VARIABLES: Mapping[str, tuple[str, str, str, str | None]] = {
    "reference_air_kerma_gy": ("reference_air_kerma", "Gy", "Dose (RP)", "113738"),
    "kerma_area_product_gy_m2": ("kerma_area_product", "Gy m2", "Dose Area Product", "122130"),
    "source_to_detector_mm": (
        "source_to_detector",
        "mm",
        "Distance Source to Detector",
        "113750",
    ),
    "irradiation_duration_s": ("irradiation_duration", "s", "Irradiation Duration", "113742"),
    "number_of_pulses": ("number_of_pulses", "1", "Number of Pulses", "113768"),
    "patient_equivalent_thickness_mm": (
        "patient_equivalent_thickness",
        "mm",
        "Patient Equivalent Thickness",
        "111638",
    ),
    "kvp": ("kvp", "kV", "KVP", "113733"),
    "anode_angle_deg": ("anode_angle", "degree", "anode angle", None),
    "primary_angle_deg": ("primary_angle", "degree", "Positioner Primary Angle", "112011"),
    "secondary_angle_deg": ("secondary_angle", "degree", "Positioner Secondary Angle", "112012"),
    "source_to_isocenter_mm": (
        "source_to_isocenter",
        "mm",
        "Distance Source to Isocenter",
        "113748",
    ),
    "source_to_reference_point_mm": (
        "source_to_reference_point",
        "mm",
        "Distance Source to Reference Point",
        "113737",
    ),
    "table_horizontal_rotation_deg": (
        "table_horizontal_rotation",
        "degree",
        "Table Horizontal Rotation Angle",
        "113755",
    ),
    "table_head_tilt_deg": ("table_head_tilt", "degree", "Table Head Tilt Angle", "113754"),
    "table_cradle_tilt_deg": ("table_cradle_tilt", "degree", "Table Cradle Tilt Angle", "113756"),
    "table_origin_in_isocenter_mm": (
        "table_origin_in_isocenter",
        "mm",
        "head end of the table top, centre line, in isocentre space",
        None,
    ),
    "field_at_1m_mm": (
        "field_at_1m",
        "mm",
        "edges of the field at 1000 mm from the focal spot: u_min, u_max, v_min, v_max",
        None,
    ),
    "share_on_skin": ("share_on_skin", "1", "share of the field that falls on skin", None),
    "dose_at_peak_gy": ("dose_at_peak", "Gy", "dose of the event at the peak", None),
    "half_value_layer_mm_al": ("half_value_layer", "mm", "half-value layer, aluminium", None),
    "mean_energy_kev": ("mean_energy", "keV", "mean photon energy", None),
    "primary_mu_en_ratio": (
        "primary_mu_en_ratio",
        "1",
        "mu_en/rho of the medium over air, primary radiation",
        None,
    ),
    "scatter_mu_en_ratio": (
        "scatter_mu_en_ratio",
        "1",
        "mu_en/rho of the medium over air, backscattered radiation",
        None,
    ),
    "support_transmission": (
        "support_transmission",
        "1",
        "transmission of the patient support at normal incidence",
        None,
    ),
    "calibration_factor": ("calibration_factor", "1", "Calibration Factor", "122322"),
}
_EXTRA_DIM = {"table_origin_in_isocenter_mm": "xyz", "field_at_1m_mm": "edge"}

_FACTORS: Mapping[str, tuple[str, str]] = {
    "inverse_square": ("1", "(reference distance / distance)^2"),
    "coverage": ("1", "share of the patch inside the field and not in a shadow"),
    "backscatter_excess": ("1", "backscatter as a share of the free-in-air kerma, B - 1"),
    "support_transmission": ("1", "transmission of the patient support along the ray"),
    "forward_scatter_ratio": ("1", "scatter of the support as a share of what it transmits"),
    "cos_incidence": ("1", "cosine of the angle between ray and normal"),
    "source_to_skin": ("mm", "distance from the focal spot"),
    "incident_air_kerma": ("Gy", "air kerma at the point, free in air"),
    "skin_dose": ("Gy", "absorbed dose"),
}


def to_dataset(result: DoseResult) -> xr.Dataset:
    """Return a result as a data set; see :attr:`DoseResult.dataset`."""
    variables: dict[str, Any] = {}
    if result.surface is not None and result.skin_dose_gy is not None:
        variables |= _map_variables(result.surface, result.skin_dose_gy)
        if result.surface.anatomy is not None:
            variables |= _anatomy_variables(result.surface.anatomy)
    variables |= _event_variables(result.events)
    attributes = {
        "Conventions": "CF-1.11",
        "title": "skin dose map",
        "source": f"dosemap {result.document['software']['version']}",
        "comment": result.document["software"]["notice"],
        **_trust_attributes(result.trust),
        "dosemap_document": result.to_json(),
    }
    coordinates = {"xyz": ["x", "y", "z"], "event": np.arange(len(result.events))}
    return xr.Dataset(variables, coords=coordinates, attrs=attributes)


def _trust_attributes(trust: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shares of the air kerma; what is not known has no attribute."""
    shares = {
        name.replace("share_", "share_of_air_kerma_"): value
        for name, value in trust.items()
        if name.startswith("share_") and value is not None
    }
    fields = " ".join(entry["field"] for entry in trust["assumed_fields"])
    return {**shares, "assumed_fields": fields}


def _anatomy_variables(anatomy: Anatomy) -> dict[str, Any]:
    regions = region_names()
    return {
        "skin_region": (
            "vertex",
            anatomy.regions,
            {
                "long_name": "part of the body's surface",
                "flag_values": np.arange(len(regions), dtype=np.uint8),
                "flag_meanings": " ".join(region.replace(" ", "_") for region in regions),
            },
        ),
        "left_of_midline": (
            "vertex",
            anatomy.left_of_midline_mm,
            {
                "units": "mm",
                "long_name": "distance from the median plane of the upright body",
                "comment": "positive to the patient's left",
            },
        ),
        "vertebral_level": (
            "vertex",
            anatomy.vertebral_levels,
            {
                "units": "1",
                "long_name": "vertebra at whose height the skin of neck and trunk lies",
                "comment": "C1 is 1 to 2, T1 8 to 9, L1 20 to 21, S1 25 to 26, coccyx from 30",
            },
        ),
    }


def _read_anatomy(dataset: xr.Dataset) -> Anatomy | None:
    if "skin_region" not in dataset:
        return None
    return Anatomy(
        regions=dataset["skin_region"].to_numpy(),
        left_of_midline_mm=dataset["left_of_midline"].to_numpy(),
        vertebral_levels=dataset["vertebral_level"].to_numpy(),
    )


def _map_variables(surface: Surface, skin_dose_gy: "np.ndarray") -> dict[str, Any]:
    attributes = {"units": "Gy", "long_name": "absorbed dose, mean over the patch of skin"}
    return {"skin_dose": ("vertex", skin_dose_gy, attributes), **surface_variables(surface)}


def surface_variables(surface: Surface) -> dict[str, Any]:
    """Return vertices, normals, areas and triangles of a surface as variables of a data set."""
    return {
        "vertex_position": (
            ("vertex", "xyz"),
            surface.vertices_mm,
            {
                "units": "mm",
                "long_name": "position in patient space: +x left, +y posterior, +z head",
            },
        ),
        "vertex_normal": (
            ("vertex", "xyz"),
            surface.normals,
            {"units": "1", "long_name": "outward unit normal"},
        ),
        "vertex_area": (
            "vertex",
            surface.areas_mm2 / 100,
            {"units": "cm2", "long_name": "area of skin that the vertex stands for"},
        ),
        "triangle_vertices": (
            ("triangle", "corner"),
            surface.triangles,
            {"long_name": "vertex numbers, anticlockwise seen from outside"},
        ),
    }


def _event_variables(events: EventTable) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for column, values in events.numbers.items():
        name, unit, long_name, code = _EVENT_VARIABLES[column]
        dims = ("event", _EXTRA_DIM[column]) if column in _EXTRA_DIM else ("event",)
        attributes = {"units": unit, "long_name": long_name}
        if code:
            attributes["dicom_code"] = code
        variables[name] = (dims, values, attributes)
    for column, texts in events.texts.items():
        attributes = {"long_name": column.replace("_", " ")}
        variables[column] = ("event", np.array(texts, dtype=object), attributes)
    for column, provenances in events.provenance.items():
        name = _EVENT_VARIABLES[column][0] if column in _EVENT_VARIABLES else column
        flags = [_PROVENANCES.index(provenance) for provenance in provenances]
        variables[f"{name}_provenance"] = (
            "event",
            np.array(flags, dtype=np.int8),
            {
                "long_name": f"where {name.replace('_', ' ')} came from",
                "flag_values": np.arange(len(_PROVENANCES), dtype=np.int8),
                "flag_meanings": " ".join(p.name.lower() for p in _PROVENANCES),
            },
        )
        variables[name][2]["ancillary_variables"] = f"{name}_provenance"
    return variables


def factors_dataset(
    frames: Sequence[Mapping[str, "np.ndarray"]], quality: "_core.BeamQuality"
) -> xr.Dataset:
    """Return the factors of an event's frames; see :meth:`DoseResult.event_factors`."""
    return xr.Dataset(
        {
            name: (
                ("frame", "vertex"),
                np.stack([frame[name] for frame in frames]),
                {"units": unit, "long_name": long_name},
            )
            for name, (unit, long_name) in _FACTORS.items()
        },
        attrs={
            "primary_mu_en_ratio": quality.primary_mu_en_ratio,
            "scatter_mu_en_ratio": quality.scatter_mu_en_ratio,
        },
    )


def write_netcdf(result: DoseResult, path: str | PathLike[str]) -> None:
    """Write a result; see :meth:`DoseResult.to_netcdf`."""
    write_compressed(to_dataset(result), path)


def write_compressed(dataset: xr.Dataset, path: str | PathLike[str]) -> None:
    """Write a data set as netCDF, by a temporary name; its arrays of numbers are compressed.

    Parameters
    ----------
    dataset
        The data set.
    path
        Where to; an existing file is replaced once the new one is complete.
    """
    compressed = {
        name: {"zlib": True, "complevel": 4}
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiu" and variable.ndim and variable.size
    }
    with written_whole(path) as complete:
        dataset.to_netcdf(complete, engine="netcdf4", encoding=compressed)


def read_netcdf(path: str | PathLike[str]) -> DoseResult:
    """Read a result; see :meth:`DoseResult.from_netcdf`."""
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = opened.load()
    except (OSError, ValueError) as error:
        raise DosemapError(f"{path} cannot be read as netCDF: {error}") from error
    if "dosemap_document" not in dataset.attrs:
        raise DosemapError(
            f"{path} is not a dosemap result; give a file that to_netcdf() or --netcdf wrote"
        )
    try:
        return _read_result(dataset)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DosemapError(
            f"{path} is damaged or of another version: {error!r}; make it again from the report"
        ) from error


def _read_result(dataset: xr.Dataset) -> DoseResult:
    document = json.loads(dataset.attrs["dosemap_document"])
    surface = None
    skin_dose_gy = None
    if "skin_dose" in dataset:
        surface = Surface.from_mesh(
            dataset["vertex_position"].to_numpy(),
            dataset["triangle_vertices"].to_numpy(),
            description=document["map"]["surface"],
            repair=False,
        )
        body = document["map"].get("body")
        surface = replace(
            surface,
            anatomy=_read_anatomy(dataset),
            body=PosedBody.from_dict(body) if body else None,
        )
        skin_dose_gy = dataset["skin_dose"].to_numpy()
    return DoseResult(
        document=document,
        events=_read_events(dataset),
        surface=surface,
        skin_dose_gy=skin_dose_gy,
        peak=_read_peak(document),
    )


def _read_events(dataset: xr.Dataset) -> EventTable:
    columns = {name: column for column, (name, *_) in _EVENT_VARIABLES.items()}
    numbers, texts, provenance = {}, {}, {}
    for name, variable in dataset.data_vars.items():
        if "event" not in variable.dims:
            continue
        label = str(name)
        base = label.removesuffix("_provenance")
        if base != label:
            flags = variable.to_numpy()
            provenance[columns.get(base, base)] = [_PROVENANCES[int(flag)] for flag in flags]
        elif label in columns:
            numbers[columns[label]] = variable.to_numpy()
        else:
            texts[label] = [str(text) for text in variable.to_numpy()]
    return EventTable(numbers=numbers, texts=texts, provenance=provenance)


def _read_peak(document: Mapping[str, Any]) -> PeakDose | None:
    peak = document["peak"]
    if peak is None:
        return None
    x, y, z = peak["point_in_patient_mm"]
    return PeakDose(
        dose_gy=document["peak_skin_dose_gy"],
        hottest_1cm2_gy=document["hottest_1cm2_dose_gy"],
        vertex=peak["vertex"],
        point_in_patient_mm=(x, y, z),
        site=peak["site"],
        address=peak["address"],
    )
