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

    /// Does the segment origin + t * direction, 0 < t < 1, meet the box? The inverse of the direction
    /// as [`inverse`] gives it: a ray in a face of the box is no miss.
    pub(super) fn meets(&self, origin: Vec3, inverse_direction: Vec3) -> bool {
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let mut narrow = |low: f64, high: f64, origin: f64, inverse: f64| {
            let (a, b) = ((low - origin) * inverse, (high - origin) * inverse);
            // Not `min` and `max`, which must know of NaN: this runs for every ray and box.
            let (first, last) = if a < b { (a, b) } else { (b, a) };
            enter = if first > enter { first } else { enter };
            leave = if last < leave { last } else { leave };
        };
        narrow(self.low.x, self.high.x, origin.x, inverse_direction.x);
        narrow(self.low.y, self.high.y, origin.y, inverse_direction.y);
        narrow(self.low.z, self.high.z, origin.z, inverse_direction.z);
        enter <= leave
    }
}

/// Inverse of each coordinate of a way; never infinite, so that a product with 0 is 0.
pub(super) fn inverse(way: Vec3) -> Vec3 {
    let of = |x: f64| if x.abs() < 1e-300 { 1e300 } else { 1.0 / x };
    Vec3::new(of(way.x), of(way.y), of(way.z))
}

/// Directions within an angle of an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cone {
    axis: Vec3,
    /// Sine of the widest angle from the axis; above 1 for a right angle or more.
    sine: f64,
    /// Its cosine; 0 for a right angle or more.
    cosine: f64,
}

impl Cone {
    /// Stands in until the cones below are known.
    pub(super) const NONE: Self = Self::wide(Vec3::ZERO);

    const fn wide(axis: Vec3) -> Self {
        Self { axis, sine: 2.0, cosine: 0.0 }
    }

    pub(super) fn around(normals: impl Iterator<Item = Vec3> + Clone) -> Self {
        let axis = normals.clone().fold(Vec3::ZERO, |sum, normal| sum + normal).normalized();
        let cosine = normals.map(|normal| normal.dot(axis)).fold(1.0, f64::min);
        if cosine > 0.0 {
            Self { axis, sine: (1.0 - cosine * cosine).sqrt(), cosine }
        } else {
            Self::wide(axis)
        }
    }

    /// A cone that holds two: the narrowest, but for a trace against rounding.
    pub(super) fn union(a: Self, b: Self) -> Self {
        const TRACE: f64 = 1e-9;
        let between = angle_between(a.axis, b.axis);
        let (angle_a, angle_b) = (a.sine.min(1.0).asin(), b.sine.min(1.0).asin());
        let wide = Self::wide(a.axis);
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
        Self { axis, sine: angle.sin(), cosine: angle.cos() }
    }

    /// Do all directions make less than a right angle with this one, of the given length?
    pub(super) fn within_right_angle_of(&self, direction: Vec3, length: f64) -> bool {
        self.axis.dot(direction) > self.sine * length
    }

    /// Do faces that look along these directions, anywhere in a sphere, all look towards a point?
    pub(super) fn looks_towards(&self, sphere: &Sphere, point: Vec3) -> bool {
        let way = point - sphere.centre;
        let tangent2 = way.dot(way) - sphere.radius * sphere.radius;
        if tangent2 <= 0.0 || self.sine > 1.0 {
            return false;
        }
        // Cone and sphere, as seen from the point, add up to an angle that must leave the right
        // angle open. Sine and cosine of the sum times the distance of the point.
        let tangent = tangent2.sqrt();
        let sin_sum = self.sine * tangent + self.cosine * sphere.radius;
        let cos_sum = self.cosine * tangent - self.sine * sphere.radius;
        cos_sum > 0.0 && self.axis.dot(way) > sin_sum
    }
}

/// A small piece of skin that looks along an axis, and how near it a focal spot may be.
pub(super) struct Outlook {
    pub(super) skin: Sphere,
    pub(super) axis: Vec3,
    pub(super) nearest_source_mm: f64,
}

impl Outlook {
    /// Angle around the axis within which nothing with these bounds can shadow the skin: the larger
    /// of two, each true of all that lies within the bounds.
    pub(super) fn free_angle(&self, sphere: &Sphere, normals: &Cone) -> f64 {
        let way = sphere.centre - self.skin.centre;
        let distance = way.norm();
        // Rays from the skin pass the sphere when they start more than this beside its centre.
        let beside = self.skin.radius + sphere.radius;
        let beside_it = if distance > beside {
            angle_between(way * (1.0 / distance), self.axis) - (beside / distance).asin()
        } else {
            f64::NEG_INFINITY
        };
        // Faces that look towards the focal spot throw no shadow; seen from them and from the skin,
        // it lies in directions that differ by no more than the parallax.
        let parallax = (distance + sphere.radius) / self.nearest_source_mm;
        let looks_out = if parallax < 1.0 && normals.sine <= 1.0 {
            normals.cosine.asin() - parallax.asin() - angle_between(normals.axis, self.axis)
        } else {
            f64::NEG_INFINITY
        };
        if beside_it > looks_out { beside_it } else { looks_out }
    }
}

fn angle_between(a: Vec3, b: Vec3) -> f64 {
    a.dot(b).clamp(-1.0, 1.0).acos()
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
    /// Sine of half the opening.
    taper: f64,
}

impl Shaft {
    /// `None` when the point is in the sphere.
    pub(super) fn new(start: Sphere, point: Vec3) -> Option<Self> {
        let way = point - start.centre;
        let length = way.norm();
        (length > start.radius).then(|| Self {
            start,
            direction: way * (1.0 / length),
            length,
            taper: start.radius / length,
        })
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
        let height2 = offset.dot(offset) - along * along;
        // Never negative: the sphere starts before the end of the shaft.
        let reach = sphere.radius + self.taper * (self.length - along);
        height2 * (1.0 - self.taper * self.taper) > reach * reach
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
