//! The four set-ups: what enters, and what a leaving photon adds to each tally.
//!
//! Everything is a pencil beam plus reciprocity: kerma at the centre of a broad field from photons
//! entering anywhere in it equals kerma anywhere in the mirrored field from photons entering at its
//! centre. One history therefore serves all field sizes.

use crate::medium::{EnergyTable, Medium};
use crate::random::Random;
use crate::transport::Photon;

/// Half widths of the square fields that are tallied, cm; the last holds everything.
pub const HALF_WIDTHS_CM: [f64; 22] = [
    0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.5, 5.0, 6.25, 7.5, 10.0, 12.5, 15.0,
    17.5, 20.0, 25.0, 35.0, 1e9,
];
/// Source-to-skin distances of the diverging beams, cm; the last is a parallel beam, which must
/// give what the normal beam gives.
pub const DISTANCES_CM: [f64; 6] = [50.0, 60.0, 75.0, 100.0, 150.0, 1e6];
/// Columns of `energy_absorption.csv` after the energy: air, water, skin, four-component tissue.
pub const ABSORBERS: usize = 4;
/// Thickness of the water phantom, cm.
const WATER_CM: f64 = 15.0;
/// Largest tangent of the angle to the central ray in the diverging beams: entry points farther
/// from the axis than half the distance are left out.
const LARGEST_TANGENT: f64 = 0.5;

/// A medium and what is scored: scattered kerma at a face, in the primary air kerma free in air.
pub struct Scene {
    /// Medium that is irradiated.
    pub medium: Medium,
    absorption: EnergyTable,
}

impl Scene {
    /// A scene in `medium`.
    pub fn new(medium: Medium) -> Self {
        Self { medium, absorption: EnergyTable::read(include_str!("energy_absorption.csv")) }
    }

    /// Kerma of a photon that crosses a face, in the kerma (air) of one that enters normally.
    fn kerma(&self, photon: &Photon, incident_kev: f64) -> [f64; ABSORBERS] {
        let [air, ..] = self.absorption.at::<ABSORBERS>(incident_kev);
        let cosine = photon.direction[2].abs();
        // Grazing photons would give the estimator an infinite variance: below 0.02 all count as
        // 1/0.01, the mean over that interval of an isotropic fluence.
        let crossing = if cosine < 0.02 { 100.0 } else { 1.0 / cosine };
        let factor = crossing * photon.energy_kev / (incident_kev * air);
        self.absorption.at::<ABSORBERS>(photon.energy_kev).map(|coefficient| coefficient * factor)
    }

    /// Normal parallel beam: tallies by half width, all absorbers for each.
    pub fn normal(&self, energy_kev: f64, random: &mut Random, tally: &mut [f64]) {
        let Some(out) = Photon::entering(energy_kev, 1.0).follow(&self.medium, WATER_CM, random)
        else {
            return;
        };
        if out.position[2] > 0.0 {
            return;
        }
        let radius = out.position[0].hypot(out.position[1]);
        let kerma = self.kerma(&out, energy_kev);
        for (half_width, cell) in HALF_WIDTHS_CM.iter().zip(tally.chunks_exact_mut(ABSORBERS)) {
            let share = square_share(radius, *half_width);
            cell.iter_mut().zip(kerma).for_each(|(sum, value)| *sum += share * value);
        }
    }

