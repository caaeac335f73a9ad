//! Beams on a surface: the only module that knows both geometry and physics.
//!
//! Per point and frame (docs/methods.md)
//!
//! ```text
//! dose = K (d_ref/d)^2 T (1 + s) [ c f_primary + (B - 1) f_scatter ]
//! ```
//!
//! with K the calibrated air kerma, T and s transmission and forward scatter of the support, c the
//! share of the point's patch inside the field and f the mu_en ratios to air of the primary and
//! the scattered radiation. [`reference`] computes it point by point in f64; [`blocks`] the same
//! over blocks of vertices in f32. Both give the same map. [`live`] adds frames up as they come.

pub mod blocks;
pub mod hottest;
pub mod live;
pub mod peak;
pub mod reference;
mod samples;

use std::sync::Arc;

use crate::backscatter::Backscatter;
use crate::beam::{Beam, FieldLimits};
use crate::entrance::entrance_distance_mm;
use crate::error::DoseError;
use crate::materials::Medium;
use crate::math::Vec3;
use crate::occlusion::Occluder;
use crate::spaces::{
    PositionerPose, TablePose, Transform, isocenter_from_table, patient_from_beam,
};
use crate::spectrum::Spectrum;
use crate::support::{SupportLayer, SupportTransmission};
use crate::surface::TriangleSurface;

/// What the kernel takes for backscatter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BackscatterModel {
    /// At each point, from the spectrum and the field as it falls there.
    AtPoint(Backscatter),
    /// One factor inside the field, none outside: a number the user gave (1 switches it off).
    Factor(f64),
}

/// What the kernel needs to know of a spectrum.
#[derive(Debug, Clone)]
pub struct BeamQuality {
    /// Backscatter of the beam as it leaves the tube.
    pub backscatter: BackscatterModel,
    /// Factor on B - 1 for points behind the support, whose layers harden the beam.
    pub backscatter_behind_support: f64,
    /// mu_en/rho of the medium over that of air, primary radiation.
    pub primary_mu_en_ratio: f64,
    /// The same for the scattered radiation.
    pub scatter_mu_en_ratio: f64,
    /// Transmission through the support's layers; `None` leaves the support out.
    pub support: Option<SupportTransmission>,
}

impl BeamQuality {
    /// From a filtered spectrum, per layer of the support what a ray straight through it meets,
    /// and the medium whose dose is asked for.
    ///
    /// # Errors
    /// When the support has too many layers or lets nothing through.
    pub fn from_spectrum(
        spectrum: &Spectrum,
        layers: &[Vec<crate::materials::FilterLayer>],
        medium: Medium,
    ) -> Result<Self, DoseError> {
        let backscatter = Backscatter::for_spectrum(spectrum);
        let behind = Backscatter::for_spectrum(&spectrum.filtered(&layers.concat())?);
        Ok(Self {
            backscatter: BackscatterModel::AtPoint(backscatter),
            backscatter_behind_support: behind.reference_excess() / backscatter.reference_excess(),
            primary_mu_en_ratio: spectrum.mu_en_ratio_to_air(medium),
            scatter_mu_en_ratio: backscatter.scatter_mu_en_ratio(medium),
            support: Some(SupportTransmission::new(spectrum, layers)?),
        })
    }

    /// The same with one transmission for every ray that crosses the support; 1 switches the
    /// support off, and with it the hardening of the beam behind it.
    ///
    /// # Errors
    /// When the transmission is not above 0 and at most 1.
    pub fn with_support_transmission(self, transmission: f64) -> Result<Self, DoseError> {
        let fixed = self.support.map(|support| support.with_fixed(transmission)).transpose()?;
        let backscatter_behind_support =
            if transmission >= 1.0 { 1.0 } else { self.backscatter_behind_support };
        Ok(Self { support: fixed, backscatter_behind_support, ..self })
    }
}

/// One exposure with one beam geometry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Beam in patient space.
    pub beam: Beam,
    /// Reference air kerma times calibration factor, Gy.
    pub air_kerma_gy: f64,
    /// Focal spot to the point where the kerma is meant, mm.
    pub reference_distance_mm: f64,
    /// What the support scatters onto the skin behind it, as a share of what it lets through; 0
    /// where the support's transmission was measured with this scatter in it.
    pub forward_scatter_ratio: f64,
    /// Place in the list of beam qualities.
    pub quality: usize,
}

impl Frame {
    /// The same beam with another air kerma, Gy.
    #[must_use]
    pub const fn with_air_kerma(self, air_kerma_gy: f64) -> Self {
        Self { air_kerma_gy, ..self }
    }

    fn check(&self) -> Result<(), DoseError> {
        check_air_kerma(self.air_kerma_gy)?;
        let scatter = self.forward_scatter_ratio;
        DoseError::check_range("forward scatter ratio", scatter, (0.0, 2.0), "")?;
        let distance = self.reference_distance_mm;
        DoseError::check_range("reference distance", distance, (1.0, 1e4), "mm")?;
        Ok(())
    }
}

