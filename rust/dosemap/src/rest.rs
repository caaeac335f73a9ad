//! Where a patient's origin comes to lie when the surface rests on the support.

use crate::error::DoseError;
use crate::math::Vec3;
use crate::spaces::{PatientPosition, table_from_patient};
use crate::surface::TriangleSurface;

/// Which vertices of a surface tell how it rests; `None` stands for all of them.
///
/// Arms that hang beside the table, lie beside the body or reach above the head must not lift or
/// shift the trunk: a body names its trunk and head here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestingParts {
    /// Of these the lowest touches the support.
    pub contact: Option<Vec<u32>>,
    /// The middle of their extent across the table lies on its centre line.
    pub centred: Option<Vec<u32>>,
    /// They reach to the table's head end when the patient is head-first.
    pub head_end: Option<Vec<u32>>,
    /// They do when the patient is feet-first.
    pub feet_end: Option<Vec<u32>>,
}

/// Where on the table a patient rests, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestingPlace {
    /// Height of the support (the pad) above the table top.
    pub support_height_mm: f64,
    /// From the table's head end to the end of the patient that lies there.
    pub head_gap_mm: f64,
    /// Shift from the table's centre line along +x of table space.
    pub lateral_shift_mm: f64,
}

/// Origin of patient space in table space, mm, for a surface that rests on the support.
///
/// # Errors
/// When a part has no vertex, or names one that the surface does not have.
pub fn origin_at_rest(
    surface: &TriangleSurface,
    position: PatientPosition,
    place: &RestingPlace,
    parts: &RestingParts,
) -> Result<Vec3, DoseError> {
    let turned = table_from_patient(position, Vec3::ZERO);
    let extent = |part: &Option<Vec<u32>>, axis: fn(Vec3) -> f64| {
        extent(surface, part.as_deref(), |vertex| axis(turned.point(vertex)))
    };
    let end = if position.is_feet_first() { &parts.feet_end } else { &parts.head_end };
    let (right, left) = extent(&parts.centred, |point| point.x)?;
    // +y is down, +z the head end of the table.
    let (_, lowest) = extent(&parts.contact, |point| point.y)?;
    let (_, headmost) = extent(end, |point| point.z)?;
    Ok(Vec3::new(
        place.lateral_shift_mm - (right + left) / 2.0,
        -place.support_height_mm - lowest,
        -place.head_gap_mm - headmost,
    ))
}

