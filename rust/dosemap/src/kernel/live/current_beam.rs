//! What a plane's current beam gives the vertices it reaches, per gray of air kerma.

use std::sync::Arc;

use crate::error::DoseError;
use crate::kernel::blocks::{Block, BlockDose, GROUP, Lanes, Prepared, dose_on_block, greatest};
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
    /// The blocks of the surface that it was computed on, and its number of vertices.
    pub(super) blocks: Option<Arc<[Block]>>,
    pub(super) vertices: usize,
    /// The blocks that it reaches, and what their vertices get per air kerma.
    pub(super) reached: Vec<(u32, Lanes)>,
    /// The vertices whose patches a field edge cuts, by block and lane, and by how much the bound
    /// exceeds their dose.
    pub(super) cut: Vec<(u32, u32, f32)>,
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
        self.blocks = Some(Arc::clone(&scene.blocks));
        self.vertices = scene.surface.len();
        self.reached.clear();
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
    fn extend(&mut self, index: u32, block: &Block, one: &BlockDose) {
        self.reached.push((index, one.dose_gy));
        let highest = f64::from(greatest(&one.dose_gy));
        if highest > self.hottest.map_or(0.0, |spot| spot.gy_per_gy) {
            let lane = one.dose_gy.iter().position(|&dose| f64::from(dose) == highest);
            let vertex = lane.and_then(|lane| block.vertices().get(lane));
            self.hottest = vertex.map(|&vertex| BeamSpot { vertex, gy_per_gy: highest });
        }
        if let Some(above_dose_gy) = one.above_dose_gy {
            for (lane, more) in above_dose_gy.into_iter().enumerate() {
                if more > 0.0 {
                    self.cut.push((index, lane as u32, more));
                }
            }
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
        let groups = scene.block_groups.iter().zip(scene.blocks.chunks(GROUP));
        for (first, (group, blocks)) in (0..).step_by(GROUP).zip(groups) {
            let reached = prepared.may_reach(group);
            for ((index, block), _) in
                (first..).zip(blocks).zip(reached).filter(|&(_, reached)| reached)
            {
                let Some(one) = dose_on_block(scene, block, prepared) else { continue };
                beam.extend(index, block, &one);
                on_skin_sr += one.on_skin_sr;
            }
        }
        on_skin_sr
    }
}
