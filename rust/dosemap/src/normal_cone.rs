//! All directions in which a group of faces looks, as a cone.

use crate::math::Vec3;

/// A cone that holds every normal of a group.
#[derive(Debug, Clone, Copy)]
pub struct NormalCone {
    axis: Vec3,
    /// Of the widest angle between a normal and the axis.
    sin: f64,
    cos: f64,
}

impl NormalCone {
    /// Around unit normals; one of no length makes the cone so wide that it tells nothing.
    pub fn around(normals: impl Iterator<Item = Vec3> + Clone) -> Self {
        let axis = normals.clone().fold(Vec3::ZERO, |sum, n| sum + n).normalized();
        let cos = normals.map(|n| n.dot(axis)).fold(1.0, f64::min);
        Self { axis, sin: (1.0 - cos * cos).max(0.0).sqrt(), cos }
    }

    /// Do all faces within a sphere look away from a point?
    pub fn all_look_away(&self, centre: Vec3, radius: f64, from: Vec3) -> bool {
        self.towards(centre, radius, from).is_some_and(|[cosine, slack]| cosine < -slack)
    }

    /// Do all faces within a sphere look towards a point?
    pub fn all_look_towards(&self, centre: Vec3, radius: f64, to: Vec3) -> bool {
        self.towards(centre, radius, to).is_some_and(|[cosine, slack]| cosine > slack)
    }

    /// Cosine between the axis and the way to a point, and the sine of the angle that cone and
    /// sphere, as seen from the point, add up to; `None` when they fill a right angle.
    fn towards(&self, centre: Vec3, radius: f64, point: Vec3) -> Option<[f64; 2]> {
        let way = point - centre;
        let distance = way.norm();
        if distance <= radius {
            return None;
        }
        let sin_sphere = radius / distance;
        let cos_sphere = (1.0 - sin_sphere * sin_sphere).sqrt();
        let sin_slack = self.sin * cos_sphere + self.cos * sin_sphere;
        let cos_slack = self.cos * cos_sphere - self.sin * sin_sphere;
        (cos_slack > 0.0).then(|| [way.dot(self.axis) / distance, sin_slack])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(v: [f64; 3]) -> Vec3 {
        Vec3::from(v).normalized()
    }

    proptest! {
        #[test]
        fn what_holds_for_the_cone_holds_for_each_face(
            axis in prop::array::uniform3(-1.0..1.0),
            spread in 0.0..1.5_f64,
            jitter in prop::collection::vec(prop::array::uniform3(-1.0..1.0), 1..8),
            to in prop::array::uniform3(-5.0..5.0),
        ) {
            let normals: Vec<Vec3> =
                jitter.iter().map(|&j| (unit(axis) + Vec3::from(j) * spread).normalized()).collect();
            let cone = NormalCone::around(normals.iter().copied());
            let to = Vec3::from(to);
            // A face on the rim of the unit sphere, where it looks least towards the point.
            let cosines = || normals.iter().flat_map(|&n| {
                jitter.iter().map(move |&j| n.dot(to - unit(j)))
            });
            if cone.all_look_towards(Vec3::ZERO, 1.0, to) {
                prop_assert!(cosines().all(|c| c > 0.0));
            }
            if cone.all_look_away(Vec3::ZERO, 1.0, to) {
                prop_assert!(cosines().all(|c| c < 0.0));
            }
        }
    }

    #[test]
    fn narrow_cones_tell_and_wide_ones_do_not() {
        let up = Vec3::new(0.0, 0.0, 1.0);
        let narrow = NormalCone::around([up, unit([0.1, 0.0, 1.0])].into_iter());
        let above = Vec3::new(0.0, 0.0, 10.0);
        assert!(narrow.all_look_towards(Vec3::ZERO, 1.0, above));
        assert!(narrow.all_look_away(Vec3::ZERO, 1.0, -above));
        assert!(!narrow.all_look_towards(Vec3::ZERO, 11.0, above), "the point is among them");
        let wide = NormalCone::around([up, -up].into_iter());
        assert!(!wide.all_look_towards(Vec3::ZERO, 1.0, above));
        assert!(!wide.all_look_away(Vec3::ZERO, 1.0, above));
        let unknown = NormalCone::around([up, Vec3::ZERO].into_iter());
        assert!(!unknown.all_look_towards(Vec3::ZERO, 1.0, above));
    }
}
