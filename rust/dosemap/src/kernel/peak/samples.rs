//! Doses of many points of one patch, by the fast kernel: where to look closer.

// Loops over lanes index several arrays at once: the form that vectorises, and reads best.
#![allow(clippy::needless_range_loop)]

use rayon::prelude::*;

use super::Part;
use super::search::PENUMBRA_MM;
use crate::kernel::blocks::{
    Block, LANES, Lanes, LanesInBeam, Prepared, Skin, SkinPoint, dose_on_skin,
};
use crate::kernel::{BeamQuality, Scene};
use crate::math::Vec3;

/// The frames of all parts, made ready.
pub struct PreparedParts<'a> {
    parts: &'a [Part<'a>],
    frames: Vec<Vec<Prepared<'a>>>,
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

    pub fn parts(&self) -> &'a [Part<'a>] {
        self.parts
    }

    /// The point, of those in the patch of a vertex as it lies in the first part, that gets most.
    pub fn brightest(&self, vertex: usize, points_mm: &[Vec3]) -> Option<Vec3> {
        let doses_gy: Vec<f64> = points_mm
            .par_chunks(LANES)
            .flat_map_iter(|points_mm| {
                self.doses_gy(vertex, points_mm).into_iter().take(points_mm.len())
            })
            .collect();
        let points = points_mm.iter().zip(doses_gy);
        points.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(&point_mm, _)| point_mm)
    }

    /// Doses of up to [`LANES`] points, within the single precision of the kernel.
    fn doses_gy(&self, vertex: usize, points_mm: &[Vec3]) -> [f64; LANES] {
        let machine = pulp::Arch::new();
        let mut sums_gy = [0.0; LANES];
        for (part, frames) in self.parts.iter().zip(&self.frames) {
            let surface = part.scene.surface();
            let (moved_mm, normal) =
                (part.moved_mm(self.parts[0].scene.surface(), vertex), surface.normals()[vertex]);
            let skin = |&point_mm: &Vec3| SkinPoint {
                vertex: vertex as u32,
                point_mm: point_mm + moved_mm,
                normal,
            };
            let skin: Vec<SkinPoint> = points_mm.iter().map(skin).collect();
            let block =
                Block::of_points(part.scene.table_from_patient(), &skin, PENUMBRA_MM as f32 / 2.0);
            let (scene, sums_gy) = (part.scene, &mut sums_gy);
            machine.dispatch(AddFrames { scene, block: &block, skin: &skin, frames, sums_gy });
        }
        sums_gy
    }
}

/// All frames of a part: a closure that is inlined into the code of the chosen machine.
struct AddFrames<'a> {
    scene: &'a Scene,
    block: &'a Block,
    skin: &'a [SkinPoint],
    frames: &'a [Prepared<'a>],
    sums_gy: &'a mut [f64; LANES],
}

impl pulp::NullaryFnOnce for AddFrames<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { scene, block, skin, frames, sums_gy } = self;
        for prepared in frames {
            let Some(one) = dose_on_skin(scene, block, prepared, &Samples(skin)) else { continue };
            for (sum_gy, dose_gy) in sums_gy.iter_mut().zip(one.dose_gy) {
                *sum_gy += f64::from(dose_gy);
            }
        }
    }
}

/// Points that are either lit or not.
struct Samples<'a>(&'a [SkinPoint]);

impl Skin for Samples<'_> {
    /// As [`share_at`](super::search::share_at), of every lane that faces the tube.
    #[inline(always)]
    fn cover(&self, _: &Prepared, lanes: &LanesInBeam, coverage: &mut Lanes) -> bool {
        for i in 0..LANES {
            coverage[i] = if lanes.cosine[i] > 0.0 { 1.0 } else { 0.0 };
        }
        for edge in &lanes.edges {
            for i in 0..LANES {
                coverage[i] *= (edge[i] / PENUMBRA_MM as f32 + 0.5).clamp(0.0, 1.0);
            }
        }
        true
    }

    fn point_mm(&self, lane: usize) -> Vec3 {
        self.0[lane].point_mm
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::kernel::blocks::tests::{frame, legs, quality, scene};
    use crate::kernel::peak::search::share_at;
    use crate::kernel::peak::{dose_of_frames, sample};

    /// On legs that shadow each other, under fields whose edges run through the patches: as the
    /// kernel, within rounding and the scatter beyond its reach, 2e-4 of a frame's dose.
    #[test]
    fn doses_of_samples_are_those_of_the_reference() {
        let (scene, qualities) = (scene(legs()), [quality()]);
        let (mut cut, mut dark) = (0, 0);
        for angles in [[0.0, 0.0], [60.0, 10.0], [85.0, -20.0]] {
            let frames = [frame(&scene, angles, 850.0, [-40.0, 40.0, -40.0, 40.0])];
            let parts = [Part { scene: &scene, frames: &frames }];
            let prepared = PreparedParts::new(&parts, &qualities);
            for vertex in (0..scene.surface().len()).step_by(7) {
                let points: Vec<Vec3> =
                    scene.surface().patch(vertex).take(2).flat_map(|quad| sample(&quad)).collect();
                let fast = prepared.doses_gy(vertex, &points);
                for (&point_mm, fast) in points.iter().zip(fast) {
                    let share = share_at(&frames[0].beam, &frames[0].beam.locate(point_mm));
                    let place = (vertex, point_mm);
                    let exact = dose_of_frames(&parts, &qualities, place, &|_, _, _| share)[0];
                    assert!((fast - exact).abs() < 2e-4, "{vertex}: {fast} {exact}");
                    cut += usize::from(share > 0.0 && share < 1.0);
                    dark += usize::from(share > 0.0 && exact == 0.0);
                }
            }
        }
        assert!(cut > 0 && dark > 0, "{cut} {dark}");
    }
}
