//! Unfiltered tungsten spectra, interpolated in the embedded table.

use std::sync::LazyLock;

use crate::energy_table::{self, BIN_BORDERS_KEV, SPECTRA};
use crate::error::DoseError;

const KVP_KV: (f64, f64) = (40.0, 150.0);
const KVP_STEP_KV: f64 = 2.0;
const ANODE_ANGLE_DEG: (f64, f64) = (8.0, 16.0);
const ANODE_ANGLE_STEP_DEG: f64 = 1.0;
const ANGLES: usize = 9;

/// Photons per cm2 and mAs that a 1 in the table stands for.
const FLUENCE_UNIT: f64 = 1e6;

/// Spectra in the order of the file: tube potential first, then anode angle.
static TABLE: LazyLock<Vec<Vec<f64>>> =
    LazyLock::new(|| energy_table::read(SPECTRA, 2).map(|row| row.values).collect());

/// Photons per cm2, mAs and energy bin at 1 m; bilinear in tube potential and anode angle.
pub(super) fn fluence(kvp: f64, anode_angle_deg: f64) -> Result<Vec<f64>, DoseError> {
    DoseError::check_range("tube potential", kvp, KVP_KV, "kV")?;
    DoseError::check_range("anode angle", anode_angle_deg, ANODE_ANGLE_DEG, "degrees")?;
    let (row, above) = grid_position(kvp, KVP_KV, KVP_STEP_KV);
    let (column, beyond) = grid_position(anode_angle_deg, ANODE_ANGLE_DEG, ANODE_ANGLE_STEP_DEG);
    let corner = row * ANGLES + column;
    let corners = [
        (&TABLE[corner], (1.0 - above) * (1.0 - beyond)),
        (&TABLE[corner + 1], (1.0 - above) * beyond),
        (&TABLE[corner + ANGLES], above * (1.0 - beyond)),
        (&TABLE[corner + ANGLES + 1], above * beyond),
    ];
    let interpolated = BIN_BORDERS_KEV.iter().enumerate().map(|(bin, (low_kev, high_kev))| {
        let sum: f64 = corners.iter().map(|(spectrum, weight)| weight * spectrum[bin]).sum();
        // Interpolation reaches up to one step above the tube potential; no photon does.
        let share_below_kvp = ((kvp - low_kev) / (high_kev - low_kev)).clamp(0.0, 1.0);
        sum * share_below_kvp * FLUENCE_UNIT
    });
    Ok(interpolated.collect())
}

/// Index of the grid point at or below a value, and the share of the step above it. The last
/// interval holds the upper end.
fn grid_position(value: f64, (low, high): (f64, f64), step: f64) -> (usize, f64) {
    let intervals = ((high - low) / step).round();
    let position = (value - low) / step;
    let index = position.floor().min(intervals - 1.0);
    (index as usize, position - index)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_of_the_table_are_the_grid_in_order() {
        let labels: Vec<[f64; 2]> = energy_table::read(SPECTRA, 2)
            .map(|row| [0, 1].map(|label| energy_table::number(row.labels[label])))
            .collect();
        let mut row = 0;
        for kvp in (40..=150).step_by(2) {
            for angle in 8..=16 {
                assert_eq!(labels[row], [f64::from(kvp), f64::from(angle)]);
                row += 1;
            }
        }
        assert_eq!(labels.len(), row);
    }

    #[test]
    fn grid_points_come_back_unchanged() {
        let at_grid = fluence(150.0, 16.0).unwrap();
        let expected: Vec<f64> =
            TABLE.last().unwrap().iter().map(|value| value * FLUENCE_UNIT).collect();
        assert_eq!(at_grid, expected);
    }

    #[test]
    fn no_photon_has_more_energy_than_the_tube_potential_gives() {
        for kvp in [40.0, 40.4, 81.0, 81.9, 149.3] {
            let fluence = fluence(kvp, 11.3).unwrap();
            for ((low_kev, _), photons) in BIN_BORDERS_KEV.iter().zip(&fluence) {
                assert_eq!(*photons > 0.0, *low_kev < kvp, "{kvp} kV, {low_kev} keV");
            }
        }
    }
}
