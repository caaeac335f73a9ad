//! `dosemap._core`: newtypes and array checks over the Rust crates, no arithmetic.
#![forbid(unsafe_code)]
#![allow(
    clippy::needless_pass_by_value,
    reason = "PyO3 hands extracted arguments over by value, and map_err wants its error so"
)]

mod backscatter;
mod body;
mod ensemble;
mod error;
mod live;
mod live_copy;
mod picture;
mod pose;
mod rdsr;
mod scene;
mod spectrum;
mod surface;

use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _core {
    use super::*;

    #[pymodule_export]
    use crate::backscatter::{Backscatter, forward_scatter_ratio};
    #[pymodule_export]
    use crate::body::{
        Body, body_address, body_regions, completed_person, mass_of_thickness_kg,
        masses_of_height_kg,
    };
    #[pymodule_export]
    use crate::ensemble::Ensemble;
    #[pymodule_export]
    use crate::error::DosemapError;
    #[pymodule_export]
    use crate::live::{LiveFeed, LiveNow, live_columns};
    #[pymodule_export]
    use crate::live_copy::{KeptBeam, LiveCopy, LivePress, LiveSums, LiveTally};
    #[pymodule_export]
    use crate::picture::{encode_png, render};
    #[pymodule_export]
    use crate::pose::central_ray_on_table;
    #[pymodule_export]
    use crate::rdsr::{
        NotDoseReport, RadiationDoseReport, ReportError, ReportItem, check_report_start,
        read_report, read_report_file,
    };
    #[pymodule_export]
    use crate::scene::{BeamQuality, DoseMap, Frames, Peak, Scene};
    #[pymodule_export]
    use crate::spectrum::{Spectrum, data_tables, material_symbols};
    #[pymodule_export]
    use crate::surface::Surface;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        if cfg!(debug_assertions) {
            let message = c"dosemap._core is a debug build, many times slower: run `make build`";
            PyErr::warn(module.py(), &module.py().get_type::<PyRuntimeWarning>(), message, 1)?;
        }
        module.add("REPORT_SIZE_LIMIT", dosemap_rdsr::SIZE_LIMIT)?;
        module.add("ENSEMBLE_RELATIVE_ERROR", dosemap::ensemble::RELATIVE_ERROR)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
