//! The embedded physics tables: `#` comments, a header, then one row per thing.
//!
//! Label columns come first, then one column per energy bin, headed by the bin's middle.
//! Bins are 1 keV wide with whole keV as borders, and split at the K edges of the filter materials.

use std::sync::LazyLock;

/// Lower border of the first bin, keV.
const LOWEST_KEV: f64 = 5.0;

/// Middles of the energy bins that all tables share, keV.
pub(crate) static BIN_ENERGIES_KEV: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let (_, header) = labels_and_cells(header(SPECTRA), 2);
    header.map(number).collect()
});

/// Lower and upper border of each bin, keV; all lie on a tenth of a keV.
pub(crate) static BIN_BORDERS_KEV: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    let mut low_kev = LOWEST_KEV;
    let borders = BIN_ENERGIES_KEV.iter().map(|middle_kev| {
        let high_kev = (10.0 * (2.0 * middle_kev - low_kev)).round() / 10.0;
        (std::mem::replace(&mut low_kev, high_kev), high_kev)
    });
    borders.collect()
});

pub(crate) const SPECTRA: &str = include_str!("../data/tungsten_spectra.csv");
pub(crate) const MASS_ATTENUATION: &str = include_str!("../data/mass_attenuation.csv");
pub(crate) const MASS_ENERGY_ABSORPTION: &str = include_str!("../data/mass_energy_absorption.csv");

/// One row of a table.
pub(crate) struct Row {
    /// The label columns.
    pub labels: Vec<&'static str>,
    /// One value per energy bin; trailing zeros that the file leaves out are put back.
    pub values: Vec<f64>,
}

/// Read an embedded table with `label_count` label columns.
pub(crate) fn read(text: &'static str, label_count: usize) -> impl Iterator<Item = Row> {
    let bins = BIN_ENERGIES_KEV.len();
    data_lines(text).skip(1).map(move |line| {
        let (labels, cells) = labels_and_cells(line, label_count);
        let mut values: Vec<f64> = cells.map(number).collect();
        values.resize(bins, 0.0);
        Row { labels, values }
    })
}

/// A number of an embedded table. The tables are part of the program: a unit test reads all of
/// them, so a bad cell cannot leave the house.
pub(crate) fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("embedded table: '{cell}' is not a number"))
}

fn header(text: &'static str) -> &'static str {
    data_lines(text).next().unwrap_or_default()
}

/// The lines of an embedded table that are not comments; the first is the header.
pub(crate) fn data_lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn labels_and_cells(
    line: &'static str,
    label_count: usize,
) -> (Vec<&'static str>, impl Iterator<Item = &'static str>) {
    let mut cells = line.split(',');
    (cells.by_ref().take(label_count).collect(), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_the_same_energies_and_only_numbers() {
        for (text, label_count) in
            [(SPECTRA, 2), (MASS_ATTENUATION, 2), (MASS_ENERGY_ABSORPTION, 1)]
        {
            let (_, energies) = labels_and_cells(header(text), label_count);
            assert_eq!(energies.map(number).collect::<Vec<_>>(), *BIN_ENERGIES_KEV);
            for row in read(text, label_count) {
                assert_eq!(row.values.len(), BIN_ENERGIES_KEV.len(), "{:?}", row.labels);
                assert!(row.values.iter().all(|value| value.is_finite() && *value >= 0.0));
            }
        }
    }

    #[test]
    fn bins_join_and_have_every_whole_kev_as_a_border() {
        assert!(BIN_BORDERS_KEV.windows(2).all(|pair| pair[0].1 == pair[1].0));
        for kev in 5..150 {
            assert!(BIN_BORDERS_KEV.iter().any(|(low_kev, _)| *low_kev == f64::from(kev)), "{kev}");
        }
        assert_eq!(BIN_BORDERS_KEV.last().map(|(_, high_kev)| *high_kev), Some(150.0));
    }
}
