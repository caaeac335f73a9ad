//! Boxes, spheres, cones of directions and shafts: what the tree is searched with.

use std::f64::consts::FRAC_PI_2;

use crate::math::Vec3;

#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) low: Vec3,
    pub(super) high: Vec3,
}

impl Bounds {
    pub(super) const EMPTY: Self = Self {
        low: Vec3::new(f64::INFINITY, f64::INFINITY, f64::INFINITY),
        high: Vec3::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
    };

    pub(super) fn with(self, p: Vec3) -> Self {
        Self {
            low: Vec3::new(self.low.x.min(p.x), self.low.y.min(p.y), self.low.z.min(p.z)),
            high: Vec3::new(self.high.x.max(p.x), self.high.y.max(p.y), self.high.z.max(p.z)),
        }
    }

    pub(super) fn union(a: Self, b: Self) -> Self {
        a.with(b.low).with(b.high)
    }

    pub(super) fn sphere(&self) -> Sphere {
        Sphere { centre: (self.low + self.high) * 0.5, radius: (self.high - self.low).norm() / 2.0 }
    }

    /// Does the segment origin + t * direction, 0 < t < 1, meet the box?
    pub(super) fn meets(&self, origin: Vec3, inverse_direction: Vec3) -> bool {
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for axis in 0..3 {
            let a = (self.low[axis] - origin[axis]) * inverse_direction[axis];
            let b = (self.high[axis] - origin[axis]) * inverse_direction[axis];
            if a.is_nan() || b.is_nan() {
                continue; // the ray runs in a face of the box: this axis excludes nothing
            }
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        enter <= leave
    }
}

/// Directions within an angle of an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cone {
    axis: Vec3,
    /// Sine of the widest angle from the axis; above 1 for a right angle or more.
    sine: f64,
}

impl Cone {
    /// Stands in until the cones below are known.
    pub(super) const NONE: Self = Self { axis: Vec3::ZERO, sine: 2.0 };

    pub(super) fn around(normals: impl Iterator<Item = Vec3> + Clone) -> Self {
        let axis = normals.clone().fold(Vec3::ZERO, |sum, normal| sum + normal).normalized();
        let cosine = normals.map(|normal| normal.dot(axis)).fold(1.0, f64::min);
        Self { axis, sine: if cosine > 0.0 { (1.0 - cosine * cosine).sqrt() } else { 2.0 } }
    }

    /// A cone that holds two: the narrowest, but for a trace against rounding.
    pub(super) fn union(a: Self, b: Self) -> Self {
        const TRACE: f64 = 1e-9;
        let between = a.axis.dot(b.axis).clamp(-1.0, 1.0).acos();
        let (angle_a, angle_b) = (a.sine.min(1.0).asin(), b.sine.min(1.0).asin());
        let wide = Self { axis: a.axis, sine: 2.0 };
        if a.sine > 1.0 || b.sine > 1.0 {
            return wide;
        }
        if between + angle_b <= angle_a {
            return a;
        }
        if between + angle_a <= angle_b {
            return b;
        }
        let angle = (angle_a + angle_b + between) / 2.0 + TRACE;
        if angle >= FRAC_PI_2 {
            return wide;
        }
        let turn = angle - TRACE - angle_a;
        let axis = (a.axis * (between - turn).sin() + b.axis * turn.sin()).normalized();
        Self { axis, sine: angle.sin() }
    }

    /// Do all directions make less than a right angle with this one, of the given length?
    pub(super) fn within_right_angle_of(&self, direction: Vec3, length: f64) -> bool {
        self.axis.dot(direction) > self.sine * length
    }

    /// Do faces that look along these directions, anywhere in a sphere, all look towards a point?
    pub(super) fn looks_towards(&self, sphere: &Sphere, point: Vec3) -> bool {
        let way = point - sphere.centre;
        let distance = way.norm();
        if distance <= sphere.radius || self.sine > 1.0 {
            return false;
        }
        // Cone and sphere, as seen from the point, add up to an angle that must leave the right
        // angle open.
        let sin_sphere = sphere.radius / distance;
        let cos_sphere = (1.0 - sin_sphere * sin_sphere).sqrt();
        let cosine = (1.0 - self.sine * self.sine).sqrt();
        let sin_sum = self.sine * cos_sphere + cosine * sin_sphere;
        let cos_sum = cosine * cos_sphere - self.sine * sin_sphere;
        cos_sum > 0.0 && self.axis.dot(way) > sin_sum * distance
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Sphere {
    pub(super) centre: Vec3,
    pub(super) radius: f64,
}

/// All ways from a sphere to a point.
pub(super) struct Shaft {
    start: Sphere,
    direction: Vec3,
    length: f64,
}

impl Shaft {
    /// `None` when the point is in the sphere.
    pub(super) fn new(start: Sphere, point: Vec3) -> Option<Self> {
        let way = point - start.centre;
        let length = way.norm();
        (length > start.radius).then(|| Self { start, direction: way * (1.0 / length), length })
    }

    /// Does a sphere lie outside? The ways fill the spheres of radius r (1 - t) around
    /// start + t way. At a height h above the axis and a share t along it, the gap to the nearest
    /// of them is at least h sqrt(1 - (r/L)^2) - r (1 - t).
    pub(super) fn misses(&self, sphere: &Sphere) -> bool {
        let offset = sphere.centre - self.start.centre;
        let along = offset.dot(self.direction);
        if along < -(self.start.radius + sphere.radius) || along > self.length + sphere.radius {
            return true;
        }
        let height = (offset - self.direction * along).norm();
        let taper = self.start.radius / self.length;
        height * (1.0 - taper * taper).sqrt() - taper * (self.length - along) > sphere.radius
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_union_of_cones_holds_the_directions_of_both(
            normals in prop::collection::vec(prop::array::uniform3(-1.0..1.0), 2..12),
            spread in 0.05..1.5_f64,
        ) {
            // Around one direction, so that most unions are narrower than a right angle.
            let near = |v: &[f64; 3]| (Vec3::new(0.3, 0.5, 0.8) + Vec3::from(*v) * spread).normalized();
            let all: Vec<Vec3> = normals.iter().map(near).collect();
            let (some, others) = all.split_at(all.len() / 2);
            let union = Cone::union(
                Cone::around(some.iter().copied()),
                Cone::around(others.iter().copied()),
            );
            if union.sine <= 1.0 {
                let cosine = (1.0 - union.sine * union.sine).sqrt();
                for normal in all {
                    prop_assert!(normal.dot(union.axis) >= cosine - 1e-12);
                }
            } else {
                // Given up only for cones that together fill more than a half space's worth.
                prop_assert!(Cone::around(all.iter().copied()).sine > 0.4);
            }
        }
    }
}