fn check_air_kerma(air_kerma_gy: f64) -> Result<f64, DoseError> {
    DoseError::check_range("air kerma of a frame", air_kerma_gy, (0.0, 1e4), "Gy")
}

/// Parts of the chain that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// (d_ref/d)^2; off: the kerma at the reference point is taken everywhere.
    pub inverse_square: bool,
    /// Shadows that one part of the surface throws on another.
    pub occlusion: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { inverse_square: true, occlusion: true }
    }
}

/// A surface lying on a support: all that stays the same from frame to frame.
#[derive(Debug)]
pub struct Scene {
    surface: Arc<TriangleSurface>,
    occluder: Option<Arc<Occluder>>,
    table_from_patient: Transform,
    layers: Vec<SupportLayer>,
    switches: Switches,
    blocks: Arc<[blocks::Block]>,
    block_groups: Arc<[blocks::Group]>,
}

impl Scene {
    /// Lay a surface (patient space) on a support (boxes in table space).
    #[must_use]
    pub fn new(
        surface: impl Into<Arc<TriangleSurface>>,
        table_from_patient: Transform,
        layers: Vec<SupportLayer>,
        switches: Switches,
    ) -> Self {
        let surface = surface.into();
        let shadows = switches.occlusion && surface.may_shadow_itself();
        let (occluder, blocks) = rayon::join(
            || shadows.then(|| Arc::new(Occluder::new(&surface))),
            || blocks::divide(&surface, &table_from_patient),
        );
        let block_groups = blocks::group(&blocks).into();
        let blocks = blocks.into();
        Self { surface, occluder, table_from_patient, layers, switches, blocks, block_groups }
    }

    /// The same surface with the support moved under it, along the axes of table space, mm. What
    /// is known of the surface is shared, so it costs nothing.
    #[must_use]
    pub fn with_support_moved(&self, by_mm: Vec3) -> Self {
        Self {
            surface: Arc::clone(&self.surface),
            occluder: self.occluder.clone(),
            table_from_patient: self.table_from_patient,
            layers: self.layers.iter().map(|layer| layer.moved(by_mm)).collect(),
            switches: self.switches,
            blocks: Arc::clone(&self.blocks),
            block_groups: Arc::clone(&self.block_groups),
        }
    }

    /// The beam of a positioner and a table, in patient space.
    ///
    /// # Errors
    /// When the angles refer to a space they cannot refer to.
    pub fn beam(
        &self,
        positioner: &PositionerPose,
        table: &TablePose,
        field: FieldLimits,
    ) -> Result<Beam, DoseError> {
        Beam::new(&self.patient_from_beam(positioner, table)?, field)
    }

    /// Distance from the focal spot to where the central ray enters the skin, mm; `None` where it
    /// misses the surface.
    ///
    /// # Errors
    /// When the angles refer to a space they cannot refer to.
    pub fn central_ray_entrance_mm(
        &self,
        positioner: &PositionerPose,
        table: &TablePose,
    ) -> Result<Option<f64>, DoseError> {
        let ray = self.patient_from_beam(positioner, table)?;
        let direction = ray.direction(Vec3::new(0.0, 0.0, 1.0));
        Ok(entrance_distance_mm(&self.surface, ray.translation_mm, direction))
    }

    fn patient_from_beam(
        &self,
        positioner: &PositionerPose,
        table: &TablePose,
    ) -> Result<Transform, DoseError> {
        let table_from_isocenter = isocenter_from_table(table).inverse();
        let patient_from_isocenter =
            self.table_from_patient.inverse().after(&table_from_isocenter)?;
        patient_from_beam(positioner, &patient_from_isocenter)
    }

    /// The surface, patient space.
    #[must_use]
    pub fn surface(&self) -> &TriangleSurface {
        &self.surface
    }

    /// How the patient lies on the table.
    #[must_use]
    pub fn table_from_patient(&self) -> &Transform {
        &self.table_from_patient
    }

    /// Check that frames, qualities and support fit together.
    fn check(&self, frames: &[Frame], qualities: &[BeamQuality]) -> Result<(), DoseError> {
        qualities.iter().try_for_each(|quality| self.check_quality(quality))?;
        if let Some(i) = frames.iter().position(|frame| frame.quality >= qualities.len()) {
            return Err(DoseError::Mismatch(format!("frame {i} names no beam quality")));
        }
        frames.iter().try_for_each(Frame::check)
    }

    fn check_quality(&self, quality: &BeamQuality) -> Result<(), DoseError> {
        let layers = quality.support.as_ref().map_or(self.layers.len(), |s| s.layers());
        if layers != self.layers.len() {
            let message = format!(
                "a beam quality knows {layers} support layers, the scene has {}",
                self.layers.len()
            );
            return Err(DoseError::Mismatch(message));
        }
        Ok(())
    }
}
