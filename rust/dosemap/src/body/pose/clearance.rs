//! Does a limb that moves keep clear of the rest of the body?

use std::collections::HashMap;

use super::limbs::sign;
use super::lying::LARGER_SHARE;
use super::skinning::{Rig, Turns, share, vertices_of};
use crate::body::skeleton::{Bone, Joint, Side};
use crate::body::template::template;
use crate::math::Vec3;

/// Gap that limbs keep, mm.
const GAP_MM: f64 = 8.0;

/// Near its root a limb is close to the body in the A-pose already: there this share of the
/// distance must be left.
const SHARE_LEFT: f64 = 0.2;

/// Skin nearer to the root of the limb than this share of the upper arm or thigh is that of the
/// bend itself: it folds.
const BEND: f64 = 0.6;

/// A limb that is inside the body is recognised down to this depth, mm: more than the distance
/// between vertices.
const DEPTH_MM: f64 = 25.0;

/// Distances that differ by less than this are the same, mm.
const EDGE_MM: f64 = 1e-9;

/// What a limb must keep clear of.
pub(super) struct Clearance {
    obstacle: Obstacle,
    /// The skin of the limb, and the distance that each vertex must keep, mm.
    skin: Vec<(usize, f64)>,
}

impl Clearance {
    /// A limb of some bones against all that does not move with it, in a pose; `besides` are
    /// bones that are left out of the obstacle.
    pub(super) fn new(
        rig: &Rig,
        turns: &Turns,
        (limb, [root, next, _]): ([Bone; 3], [Joint; 3]),
        besides: &[Bone],
    ) -> Self {
        let fixed = |triangle: &&[u32; 3]| {
            let hangs = |bones: &[Bone]| triangle.iter().any(|&i| share(i as usize, bones) > 0.0);
            !hangs(&limb) && !hangs(besides)
        };
        let triangles: Vec<&[u32; 3]> = template().triangles.iter().filter(fixed).collect();
        let obstacle = |places: &[Vec3], reach_mm: f64| {
            let corners = triangles.iter().map(|triangle| triangle.map(|i| places[i as usize]));
            Obstacle::new(corners, reach_mm)
        };
        let at_rest = obstacle(rig.vertices_mm, GAP_MM / SHARE_LEFT);
        let [root, next] = [root, next].map(|joint| rig.joint(joint));
        let beyond_bend =
            |vertex: usize| (rig.vertices_mm[vertex] - root).norm() > BEND * (next - root).norm();
        let to_keep = |vertex: usize| {
            let distance = at_rest.distance_mm(rig.vertices_mm[vertex]);
            (vertex, (SHARE_LEFT * distance).min(GAP_MM))
        };
        let skin = vertices_of(&limb, LARGER_SHARE)
            .into_iter()
            .filter(|&vertex| beyond_bend(vertex))
            .map(to_keep)
            .collect();
        Self { obstacle: obstacle(&rig.skin(turns), DEPTH_MM), skin }
    }

    /// Of some poses the first in which every vertex of the limb is far enough from the rest and
    /// half the gap on its own side of the middle, or else the one in which fewest are not.
    pub(super) fn clearest(
        &self,
        rig: &Rig,
        poses: impl Iterator<Item = Turns>,
        own_side: Option<Side>,
    ) -> Option<Turns> {
        let mut best = (usize::MAX, None);
        for pose in poses {
            let too_close = self.too_close(rig, &pose, own_side, best.0);
            if too_close < best.0 {
                best = (too_close, Some(pose));
            }
            if too_close == 0 {
                break;
            }
        }
        best.1
    }

    /// Number of vertices that are not, counted up to a limit.
    fn too_close(&self, rig: &Rig, turns: &Turns, own_side: Option<Side>, limit: usize) -> usize {
        let motions = rig.motions(turns);
        let is_close = |&&(vertex, distance_mm): &&(usize, f64)| {
            let place = rig.moved(vertex, &motions);
            let crosses_over =
                own_side.is_some_and(|side| place.x * sign(side) < distance_mm.min(GAP_MM / 2.0));
            crosses_over || self.obstacle.distance_mm(place) < distance_mm
        };
        self.skin.iter().filter(is_close).take(limit).count()
    }
}

/// A triangle and a sphere around it.
#[derive(Clone, Copy)]
struct Fixed {
    corners: [Vec3; 3],
    centre: Vec3,
    radius_mm: f64,
}

impl Fixed {
    fn new(corners: [Vec3; 3]) -> Self {
        let centre = (corners[0] + corners[1] + corners[2]) * (1.0 / 3.0);
        let radius_mm =
            corners.map(|corner| (corner - centre).norm()).into_iter().fold(0.0, f64::max);
        Self { corners, centre, radius_mm }
    }
}

/// Triangles at rest, sorted into cubes.
pub(super) struct Obstacle {
    cell_mm: f64,
    cells: HashMap<[i32; 3], Vec<Fixed>>,
}

