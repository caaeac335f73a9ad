//! `dosemap._core`: newtypes and array checks over the Rust crates, no arithmetic.
#![forbid(unsafe_code)]

mod backscatter;
mod error;
mod spectrum;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _core {
    use super::*;

    #[pymodule_export]
    use crate::backscatter::Backscatter;
    #[pymodule_export]
    use crate::error::DosemapError;
    #[pymodule_export]
    use crate::spectrum::{Spectrum, material_symbols};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
