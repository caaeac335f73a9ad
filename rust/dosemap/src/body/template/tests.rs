#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::f64::consts::PI;

use super::*;
use crate::body::address::Level;

const ADULT: usize = 3;
const AVERAGE: usize = 1;

/// All 24 shapes with their sex, age and build.
fn shapes() -> impl Iterator<Item = ((usize, usize, usize), &'static Shape)> {
    (0..24).map(|i| (i / 12, i / 3 % 4, i % 3)).map(|key| {
        let (sex, age, build) = key;
        (key, template().shape(sex, age, build))
    })
}

fn corners(shape: &Shape, triangle: [u32; 3]) -> [Vec3; 3] {
    triangle.map(|corner| shape.vertices_mm[corner as usize])
}

fn area_normal([a, b, c]: [Vec3; 3]) -> Vec3 {
    (b - a).cross(c - a) * 0.5
}

fn directed_edges() -> HashMap<(u32, u32), usize> {
    let mut triangle_at = HashMap::new();
    for (index, &[a, b, c]) in template().triangles.iter().enumerate() {
        for edge in [(a, b), (b, c), (c, a)] {
            assert_eq!(triangle_at.insert(edge, index), None, "edge {edge:?} is used twice");
        }
    }
    triangle_at
}

fn stature_mm(shape: &Shape) -> f64 {
    let z = || shape.vertices_mm.iter().map(|v| v.z);
    z().fold(f64::MIN, f64::max) - z().fold(f64::MAX, f64::min)
}

fn volume_mm3(shape: &Shape) -> f64 {
    let tetrahedron = |[a, b, c]: [Vec3; 3]| a.dot(b.cross(c)) / 6.0;
    template().triangles.iter().map(|&t| tetrahedron(corners(shape, t))).sum()
}

/// How often the skin goes round a point: 1 inside, 0 outside (Van Oosterom and Strackee 1983).
fn winding_number(shape: &Shape, point: Vec3) -> f64 {
    let solid_angle = |triangle: [Vec3; 3]| {
        let [a, b, c] = triangle.map(|corner| corner - point);
        let (x, y, z) = (a.norm(), b.norm(), c.norm());
        2.0 * a.dot(b.cross(c)).atan2(x * y * z + a.dot(b) * z + b.dot(c) * x + c.dot(a) * y)
    };
    let all = template().triangles.iter().map(|&t| solid_angle(corners(shape, t)));
    all.sum::<f64>() / (4.0 * PI)
}

/// Skin weights by bone: on the midline a pair of bones may stand either way round.
fn in_order(mut weights: [(Bone, f64); 4]) -> [(Bone, f64); 4] {
    weights.sort_by_key(|&(bone, _)| bone.index());
    weights
}

fn nearest(shape: &Shape, point: Vec3) -> usize {
    let distance = |i: &usize| (shape.vertices_mm[*i] - point).norm();
    (0..shape.vertices_mm.len()).min_by(|i, j| distance(i).total_cmp(&distance(j))).unwrap()
}

#[test]
fn skin_is_closed_in_one_piece_without_handles() {
    let edges = directed_edges();
    assert!(edges.keys().all(|&(a, b)| edges.contains_key(&(b, a))));
    let vertices = template().mirror.len();
    assert_eq!(vertices + template().triangles.len(), edges.len() / 2 + 2);
    // From vertex 0 all others can be reached.
    let mut reached = vec![false; vertices];
    let mut next = vec![0];
    let mut neighbours = vec![Vec::new(); vertices];
    edges.keys().for_each(|&(a, b)| neighbours[a as usize].push(b));
    while let Some(vertex) = next.pop() {
        if !std::mem::replace(&mut reached[vertex as usize], true) {
            next.extend(&neighbours[vertex as usize]);
        }
    }
    assert!(reached.iter().all(|&yes| yes));
}

#[test]
fn left_and_right_are_mirror_images() {
    let template = template();
    for (vertex, &image) in template.mirror.iter().enumerate() {
        let image = image as usize;
        assert_eq!(template.mirror[image] as usize, vertex);
        assert_eq!(template.region[image], template.region[vertex].mirrored());
        assert_eq!(template.level[image], template.level[vertex]);
        let bones = template.bones[vertex].map(|(bone, share)| (bone.mirrored(), share));
        assert_eq!(in_order(template.bones[image]), in_order(bones));
        for (_, Shape { vertices_mm: at, .. }) in shapes() {
            assert_eq!(at[image], Vec3::new(-at[vertex].x, at[vertex].y, at[vertex].z));
        }
    }
    let edges = directed_edges();
    let image = |vertex: u32| template.mirror[vertex as usize];
    assert!(edges.keys().all(|&(a, b)| edges.contains_key(&(image(b), image(a)))));
    for (_, shape) in shapes() {
        let at = |joint: Joint| shape.joints_mm[joint.index()];
        let (left, right) = (at(Joint::Wrist(Side::Left)), at(Joint::Wrist(Side::Right)));
        assert!(left.x > 0.0 && right == Vec3::new(-left.x, left.y, left.z));
        assert_eq!(at(Joint::NeckBase).x, 0.0);
        assert_eq!(at(Joint::HeadBase).x, 0.0);
    }
}

