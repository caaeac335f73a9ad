//! A procedure while it runs: frames go in as bytes of rows.

use std::sync::{Arc, Mutex, MutexGuard};

use dosemap::error::DoseError;
use dosemap::live::{COLUMNS, Feed, FeedSettings, Limits, PressLimits, ROW_BYTES, Row, Want};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::to_python;
use crate::live_copy::{LiveCopy, LivePress, LiveTally, reason_words};
use crate::scene::{BeamQuality, Scene};

/// The settings as Python describes them: a mapping with these keys, all required.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Settings {
    low: Row,
    high: Row,
    field_side_at_1m_mm: (f64, f64),
    defaults: Row,
    pedal_gap_s: f64,
    late_s: f64,
    most_presses: usize,
    most_beams: usize,
    remembered: usize,
    patient_space: f64,
    scattering_support_mm: Option<f64>,
}

/// What has to be given before the next frame: place of a patient position, or a frame whose beam
/// quality is asked for.
#[derive(IntoPyObject)]
enum Wanted {
    Scene(usize),
    Quality(Row),
}

/// The state after the last frame.
#[pyclass(frozen, get_all, module = "dosemap._core")]
pub struct LiveNow {
    frames: u64,
    frames_not_mapped: u64,
    reference_air_kerma_gy: f64,
    frames_without_kerma: u64,
    air_kerma_not_mapped_gy: f64,
    kerma_area_product_gy_m2: f64,
    frames_without_kerma_area_product: u64,
    peak_vertex: Option<u32>,
    peak_skin_dose_gy: f64,
    time_s: Option<f64>,
    not_mapped: Option<(&'static str, &'static str)>,
    dose_rate_gy_per_s: Option<f64>,
    beam_vertex_dose_gy: Option<f64>,
}

/// A session's frames so far; see `dosemap.live`. Safe to use from several threads: calls wait for
/// each other.
#[pyclass(frozen, module = "dosemap._core")]
pub struct LiveFeed(Mutex<Feed>);

#[pymethods]
impl LiveFeed {
    #[new]
    fn new(scene: &Scene, settings: Settings) -> PyResult<Self> {
        let settings = FeedSettings {
            limits: Limits {
                low: settings.low,
                high: settings.high,
                field_side_at_1m_mm: settings.field_side_at_1m_mm,
            },
            defaults: settings.defaults,
            presses: PressLimits {
                gap_s: settings.pedal_gap_s,
                late_s: settings.late_s,
                most: settings.most_presses,
            },
            most_beams: settings.most_beams,
            remembered: settings.remembered,
            patient_space: settings.patient_space,
            scattering_support_mm: settings.scattering_support_mm,
        };
        Ok(Self(Mutex::new(Feed::new(&scene.0, settings).map_err(to_python)?)))
    }

    fn give_scene(&self, py: Python<'_>, position: usize, scene: &Scene) -> PyResult<()> {
        py.detach(|| self.lock()?.give_scene(position, Arc::clone(&scene.0)).map_err(to_python))
    }

    #[pyo3(signature = (row, quality, *, calibration_factor))]
    fn give_quality(
        &self,
        py: Python<'_>,
        row: Row,
        quality: &BeamQuality,
        calibration_factor: f64,
    ) -> PyResult<()> {
        let quality = quality.0.clone();
        py.detach(|| self.lock().map(|mut f| f.give_quality(&row, quality, calibration_factor)))
    }

    /// Add frames from a place on, up to one that wants something.
    #[pyo3(signature = (rows, start=0))]
    fn take(&self, py: Python<'_>, rows: &[u8], start: usize) -> PyResult<(usize, Option<Wanted>)> {
        let start = place(rows, start)?;
        let (end, want) = py.detach(|| self.lock().map(|mut feed| feed.take(rows, start)))?;
        let want = want.map(|want| match want {
            Want::Scene(position) => Wanted::Scene(position),
            Want::Quality(row) => Wanted::Quality(row),
        });
        Ok((end, want))
    }

    /// Add the frame at a place, which cannot have what it wants.
    fn refuse(&self, py: Python<'_>, rows: &[u8], start: usize, message: &str) -> PyResult<usize> {
        let start = place(&rows[..rows.len().saturating_sub(1)], start)?;
        py.detach(|| self.lock().map(|mut feed| feed.refuse(rows, start, message)))
    }

    fn now(&self, py: Python<'_>) -> PyResult<LiveNow> {
        py.detach(|| self.lock().map(|feed| now(&feed)))
    }

    fn dose_gy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let dose_gy = py.detach(|| self.lock().map(|feed| feed.map().dose_gy()))?;
        Ok(dose_gy.into_pyarray(py))
    }

    fn presses(&self, py: Python<'_>) -> PyResult<Vec<LivePress>> {
        py.detach(|| self.lock().map(|feed| LivePress::all(feed.presses())))
    }

    fn tally(&self, py: Python<'_>) -> PyResult<LiveTally> {
        py.detach(|| self.lock().map(|feed| LiveTally(feed.tally().clone())))
    }

    /// All that a snapshot needs.
    fn copy(&self, py: Python<'_>) -> PyResult<LiveCopy> {
        py.detach(|| self.lock().map(|feed| LiveCopy::of(&feed)))
    }
}

impl LiveFeed {
    /// Called without the GIL, which the holder of the lock never waits for.
    fn lock(&self) -> PyResult<MutexGuard<'_, Feed>> {
        let broken = |_| PyRuntimeError::new_err("a call that failed left the feed half changed");
        self.0.lock().map_err(broken)
    }
}

/// A place among rows where one begins, or their end.
fn place(rows: &[u8], start: usize) -> PyResult<usize> {
    if start <= rows.len() && start.is_multiple_of(ROW_BYTES) {
        return Ok(start);
    }
    let message = format!("place {start} in {} bytes of rows of {ROW_BYTES}", rows.len());
    Err(to_python(DoseError::Mismatch(message)))
}

fn now(feed: &Feed) -> LiveNow {
    let (now, tally) = (feed.now(), feed.tally());
    LiveNow {
        frames: tally.all.frames,
        frames_not_mapped: tally.frames_not_mapped(),
        reference_air_kerma_gy: tally.all.reference_air_kerma_gy,
        frames_without_kerma: tally.all.frames_without_kerma,
        air_kerma_not_mapped_gy: tally.air_kerma_not_mapped_gy(),
        kerma_area_product_gy_m2: tally.all.kerma_area_product_gy_m2,
        frames_without_kerma_area_product: tally.all.frames_without_kerma_area_product,
        peak_vertex: now.peak.map(|peak| peak.vertex),
        peak_skin_dose_gy: now.peak.map_or(0.0, |peak| peak.dose_gy),
        time_s: now.time_s,
        not_mapped: now.not_mapped.map(reason_words),
        dose_rate_gy_per_s: now.dose_rate_gy_per_s,
        beam_vertex_dose_gy: now.beam_vertex_dose_gy,
    }
}

/// Field and place in it of every number of a row.
#[pyfunction]
pub fn live_columns() -> Vec<(&'static str, usize)> {
    COLUMNS.to_vec()
}
