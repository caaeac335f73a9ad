//! Dose averaged over the most exposed piece of skin of a given area.

use std::collections::HashSet;

use crate::error::DoseError;
use crate::surface::TriangleSurface;

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
    let centres =
        (0..dose_gy.len()).filter(|&i| dose_gy[i] > 0.0 && dose_gy[i] >= CENTRE_SHARE * highest);
    let means = centres.map(|centre| (mean_around(surface, dose_gy, centre, area_mm2), centre));
    Ok(means.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0)))
}

fn mean_around(surface: &TriangleSurface, dose_gy: &[f64], centre: usize, area_mm2: f64) -> f64 {
    let (mut area, mut sum) = (0.0, 0.0);
    for vertex in nearest_first(surface, centre, area_mm2) {
        let taken = surface.areas_mm2()[vertex].min(area_mm2 - area);
        area += taken;
        sum += taken * dose_gy[vertex];
        if area >= area_mm2 {
            break;
        }
    }
    if area > 0.0 { sum / area } else { dose_gy[centre] }
}

/// Vertices joined to `centre` within reach of a disc of the area, nearest first.
fn nearest_first(surface: &TriangleSurface, centre: usize, area_mm2: f64) -> Vec<usize> {
    let middle = surface.vertices_mm()[centre];
    let distance = |i: usize| (surface.vertices_mm()[i] - middle).norm();
    // Twice the radius of the disc, and at least the neighbours: enough at an edge or in a fold.
    let reach =
        2.0 * (area_mm2 / std::f64::consts::PI).sqrt() + 2.0 * surface.patch_radii_mm()[centre];
    let mut found = vec![centre];
    let mut seen = HashSet::from([centre]);
    let mut next = 0;
    while next < found.len() {
        for &t in surface.triangles_around(found[next]) {
            for corner in surface.triangles()[t as usize].map(|i| i as usize) {
                if distance(corner) <= reach && seen.insert(corner) {
                    found.push(corner);
                }
            }
        }
        next += 1;
    }
    found.sort_by(|&i, &j| distance(i).total_cmp(&distance(j)).then(i.cmp(&j)));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
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

    #[test]
    fn wrong_lengths_and_areas_are_refused() {
        let skin = skin(5.0);
        assert!(mean_dose(&skin, &[1.0], 100.0).is_err());
        assert!(mean_dose(&skin, &vec![1.0; skin.len()], 0.0).is_err());
    }
}