#[test]
fn no_shape_is_folded_and_each_heavier_build_weighs_more() {
    let edges = directed_edges();
    let mut body_mass_index = HashMap::new();
    for (key, shape) in shapes() {
        let normals: Vec<Vec3> =
            template().triangles.iter().map(|&t| area_normal(corners(shape, t))).collect();
        for (&(a, b), &one) in &edges {
            let other = edges[&(b, a)];
            let cosine = normals[one].normalized().dot(normals[other].normalized());
            // The generator smooths until all cosines are above 0.3; 0.1 mm is rounded off.
            assert!(
                cosine > -0.1,
                "{key:?}: fold of {cosine} at {:?}",
                shape.vertices_mm[a as usize]
            );
        }
        // 1 g/cm3: mm3 are millionths of a kilogram; mm2 millionths of a square metre.
        body_mass_index.insert(key, volume_mm3(shape) / stature_mm(shape).powi(2));
    }
    for (sex, age) in [0, 1].into_iter().flat_map(|sex| [0, 1, 2, 3].map(|age| (sex, age))) {
        let of = |build| body_mass_index[&(sex, age, build)];
        assert!(of(0) < of(1) && of(1) < of(2), "{sex} {age}");
        // From the leanest child to a heavy adult (WHO growth standards 2006; obesity class 1 and 2).
        assert!(of(0) > 10.0 && of(2) < 42.0, "{sex} {age}: {} to {}", of(0), of(2));
    }
}

#[test]
fn vertices_are_nearly_evenly_spaced_on_the_adult() {
    for sex in [0, 1] {
        let shape = template().shape(sex, ADULT, AVERAGE);
        let at = |vertex: u32| shape.vertices_mm[vertex as usize];
        let mut lengths: Vec<f64> =
            directed_edges().keys().map(|&(a, b)| (at(a) - at(b)).norm()).collect();
        lengths.sort_by(f64::total_cmp);
        let quantile = |q: f64| lengths[(q * (lengths.len() - 1) as f64) as usize];
        // 14.2 mm on the body and 9 mm on head, hands and feet were asked of the remesher.
        let [short, long, longest] = [0.01, 0.99, 1.0].map(quantile);
        assert!(short > 5.0 && long < 24.0 && longest < 30.0, "{short} to {long}, {longest}");
        assert!((11.0..15.5).contains(&quantile(0.5)), "median {}", quantile(0.5));
    }
}

#[test]
fn skin_weights_are_shares_and_move_each_limb_by_its_own_bones() {
    for (vertex, weights) in template().bones.iter().enumerate() {
        let sum: f64 = weights.iter().map(|&(_, share)| share).sum();
        assert!((sum - 1.0).abs() < 1e-12 && weights.iter().all(|&(_, share)| share >= 0.0));
        let words = template().region[vertex].words();
        for (part, bone) in
            [("left hand", Bone::Hand(Side::Left)), ("right foot", Bone::Foot(Side::Right))]
        {
            let heaviest = weights.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
            // At the wrist and the ankle the next bone may move more.
            let near = [bone, Bone::Forearm(Side::Left), Bone::Shank(Side::Right)];
            assert!(words != part || near.contains(&heaviest), "{words} moved by {heaviest:?}");
        }
    }
}

#[test]
fn joints_lie_inside_the_body() {
    let inner = |side| {
        use Joint::{Ankle, Elbow, Hip, Knee, Shoulder, Sternoclavicular, Wrist};
        [Sternoclavicular, Shoulder, Elbow, Wrist, Hip, Knee, Ankle].map(|joint| joint(side))
    };
    for (key, shape) in shapes() {
        for joint in inner(Side::Left).into_iter().chain([Joint::NeckBase, Joint::HeadBase]) {
            let turns = winding_number(shape, shape.joints_mm[joint.index()]);
            assert!((turns - 1.0).abs() < 1e-6, "{key:?} {joint:?}: {turns}");
        }
        for tip in [Joint::Fingertip(Side::Left), Joint::ToeTip(Side::Left)] {
            let point = shape.joints_mm[tip.index()];
            let skin = shape.vertices_mm[nearest(shape, point)];
            assert!((skin - point).norm() < 0.012 * stature_mm(shape), "{key:?} {tip:?}");
        }
    }
}

