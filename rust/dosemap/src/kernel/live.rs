//! The map of frames as they come: sums per vertex, the peak kept up to date.
//!
//! Each plane has one current beam: what it gives every vertex per gray of air kerma. A frame with
//! the beam of before costs one addition per vertex of that list. Sums lie in the order of the
//! surface's blocks, side by side for vector code. Beams depend on nothing but
//! themselves and may be computed ahead, on any thread; frames are added in their order by one, so
//! the threads change no bit.

mod current_beam;
mod sums;

use super::{Scene, check_air_kerma};
use crate::error::DoseError;

pub use current_beam::{BeamSpot, CurrentBeam};
use sums::Sums;

/// Most planes that a map keeps a beam for; two are all that an X-ray system has.
const MAX_PLANES: usize = 16;

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
    sums: Sums,
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
        let planes = (0..planes).map(|_| None).collect();
        Ok(Self { sums: Sums::new(&scene.blocks, scene.surface.len()), peak: None, planes })
    }

    /// Give a plane a new beam, in place of which its old one comes back, for its memory. The beam may
    /// be of another scene than at first, with the same vertices elsewhere.
    ///
    /// # Errors
    /// When there is no such plane, or the beam is of other vertices.
    pub fn turn(&mut self, plane: usize, beam: &mut CurrentBeam) -> Result<(), DoseError> {
        let (count, map) = (self.planes.len(), self.sums.vertices());
        let Some(current) = self.planes.get_mut(plane) else {
            return Err(DoseError::Mismatch(format!("plane {plane} of {count}")));
        };
        if beam.vertices != map {
            let message = format!("a map of {map} vertices and a beam on {}", beam.vertices);
            return Err(DoseError::Mismatch(message));
        }
        std::mem::swap(current.get_or_insert_default(), beam);
        Ok(())
    }

    /// Add a frame with the beam of its plane, which is returned.
    ///
    /// # Errors
    /// When the plane has no beam or the air kerma cannot be one; then nothing is added.
    pub fn add(&mut self, plane: usize, air_kerma_gy: f64) -> Result<&CurrentBeam, DoseError> {
        check_air_kerma(air_kerma_gy)?;
        let Some(Some(beam)) = self.planes.get(plane) else {
            return Err(DoseError::Mismatch(format!("plane {plane} has no beam to go on with")));
        };
        self.sums.add(beam, air_kerma_gy, &mut self.peak);
        Ok(beam)
    }

    /// Dose of a vertex so far, the mean over its patch, Gy.
    #[must_use]
    pub fn dose_at_gy(&self, vertex: u32) -> f64 {
        self.sums.dose_at_gy(vertex)
    }

    /// Dose of every vertex so far, Gy.
    #[must_use]
    pub fn dose_gy(&self) -> Vec<f64> {
        self.sums.dose_gy()
    }

    /// As [`bound_gy`](super::blocks::DoseMap::bound_gy) of a map of the same frames.
    #[must_use]
    pub fn bound_gy(&self) -> Vec<f64> {
        self.sums.bound_gy()
    }

    /// The vertex with the highest dose; `None` before any vertex has one.
    #[must_use]
    pub const fn peak(&self) -> Option<PeakVertex> {
        self.peak
    }
}

#[cfg(test)]
mod tests;
