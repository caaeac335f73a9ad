//! Doses of many points of one patch, by the fast kernel.

use super::blocks::{Block, LANES, Prepared, Skin, SkinPoint, dose_on_skin};
use super::peak::Part;
use super::{BeamQuality, Scene};
use crate::math::Vec3;

/// The frames of all parts, made ready.
pub(super) struct PreparedParts<'a> {
    pub parts: &'a [Part<'a>],
    frames: Vec<Vec<Prepared<'a>>>,
}

/// Up to [`LANES`] points of a patch as it lies in one part.
pub(super) struct Points<'a> {
    pub vertex: usize,
    /// In the first part, patient space, mm.
    pub points_mm: &'a [Vec3],
    /// What they stand for reaches so far around them, mm.
    pub radius_mm: f32,
}

impl<'a> PreparedParts<'a> {
    pub fn new(parts: &'a [Part<'a>], qualities: &'a [BeamQuality]) -> Self {
        let prepared = |part: &Part<'a>| {
            let irradiating = part.frames.iter().filter(|frame| frame.air_kerma_gy > 0.0);
            let scene = part.scene;
            irradiating
                .map(|f| Prepared::new(scene, f, &qualities[f.quality], f.air_kerma_gy))
                .collect()
        };
        Self { parts, frames: parts.iter().map(prepared).collect() }
    }

    /// Doses of points from all frames, within the single precision of the kernel, Gy. `skin` tells
    /// what they stand for, given how far they have moved since the first part, mm.
    pub fn doses_gy<S: Skin>(&self, points: &Points, skin: impl Fn(Vec3) -> S) -> [f64; LANES] {
        let machine = pulp::Arch::new();
        let mut sums_gy = [0.0; LANES];
        for (part, frames) in self.parts.iter().zip(&self.frames) {
            let (scene, vertex) = (part.scene, points.vertex);
            let moved_mm = part.moved_mm(self.parts[0].scene.surface(), vertex);
            let normal = scene.surface().normals()[vertex];
            let moved = |&point_mm: &Vec3| SkinPoint {
                vertex: vertex as u32,
                point_mm: point_mm + moved_mm,
                normal,
            };
            let moved: Vec<SkinPoint> = points.points_mm.iter().map(moved).collect();
            let block = Block::of_points(scene.table_from_patient(), &moved, points.radius_mm);
            let (block, skin) = (&block, &skin(moved_mm));
            machine.dispatch(AddFrames { scene, block, skin, frames, sums_gy: &mut sums_gy });
        }
        sums_gy
    }
}

/// All frames of a part: a closure that is inlined into the code of the chosen machine.
struct AddFrames<'a, S> {
    scene: &'a Scene,
    block: &'a Block,
    skin: &'a S,
    frames: &'a [Prepared<'a>],
    sums_gy: &'a mut [f64; LANES],
}

impl<S: Skin> pulp::NullaryFnOnce for AddFrames<'_, S> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { scene, block, skin, frames, sums_gy } = self;
        for prepared in frames {
            let Some(one) = dose_on_skin(scene, block, prepared, skin) else { continue };
            for (sum_gy, dose_gy) in sums_gy.iter_mut().zip(one.dose_gy) {
                *sum_gy += f64::from(dose_gy);
            }
        }
    }
}
