//! The spaces of docs/methods.md section 3 and every transform between them; nothing else rotates.
//!
//! A [`Transform`] knows both its spaces: `patient_from_table` takes a point in table space to
//! patient space, and composing transforms whose spaces do not meet is an error. Angles are in
//! degrees at this interface and nowhere in radians outside this file.

use crate::error::DoseError;
use crate::math::{Mat3, Vec3};

/// A coordinate system; see docs/methods.md section 3 for origins and axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Space {
    /// +x to the patient's left, +y posterior, +z to the head.
    Patient,
    /// Fixed to the table top: +x left of a head-first supine patient, +y down, +z table head end.
    Table,
    /// DICOM isocentre system, fixed in the room.
    Isocenter,
    /// Origin at the focal spot, +w along the central ray to the detector.
    Beam,
}

impl Space {
    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Table => "table",
            Self::Isocenter => "isocenter",
            Self::Beam => "beam",
        }
    }
}

/// A rigid motion from one space to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The space of the result.
    pub to: Space,
    /// The space of the argument.
    pub from: Space,
    /// Images of the axes of `from`.
    pub rotation: Mat3,
    /// Image of the origin of `from`, mm.
    pub translation_mm: Vec3,
}

impl Transform {
    /// `self` after `first`: `patient_from_table.after(table_from_isocenter)`.
    ///
    /// # Errors
    /// When `first` does not end in the space where `self` starts.
    pub fn after(&self, first: &Self) -> Result<Self, DoseError> {
        if self.from != first.to {
            return Err(DoseError::SpaceMismatch {
                expected: self.from.name(),
                found: first.to.name(),
            });
        }
        Ok(Self {
            to: self.to,
            from: first.from,
            rotation: self.rotation * first.rotation,
            translation_mm: self.point(first.translation_mm),
        })
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let rotation = self.rotation.transposed();
        Self {
            to: self.from,
            from: self.to,
            rotation,
            translation_mm: -(rotation * self.translation_mm),
        }
    }

    /// Image of a point, mm.
    #[must_use]
    pub fn point(&self, point_mm: Vec3) -> Vec3 {
        self.rotation * point_mm + self.translation_mm
    }

    /// Image of a direction.
    #[must_use]
    pub fn direction(&self, direction: Vec3) -> Vec3 {
        self.rotation * direction
    }
}

/// How the patient lies on the table, stands or sits at it.
///
/// Lying: DICOM Patient Position (0018,5100). Upright, for which DICOM has no term: the side of
/// the body that is against the table top, the head towards the table's head end
/// (docs/decisions, upright postures).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PatientPosition {
    stance: Stance,
    feet_first: bool,
    against_table: Against,
}

/// How a body is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stance {
    /// Gravity holds head and limbs to the table.
    Lying,
    /// Upright, legs straight.
    Standing,
    /// Upright, hips and knees bent.
    Sitting,
}

/// The side of the body that is against the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Against {
    /// Supine, or standing or sitting with the back to the table.
    Back,
    /// Prone, or facing the table.
    Front,
    /// Left decubitus, or the left side to the table.
    LeftSide,
    /// Right decubitus, or the right side to the table.
    RightSide,
}

/// Every term, what it says of the body, and whether the feet point to the table's head end.
const POSITIONS: [(&str, Stance, bool, Against); 16] = [
    ("HFS", Stance::Lying, false, Against::Back),
    ("HFP", Stance::Lying, false, Against::Front),
    ("HFDL", Stance::Lying, false, Against::LeftSide),
    ("HFDR", Stance::Lying, false, Against::RightSide),
    ("FFS", Stance::Lying, true, Against::Back),
    ("FFP", Stance::Lying, true, Against::Front),
    ("FFDL", Stance::Lying, true, Against::LeftSide),
    ("FFDR", Stance::Lying, true, Against::RightSide),
    ("STANDING_BACK", Stance::Standing, false, Against::Back),
    ("STANDING_FRONT", Stance::Standing, false, Against::Front),
    ("STANDING_LEFT", Stance::Standing, false, Against::LeftSide),
    ("STANDING_RIGHT", Stance::Standing, false, Against::RightSide),
    ("SITTING_BACK", Stance::Sitting, false, Against::Back),
    ("SITTING_FRONT", Stance::Sitting, false, Against::Front),
    ("SITTING_LEFT", Stance::Sitting, false, Against::LeftSide),
    ("SITTING_RIGHT", Stance::Sitting, false, Against::RightSide),
];

