//! Where C-arm and table stand, as `dosemap.placement` describes it.

use dosemap::error::DoseError;
use dosemap::math::Vec3;
use dosemap::spaces::{PatientPosition, PositionerPose, Space, TablePose, table_from_beam};
use pyo3::prelude::*;

use crate::error::to_python;

/// One pose; a mapping with these keys, all of them required.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct PoseSettings {
    angles_relative_to_patient: bool,
    primary_angle_deg: f64,
    secondary_angle_deg: f64,
    detector_rotation_deg: f64,
    source_to_isocenter_mm: f64,
    table_origin_in_isocenter_mm: [f64; 3],
    table_horizontal_rotation_deg: f64,
    table_head_tilt_deg: f64,
    table_cradle_tilt_deg: f64,
}

impl PoseSettings {
    pub fn positioner(&self) -> PositionerPose {
        PositionerPose {
            angle_space: if self.angles_relative_to_patient {
                Space::Patient
            } else {
                Space::Isocenter
            },
            primary_angle_deg: self.primary_angle_deg,
            secondary_angle_deg: self.secondary_angle_deg,
            detector_rotation_deg: self.detector_rotation_deg,
            source_to_isocenter_mm: self.source_to_isocenter_mm,
        }
    }

    pub fn table(&self) -> TablePose {
        TablePose {
            origin_in_isocenter_mm: Vec3::from(self.table_origin_in_isocenter_mm),
            horizontal_rotation_deg: self.table_horizontal_rotation_deg,
            head_tilt_deg: self.table_head_tilt_deg,
            cradle_tilt_deg: self.table_cradle_tilt_deg,
        }
    }
}

/// Focal spot (mm) and direction of the central ray in table space.
#[pyfunction]
pub fn central_ray_on_table(
    pose: PoseSettings,
    patient_position: &str,
) -> PyResult<([f64; 3], [f64; 3])> {
    let ray = || -> Result<_, DoseError> {
        let position = PatientPosition::from_term(patient_position)?;
        let table_from_beam = table_from_beam(&pose.positioner(), &pose.table(), position)?;
        let direction = table_from_beam.direction(Vec3::new(0.0, 0.0, 1.0));
        Ok((table_from_beam.translation_mm.to_array(), direction.to_array()))
    };
    ray().map_err(to_python)
}
