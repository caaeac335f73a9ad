//! Simple patient models: a flat piece of skin and an upright (elliptical) cylinder.

use std::f64::consts::TAU;

use super::TriangleSurface;
use crate::error::DoseError;
use crate::math::Vec3;

const SIZE_RANGE_MM: (f64, f64) = (1.0, 5000.0);
const SPACING_RANGE_MM: (f64, f64) = (0.2, 100.0);

/// Which way a flat piece of skin looks, in patient space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facing {
    /// The back of the patient: outward is +y.
    Posterior,
    /// The front of the patient: outward is -y.
    Anterior,
}

impl TriangleSurface {
    /// A rectangle in the plane y = 0 of patient space, from z = 0 (head end) to -length,
    /// centred on x = 0.
    ///
    /// # Errors
    /// When a size or the spacing is out of range.
    pub fn plane(
        [width_mm, length_mm]: [f64; 2],
        facing: Facing,
        spacing_mm: f64,
    ) -> Result<Self, DoseError> {
        check_size("plane width", width_mm)?;
        check_size("plane length", length_mm)?;
        check_spacing(spacing_mm)?;
        let columns = (width_mm / spacing_mm).ceil() as usize;
        let rows = rows_for(length_mm, spacing_mm);
        let mut vertices = Vec::with_capacity((columns + 1) * (rows + 1));
        for row in 0..=rows {
            for column in 0..=columns {
                let x = width_mm * (column as f64 / columns as f64 - 0.5);
                vertices.push(Vec3::new(x, 0.0, -length_mm * row as f64 / rows as f64));
            }
        }
        let grid = Grid { columns, rows, wraps: false, flipped: facing == Facing::Posterior };
        Self::build(vertices, grid.triangles(), false)
    }

    /// The mantle of an elliptical cylinder about the z axis of patient space, from z = 0 (head
    /// end) to -length; semi-axes along x (lateral) and y (antero-posterior).
    ///
    /// # Errors
    /// When a size or the spacing is out of range.
    pub fn elliptic_cylinder(
        semi_axes_mm: [f64; 2],
        length_mm: f64,
        spacing_mm: f64,
    ) -> Result<Self, DoseError> {
        check_size("lateral semi-axis", semi_axes_mm[0])?;
        check_size("antero-posterior semi-axis", semi_axes_mm[1])?;
        check_size("cylinder length", length_mm)?;
        check_spacing(spacing_mm)?;
        let ring = even_ring(semi_axes_mm, spacing_mm);
        let rows = rows_for(length_mm, spacing_mm);
        let mut vertices = Vec::with_capacity(ring.len() * (rows + 1));
        for row in 0..=rows {
            let z = -length_mm * row as f64 / rows as f64;
            vertices.extend(ring.iter().map(|&[x, y]| Vec3::new(x, y, z)));
        }
        let grid = Grid { columns: ring.len(), rows, wraps: true, flipped: false };
        Self::build(vertices, grid.triangles(), false)
    }
}

fn check_size(quantity: &'static str, value_mm: f64) -> Result<(), DoseError> {
    DoseError::check_range(quantity, value_mm, SIZE_RANGE_MM, "mm").map(|_| ())
}

fn check_spacing(spacing_mm: f64) -> Result<(), DoseError> {
    DoseError::check_range("vertex spacing", spacing_mm, SPACING_RANGE_MM, "mm").map(|_| ())
}

fn rows_for(length_mm: f64, spacing_mm: f64) -> usize {
    ((length_mm / spacing_mm).ceil() as usize).max(1)
}

