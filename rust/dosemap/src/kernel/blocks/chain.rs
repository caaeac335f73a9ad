//! The chain of one frame on one block: what the map of many frames and the live map share.

use super::geometry::{Block, LanesInBeam, Sight};
use super::{LANES, Lanes, scatter, support};
use crate::coverage::covered_share;
use crate::kernel::{BackscatterModel, BeamQuality, Frame, Scene};

/// Backscatter outside the field is followed to where it falls below this share of the
/// free-in-air kerma of the field.
const SCATTER_CUT: f64 = 1e-4;

/// A patch can only be cut by a field edge that is nearer than this many patch radii; above 1
/// because a slanted patch reaches farther in the projection (by at most 1 / cos of half the
/// opening of the widest field, 1.2).
const EDGE_MARGIN: f32 = 1.5;

/// A frame made ready: its constants, computed once.
pub(in crate::kernel) struct Prepared<'a> {
    frame: &'a Frame,
    quality: &'a BeamQuality,
    /// K d_ref^2, or K where the inverse square is switched off.
    strength: f32,
    reach_mm: f64,
}

impl<'a> Prepared<'a> {
    /// Make a frame ready with this air kerma, which need not be its own.
    pub fn new(
        scene: &Scene,
        frame: &'a Frame,
        quality: &'a BeamQuality,
        air_kerma_gy: f64,
    ) -> Self {
        let reference =
            if scene.switches.inverse_square { frame.reference_distance_mm } else { 1.0 };
        let reach_mm = match &quality.backscatter {
            BackscatterModel::Factor(_) => 0.0,
            BackscatterModel::AtPoint(backscatter) => {
                let field = &frame.beam.field;
                let side = (field.u_max - field.u_min).max(field.v_max - field.v_min);
                scatter::reach_mm(backscatter, side * frame.reference_distance_mm, SCATTER_CUT)
            }
        };
        let strength = (air_kerma_gy * reference * reference) as f32;
        Self { frame, quality, strength, reach_mm }
    }
}

/// What one frame does to the vertices of a block.
pub(in crate::kernel) struct BlockDose {
    pub dose_gy: Lanes,
    pub bound_gy: Lanes,
    /// Solid angle of the field that falls on the block's skin.
    pub on_skin_sr: f64,
}

/// One frame on one block; `None` where nothing of it arrives.
#[inline(always)]
pub(in crate::kernel) fn dose_on_block(
    scene: &Scene,
    block: &Block,
    prepared: &Prepared,
) -> Option<BlockDose> {
    if block.may_be_reached(&prepared.frame.beam, prepared.reach_mm) == Sight::Nothing {
        return None;
    }
    let lanes = LanesInBeam::new(block, &prepared.frame.beam);
    if lanes.all_beyond(prepared.reach_mm as f32 + block.largest_patch_mm() * EDGE_MARGIN) {
        return None;
    }
    let quality = prepared.quality;
    let mut coverage = coverage(scene, block, prepared, &lanes);
    let mut excess = [0.0; LANES];
    if let BackscatterModel::AtPoint(backscatter) = &quality.backscatter {
        scatter::add_excess(backscatter, &lanes, &mut excess);
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
        return None;
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
    let mut on_skin_sr = 0.0;
    let mut sums = BlockDose { dose_gy: [0.0; LANES], bound_gy: [0.0; LANES], on_skin_sr: 0.0 };
    for lane in 0..LANES {
        sums.dose_gy[lane] =
            strength[lane] * (coverage[lane] * primary + mean_scatter[lane] * scatter);
        sums.bound_gy[lane] =
            strength[lane] * (touched[lane] * primary + full_scatter[lane] * scatter);
        on_skin_sr +=
            coverage[lane] * block.area_mm2[lane] * lanes.cosine[lane] / lanes.distance2[lane];
    }
    sums.on_skin_sr = f64::from(on_skin_sr);
    Some(sums)
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
