//! `dosemap._core`: newtypes and array checks over the Rust crates, no arithmetic.
#![forbid(unsafe_code)]

mod rdsr;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _core {
    use super::*;

    #[pymodule_export]
    use crate::rdsr::{
        RadiationDoseReport, ReportError, ReportItem, read_report, read_report_file,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
