//! Rotations and rigid motions as quaternions, and their blend.

use std::ops::{Add, Mul};

use crate::math::Vec3;

/// A quaternion w + v; a rotation where it has length 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quaternion {
    w: f64,
    v: Vec3,
}

impl Quaternion {
    pub(super) const IDENTITY: Self = Self { w: 1.0, v: Vec3::ZERO };
    const ZERO: Self = Self { w: 0.0, v: Vec3::ZERO };

    /// Right-handed turn about an axis of length 1.
    pub(super) fn turn(axis: Vec3, degrees: f64) -> Self {
        let half = degrees.to_radians() / 2.0;
        Self { w: half.cos(), v: axis * half.sin() }
    }

    /// The shortest turn that brings one direction to another.
    pub(super) fn between(from: Vec3, to: Vec3) -> Self {
        let (from, to) = (from.normalized(), to.normalized());
        let middle = (from + to).normalized();
        Self { w: from.dot(middle), v: from.cross(middle) }
    }

    pub(super) fn rotate(self, p: Vec3) -> Vec3 {
        let t = self.v.cross(p) * 2.0;
        p + t * self.w + self.v.cross(t)
    }

    fn dot(self, o: Self) -> f64 {
        self.w * o.w + self.v.dot(o.v)
    }

    fn scaled(self, s: f64) -> Self {
        Self { w: self.w * s, v: self.v * s }
    }

    fn conjugate(self) -> Self {
        Self { w: self.w, v: -self.v }
    }
}

impl Mul for Quaternion {
    type Output = Self;
    /// The right factor turns first.
    fn mul(self, o: Self) -> Self {
        Self {
            w: self.w * o.w - self.v.dot(o.v),
            v: o.v * self.w + self.v * o.w + self.v.cross(o.v),
        }
    }
}

impl Add for Quaternion {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { w: self.w + o.w, v: self.v + o.v }
    }
}

/// A rotation about the origin, then a shift, as a dual quaternion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    rotation: Quaternion,
    /// Half the shift times the rotation.
    dual: Quaternion,
}

impl Motion {
    pub(super) const IDENTITY: Self =
        Self { rotation: Quaternion::IDENTITY, dual: Quaternion::ZERO };

    /// The motion that turns as said and brings one point to another.
    pub(super) fn new(rotation: Quaternion, from: Vec3, to: Vec3) -> Self {
        let shift = Quaternion { w: 0.0, v: (to - rotation.rotate(from)) * 0.5 };
        Self { rotation, dual: shift * rotation }
    }

    pub(super) fn apply(&self, p: Vec3) -> Vec3 {
        self.rotation.rotate(p) + (self.dual * self.rotation.conjugate()).v * 2.0
    }

    /// Blend of motions, which is again one: a limb keeps its thickness where shares of vertices'
    /// positions would flatten it (Kavan, Collins, Zara and O'Sullivan, ACM Trans. Graphics 27
    /// (2008) 105, doi:10.1145/1409625.1409627).
    pub(super) fn blend(shares: impl Iterator<Item = (Self, f64)>) -> Self {
        let (mut rotation, mut dual) = (Quaternion::ZERO, Quaternion::ZERO);
        for (motion, share) in shares {
            // A rotation has two quaternions: take the one that lies nearer.
            let share = if rotation.dot(motion.rotation) < 0.0 { -share } else { share };
            rotation = rotation + motion.rotation.scaled(share);
            dual = dual + motion.dual.scaled(share);
        }
        let length = rotation.dot(rotation).sqrt();
        Self { rotation: rotation.scaled(1.0 / length), dual: dual.scaled(1.0 / length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: Vec3 = Vec3::new(1.0, 0.0, 0.0);
    const Y: Vec3 = Vec3::new(0.0, 1.0, 0.0);
    const Z: Vec3 = Vec3::new(0.0, 0.0, 1.0);

    fn close(a: Vec3, b: Vec3) -> bool {
        (a - b).norm() < 1e-12
    }

    #[test]
    fn turns_are_right_handed_and_the_right_factor_turns_first() {
        let about_z = Quaternion::turn(Z, 90.0);
        let about_x = Quaternion::turn(X, 90.0);
        assert!(close(about_z.rotate(X), Y));
        assert!(close((about_x * about_z).rotate(X), Z));
        assert!(close(Quaternion::between(X, Y * 3.0).rotate(X), Y));
    }

    #[test]
    fn motion_turns_about_the_point_it_carries() {
        let (from, to) = (Vec3::new(10.0, 2.0, -3.0), Vec3::new(1.0, 1.0, 1.0));
        let motion = Motion::new(Quaternion::turn(Z, 90.0), from, to);
        assert!(close(motion.apply(from), to));
        assert!(close(motion.apply(from + X), to + Y));
    }

    /// Half of a screw about an axis is the screw of half the angle: points keep their distance
    /// from the axis, where the mean of the two positions would come nearer.
    #[test]
    fn blend_of_two_turns_lies_on_the_arc_between_them() {
        let pivot = Vec3::new(5.0, -2.0, 0.0);
        let turned = |degrees| Motion::new(Quaternion::turn(Z, degrees), pivot, pivot);
        let point = pivot + X * 7.0;
        for (one, two) in [(0.0, 120.0), (-170.0, 170.0 - 360.0 + 40.0), (200.0, 300.0)] {
            let shares = [(turned(one), 0.5), (turned(two), 0.5)];
            let half = Motion::blend(shares.into_iter());
            assert!(
                close(half.apply(point), turned((one + two) / 2.0).apply(point)),
                "{one} {two}"
            );
        }
    }
}
