//! The chain of one frame on one block: what the map of many frames and the live map share.

use super::geometry::{Block, LanesInBeam};
use super::lanes::{greatest, sum};
use super::reach::{FieldOfBeam, GROUP, Group};
use super::scatter::Gaussians;
use super::support::SupportInBeam;
use super::{LANES, Lanes};
use crate::beam::Beam;
use crate::coverage::covered_share;
use crate::kernel::{BackscatterModel, BeamQuality, Frame, Scene};
use crate::math::Vec3;
use crate::surface::TriangleSurface;

/// Backscatter outside the field is followed to where it falls below this share of the
/// free-in-air kerma of the field.
const SCATTER_CUT: f32 = 1e-4;

/// A frame made ready: its constants, computed once.
pub(in crate::kernel) struct Prepared<'a> {
    frame: &'a Frame,
    quality: &'a BeamQuality,
    field: FieldOfBeam,
    /// `None`: one factor inside the field.
    gaussians: Option<Gaussians>,
    support: Option<SupportInBeam<'a>>,
    /// K d_ref^2, or K where the inverse square is switched off.
    strength: f32,
    reach_mm: f32,
}

impl<'a> Prepared<'a> {
    /// Make a frame ready with this air kerma, which need not be its own.
    pub fn new(
        scene: &'a Scene,
        frame: &'a Frame,
        quality: &'a BeamQuality,
        air_kerma_gy: f64,
    ) -> Self {
        let reference =
            if scene.switches.inverse_square { frame.reference_distance_mm } else { 1.0 };
        let (gaussians, reach_mm) = match &quality.backscatter {
            BackscatterModel::Factor(_) => (None, 0.0),
            BackscatterModel::AtPoint(backscatter) => {
                let field = &frame.beam.field;
                let side = (field.u_max - field.u_min).max(field.v_max - field.v_min);
                let side_mm = side * frame.reference_distance_mm;
                let gaussians = Gaussians::new(backscatter);
                let reach_mm = gaussians.reach_mm(side_mm as f32, SCATTER_CUT);
                (Some(gaussians), reach_mm)
            }
        };
        Self {
            frame,
            quality,
            field: FieldOfBeam::new(&frame.beam),
            gaussians,
            support: SupportInBeam::new(scene, frame, quality),
            strength: (air_kerma_gy * reference * reference) as f32,
            reach_mm,
        }
    }

    /// May it give anything to the blocks of a group?
    #[inline(always)]
    pub fn may_reach(&self, group: &Group) -> [bool; GROUP] {
        let mut reached = [false; GROUP];
        for i in 0..GROUP {
            reached[i] = self.field.may_reach(&group.bounds(i), self.reach_mm);
        }
        reached
    }

    /// How far around a vertex a field edge may cut its patch, mm: the distance from an edge
    /// changes by no more along the way.
    #[inline(always)]
    fn cut_mm(&self, patch_radius_mm: f32) -> f32 {
        self.field.steepest * patch_radius_mm
    }
}

/// What one frame does to the vertices of a block.
pub(in crate::kernel) struct BlockDose {
    pub dose_gy: Lanes,
    /// By how much [`bound_gy`](super::DoseMap::bound_gy) exceeds it, where an edge may cut a patch.
    pub above_dose_gy: Option<Lanes>,
    /// Solid angle of the field that falls on the block's skin.
    pub on_skin_sr: f64,
}

/// What the points of a block stand for: the chain is the same for all of them.
pub(in crate::kernel) trait Skin {
    /// Share of the skin around a lane's point that lies in the field of a beam; asked where an edge
    /// may cut it.
    fn covered_share(&self, beam: &Beam, lane: usize) -> f64;

    /// Where the point of a lane lies, patient space, mm.
    fn point_mm(&self, lane: usize) -> Vec3;
}

/// The vertices of a block, each with its patch.
struct Patches<'a> {
    surface: &'a TriangleSurface,
    vertices: &'a [u32],
}

impl Skin for Patches<'_> {
    #[inline(always)]
    fn covered_share(&self, beam: &Beam, lane: usize) -> f64 {
        covered_share(beam, self.surface, self.vertices[lane] as usize)
    }

    fn point_mm(&self, lane: usize) -> Vec3 {
        self.surface.vertices_mm()[self.vertices[lane] as usize]
    }
}

/// One frame on the vertices of a block that it may reach; `None` where nothing of it arrives.
#[inline(always)]
pub(in crate::kernel) fn dose_on_block(
    scene: &Scene,
    block: &Block,
    prepared: &Prepared,
) -> Option<BlockDose> {
    let skin = Patches { surface: &scene.surface, vertices: block.vertices() };
    dose_on_skin(scene, block, prepared, &skin)
}

