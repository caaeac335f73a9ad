//! One X-ray beam: a focal spot, three axes and an asymmetric rectangular field.

use crate::error::DoseError;
use crate::math::Vec3;
use crate::spaces::{Space, Transform};

/// Edges of a rectangular field on the plane at unit distance from the focal spot.
///
/// They are tangents: the field at distance d along the central ray spans `d * u_min` to
/// `d * u_max`. The two sides need not be symmetric about the central ray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldLimits {
    /// Edge on the -u side.
    pub u_min: f64,
    /// Edge on the +u side.
    pub u_max: f64,
    /// Edge on the -v side.
    pub v_min: f64,
    /// Edge on the +v side.
    pub v_max: f64,
}

impl FieldLimits {
    /// From the edges in mm at a distance in mm from the focal spot.
    ///
    /// # Errors
    /// When an edge is not finite, or a side has no positive length.
    pub fn at_distance(edges_mm: [f64; 4], distance_mm: f64) -> Result<Self, DoseError> {
        DoseError::check_range("distance of the field", distance_mm, (1.0, 1e5), "mm")?;
        let [u_min, u_max, v_min, v_max] = edges_mm.map(|edge| edge / distance_mm);
        for (quantity, side) in [("field width", u_max - u_min), ("field height", v_max - v_min)] {
            // A tangent of 4 is a full opening of more than 120 degrees: no tube does that.
            DoseError::check_range(quantity, side, (1e-6, 4.0), "mm per mm")?;
        }
        Ok(Self { u_min, u_max, v_min, v_max })
    }

    /// Solid angle of the field, sr (exact for a rectangular pyramid, asymmetric ones included).
    #[must_use]
    pub fn solid_angle_sr(&self) -> f64 {
        let corner = |u: f64, v: f64| (u * v / (1.0 + u * u + v * v).sqrt()).atan();
        corner(self.u_max, self.v_max)
            - corner(self.u_min, self.v_max)
            - corner(self.u_max, self.v_min)
            + corner(self.u_min, self.v_min)
    }
}

/// A beam in the space of the surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beam {
    /// Focal spot, mm.
    pub source_mm: Vec3,
    /// Unit vector along detector rows.
    pub u: Vec3,
    /// Unit vector along detector columns.
    pub v: Vec3,
    /// Unit vector along the central ray, to the detector.
    pub w: Vec3,
    /// The collimated field.
    pub field: FieldLimits,
}

/// A point as the beam sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointInBeam {
    /// Distance from the central plane along u, mm.
    pub u_mm: f64,
    /// Distance from the central plane along v, mm.
    pub v_mm: f64,
    /// Distance from the focal spot along the central ray, mm; negative behind the tube.
    pub depth_mm: f64,
    /// Straight distance from the focal spot, mm.
    pub distance_mm: f64,
}

impl Beam {
    /// From `patient_from_beam` and a field.
    ///
    /// # Errors
    /// When the transform does not start in beam space.
    pub fn new(patient_from_beam: &Transform, field: FieldLimits) -> Result<Self, DoseError> {
        if patient_from_beam.from != Space::Beam {
            return Err(DoseError::SpaceMismatch {
                expected: Space::Beam.name(),
                found: patient_from_beam.from.name(),
            });
        }
        let [u, v, w] = patient_from_beam.rotation.columns;
        Ok(Self { source_mm: patient_from_beam.translation_mm, u, v, w, field })
    }

    /// Coordinates of a point in the beam.
    #[must_use]
    pub fn locate(&self, point_mm: Vec3) -> PointInBeam {
        let ray = point_mm - self.source_mm;
        PointInBeam {
            u_mm: ray.dot(self.u),
            v_mm: ray.dot(self.v),
            depth_mm: ray.dot(self.w),
            distance_mm: ray.norm(),
        }
    }

    /// Central projection of a point to the plane at unit distance, as the field's edges are given;
    /// `None` when it is not in front of the focal spot.
    #[must_use]
    pub fn project(&self, point_mm: Vec3) -> Option<[f64; 2]> {
        let ray = point_mm - self.source_mm;
        let depth_mm = ray.dot(self.w);
        (depth_mm > 0.0).then(|| {
            let per_mm = 1.0 / depth_mm;
            [ray.dot(self.u) * per_mm, ray.dot(self.v) * per_mm]
        })
    }

    /// Distances in mm from the four field edges in the plane through the point perpendicular to
    /// the central ray: positive on the inner side.
    #[must_use]
    pub fn edge_distances_mm(&self, point: &PointInBeam) -> [f64; 4] {
        let FieldLimits { u_min, u_max, v_min, v_max } = self.field;
        let PointInBeam { u_mm, v_mm, depth_mm, .. } = *point;
        [
            u_mm - u_min * depth_mm,
            u_max * depth_mm - u_mm,
            v_mm - v_min * depth_mm,
            v_max * depth_mm - v_mm,
        ]
    }

    /// The distance from the nearest edge: positive inside the field.
    #[must_use]
    pub fn edge_distance_mm(&self, point: &PointInBeam) -> f64 {
        self.edge_distances_mm(point).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// Is the point inside the field, in front of the tube?
    #[must_use]
    pub fn contains(&self, point: &PointInBeam) -> bool {
        point.depth_mm > 0.0 && self.edge_distance_mm(point) >= 0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn beam(edges_mm: [f64; 4]) -> Beam {
        Beam {
            source_mm: Vec3::new(0.0, 0.0, -600.0),
            u: Vec3::new(1.0, 0.0, 0.0),
            v: Vec3::new(0.0, 1.0, 0.0),
            w: Vec3::new(0.0, 0.0, 1.0),
            field: FieldLimits::at_distance(edges_mm, 1000.0).unwrap(),
        }
    }

    #[test]
    fn asymmetric_field_is_where_its_edges_are() {
        let beam = beam([-100.0, 50.0, -20.0, 80.0]);
        let inside = |x, y| beam.contains(&beam.locate(Vec3::new(x, y, 0.0)));
        assert!(inside(-59.9, 47.9) && inside(29.9, -11.9));
        assert!(!inside(-60.1, 0.0) && !inside(30.1, 0.0) && !inside(0.0, -12.1));
        assert!(!beam.contains(&beam.locate(Vec3::new(0.0, 0.0, -700.0))), "behind the tube");
    }

    #[test]
    fn solid_angle_adds_up_over_split_fields() {
        let whole = beam([-100.0, 50.0, -20.0, 80.0]).field.solid_angle_sr();
        let left = beam([-100.0, 10.0, -20.0, 80.0]).field.solid_angle_sr();
        let right = beam([10.0, 50.0, -20.0, 80.0]).field.solid_angle_sr();
        assert!((whole - left - right).abs() < 1e-15);
        // Small fields: area over distance squared.
        let small = beam([-1.0, 1.0, -1.0, 1.0]).field.solid_angle_sr();
        assert!((small / 4e-6 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn fields_without_area_are_refused() {
        assert!(FieldLimits::at_distance([0.0, 0.0, -1.0, 1.0], 1000.0).is_err());
        assert!(FieldLimits::at_distance([0.0, f64::NAN, -1.0, 1.0], 1000.0).is_err());
        assert!(FieldLimits::at_distance([-1.0, 1.0, -1.0, 1.0], 0.0).is_err());
    }
}
