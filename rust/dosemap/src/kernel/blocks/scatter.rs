//! Backscatter of a rectangular field over a block: five products of differences of erf.

use super::geometry::LanesInBeam;
use super::{LANES, Lanes};
use crate::backscatter::{Backscatter, WIDTHS_MM};

/// |x| beyond which erf(x) counts as +-1: erfc(3.2) = 6e-6, of which a Gaussian's amplitude, at
/// most a fifth of the kerma, leaves 1e-6.
const SATURATED: f32 = 3.2;

/// The same outside the field: (1 - erf(2.75)) / 2 = 5e-5 of an amplitude, 1e-5 of the kerma; less
/// than what is left out beyond the reach.
const FADED: f32 = 2.75;

/// |x| from which on erf(x) is +-1 in single precision; a product of four of the numbers there stays
/// finite.
const NOTHING: f32 = 4.0;

/// The constants of one Gaussian.
#[derive(Clone, Copy)]
struct Gaussian {
    /// A quarter of the amplitude, as erf runs from -1 to 1 in both directions, times 1 + oblique.
    amplitude: f32,
    per_mm: f32,
    /// Farther than this from an edge all or nothing of it lies inside.
    saturated_mm: f32,
    /// Farther than this outside an edge it is left out.
    faded_mm: f32,
    offset_mm: f32,
    oblique: f32,
}

/// The constants of a beam quality's backscatter in single precision.
pub(super) struct Gaussians([Gaussian; 5]);

impl Gaussians {
    pub fn new(backscatter: &Backscatter) -> Self {
        Self(std::array::from_fn(|k| {
            let (width_mm, oblique) = (WIDTHS_MM[k], backscatter.obliquity[k]);
            Gaussian {
                amplitude: (backscatter.amplitudes[k] / 4.0 * (1.0 + oblique)) as f32,
                per_mm: (1.0 / width_mm) as f32,
                saturated_mm: SATURATED * width_mm as f32,
                faded_mm: FADED * width_mm as f32,
                offset_mm: backscatter.distance_mm[k] as f32,
                oblique: oblique as f32,
            }
        }))
    }

    /// Distance outside a square field of the given side where B - 1 has fallen to `cut`, mm.
    pub fn reach_mm(&self, side_mm: f32, cut: f32) -> f32 {
        // Far from the source and at normal incidence B - 1 is largest; a metre stands for far.
        let excess = |gap_mm: f32| {
            let near = self.0.iter().filter(|gaussian| gap_mm * gaussian.per_mm < NOTHING);
            near.map(|gaussian| gaussian.beside(side_mm, gap_mm, 1000.0)).sum::<f32>()
        };
        let (mut near, mut far) = (0.0, 1000.0);
        if excess(near) <= cut {
            return 0.0;
        }
        for _ in 0..10 {
            let middle = (near + far) / 2.0;
            if excess(middle) > cut { near = middle } else { far = middle }
        }
        far
    }

    /// B - 1 of every lane; 0 for lanes that face away.
    #[inline(always)]
    pub fn excess(&self, lanes: &LanesInBeam) -> Lanes {
        let mut excess = [0.0; LANES];
        let [left, right, low, high] = &lanes.edges;
        let (mut cosine2, mut distance_cosine2) = ([0.0; LANES], [0.0; LANES]);
        for i in 0..LANES {
            cosine2[i] = lanes.cosine[i] * lanes.cosine[i];
            distance_cosine2[i] = lanes.distance[i] * cosine2[i];
        }
        for gaussian in &self.0 {
            // Every lane lies beyond one of the edges by more than this width reaches.
            let beyond_mm = -gaussian.faded_mm - lanes.spread_mm;
            if gaussian.amplitude == 0.0 || lanes.centre_edges.iter().any(|&x| x < beyond_mm) {
                continue;
            }
            let within = lanes.centre_edges.map(|x| x > gaussian.saturated_mm + lanes.spread_mm);
            let across = gaussian.between([left, right], [within[0], within[1]]);
            let along = gaussian.between([low, high], [within[2], within[3]]);
            // All factors are fractions, so that one division serves them together.
            for i in 0..LANES {
                let above = across.above[i] * along.above[i] * distance_cosine2[i];
                let below = across.below[i] * along.below[i];
                let below = below
                    * ((lanes.distance[i] + gaussian.offset_mm) * (cosine2[i] + gaussian.oblique));
                excess[i] += gaussian.amplitude * above / below;
            }
        }
        excess
    }
}

/// A fraction per lane.
struct Fraction {
    above: Lanes,
    below: Lanes,
}

