//! The same chain over blocks of vertices: what makes a whole procedure a matter of milliseconds.
//!
//! Vertices near each other share a block of [`LANES`] lanes. Per frame most blocks are dropped
//! whole (they face away, or lie beyond the reach of the field's scatter); the rest run loops
//! over plain `[f32; LANES]` arrays that the compiler turns into vector code, compiled for the
//! baseline and for AVX2, chosen at run time (functions marked `inline(always)` are compiled
//! into both; Rust contracts nothing to FMA, so both give the same bits). Sums are f64.
//! Blocks run in parallel, frames in order within a block, so the thread count changes no bit.

// Loops over lanes index several arrays at once: the form that vectorises, and reads best.
#![allow(clippy::needless_range_loop)]

mod geometry;
mod scatter;
mod support;

use rayon::prelude::*;

use super::{BackscatterModel, BeamQuality, Frame, Scene};
use crate::coverage::covered_share;
use crate::error::DoseError;
use geometry::{LanesInBeam, Sight};

pub use geometry::{Block, divide};

/// Vertices per block.
pub const LANES: usize = 64;

/// One number per vertex of a block.
type Lanes = [f32; LANES];

/// Backscatter outside the field is followed to where it falls below this share of the
/// free-in-air kerma of the field.
const SCATTER_CUT: f64 = 1e-4;

/// A patch can only be cut by a field edge that is nearer than this many patch radii; above 1
/// because a slanted patch reaches farther in the projection (by at most 1 / cos of half the
/// opening of the widest field, 1.2).
const EDGE_MARGIN: f32 = 1.5;

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

/// A frame made ready: its constants, computed once.
struct Prepared<'a> {
    frame: &'a Frame,
    quality: &'a BeamQuality,
    /// K d_ref^2, or K where the inverse square is switched off.
    strength: f32,
    reach_mm: f64,
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
    let prepared: Vec<Prepared> = frames
        .iter()
        .filter(|frame| frame.air_kerma_gy > 0.0)
        .map(|frame| prepare(scene, frame, &qualities[frame.quality]))
        .collect();
    let machine = pulp::Arch::new();
    let run = |block| machine.dispatch(RunBlock { scene, block, frames: &prepared });
    let sums: Vec<BlockSums> = scene.blocks.par_iter().map(run).collect();

    let mut map = DoseMap {
        dose_gy: vec![0.0; scene.surface.len()],
        bound_gy: vec![0.0; scene.surface.len()],
        share_on_skin: vec![0.0; frames.len()],
    };
    let mut on_skin_sr = vec![0.0; prepared.len()];
    for (block, sums) in scene.blocks.iter().zip(sums) {
        for (lane, &vertex) in block.vertices().iter().enumerate() {
            map.dose_gy[vertex as usize] = sums.dose_gy[lane];
            map.bound_gy[vertex as usize] = sums.bound_gy[lane];
        }
        for (frame, solid_angle_sr) in sums.on_skin_sr {
            on_skin_sr[frame as usize] += solid_angle_sr;
        }
    }
    let irradiating = (0..frames.len()).filter(|&i| frames[i].air_kerma_gy > 0.0);
    for (i, solid_angle_sr) in irradiating.zip(on_skin_sr) {
        map.share_on_skin[i] =
            (solid_angle_sr / frames[i].beam.field.solid_angle_sr()).clamp(0.0, 1.0);
    }
    Ok(map)
}

fn prepare<'a>(scene: &Scene, frame: &'a Frame, quality: &'a BeamQuality) -> Prepared<'a> {
    let reference = if scene.switches.inverse_square { frame.reference_distance_mm } else { 1.0 };
    let reach_mm = match &quality.backscatter {
        BackscatterModel::Factor(_) => 0.0,
        BackscatterModel::AtPoint(backscatter) => {
            let field = &frame.beam.field;
            let side = (field.u_max - field.u_min).max(field.v_max - field.v_min);
            scatter::reach_mm(backscatter, side * frame.reference_distance_mm, SCATTER_CUT)
        }
    };
    Prepared {
        frame,
        quality,
        strength: (frame.air_kerma_gy * reference * reference) as f32,
        reach_mm,
    }
}

/// All frames on one block: a closure that is inlined into the code of the chosen machine.
struct RunBlock<'a> {
    scene: &'a Scene,
    block: &'a Block,
    frames: &'a [Prepared<'a>],
}

impl pulp::NullaryFnOnce for RunBlock<'_> {
    type Output = BlockSums;

    #[inline(always)]
    fn call(self) -> BlockSums {
        run_block(self.scene, self.block, self.frames)
    }
}

struct BlockSums {
    dose_gy: [f64; LANES],
    bound_gy: [f64; LANES],
    /// Frame and solid angle of its field that falls on this block, for frames that meet it.
    on_skin_sr: Vec<(u32, f64)>,
}

