//! The highest dose on the skin, found finer than the mesh.
//!
//! The map holds the mean over each patch; where fields are small, or overlap in a strip narrower
//! than a patch, a point of a patch gets more than its mean. The kernel's upper bound tells which
//! patches can hold such a point; those are searched.

mod lit;
mod search;

use super::blocks::DoseMap;
use super::reference::{Patch, point_factors};
use super::samples::PreparedParts;
use super::{BeamQuality, Frame, Scene};
use crate::beam::Beam;
use crate::coverage::covered_share;
use crate::math::Vec3;
use crate::surface::{PatchQuad, TriangleSurface};

/// Samples along each side of a quadrilateral of a patch: 0.6 mm apart on a 5 mm mesh.
const SAMPLES: usize = 4;

/// Patches searched at most, those with the highest bound first. Overlaps are lines, so few
/// patches lie above the best mean; the limit only bounds the time for pathological input.
const MAX_PATCHES: usize = 256;

/// Frames of one scene. A patient who is turned over lies in two scenes, in each with the same
/// vertices and triangles; what has bent in between (a knee, the neck) stands elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The surface as it lies.
    pub scene: &'a Scene,
    /// The frames while it lies so.
    pub frames: &'a [Frame],
}

impl Part<'_> {
    /// How far the skin around a vertex has moved since the first part, mm. A patch is so small
    /// that its turning does not matter.
    pub(super) fn moved_mm(&self, first: &TriangleSurface, vertex: usize) -> Vec3 {
        self.scene.surface.vertices_mm()[vertex] - first.vertices_mm()[vertex]
    }
}

/// The point of the skin with the highest dose.
#[derive(Debug, Clone)]
pub struct Peak {
    /// The vertex whose patch holds the point.
    pub vertex: usize,
    /// The point itself as it lies in the first part, patient space, mm.
    pub point_mm: Vec3,
    /// Dose there, Gy.
    pub dose_gy: f64,
    /// Dose from each frame, part after part, Gy.
    pub frame_dose_gy: Vec<f64>,
}

/// Find the peak of the summed map of all parts, which share vertices and triangles; `None` when
/// nothing was irradiated.
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
    if candidates.is_empty() {
        return Some(best);
    }
    candidates.sort_by(|&i, &j| map.bound_gy[j].total_cmp(&map.bound_gy[i]));
    let prepared = PreparedParts::new(parts, qualities);
    for vertex in candidates.into_iter().take(MAX_PATCHES) {
        if map.bound_gy[vertex] <= best.dose_gy {
            break;
        }
        let finer = higher_point(&prepared, qualities, vertex, best.dose_gy);
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
    let cover =
        |part: &Part, frame: &Frame, _| covered_share(&frame.beam, part.scene.surface(), vertex);
    let frame_dose_gy = dose_of_frames(parts, qualities, (vertex, point_mm), &cover);
    Peak { vertex, point_mm, dose_gy: frame_dose_gy.iter().sum(), frame_dose_gy }
}

