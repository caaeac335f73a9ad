//! Measuring a closed surface as the anthropometrist does: sections, breadth, depth, tape, volume.

use crate::math::Vec3;

/// A plane with two axes in it, in which a section is drawn.
#[derive(Debug, Clone, Copy)]
pub struct CuttingPlane {
    point_mm: Vec3,
    normal: Vec3,
    across: Vec3,
    along: Vec3,
}

impl CuttingPlane {
    /// The horizontal plane at a height; sections have patient x and y as their axes.
    #[must_use]
    pub const fn horizontal(z_mm: f64) -> Self {
        Self {
            point_mm: Vec3::new(0.0, 0.0, z_mm),
            normal: Vec3::new(0.0, 0.0, 1.0),
            across: Vec3::new(1.0, 0.0, 0.0),
            along: Vec3::new(0.0, 1.0, 0.0),
        }
    }

    /// The plane through the point `fraction` of the way from one joint to the next, across the
    /// line between them. The joints must not coincide.
    #[must_use]
    pub fn across_bone(from_mm: Vec3, to_mm: Vec3, fraction: f64) -> Self {
        let normal = (to_mm - from_mm).normalized();
        // Any direction that is not along the bone serves: a tape knows no axes.
        let helper =
            if normal.y.abs() < 0.8 { Vec3::new(0.0, 1.0, 0.0) } else { Vec3::new(1.0, 0.0, 0.0) };
        let across = helper.cross(normal).normalized();
        Self {
            point_mm: from_mm + (to_mm - from_mm) * fraction,
            normal,
            across,
            along: normal.cross(across),
        }
    }

    fn height_mm(&self, v: Vec3) -> f64 {
        (v - self.point_mm).dot(self.normal)
    }

    fn drawn(&self, v: Vec3) -> [f64; 2] {
        let d = v - self.point_mm;
        [d.dot(self.across), d.dot(self.along)]
    }
}

/// Where a plane cuts the edges of some triangles, in the axes of the plane.
#[derive(Debug, Clone, Default)]
pub struct Section {
    points_mm: Vec<[f64; 2]>,
}

impl Section {
    /// Cut the triangles with a plane; none cut gives an empty section, of zero size.
    #[must_use]
    pub fn cut(vertices_mm: &[Vec3], triangles: &[[u32; 3]], plane: &CuttingPlane) -> Self {
        let mut points_mm = Vec::new();
        for triangle in triangles {
            let corners = triangle.map(|i| vertices_mm[i as usize]);
            let heights = corners.map(|v| plane.height_mm(v));
            for (i, j) in [(0, 1), (1, 2), (2, 0)] {
                if (heights[i] < 0.0) != (heights[j] < 0.0) {
                    let t = heights[i] / (heights[i] - heights[j]);
                    points_mm.push(plane.drawn(corners[i] + (corners[j] - corners[i]) * t));
                }
            }
        }
        Self { points_mm }
    }

    /// Smallest and largest coordinate along the first (0) or second (1) axis of the plane, mm.
    #[must_use]
    pub fn extent_mm(&self, axis: usize) -> [f64; 2] {
        let coordinates = self.points_mm.iter().map(|p| p[axis]);
        coordinates
            .map(|c| [c, c])
            .reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])])
            .unwrap_or_default()
    }

    /// Extent along the first axis, mm: breadth in a horizontal section.
    #[must_use]
    pub fn breadth_mm(&self) -> f64 {
        let [low, high] = self.extent_mm(0);
        high - low
    }

    /// Extent along the second axis, mm: depth in a horizontal section.
    #[must_use]
    pub fn depth_mm(&self) -> f64 {
        let [low, high] = self.extent_mm(1);
        high - low
    }

    /// Length of a tape drawn tight around the section, mm: the perimeter of its convex hull.
    #[must_use]
    pub fn girth_mm(&self) -> f64 {
        let hull = convex_hull(&self.points_mm);
        let next = hull.iter().cycle().skip(1);
        hull.iter().zip(next).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
    }
}

/// Corners of the convex hull, counter-clockwise (Andrew's monotone chain).
fn convex_hull(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let mut hull = half_hull(sorted.iter());
    hull.extend(half_hull(sorted.iter().rev()));
    hull
}

/// The corners passed on the right of the way from the first point to the last, which is left out.
fn half_hull<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> Vec<[f64; 2]> {
    let mut chain: Vec<[f64; 2]> = Vec::new();
    for &c in points {
        while let [.., a, b] = chain[..] {
            if (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(c);
    }
    chain.pop();
    chain
}

/// Height of a standing figure, mm: from the lowest point of the soles to the top of the head.
#[must_use]
pub fn stature_mm(vertices_mm: &[Vec3]) -> f64 {
    let heights = vertices_mm.iter().map(|v| [v.z, v.z]);
    let [low, high] = heights.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]).unwrap_or_default();
    high - low
}

#[cfg(test)]
mod tests;
