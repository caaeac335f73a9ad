//! Dose averaged over the most exposed piece of skin of a given area.
//!
//! The means of whole patches place it; where a field is hardly larger than the area they dilute
//! it, so the skin around the hottest places is looked at again through fine samples.

mod pieces;

use std::collections::HashMap;

use rayon::prelude::*;

use super::BeamQuality;
use super::peak::Part;
use super::samples::PreparedParts;
use crate::error::DoseError;
use crate::math::Vec3;
use crate::surface::TriangleSurface;
use pieces::{Sample, samples};

/// Patches walked over at most: a field is a few patches wide where this matters.
const MAX_STEPS: usize = 8;

/// Only vertices with at least this share of the highest dose are tried as centres: the centre of
/// the hottest disc is hot itself.
const CENTRE_SHARE: f64 = 0.5;

/// Highest mean dose over a connected, roughly round piece of skin of `area_mm2`, Gy, and the
/// vertex at its centre.
///
/// Around each hot vertex patches are taken in the order of their distance until the area is
/// full; the last counts in part.
///
/// # Errors
/// When the dose does not have one value per vertex, or the area is not positive.
pub fn mean_dose(
    surface: &TriangleSurface,
    dose_gy: &[f64],
    area_mm2: f64,
) -> Result<(f64, usize), DoseError> {
    if dose_gy.len() != surface.len() {
        let message = format!("{} doses for {} vertices", dose_gy.len(), surface.len());
        return Err(DoseError::Mismatch(message));
    }
    DoseError::check_range("averaging area", area_mm2, (1e-3, 1e8), "mm2")?;
    let highest = dose_gy.iter().copied().fold(0.0, f64::max);
    let centres: Vec<usize> = (0..dose_gy.len())
        .filter(|&i| dose_gy[i] > 0.0 && dose_gy[i] >= CENTRE_SHARE * highest)
        .collect();
    let start = || Walk::new(surface);
    let means: Vec<(f64, usize)> = centres
        .into_par_iter()
        .map_init(start, |walk, centre| (mean_around(walk, dose_gy, centre, area_mm2), centre))
        .collect();
    Ok(means.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0)))
}

/// Highest mean over a disc of skin of `area_mm2` near some vertices, Gy: from each, uphill from
/// patch to patch until no neighbour holds a better centre.
///
/// # Errors
/// When the area is not positive.
pub fn sampled_mean_dose(
    parts: &[Part],
    qualities: &[BeamQuality],
    seeds: &[usize],
    area_mm2: f64,
) -> Result<f64, DoseError> {
    DoseError::check_range("averaging area", area_mm2, (1e-3, 1e8), "mm2")?;
    let Some(part) = parts.first() else { return Ok(0.0) };
    let walk = Walk::new(part.scene.surface());
    let prepared = PreparedParts::new(parts, qualities);
    let mut skin = FineSkin { prepared, walk, known: HashMap::new() };
    let mut highest_gy = 0.0_f64;
    for &seed in seeds {
        let (mut best_gy, mut vertex) = (0.0, seed);
        for _ in 0..MAX_STEPS {
            let (mean_gy, next) = skin.best_disc_near(vertex, area_mm2);
            if mean_gy <= best_gy {
                break;
            }
            (best_gy, vertex) = (mean_gy, next);
        }
        highest_gy = highest_gy.max(best_gy);
    }
    Ok(highest_gy)
}

/// Samples of patches, each patch sampled once.
struct FineSkin<'a> {
    prepared: PreparedParts<'a>,
    walk: Walk<'a>,
    known: HashMap<usize, Vec<Sample>>,
}

impl FineSkin<'_> {
    /// The best mean of the discs around the samples of a vertex's patch and its neighbours', and
    /// the vertex whose patch holds the centre.
    fn best_disc_near(&mut self, seed: usize, area_mm2: f64) -> (f64, usize) {
        let Self { prepared, walk, known } = self;
        let surface = walk.surface;
        let mut skin = Vec::new();
        for &(_, vertex) in walk.nearest_first(seed, area_mm2) {
            let sampled = known.entry(vertex).or_insert_with(|| samples(prepared, vertex));
            skin.extend_from_slice(sampled);
        }
        let middle = surface.vertices_mm()[seed];
        let near = 1.5 * surface.patch_radii_mm()[seed];
        let centres = skin.iter().filter(|sample| (sample.point_mm - middle).norm() <= near);
        let means = centres.map(|s| (disc_mean(&skin, s.point_mm, area_mm2), s.vertex));
        means.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, seed))
    }
}