impl PatientPosition {
    /// From a term, for example `"HFS"` or `"STANDING_BACK"`.
    ///
    /// # Errors
    /// When the term is none of the sixteen.
    pub fn from_term(term: &str) -> Result<Self, DoseError> {
        let found = POSITIONS.iter().find(|(name, ..)| *name == term);
        found
            .map(|&(_, stance, feet_first, against_table)| Self {
                stance,
                feet_first,
                against_table,
            })
            .ok_or_else(|| DoseError::UnknownName {
                kind: "patient position",
                name: term.to_owned(),
                known: POSITIONS.map(|(name, ..)| name).join(", "),
            })
    }

    /// How the body is held.
    #[must_use]
    pub const fn stance(self) -> Stance {
        self.stance
    }

    /// The side that is against the table.
    #[must_use]
    pub const fn against_table(self) -> Against {
        self.against_table
    }

    /// Do the feet point to the table's head end?
    #[must_use]
    pub const fn is_feet_first(self) -> bool {
        self.feet_first
    }

    /// Images of the patient's axes (left, posterior, head) in table space.
    fn axes_on_table(self) -> Mat3 {
        let into_table = Vec3::new(0.0, 1.0, 0.0);
        let head_end = Vec3::new(0.0, 0.0, 1.0);
        let head = if self.feet_first { -head_end } else { head_end };
        // The patient's left for each side that is against the table; left x posterior = head.
        let left = match self.against_table {
            Against::Back => into_table.cross(head),
            Against::Front => head.cross(into_table),
            Against::LeftSide => into_table,
            Against::RightSide => -into_table,
        };
        Mat3::from_columns(left, head.cross(left), head)
    }
}

/// `table_from_patient` for a patient whose origin stands at a point of table space.
#[must_use]
pub fn table_from_patient(
    position: PatientPosition,
    patient_origin_in_table_mm: Vec3,
) -> Transform {
    Transform {
        to: Space::Table,
        from: Space::Patient,
        rotation: position.axes_on_table(),
        translation_mm: patient_origin_in_table_mm,
    }
}

/// Where the table stands in the room, in the terms of DICOM PS3.3 C.8.19.6.13.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TablePose {
    /// Table origin (top surface, centre line, head end) in isocentre space, mm.
    pub origin_in_isocenter_mm: Vec3,
    /// Angle of the table's head direction from +z to +x, degrees: clockwise from above.
    pub horizontal_rotation_deg: f64,
    /// Head up positive, degrees.
    pub head_tilt_deg: f64,
    /// Left side up positive, degrees.
    pub cradle_tilt_deg: f64,
}

/// `isocenter_from_table`: PS3.17 Z.3, (R3 R2 R1)^T: horizontal rotation about the vertical,
/// then head tilt about the rotated lateral axis, then cradle tilt about the table's long axis.
#[must_use]
pub fn isocenter_from_table(pose: &TablePose) -> Transform {
    let (sin1, cos1) = pose.horizontal_rotation_deg.to_radians().sin_cos();
    let (sin2, cos2) = pose.head_tilt_deg.to_radians().sin_cos();
    let (sin3, cos3) = pose.cradle_tilt_deg.to_radians().sin_cos();
    let head = Vec3::new(sin1 * cos2, -sin2, cos1 * cos2);
    let left_uncradled = Vec3::new(cos1, 0.0, -sin1);
    let down_uncradled = head.cross(left_uncradled);
    let left = left_uncradled * cos3 - down_uncradled * sin3;
    let down = left_uncradled * sin3 + down_uncradled * cos3;
    Transform {
        to: Space::Isocenter,
        from: Space::Table,
        rotation: Mat3::from_columns(left, down, head),
        translation_mm: pose.origin_in_isocenter_mm,
    }
}

/// The C-arm of one frame: DICOM positioner angles (where the *detector* is) and one distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionerPose {
    /// The space the angles refer to: [`Space::Patient`] or [`Space::Isocenter`].
    pub angle_space: Space,
    /// Primary angle, degrees; +90 puts the detector at the patient's left.
    pub primary_angle_deg: f64,
    /// Secondary angle, degrees; + puts the detector towards the head.
    pub secondary_angle_deg: f64,
    /// Rotation of detector and collimator about the central ray, degrees; + takes +u to +v.
    pub detector_rotation_deg: f64,
    /// Focal spot to isocentre, mm.
    pub source_to_isocenter_mm: f64,
}