    /// Diverging beam on its axis: tallies by distance, then half width; air kerma.
    ///
    /// A photon that enters at radius r does so at the angle whose tangent is r / distance, heading
    /// outwards, and counts on the axis when it is displaced back by r. Directions are drawn
    /// evenly over a disc of tangents; that the direction fits the displacement is a delta
    /// function on that disc, expanded in Zernike polynomials to degree 3: the kernel is
    /// smooth in direction. One history serves all distances.
    pub fn point_source(&self, energy_kev: f64, random: &mut Random, tally: &mut [f64]) {
        let drawn = random.uniform().sqrt();
        let cosine = 1.0 / (1.0 + (LARGEST_TANGENT * drawn).powi(2)).sqrt();
        let Some(out) = Photon::entering(energy_kev, cosine).follow(&self.medium, WATER_CM, random)
        else {
            return;
        };
        if out.position[2] > 0.0 {
            return;
        }
        let radius = out.position[0].hypot(out.position[1]);
        let backwards = -out.position[0] / radius.max(1e-12);
        let drawn_polynomials = zernike(drawn, backwards);
        let [air, ..] = self.kerma(&out, energy_kev);
        for (distance, cells) in
            DISTANCES_CM.iter().zip(tally.chunks_exact_mut(HALF_WIDTHS_CM.len()))
        {
            let tangent = radius / distance;
            if tangent > LARGEST_TANGENT {
                continue;
            }
            let needed_polynomials = zernike(tangent / LARGEST_TANGENT, 1.0);
            let fit: f64 =
                drawn_polynomials.iter().zip(needed_polynomials).map(|(a, b)| a * b).sum();
            // Photons entering per skin area: cos(angle) times the inverse square of the slant.
            let entering = (1.0 + tangent * tangent).powf(-1.5);
            for (half_width, cell) in HALF_WIDTHS_CM.iter().zip(cells) {
                *cell += square_share(radius, *half_width) * air * fit * entering;
            }
        }
    }

    /// Oblique parallel beam, fields measured perpendicular to it: tallies by half width; air kerma.
    pub fn oblique(&self, energy_kev: f64, cosine: f64, random: &mut Random, tally: &mut [f64]) {
        let Some(out) = Photon::entering(energy_kev, cosine).follow(&self.medium, WATER_CM, random)
        else {
            return;
        };
        if out.position[2] > 0.0 {
            return;
        }
        let across = (out.position[0] * cosine).abs().max(out.position[1].abs());
        let [air, ..] = self.kerma(&out, energy_kev);
        for (half_width, cell) in HALF_WIDTHS_CM.iter().zip(tally) {
            if across < *half_width {
                *cell += air * cosine;
            }
        }
    }

    /// Normal beam through a slab: the first tally is the primary, the others the scatter at the
    /// far face by half width; air kerma.
    pub fn slab(&self, energy_kev: f64, thickness: f64, random: &mut Random, tally: &mut [f64]) {
        let Some(out) = Photon::entering(energy_kev, 1.0).follow(&self.medium, thickness, random)
        else {
            return;
        };
        if out.position[2] < thickness {
            return;
        }
        let [air, ..] = self.kerma(&out, energy_kev);
        if !out.scattered {
            tally[0] += air;
            return;
        }
        let radius = out.position[0].hypot(out.position[1]);
        for (half_width, cell) in HALF_WIDTHS_CM.iter().zip(&mut tally[1..]) {
            *cell += square_share(radius, *half_width) * air;
        }
    }
}

/// Share of the circle about a square's centre that lies within the square.
fn square_share(radius: f64, half_width: f64) -> f64 {
    if radius <= half_width {
        1.0
    } else if radius >= half_width * std::f64::consts::SQRT_2 {
        0.0
    } else {
        1.0 - 4.0 / std::f64::consts::PI * (half_width / radius).acos()
    }
}

/// Zernike polynomials even in the azimuth, to degree 3, normalised to a mean square of 1.
fn zernike(radius: f64, cosine: f64) -> [f64; 6] {
    let square = radius * radius;
    let twice = 2.0 * cosine * cosine - 1.0;
    let thrice = (4.0 * cosine * cosine - 3.0) * cosine;
    [
        1.0,
        2.0 * radius * cosine,
        3f64.sqrt() * (2.0 * square - 1.0),
        6f64.sqrt() * square * twice,
        8f64.sqrt() * (3.0 * square - 2.0) * radius * cosine,
        8f64.sqrt() * square * radius * thrice,
    ]
}
