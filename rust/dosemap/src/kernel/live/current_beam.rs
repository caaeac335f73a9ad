//! What a plane's current beam gives the vertices it reaches, per gray of air kerma.

use super::PeakVertex;
use crate::kernel::blocks::{GROUP, Prepared, dose_on_block};
use crate::kernel::{BeamQuality, Frame, Scene};

/// The vertex that a beam gives most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeamSpot {
    /// Its number.
    pub vertex: u32,
    /// Dose per air kerma at the reference point.
    pub gy_per_gy: f64,
}

/// The list of a beam; its memory is kept from beam to beam.
#[derive(Debug, Default)]
pub struct CurrentBeam {
    vertices: Vec<u32>,
    /// Dose of each of them per air kerma, and its bound.
    gy_per_gy: Vec<[f32; 2]>,
    share_on_skin: f64,
    hottest: Option<BeamSpot>,
}

impl CurrentBeam {
    /// Share of the field that falls on skin (0 to 1).
    #[must_use]
    pub const fn share_on_skin(&self) -> f64 {
        self.share_on_skin
    }

    /// The vertex that gets most of it; `None` when the beam misses.
    #[must_use]
    pub const fn hottest(&self) -> Option<BeamSpot> {
        self.hottest
    }

    /// Compute the list anew.
    pub(super) fn aim(&mut self, scene: &Scene, frame: &Frame, quality: &BeamQuality) {
        self.vertices.clear();
        self.gy_per_gy.clear();
        let prepared = Prepared::new(scene, frame, quality, 1.0);
        let machine = pulp::Arch::new();
        let on_skin_sr = machine.dispatch(AimBeam { scene, prepared: &prepared, beam: self });
        self.share_on_skin = (on_skin_sr / frame.beam.field.solid_angle_sr()).clamp(0.0, 1.0);
        let most = (0..self.vertices.len())
            .max_by(|&i, &j| self.gy_per_gy[i][0].total_cmp(&self.gy_per_gy[j][0]));
        self.hottest = most.map(|i| BeamSpot {
            vertex: self.vertices[i],
            gy_per_gy: f64::from(self.gy_per_gy[i][0]),
        });
    }

    /// Add a frame with this beam. Doses only grow, so the new peak is the old one or in the list.
    pub(super) fn add_to(
        &self,
        dose_gy: &mut [f64],
        bound_gy: &mut [f64],
        peak: &mut Option<PeakVertex>,
        air_kerma_gy: f64,
    ) {
        let (mut highest, mut at) = peak.map_or((0.0, u32::MAX), |p| (p.dose_gy, p.vertex));
        for (&vertex, &[dose, bound]) in self.vertices.iter().zip(&self.gy_per_gy) {
            let i = vertex as usize;
            let sum = dose_gy[i] + air_kerma_gy * f64::from(dose);
            dose_gy[i] = sum;
            bound_gy[i] += air_kerma_gy * f64::from(bound);
            if sum > highest || (sum == highest && vertex < at) {
                (highest, at) = (sum, vertex);
            }
        }
        if highest > 0.0 {
            *peak = Some(PeakVertex { vertex: at, dose_gy: highest });
        }
    }
}

/// All blocks of one frame: a closure that is inlined into the code of the chosen machine.
struct AimBeam<'a> {
    scene: &'a Scene,
    prepared: &'a Prepared<'a>,
    beam: &'a mut CurrentBeam,
}

impl pulp::NullaryFnOnce for AimBeam<'_> {
    /// Solid angle of the field that falls on skin.
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let Self { scene, prepared, beam } = self;
        let mut on_skin_sr = 0.0;
        for (group, blocks) in scene.block_groups.iter().zip(scene.blocks.chunks(GROUP)) {
            let reached = prepared.may_reach(group);
            for (block, _) in blocks.iter().zip(reached).filter(|&(_, reached)| reached) {
                let Some(one) = dose_on_block(scene, block, prepared) else { continue };
                for (lane, &vertex) in block.vertices().iter().enumerate() {
                    let doses = [one.dose_gy[lane], one.bound_gy[lane]];
                    if doses[1] > 0.0 {
                        beam.vertices.push(vertex);
                        beam.gy_per_gy.push(doses);
                    }
                }
                on_skin_sr += one.on_skin_sr;
            }
        }
        on_skin_sr
    }
}
