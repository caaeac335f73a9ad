//! Sums and extremes over the lanes of a block: in eight strands, which the compiler turns into
//! vector code, as it may not change the order of a single strand.

use super::{LANES, Lanes};

const STRANDS: usize = 8;

#[inline(always)]
fn in_strands(values: &Lanes, start: f32, of: impl Fn(f32, f32) -> f32) -> f32 {
    let mut strands = [start; STRANDS];
    for first in (0..LANES).step_by(STRANDS) {
        for i in 0..STRANDS {
            strands[i] = of(strands[i], values[first + i]);
        }
    }
    for half in [4, 2, 1] {
        for i in 0..half {
            strands[i] = of(strands[i], strands[i + half]);
        }
    }
    strands[0]
}

#[inline(always)]
pub(in crate::kernel) fn greatest(values: &Lanes) -> f32 {
    in_strands(values, f32::MIN, |a, b| if a > b { a } else { b })
}

#[inline(always)]
pub(in crate::kernel) fn sum(values: &Lanes) -> f32 {
    in_strands(values, 0.0, |a, b| a + b)
}