impl Gaussian {
    /// Sum of erf at two opposite edges, of which all lanes may lie far within.
    #[inline(always)]
    fn between(&self, [a, b]: [&Lanes; 2], within: [bool; 2]) -> Fraction {
        match within {
            [true, true] => Fraction { above: [2.0; LANES], below: [1.0; LANES] },
            [true, false] => self.past_one_edge(b),
            [false, true] => self.past_one_edge(a),
            [false, false] => {
                let mut sum = Fraction { above: [0.0; LANES], below: [0.0; LANES] };
                for i in 0..LANES {
                    let (x, y) = (a[i] * self.per_mm, b[i] * self.per_mm);
                    let (p, q) = (inverse_erfc(x), inverse_erfc(y));
                    // 1 - 1 / p and 1 - 1 / q with the signs of x and y
                    sum.above[i] = (p - 1.0).copysign(x) * q + (q - 1.0).copysign(y) * p;
                    sum.below[i] = p * q;
                }
                sum
            }
        }
    }

    /// What it adds to B - 1 at normal incidence, a way beside the middle of an edge of a square field.
    fn beside(&self, side_mm: f32, gap_mm: f32, distance_mm: f32) -> f32 {
        let outside = |x_mm: f32| 1.0 / inverse_erfc(x_mm * self.per_mm);
        let across = outside(gap_mm) - outside(gap_mm + side_mm);
        let along = 2.0 * (1.0 - outside(side_mm / 2.0));
        let oblique = 1.0 + self.oblique;
        self.amplitude / oblique * across * along * distance_mm / (distance_mm + self.offset_mm)
    }

    /// 1 + erf.
    #[inline(always)]
    fn past_one_edge(&self, edge_mm: &Lanes) -> Fraction {
        let mut sum = Fraction { above: [0.0; LANES], below: [0.0; LANES] };
        for i in 0..LANES {
            let x = edge_mm[i] * self.per_mm;
            let p = inverse_erfc(x);
            sum.above[i] = p + (p - 1.0).copysign(x);
            sum.below[i] = p;
        }
        sum
    }
}

/// 1 / (1 - erf(|x|)), at most 5.6e7: erf by Abramowitz and Stegun, Handbook of Mathematical
/// Functions (1964), 7.1.28, within 3e-7, and 3e-6 with the rounding of f32. No branch, division or
/// exponential: the loop over lanes vectorises.
#[inline(always)]
fn inverse_erfc(x: f32) -> f32 {
    const A: [f32; 6] = [
        0.070_523_08,
        0.042_282_01,
        0.009_270_527,
        0.000_152_014_3,
        0.000_276_567_2,
        0.000_043_063_8,
    ];
    let t = if x.abs() < NOTHING { x.abs() } else { NOTHING };
    let sum = 1.0 + t * (A[0] + t * (A[1] + t * (A[2] + t * (A[3] + t * (A[4] + t * A[5])))));
    let p2 = sum * sum;
    let p4 = p2 * p2;
    let p8 = p4 * p4;
    p8 * p8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::backscatter::Rectangle;
    use crate::spectrum::Spectrum;

    /// Against the exact closed form: at the reach B - 1 is the cut, within the last step of the search.
    #[test]
    fn reach_is_where_backscatter_has_fallen_to_the_cut() {
        let backscatter = Backscatter::for_spectrum(&Spectrum::tungsten(80.0, 12.0).unwrap());
        for side_mm in [10.0, 80.0, 130.0, 300.0] {
            let half = side_mm / 2.0;
            let field = Rectangle::new((-half, half), (-half, half)).unwrap();
            let reach_mm = Gaussians::new(&backscatter).reach_mm(side_mm as f32, 1e-4);
            let excess = |gap_mm: f32| {
                backscatter.excess(&field, (half + f64::from(gap_mm), 0.0), 1000.0, 1.0)
            };
            assert!(excess(reach_mm) <= 1.001e-4 && excess(reach_mm - 1.0) > 1e-4, "{side_mm}");
        }
        assert_eq!(Gaussians::new(&backscatter).reach_mm(80.0, 10.0), 0.0);
    }

    #[test]
    fn fast_erf_is_that_of_the_book() {
        let erf = |x: f64| {
            let p = inverse_erfc(x as f32);
            f64::from((1.0 - 1.0 / p).copysign(x as f32))
        };
        for i in -600..=600 {
            let x = f64::from(i) / 100.0;
            assert!((erf(x) - libm::erf(x)).abs() < 3e-6, "{x}");
        }
        assert_eq!([erf(1e6), erf(-1e6)], [1.0, -1.0]);
    }
}
