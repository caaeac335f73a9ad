//! The map of frames as they come: sums per vertex, the peak kept up to date.
//!
//! Each plane has one current beam: what it gives every vertex per gray of air kerma. A frame with
//! the beam of before costs one addition per vertex of that list. The frames of one call are added
//! in their order by one thread, so how they are parted into calls, and the threads, change no bit.

mod current_beam;

use super::{BeamQuality, Frame, Scene, check_air_kerma};
use crate::error::DoseError;

pub use current_beam::{BeamSpot, CurrentBeam};

/// Most planes that a map keeps a beam for; two are all that an X-ray system has.
const MAX_PLANES: usize = 16;

/// One frame: its kerma, and its beam unless that is the one before in the same plane.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Place of the plane, below the number of planes.
    pub plane: usize,
    /// A new beam in the scene of the call, whose own kerma is not looked at; `None`: the plane's
    /// beam stays, as it was computed in the scene it was given with.
    pub beam: Option<(&'a Frame, &'a BeamQuality)>,
    /// Reference air kerma times calibration factor, Gy.
    pub air_kerma_gy: f64,
}

impl Row<'_> {
    fn aims(&self, plane: usize) -> bool {
        self.plane == plane && self.beam.is_some()
    }
}

/// The vertex with the highest dose so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeakVertex {
    /// Its number; the lowest of equals.
    pub vertex: u32,
    /// Its dose, the mean over its patch, Gy.
    pub dose_gy: f64,
}

/// Doses of frames as they come.
#[derive(Debug)]
pub struct LiveMap {
    dose_gy: Vec<f64>,
    /// By how much the bound exceeds the dose.
    above_dose_gy: Vec<f64>,
    peak: Option<PeakVertex>,
    planes: Vec<Option<CurrentBeam>>,
}

impl LiveMap {
    /// An empty map of the vertices of a scene's surface, for so many planes.
    ///
    /// # Errors
    /// When there is no plane, or more than there can be.
    pub fn new(scene: &Scene, planes: usize) -> Result<Self, DoseError> {
        let limits = (1.0, MAX_PLANES as f64);
        DoseError::check_range("number of planes", planes as f64, limits, "")?;
        let count = scene.surface.len();
        Ok(Self {
            dose_gy: vec![0.0; count],
            above_dose_gy: vec![0.0; count],
            peak: None,
            planes: (0..planes).map(|_| None).collect(),
        })
    }

    /// Add frames in order; `each` is told of every row and the beam it was made with. The scene
    /// may be another one than at first, with the same vertices elsewhere.
    ///
    /// # Errors
    /// When a row does not fit; then none is added.
    pub fn push(
        &mut self,
        scene: &Scene,
        rows: &[Row],
        mut each: impl FnMut(&Row, &CurrentBeam),
    ) -> Result<(), DoseError> {
        self.check(scene, rows)?;
        for row in rows {
            let plane = &mut self.planes[row.plane];
            if let Some((frame, quality)) = row.beam {
                plane.get_or_insert_default().aim(scene, frame, quality);
            }
            // Never left out: checked above.
            let Some(beam) = plane else { continue };
            beam.add_to(
                &mut self.dose_gy,
                &mut self.above_dose_gy,
                &mut self.peak,
                row.air_kerma_gy,
            );
            each(row, beam);
        }
        Ok(())
    }

    fn check(&self, scene: &Scene, rows: &[Row]) -> Result<(), DoseError> {
        if scene.surface.len() != self.dose_gy.len() {
            let (map, scene) = (self.dose_gy.len(), scene.surface.len());
            let message = format!("a map of {map} vertices and a scene of {scene}");
            return Err(DoseError::Mismatch(message));
        }
        for (i, row) in rows.iter().enumerate() {
            let Some(plane) = self.planes.get(row.plane) else {
                let message = format!("row {i}: plane {} of {}", row.plane, self.planes.len());
                return Err(DoseError::Mismatch(message));
            };
            check_air_kerma(row.air_kerma_gy)?;
            if let Some((frame, quality)) = row.beam {
                frame.check()?;
                scene.check_quality(quality)?;
            } else if plane.is_none() && !rows[..i].iter().any(|before| before.aims(row.plane)) {
                let message = format!("row {i}: plane {} has no beam to go on with", row.plane);
                return Err(DoseError::Mismatch(message));
            }
        }
        Ok(())
    }

    /// Dose of every vertex so far, the mean over its patch, Gy.
    #[must_use]
    pub fn dose_gy(&self) -> &[f64] {
        &self.dose_gy
    }

    /// As [`bound_gy`](super::blocks::DoseMap::bound_gy) of a map of the same frames.
    #[must_use]
    pub fn bound_gy(&self) -> Vec<f64> {
        self.dose_gy.iter().zip(&self.above_dose_gy).map(|(dose, more)| dose + more).collect()
    }

    /// The vertex with the highest dose; `None` before any vertex has one.
    #[must_use]
    pub const fn peak(&self) -> Option<PeakVertex> {
        self.peak
    }

    /// The current beam of a plane; `None` when it has had none.
    #[must_use]
    pub fn beam(&self, plane: usize) -> Option<&CurrentBeam> {
        self.planes.get(plane)?.as_ref()
    }
}

#[cfg(test)]
mod tests;
