//! Dose reports for Python: frozen views of what `dosemap-rdsr` reads.

use std::path::PathBuf;

use dosemap_rdsr::{Code, Item, Report, ReportError as ReadError, check_start, read, read_file};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyDict, PyMappingProxy, PyTuple};

pyo3::create_exception!(
    _core,
    ReportError,
    PyValueError,
    "A file is no readable X-ray dose report; the message says what it is instead."
);

pyo3::create_exception!(
    _core,
    NotDoseReport,
    ReportError,
    "A file is something else than a dose report of fluoroscopy; the second argument says what."
);

type CodeTuple = (String, String, String);

/// A content item of a dose report.
#[pyclass(frozen, module = "dosemap._core")]
pub struct ReportItem(Item);

#[pymethods]
impl ReportItem {
    #[getter]
    fn parent(&self) -> Option<usize> {
        self.0.parent
    }

    #[getter]
    fn code(&self) -> &str {
        &self.0.concept.value
    }

    #[getter]
    fn scheme(&self) -> &str {
        &self.0.concept.scheme
    }

    #[getter]
    fn meaning(&self) -> &str {
        &self.0.concept.meaning
    }

    #[getter]
    fn value_type(&self) -> &str {
        self.0.value_type.as_str()
    }

    #[getter]
    fn numbers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.numbers)
    }

    #[getter]
    fn unit(&self) -> Option<&str> {
        self.0.unit.as_ref().map(|unit| unit.value.as_str())
    }

    #[getter]
    fn unit_scheme(&self) -> Option<&str> {
        self.0.unit.as_ref().map(|unit| unit.scheme.as_str())
    }

    #[getter]
    fn qualifier(&self) -> Option<CodeTuple> {
        self.0.qualifier.as_deref().map(code_tuple)
    }

    #[getter]
    fn coded(&self) -> Option<CodeTuple> {
        self.0.coded.as_deref().map(code_tuple)
    }

    #[getter]
    fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// Without values: texts of a report can identify the patient.
    fn __repr__(&self) -> String {
        let Code { value, scheme, .. } = &*self.0.concept;
        format!("<ReportItem {value} ({scheme}) {}>", self.0.value_type.as_str())
    }
}

/// A dose report: header, items outside irradiation events, items of every event.
#[pyclass(frozen, get_all, module = "dosemap._core")]
pub struct RadiationDoseReport {
    title: CodeTuple,
    header: Py<PyMappingProxy>,
    procedure_codes: Vec<(String, CodeTuple)>,
    descriptions: Vec<String>,
    items: Py<PyTuple>,
    events: Py<PyTuple>,
}

#[pymethods]
impl RadiationDoseReport {
    fn __repr__(&self, py: Python<'_>) -> String {
        let (items, events) = (self.items.bind(py).len(), self.events.bind(py).len());
        format!("<RadiationDoseReport: {events} irradiation events, {items} items outside them>")
    }
}

/// Read a dose report from the bytes of a DICOM file or of a bare data set.
#[pyfunction]
pub fn read_report(py: Python<'_>, source: PyBackedBytes) -> PyResult<RadiationDoseReport> {
    let report = py.detach(move || read(&source)).map_err(python_error)?;
    python_report(py, report)
}

/// Read a dose report from a file.
#[pyfunction]
pub fn read_report_file(py: Python<'_>, path: PathBuf) -> PyResult<RadiationDoseReport> {
    let report = py.detach(move || read_file(&path)).map_err(python_error)?;
    python_report(py, report)
}

/// Refuse a file by its first bytes, before the rest is read.
#[pyfunction]
pub fn check_report_start(start: &[u8]) -> PyResult<()> {
    check_start(start).map_err(python_error)
}

fn python_error(error: ReadError) -> PyErr {
    let message = error.to_string();
    match error {
        ReadError::Io(error) => error.into(),
        ReadError::NotDicom => NotDoseReport::new_err((message, "no DICOM file")),
        ReadError::NotDoseReport { found } => NotDoseReport::new_err((message, found)),
        ReadError::OtherSystem { system } => {
            NotDoseReport::new_err((message, format!("dose report of {system}")))
        }
        _ => ReportError::new_err(message),
    }
}

fn python_report(py: Python<'_>, report: Report) -> PyResult<RadiationDoseReport> {
    let header = PyDict::new(py);
    for (keyword, value) in report.header {
        header.set_item(keyword, value)?;
    }
    let mut events = Vec::with_capacity(report.events.len());
    for event in report.events {
        events.push(python_items(py, event)?);
    }
    Ok(RadiationDoseReport {
        title: code_tuple(&report.title),
        header: PyMappingProxy::new(py, header.as_mapping()).unbind(),
        procedure_codes: report
            .procedure_codes
            .iter()
            .map(|(keyword, code)| (keyword.clone(), code_tuple(code)))
            .collect(),
        descriptions: report.descriptions,
        items: python_items(py, report.items)?.unbind(),
        events: PyTuple::new(py, events)?.unbind(),
    })
}

fn python_items(py: Python<'_>, items: Vec<Item>) -> PyResult<Bound<'_, PyTuple>> {
    let items = items.into_iter().map(|item| Bound::new(py, ReportItem(item)));
    PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)
}

fn code_tuple(code: &Code) -> CodeTuple {
    (code.value.clone(), code.scheme.clone(), code.meaning.clone())
}