/// Mean over the samples nearest to a point that fill an area; the last counts in part.
fn disc_mean(skin: &[Sample], centre_mm: Vec3, area_mm2: f64) -> f64 {
    // Twice the radius holds four times the area, but at an edge or in a fold.
    let close_mm = 2.0 * (area_mm2 / std::f64::consts::PI).sqrt();
    let within = |reach_mm: f64| {
        let distances = skin.iter().map(|sample| ((sample.point_mm - centre_mm).norm(), sample));
        distances.filter(|&(distance_mm, _)| distance_mm <= reach_mm).collect::<Vec<_>>()
    };
    let mut order = within(close_mm);
    if order.iter().map(|(_, sample)| sample.area_mm2).sum::<f64>() < area_mm2 {
        order = within(f64::INFINITY);
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    fill(order.into_iter().map(|(_, sample)| (sample.area_mm2, sample.dose_gy)), area_mm2)
}

/// Area-weighted mean of (area, dose) pairs until an area is full.
fn fill(pieces: impl Iterator<Item = (f64, f64)>, area_mm2: f64) -> f64 {
    let (mut area, mut sum) = (0.0, 0.0);
    for (piece_mm2, dose_gy) in pieces {
        let taken = piece_mm2.min(area_mm2 - area);
        area += taken;
        sum += taken * dose_gy;
        if area >= area_mm2 {
            break;
        }
    }
    if area > 0.0 { sum / area } else { 0.0 }
}

fn mean_around(walk: &mut Walk, dose_gy: &[f64], centre: usize, area_mm2: f64) -> f64 {
    let areas_mm2 = walk.surface.areas_mm2();
    let around = walk.nearest_first(centre, area_mm2).iter();
    fill(around.map(|&(_, vertex)| (areas_mm2[vertex], dose_gy[vertex])), area_mm2)
}

/// Walks from vertex to vertex; its memory serves one walk after the other.
struct Walk<'a> {
    surface: &'a TriangleSurface,
    /// Number of the last walk that came to each vertex.
    came: Vec<u32>,
    number: u32,
    found: Vec<(f64, usize)>,
}

impl<'a> Walk<'a> {
    fn new(surface: &'a TriangleSurface) -> Self {
        Self { surface, came: vec![0; surface.len()], number: 0, found: Vec::new() }
    }

