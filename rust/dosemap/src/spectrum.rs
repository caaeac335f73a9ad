//! The photon spectrum of a beam on its central ray, and what follows from it.
//!
//! A spectrum always holds photons: making one that holds none is an error, so no quantity
//! here can be undefined. Attenuation is that of a narrow beam (no scatter from the filters).

mod half_value;
mod tungsten;

use std::sync::LazyLock;

use crate::energy_table::BIN_ENERGIES_KEV;
use crate::error::DoseError;
use crate::materials::{FilterLayer, Medium};

/// 1 keV/g in µGy.
const MICROGRAY_PER_KEV_PER_G: f64 = 1.602_176_634e-7;

/// Below this air kerma per mAs nothing measurable is left and sums lose their meaning.
const LEAST_AIR_KERMA_UGY_PER_MAS: f64 = 1e-60;

/// Air kerma (µGy) per photon per cm2 in each energy bin.
static AIR_KERMA_PER_PHOTON: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let absorption = Medium::Air.mass_energy_absorption_cm2_per_g();
    BIN_ENERGIES_KEV
        .iter()
        .zip(absorption)
        .map(|(energy_kev, absorption)| energy_kev * absorption * MICROGRAY_PER_KEV_PER_G)
        .collect()
});

/// Fluence spectrum of a tungsten tube in energy bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    kvp: f64,
    fluence: Vec<f64>,
}

impl Spectrum {
    /// The unfiltered spectrum at a tube potential of 40-150 kV and an anode angle of 8-16°.
    ///
    /// Interpolated in a table made with SpekPy; photons below 5 keV are left out.
    pub fn tungsten(kvp: f64, anode_angle_deg: f64) -> Result<Self, DoseError> {
        Self { kvp, fluence: tungsten::fluence(kvp, anode_angle_deg)? }.not_empty()
    }

    /// The spectrum behind any number of layers; an error where they let nothing through.
    pub fn filtered(&self, layers: &[FilterLayer]) -> Result<Self, DoseError> {
        let depths = optical_depths(layers);
        let fluence =
            self.fluence.iter().zip(&depths).map(|(photons, depth)| photons * (-depth).exp());
        Self { kvp: self.kvp, fluence: fluence.collect() }.not_empty()
    }

    /// Tube potential, kV.
    pub fn kvp(&self) -> f64 {
        self.kvp
    }

    /// Middles of the energy bins, keV: 1 keV wide from 5 to 150 keV, split at the K edges of the
    /// filter materials.
    pub fn energies_kev(&self) -> &'static [f64] {
        &BIN_ENERGIES_KEV
    }

    /// Photons per cm2, mAs and bin at 1 m from the focal spot.
    pub fn fluence(&self) -> &[f64] {
        &self.fluence
    }

    /// Mean photon energy, weighted with fluence, keV.
    pub fn mean_energy_kev(&self) -> f64 {
        dot(&self.fluence, &BIN_ENERGIES_KEV) / self.fluence.iter().sum::<f64>()
    }

    /// Air kerma free in air at 1 m, µGy/mAs.
    pub fn air_kerma_ugy_per_mas_at_1m(&self) -> f64 {
        dot(&self.fluence, &AIR_KERMA_PER_PHOTON)
    }

    /// Share of each energy bin in the air kerma; the shares sum to 1.
    pub fn air_kerma_weights(&self) -> Vec<f64> {
        let total = self.air_kerma_ugy_per_mas_at_1m();
        let kerma = self.fluence.iter().zip(AIR_KERMA_PER_PHOTON.iter());
        kerma.map(|(photons, per_photon)| photons * per_photon / total).collect()
    }

    /// Share of the air kerma that passes the layers.
    pub fn transmission(&self, layers: &[FilterLayer]) -> f64 {
        let weights = self.air_kerma_weights();
        weights
            .iter()
            .zip(optical_depths(layers))
            .map(|(weight, depth)| weight * (-depth).exp())
            .sum()
    }

    /// Quotient of mean mass energy-absorption coefficients, medium to air, over the primary
    /// energy fluence: kerma in the medium per air kerma.
    pub fn mu_en_ratio_to_air(&self, medium: Medium) -> f64 {
        let ratio = medium
            .mass_energy_absorption_cm2_per_g()
            .iter()
            .zip(Medium::Air.mass_energy_absorption_cm2_per_g());
        self.air_kerma_weights()
            .iter()
            .zip(ratio)
            .map(|(weight, (medium, air))| weight * medium / air)
            .sum()
    }

    fn not_empty(self) -> Result<Self, DoseError> {
        if self.air_kerma_ugy_per_mas_at_1m() > LEAST_AIR_KERMA_UGY_PER_MAS {
            Ok(self)
        } else {
            Err(DoseError::BeamAbsorbed { kvp: self.kvp })
        }
    }
}

/// Attenuation coefficient times thickness in each bin, summed over the layers.
fn optical_depths(layers: &[FilterLayer]) -> Vec<f64> {
    let mut depths = vec![0.0; BIN_ENERGIES_KEV.len()];
    for layer in layers {
        for (depth, attenuation) in depths.iter_mut().zip(layer.material().attenuation_per_mm()) {
            *depth += attenuation * layer.thickness_mm();
        }
    }
    depths
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
