"""A patient's added maps as an xarray data set, and to netCDF and Zarr (CF conventions)."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from dosemap.dataset import surface_variables, write_compressed
from dosemap.errors import DosemapError
from dosemap.history.cumulative import Contribution, Cumulative

_KEY = "dosemap_cumulative"


def to_dataset(cumulative: Cumulative) -> xr.Dataset:
    """Return the maps; see :attr:`Cumulative.dataset`.

    Raises
    ------
    DosemapError
        No procedure has a map.
    """
    if cumulative.skin_dose_gy is None:
        raise DosemapError("no procedure has a map, so there is nothing to write; see reasons")
    mapped = [entry for entry in cumulative.contributions if entry.map_gy is not None]
    variables: dict[str, Any] = {
        "skin_dose": (
            ("procedure", "vertex"),
            np.stack([entry.map_gy for entry in mapped if entry.map_gy is not None]),
            {"units": "Gy", "long_name": "absorbed dose, mean over the patch of skin"},
        ),
        "cumulative_skin_dose": (
            "vertex",
            cumulative.skin_dose_gy,
            {"units": "Gy", "long_name": "sum of the procedures' skin doses"},
        ),
        **_of_procedures(mapped),
    }
    if cumulative.surface is not None:
        variables |= surface_variables(cumulative.surface)
    document = cumulative.to_dict()
    return xr.Dataset(
        variables,
        coords={"procedure": [entry.procedure.procedure for entry in mapped]},
        attrs={
            "Conventions": "CF-1.11",
            "title": "skin dose of several procedures",
            "is_lower_bound": int(cumulative.is_lower_bound),
            _KEY: json.dumps(document, ensure_ascii=False, allow_nan=False),
        },
    )


def _of_procedures(mapped: list[Contribution]) -> dict[str, Any]:
    def column(values: list[float | None], unit: str, long_name: str) -> Any:  # noqa: ANN401
        known = [np.nan if value is None else value for value in values]
        return ("procedure", np.array(known), {"units": unit, "long_name": long_name})

    stored = [entry.procedure for entry in mapped]
    started = [entry.started.isoformat() if entry.started else "" for entry in stored]
    return {
        "started": ("procedure", np.array(started, dtype=object), {"long_name": "start, local"}),
        "dose_at_peak": column(
            [entry.dose_at_peak_gy for entry in mapped], "Gy", "dose at the cumulative peak"
        ),
        "peak_skin_dose": column(
            [entry.peak_skin_dose_gy for entry in stored], "Gy", "peak of the procedure alone"
        ),
        "reference_air_kerma": column(
            [entry.reference_air_kerma_gy for entry in stored], "Gy", "Dose (RP)"
        ),
    }


def write_netcdf(cumulative: Cumulative, path: str | PathLike[str]) -> None:
    """Write the data set; see :meth:`Cumulative.to_netcdf`."""
    write_compressed(to_dataset(cumulative), path)


def write_zarr(cumulative: Cumulative, path: str | PathLike[str]) -> None:
    """Write the data set; see :meth:`Cumulative.to_zarr`."""
    dataset = to_dataset(cumulative)
    dataset["started"] = dataset["started"].astype(np.dtypes.StringDType())
    if Path(path).exists():
        raise DosemapError(f"{path} exists; give the name of a new folder")
    try:
        dataset.to_zarr(path, mode="w-", consolidated=False, zarr_format=2)
    except (ImportError, ValueError) as error:
        if "zarr" not in str(error):
            raise
        raise DosemapError('zarr is missing: pip install "dosemap[zarr]"') from error
    except OSError as error:
        raise DosemapError(f"{path} cannot be written: {error.strerror}; check the path") from None


def read_cumulative(path: str | PathLike[str]) -> xr.Dataset:
    """Read a data set that :meth:`Cumulative.to_netcdf` or :meth:`Cumulative.to_zarr` wrote.

    Parameters
    ----------
    path
        A netCDF file or a Zarr folder.

    Raises
    ------
    DosemapError
        It cannot be read, or is something else.
    """
    try:
        if Path(path).is_dir():
            dataset: xr.Dataset = xr.open_zarr(path, consolidated=False).load()
        else:
            with xr.open_dataset(path, engine="netcdf4") as opened:
                dataset = opened.load()
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise DosemapError(
            f"{path} cannot be read ({type(error).__name__}); give a file that to_netcdf() or"
            " to_zarr() wrote"
        ) from error
    if _KEY not in dataset.attrs:
        raise DosemapError(f"{path} holds no added maps; give a file that to_netcdf() wrote")
    return dataset
