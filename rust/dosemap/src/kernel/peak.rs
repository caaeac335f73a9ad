//! The highest dose on the skin, found finer than the mesh.
//!
//! The map holds the mean over each patch; where fields are small, or overlap in a strip narrower
//! than a patch, a point of a patch gets more than its mean. The kernel's upper bound tells which
//! patches can hold such a point; those are searched.

mod search;

use super::blocks::DoseMap;
use super::reference::{Patch, point_factors};
use super::{BeamQuality, Frame, Scene};
use crate::coverage::covered_share;
use crate::math::Vec3;
use crate::surface::{PatchQuad, TriangleSurface};

/// Samples along each side of a quadrilateral of a patch: 0.6 mm apart on a 5 mm mesh.
const SAMPLES: usize = 4;

/// Patches searched at most, those with the highest bound first. Overlaps are lines, so few
/// patches lie above the best mean; the limit only bounds the time for pathological input.
const MAX_PATCHES: usize = 256;

/// Frames of one scene. A patient who is turned over lies in two scenes with one surface.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The surface as it lies.
    pub scene: &'a Scene,
    /// The frames while it lies so.
    pub frames: &'a [Frame],
}

/// The point of the skin with the highest dose.
#[derive(Debug, Clone)]
pub struct Peak {
    /// The vertex whose patch holds the point.
    pub vertex: usize,
    /// The point itself, patient space, mm.
    pub point_mm: Vec3,
    /// Dose there, Gy.
    pub dose_gy: f64,
    /// Dose from each frame, part after part, Gy.
    pub frame_dose_gy: Vec<f64>,
}

/// Find the peak of the summed map of all parts, which share one surface; `None` when nothing
/// was irradiated.
#[must_use]
pub fn find(parts: &[Part], qualities: &[BeamQuality], map: &DoseMap) -> Option<Peak> {
    let surface = &parts.first()?.scene.surface;
    let doses = &map.dose_gy;
    let vertex = (0..doses.len()).max_by(|&i, &j| doses[i].total_cmp(&doses[j]))?;
    if doses[vertex] <= 0.0 {
        return None;
    }
    let mut best = at_vertex(surface, parts, qualities, vertex);
    let mut candidates: Vec<usize> =
        (0..doses.len()).filter(|&i| map.bound_gy[i] > best.dose_gy).collect();
    candidates.sort_by(|&i, &j| map.bound_gy[j].total_cmp(&map.bound_gy[i]));
    for vertex in candidates.into_iter().take(MAX_PATCHES) {
        if map.bound_gy[vertex] <= best.dose_gy {
            break;
        }
        let finer = higher_point(surface, parts, qualities, vertex, best.dose_gy);
        if let Some(finer) = finer.filter(|finer| finer.dose_gy > best.dose_gy) {
            best = finer;
        }
    }
    Some(best)
}

fn at_vertex(
    surface: &TriangleSurface,
    parts: &[Part],
    qualities: &[BeamQuality],
    vertex: usize,
) -> Peak {
    let point_mm = surface.vertices_mm()[vertex];
    let cover = |frame: &Frame| covered_share(&frame.beam, surface, vertex);
    let frame_dose_gy = dose_of_frames(parts, qualities, (vertex, point_mm), &cover);
    Peak { vertex, point_mm, dose_gy: frame_dose_gy.iter().sum(), frame_dose_gy }
}

/// The highest dose of a patch, if it exceeds `floor_gy`.
fn higher_point(
    surface: &TriangleSurface,
    parts: &[Part],
    qualities: &[BeamQuality],
    vertex: usize,
    floor_gy: f64,
) -> Option<Peak> {
    let at = |point_mm: Vec3| {
        let cover = |frame: &Frame| search::share_at(&frame.beam, &frame.beam.locate(point_mm));
        let frame_dose_gy = dose_of_frames(parts, qualities, (vertex, point_mm), &cover);
        Peak { vertex, point_mm, dose_gy: frame_dose_gy.iter().sum(), frame_dose_gy }
    };
    // A grid follows what changes smoothly: distance and backscatter.
    let samples = surface.patch(vertex).flat_map(|quad| sample(&quad));
    let highest = samples.map(at).max_by(|a, b| a.dose_gy.total_cmp(&b.dose_gy));
    let highest = highest.filter(|peak| peak.dose_gy > floor_gy);
    let floor_gy = highest.as_ref().map_or(floor_gy, |peak| peak.dose_gy);
    // A search finds overlaps narrower than the grid.
    let overlap = overlap(surface, parts, qualities, vertex, floor_gy).map(at);
    overlap.filter(|peak| peak.dose_gy > floor_gy).or(highest)
}

/// The point of a patch that the strongest set of fields covers, if that can exceed `floor_gy`.
fn overlap(
    surface: &TriangleSurface,
    parts: &[Part],
    qualities: &[BeamQuality],
    vertex: usize,
    floor_gy: f64,
) -> Option<Vec3> {
    // What each frame gives a point of this patch inside and outside its field, as at the vertex.
    let place = (vertex, surface.vertices_mm()[vertex]);
    let inside = dose_of_frames(parts, qualities, place, &|_| 1.0);
    let outside = dose_of_frames(parts, qualities, place, &|_| 0.0);
    let beams = parts.iter().flat_map(|part| part.frames).map(|frame| &frame.beam);
    let weights_gy = inside.iter().zip(&outside).map(|(inside, outside)| inside - outside);
    let beams: Vec<_> = beams.zip(weights_gy).filter(|&(_, weight)| weight > 0.0).collect();
    let scatter_gy: f64 = outside.iter().sum();
    search::brightest_point(surface.patch(vertex), &beams, floor_gy - scatter_gy)
}

/// Points spread evenly over a quadrilateral.
fn sample(&[a, b, c, d]: &PatchQuad) -> Vec<Vec3> {
    let part = |i: usize| (i as f64 + 0.5) / SAMPLES as f64;
    let mut points = Vec::with_capacity(SAMPLES * SAMPLES);
    for i in 0..SAMPLES {
        for j in 0..SAMPLES {
            let (s, t) = (part(i), part(j));
            let (low, high) = (a * (1.0 - s) + b * s, d * (1.0 - s) + c * s);
            points.push(low * (1.0 - t) + high * t);
        }
    }
    points
}

/// Dose from each frame of a point in the patch of a vertex, Gy; `cover` tells which share of the
/// skin that the point stands for a frame's field covers.
pub(super) fn dose_of_frames(
    parts: &[Part],
    qualities: &[BeamQuality],
    (vertex, point_mm): (usize, Vec3),
    cover: &dyn Fn(&Frame) -> f64,
) -> Vec<f64> {
    let dose = |scene: &Scene, frame: &Frame| {
        let normal = scene.surface.normals()[vertex];
        let patch = Patch { vertex, point_mm, normal, coverage: cover(frame) };
        let factors = point_factors(scene, frame, &qualities[frame.quality], &patch);
        factors.map_or(0.0, |f| f.dose_gy)
    };
    let of_part = |part: &Part| part.frames.iter().map(|f| dose(part.scene, f)).collect::<Vec<_>>();
    parts.iter().flat_map(of_part).collect()
}