impl Obstacle {
    /// Triangles that things up to `reach_mm` away will be tested against.
    pub(super) fn new(triangles: impl Iterator<Item = [Vec3; 3]>, reach_mm: f64) -> Self {
        let mut obstacle = Self { cell_mm: 2.0 * reach_mm, cells: HashMap::new() };
        for corners in triangles {
            let fixed = Fixed::new(corners);
            let along = |axis: usize| corners.map(|corner| corner[axis]);
            let low = |axis| along(axis).into_iter().fold(f64::INFINITY, f64::min) - reach_mm;
            let high = |axis| along(axis).into_iter().fold(f64::NEG_INFINITY, f64::max) + reach_mm;
            let [first, last] = [[low(0), low(1), low(2)], [high(0), high(1), high(2)]]
                .map(|corner| obstacle.cell(Vec3::from(corner)));
            for x in first[0]..=last[0] {
                for y in first[1]..=last[1] {
                    for z in first[2]..=last[2] {
                        obstacle.cells.entry([x, y, z]).or_default().push(fixed);
                    }
                }
            }
        }
        obstacle
    }

    fn cell(&self, point: Vec3) -> [i32; 3] {
        point.to_array().map(|x| (x / self.cell_mm).floor() as i32)
    }

    /// Distance from a point to the nearest triangle, negative behind it; exact below the reach,
    /// infinite where nothing is near.
    pub(super) fn distance_mm(&self, point: Vec3) -> f64 {
        let near = self.cells.get(&self.cell(point)).map_or(&[][..], Vec::as_slice);
        let (mut nearest, mut height) = (f64::INFINITY, f64::INFINITY);
        for triangle in near {
            if (point - triangle.centre).norm() - triangle.radius_mm > nearest + EDGE_MM {
                continue;
            }
            let distance = distance_to(point, &triangle.corners);
            let above = height_above(point, &triangle.corners);
            if distance < nearest - EDGE_MM {
                (nearest, height) = (distance, above);
            } else if distance < nearest + EDGE_MM {
                // Nearest to an edge or a corner: the faces around it decide together (Baerentzen
                // and Aanaes, IEEE Trans. Vis. Comput. Graph. 11 (2005) 243).
                height += above;
            }
        }
        nearest.copysign(height)
    }
}

/// Height of a point above the plane of a triangle.
fn height_above(point: Vec3, &[a, b, c]: &[Vec3; 3]) -> f64 {
    (b - a).cross(c - a).normalized().dot(point - a)
}

/// Distance from a point to a triangle.
fn distance_to(point: Vec3, &[a, b, c]: &[Vec3; 3]) -> f64 {
    let normal = (b - a).cross(c - a);
    let above = |from: Vec3, to: Vec3| normal.cross(to - from).dot(point - from) >= 0.0;
    if above(a, b) && above(b, c) && above(c, a) && normal != Vec3::ZERO {
        return height_above(point, &[a, b, c]).abs();
    }
    let to_edge = |from: Vec3, to: Vec3| {
        let edge = to - from;
        let along = (point - from).dot(edge) / edge.dot(edge);
        (point - from - edge * along.clamp(0.0, 1.0)).norm()
    };
    to_edge(a, b).min(to_edge(b, c)).min(to_edge(c, a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(size: f64) -> impl Strategy<Value = Vec3> {
        prop::array::uniform3(-size..size).prop_map(Vec3::from)
    }

    proptest! {
        /// Against the nearest of 80 x 80 points on the triangle, which lie 1/80 edge apart.
        #[test]
        fn distance_is_that_of_the_nearest_point(
            p in point(20.0), corners in prop::array::uniform3(point(10.0)),
        ) {
            let [a, b, c] = corners;
            let mut nearest = f64::INFINITY;
            for i in 0..=80 {
                for j in 0..=80 - i {
                    let (u, v) = (f64::from(i) / 80.0, f64::from(j) / 80.0);
                    nearest = nearest.min((p - a - (b - a) * u - (c - a) * v).norm());
                }
            }
            let step = ((b - a).norm() + (c - a).norm()) / 80.0;
            let distance = distance_to(p, &corners);
            prop_assert!(distance <= nearest + 1e-9 && distance > nearest - step);
        }

        /// Inside an octahedron, and only there, the distance is negative.
        #[test]
        fn distance_is_negative_inside(p in point(15.0)) {
            let corner = |x: f64, y: f64, z: f64| Vec3::new(x, y, z) * 10.0;
            let mut faces = Vec::new();
            for (x, y, z) in (0..8).map(|i| [i & 1, i >> 1 & 1, i >> 2].map(|b| 1.0 - 2.0 * f64::from(b))).map(|[x, y, z]| (x, y, z)) {
                let [a, b, c] = [corner(x, 0.0, 0.0), corner(0.0, y, 0.0), corner(0.0, 0.0, z)];
                faces.push(if x * y * z > 0.0 { [a, b, c] } else { [a, c, b] });
            }
            let obstacle = Obstacle::new(faces.into_iter(), 90.0);
            let outside = p.x.abs() + p.y.abs() + p.z.abs() - 10.0;
            prop_assume!(outside.abs() > 1e-6);
            prop_assert_eq!(obstacle.distance_mm(p) < 0.0, outside < 0.0);
        }

        /// Cubes leave out nothing that is within reach.
        #[test]
        fn sorting_into_cubes_changes_nothing(
            p in point(60.0),
            triangles in prop::collection::vec(prop::array::uniform3(point(50.0)), 20),
        ) {
            let obstacle = Obstacle::new(triangles.iter().copied(), 7.0);
            let nearest = triangles.iter().map(|t| distance_to(p, t)).fold(f64::INFINITY, f64::min);
            let found = obstacle.distance_mm(p).abs();
            prop_assert!((found - nearest).abs() < 2.0 * EDGE_MM || nearest > 7.0 && found > 7.0);
        }
    }
}
