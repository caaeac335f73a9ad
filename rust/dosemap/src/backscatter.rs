//! Backscatter at any point of the skin from a rectangular field, in closed form.
//!
//! B - 1, the scattered air kerma at the surface as a share of the air kerma free in air, is the
//! field folded with five round Gaussians whose widths are the same for all energies:
//! `docs/methods/backscatter.md`.

pub(crate) mod table;

use crate::error::DoseError;
use crate::materials::Medium;
use crate::spectrum::Spectrum;

/// Widths of the five Gaussians exp(-r²/s²), mm.
pub const WIDTHS_MM: [f64; 5] = [2.8, 10.6, 29.8, 71.0, 150.0];

/// Half the side of the square field whose mix of scattered energies gives the mu_en ratios, mm.
const REFERENCE_HALF_SIDE_MM: f64 = 100.0;

/// A field: a rectangle in the plane through the point, perpendicular to the central ray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    u1_mm: f64,
    u2_mm: f64,
    v1_mm: f64,
    v2_mm: f64,
}

impl Rectangle {
    /// The rectangle from u1 to u2 and v1 to v2; an error where an upper edge lies below its lower
    /// one or an edge is undefined.
    pub fn new((u1_mm, u2_mm): (f64, f64), (v1_mm, v2_mm): (f64, f64)) -> Result<Self, DoseError> {
        for (low, high) in [(u1_mm, u2_mm), (v1_mm, v2_mm)] {
            DoseError::check_range("lower field edge", low, (f64::MIN, high), "mm")?;
            DoseError::check_range("upper field edge", high, (low, f64::MAX), "mm")?;
        }
        Ok(Self { u1_mm, u2_mm, v1_mm, v2_mm })
    }

    /// Share of a round Gaussian of width `width_mm`, centred at a point, that the field covers.
    fn share_of_gaussian(&self, width_mm: f64, (u_mm, v_mm): (f64, f64)) -> f64 {
        let along = |low: f64, high: f64, at: f64| {
            0.5 * (libm::erf((high - at) / width_mm) - libm::erf((low - at) / width_mm))
        };
        along(self.u1_mm, self.u2_mm, u_mm) * along(self.v1_mm, self.v2_mm, v_mm)
    }
}

/// Backscatter of one spectrum from water, the means over its air kerma.
///
/// The fields are public so that a kernel can lay them out as it likes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backscatter {
    /// Amplitude of each Gaussian in a parallel beam at normal incidence.
    pub amplitudes: [f64; 5],
    /// k of the factor d / (d + k) by which an amplitude falls at the distance d from the source.
    pub distance_mm: [f64; 5],
    /// b of the factor c² (1 + b) / (c² + b) at a cosine of incidence c; above 0.
    pub obliquity: [f64; 5],
    /// Kerma in each medium per air kerma over the scattered photons, as `Medium::ALL`.
    scatter_mu_en_ratios: [f64; 4],
}

impl Backscatter {
    /// Mean over the energies of a spectrum.
    ///
    /// Below 8 keV the values at 8 keV are used, where B - 1 is 0.009.
    pub fn for_spectrum(spectrum: &Spectrum) -> Self {
        let mut mean = Self {
            amplitudes: [0.0; 5],
            distance_mm: [0.0; 5],
            obliquity: [0.0; 5],
            scatter_mu_en_ratios: [0.0; 4],
        };
        let mut scattered = 0.0;
        for (energy_kev, weight) in spectrum.energies_kev().iter().zip(spectrum.air_kerma_weights())
        {
            let mono = table::at(*energy_kev);
            for i in 0..5 {
                let amplitude = weight * mono.amplitudes[i];
                mean.amplitudes[i] += amplitude;
                mean.distance_mm[i] += amplitude * mono.distance_mm[i];
                mean.obliquity[i] += amplitude * mono.obliquity[i].ln();
            }
            let excess = weight * mono.reference_excess();
            scattered += excess;
            for (sum, ratio) in mean.scatter_mu_en_ratios.iter_mut().zip(mono.scatter_mu_en_ratios)
            {
                *sum += excess * ratio;
            }
        }
        for i in 0..5 {
            // A Gaussian that the spectrum does not reach has no amplitude for its factors to act on.
            let amplitude = mean.amplitudes[i].max(f64::MIN_POSITIVE);
            mean.distance_mm[i] /= amplitude;
            // The geometric mean: factors of the mean then lie closest to the mean of the factors.
            mean.obliquity[i] = (mean.obliquity[i] / amplitude).exp();
        }
        mean.scatter_mu_en_ratios = mean.scatter_mu_en_ratios.map(|sum| sum / scattered);
        mean
    }

    /// Amplitudes at a distance from the source and a cosine of the angle between the ray and the
    /// skin's normal; zero where the skin faces away.
    pub fn amplitudes_at(&self, source_to_point_mm: f64, cos_incidence: f64) -> [f64; 5] {
        let distance = source_to_point_mm;
        let oblique = self.obliquity_factors(cos_incidence);
        std::array::from_fn(|i| {
            self.amplitudes[i] * distance / (distance + self.distance_mm[i]) * oblique[i]
        })
    }

    /// Factor of oblique incidence on each amplitude: 1 at normal incidence, falling to 0.
    pub fn obliquity_factors(&self, cos_incidence: f64) -> [f64; 5] {
        let square = cos_incidence.clamp(0.0, 1.0).powi(2);
        self.obliquity.map(|b| square * (1.0 + b) / (square + b))
    }

    /// B - 1 at the point (u, v): air kerma of scattered photons per air kerma free in air there.
    ///
    /// Outside the field, the share of what the air kerma would be if the field reached there.
    pub fn excess(
        &self,
        field: &Rectangle,
        point_mm: (f64, f64),
        source_to_point_mm: f64,
        cos_incidence: f64,
    ) -> f64 {
        self.amplitudes_at(source_to_point_mm, cos_incidence)
            .iter()
            .zip(WIDTHS_MM)
            .map(|(amplitude, width)| amplitude * field.share_of_gaussian(width, point_mm))
            .sum()
    }

    /// Quotient of mean mass energy-absorption coefficients, medium to air, over the energy
    /// fluence of the backscattered photons (20 cm square field): the dose they give is
    /// air kerma times (B - 1) times this.
    pub fn scatter_mu_en_ratio(&self, medium: Medium) -> f64 {
        self.scatter_mu_en_ratios[medium as usize]
    }

    /// B - 1 at the centre of the reference field in a parallel beam at normal incidence.
    #[must_use]
    pub fn reference_excess(&self) -> f64 {
        let shares = WIDTHS_MM.map(|width| libm::erf(REFERENCE_HALF_SIDE_MM / width).powi(2));
        self.amplitudes.iter().zip(shares).map(|(amplitude, share)| amplitude * share).sum()
    }
}

#[cfg(test)]
mod tests;
