//! What of a running procedure snapshots and displays look at.

use dosemap::kernel::blocks;
use dosemap::live::{Feed, Kept, Press, Reason, Row, Sums, Tally};
use pyo3::prelude::*;

use crate::scene::DoseMap;

type ReasonWords = (&'static str, &'static str);

/// Sums of some frames.
#[pyclass(frozen, get_all, eq, module = "dosemap._core")]
#[derive(Clone, PartialEq)]
pub struct LiveSums {
    frames: u64,
    reference_air_kerma_gy: f64,
    frames_without_kerma: u64,
    kerma_area_product_gy_m2: f64,
    frames_without_kerma_area_product: u64,
}

impl From<&Sums> for LiveSums {
    fn from(sums: &Sums) -> Self {
        Self {
            frames: sums.frames,
            reference_air_kerma_gy: sums.reference_air_kerma_gy,
            frames_without_kerma: sums.frames_without_kerma,
            kerma_area_product_gy_m2: sums.kerma_area_product_gy_m2,
            frames_without_kerma_area_product: sums.frames_without_kerma_area_product,
        }
    }
}

/// One press of the pedal.
#[pyclass(frozen, get_all, module = "dosemap._core")]
pub struct LivePress {
    number: usize,
    plane: usize,
    position: f64,
    first_s: Option<f64>,
    last_s: Option<f64>,
    mapped: LiveSums,
    not_mapped: LiveSums,
    defaulted: u32,
}

impl LivePress {
    pub fn all(presses: &[Press]) -> Vec<Self> {
        let press = |(number, press): (usize, &Press)| Self {
            number,
            plane: press.plane,
            position: press.position,
            first_s: press.span_s.map(|(first, _)| first),
            last_s: press.span_s.map(|(_, last)| last),
            mapped: (&press.mapped).into(),
            not_mapped: (&press.not_mapped).into(),
            defaulted: press.defaulted,
        };
        presses.iter().enumerate().map(press).collect()
    }
}

/// Frames that follow each other in one press, with the beam of the strongest.
#[pyclass(frozen, get_all, module = "dosemap._core")]
pub struct KeptBeam {
    press: usize,
    row: Row,
    air_kerma_gy: f64,
    on_skin_gy: f64,
}

/// The sums of a session.
#[pyclass(frozen, module = "dosemap._core")]
pub struct LiveTally(pub Tally);

#[pymethods]
impl LiveTally {
    #[getter]
    fn not_mapped(&self) -> Vec<(ReasonWords, LiveSums)> {
        let entry = |(reason, sums): &(Reason, Sums)| (reason_words(*reason), sums.into());
        self.0.not_mapped.iter().map(entry).collect()
    }

    #[getter]
    fn oddities(&self) -> Vec<(&'static str, u64)> {
        self.0.oddities.iter().map(|&(oddity, count)| (oddity.words(), count)).collect()
    }

    #[getter]
    fn core_message(&self) -> Option<&str> {
        self.0.core_message.as_deref()
    }
}

pub const fn reason_words(reason: Reason) -> ReasonWords {
    (reason.field, reason.what.words())
}

/// The state at one moment.
#[pyclass(frozen, module = "dosemap._core")]
pub struct LiveCopy {
    map: blocks::DoseMap,
    presses: Vec<Press>,
    kept: Kept,
    tally: Tally,
}

#[pymethods]
impl LiveCopy {
    /// The sums, for the search of the peak between vertices; without shares of frames.
    #[getter]
    fn dose_map(&self) -> DoseMap {
        DoseMap(self.map.clone())
    }

    #[getter]
    fn presses(&self) -> Vec<LivePress> {
        LivePress::all(&self.presses)
    }

    #[getter]
    fn beams(&self) -> Vec<KeptBeam> {
        let beams = self.kept.beams.iter();
        beams
            .map(|beam| KeptBeam {
                press: beam.press,
                row: beam.row,
                air_kerma_gy: beam.air_kerma_gy,
                on_skin_gy: beam.on_skin_gy,
            })
            .collect()
    }

    #[getter]
    fn merged(&self) -> u64 {
        self.kept.merged
    }

    #[getter]
    fn tally(&self) -> LiveTally {
        LiveTally(self.tally.clone())
    }
}

impl LiveCopy {
    pub fn of(feed: &Feed) -> Self {
        Self {
            map: blocks::DoseMap {
                dose_gy: feed.map().dose_gy(),
                bound_gy: feed.map().bound_gy(),
                share_on_skin: Vec::new(),
            },
            presses: feed.presses().to_vec(),
            kept: feed.kept().clone(),
            tally: feed.tally().clone(),
        }
    }
}
