//! Filter and support materials, and the media that take up dose; all from embedded tables.

use std::sync::LazyLock;

use crate::energy_table::{self, MASS_ATTENUATION, MASS_ENERGY_ABSORPTION};
use crate::error::DoseError;

/// Range of a layer's thickness, mm: from nothing to ten metres (of air).
const THICKNESS_MM: (f64, f64) = (0.0, 1e4);

struct Entry {
    symbol: &'static str,
    density_g_per_cm3: f64,
    attenuation_per_mm: Vec<f64>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    energy_table::read(MASS_ATTENUATION, 2)
        .map(|row| {
            let density_g_per_cm3 = energy_table::number(row.labels[1]);
            // cm2/g times g/cm3 is 1/cm; a tenth of it is 1/mm.
            let attenuation_per_mm =
                row.values.iter().map(|value| value * density_g_per_cm3 * 0.1).collect();
            Entry { symbol: row.labels[0], density_g_per_cm3, attenuation_per_mm }
        })
        .collect()
});

/// A material that attenuates the beam: a row of `data/mass_attenuation.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Material(usize);

impl Material {
    /// Aluminium, in which half-value layers are given.
    pub const ALUMINIUM: Self = Self(0);
    /// Copper.
    pub const COPPER: Self = Self(1);

    /// The material of a symbol such as `Cu` or `PMMA`, in upper or lower case.
    pub fn from_symbol(symbol: &str) -> Result<Self, DoseError> {
        Self::all().find(|material| material.symbol().eq_ignore_ascii_case(symbol)).ok_or_else(
            || DoseError::UnknownName {
                kind: "material",
                name: symbol.to_owned(),
                known: Self::all().map(Self::symbol).collect::<Vec<_>>().join(", "),
            },
        )
    }

    /// All materials, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ENTRIES.len()).map(Self)
    }

    /// Chemical symbol or short name.
    pub fn symbol(self) -> &'static str {
        ENTRIES[self.0].symbol
    }

    /// Density, g/cm3.
    pub fn density_g_per_cm3(self) -> f64 {
        ENTRIES[self.0].density_g_per_cm3
    }

    /// Linear attenuation coefficient in each energy bin, 1/mm, coherent scatter included.
    pub fn attenuation_per_mm(self) -> &'static [f64] {
        &ENTRIES[self.0].attenuation_per_mm
    }
}

/// A homogeneous layer across the beam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilterLayer {
    material: Material,
    thickness_mm: f64,
}

impl FilterLayer {
    /// A layer of 0 to 10 000 mm; a negative or undefined thickness is an error.
    pub fn new(material: Material, thickness_mm: f64) -> Result<Self, DoseError> {
        DoseError::check_range("layer thickness", thickness_mm, THICKNESS_MM, "mm")?;
        Ok(Self { material, thickness_mm })
    }

    /// What the layer is made of.
    pub fn material(&self) -> Material {
        self.material
    }

    /// Thickness along the ray, mm.
    pub fn thickness_mm(&self) -> f64 {
        self.thickness_mm
    }
}

/// A medium whose dose or kerma is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Liquid water.
    Water,
    /// Dry air.
    Air,
    /// Adult skin of ICRU Report 44.
    Skin,
    /// Four-component soft tissue of ICRU Report 44.
    Tissue4,
}

static MASS_ENERGY_ABSORPTION_CM2_PER_G: LazyLock<[Vec<f64>; 4]> = LazyLock::new(|| {
    Medium::ALL.map(|medium| {
        energy_table::read(MASS_ENERGY_ABSORPTION, 1)
            .find(|row| row.labels[0] == medium.name())
            .unwrap_or_else(|| panic!("embedded table: no row for {}", medium.name()))
            .values
    })
});

impl Medium {
    /// All media, in the order of declaration.
    pub const ALL: [Self; 4] = [Self::Water, Self::Air, Self::Skin, Self::Tissue4];

