//! STUB until the backscatter branch is merged.
use crate::materials::Medium;
use crate::spectrum::Spectrum;
/// w
pub const WIDTHS_MM: [f64; 5] = [1.4, 19.1, 43.1, 86.0, 160.0];
/// r
#[derive(Debug, Clone, Copy)]
pub struct Rectangle {
    /// a
    pub u1_mm: f64,
    /// a
    pub u2_mm: f64,
    /// a
    pub v1_mm: f64,
    /// a
    pub v2_mm: f64,
}
/// b
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backscatter {
    /// a
    pub amplitudes: [f64; 5],
    /// a
    pub distance_mm: [f64; 5],
}
impl Backscatter {
    /// a
    pub fn for_spectrum(_: &Spectrum) -> Self {
        Self { amplitudes: [0.03, 0.07, 0.2, 0.2, 0.1], distance_mm: [5.0, 10.0, 20.0, 40.0, 80.0] }
    }
    /// a
    pub fn excess(&self, f: &Rectangle, [u, v]: [f64; 2], d: f64) -> f64 {
        (0..5)
            .map(|i| {
                let s = WIDTHS_MM[i];
                self.amplitudes[i] / 4.0
                    * (erf((f.u2_mm - u) / s) - erf((f.u1_mm - u) / s))
                    * (erf((f.v2_mm - v) / s) - erf((f.v1_mm - v) / s))
                    * d
                    / (d + self.distance_mm[i])
            })
            .sum()
    }
    /// a
    pub fn scatter_mu_en_ratio(&self, _: Medium) -> f64 {
        1.0
    }
    /// a
    pub fn excess_of_wide_field(&self) -> f64 {
        self.amplitudes.iter().sum()
    }
}
/// o
pub fn obliquity_factor(c: f64) -> f64 {
    1.0 - 0.35 * (1.0 - c)
}
/// erf by series
pub fn erf(x: f64) -> f64 {
    if x.abs() > 5.0 {
        return x.signum();
    }
    let mut t = x;
    let mut s = x;
    let mut n = 0.0;
    while t.abs() > 1e-17 {
        n += 1.0;
        t *= -x * x / n;
        s += t / (2.0 * n + 1.0);
    }
    s * 2.0 / std::f64::consts::PI.sqrt()
}
