//! Ways through table and pad for the vertices of a block.

use super::geometry::Block;
use super::{LANES, Lanes, Scene};
use crate::math::Vec3;
use crate::support::SupportTransmission;

/// Ways shorter than this are no ways, mm; keeps 0 / 0 out of rays parallel to a layer.
const LEAST_MM: f32 = 1e-4;

/// Depth and combination of layers (see [`SupportTransmission`]) of every lane's ray.
pub(super) struct Crossed<'a> {
    depth: Lanes,
    combination: [u32; LANES],
    transmission: &'a SupportTransmission,
}

impl<'a> Crossed<'a> {
    #[inline(always)]
    pub fn new(
        scene: &Scene,
        block: &Block,
        source_in_table_mm: Vec3,
        transmission: &'a SupportTransmission,
    ) -> Self {
        let centre = scene.table_from_patient.point(block.centre_mm());
        let base = (centre - source_in_table_mm).to_array().map(|x| x as f32);
        let columns =
            scene.table_from_patient.rotation.columns.map(|c| c.to_array().map(|x| x as f32));
        let mut way = [[0.0; LANES]; 3];
        let mut inverse = [[0.0; LANES]; 3];
        let [dx, dy, dz] = &block.offset_mm;
        for axis in 0..3 {
            for i in 0..LANES {
                let moved =
                    dx[i] * columns[0][axis] + dy[i] * columns[1][axis] + dz[i] * columns[2][axis];
                let length = base[axis] + moved;
                way[axis][i] = if length.abs() < LEAST_MM { LEAST_MM } else { length };
                inverse[axis][i] = 1.0 / way[axis][i];
            }
        }
        let mut length = [0.0; LANES];
        for i in 0..LANES {
            length[i] =
                (way[0][i] * way[0][i] + way[1][i] * way[1][i] + way[2][i] * way[2][i]).sqrt();
        }
        let mut crossed = Self { depth: [0.0; LANES], combination: [0; LANES], transmission };
        for (j, (layer, per_crossing)) in
            scene.layers.iter().zip(transmission.depth_per_crossing()).enumerate()
        {
            let (low, high) = layer.corners_mm();
            let (low, high) = (low - source_in_table_mm, high - source_in_table_mm);
            let scale = (per_crossing / layer.thickness_mm()) as f32;
            let mut enter = [0.0_f32; LANES];
            let mut leave = [1.0_f32; LANES];
            for axis in 0..3 {
                let (low, high) = (low[axis] as f32, high[axis] as f32);
                for i in 0..LANES {
                    let (a, b) = (low * inverse[axis][i], high * inverse[axis][i]);
                    let (first, last) = if a < b { (a, b) } else { (b, a) };
                    enter[i] = if first > enter[i] { first } else { enter[i] };
                    leave[i] = if last < leave[i] { last } else { leave[i] };
                }
            }
            for i in 0..LANES {
                let inside = (leave[i] - enter[i]) * length[i];
                let met = inside > LEAST_MM;
                crossed.depth[i] += if met { inside * scale } else { 0.0 };
                crossed.combination[i] |= if met { 1 << j } else { 0 };
            }
        }
        crossed
    }

    /// Weaken the lanes that lie behind the support, and add what it scatters onto them.
    #[inline(always)]
    pub fn attenuate(&self, strength: &mut Lanes, scattered: f32) {
        let mut exponent = [0.0; LANES];
        for i in 0..LANES {
            if self.combination[i] != 0 && strength[i] > 0.0 {
                exponent[i] =
                    self.transmission.exponent(self.depth[i], self.combination[i] as usize);
            }
        }
        for i in 0..LANES {
            let gain = if self.combination[i] == 0 { 1.0 } else { scattered };
            strength[i] *= gain * exp_of_minus(exponent[i]);
        }
    }

    /// The support hardens the beam that makes the backscatter behind it.
    #[inline(always)]
    pub fn harden(&self, excess: &mut Lanes, hardening: f32) {
        for i in 0..LANES {
            excess[i] *= if self.combination[i] == 0 { 1.0 } else { hardening };
        }
    }
}

/// exp(-x) for x >= 0 within 3e-7: 2^n times a polynomial of the rest, which vectorises.
#[inline(always)]
fn exp_of_minus(x: f32) -> f32 {
    // Taylor coefficients of 2^f about 0, for f in [-1/2, 1/2]: ln(2)^k / k!; the first left out
    // adds less than 1.2e-7.
    const C: [f32; 6] = [
        std::f32::consts::LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
    ];
    let power = if x < 80.0 { -x * std::f32::consts::LOG2_E } else { -115.0 };
    let whole = (power - 0.5) as i32; // rounds to nearest: power is never positive
    let f = power - whole as f32;
    let series = 1.0 + f * (C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * C[5])))));
    series * f32::from_bits(((whole + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_exponential_is_the_exponential() {
        for i in 0..8000 {
            let x = i as f32 / 100.0;
            let exact = f64::from(-x).exp();
            // The rounding of x * log2(e) grows with x: 4e-7 + x * 6e-8.
            let tolerance = exact * (4e-7 + f64::from(x) * 1.2e-7);
            assert!((f64::from(exp_of_minus(x)) - exact).abs() <= tolerance, "{x}");
        }
        assert!(exp_of_minus(1e9) < 1e-30);
    }
}
