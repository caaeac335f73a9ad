//! Interaction data of a homogeneous medium, and the sampling of its scattering angles.

use crate::random::Random;

/// Planck's constant times the speed of light, keV angstrom.
const KEV_ANGSTROM: f64 = 12.398_419_843;
/// Rest energy of the electron, keV.
const ELECTRON_REST_KEV: f64 = 510.998_95;

/// Columns of a CSV table with `#` comments.
fn columns(text: &str) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// Values on a grid of energies in geometric progression, interpolated log-log.
pub struct EnergyTable {
    ln_first: f64,
    per_ln: f64,
    ln_values: Vec<Vec<f64>>,
}

impl EnergyTable {
    /// From columns of which the first holds the energies in keV.
    pub fn read(text: &str) -> Self {
        let table = columns(text);
        let (first, last) = (table[0][0].ln(), table[0][table[0].len() - 1].ln());
        Self {
            ln_first: first,
            per_ln: (table[0].len() - 1) as f64 / (last - first),
            ln_values: table[1..].iter().map(|c| c.iter().map(|v| v.ln()).collect()).collect(),
        }
    }

    /// Place of an energy in the grid: index below and share of the way to the next.
    fn place(&self, energy_kev: f64) -> (usize, f64) {
        let position = (energy_kev.ln() - self.ln_first) * self.per_ln;
        let index = (position.max(0.0) as usize).min(self.ln_values[0].len() - 2);
        (index, position - index as f64)
    }

    /// All columns at an energy.
    pub fn at<const N: usize>(&self, energy_kev: f64) -> [f64; N] {
        let (index, share) = self.place(energy_kev);
        std::array::from_fn(|column| {
            let values = &self.ln_values[column];
            (values[index] + share * (values[index + 1] - values[index])).exp()
        })
    }
}

/// What happens to a photon at a collision.
pub enum Interaction {
    /// Absorbed on the spot.
    Photoelectric,
    /// Scattered by an electron, with loss of energy.
    Incoherent,
    /// Scattered by the whole atom.
    Coherent,
}

/// A homogeneous medium.
pub struct Medium {
    interactions: EnergyTable,
    density: f64,
    transfer: Vec<f64>,
    bound_share: Vec<f64>,
    /// Integral of the squared form factor over the squared momentum transfer.
    coherent_integral: Vec<f64>,
}

impl Medium {
    /// Liquid water.
    pub fn water() -> Self {
        Self::read(
            1.0,
            include_str!("water_interactions.csv"),
            include_str!("water_form_factors.csv"),
        )
    }

    /// Polymethyl methacrylate, 1.19 g/cm3.
    pub fn pmma() -> Self {
        Self::read(
            1.19,
            include_str!("pmma_interactions.csv"),
            include_str!("pmma_form_factors.csv"),
        )
    }

    fn read(density: f64, interactions: &str, form_factors: &str) -> Self {
        let table = columns(form_factors);
        let mut integral = vec![0.0];
        for i in 1..table[0].len() {
            let width = table[0][i].powi(2) - table[0][i - 1].powi(2);
            integral.push(integral[i - 1] + 0.5 * width * (table[1][i] + table[1][i - 1]));
        }
        Self {
            interactions: EnergyTable::read(interactions),
            density,
            transfer: table[0].clone(),
            bound_share: table[2].clone(),
            coherent_integral: integral,
        }
    }

    /// Linear attenuation coefficient, 1/cm, and the kind of the next interaction.
    pub fn next_interaction(&self, energy_kev: f64, random: &mut Random) -> (f64, Interaction) {
        let [photoelectric, incoherent, coherent] = self.interactions.at(energy_kev);
        let total = photoelectric + incoherent + coherent;
        let drawn = random.uniform() * total;
        let kind = if drawn < photoelectric {
            Interaction::Photoelectric
        } else if drawn < photoelectric + incoherent {
            Interaction::Incoherent
        } else {
            Interaction::Coherent
        };
        (total * self.density, kind)
    }

    /// Cosine of the angle and energy after incoherent scatter: Klein-Nishina times S(x).
    pub fn incoherent_scatter(&self, energy_kev: f64, random: &mut Random) -> (f64, f64) {
        loop {
            let cosine = 2.0 * random.uniform() - 1.0;
            let ratio = 1.0 / (1.0 + energy_kev / ELECTRON_REST_KEV * (1.0 - cosine));
            let klein_nishina = ratio * ratio * (ratio + 1.0 / ratio - 1.0 + cosine * cosine);
            let transfer = energy_kev / KEV_ANGSTROM * ((1.0 - cosine) / 2.0).sqrt();
            let bound = interpolate(&self.transfer, &self.bound_share, transfer);
            // 2 is the Klein-Nishina value forwards, its largest.
            if 2.0 * random.uniform() < klein_nishina * bound {
                return (cosine, energy_kev * ratio);
            }
        }
    }

    /// Cosine of the angle of coherent scatter: Thomson times the squared form factor.
    pub fn coherent_scatter(&self, energy_kev: f64, random: &mut Random) -> f64 {
        let largest = energy_kev / KEV_ANGSTROM;
        let total = interpolate(&self.transfer, &self.coherent_integral, largest);
        loop {
            let drawn = random.uniform() * total;
            let i = self.coherent_integral.partition_point(|&v| v <= drawn);
            let i = i.min(self.transfer.len() - 1);
            let (low, high) = (self.coherent_integral[i - 1], self.coherent_integral[i]);
            let (x0, x1) = (self.transfer[i - 1].powi(2), self.transfer[i].powi(2));
            let squared = x0 + (drawn - low) / (high - low) * (x1 - x0);
            let cosine = (1.0 - 2.0 * squared / (largest * largest)).max(-1.0);
            if 2.0 * random.uniform() < 1.0 + cosine * cosine {
                return cosine;
            }
        }
    }
}

fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let i = x.partition_point(|&v| v <= at).clamp(1, x.len() - 1);
    y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1])
}
