//! The same chain over blocks of vertices: what makes a whole procedure a matter of milliseconds.
//!
//! Vertices near each other share a block of [`LANES`] lanes. Per frame most blocks are dropped
//! whole (they face away, or lie beyond the reach of the field's scatter); the rest run loops
//! over plain `[f32; LANES]` arrays that the compiler turns into vector code, compiled for the
//! baseline, for AVX2 and for AVX-512, chosen at run time (functions marked `inline(always)` are
//! compiled into all; Rust contracts nothing to FMA, so all give the same bits). Sums are f64.
//! Blocks run in parallel, frames in order within a block, so the thread count changes no bit.

// Loops over lanes index several arrays at once: the form that vectorises, and reads best.
#![allow(clippy::needless_range_loop)]

mod chain;
mod geometry;
mod lanes;
mod reach;
mod scatter;
mod support;

use rayon::prelude::*;

use super::{BeamQuality, Frame, Scene};
use crate::error::DoseError;

pub(super) use chain::{BlockDose, Prepared, Skin, dose_on_block, dose_on_skin};
pub(super) use lanes::greatest;

pub(super) use geometry::SkinPoint;
pub use geometry::{Block, divide};
pub use reach::{GROUP, Group, group};

/// Vertices per block.
pub const LANES: usize = 32;

/// One number per vertex of a block.
pub(super) type Lanes = [f32; LANES];

/// What a set of frames does to a surface.
#[derive(Debug, Clone, Default)]
pub struct DoseMap {
    /// Dose per vertex, the mean over its patch, Gy.
    pub dose_gy: Vec<f64>,
    /// The same if every patch that the field touches were covered wholly: about what the best
    /// point of the patch gets, with distance, incidence and scatter as at the vertex. Where it
    /// exceeds `dose_gy` a finer look is worth it.
    pub bound_gy: Vec<f64>,
    /// Share of each frame's field that falls on skin (0 to 1).
    pub share_on_skin: Vec<f64>,
}

impl DoseMap {
    /// Add the map of further frames on the same surface.
    ///
    /// # Errors
    /// When the numbers of vertices differ.
    pub fn add(&mut self, other: &Self) -> Result<(), DoseError> {
        if self.dose_gy.len() != other.dose_gy.len() {
            let message =
                format!("maps of {} and {} vertices", self.dose_gy.len(), other.dose_gy.len());
            return Err(DoseError::Mismatch(message));
        }
        for (sum, x) in self.dose_gy.iter_mut().zip(&other.dose_gy) {
            *sum += x;
        }
        for (sum, x) in self.bound_gy.iter_mut().zip(&other.bound_gy) {
            *sum += x;
        }
        self.share_on_skin.extend(&other.share_on_skin);
        Ok(())
    }
}

/// Dose of every vertex, its upper bound, and the share of each frame that met skin.
///
/// # Errors
/// When frames, qualities and scene do not fit together.
pub fn dose_map(
    scene: &Scene,
    frames: &[Frame],
    qualities: &[BeamQuality],
) -> Result<DoseMap, DoseError> {
    scene.check(frames, qualities)?;
    let (standing, beam_of_frame) = merge_standing(frames);
    let prepared: Vec<Prepared> = standing
        .iter()
        .map(|frame| Prepared::new(scene, frame, &qualities[frame.quality], frame.air_kerma_gy))
        .collect();
    let machine = pulp::Arch::new();
    let groups = scene.block_groups.par_iter().zip(scene.blocks.par_chunks(GROUP));
    let run =
        |(group, blocks)| machine.dispatch(RunGroup { scene, group, blocks, frames: &prepared });
    let sums: Vec<BlockSums> = groups.flat_map_iter(run).collect();

    let mut map = DoseMap {
        dose_gy: vec![0.0; scene.surface.len()],
        bound_gy: vec![0.0; scene.surface.len()],
        share_on_skin: vec![0.0; frames.len()],
    };
    let mut on_skin_sr = vec![0.0; prepared.len()];
    for (block, sums) in scene.blocks.iter().zip(sums) {
        for (lane, &vertex) in block.vertices().iter().enumerate() {
            map.dose_gy[vertex as usize] = sums.dose_gy[lane];
            map.bound_gy[vertex as usize] = sums.dose_gy[lane] + sums.above_dose_gy[lane];
        }
        for (frame, solid_angle_sr) in sums.on_skin_sr {
            on_skin_sr[frame as usize] += solid_angle_sr;
        }
    }
    for (share, beam) in map.share_on_skin.iter_mut().zip(beam_of_frame) {
        if let Some(beam) = beam {
            let field_sr = standing[beam].beam.field.solid_angle_sr();
            *share = (on_skin_sr[beam] / field_sr).clamp(0.0, 1.0);
        }
    }
    Ok(map)
}

/// Frames that irradiate, those in a row with the same beam as one with the air kerma of all; and in
/// which of these each frame is.
fn merge_standing(frames: &[Frame]) -> (Vec<Frame>, Vec<Option<usize>>) {
    let mut standing: Vec<Frame> = Vec::with_capacity(frames.len());
    let beam_of_frame = frames.iter().map(|frame| {
        if frame.air_kerma_gy <= 0.0 {
            return None;
        }
        match standing.last_mut() {
            Some(last) if frame.with_air_kerma(last.air_kerma_gy) == *last => {
                last.air_kerma_gy += frame.air_kerma_gy;
            }
            _ => standing.push(*frame),
        }
        Some(standing.len() - 1)
    });
    let beam_of_frame = beam_of_frame.collect();
    (standing, beam_of_frame)
}

/// All frames on a group of blocks: a closure that is inlined into the code of the chosen machine.
struct RunGroup<'a> {
    scene: &'a Scene,
    group: &'a Group,
    blocks: &'a [Block],
    frames: &'a [Prepared<'a>],
}

impl pulp::NullaryFnOnce for RunGroup<'_> {
    type Output = Vec<BlockSums>;

    #[inline(always)]
    fn call(self) -> Vec<BlockSums> {
        let Self { scene, group, blocks, frames } = self;
        let mut sums: Vec<BlockSums> = blocks.iter().map(|_| BlockSums::default()).collect();
        for (frame, prepared) in (0..).zip(frames) {
            let reached = prepared.may_reach(group);
            for (place, block) in blocks.iter().enumerate().filter(|&(place, _)| reached[place]) {
                if let Some(one) = dose_on_block(scene, block, prepared) {
                    sums[place].add(frame, &one);
                }
            }
        }
        sums
    }
}

/// What all frames do to a block.
#[derive(Default)]
struct BlockSums {
    dose_gy: [f64; LANES],
    above_dose_gy: [f64; LANES],
    /// Frame and solid angle of its field that falls on this block, for frames that meet it.
    on_skin_sr: Vec<(u32, f64)>,
}

impl BlockSums {
    #[inline(always)]
    fn add(&mut self, frame: u32, one: &BlockDose) {
        for lane in 0..LANES {
            self.dose_gy[lane] += f64::from(one.dose_gy[lane]);
        }
        if let Some(above_dose_gy) = &one.above_dose_gy {
            for lane in 0..LANES {
                self.above_dose_gy[lane] += f64::from(above_dose_gy[lane]);
            }
        }
        if one.on_skin_sr > 0.0 {
            self.on_skin_sr.push((frame, one.on_skin_sr));
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
