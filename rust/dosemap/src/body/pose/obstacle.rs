//! Triangles that a moving limb must not come near, sorted into cubes.

use crate::math::Vec3;

/// Distances that differ by less than this are the same, mm.
const EDGE_MM: f64 = 1e-9;

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

/// Triangles at rest, each in the cube that holds its centre.
pub(super) struct Obstacle {
    triangles: Vec<Fixed>,
    grid: Grid,
    reach_mm: f64,
    largest_radius_mm: f64,
}

impl Obstacle {
    /// Triangles that things up to `reach_mm` away will be tested against.
    pub(super) fn new(triangles: impl Iterator<Item = [Vec3; 3]>, reach_mm: f64) -> Self {
        let triangles: Vec<Fixed> = triangles.map(Fixed::new).collect();
        let largest_radius_mm = triangles.iter().map(|fixed| fixed.radius_mm).fold(0.0, f64::max);
        let centres = triangles.iter().map(|fixed| fixed.centre);
        let grid = Grid::new(&centres.collect::<Vec<_>>(), largest_radius_mm);
        Self { triangles, grid, reach_mm, largest_radius_mm }
    }

    /// Distance from a point to the nearest triangle, negative behind it; exact below the reach,
    /// infinite where nothing is near.
    pub(super) fn distance_mm(&self, point: Vec3) -> f64 {
        let (mut nearest, mut height) = (f64::INFINITY, f64::INFINITY);
        let cell = self.grid.cell(point);
        for shell in 0.. {
            // Centres from this shell on are at least so far away.
            let at_least_mm = f64::from(shell - 1) * self.grid.cell_mm - self.largest_radius_mm;
            if at_least_mm > nearest.min(self.reach_mm) + EDGE_MM {
                break;
            }
            self.grid.for_each_in_shell(cell, shell, |number| {
                let triangle = &self.triangles[number as usize];
                if (point - triangle.centre).norm() - triangle.radius_mm > nearest + EDGE_MM {
                    return;
                }
                let distance = distance_to(point, &triangle.corners);
                let above = height_above(point, &triangle.corners);
                if distance < nearest - EDGE_MM {
                    (nearest, height) = (distance, above);
                } else if distance < nearest + EDGE_MM {
                    // Nearest to an edge or a corner: the faces around it decide together
                    // (Baerentzen and Aanaes, IEEE Trans. Vis. Comput. Graph. 11 (2005) 243).
                    height += above;
                }
            });
        }
        nearest.copysign(height)
    }
}

/// Points sorted into cubes.
struct Grid {
    cell_mm: f64,
    low: Vec3,
    counts: [i32; 3],
    /// Where the points of each cube begin in `points`; x runs fastest.
    starts: Vec<usize>,
    points: Vec<u32>,
}

/// Cubes along the longest edge of the grid, at most: smaller ones would be empty.
const MOST_CELLS: f64 = 150.0;

impl Grid {
    fn new(points: &[Vec3], cell_mm: f64) -> Self {
        let ends = |pick: fn(f64, f64) -> f64, start: f64| {
            let along = |axis: usize| points.iter().map(|p| p[axis]).fold(start, pick);
            Vec3::new(along(0), along(1), along(2))
        };
        let (low, high) = (ends(f64::min, f64::INFINITY), ends(f64::max, f64::NEG_INFINITY));
        let longest = (high - low).to_array().into_iter().fold(0.0, f64::max);
        let cell_mm = cell_mm.max(longest / MOST_CELLS).max(EDGE_MM);
        let mut grid =
            Self { cell_mm, low, counts: [0; 3], starts: Vec::new(), points: Vec::new() };
        if points.is_empty() {
            return grid;
        }
        grid.counts = grid.cell(high).map(|last| last + 1);
        let cells: Vec<usize> = points.iter().map(|&p| grid.number(grid.cell(p))).collect();
        grid.starts = vec![0; grid.counts.iter().product::<i32>() as usize + 1];
        for &cell in &cells {
            grid.starts[cell + 1] += 1;
        }
        for cell in 1..grid.starts.len() {
            grid.starts[cell] += grid.starts[cell - 1];
        }
        grid.points = vec![0; points.len()];
        let mut next = grid.starts.clone();
        for (number, &cell) in (0_u32..).zip(&cells) {
            grid.points[next[cell]] = number;
            next[cell] += 1;
        }
        grid
    }

    fn cell(&self, point: Vec3) -> [i32; 3] {
        (point - self.low).to_array().map(|x| (x / self.cell_mm).floor() as i32)
    }

    fn number(&self, [x, y, z]: [i32; 3]) -> usize {
        ((z * self.counts[1] + y) * self.counts[0] + x) as usize
    }

    /// Visit the points in the cubes that are `shell` cubes away from one along some axis, and no
    /// farther along the others.
    fn for_each_in_shell(&self, [x, y, z]: [i32; 3], shell: i32, mut visit: impl FnMut(u32)) {
        let within = |middle: i32, axis: usize| {
            (middle - shell).max(0)..=(middle + shell).min(self.counts[axis] - 1)
        };
        for k in within(z, 2) {
            for j in within(y, 1) {
                let on_face = (k - z).abs() == shell || (j - y).abs() == shell;
                let step = if on_face { 1 } else { (2 * shell).max(1) };
                for i in (x - shell..=x + shell).step_by(step as usize) {
                    if (0..self.counts[0]).contains(&i) {
                        let cell = self.number([i, j, k]);
                        self.points[self.starts[cell]..self.starts[cell + 1]]
                            .iter()
                            .for_each(|&point| visit(point));
                    }
                }
            }
        }
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