/// Images of the beam's axes (u, v, w) in the space of the angles.
///
/// w points from the focal spot to the detector: (sin a cos b, -cos a cos b, sin b). u is the
/// direction in which w moves when the primary angle grows (patient left at 0/0), v that of the
/// secondary angle (cranial at 0/0); u, v, w are right-handed.
#[must_use]
pub fn beam_axes(pose: &PositionerPose) -> Mat3 {
    let (sin_a, cos_a) = pose.primary_angle_deg.to_radians().sin_cos();
    let (sin_b, cos_b) = pose.secondary_angle_deg.to_radians().sin_cos();
    let (sin_r, cos_r) = pose.detector_rotation_deg.to_radians().sin_cos();
    let w = Vec3::new(sin_a * cos_b, -cos_a * cos_b, sin_b);
    let u = Vec3::new(cos_a, sin_a, 0.0);
    let v = w.cross(u);
    Mat3::from_columns(u * cos_r + v * sin_r, v * cos_r - u * sin_r, w)
}

/// `patient_from_beam` of one frame.
///
/// # Errors
/// When `patient_from_isocenter` is not what its name says, or the angles refer to neither the
/// patient nor the isocentre system.
pub fn patient_from_beam(
    pose: &PositionerPose,
    patient_from_isocenter: &Transform,
) -> Result<Transform, DoseError> {
    let axes = beam_axes(pose);
    let rotation = match pose.angle_space {
        Space::Isocenter => axes,
        Space::Patient => patient_from_isocenter.rotation.transposed() * axes,
        other => {
            return Err(DoseError::SpaceMismatch { expected: "isocenter", found: other.name() });
        }
    };
    let isocenter_from_beam = Transform {
        to: Space::Isocenter,
        from: Space::Beam,
        rotation,
        translation_mm: rotation.columns[2] * -pose.source_to_isocenter_mm,
    };
    let patient_from_beam = patient_from_isocenter.after(&isocenter_from_beam)?;
    if patient_from_beam.to == Space::Patient {
        Ok(patient_from_beam)
    } else {
        Err(DoseError::SpaceMismatch { expected: "patient", found: patient_from_beam.to.name() })
    }
}

