//! The natural shape of a person of some sex, age, build and stature: a blend of the template's.

use super::measure::stature_mm;
use super::person::Sex;
use super::template::{AGE_NODES_YEARS, Joint, template};
use crate::math::Vec3;
use crate::surface::enclosed_volume_mm3;

/// A body on the template's triangles, standing upright with its arms held off, soles at z = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Vertices of the template's triangles, mm.
    pub vertices_mm: Vec<Vec3>,
    /// Centres of the joints, mm.
    pub joints_mm: [Vec3; Joint::COUNT],
}

impl Figure {
    /// Centre of a joint, mm.
    #[must_use]
    pub fn joint_mm(&self, joint: Joint) -> Vec3 {
        self.joints_mm[joint.index()]
    }

    /// Volume inside the surface, mm³.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        enclosed_volume_mm3(&self.vertices_mm, &template().triangles)
    }

    fn zero() -> Self {
        Self {
            vertices_mm: vec![Vec3::ZERO; template().mirror.len()],
            joints_mm: [Vec3::ZERO; Joint::COUNT],
        }
    }

    /// Add a multiple of other points.
    fn add(&mut self, vertices_mm: &[Vec3], joints_mm: &[Vec3], weight: f64) {
        for (sum, &v) in self.vertices_mm.iter_mut().zip(vertices_mm) {
            *sum = *sum + v * weight;
        }
        for (sum, &v) in self.joints_mm.iter_mut().zip(joints_mm) {
            *sum = *sum + v * weight;
        }
    }

    /// Scale to a stature and put the soles at z = 0.
    fn set_stature(&mut self, height_mm: f64) {
        let soles_mm = self.vertices_mm.iter().map(|v| v.z).fold(f64::INFINITY, f64::min);
        let scale = height_mm / stature_mm(&self.vertices_mm);
        for v in self.vertices_mm.iter_mut().chain(&mut self.joints_mm) {
            *v = (*v - Vec3::new(0.0, 0.0, soles_mm)) * scale;
        }
    }
}

/// The slim, average and heavy person of one sex, age and stature.
#[derive(Debug)]
pub struct Builds {
    figures: [Figure; 3],
    height_mm: f64,
}

impl Builds {
    /// Blend the template's shapes; an unknown sex is the mean of both.
    #[must_use]
    pub fn of(sex: Sex, age_years: f64, height_mm: f64) -> Self {
        let male = sex.male_share();
        let sexes = [(0, 1.0 - male), (1, male)];
        let ages = age_weights(age_years);
        let figures = [0, 1, 2].map(|build| {
            let mut figure = Figure::zero();
            for (sex, share) in sexes {
                for (node, part) in ages {
                    let shape = template().shape(sex, node, build);
                    // Blend proportions, not sizes: the older node would outweigh the younger.
                    let weight = share * part / stature_mm(&shape.vertices_mm);
                    figure.add(&shape.vertices_mm, &shape.joints_mm, weight);
                }
            }
            figure.set_stature(height_mm);
            figure
        });
        Self { figures, height_mm }
    }

    /// A person between slim (-1), average (0) and heavy (1).
    #[must_use]
    pub fn at(&self, build: f64) -> Figure {
        let [slim, average, heavy] = &self.figures;
        let other = if build < 0.0 { slim } else { heavy };
        let mut figure = Figure::zero();
        figure.add(&average.vertices_mm, &average.joints_mm, 1.0 - build.abs());
        figure.add(&other.vertices_mm, &other.joints_mm, build.abs());
        // Slim and heavy may have their crowns at neighbouring vertices.
        figure.set_stature(self.height_mm);
        figure
    }

    /// The build, from slim (-1) to heavy (1), whose volume comes nearest to the one asked for.
    #[must_use]
    pub fn of_volume(&self, volume_mm3: f64) -> f64 {
        let (mut low, mut high) = (-1.0, 1.0);
        // 2^-10: a thousandth of the way from slim to heavy; widening does the rest.
        for _ in 0..10 {
            let middle = (low + high) / 2.0;
            if self.at(middle).volume_mm3() < volume_mm3 { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    }
}

/// The two age nodes around an age and their weights: linear in the logarithm of the time since
/// conception, in which a body changes evenly.
fn age_weights(age_years: f64) -> [(usize, f64); 2] {
    const GESTATION_YEARS: f64 = 0.75;
    let since_conception = |age: f64| (age + GESTATION_YEARS).ln();
    let last = AGE_NODES_YEARS.len() - 1;
    let above = AGE_NODES_YEARS.partition_point(|&node| node <= age_years).clamp(1, last);
    let [low, high, age] =
        [AGE_NODES_YEARS[above - 1], AGE_NODES_YEARS[above], age_years].map(since_conception);
    let part = ((age - low) / (high - low)).clamp(0.0, 1.0);
    [(above - 1, 1.0 - part), (above, part)]
}

#[cfg(test)]
mod tests;