#[inline(always)]
fn run_block(scene: &Scene, block: &Block, frames: &[Prepared]) -> BlockSums {
    let mut sums =
        BlockSums { dose_gy: [0.0; LANES], bound_gy: [0.0; LANES], on_skin_sr: Vec::new() };
    for (i, prepared) in frames.iter().enumerate() {
        if block.may_be_reached(&prepared.frame.beam, prepared.reach_mm) == Sight::Nothing {
            continue;
        }
        let lanes = LanesInBeam::new(block, &prepared.frame.beam);
        if lanes.all_beyond(prepared.reach_mm as f32 + block.largest_patch_mm() * EDGE_MARGIN) {
            continue;
        }
        let solid_angle_sr = add_frame(scene, block, prepared, &lanes, &mut sums);
        if solid_angle_sr > 0.0 {
            sums.on_skin_sr.push((i as u32, solid_angle_sr));
        }
    }
    sums
}

/// Add one frame to the sums of a block; returns the solid angle of the field on its skin.
#[inline(always)]
fn add_frame(
    scene: &Scene,
    block: &Block,
    prepared: &Prepared,
    lanes: &LanesInBeam,
    sums: &mut BlockSums,
) -> f64 {
    let quality = prepared.quality;
    let mut coverage = coverage(scene, block, prepared, lanes);
    let mut excess = [0.0; LANES];
    if let BackscatterModel::AtPoint(backscatter) = &quality.backscatter {
        scatter::add_excess(backscatter, lanes, &mut excess);
    }
    let source_mm = prepared.frame.beam.source_mm;
    let occluder = scene.occluder.as_ref();
    let shadows = occluder.filter(|occluder| {
        coverage.iter().any(|&share| share > 0.0)
            && occluder.may_block(block.centre_mm(), block.radius_mm(), source_mm)
    });
    for (lane, &vertex) in block.vertices().iter().enumerate() {
        let vertex = vertex as usize;
        let point = || scene.surface.vertices_mm()[vertex];
        let hidden = || {
            occluder.is_some_and(|o| o.is_buried(vertex))
                || shadows.is_some_and(|o| o.blocks(point(), source_mm))
        };
        if coverage[lane] > 0.0 && hidden() {
            coverage[lane] = 0.0;
            excess[lane] = 0.0;
        }
    }
    if (0..LANES).all(|lane| coverage[lane] + excess[lane] <= 0.0) {
        return 0.0;
    }
    let mut strength = [0.0_f32; LANES];
    for lane in 0..LANES {
        let inverse_square =
            if scene.switches.inverse_square { 1.0 / lanes.distance2[lane] } else { 1.0 };
        let lit = coverage[lane] + excess[lane] > 0.0;
        strength[lane] = if lit { prepared.strength * inverse_square } else { 0.0 };
    }
    if let Some(transmission) = &quality.support {
        let source_in_table_mm = scene.table_from_patient.point(source_mm);
        let crossed = support::Crossed::new(scene, block, source_in_table_mm, transmission);
        let scattered = 1.0 + prepared.frame.forward_scatter_ratio as f32;
        crossed.attenuate(&mut strength, scattered);
        crossed.harden(&mut excess, quality.backscatter_behind_support as f32);
    }
    let (primary, scatter) =
        (quality.primary_mu_en_ratio as f32, quality.scatter_mu_en_ratio as f32);
    let mut touched = [0.0; LANES];
    for lane in 0..LANES {
        touched[lane] = if coverage[lane] > 0.0 { 1.0 } else { 0.0 };
    }
    // Scatter of the mean over the patch, and of a point inside the field.
    let (mean_scatter, full_scatter) = match quality.backscatter {
        BackscatterModel::AtPoint(_) => (excess, excess),
        BackscatterModel::Factor(factor) => {
            let times = |shares: Lanes| shares.map(|share| (factor - 1.0) as f32 * share);
            (times(coverage), times(touched))
        }
    };
    let mut solid_angle_sr = 0.0;
    for lane in 0..LANES {
        let dose = strength[lane] * (coverage[lane] * primary + mean_scatter[lane] * scatter);
        let bound = strength[lane] * (touched[lane] * primary + full_scatter[lane] * scatter);
        sums.dose_gy[lane] += f64::from(dose);
        sums.bound_gy[lane] += f64::from(bound);
        solid_angle_sr +=
            coverage[lane] * block.area_mm2[lane] * lanes.cosine[lane] / lanes.distance2[lane];
    }
    f64::from(solid_angle_sr)
}

/// Share of each lane's patch inside the field; 0 for lanes that face away.
#[inline(always)]
fn coverage(scene: &Scene, block: &Block, prepared: &Prepared, lanes: &LanesInBeam) -> Lanes {
    let mut coverage = [0.0; LANES];
    for lane in 0..LANES {
        let inside = lanes.edge[lane] > 0.0 && lanes.cosine[lane] > 0.0;
        coverage[lane] = if inside { 1.0 } else { 0.0 };
    }
    for (lane, &vertex) in block.vertices().iter().enumerate() {
        let near_edge = lanes.edge[lane].abs() < EDGE_MARGIN * block.patch_radius_mm[lane];
        if near_edge && lanes.cosine[lane] > 0.0 {
            coverage[lane] =
                covered_share(&prepared.frame.beam, &scene.surface, vertex as usize) as f32;
        }
    }
    coverage
}

#[cfg(test)]
mod tests;
