//! One photon's way through a slab.

use crate::medium::{Interaction, Medium};
use crate::random::Random;

/// Photons below this energy contribute nothing and are dropped.
const CUTOFF_KEV: f64 = 1.0;

/// A photon; lengths in cm, z grows into the slab from its entrance face at z = 0.
#[derive(Clone, Copy)]
pub struct Photon {
    /// Where it is.
    pub position: [f64; 3],
    /// Unit vector of its flight.
    pub direction: [f64; 3],
    /// Its energy.
    pub energy_kev: f64,
    /// Whether it has scattered.
    pub scattered: bool,
}

impl Photon {
    /// A photon at the origin whose direction lies in the x-z plane.
    pub fn entering(energy_kev: f64, cosine: f64) -> Self {
        let direction = [(1.0 - cosine * cosine).sqrt(), 0.0, cosine];
        Self { position: [0.0; 3], direction, energy_kev, scattered: false }
    }

    /// Follow the photon until it is absorbed (`None`) or leaves a laterally infinite slab;
    /// it then lies on the face through which it left.
    pub fn follow(mut self, medium: &Medium, thickness: f64, random: &mut Random) -> Option<Self> {
        while self.energy_kev > CUTOFF_KEV {
            let (attenuation, interaction) = medium.next_interaction(self.energy_kev, random);
            let path = -random.uniform().ln() / attenuation;
            let depth = self.position[2] + path * self.direction[2];
            if depth < 0.0 || depth > thickness {
                let face = if depth < 0.0 { 0.0 } else { thickness };
                self.advance((face - self.position[2]) / self.direction[2]);
                self.position[2] = face;
                return Some(self);
            }
            self.advance(path);
            let cosine = match interaction {
                Interaction::Photoelectric => return None,
                Interaction::Incoherent => {
                    let (cosine, energy_kev) = medium.incoherent_scatter(self.energy_kev, random);
                    self.energy_kev = energy_kev;
                    cosine
                }
                Interaction::Coherent => medium.coherent_scatter(self.energy_kev, random),
            };
            self.turn(cosine, std::f64::consts::TAU * random.uniform());
            self.scattered = true;
        }
        None
    }

    fn advance(&mut self, path: f64) {
        for (coordinate, component) in self.position.iter_mut().zip(self.direction) {
            *coordinate += path * component;
        }
    }

    fn turn(&mut self, cosine: f64, azimuth: f64) {
        let [u, v, w] = self.direction;
        let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
        let (sin_azimuth, cos_azimuth) = azimuth.sin_cos();
        let across = (u * u + v * v).sqrt();
        let turned = if across < 1e-6 {
            [sine * cos_azimuth, sine * sin_azimuth, cosine * w.signum()]
        } else {
            [
                u * cosine + sine * (u * w * cos_azimuth - v * sin_azimuth) / across,
                v * cosine + sine * (v * w * cos_azimuth + u * sin_azimuth) / across,
                w * cosine - sine * cos_azimuth * across,
            ]
        };
        let length = turned.iter().map(|c| c * c).sum::<f64>().sqrt();
        self.direction = turned.map(|component| component / length);
    }
}