/// `table_from_beam` of one frame: where the focal spot and the central ray are on the table.
///
/// It does not depend on where on the table the patient lies, only on how.
///
/// # Errors
/// When the angles refer to neither the patient nor the isocentre system.
pub fn table_from_beam(
    positioner: &PositionerPose,
    table: &TablePose,
    position: PatientPosition,
) -> Result<Transform, DoseError> {
    let table_from_patient = table_from_patient(position, Vec3::ZERO);
    let table_from_isocenter = isocenter_from_table(table).inverse();
    let patient_from_isocenter = table_from_patient.inverse().after(&table_from_isocenter)?;
    table_from_patient.after(&patient_from_beam(positioner, &patient_from_isocenter)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn close(a: Vec3, b: Vec3) -> bool {
        (a - b).norm() < 1e-9
    }

    fn pose(primary: f64, secondary: f64) -> PositionerPose {
        PositionerPose {
            angle_space: Space::Isocenter,
            primary_angle_deg: primary,
            secondary_angle_deg: secondary,
            detector_rotation_deg: 0.0,
            source_to_isocenter_mm: 785.0,
        }
    }

    #[test]
    fn detector_stands_where_dicom_says() {
        // PS3.3 C.8.7.5: 0/0 in front of the patient, +90 at the left, secondary + cranial.
        assert!(close(beam_axes(&pose(0.0, 0.0)).columns[2], Vec3::new(0.0, -1.0, 0.0)));
        assert!(close(beam_axes(&pose(90.0, 0.0)).columns[2], Vec3::new(1.0, 0.0, 0.0)));
        assert!(close(beam_axes(&pose(0.0, 90.0)).columns[2], Vec3::new(0.0, 0.0, 1.0)));
        assert!(close(beam_axes(&pose(180.0, 0.0)).columns[2], Vec3::new(0.0, 1.0, 0.0)));
    }

    #[test]
    fn field_axes_point_left_and_cranial_at_zero_angles() {
        let axes = beam_axes(&pose(0.0, 0.0));
        assert!(close(axes.columns[0], Vec3::new(1.0, 0.0, 0.0)));
        assert!(close(axes.columns[1], Vec3::new(0.0, 0.0, 1.0)));
    }

    #[test]
    fn table_angles_move_the_table_as_dicom_says() {
        let turned = |horizontal, head, cradle| {
            isocenter_from_table(&TablePose {
                horizontal_rotation_deg: horizontal,
                head_tilt_deg: head,
                cradle_tilt_deg: cradle,
                ..TablePose::default()
            })
            .rotation
        };
        // Horizontal: +z turns towards +x. Head up: the head end rises (-y). Cradle: left rises.
        assert!(close(turned(90.0, 0.0, 0.0).columns[2], Vec3::new(1.0, 0.0, 0.0)));
        assert!(turned(0.0, 10.0, 0.0).columns[2].y < 0.0);
        assert!(turned(0.0, 0.0, 10.0).columns[0].y < 0.0);
    }

    #[test]
    fn lying_positions_put_the_right_side_down() {
        let down_side = |term: &str| {
            let position = PatientPosition::from_term(term).unwrap();
            table_from_patient(position, Vec3::ZERO).inverse().direction(Vec3::new(0.0, 1.0, 0.0))
        };
        let (left, back) = (Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 1.0, 0.0));
        for first in ["HF", "FF"] {
            assert!(close(down_side(&format!("{first}S")), back));
            assert!(close(down_side(&format!("{first}P")), -back));
            assert!(close(down_side(&format!("{first}DL")), left));
            assert!(close(down_side(&format!("{first}DR")), -left));
        }
        assert!(PatientPosition::from_term("supine").is_err());
    }

    #[test]
    fn upright_patients_hold_their_heads_up_and_the_named_side_to_the_table() {
        let upright_table = TablePose { head_tilt_deg: 90.0, ..TablePose::default() };
        let isocenter_from_table = isocenter_from_table(&upright_table);
        // Head end up, the table top looks to -z in the room: into it is +z.
        let (left, back, head) =
            (Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 1.0, 0.0), Vec3::new(0.0, 0.0, 1.0));
        for posture in ["STANDING", "SITTING"] {
            for (side, outward) in
                [("BACK", back), ("FRONT", -back), ("LEFT", left), ("RIGHT", -left)]
            {
                let position = PatientPosition::from_term(&format!("{posture}_{side}")).unwrap();
                let in_table = table_from_patient(position, Vec3::ZERO);
                assert!(close(in_table.direction(outward), Vec3::new(0.0, 1.0, 0.0)));
                let in_room = isocenter_from_table.after(&in_table).unwrap();
                assert!(close(in_room.direction(head), Vec3::new(0.0, -1.0, 0.0)));
                assert!(close(in_room.direction(outward), Vec3::new(0.0, 0.0, 1.0)));
            }
        }
    }

    #[test]
    fn every_position_is_a_proper_rotation() {
        for (term, ..) in POSITIONS {
            let position = PatientPosition::from_term(term).unwrap();
            let rotation = table_from_patient(position, Vec3::ZERO).rotation;
            assert!((rotation.determinant() - 1.0).abs() < 1e-12, "{term}");
        }
    }

    #[test]
    fn prone_patient_with_tube_under_the_table_reads_180() {
        // Siemens reports patient-based angles: HFP phantoms with the tube below read -179.9.
        let lying = table_from_patient(PatientPosition::from_term("HFP").unwrap(), Vec3::ZERO);
        let patient_from_isocenter =
            lying.inverse().after(&isocenter_from_table(&TablePose::default()).inverse()).unwrap();
        let by_patient = PositionerPose { angle_space: Space::Patient, ..pose(180.0, 0.0) };
        let by_room = pose(0.0, 0.0);
        let a = patient_from_beam(&by_patient, &patient_from_isocenter).unwrap();
        let b = patient_from_beam(&by_room, &patient_from_isocenter).unwrap();
        assert!(close(a.translation_mm, b.translation_mm));
        assert!(close(a.translation_mm, Vec3::new(0.0, -785.0, 0.0)));
    }

    #[test]
    fn mismatched_spaces_are_refused() {
        let table = isocenter_from_table(&TablePose::default());
        assert!(table.after(&table).is_err());
        assert!(patient_from_beam(&pose(0.0, 0.0), &table).is_err());
        let by_beam = PositionerPose { angle_space: Space::Beam, ..pose(0.0, 0.0) };
        let lying =
            table_from_patient(PatientPosition::from_term("HFS").unwrap(), Vec3::ZERO).inverse();
        let patient_from_isocenter = lying.after(&table.inverse()).unwrap();
        assert!(patient_from_beam(&by_beam, &patient_from_isocenter).is_err());
    }

    proptest! {
        #[test]
        fn every_rotation_is_proper(
            a in -180.0..180.0, b in -90.0..90.0, r in -180.0..180.0, t in -45.0..45.0,
        ) {
            let beam = beam_axes(&PositionerPose { detector_rotation_deg: r, ..pose(a, b) });
            prop_assert!((beam.determinant() - 1.0).abs() < 1e-12);
            let table = isocenter_from_table(&TablePose {
                origin_in_isocenter_mm: Vec3::new(a, b, r),
                horizontal_rotation_deg: r,
                head_tilt_deg: t,
                cradle_tilt_deg: -t,
            });
            prop_assert!((table.rotation.determinant() - 1.0).abs() < 1e-12);
            let there_and_back = table.inverse().after(&table).unwrap();
            prop_assert!(close(there_and_back.point(Vec3::new(1.0, 2.0, 3.0)), Vec3::new(1.0, 2.0, 3.0)));
        }

        #[test]
        fn angles_relative_to_patient_ignore_the_table(a in -180.0..180.0, b in -80.0..80.0, t in -30.0..30.0) {
            let lying = table_from_patient(PatientPosition::from_term("FFP").unwrap(), Vec3::ZERO);
            let tilted = TablePose { head_tilt_deg: t, cradle_tilt_deg: t, ..TablePose::default() };
            let patient_from_isocenter =
                lying.inverse().after(&isocenter_from_table(&tilted).inverse()).unwrap();
            let by_patient = PositionerPose { angle_space: Space::Patient, ..pose(a, b) };
            let beam = patient_from_beam(&by_patient, &patient_from_isocenter).unwrap();
            prop_assert!(close(beam.rotation.columns[2], beam_axes(&by_patient).columns[2]));
        }

        /// The way by the patient, wherever on the table that lies, is the way to the table.
        #[test]
        fn the_ray_on_the_table_does_not_depend_on_where_the_patient_lies(
            a in -180.0..180.0, b in -80.0..80.0, t in -30.0..30.0, x in -300.0..300.0,
            position in prop::sample::select(vec!["HFS", "HFP", "FFDL", "FFS", "STANDING_LEFT"]),
            space in prop::sample::select(vec![Space::Patient, Space::Isocenter]),
        ) {
            let position = PatientPosition::from_term(position).unwrap();
            let lying = table_from_patient(position, Vec3::new(x, -2.0 * x, 0.5 * x));
            let table = TablePose {
                origin_in_isocenter_mm: Vec3::new(x, 150.0, 400.0), head_tilt_deg: t,
                ..TablePose::default()
            };
            let positioner = PositionerPose { angle_space: space, ..pose(a, b) };
            let patient_from_isocenter =
                lying.inverse().after(&isocenter_from_table(&table).inverse()).unwrap();
            let by_patient = lying
                .after(&patient_from_beam(&positioner, &patient_from_isocenter).unwrap()).unwrap();
            let direct = table_from_beam(&positioner, &table, position).unwrap();
            for point in [Vec3::ZERO, Vec3::new(1.0, 2.0, 785.0)] {
                prop_assert!(close(by_patient.point(point), direct.point(point)));
            }
        }
    }

    #[test]
    fn a_tube_under_the_table_is_below_the_isocentre_on_the_table() {
        let table = TablePose {
            origin_in_isocenter_mm: Vec3::new(-20.0, 150.0, 400.0),
            ..TablePose::default()
        };
        // Prone, so the detector is behind the patient: 180 degrees by the patient.
        let prone = PatientPosition::from_term("HFP").unwrap();
        let by_patient = PositionerPose { angle_space: Space::Patient, ..pose(180.0, 0.0) };
        let ray = table_from_beam(&by_patient, &table, prone).unwrap();
        assert!(close(ray.translation_mm, Vec3::new(20.0, 785.0 - 150.0, -400.0)));
        assert!(close(ray.direction(Vec3::new(0.0, 0.0, 1.0)), Vec3::new(0.0, -1.0, 0.0)));
    }
}