/// The highest dose of a patch, if it exceeds `floor_gy`.
fn higher_point(
    prepared: &PreparedParts,
    qualities: &[BeamQuality],
    vertex: usize,
    floor_gy: f64,
) -> Option<Peak> {
    let parts = prepared.parts;
    let surface = parts.first()?.scene.surface();
    let at = |point_mm: Vec3| {
        let cover = |_: &Part, frame: &Frame, moved_mm: Vec3| {
            search::share_at(&frame.beam, &frame.beam.locate(point_mm + moved_mm))
        };
        let frame_dose_gy = dose_of_frames(parts, qualities, (vertex, point_mm), &cover);
        Peak { vertex, point_mm, dose_gy: frame_dose_gy.iter().sum(), frame_dose_gy }
    };
    // A grid follows what changes smoothly: distance and backscatter.
    let samples: Vec<Vec3> = surface.patch(vertex).flat_map(|quad| sample(&quad)).collect();
    let highest = lit::brightest(prepared, vertex, &samples).map(at);
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
    let inside = dose_of_frames(parts, qualities, place, &|_, _, _| 1.0);
    let outside = dose_of_frames(parts, qualities, place, &|_, _, _| 0.0);
    // The skin stays and the beams move: the same to the search.
    let beams: Vec<Beam> = parts
        .iter()
        .flat_map(|part| {
            let moved_mm = part.moved_mm(surface, vertex);
            part.frames
                .iter()
                .map(move |frame| Beam { source_mm: frame.beam.source_mm - moved_mm, ..frame.beam })
        })
        .collect();
    let weights_gy = inside.iter().zip(&outside).map(|(inside, outside)| inside - outside);
    let beams: Vec<_> = beams.iter().zip(weights_gy).filter(|&(_, weight)| weight > 0.0).collect();
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

/// Dose from each frame of a point in the patch of a vertex, Gy. `cover` tells which share of the
/// skin that the point stands for a frame's field covers, given how far the skin has moved since
/// the first part.
pub(super) fn dose_of_frames(
    parts: &[Part],
    qualities: &[BeamQuality],
    (vertex, point_mm): (usize, Vec3),
    cover: &dyn Fn(&Part, &Frame, Vec3) -> f64,
) -> Vec<f64> {
    let dose = |part: &Part, frame: &Frame, moved_mm: Vec3| {
        let normal = part.scene.surface.normals()[vertex];
        let coverage = cover(part, frame, moved_mm);
        let patch = Patch { vertex, point_mm: point_mm + moved_mm, normal, coverage };
        let factors = point_factors(part.scene, frame, &qualities[frame.quality], &patch);
        factors.map_or(0.0, |f| f.dose_gy)
    };
    let mut doses_gy = Vec::new();
    for part in parts {
        let moved_mm = part.moved_mm(&parts[0].scene.surface, vertex);
        doses_gy.extend(part.frames.iter().map(|frame| dose(part, frame, moved_mm)));
    }
    doses_gy
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::beam::FieldLimits;
    use crate::kernel::{BackscatterModel, Switches, blocks};
    use crate::spaces::{PatientPosition, table_from_patient};
    use crate::surface::Facing;

    /// A plane of skin and an 11 mm field on it, both moved along.
    fn scene_moved(by_mm: Vec3) -> (Scene, Vec<Frame>) {
        let skin = TriangleSurface::plane([100.0, 100.0], Facing::Posterior, 5.0).unwrap();
        let vertices = skin.vertices_mm().iter().map(|&v| v + by_mm).collect();
        let skin = TriangleSurface::new(vertices, skin.triangles().to_vec()).unwrap();
        let lying = table_from_patient(PatientPosition::from_term("HFS").unwrap(), Vec3::ZERO);
        let off = Switches { inverse_square: true, occlusion: false };
        let beam = Beam {
            source_mm: Vec3::new(1.2, 600.0, -48.7) + by_mm,
            u: Vec3::new(1.0, 0.0, 0.0),
            v: Vec3::new(0.0, 0.0, 1.0),
            w: Vec3::new(0.0, -1.0, 0.0),
            field: FieldLimits::at_distance([-5.5, 5.5, -5.5, 5.5], 600.0).unwrap(),
        };
        let frame = Frame {
            beam,
            air_kerma_gy: 1.0,
            reference_distance_mm: 600.0,
            forward_scatter_ratio: 0.0,
            quality: 0,
        };
        (Scene::new(skin, lying, vec![], off), vec![frame])
    }

    #[test]
    fn skin_that_moved_with_its_beam_gets_the_same_dose_again() {
        let qualities = [BeamQuality {
            backscatter: BackscatterModel::Factor(1.3),
            backscatter_behind_support: 1.3,
            primary_mu_en_ratio: 1.0,
            scatter_mu_en_ratio: 1.0,
            support: None,
        }];
        let (first, frames) = scene_moved(Vec3::ZERO);
        let (bent, moved_frames) = scene_moved(Vec3::new(7.0, -30.0, 180.0));
        let first_part = Part { scene: &first, frames: &frames };
        let bent_part = Part { scene: &bent, frames: &moved_frames };
        let mut map = blocks::dose_map(&first, &frames, &qualities).unwrap();
        let once = find(&[first_part], &qualities, &map).unwrap();
        map.add(&blocks::dose_map(&bent, &moved_frames, &qualities).unwrap()).unwrap();
        let twice = find(&[first_part, bent_part], &qualities, &map).unwrap();
        assert_eq!(twice.vertex, once.vertex);
        assert!((twice.point_mm - once.point_mm).norm() < 1e-9);
        assert!((twice.frame_dose_gy[0] - once.dose_gy).abs() < 1e-12);
        assert!((twice.frame_dose_gy[1] - once.dose_gy).abs() < 1e-9 * once.dose_gy);
        // Had the skin been looked for where it lay at first, the second beam would miss it.
        let astray = Part { scene: &first, frames: &moved_frames };
        let doses =
            dose_of_frames(&[astray], &qualities, (once.vertex, once.point_mm), &|p, f, m| {
                assert_eq!(m, Vec3::ZERO);
                covered_share(&f.beam, p.scene.surface(), once.vertex)
            });
        assert_eq!(doses, [0.0]);
    }
}
