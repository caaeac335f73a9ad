//! Forearms crossed on the chest.

use super::arms::Directions;
use crate::math::Vec3;

/// Upper arm: led out to the side, degrees.
const OUT_DEG: [f64; 2] = [15.0, 30.0];

/// Forearm: points away from the chest rather than across it, degrees.
const AWAY_DEG: [f64; 4] = [0.0, 15.0, 30.0, 45.0];

/// Forearm: rises to the other shoulder, degrees. Assumed.
const RISING_DEG: f64 = 15.0;

/// Positions of a left arm, those nearest to the chest first: the upper arm is turned to the front
/// until the forearm passes before the chest.
pub(super) fn directions() -> Vec<Directions> {
    let mut ways: Vec<[f64; 3]> = Vec::new();
    for forward in (20..=90).step_by(5).map(f64::from) {
        for away in AWAY_DEG {
            ways.extend(OUT_DEG.map(|out| [forward, out, away]));
        }
    }
    let effort = |[forward, out, away]: &[f64; 3]| forward + 2.0 * (away + out);
    ways.sort_by(|a, b| effort(a).total_cmp(&effort(b)));
    ways.into_iter().map(bent).collect()
}

fn bent([forward, out, away]: [f64; 3]) -> Directions {
    let ((sin_f, cos_f), (sin_o, cos_o)) =
        (forward.to_radians().sin_cos(), out.to_radians().sin_cos());
    let ((sin_a, cos_a), (sin_r, cos_r)) =
        (away.to_radians().sin_cos(), RISING_DEG.to_radians().sin_cos());
    Directions {
        upper: Vec3::new(sin_o, -sin_f * cos_o, -cos_f * cos_o),
        forearm: Vec3::new(-cos_a * cos_r, -sin_a * cos_r, sin_r),
    }
}