/// The same on any points of a block.
#[inline(always)]
pub(in crate::kernel) fn dose_on_skin(
    scene: &Scene,
    block: &Block,
    prepared: &Prepared,
    skin: &impl Skin,
) -> Option<BlockDose> {
    let lanes = LanesInBeam::new(block, &prepared.field);
    let nearest = greatest(&lanes.edge);
    let cut_mm = prepared.cut_mm(block.largest_patch_mm());
    if nearest < -(prepared.reach_mm + cut_mm) {
        return None;
    }
    let quality = prepared.quality;
    let mut excess = match &prepared.gaussians {
        Some(gaussians) => gaussians.excess(&lanes),
        None => [0.0; LANES],
    };
    let in_field = nearest > -cut_mm;
    let (mut coverage, mut is_cut) = ([0.0; LANES], false);
    if in_field {
        is_cut = cover(block, prepared, &lanes, skin, &mut coverage);
        if greatest(&coverage) > 0.0 {
            darken(scene, block, prepared, skin, [&mut coverage, &mut excess]);
        }
    }
    let mut strength = [0.0_f32; LANES];
    for i in 0..LANES {
        let inverse_square = if scene.switches.inverse_square {
            lanes.inverse_distance[i] * lanes.inverse_distance[i]
        } else {
            1.0
        };
        let lit = coverage[i] + excess[i] > 0.0;
        strength[i] = if lit { prepared.strength * inverse_square } else { 0.0 };
    }
    if let Some(support) = &prepared.support {
        support.weaken(block, &lanes, &mut strength, &mut excess);
    }
    let (primary, scatter) =
        (quality.primary_mu_en_ratio as f32, quality.scatter_mu_en_ratio as f32);
    // Dose of skin of which a share lies in the field, with the scatter there.
    let dose_gy = |shares: &Lanes| {
        let mut dose_gy = [0.0; LANES];
        for i in 0..LANES {
            let excess = match quality.backscatter {
                BackscatterModel::AtPoint(_) => excess[i],
                BackscatterModel::Factor(factor) => (factor - 1.0) as f32 * shares[i],
            };
            dose_gy[i] = strength[i] * (shares[i] * primary + excess * scatter);
        }
        dose_gy
    };
    let mut result =
        BlockDose { dose_gy: dose_gy(&coverage), above_dose_gy: None, on_skin_sr: 0.0 };
    if is_cut {
        let mut touched = [0.0; LANES];
        for i in 0..LANES {
            touched[i] = if coverage[i] > 0.0 { 1.0 } else { 0.0 };
        }
        let mut above = dose_gy(&touched);
        for i in 0..LANES {
            above[i] -= result.dose_gy[i];
        }
        result.above_dose_gy = Some(above);
    }
    if in_field {
        result.on_skin_sr = f64::from(solid_angle_sr(block, &lanes, &coverage));
    }
    Some(result)
}

/// Solid angle of the covered skin of a block.
#[inline(always)]
fn solid_angle_sr(block: &Block, lanes: &LanesInBeam, coverage: &Lanes) -> f32 {
    let mut solid_angle_sr = [0.0; LANES];
    for i in 0..LANES {
        let per_mm2 = lanes.inverse_distance[i] * lanes.inverse_distance[i];
        solid_angle_sr[i] = coverage[i] * block.area_mm2[i] * lanes.cosine[i] * per_mm2;
    }
    sum(&solid_angle_sr)
}

/// Take away what other parts of the body stand in front of. In the shadow neither the primary
/// nor its scatter arrives.
fn darken(
    scene: &Scene,
    block: &Block,
    prepared: &Prepared,
    skin: &impl Skin,
    [coverage, excess]: [&mut Lanes; 2],
) {
    let Some(occluder) = &scene.occluder else { return };
    let source_mm = prepared.frame.beam.source_mm;
    let suspects = (!block.free_cone(occluder).holds(source_mm))
        .then(|| occluder.suspects(block.centre_mm(), block.radius_mm(), source_mm))
        .filter(|suspects| !suspects.is_empty());
    for (lane, &vertex) in block.vertices().iter().enumerate() {
        let hidden = || {
            occluder.is_buried(vertex as usize)
                || suspects
                    .as_ref()
                    .is_some_and(|some| occluder.blocks_below(some, skin.point_mm(lane), source_mm))
        };
        if coverage[lane] > 0.0 && hidden() {
            coverage[lane] = 0.0;
            excess[lane] = 0.0;
        }
    }
}

/// Share of the skin around each lane's point inside the field, 0 for lanes that face away; tells
/// whether an edge may cut some of it.
#[inline(always)]
fn cover(
    block: &Block,
    prepared: &Prepared,
    lanes: &LanesInBeam,
    skin: &impl Skin,
    coverage: &mut Lanes,
) -> bool {
    let mut cut_mm = [0.0; LANES];
    for i in 0..LANES {
        coverage[i] = if lanes.edge[i] > 0.0 { 1.0 } else { 0.0 };
        cut_mm[i] = prepared.cut_mm(block.patch_radius_mm[i]) - lanes.edge[i].abs();
    }
    if greatest(&cut_mm) <= 0.0 {
        return false;
    }
    for lane in 0..block.vertices().len() {
        if cut_mm[lane] > 0.0 {
            coverage[lane] = skin.covered_share(&prepared.frame.beam, lane) as f32;
        }
    }
    true
}
