//! What a session has given for its beams: scenes and beam qualities.

use std::collections::HashMap;
use std::sync::Arc;

use super::row::{
    ANGLES, FIELD, FILTERS, ISOCENTER, KVP, ORIGIN, PLANE, POSITION, REFERENCE, Row, SPACE, part,
};
use crate::beam::FieldLimits;
use crate::error::DoseError;
use crate::forward_scatter::forward_scatter_in_field;
use crate::kernel::live::CurrentBeam;
use crate::kernel::{BeamQuality, Frame, Scene};
use crate::math::Vec3;
use crate::spaces::{PositionerPose, Space, TablePose};

/// Beam qualities kept; an exposure control that goes through more has them asked for anew.
const MOST_QUALITIES: usize = 256;

/// What has to be given before a frame can be added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    /// The scene of the patient position at this place.
    Scene(usize),
    /// Beam quality and calibration factor of the plane, voltage and filters of this frame.
    Quality(Row),
}

/// Plane, voltage and filters of a frame: with equal ones spectrum and calibration are the same.
type QualityKey = [u64; 3];

fn quality_key(row: &Row) -> QualityKey {
    [PLANE, KVP, FILTERS].map(|column| row[column].to_bits())
}

/// Scenes and qualities so far, and how rows become beams in them.
#[derive(Debug)]
pub(super) struct Given {
    scenes: Vec<Option<Arc<Scene>>>,
    qualities: HashMap<QualityKey, (BeamQuality, f64)>,
    /// Place of "relative to the patient" among the spaces of the angles.
    patient_space: f64,
    /// PMMA that scatters as the support does; `None` where no scatter is added.
    scattering_support_mm: Option<f64>,
}

impl Given {
    pub fn new(positions: usize, patient_space: f64, scattering_support_mm: Option<f64>) -> Self {
        Self {
            scenes: vec![None; positions],
            qualities: HashMap::new(),
            patient_space,
            scattering_support_mm,
        }
    }

    pub fn scene(&mut self, position: usize, scene: Arc<Scene>) -> Result<(), DoseError> {
        let count = self.scenes.len();
        let none = || DoseError::Mismatch(format!("patient position {position} of {count}"));
        *self.scenes.get_mut(position).ok_or_else(none)? = Some(scene);
        Ok(())
    }

    pub fn quality(&mut self, row: &Row, quality: BeamQuality, calibration_factor: f64) {
        if self.qualities.len() >= MOST_QUALITIES {
            self.qualities.clear();
        }
        self.qualities.insert(quality_key(row), (quality, calibration_factor));
    }

    /// What a row needs that is not there yet.
    pub fn want(&self, row: &Row) -> Option<Want> {
        let position = row[POSITION] as usize;
        if self.scenes[position].is_none() {
            return Some(Want::Scene(position));
        }
        (!self.qualities.contains_key(&quality_key(row))).then_some(Want::Quality(*row))
    }

    fn of(&self, row: &Row) -> Result<(&Scene, &(BeamQuality, f64)), DoseError> {
        let scene = self.scenes[row[POSITION] as usize].as_deref();
        scene
            .zip(self.qualities.get(&quality_key(row)))
            .ok_or_else(|| DoseError::Mismatch("a frame without scene or beam quality".into()))
    }

    pub fn calibration_factor(&self, row: &Row) -> Result<f64, DoseError> {
        Ok(self.of(row)?.1.1)
    }

    /// Compute the beam of a row.
    pub fn aim(&self, row: &Row, beam: &mut CurrentBeam) -> Result<(), DoseError> {
        let (scene, (quality, _)) = self.of(row)?;
        beam.aim(scene, &self.frame(row, scene)?, quality)
    }

    fn frame(&self, row: &Row, scene: &Scene) -> Result<Frame, DoseError> {
        let [primary, secondary, detector, turn, head, cradle] = part(row, ANGLES);
        let of_patient = row[SPACE] == self.patient_space;
        let positioner = PositionerPose {
            angle_space: if of_patient { Space::Patient } else { Space::Isocenter },
            primary_angle_deg: primary,
            secondary_angle_deg: secondary,
            detector_rotation_deg: detector,
            source_to_isocenter_mm: row[ISOCENTER],
        };
        let table = TablePose {
            origin_in_isocenter_mm: Vec3::from(part::<3>(row, ORIGIN)),
            horizontal_rotation_deg: turn,
            head_tilt_deg: head,
            cradle_tilt_deg: cradle,
        };
        let (field_at_1m_mm, reference_mm) = (part(row, FIELD), row[REFERENCE]);
        let scatter = |pmma_mm| forward_scatter_in_field(pmma_mm, field_at_1m_mm, reference_mm);
        let field = FieldLimits::at_distance(field_at_1m_mm, 1000.0)?;
        Ok(Frame {
            beam: scene.beam(&positioner, &table, field)?,
            air_kerma_gy: 1.0,
            reference_distance_mm: reference_mm,
            forward_scatter_ratio: self.scattering_support_mm.map_or(0.0, scatter),
            quality: 0,
        })
    }
}