/// Least and largest coordinate of some vertices, or of all.
fn extent(
    surface: &TriangleSurface,
    part: Option<&[u32]>,
    coordinate: impl Fn(Vec3) -> f64,
) -> Result<(f64, f64), DoseError> {
    let vertices = surface.vertices_mm();
    let widened = |(low, high): (f64, f64), vertex: Vec3| {
        let value = coordinate(vertex);
        (low.min(value), high.max(value))
    };
    let nothing = (f64::INFINITY, f64::NEG_INFINITY);
    match part {
        None => Ok(vertices.iter().copied().fold(nothing, widened)),
        Some([]) => Err(DoseError::Surface("a part that it rests on has no vertex".into())),
        Some(part) => part.iter().try_fold(nothing, |so_far, &i| {
            let vertex = vertices.get(i as usize).copied().ok_or_else(|| {
                let message =
                    format!("a part that it rests on has vertex {i} of {}", vertices.len());
                DoseError::Surface(message)
            })?;
            Ok(widened(so_far, vertex))
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PLACE: RestingPlace =
        RestingPlace { support_height_mm: 40.0, head_gap_mm: 50.0, lateral_shift_mm: 0.0 };

    fn position(term: &str) -> PatientPosition {
        PatientPosition::from_term(term).unwrap()
    }

    /// Least and largest x, y and z in table space of some vertices of a surface at rest.
    fn box_on_table(
        surface: &TriangleSurface,
        term: &str,
        origin: Vec3,
        part: std::ops::Range<usize>,
    ) -> [(f64, f64); 3] {
        let lying = table_from_patient(position(term), origin);
        let points: Vec<[f64; 3]> =
            surface.vertices_mm()[part].iter().map(|&p| lying.point(p).to_array()).collect();
        [0, 1, 2].map(|axis| {
            points
                .iter()
                .map(|point| point[axis])
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
        })
    }

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
            ("STANDING_BACK", 100.0),
            ("SITTING_LEFT", 200.0),
        ] {
            let origin =
                origin_at_rest(&body, position(term), &PLACE, &RestingParts::default()).unwrap();
            let [_, (_, lowest), (_, headmost)] = box_on_table(&body, term, origin, 0..body.len());
            assert!((lowest + 40.0).abs() < 1e-9, "{term}");
            assert!((headmost + 50.0).abs() < 1e-9, "{term}");
            // The axis of the body lies half its height above the pad.
            // Vertices 10 mm apart on a ring of 100 mm and more miss its lowest point by 0.2 mm.
            assert!((origin.y + 40.0 + half_height_mm).abs() < 0.3, "{term}");
        }
    }

    #[test]
    fn a_shift_across_the_table_is_one_of_the_table_whatever_the_position() {
        let body = TriangleSurface::elliptic_cylinder([200.0, 100.0], 1700.0, 10.0).unwrap();
        let shifted = RestingPlace { lateral_shift_mm: 35.0, ..PLACE };
        for term in ["HFS", "HFP", "FFS", "HFDR", "STANDING_FRONT"] {
            let parts = RestingParts::default();
            let origin = origin_at_rest(&body, position(term), &shifted, &parts).unwrap();
            let [(right, left), _, _] = box_on_table(&body, term, origin, 0..body.len());
            assert!(((right + left) / 2.0 - 35.0).abs() < 1e-9, "{term}");
        }
    }

    /// A trunk of 300 x 200 x 600 mm as four corners, and a hand on the left that reaches 250 mm
    /// beyond the head end and hangs 80 mm below the back.
    fn trunk_with_hand() -> TriangleSurface {
        let corners = [
            [-150.0, -100.0, 0.0],
            [150.0, -100.0, -600.0],
            [-150.0, 100.0, -600.0],
            [150.0, 100.0, 0.0],
            [400.0, 180.0, 250.0],
        ];
        let triangles = vec![[0, 1, 2], [0, 3, 1], [1, 3, 4]];
        TriangleSurface::new(corners.map(Vec3::from).to_vec(), triangles).unwrap()
    }

    fn trunk() -> RestingParts {
        let trunk = Some(vec![0, 1, 2, 3]);
        RestingParts {
            contact: trunk.clone(),
            centred: trunk.clone(),
            head_end: trunk.clone(),
            feet_end: trunk,
        }
    }

    #[test]
    fn a_hand_neither_lifts_nor_shifts_the_trunk() {
        let body = trunk_with_hand();
        for (term, across_mm) in [("HFS", 300.0), ("FFP", 300.0), ("HFDL", 200.0), ("FFDR", 200.0)]
        {
            let origin = origin_at_rest(&body, position(term), &PLACE, &trunk()).unwrap();
            let [(right, left), (_, lowest), (_, headmost)] =
                box_on_table(&body, term, origin, 0..4);
            assert!((right + left).abs() < 1e-9, "{term}");
            assert!((left - right - across_mm).abs() < 1e-9, "{term}");
            assert!((lowest + 40.0).abs() < 1e-9, "{term}");
            assert!((headmost + 50.0).abs() < 1e-9, "{term}");
        }
        // Without the parts the hand does both: 80 mm up, 125 mm to the side, 250 mm to the feet.
        let all = origin_at_rest(&body, position("HFS"), &PLACE, &RestingParts::default()).unwrap();
        let of_trunk = origin_at_rest(&body, position("HFS"), &PLACE, &trunk()).unwrap();
        assert!((all - of_trunk - Vec3::new(-125.0, -80.0, -250.0)).norm() < 1e-9);
    }

    #[test]
    fn only_the_end_that_lies_at_the_head_end_counts() {
        let body = trunk_with_hand();
        let parts = RestingParts { head_end: Some(vec![1]), ..trunk() };
        let origin = |term| origin_at_rest(&body, position(term), &PLACE, &parts).unwrap();
        // Head-first vertex 1 lies at the gap, 600 mm headwards of where the trunk would begin.
        assert!((origin("HFS").z - (-50.0 + 600.0)).abs() < 1e-9);
        assert!((origin("FFS").z - (-50.0 - 600.0)).abs() < 1e-9);
    }

    #[test]
    fn parts_that_the_surface_does_not_have_are_refused() {
        let body = trunk_with_hand();
        for part in [vec![], vec![0, 5]] {
            let parts = RestingParts { contact: Some(part), ..RestingParts::default() };
            assert!(origin_at_rest(&body, position("HFS"), &PLACE, &parts).is_err());
        }
    }
}