    /// Vertices joined to `centre` within reach of a disc of the area and their distances, nearest
    /// first.
    fn nearest_first(&mut self, centre: usize, area_mm2: f64) -> &[(f64, usize)] {
        let Self { surface, came, number, found } = self;
        let middle = surface.vertices_mm()[centre];
        // Twice the radius of the disc, and at least the neighbours: enough at an edge or in a fold.
        let reach =
            2.0 * (area_mm2 / std::f64::consts::PI).sqrt() + 2.0 * surface.patch_radii_mm()[centre];
        *number += 1;
        found.clear();
        found.push((0.0, centre));
        came[centre] = *number;
        let mut next = 0;
        while next < found.len() {
            for &t in surface.triangles_around(found[next].1) {
                for corner in surface.triangles()[t as usize].map(|i| i as usize) {
                    if came[corner] == *number {
                        continue;
                    }
                    let distance = (surface.vertices_mm()[corner] - middle).norm();
                    if distance <= reach {
                        came[corner] = *number;
                        found.push((distance, corner));
                    }
                }
            }
            next += 1;
        }
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::beam::{Beam, FieldLimits};
    use crate::kernel::Frame;
    use crate::kernel::{BackscatterModel, Scene, Switches, blocks};
    use crate::spaces::{PatientPosition, table_from_patient};
    use crate::surface::Facing;

    fn skin(spacing: f64) -> TriangleSurface {
        TriangleSurface::plane([100.0, 100.0], Facing::Posterior, spacing).unwrap()
    }

    #[test]
    fn uniform_dose_has_its_own_mean() {
        let skin = skin(5.0);
        let (mean, _) = mean_dose(&skin, &vec![2.0; skin.len()], 100.0).unwrap();
        assert!((mean - 2.0).abs() < 1e-12);
    }

    #[test]
    fn one_hot_vertex_is_diluted_over_the_area() {
        let skin = skin(5.0);
        let hot = skin.len() / 2;
        let mut dose = vec![0.0; skin.len()];
        dose[hot] = 4.0;
        let (mean, centre) = mean_dose(&skin, &dose, 100.0).unwrap();
        assert_eq!(centre, hot);
        assert!((mean - 4.0 * skin.areas_mm2()[hot] / 100.0).abs() < 1e-9);
    }

    #[test]
    fn mean_over_a_cone_of_dose_is_that_of_the_disc() {
        // dose = 1 - r/50 mm: over a disc of radius R the mean is 1 - 2R/150; R = 5.642 mm. Whole
        // patches of 1 mm2 at the rim instead of a circle cost less than 0.1 %.
        let skin = skin(1.0);
        let at = |i: usize| skin.vertices_mm()[i];
        let middle = (0..skin.len()).min_by(|&i, &j| {
            let off = |k: usize| at(k).x.hypot(at(k).z + 50.0);
            off(i).total_cmp(&off(j))
        });
        let middle = at(middle.unwrap());
        let dose: Vec<f64> =
            (0..skin.len()).map(|i| 1.0 - (at(i) - middle).norm() / 50.0).collect();
        let (mean, _) = mean_dose(&skin, &dose, 100.0).unwrap();
        let disc = 1.0 - 2.0 * (100.0 / std::f64::consts::PI).sqrt() / 150.0;
        assert!((mean / disc - 1.0).abs() < 1e-3, "{mean} {disc}");
    }

    /// A square field of 8 mm lies inside a disc of 1 cm2 but for its corners (5.66 mm from the
    /// centre, disc 5.64 mm): without backscatter and distance the mean is 0.64 of the kerma.
    /// Pieces of 1.25 mm at the rim of the disc hold that to 4 %; patches of 5 and 8 mm alone are
    /// off by a quarter.
    #[test]
    fn field_smaller_than_the_area_has_the_mean_of_its_own_area() {
        let no_scatter = BeamQuality {
            backscatter: BackscatterModel::Factor(1.0),
            backscatter_behind_support: 1.0,
            primary_mu_en_ratio: 1.0,
            scatter_mu_en_ratio: 1.0,
            support: None,
        };
        let lying = table_from_patient(PatientPosition::from_term("HFS").unwrap(), Vec3::ZERO);
        let off = Switches { inverse_square: false, occlusion: false };
        for (spacing, shift) in [(8.0, 0.0), (8.0, 3.3), (5.0, 0.0), (5.0, 2.1), (2.5, 1.0)] {
            let scene = Scene::new(skin(spacing), lying, vec![], off);
            let frames = [Frame {
                beam: Beam {
                    source_mm: Vec3::new(shift, 600.0, -50.0 + shift),
                    u: Vec3::new(1.0, 0.0, 0.0),
                    v: Vec3::new(0.0, 0.0, 1.0),
                    w: Vec3::new(0.0, -1.0, 0.0),
                    field: FieldLimits::at_distance([-4.0, 4.0, -4.0, 4.0], 600.0).unwrap(),
                },
                air_kerma_gy: 1.0,
                reference_distance_mm: 600.0,
                forward_scatter_ratio: 0.0,
                quality: 0,
            }];
            let qualities = [no_scatter.clone()];
            let map = blocks::dose_map(&scene, &frames, &qualities).unwrap();
            let hottest =
                (0..map.dose_gy.len()).max_by(|&i, &j| map.dose_gy[i].total_cmp(&map.dose_gy[j]));
            let parts = [Part { scene: &scene, frames: &frames }];
            let mean = sampled_mean_dose(&parts, &qualities, &[hottest.unwrap()], 100.0).unwrap();
            assert!((mean / 0.64 - 1.0).abs() < 0.04, "{spacing} {shift}: {mean}");
        }
    }

    #[test]
    fn wrong_lengths_and_areas_are_refused() {
        let skin = skin(5.0);
        assert!(mean_dose(&skin, &[1.0], 100.0).is_err());
        assert!(mean_dose(&skin, &vec![1.0; skin.len()], 0.0).is_err());
    }
}
