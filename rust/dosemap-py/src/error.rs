//! The one Python exception of the core.

use dosemap::error::DoseError;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(
    dosemap._core,
    DosemapError,
    PyValueError,
    "A value that dosemap cannot work with; the message names it and its unit."
);

/// The Python exception of a core error.
pub fn to_python(error: DoseError) -> PyErr {
    DosemapError::new_err(error.to_string())
}
