//! Where a ray enters the skin first.

use crate::math::Vec3;
use crate::occlusion::segment_hit;
use crate::surface::TriangleSurface;

/// Farther than any focal spot is from a patient, mm.
const FAR_MM: f64 = 1e4;

/// Distance from a point to where a ray in a direction (unit vector) first enters the surface, mm;
/// `None` where it meets no face that looks back at it.
///
/// Every triangle is tested: one ray per event needs no tree.
#[must_use]
pub fn entrance_distance_mm(
    surface: &TriangleSurface,
    from_mm: Vec3,
    direction: Vec3,
) -> Option<f64> {
    let vertices = surface.vertices_mm();
    let way = direction * FAR_MM;
    let entrances = surface.triangles().iter().filter_map(|triangle| {
        let [a, b, c] = triangle.map(|i| vertices[i as usize]);
        let looks_back = (b - a).cross(c - a).dot(direction) < 0.0;
        if looks_back { segment_hit(from_mm, way, &[a, b, c]) } else { None }
    });
    entrances.min_by(f64::total_cmp).map(|share| share * FAR_MM)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::surface::Facing;
    use proptest::prelude::*;

    proptest! {
        /// Against the closed form for an elliptical cylinder about z: the nearer root of
        /// (x / a)^2 + (y / b)^2 = 1 along the ray. A chord of 4 mm on a radius of b^2 / a =
        /// 50 mm lies up to 0.04 mm inside the mantle; oblique rays at most four times that.
        #[test]
        fn of_a_cylinder(turn in 0.0..360.0_f64, aside in -40.0..40.0_f64) {
            let (a, b) = (200.0, 100.0);
            let skin = TriangleSurface::elliptic_cylinder([a, b], 400.0, 4.0).unwrap();
            let (sin, cos) = turn.to_radians().sin_cos();
            let direction = Vec3::new(-cos, -sin, 0.0);
            let from = Vec3::new(700.0 * cos - aside * sin, 700.0 * sin + aside * cos, -213.0);
            let found = entrance_distance_mm(&skin, from, direction).unwrap();
            let p = (from.x / a, from.y / b);
            let d = (direction.x / a, direction.y / b);
            let (qa, qb) = (d.0 * d.0 + d.1 * d.1, p.0 * d.0 + p.1 * d.1);
            let qc = p.0 * p.0 + p.1 * p.1 - 1.0;
            let root = (-qb - (qb * qb - qa * qc).sqrt()) / qa;
            prop_assert!((found - root).abs() < 0.2, "{found} {root}");
        }
    }

    #[test]
    fn only_faces_that_look_back_count() {
        let skin = TriangleSurface::plane([100.0, 100.0], Facing::Posterior, 5.0).unwrap();
        let behind = Vec3::new(1.0, 600.0, -51.0);
        let forwards = Vec3::new(0.0, -1.0, 0.0);
        let found = entrance_distance_mm(&skin, behind, forwards).unwrap();
        assert!((found - 600.0).abs() < 1e-9);
        let in_front = Vec3::new(1.0, -600.0, -51.0);
        assert_eq!(entrance_distance_mm(&skin, in_front, -forwards), None);
        assert_eq!(entrance_distance_mm(&skin, behind + Vec3::new(60.0, 0.0, 0.0), forwards), None);
    }
}
