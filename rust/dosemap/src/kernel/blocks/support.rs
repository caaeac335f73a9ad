//! Ways through table and pad for the vertices of a block.

use super::geometry::{Block, LanesInBeam};
use super::{LANES, Lanes};
use crate::kernel::{BeamQuality, Frame, Scene};
use crate::math::Vec3;
use crate::support::{SupportLayer, SupportTransmission};

/// Ways shorter than this are no ways, mm; keeps 0 / 0 out of rays parallel to a layer.
const LEAST_MM: f32 = 1e-4;

/// Skin that lies on the pad may lie in it by this much, by rounding, mm.
const TOUCH_MM: f64 = 1e-6;

/// What the rays of a block meet of one layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// All go in by one face and out by the other.
    Through,
    /// None meets it.
    Past,
    /// Some may go in or out by a side.
    Unclear,
}

/// From the box around the block's vertices. Written out coordinate by coordinate: this runs for
/// every block and layer.
#[inline]
fn passage(layer: &SupportLayer, [low, high]: &[Vec3; 2], source: Vec3) -> Passage {
    let (first, last) = layer.corners_mm();
    let past = |low: f64, high: f64, source: f64, first: f64, last: f64| {
        (high <= first) & (source <= first) | (low >= last) & (source >= last)
    };
    if past(low.x, high.x, source.x, first.x, last.x)
        || past(low.y, high.y, source.y, first.y, last.y)
        || past(low.z, high.z, source.z, first.z, last.z)
    {
        return Passage::Past;
    }
    let below = source.y > last.y && high.y <= first.y + TOUCH_MM;
    let above = source.y < first.y && low.y >= last.y - TOUCH_MM;
    if !below && !above {
        return Passage::Unclear;
    }
    // Where the rays pass the layer's two faces: the least and the greatest share of the way from
    // the source. Places across lie between those of the box's ends at these two.
    let (near, far) = if below { (last.y, first.y) } else { (first.y, last.y) };
    let (nearest, farthest) = if below { (high.y, low.y) } else { (low.y, high.y) };
    let least = (near - source.y) / (farthest - source.y);
    let greatest = (far - source.y) / (nearest - source.y);
    let inside = |low: f64, high: f64, source: f64, first: f64, last: f64| {
        let (low, high) = (low - source, high - source);
        let (first, last) = (first - source, last - source);
        (low * least > first)
            & (low * greatest > first)
            & (high * least < last)
            & (high * greatest < last)
    };
    if inside(low.x, high.x, source.x, first.x, last.x)
        && inside(low.z, high.z, source.z, first.z, last.z)
    {
        Passage::Through
    } else {
        Passage::Unclear
    }
}

/// Depth and combination of layers (see [`SupportTransmission`]) of every lane's ray.
struct Crossed {
    depth: Lanes,
    combination: [u32; LANES],
}

/// The support as one beam meets it.
pub(super) struct SupportInBeam<'a> {
    scene: &'a Scene,
    transmission: &'a SupportTransmission,
    source_mm: Vec3,
    /// Axes of patient space in table space.
    columns: [[f32; 3]; 3],
    /// 1 + what the support scatters onto the skin behind it.
    scattered: f32,
    /// The support hardens the beam that makes the backscatter behind it.
    hardening: f32,
}

impl<'a> SupportInBeam<'a> {
    /// `None` where the support is left out.
    pub fn new(scene: &'a Scene, frame: &Frame, quality: &'a BeamQuality) -> Option<Self> {
        let columns = scene.table_from_patient.rotation.columns;
        Some(Self {
            scene,
            transmission: quality.support.as_ref()?,
            source_mm: scene.table_from_patient.point(frame.beam.source_mm),
            columns: columns.map(|c| c.to_array().map(|x| x as f32)),
            scattered: 1.0 + frame.forward_scatter_ratio as f32,
            hardening: quality.backscatter_behind_support as f32,
        })
    }

    /// Weaken the lanes that lie behind the support, add what it scatters onto them and harden
    /// their backscatter.
    #[inline(always)]
    pub fn weaken(
        &self,
        block: &Block,
        lanes: &LanesInBeam,
        strength: &mut Lanes,
        excess: &mut Lanes,
    ) {
        let (mut combination, mut per_crossing, mut clear) = (0, 0.0, true);
        let layers = self.scene.layers.iter().zip(self.transmission.depth_per_crossing());
        for (j, (layer, depth)) in layers.enumerate() {
            match passage(layer, &block.on_table_mm, self.source_mm) {
                Passage::Through => {
                    combination |= 1 << j;
                    per_crossing += depth;
                }
                Passage::Past => (),
                Passage::Unclear => clear = false,
            }
        }
        if !clear {
            self.weaken_each(block, strength, excess);
        } else if combination != 0 {
            self.weaken_all(block, lanes, (combination, per_crossing as f32), strength);
            for i in 0..LANES {
                excess[i] *= self.hardening;
            }
        }
    }

