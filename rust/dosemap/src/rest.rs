//! Where a patient's origin comes to lie when the surface rests on the support.

use crate::math::Vec3;
use crate::spaces::{PatientPosition, table_from_patient};
use crate::surface::TriangleSurface;

/// Origin of patient space in table space, mm, for a surface that touches the support with its
/// lowest point, lies centred across the table, and begins `gap_mm` below the table's head end.
///
/// `support_height_mm` is the height of the support (the pad) above the table top.
#[must_use]
pub fn origin_at_rest(
    surface: &TriangleSurface,
    position: PatientPosition,
    support_height_mm: f64,
    gap_mm: f64,
) -> Vec3 {
    let lying = table_from_patient(position, Vec3::ZERO);
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for &vertex in surface.vertices_mm() {
        let point = lying.point(vertex);
        for axis in 0..3 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    // +y is down, +z the head end of the table.
    Vec3::new(-(low[0] + high[0]) / 2.0, -support_height_mm - high[1], -gap_mm - high[2])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_position_touches_the_pad_and_begins_at_the_head_end() {
        let body = TriangleSurface::elliptic_cylinder([200.0, 100.0], 1700.0, 10.0).unwrap();
        for (term, half_height_mm) in [
            ("HFS", 100.0),
            ("HFP", 100.0),
            ("FFS", 100.0),
            ("FFP", 100.0),
            ("HFDL", 200.0),
            ("HFDR", 200.0),
            ("FFDL", 200.0),
            ("FFDR", 200.0),
        ] {
            let position = PatientPosition::from_term(term).unwrap();
            let origin = origin_at_rest(&body, position, 40.0, 50.0);
            let lying = table_from_patient(position, origin);
            let points: Vec<Vec3> = body.vertices_mm().iter().map(|&p| lying.point(p)).collect();
            let lowest = points.iter().map(|p| p.y).fold(f64::MIN, f64::max);
            let headmost = points.iter().map(|p| p.z).fold(f64::MIN, f64::max);
            assert!((lowest + 40.0).abs() < 1e-9, "{term}");
            assert!((headmost + 50.0).abs() < 1e-9, "{term}");
            // The axis of the body lies half its height above the pad.
            // Vertices 10 mm apart on a ring of 100 mm and more miss its lowest point by 0.2 mm.
            assert!((origin.y + 40.0 + half_height_mm).abs() < 0.3, "{term}");
        }
    }
}
