//! Backscatter of the core, for the tests of the physics.

use dosemap::backscatter::{self, Rectangle};
use dosemap::forward_scatter::forward_scatter_in_field;
use dosemap::materials::Medium;
use pyo3::prelude::*;

use crate::error::to_python;
use crate::spectrum::Spectrum;

/// Backscatter of one spectrum from water.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Backscatter(backscatter::Backscatter);

#[pymethods]
impl Backscatter {
    #[new]
    fn new(spectrum: &Spectrum) -> Self {
        Self(backscatter::Backscatter::for_spectrum(&spectrum.0))
    }

    #[getter]
    fn amplitudes(&self) -> [f64; 5] {
        self.0.amplitudes
    }

    /// B - 1 at (u, v) in a field from u1 to u2 and v1 to v2, all mm.
    #[pyo3(signature = (*, u_edges_mm, v_edges_mm, point_mm, source_to_point_mm, cos_incidence))]
    fn excess(
        &self,
        u_edges_mm: (f64, f64),
        v_edges_mm: (f64, f64),
        point_mm: (f64, f64),
        source_to_point_mm: f64,
        cos_incidence: f64,
    ) -> PyResult<f64> {
        let field = Rectangle::new(u_edges_mm, v_edges_mm).map_err(to_python)?;
        Ok(self.0.excess(&field, point_mm, source_to_point_mm, cos_incidence))
    }

    fn scatter_mu_en_ratio(&self, medium: &str) -> PyResult<f64> {
        let medium = Medium::from_name(medium).map_err(to_python)?;
        Ok(self.0.scatter_mu_en_ratio(medium))
    }
}

/// Scatter of a support on the skin as a share of the primary behind it.
#[pyfunction]
#[pyo3(signature = (*, pmma_equivalent_thickness_mm, field_at_1m_mm, distance_mm))]
pub fn forward_scatter_ratio(
    pmma_equivalent_thickness_mm: f64,
    field_at_1m_mm: [f64; 4],
    distance_mm: f64,
) -> f64 {
    forward_scatter_in_field(pmma_equivalent_thickness_mm, field_at_1m_mm, distance_mm)
}
