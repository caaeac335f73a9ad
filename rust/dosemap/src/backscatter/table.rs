//! The embedded table of mono-energetic backscatter.

use std::sync::LazyLock;

use super::Backscatter;
use crate::energy_table::number;

pub(crate) const TABLE: &str = include_str!("../../data/backscatter_amplitudes.csv");
/// Energy; amplitudes, distances, obliquities; water, skin, tissue4 to air.
const COLUMNS: usize = 1 + 3 * 5 + 3;

static ROWS: LazyLock<Vec<(f64, Backscatter)>> = LazyLock::new(|| {
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).map(row).collect()
});

fn row(line: &str) -> (f64, Backscatter) {
    let cells: Vec<f64> = line.split(',').map(number).collect();
    assert_eq!(cells.len(), COLUMNS, "embedded backscatter table: {line}");
    let five = |start: usize| std::array::from_fn(|i| cells[start + i]);
    let [water, skin, tissue4] = [cells[16], cells[17], cells[18]];
    let mono = Backscatter {
        amplitudes: five(1),
        distance_mm: five(6),
        obliquity: five(11),
        scatter_mu_en_ratios: [water, 1.0, skin, tissue4],
    };
    (cells[0], mono)
}

/// Backscatter of photons of one energy, linear between the energies of the table and constant
/// beyond them.
pub(super) fn at(energy_kev: f64) -> Backscatter {
    let upper = ROWS.partition_point(|(energy, _)| *energy < energy_kev).clamp(1, ROWS.len() - 1);
    let ((low_kev, low), (high_kev, high)) = (ROWS[upper - 1], ROWS[upper]);
    let share = ((energy_kev - low_kev) / (high_kev - low_kev)).clamp(0.0, 1.0);
    Backscatter {
        amplitudes: between(low.amplitudes, high.amplitudes, share),
        distance_mm: between(low.distance_mm, high.distance_mm, share),
        obliquity: between(low.obliquity, high.obliquity, share),
        scatter_mu_en_ratios: between(low.scatter_mu_en_ratios, high.scatter_mu_en_ratios, share),
    }
}

fn between<const N: usize>(low: [f64; N], high: [f64; N], share: f64) -> [f64; N] {
    std::array::from_fn(|i| low[i] + share * (high[i] - low[i]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backscatter::WIDTHS_MM;

    #[test]
    fn the_table_was_fitted_with_the_widths_of_the_code() {
        let widths = WIDTHS_MM.map(|width| width.to_string()).join(", ");
        assert!(TABLE.contains(&format!("# Widths (mm): {widths}.")));
    }

    #[test]
    fn energies_rise_and_nothing_is_negative() {
        assert!(ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (energy, mono) in ROWS.iter() {
            assert!(mono.amplitudes.iter().all(|value| *value >= 0.0), "{energy} keV");
            assert!(mono.distance_mm.iter().all(|value| *value >= 0.0), "{energy} keV");
            assert!(mono.obliquity.iter().all(|value| *value > 0.0), "{energy} keV");
            assert!(mono.scatter_mu_en_ratios.iter().all(|value| (0.9..1.1).contains(value)));
        }
    }

    #[test]
    fn between_two_energies_lies_the_mean_and_beyond_the_ends_the_end() {
        assert_eq!(at(8.0), at(1.0));
        assert_eq!(at(150.0), at(200.0));
        let mean = 0.5 * (at(60.0).amplitudes[3] + at(65.0).amplitudes[3]);
        assert!((at(62.5).amplitudes[3] - mean).abs() < 1e-12);
    }
}
