//! Backscatter of a rectangular field over a block: five products of differences of erf.

use super::geometry::LanesInBeam;
use super::{LANES, Lanes};
use crate::backscatter::{Backscatter, Rectangle, WIDTHS_MM};

/// |x| beyond which erf(x) is +-1: erfc(3.5) = 7e-7.
const SATURATED: f32 = 3.5;

/// Add B - 1 to every lane; lanes that face away get none.
#[inline(always)]
pub(super) fn add_excess(backscatter: &Backscatter, lanes: &LanesInBeam, excess: &mut Lanes) {
    let mut distance = [0.0; LANES];
    let mut cosine2 = [0.0; LANES];
    for i in 0..LANES {
        distance[i] = lanes.distance2[i].sqrt();
        let cosine = if lanes.cosine[i] > 0.0 { lanes.cosine[i] } else { 0.0 };
        cosine2[i] = cosine * cosine;
    }
    let ranges = lanes.edges.each_ref().map(range);
    for (k, &width_mm) in WIDTHS_MM.iter().enumerate() {
        let offset = backscatter.distance_mm[k] as f32;
        let oblique = backscatter.obliquity[k] as f32;
        let amplitude = backscatter.amplitudes[k] as f32 / 4.0 * (1.0 + oblique);
        let per_mm = 1.0 / width_mm as f32;
        let mut across = [0.0; LANES];
        let mut along = [0.0; LANES];
        let outside = SATURATED * width_mm as f32;
        if amplitude == 0.0 || ranges.iter().any(|&(_, most)| most < -outside) {
            continue; // every lane is beyond one of the edges by more than this width reaches
        }
        for edge in 0..4 {
            let sum = if edge < 2 { &mut across } else { &mut along };
            add_erf(&lanes.edges[edge], ranges[edge], per_mm, sum);
        }
        for i in 0..LANES {
            excess[i] += amplitude * across[i] * along[i] * distance[i] * cosine2[i]
                / ((distance[i] + offset) * (cosine2[i] + oblique));
        }
    }
}

#[inline(always)]
fn range(values: &Lanes) -> (f32, f32) {
    let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
    for &value in values {
        least = if value < least { value } else { least };
        most = if value > most { value } else { most };
    }
    (least, most)
}

#[inline(always)]
fn add_erf(edge_mm: &Lanes, (least, most): (f32, f32), per_mm: f32, sum: &mut Lanes) {
    if least * per_mm > SATURATED {
        sum.iter_mut().for_each(|s| *s += 1.0);
    } else if most * per_mm < -SATURATED {
        sum.iter_mut().for_each(|s| *s -= 1.0);
    } else {
        for i in 0..LANES {
            sum[i] += erf(edge_mm[i] * per_mm);
        }
    }
}

/// Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.28: |error| <= 3e-7, and
/// 3e-6 with the rounding of f32. No branch and no exponential: the loop over lanes vectorises.
#[inline(always)]
fn erf(x: f32) -> f32 {
    const A: [f32; 6] = [
        0.070_523_08,
        0.042_282_01,
        0.009_270_527,
        0.000_152_014_3,
        0.000_276_567_2,
        0.000_043_063_8,
    ];
    let t = x.abs();
    let sum = 1.0 + t * (A[0] + t * (A[1] + t * (A[2] + t * (A[3] + t * (A[4] + t * A[5])))));
    let p2 = sum * sum;
    let p4 = p2 * p2;
    let p8 = p4 * p4;
    (1.0 - 1.0 / (p8 * p8)).copysign(x)
}

/// Distance outside a square field of the given side where B - 1 has fallen to `cut`, mm.
pub(super) fn reach_mm(backscatter: &Backscatter, side_mm: f64, cut: f64) -> f64 {
    let half = side_mm / 2.0;
    let Ok(field) = Rectangle::new((-half, half), (-half, half)) else { return 0.0 };
    // Far from the source and at normal incidence B - 1 is largest; a metre stands for far.
    let beyond = |gap_mm: f64| backscatter.excess(&field, (half + gap_mm, 0.0), 1000.0, 1.0) > cut;
    let (mut near, mut far) = (0.0, 1000.0);
    if !beyond(near) {
        return 0.0;
    }
    for _ in 0..20 {
        let middle = (near + far) / 2.0;
        if beyond(middle) { near = middle } else { far = middle }
    }
    far
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_erf_is_that_of_the_book() {
        for i in -600..=600 {
            let x = f64::from(i) / 100.0;
            assert!((f64::from(erf(x as f32)) - libm::erf(x)).abs() < 3e-6, "{x}");
        }
        assert_eq!(erf(1e6), 1.0);
        assert_eq!(erf(-1e6), -1.0);
    }
}