/// Points on an ellipse, equally far apart along it, anticlockwise seen from +z.
fn even_ring([a, b]: [f64; 2], spacing_mm: f64) -> Vec<[f64; 2]> {
    // Arc length by the trapezoidal rule, which converges exponentially for a periodic smooth
    // function; the fine polyline below only has to be fine enough to interpolate in.
    const STEPS: usize = 4096;
    let speed = |t: f64| (a * t.sin()).hypot(b * t.cos());
    let mut arc = vec![0.0; STEPS + 1];
    for i in 0..STEPS {
        let (t0, t1) = (TAU * i as f64 / STEPS as f64, TAU * (i + 1) as f64 / STEPS as f64);
        arc[i + 1] = arc[i] + (speed(t0) + speed(t1)) / 2.0 * (t1 - t0);
    }
    let count = ((arc[STEPS] / spacing_mm).ceil() as usize).max(8);
    (0..count)
        .map(|i| {
            let target = arc[STEPS] * i as f64 / count as f64;
            let above = arc.partition_point(|&s| s <= target).min(STEPS);
            let part = (target - arc[above - 1]) / (arc[above] - arc[above - 1]);
            let t = TAU * ((above - 1) as f64 + part) / STEPS as f64;
            [a * t.cos(), b * t.sin()]
        })
        .collect()
}

/// Rows of vertices, each row joined to the next by two triangles a cell.
struct Grid {
    columns: usize,
    rows: usize,
    /// Does the last column join the first?
    wraps: bool,
    flipped: bool,
}

impl Grid {
    /// With rows running to -z, outward is (-z) x (the way from column to column): away from the
    /// axis for rings anticlockwise about z, -y for rows along +x.
    fn triangles(&self) -> Vec<[u32; 3]> {
        let stride = if self.wraps { self.columns } else { self.columns + 1 };
        let mut triangles = Vec::with_capacity(2 * self.columns * self.rows);
        for row in 0..self.rows {
            for column in 0..self.columns {
                let next = (column + 1) % stride;
                let corner = |r: usize, c: usize| (r * stride + c) as u32;
                let (a, b) = (corner(row, column), corner(row, next));
                let (c, d) = (corner(row + 1, column), corner(row + 1, next));
                // Alternate the diagonal: no direction of the mesh is preferred.
                let pair = if (row + column) % 2 == 0 {
                    [[a, c, d], [a, d, b]]
                } else {
                    [[a, c, b], [b, c, d]]
                };
                triangles
                    .extend(pair.map(|[i, j, k]| if self.flipped { [i, k, j] } else { [i, j, k] }));
            }
        }
        triangles
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn plane_looks_the_way_it_is_told() {
        for (facing, sign) in [(Facing::Posterior, 1.0), (Facing::Anterior, -1.0)] {
            let plane = TriangleSurface::plane([40.0, 100.0], facing, 5.0).unwrap();
            assert!(plane.normals().iter().all(|n| (n.y - sign).abs() < 1e-12));
            assert!((plane.areas_mm2().iter().sum::<f64>() - 4000.0).abs() < 1e-9);
        }
    }

    #[test]
    fn cylinder_normals_point_away_from_the_axis_and_along_the_gradient() {
        let [a, b] = [200.0, 100.0];
        let cylinder = TriangleSurface::elliptic_cylinder([a, b], 50.0, 2.0).unwrap();
        for (p, n) in cylinder.vertices_mm().iter().zip(cylinder.normals()) {
            let gradient = Vec3::new(p.x / (a * a), p.y / (b * b), 0.0).normalized();
            // A chord of 2 mm turns by at most 2 mm / (b^2/a = 50 mm) = 2.3 deg: cos > 0.999.
            assert!(n.dot(gradient) > 0.999, "{p:?} {n:?} {gradient:?}");
        }
    }

    #[test]
    fn cylinder_area_is_perimeter_times_length() {
        // Ramanujan's second formula for the perimeter of an ellipse, good to 1e-7 here.
        let (a, b): (f64, f64) = (200.0, 100.0);
        let h = ((a - b) / (a + b)).powi(2);
        let perimeter =
            std::f64::consts::PI * (a + b) * (1.0 + 3.0 * h / (10.0 + (4.0 - 3.0 * h).sqrt()));
        let cylinder = TriangleSurface::elliptic_cylinder([a, b], 100.0, 2.0).unwrap();
        let area: f64 = cylinder.areas_mm2().iter().sum();
        // Chords are shorter than arcs by (spacing / radius)^2 / 24 < 1e-4.
        assert!((area / (perimeter * 100.0) - 1.0).abs() < 1e-4);
        assert!(!cylinder.may_shadow_itself());
    }
}
