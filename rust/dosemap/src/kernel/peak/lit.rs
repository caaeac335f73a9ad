//! The point of a patch, of many, that gets most.

use rayon::prelude::*;

use super::search::{PENUMBRA_MM, share_at};
use crate::beam::Beam;
use crate::kernel::blocks::{LANES, Skin};
use crate::kernel::samples::{Points, PreparedParts};
use crate::math::Vec3;

/// The point, of those in the patch of a vertex as it lies in the first part, that gets most.
pub fn brightest(prepared: &PreparedParts, vertex: usize, points_mm: &[Vec3]) -> Option<Vec3> {
    let doses_gy = points_mm.par_chunks(LANES).flat_map_iter(|points_mm| {
        doses_gy(prepared, vertex, points_mm).into_iter().take(points_mm.len())
    });
    let doses_gy: Vec<f64> = doses_gy.collect();
    let points = points_mm.iter().zip(doses_gy);
    points.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(&point_mm, _)| point_mm)
}

fn doses_gy(prepared: &PreparedParts, vertex: usize, points_mm: &[Vec3]) -> [f64; LANES] {
    let points = Points { vertex, points_mm, radius_mm: PENUMBRA_MM as f32 / 2.0 };
    prepared.doses_gy(&points, |moved_mm| LitPoints { points_mm, moved_mm })
}

/// Points that get what [`share_at`] says of each beam.
struct LitPoints<'a> {
    points_mm: &'a [Vec3],
    moved_mm: Vec3,
}

impl Skin for LitPoints<'_> {
    fn covered_share(&self, beam: &Beam, lane: usize) -> f64 {
        share_at(beam, &beam.locate(self.point_mm(lane)))
    }

    fn point_mm(&self, lane: usize) -> Vec3 {
        self.points_mm[lane] + self.moved_mm
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::kernel::blocks::tests::{frame, legs, quality, scene};
    use crate::kernel::peak::{Part, dose_of_frames, sample};

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
                let fast = doses_gy(&prepared, vertex, &points);
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
