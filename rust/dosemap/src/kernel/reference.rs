//! The chain at one point for one frame, in f64, as it stands in the book.
//!
//! This is the oracle of the fast kernel, what the peak is refined with, and where every factor
//! can be looked at.

use super::{BackscatterModel, BeamQuality, Frame, Scene};
use crate::backscatter::Rectangle;
use crate::beam::PointInBeam;
use crate::coverage::covered_share;
use crate::error::DoseError;
use crate::math::Vec3;

/// Every factor of the chain at one point for one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointFactors {
    /// (d_ref/d)^2.
    pub inverse_square: f64,
    /// Share of the patch inside the field and not in a shadow.
    pub coverage: f64,
    /// Backscatter as a share of the free-in-air kerma: B - 1.
    pub backscatter_excess: f64,
    /// Transmission of table and pad.
    pub support_transmission: f64,
    /// Scatter of table and pad onto the skin behind them, as a share of what they let through.
    pub forward_scatter_ratio: f64,
    /// Cosine of the angle between ray and normal.
    pub cos_incidence: f64,
    /// Straight distance from the focal spot, mm.
    pub source_to_skin_mm: f64,
    /// Air kerma at the point free in air, with what the support scatters onto it, Gy.
    pub incident_air_kerma_gy: f64,
    /// Absorbed dose, Gy.
    pub dose_gy: f64,
}

/// A piece of skin: where, which way it looks, and how much of it the field covers.
#[derive(Debug, Clone, Copy)]
pub struct Patch {
    /// Its vertex.
    pub vertex: usize,
    /// Position in patient space, mm.
    pub point_mm: Vec3,
    /// Outward unit normal.
    pub normal: Vec3,
    /// Share inside the field, 0 to 1.
    pub coverage: f64,
}

/// The chain at one patch; `None` when it faces away from the focal spot or lies behind it.
#[must_use]
pub fn point_factors(
    scene: &Scene,
    frame: &Frame,
    quality: &BeamQuality,
    patch: &Patch,
) -> Option<PointFactors> {
    let located = frame.beam.locate(patch.point_mm);
    let ray = patch.point_mm - frame.beam.source_mm;
    let cos_incidence = -ray.dot(patch.normal) / located.distance_mm;
    if located.depth_mm <= 0.0 || cos_incidence.is_nan() || cos_incidence <= 0.0 {
        return None;
    }
    let shadowed = patch.coverage > 0.0
        && scene
            .occluder
            .as_ref()
            .is_some_and(|o| o.hides(patch.vertex, patch.point_mm, frame.beam.source_mm));
    let inverse_square = if scene.switches.inverse_square {
        (frame.reference_distance_mm / located.distance_mm).powi(2)
    } else {
        1.0
    };
    let (support_transmission, behind_support) = support(scene, frame, quality, patch.point_mm);
    let forward_scatter_ratio = if behind_support { frame.forward_scatter_ratio } else { 0.0 };
    // In the shadow of another part of the body neither the primary nor its scatter arrives.
    let coverage = if shadowed { 0.0 } else { patch.coverage };
    let backscatter_excess = if shadowed {
        0.0
    } else {
        let hardening = if behind_support { quality.backscatter_behind_support } else { 1.0 };
        hardening * excess(frame, quality, &located, patch, cos_incidence)
    };
    let air_kerma_gy =
        frame.air_kerma_gy * inverse_square * support_transmission * (1.0 + forward_scatter_ratio);
    Some(PointFactors {
        inverse_square,
        coverage,
        backscatter_excess,
        support_transmission,
        forward_scatter_ratio,
        cos_incidence,
        source_to_skin_mm: located.distance_mm,
        incident_air_kerma_gy: air_kerma_gy * coverage,
        dose_gy: air_kerma_gy
            * (coverage * quality.primary_mu_en_ratio
                + backscatter_excess * quality.scatter_mu_en_ratio),
    })
}

fn support(scene: &Scene, frame: &Frame, quality: &BeamQuality, point_mm: Vec3) -> (f64, bool) {
    let Some(transmission) = &quality.support else { return (1.0, false) };
    let source = scene.table_from_patient.point(frame.beam.source_mm);
    let point = scene.table_from_patient.point(point_mm);
    let crossings: Vec<f64> =
        scene.layers.iter().map(|layer| layer.crossings(source, point)).collect();
    let behind = crossings.iter().any(|&c| c > 0.0);
    (transmission.at(crossings), behind)
}

fn excess(
    frame: &Frame,
    quality: &BeamQuality,
    located: &PointInBeam,
    patch: &Patch,
    cos_incidence: f64,
) -> f64 {
    match &quality.backscatter {
        BackscatterModel::Factor(factor) => (factor - 1.0) * patch.coverage,
        BackscatterModel::AtPoint(backscatter) => {
            let field = frame.beam.field;
            let depth_mm = located.depth_mm;
            // Never an error: a field's edges are in order and the depth is positive.
            Rectangle::new(
                (field.u_min * depth_mm, field.u_max * depth_mm),
                (field.v_min * depth_mm, field.v_max * depth_mm),
            )
            .map_or(0.0, |rectangle| {
                let place = (located.u_mm, located.v_mm);
                backscatter.excess(&rectangle, place, located.distance_mm, cos_incidence)
            })
        }
    }
}

/// Factors of one frame at every vertex.
///
/// # Errors
/// When the frame and its quality do not fit the scene.
pub fn vertex_factors(
    scene: &Scene,
    frame: &Frame,
    quality: &BeamQuality,
) -> Result<Vec<Option<PointFactors>>, DoseError> {
    let alone = Frame { quality: 0, ..*frame };
    scene.check(&[alone], std::slice::from_ref(quality))?;
    let surface = &scene.surface;
    let patch = |i: usize| Patch {
        vertex: i,
        point_mm: surface.vertices_mm()[i],
        normal: surface.normals()[i],
        coverage: covered_share(&frame.beam, surface, i),
    };
    Ok((0..surface.len()).map(|i| point_factors(scene, frame, quality, &patch(i))).collect())
}

/// The dose map in Gy: the sum over frames, vertex by vertex.
///
/// # Errors
/// When frames, qualities and scene do not fit together.
pub fn dose_map(
    scene: &Scene,
    frames: &[Frame],
    qualities: &[BeamQuality],
) -> Result<Vec<f64>, DoseError> {
    scene.check(frames, qualities)?;
    let mut dose_gy = vec![0.0; scene.surface.len()];
    for frame in frames {
        let factors = vertex_factors(scene, frame, &qualities[frame.quality])?;
        for (sum, point) in dose_gy.iter_mut().zip(factors) {
            *sum += point.map_or(0.0, |p| p.dose_gy);
        }
    }
    Ok(dose_gy)
}