    /// All lanes lie behind the same layers, crossed from face to face.
    #[inline(always)]
    fn weaken_all(
        &self,
        block: &Block,
        lanes: &LanesInBeam,
        (combination, per_crossing): (usize, f32),
        strength: &mut Lanes,
    ) {
        let down = self.way(block, 1);
        let mut depth = [0.0; LANES];
        for i in 0..LANES {
            depth[i] = per_crossing * lanes.distance[i] / down[i].abs();
        }
        let exponent = self.transmission.exponents(&depth, combination);
        for i in 0..LANES {
            strength[i] *= self.scattered * exp_of_minus(exponent[i]);
        }
    }

    /// Every lane as its own ray meets the layers.
    #[inline(always)]
    fn weaken_each(&self, block: &Block, strength: &mut Lanes, excess: &mut Lanes) {
        let crossed = self.crossed(block);
        let mut met = 0_u32;
        for i in 0..LANES {
            met |= if strength[i] > 0.0 { 1 << crossed.combination[i] } else { 0 };
        }
        let mut exponent = [0.0; LANES];
        for combination in (1..1 << self.scene.layers.len()).filter(|&c| met >> c & 1 == 1) {
            let of_combination = self.transmission.exponents(&crossed.depth, combination as usize);
            for i in 0..LANES {
                let same = crossed.combination[i] == combination;
                exponent[i] = if same { of_combination[i] } else { exponent[i] };
            }
        }
        for i in 0..LANES {
            let behind = crossed.combination[i] != 0;
            strength[i] *= if behind { self.scattered } else { 1.0 } * exp_of_minus(exponent[i]);
            excess[i] *= if behind { self.hardening } else { 1.0 };
        }
    }

    /// From source to vertex along one axis of table space, mm.
    #[inline(always)]
    fn way(&self, block: &Block, axis: usize) -> Lanes {
        let centre = self.scene.table_from_patient.point(block.centre_mm());
        let base = (centre[axis] - self.source_mm[axis]) as f32;
        let columns = &self.columns;
        let [dx, dy, dz] = &block.offset_mm;
        let mut way = [0.0; LANES];
        for i in 0..LANES {
            let moved =
                dx[i] * columns[0][axis] + dy[i] * columns[1][axis] + dz[i] * columns[2][axis];
            let length = base + moved;
            way[i] = if length.abs() < LEAST_MM { LEAST_MM } else { length };
        }
        way
    }

    #[inline(always)]
    fn crossed(&self, block: &Block) -> Crossed {
        let way = [self.way(block, 0), self.way(block, 1), self.way(block, 2)];
        let mut inverse = [[0.0; LANES]; 3];
        for axis in 0..3 {
            for i in 0..LANES {
                inverse[axis][i] = 1.0 / way[axis][i];
            }
        }
        let mut length = [0.0; LANES];
        for i in 0..LANES {
            length[i] =
                (way[0][i] * way[0][i] + way[1][i] * way[1][i] + way[2][i] * way[2][i]).sqrt();
        }
        let mut crossed = Crossed { depth: [0.0; LANES], combination: [0; LANES] };
        let layers = self.scene.layers.iter().zip(self.transmission.depth_per_crossing());
        for (j, (layer, per_crossing)) in layers.enumerate() {
            let (low, high) = layer.corners_mm();
            let (low, high) = (low - self.source_mm, high - self.source_mm);
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
    // Added and taken away again, 1.5 * 2^23 rounds to a whole number, whose bits are then the last
    // ones of the sum; a conversion to integers, which must know of overflow, is slower.
    const ROUNDS: f32 = 12_582_912.0;
    let power = if x < 80.0 { -x * std::f32::consts::LOG2_E } else { -115.0 };
    let rounded = power + ROUNDS;
    let f = power - (rounded - ROUNDS);
    let whole = rounded.to_bits().wrapping_sub(ROUNDS.to_bits());
    let series = 1.0 + f * (C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * C[5])))));
    series * f32::from_bits(whole.wrapping_add(127) << 23)
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
