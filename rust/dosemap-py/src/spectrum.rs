//! `dosemap.spectrum` over the core's spectrum.

use dosemap::error::DoseError;
use dosemap::materials::{FilterLayer, Material, Medium};
use dosemap::spectrum;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

use crate::error::to_python;

/// Filters as they come from Python: symbol and thickness in mm.
pub(crate) type Filters = Vec<(String, f64)>;

/// Symbols of the materials that a filter can be made of.
#[pyfunction]
pub fn material_symbols() -> Vec<&'static str> {
    Material::all().map(Material::symbol).collect()
}

/// Name and content hash of every embedded data table.
#[pyfunction]
pub fn data_tables() -> Vec<(&'static str, String)> {
    dosemap::provenance::data_tables()
}

/// Photon spectrum of a filtered tungsten tube; see `dosemap.spectrum.Spectrum`.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Spectrum(pub(crate) spectrum::Spectrum);

#[pymethods]
impl Spectrum {
    #[new]
    #[pyo3(signature = (kvp, *, anode_angle_deg, filters))]
    fn new(kvp: f64, anode_angle_deg: f64, filters: Filters) -> PyResult<Self> {
        let unfiltered = spectrum::Spectrum::tungsten(kvp, anode_angle_deg).map_err(to_python)?;
        Self(unfiltered).filtered(filters)
    }

    fn filtered(&self, filters: Filters) -> PyResult<Self> {
        let filtered = layers(filters).and_then(|layers| self.0.filtered(&layers));
        filtered.map(Self).map_err(to_python)
    }

    #[getter]
    fn kvp(&self) -> f64 {
        self.0.kvp()
    }

    #[getter]
    fn energies_kev<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.energies_kev().to_vec().into_pyarray(py)
    }

    #[getter]
    fn fluence_per_cm2_mas<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.fluence().to_vec().into_pyarray(py)
    }

    #[getter]
    fn air_kerma_weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.air_kerma_weights().into_pyarray(py)
    }

    #[getter]
    fn mean_energy_kev(&self) -> f64 {
        self.0.mean_energy_kev()
    }

    #[getter]
    fn air_kerma_ugy_per_mas_at_1m(&self) -> f64 {
        self.0.air_kerma_ugy_per_mas_at_1m()
    }

    fn half_value_layer_mm(&self, material: &str) -> PyResult<f64> {
        let material = Material::from_symbol(material).map_err(to_python)?;
        Ok(self.0.half_value_layer_mm(material))
    }

    fn second_half_value_layer_mm(&self, material: &str) -> PyResult<f64> {
        let material = Material::from_symbol(material).map_err(to_python)?;
        Ok(self.0.second_half_value_layer_mm(material))
    }

    fn transmission(&self, filters: Filters) -> PyResult<f64> {
        Ok(self.0.transmission(&layers(filters).map_err(to_python)?))
    }

    fn mu_en_ratio_to_air(&self, medium: &str) -> PyResult<f64> {
        let medium = Medium::from_name(medium).map_err(to_python)?;
        Ok(self.0.mu_en_ratio_to_air(medium))
    }
}

pub(crate) fn layers(filters: Filters) -> Result<Vec<FilterLayer>, DoseError> {
    filters
        .into_iter()
        .map(|(symbol, thickness_mm)| {
            FilterLayer::new(Material::from_symbol(&symbol)?, thickness_mm)
        })
        .collect()
}
