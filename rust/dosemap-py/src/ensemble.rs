//! A procedure many times over; see `dosemap.ensemble`.

use std::sync::{Arc, Mutex, MutexGuard};

use dosemap::ensemble::{self, PeakOfMap, PosedFrames, Setup, Variation};
use dosemap::error::DoseError;
use dosemap::math::Vec3;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::to_python;
use crate::scene::{BeamQuality, Frames, Scene, unwrap_all};
use crate::surface::points;

/// What is varied: a mapping with these keys, all required, a row per variation.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Variations<'py> {
    body: PyReadonlyArray1<'py, u32>,
    table_offset_mm: PyReadonlyArray2<'py, f64>,
    body_shift_mm: PyReadonlyArray2<'py, f64>,
    air_kerma_factors: PyReadonlyArray2<'py, f64>,
}

impl Variations<'_> {
    fn read(&self) -> PyResult<Vec<Variation>> {
        let body = self.body.as_array();
        let offsets = points(&self.table_offset_mm, "table_offset_mm")?;
        let shifts = points(&self.body_shift_mm, "body_shift_mm")?;
        let factors = self.air_kerma_factors.as_array();
        let count = body.len();
        if [offsets.len(), shifts.len(), factors.nrows()] != [count; 3] {
            let message = "what is varied has different numbers of rows";
            return Err(to_python(DoseError::Mismatch(message.into())));
        }
        let variation = |i: usize, table_offset_mm: Vec3, body_shift_mm: Vec3| Variation {
            body: body[i] as usize,
            table_offset_mm,
            body_shift_mm,
            air_kerma_factors: factors.row(i).to_vec(),
        };
        Ok((0..count).map(|i| variation(i, offsets[i], shifts[i])).collect())
    }
}

/// An ensemble on its way; see `dosemap.ensemble`.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Ensemble(Mutex<ensemble::Ensemble>);

#[pymethods]
impl Ensemble {
    /// Scenes by body and patient position, frames by position with the group of each.
    #[new]
    #[pyo3(signature = (scenes, frames, qualities, *, variations))]
    fn new(
        scenes: Vec<Vec<Py<Scene>>>,
        frames: Vec<(Py<Frames>, Vec<usize>)>,
        qualities: Vec<Py<BeamQuality>>,
        variations: Variations<'_>,
    ) -> PyResult<Self> {
        let of_body = |scenes: &Vec<Py<Scene>>| {
            scenes.iter().map(|scene| Arc::clone(&scene.get().0)).collect()
        };
        let setup = Setup {
            scenes: scenes.iter().map(of_body).collect(),
            positions: frames
                .into_iter()
                .map(|(frames, groups)| PosedFrames { frames: frames.get().posed(), groups })
                .collect(),
            qualities: unwrap_all(&qualities),
            groups: variations.air_kerma_factors.as_array().ncols(),
        };
        let ensemble = ensemble::Ensemble::new(setup, variations.read()?);
        ensemble.map(Mutex::new).map(Self).map_err(to_python)
    }

    /// Compute some more variations; tells how many, 0 when all are done.
    fn step(&self, py: Python<'_>) -> PyResult<usize> {
        py.detach(|| self.lock()?.step().map_err(to_python))
    }

    /// Peak of each variation, Gy.
    fn peak_dose_gy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        self.peaks(py, |peak| peak.dose_gy)
    }

    /// The vertex of each, -1 where no beam meets the skin.
    fn peak_vertex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        self.peaks(py, |peak| peak.vertex.map_or(-1, |vertex| vertex as i64))
    }

    /// Dose of every vertex that a share of the variations does not exceed, Gy.
    fn dose_quantile_gy<'py>(
        &self,
        py: Python<'py>,
        share: f64,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let doses = py.detach(|| self.lock().map(|ensemble| ensemble.doses().at(share)))?;
        Ok(doses.into_pyarray(py))
    }
}

impl Ensemble {
    fn lock(&self) -> PyResult<MutexGuard<'_, ensemble::Ensemble>> {
        let broken = |_| PyRuntimeError::new_err("an earlier step of this ensemble has panicked");
        self.0.lock().map_err(broken)
    }

    fn peaks<'py, T: numpy::Element>(
        &self,
        py: Python<'py>,
        of: impl Fn(&PeakOfMap) -> T + Send + Sync,
    ) -> PyResult<Bound<'py, PyArray1<T>>> {
        let peaks = py.detach(|| self.lock().map(|e| e.peaks().iter().map(of).collect::<Vec<T>>()));
        Ok(peaks?.into_pyarray(py))
    }
}