    /// Name, as in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Water => "water",
            Self::Air => "air",
            Self::Skin => "skin",
            Self::Tissue4 => "tissue4",
        }
    }

    /// The medium of a name.
    pub fn from_name(name: &str) -> Result<Self, DoseError> {
        Self::ALL.into_iter().find(|medium| medium.name() == name).ok_or_else(|| {
            DoseError::UnknownName {
                kind: "medium",
                name: name.to_owned(),
                known: Self::ALL.map(Self::name).join(", "),
            }
        })
    }

    /// Mass energy-absorption coefficient in each energy bin, cm2/g.
    pub fn mass_energy_absorption_cm2_per_g(self) -> &'static [f64] {
        &MASS_ENERGY_ABSORPTION_CM2_PER_G[self as usize]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::energy_table::{BIN_BORDERS_KEV, BIN_ENERGIES_KEV};

    /// Value of a bin-wise quantity at an energy between two bin middles, log-log.
    fn at(values: &[f64], energy_kev: f64) -> f64 {
        let upper = BIN_ENERGIES_KEV.partition_point(|bin| *bin < energy_kev);
        let (low, high) = (BIN_ENERGIES_KEV[upper - 1], BIN_ENERGIES_KEV[upper]);
        let share = (energy_kev / low).ln() / (high / low).ln();
        (values[upper - 1].ln() * (1.0 - share) + values[upper].ln() * share).exp()
    }

    #[test]
    fn constants_name_the_rows_they_claim() {
        assert_eq!(Material::ALUMINIUM.symbol(), "Al");
        assert_eq!(Material::COPPER.symbol(), "Cu");
    }

    /// NIST X-Ray Mass Attenuation Coefficients, tables 3 and 4 (cm2/g). xraylib's older
    /// photoelectric cross sections differ from them by up to 1 % between 10 and 150 keV.
    #[test]
    fn attenuation_agrees_with_nist() {
        for (symbol, energy_kev, expected) in [
            ("Al", 30.0, 1.128),
            ("Al", 60.0, 0.2778),
            ("Al", 100.0, 0.1704),
            ("Cu", 30.0, 10.92),
            ("Cu", 60.0, 1.593),
            ("Cu", 100.0, 0.4584),
            ("Pb", 60.0, 5.021),
            ("C", 60.0, 0.1753),
            ("water", 30.0, 0.3756),
            ("water", 60.0, 0.2059),
            ("PMMA", 60.0, 0.1924),
        ] {
            let material = Material::from_symbol(symbol).unwrap();
            let found =
                at(material.attenuation_per_mm(), energy_kev) * 10.0 / material.density_g_per_cm3();
            assert!((found / expected - 1.0).abs() < 0.01, "{symbol} {energy_kev}: {found}");
        }
    }

    /// NIST X-Ray Mass Attenuation Coefficients, table 4 (cm2/g); 0.6 % is what leaving out
    /// fluorescence and the older cross sections cost at most.
    #[test]
    fn energy_absorption_agrees_with_nist() {
        for (medium, energy_kev, expected) in [
            (Medium::Water, 20.0, 0.5503),
            (Medium::Water, 30.0, 0.1557),
            (Medium::Water, 60.0, 0.03190),
            (Medium::Water, 100.0, 0.02546),
            (Medium::Air, 20.0, 0.5389),
            (Medium::Air, 30.0, 0.1537),
            (Medium::Air, 60.0, 0.03041),
            (Medium::Air, 100.0, 0.02325),
        ] {
            let found = at(medium.mass_energy_absorption_cm2_per_g(), energy_kev);
            assert!((found / expected - 1.0).abs() < 0.006, "{medium:?} {energy_kev}: {found}");
        }
    }

    #[test]
    fn k_edges_lie_where_they_belong() {
        // K edges on a border of the bins: the bin above attenuates several times more.
        for (symbol, edge_kev) in [
            ("Nb", 19.0),
            ("Mo", 20.0),
            ("Rh", 23.2),
            ("Ag", 25.5),
            ("Sn", 29.2),
            ("Eu", 48.5),
            ("Ta", 67.4),
            ("Au", 80.7),
            ("Pb", 88.0),
        ] {
            let attenuation = Material::from_symbol(symbol).unwrap().attenuation_per_mm();
            let above = BIN_BORDERS_KEV.iter().position(|(low, _)| *low == edge_kev).unwrap();
            assert!(attenuation[above] > 3.0 * attenuation[above - 1], "{symbol}");
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_unknown_ones_are_refused() {
        assert_eq!(Material::from_symbol("cu").unwrap(), Material::COPPER);
        let error = Material::from_symbol("Xx").unwrap_err();
        assert!(error.to_string().contains("Al, Cu"), "{error}");
        for medium in Medium::ALL {
            assert_eq!(Medium::from_name(medium.name()).unwrap(), medium);
        }
        assert!(Medium::from_name("bone").is_err());
    }

    #[test]
    fn layers_refuse_thicknesses_that_cannot_be() {
        for thickness_mm in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(FilterLayer::new(Material::COPPER, thickness_mm).is_err());
        }
    }
}
