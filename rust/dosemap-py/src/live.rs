//! The map of frames as they come.

use std::sync::{Mutex, MutexGuard};

use dosemap::error::DoseError;
use dosemap::kernel::blocks;
use dosemap::kernel::live::{self, Row};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::to_python;
use crate::scene::{BeamQuality, DoseMap, Frames, Scene};

/// Stands for "the plane's beam of before" among the places of frames.
pub const CONTINUES: u32 = u32::MAX;

/// Doses of frames as they come; see `dosemap.live`. Safe to use from several threads: calls wait
/// for each other.
#[pyclass(frozen, module = "dosemap._core")]
pub struct LiveMap(Mutex<live::LiveMap>);

/// What a call of `push` came to.
#[pyclass(frozen, module = "dosemap._core")]
pub struct LiveUpdate {
    share_on_skin: Vec<f64>,
    #[pyo3(get)]
    peak_vertex: Option<u32>,
    #[pyo3(get)]
    peak_dose_gy: f64,
    #[pyo3(get)]
    beam_vertex: Option<u32>,
    #[pyo3(get)]
    beam_gy_per_gy: f64,
    #[pyo3(get)]
    beam_vertex_dose_gy: f64,
}

#[pymethods]
impl LiveUpdate {
    #[getter]
    fn share_on_skin<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.share_on_skin.to_pyarray(py)
    }
}

#[pymethods]
impl LiveMap {
    #[new]
    #[pyo3(signature = (scene, *, planes=2))]
    fn new(scene: &Scene, planes: usize) -> PyResult<Self> {
        let map = live::LiveMap::new(&scene.0, planes).map_err(to_python)?;
        Ok(Self(Mutex::new(map)))
    }

    /// Add rows in order.
    #[pyo3(signature = (*, scene, frames, qualities, plane, beam, air_kerma_gy))]
    #[allow(clippy::too_many_arguments, reason = "the columns of a table, by keyword")]
    fn push(
        &self,
        py: Python<'_>,
        scene: &Scene,
        frames: &Frames,
        qualities: Vec<Py<BeamQuality>>,
        plane: PyReadonlyArray1<'_, u8>,
        beam: PyReadonlyArray1<'_, u32>,
        air_kerma_gy: PyReadonlyArray1<'_, f64>,
    ) -> PyResult<LiveUpdate> {
        let (plane, beam, kerma) = (plane.as_array(), beam.as_array(), air_kerma_gy.as_array());
        if plane.len() != beam.len() || plane.len() != kerma.len() {
            let message = format!(
                "{} planes, {} beams and {} values of air kerma",
                plane.len(),
                beam.len(),
                kerma.len()
            );
            return Err(to_python(DoseError::Mismatch(message)));
        }
        let rows = plane.iter().zip(beam).zip(kerma);
        let rows: Result<Vec<Row>, DoseError> = rows
            .map(|((&plane, &beam), &air_kerma_gy)| {
                let beam = beam_of(beam, frames, &qualities)?;
                Ok(Row { plane: usize::from(plane), beam, air_kerma_gy })
            })
            .collect();
        let rows = rows.map_err(to_python)?;
        py.detach(|| push(&mut *self.lock()?, scene, &rows))
    }

    fn dose_gy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let dose_gy = py.detach(|| self.lock().map(|map| map.dose_gy().to_vec()))?;
        Ok(dose_gy.into_pyarray(py))
    }

    fn bound_gy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let bound_gy = py.detach(|| self.lock().map(|map| map.bound_gy()))?;
        Ok(bound_gy.into_pyarray(py))
    }

    /// Copy of the sums, for the search of the peak between vertices; without shares of frames.
    fn dose_map(&self, py: Python<'_>) -> PyResult<DoseMap> {
        let copy = |map: &live::LiveMap| blocks::DoseMap {
            dose_gy: map.dose_gy().to_vec(),
            bound_gy: map.bound_gy().to_vec(),
            share_on_skin: Vec::new(),
        };
        py.detach(|| self.lock().map(|map| DoseMap(copy(&map))))
    }

    /// Share on skin of a plane's current beam.
    fn share_on_skin(&self, py: Python<'_>, plane: usize) -> PyResult<Option<f64>> {
        let share = |map: &live::LiveMap| map.beam(plane).map(live::CurrentBeam::share_on_skin);
        py.detach(|| self.lock().map(|map| share(&map)))
    }

    #[getter]
    fn peak_vertex(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        py.detach(|| self.lock().map(|map| map.peak().map(|peak| peak.vertex)))
    }

    #[getter]
    fn peak_dose_gy(&self, py: Python<'_>) -> PyResult<f64> {
        py.detach(|| self.lock().map(|map| map.peak().map_or(0.0, |peak| peak.dose_gy)))
    }
}

impl LiveMap {
    /// Called without the GIL, which the holder of the lock never waits for.
    fn lock(&self) -> PyResult<MutexGuard<'_, live::LiveMap>> {
        let broken =
            |_| PyRuntimeError::new_err("a call that failed left the live map half changed");
        self.0.lock().map_err(broken)
    }
}

type Beam<'a> = (&'a dosemap::kernel::Frame, &'a dosemap::kernel::BeamQuality);

/// The beam at a place among the frames.
fn beam_of<'a>(
    beam: u32,
    frames: &'a Frames,
    qualities: &'a [Py<BeamQuality>],
) -> Result<Option<Beam<'a>>, DoseError> {
    if beam == CONTINUES {
        return Ok(None);
    }
    let count = frames.0.len();
    let frame = frames.0.get(beam as usize);
    let frame = frame.ok_or_else(|| DoseError::Mismatch(format!("beam {beam} of {count}")))?;
    let quality = qualities.get(frame.quality);
    let missing = || DoseError::Mismatch(format!("frame {beam} names no beam quality"));
    Ok(Some((frame, &quality.ok_or_else(missing)?.get().0)))
}

fn push(map: &mut live::LiveMap, scene: &Scene, rows: &[Row]) -> PyResult<LiveUpdate> {
    let mut share_on_skin = Vec::with_capacity(rows.len());
    let mut beam_spot = None;
    map.push(&scene.0, rows, |_, beam| {
        share_on_skin.push(beam.share_on_skin());
        beam_spot = beam.hottest();
    })
    .map_err(to_python)?;
    let dose_at = |vertex: u32| map.dose_gy()[vertex as usize];
    Ok(LiveUpdate {
        share_on_skin,
        peak_vertex: map.peak().map(|peak| peak.vertex),
        peak_dose_gy: map.peak().map_or(0.0, |peak| peak.dose_gy),
        beam_vertex: beam_spot.map(|spot| spot.vertex),
        beam_gy_per_gy: beam_spot.map_or(0.0, |spot| spot.gy_per_gy),
        beam_vertex_dose_gy: beam_spot.map_or(0.0, |spot| dose_at(spot.vertex)),
    })
}
