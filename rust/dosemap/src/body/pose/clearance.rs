//! Does a limb that moves keep clear of the rest of the body?

use super::limbs::sign;
use super::lying::LARGER_SHARE;
use super::obstacle::Obstacle;
use super::rigid::Motion;
use super::skinning::{Rig, Turns, hangs_on, vertices_of};
use crate::body::skeleton::{Bone, Joint, Side};
use crate::body::template::template;
use crate::math::Vec3;

/// Gap that limbs keep, mm.
const GAP_MM: f64 = 8.0;

/// Near its root a limb is close to the body in the A-pose already: there this share of the
/// distance must be left.
const SHARE_LEFT: f64 = 0.2;

/// Skin nearer to the root of the limb than this share of the upper arm or thigh is that of the
/// bend itself: it folds.
const BEND: f64 = 0.6;

/// Where no pose is clear, every vertex of this number is counted: enough to compare poses by.
const COUNTED: usize = 4;

/// What a limb must keep clear of.
pub(super) struct Clearance {
    obstacle: Obstacle,
    /// The skin of the limb, and the distance that each vertex must keep, mm.
    skin: Vec<(usize, f64)>,
}

impl Clearance {
    /// A limb of some bones against all that does not move with it, in a pose; `besides` are
    /// bones that are left out of the obstacle, and a limb inside the body is recognised down to a
    /// depth.
    pub(super) fn new(
        rig: &Rig,
        turns: &Turns,
        (limb, [root, next, _]): ([Bone; 3], [Joint; 3]),
        besides: &[Bone],
        depth_mm: f64,
    ) -> Self {
        let left_out = [&limb, besides].concat();
        let fixed = |triangle: &&[u32; 3]| {
            !triangle.iter().any(|&vertex| hangs_on(vertex as usize, &left_out))
        };
        let triangles: Vec<&[u32; 3]> = template().triangles.iter().filter(fixed).collect();
        let obstacle = |places: &[Vec3], reach_mm: f64| {
            let corners = triangles.iter().map(|triangle| triangle.map(|i| places[i as usize]));
            Obstacle::new(corners, reach_mm)
        };
        let at_rest = obstacle(rig.vertices_mm, GAP_MM / SHARE_LEFT);
        let [root, next] = [root, next].map(|joint| rig.joint(joint));
        let beyond_bend =
            |vertex: usize| (rig.vertices_mm[vertex] - root).norm() > BEND * (next - root).norm();
        let to_keep = |vertex: usize| {
            let distance = at_rest.distance_mm(rig.vertices_mm[vertex]);
            (vertex, (SHARE_LEFT * distance).min(GAP_MM))
        };
        let skin = vertices_of(&limb, LARGER_SHARE)
            .into_iter()
            .filter(|&vertex| beyond_bend(vertex))
            .map(to_keep)
            .collect();
        Self { obstacle: obstacle(&rig.skin(turns), depth_mm), skin }
    }

    /// Of some poses the first in which every vertex of the limb is far enough from the rest and
    /// half the gap on its own side of the middle, or else the one in which fewest are not.
    pub(super) fn clearest(
        &self,
        rig: &Rig,
        poses: impl Iterator<Item = Turns>,
        own_side: Option<Side>,
    ) -> Option<Turns> {
        let mut tried = Vec::new();
        // What was too close in one pose is likely to be so in the next: it is tested first.
        let mut first = 0;
        for pose in poses {
            let is_close = self.is_close(rig, rig.motions(&pose), own_side);
            let (before, after) = self.skin.split_at(first);
            match after.iter().chain(before).position(is_close) {
                None => return Some(pose),
                Some(place) => first = (first + place) % self.skin.len(),
            }
            tried.push(pose);
        }
        self.least_close(rig, tried, own_side)
    }

    /// The first pose in which fewest vertices are too close, of those that stand for all.
    fn least_close(&self, rig: &Rig, poses: Vec<Turns>, own_side: Option<Side>) -> Option<Turns> {
        let mut best = (usize::MAX, None);
        for pose in poses {
            let is_close = self.is_close(rig, rig.motions(&pose), own_side);
            let close = self
                .skin
                .iter()
                .step_by(COUNTED)
                .filter(|vertex| is_close(vertex))
                .take(best.0)
                .count();
            if close < best.0 {
                best = (close, Some(pose));
            }
        }
        best.1
    }

    /// Is a vertex of the limb too close with some motions?
    fn is_close(
        &self,
        rig: &Rig,
        motions: [Motion; Bone::COUNT],
        own_side: Option<Side>,
    ) -> impl Fn(&(usize, f64)) -> bool {
        move |&(vertex, distance_mm)| {
            let place = rig.moved(vertex, &motions);
            let crosses_over =
                own_side.is_some_and(|side| place.x * sign(side) < distance_mm.min(GAP_MM / 2.0));
            crosses_over || self.obstacle.distance_mm(place) < distance_mm
        }
    }
}