#[test]
fn vertebrae_follow_each_other_downwards_in_every_shape() {
    for (key, shape) in shapes() {
        let mut heights = HashMap::<usize, Vec<f64>>::new();
        for (vertex, level) in shape.vertices_mm.iter().zip(&template().level) {
            if let Some(level) = level {
                heights.entry(*level as usize).or_default().push(vertex.z);
            }
        }
        let mean =
            |level: usize| heights[&level].iter().sum::<f64>() / heights[&level].len() as f64;
        let levels: Vec<usize> = (3..=30).collect();
        for pair in levels.windows(2) {
            assert!(mean(pair[0]) > mean(pair[1]), "{key:?}: {pair:?}");
        }
    }
}

/// Levels of landmarks whose heights ANSUR II gives (Gordon et al. 2014, soldiers standing, shares
/// of the stature, both sexes within 0.01), by the skin of the median plane of both adults.
#[test]
fn landmarks_lie_at_the_levels_of_surface_anatomy() {
    let level_of = |share: f64, back: bool| {
        let levels = [0, 1].map(|sex| {
            let shape = template().shape(sex, ADULT, AVERAGE);
            let z = share * stature_mm(shape);
            let median = (0..shape.vertices_mm.len()).filter(|&i| {
                template().mirror[i] as usize == i && (shape.vertices_mm[i].y > 0.0) == back
            });
            let off = |i: &usize| (shape.vertices_mm[*i].z - z).abs();
            let vertex = median.min_by(|i, j| off(i).total_cmp(&off(j))).unwrap();
            Level::new(template().level[vertex].unwrap()).coordinate()
        });
        (levels[0] + levels[1]) / 2.0
    };
    let vertebra = |name: &str| (1..31).find(|&c| Level::new(f64::from(c)).to_string() == name);
    let within = |coordinate: f64, first: &str, last: &str| {
        let low = f64::from(vertebra(first).unwrap());
        assert!(
            coordinate >= low && coordinate < f64::from(vertebra(last).unwrap()) + 1.0,
            "{coordinate}: {first} to {last}"
        );
    };
    within(level_of(0.864, true), "C7", "T1"); // vertebra prominens
    within(level_of(0.818, false), "T2", "T4"); // jugular notch
    within(level_of(0.606, true), "L4", "L4"); // iliac crests
    within(level_of(0.600, false), "L3", "L4"); // navel
}

#[test]
fn extremes_of_the_body_are_in_the_regions_they_are_called_by() {
    for (key, shape) in shapes() {
        let all = || 0..shape.vertices_mm.len();
        let top = |height: &dyn Fn(Vec3) -> f64| {
            let value = |i: &usize| height(shape.vertices_mm[*i]);
            let vertex = all().max_by(|i, j| value(i).total_cmp(&value(j))).unwrap();
            template().region[vertex].words()
        };
        let near = |joint: Joint| {
            template().region[nearest(shape, shape.joints_mm[joint.index()])].words()
        };
        assert_eq!(top(&|p| p.z), "top of head", "{key:?}");
        assert!(top(&|p| -p.z).ends_with("foot"), "{key:?}");
        assert_eq!(near(Joint::Fingertip(Side::Left)), "left hand", "{key:?}");
        assert_eq!(near(Joint::Elbow(Side::Right)), "right elbow", "{key:?}");
        assert_eq!(near(Joint::Knee(Side::Left)), "left knee", "{key:?}");
        let chin_mm = shape.joints_mm[Joint::HeadBase.index()].z;
        assert_eq!(top(&|p| if p.z > chin_mm { -p.y } else { f64::MIN }), "face", "{key:?}");
    }
    for region in Region::all() {
        assert!(template().region.contains(&region), "no vertex of the {}", region.words());
    }
}

#[test]
fn damaged_files_are_errors() {
    let message = |bytes: &[u8]| Template::read(bytes).map(|_| ()).unwrap_err().to_string();
    assert!(message(&FILE[..FILE.len() - 1]).contains("not the PLY"));
    assert!(message(b"ply\nend_header\n").contains("not the PLY"));
    let mut other = FILE.to_vec();
    let at = other.windows(12).position(|window| window == b"uchar region").unwrap();
    other[at + 6] = b'R';
    assert!(message(&other).contains("no column region"));
}
