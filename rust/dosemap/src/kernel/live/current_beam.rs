//! What a plane's current beam gives the vertices it reaches, per gray of air kerma.

use super::PeakVertex;
use crate::error::DoseError;
use crate::kernel::blocks::{BlockDose, GROUP, Prepared, dose_on_block, greatest};
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
    /// Vertices of the surface that it was computed on.
    count: usize,
    vertices: Vec<u32>,
    /// Dose of each of them per air kerma.
    gy_per_gy: Vec<f32>,
    /// The vertices whose patches a field edge cuts, and by how much the bound exceeds their dose.
    cut: Vec<(u32, f32)>,
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

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Compute the list anew. The frame's own kerma is not looked at.
    ///
    /// # Errors
    /// When the frame is impossible, or its quality has other layers than the scene.
    pub fn aim(
        &mut self,
        scene: &Scene,
        frame: &Frame,
        quality: &BeamQuality,
    ) -> Result<(), DoseError> {
        frame.check()?;
        scene.check_quality(quality)?;
        self.count = scene.surface.len();
        self.vertices.clear();
        self.gy_per_gy.clear();
        self.cut.clear();
        self.hottest = None;
        let prepared = Prepared::new(scene, frame, quality, 1.0);
        let machine = pulp::Arch::new();
        let on_skin_sr = machine.dispatch(AimBeam { scene, prepared: &prepared, beam: self });
        self.share_on_skin = (on_skin_sr / frame.beam.field.solid_angle_sr()).clamp(0.0, 1.0);
        Ok(())
    }

    /// Note what a block gets.
    #[inline(always)]
    fn extend(&mut self, vertices: &[u32], one: &BlockDose) {
        self.vertices.extend_from_slice(vertices);
        self.gy_per_gy.extend_from_slice(&one.dose_gy[..vertices.len()]);
        let highest = f64::from(greatest(&one.dose_gy));
        if highest > self.hottest.map_or(0.0, |spot| spot.gy_per_gy) {
            let lane = one.dose_gy.iter().position(|&dose| f64::from(dose) == highest);
            self.hottest = lane.map(|lane| BeamSpot { vertex: vertices[lane], gy_per_gy: highest });
        }
        if one.is_cut {
            for (lane, &vertex) in vertices.iter().enumerate() {
                let more = one.bound_gy[lane] - one.dose_gy[lane];
                if more > 0.0 {
                    self.cut.push((vertex, more));
                }
            }
        }
    }

    /// Add a frame with this beam. Doses only grow, so the new peak is the old one or in the list.
    pub(super) fn add_to(
        &self,
        dose_gy: &mut [f64],
        above_dose_gy: &mut [f64],
        peak: &mut Option<PeakVertex>,
        air_kerma_gy: f64,
    ) {
        let (mut highest, mut at) = peak.map_or((0.0, u32::MAX), |p| (p.dose_gy, p.vertex));
        for (&vertex, &gy_per_gy) in self.vertices.iter().zip(&self.gy_per_gy) {
            let dose = &mut dose_gy[vertex as usize];
            *dose += air_kerma_gy * f64::from(gy_per_gy);
            if *dose >= highest && (*dose > highest || vertex < at) {
                (highest, at) = (*dose, vertex);
            }
        }
        for &(vertex, gy_per_gy) in &self.cut {
            above_dose_gy[vertex as usize] += air_kerma_gy * f64::from(gy_per_gy);
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
                beam.extend(block.vertices(), &one);
                on_skin_sr += one.on_skin_sr;
            }
        }
        on_skin_sr
    }
}
