//! `dosemap.surface` over the core's triangle surfaces.

use std::sync::Arc;

use dosemap::error::DoseError;
use dosemap::kernel::hottest;
use dosemap::math::Vec3;
use dosemap::rest::{self, RestingPlace};
use dosemap::spaces::PatientPosition;
use dosemap::surface::{Facing, TriangleSurface};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::error::to_python;

/// A triangle mesh with outward normals; see `dosemap.surface.Surface`.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Surface(pub(crate) Arc<TriangleSurface>);

fn wrap(surface: Result<TriangleSurface, DoseError>) -> PyResult<Surface> {
    surface.map(|surface| Surface(Arc::new(surface))).map_err(to_python)
}

/// Rows of three as an (n, 3) array.
pub fn rows<'py>(py: Python<'py>, points: &[Vec3]) -> Bound<'py, PyArray2<f64>> {
    let rows: Vec<[f64; 3]> = points.iter().map(|point| point.to_array()).collect();
    numpy::ndarray::Array2::from(rows).into_pyarray(py)
}

/// Points from an (n, 3) array.
pub fn points(array: &PyReadonlyArray2<'_, f64>, name: &str) -> PyResult<Vec<Vec3>> {
    let array = array.as_array();
    if array.ncols() != 3 {
        let message = format!("{name} has {} columns; it needs 3", array.ncols());
        return Err(to_python(DoseError::Mismatch(message)));
    }
    Ok(array.rows().into_iter().map(|row| Vec3::new(row[0], row[1], row[2])).collect())
}

/// `dosemap.surface.RestingParts`: vertex numbers, `None` for all.
#[derive(FromPyObject)]
struct RestingParts<'py> {
    contact: Option<PyReadonlyArray1<'py, u32>>,
    centred: Option<PyReadonlyArray1<'py, u32>>,
    head_end: Option<PyReadonlyArray1<'py, u32>>,
    feet_end: Option<PyReadonlyArray1<'py, u32>>,
}

impl RestingParts<'_> {
    fn read(self) -> rest::RestingParts {
        let vertices =
            |part: Option<PyReadonlyArray1<'_, u32>>| part.map(|part| part.as_array().to_vec());
        rest::RestingParts {
            contact: vertices(self.contact),
            centred: vertices(self.centred),
            head_end: vertices(self.head_end),
            feet_end: vertices(self.feet_end),
        }
    }
}

#[pymethods]
impl Surface {
    #[staticmethod]
    #[pyo3(signature = (width_mm, length_mm, *, anterior, spacing_mm))]
    fn plane(width_mm: f64, length_mm: f64, anterior: bool, spacing_mm: f64) -> PyResult<Self> {
        let facing = if anterior { Facing::Anterior } else { Facing::Posterior };
        wrap(TriangleSurface::plane([width_mm, length_mm], facing, spacing_mm))
    }

    #[staticmethod]
    #[pyo3(signature = (semi_axes_mm, length_mm, *, spacing_mm))]
    fn elliptic_cylinder(
        py: Python<'_>,
        semi_axes_mm: [f64; 2],
        length_mm: f64,
        spacing_mm: f64,
    ) -> PyResult<Self> {
        wrap(py.detach(|| TriangleSurface::elliptic_cylinder(semi_axes_mm, length_mm, spacing_mm)))
    }

    #[staticmethod]
    fn mesh(
        py: Python<'_>,
        vertices_mm: PyReadonlyArray2<'_, f64>,
        triangles: PyReadonlyArray2<'_, u32>,
    ) -> PyResult<Self> {
        let vertices = points(&vertices_mm, "vertices_mm")?;
        let array = triangles.as_array();
        if array.ncols() != 3 {
            let message = format!("triangles has {} columns; it needs 3", array.ncols());
            return Err(to_python(DoseError::Mismatch(message)));
        }
        let triangles: Vec<[u32; 3]> =
            array.rows().into_iter().map(|row| [row[0], row[1], row[2]]).collect();
        wrap(py.detach(|| TriangleSurface::new(vertices, triangles)))
    }

    #[getter]
    fn vertices_mm<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        rows(py, self.0.vertices_mm())
    }

    #[getter]
    fn triangles<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<u32>> {
        numpy::ndarray::Array2::from(self.0.triangles().to_vec()).into_pyarray(py)
    }

    #[getter]
    fn normals<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        rows(py, self.0.normals())
    }

    #[getter]
    fn areas_mm2<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.areas_mm2().to_vec().into_pyarray(py)
    }

    #[getter]
    fn enclosed_volume_mm3(&self) -> f64 {
        self.0.enclosed_volume_mm3()
    }

    #[getter]
    fn loose_edges(&self) -> usize {
        self.0.loose_edges()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Origin of patient space in table space when the surface rests on the support, mm.
    #[pyo3(signature = (
        patient_position, *, support_height_mm, head_gap_mm=0.0, lateral_shift_mm=0.0,
        parts=None,
    ))]
    fn origin_at_rest(
        &self,
        patient_position: &str,
        support_height_mm: f64,
        head_gap_mm: f64,
        lateral_shift_mm: f64,
        parts: Option<RestingParts<'_>>,
    ) -> PyResult<[f64; 3]> {
        let position = PatientPosition::from_term(patient_position).map_err(to_python)?;
        let place = RestingPlace { support_height_mm, head_gap_mm, lateral_shift_mm };
        let parts = parts.map(RestingParts::read).unwrap_or_default();
        rest::origin_at_rest(&self.0, position, &place, &parts)
            .map(|origin| origin.to_array())
            .map_err(to_python)
    }

    /// Highest mean dose over a connected piece of skin, and the vertex at its centre.
    fn hottest_mean(
        &self,
        py: Python<'_>,
        dose_gy: PyReadonlyArray1<'_, f64>,
        area_mm2: f64,
    ) -> PyResult<(f64, usize)> {
        let dose_gy = dose_gy.as_array().to_vec();
        py.detach(|| hottest::mean_dose(&self.0, &dose_gy, area_mm2)).map_err(to_python)
    }
}
