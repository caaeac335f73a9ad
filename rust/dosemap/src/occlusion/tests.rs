//! Shadows against testing every triangle, and against scenes that speak for themselves.
#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

/// Two parallel legs (cylinders along z), 200 mm apart.
fn legs() -> TriangleSurface {
    let leg = TriangleSurface::elliptic_cylinder([60.0, 60.0], 400.0, 10.0).unwrap();
    let count = leg.len() as u32;
    let mut vertices = Vec::new();
    let mut triangles = Vec::new();
    for (k, shift) in [-100.0, 100.0].into_iter().enumerate() {
        vertices.extend(leg.vertices_mm().iter().map(|&v| v + Vec3::new(shift, 0.0, 0.0)));
        triangles.extend(leg.triangles().iter().map(|t| t.map(|i| i + count * k as u32)));
    }
    TriangleSurface::new(vertices, triangles).unwrap()
}

#[test]
fn far_leg_is_in_the_shadow_of_the_near_one() {
    let legs = legs();
    let occluder = Occluder::new(&legs);
    let source = Vec3::new(-700.0, 0.0, -200.0);
    // Inner side of the far (+x) leg looks at the source, but the near leg is in between.
    assert!(occluder.blocks(Vec3::new(40.0, 0.0, -200.0), source));
    assert!(!occluder.blocks(Vec3::new(-160.0, 0.0, -200.0), source));
    assert!(!occluder.blocks(Vec3::new(40.0, 0.0, -200.0), Vec3::new(0.0, 0.0, -200.0)));
}

#[test]
fn convex_surface_never_shadows_its_facing_side() {
    let cylinder = TriangleSurface::elliptic_cylinder([150.0, 100.0], 300.0, 10.0).unwrap();
    let occluder = Occluder::new(&cylinder);
    let source = Vec3::new(0.0, 700.0, -150.0);
    for (&p, &n) in cylinder.vertices_mm().iter().zip(cylinder.normals()) {
        // At grazing incidence a chord of the polygon stands in for the arc: stay off it.
        if (source - p).normalized().dot(n) > 0.1 {
            assert!(!occluder.blocks(p, source), "{p:?}");
        }
    }
}

/// Two closed boxes, one in the shadow of the other where `gap` says.
fn closed_boxes() -> TriangleSurface {
    let corner = |i: usize| {
        let side = |bit: usize| if i >> bit & 1 == 1 { 50.0 } else { -50.0 };
        Vec3::new(side(0), side(1), side(2))
    };
    let faces =
        [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let mut vertices = Vec::new();
    let mut triangles = Vec::new();
    for (n, shift) in [-80.0, 80.0].into_iter().enumerate() {
        let first = 8 * n as u32;
        vertices.extend((0..8).map(|i| corner(i) + Vec3::new(shift, 0.0, 0.0)));
        for [a, b, c, d] in faces {
            triangles.push([first + a, first + b, first + c]);
            triangles.push([first + a, first + c, first + d]);
        }
    }
    TriangleSurface::new(vertices, triangles).unwrap()
}

#[test]
fn skin_inside_another_part_of_the_body_is_never_lit() {
    // A box that reaches into another one from the right, as a thigh into its neighbour.
    let boxes = closed_boxes();
    let mut vertices = boxes.vertices_mm().to_vec();
    for vertex in &mut vertices[8..] {
        *vertex = Vec3::new(vertex.x - 80.0, vertex.y * 0.9, vertex.z * 0.9);
    }
    let merged = TriangleSurface::new(vertices, boxes.triangles().to_vec()).unwrap();
    assert_eq!(merged.loose_edges(), 0);
    let occluder = Occluder::new(&merged);
    let source = Vec3::new(-700.0, 0.0, 0.0);
    for (i, &point) in merged.vertices_mm().iter().enumerate() {
        // x = -50: the left face of the second box, inside the first, which ends at -30.
        let inside = i >= 8 && point.x < -30.0;
        let lit = i < 8 && point.x < -30.0;
        if inside || lit {
            assert_eq!(occluder.hides(i, point, source), inside, "{point:?}");
        }
    }
}

#[test]
fn closed_boxes_are_closed_and_look_outwards() {
    assert_eq!(closed_boxes().loose_edges(), 0);
    assert!((closed_boxes().enclosed_volume_mm3() - 2e6).abs() < 1e-3);
}

/// Two closed balls of 60 mm radius whose centres stand 140 mm apart along x.
fn balls() -> TriangleSurface {
    const ROWS: u32 = 12;
    const COLUMNS: u32 = 20;
    let mut vertices = Vec::new();
    let mut triangles = Vec::new();
    for centre in [-70.0, 70.0].map(|x| Vec3::new(x, 0.0, 0.0)) {
        let first = vertices.len() as u32;
        let at = |row: u32, column: u32| first + row * COLUMNS + column % COLUMNS;
        for row in 0..ROWS {
            for column in 0..COLUMNS {
                let polar = PI * (f64::from(row) + 0.5) / f64::from(ROWS);
                let azimuth = TAU * f64::from(column) / f64::from(COLUMNS);
                let (x, y) = (polar.sin() * azimuth.cos(), polar.sin() * azimuth.sin());
                vertices.push(centre + Vec3::new(x, y, polar.cos()) * 60.0);
                if row + 1 < ROWS {
                    let (a, b) = (at(row, column), at(row, column + 1));
                    let (c, d) = (at(row + 1, column), at(row + 1, column + 1));
                    triangles.extend([[a, c, d], [a, d, b]]);
                }
            }
        }
        for column in 1..COLUMNS - 1 {
            triangles.push([at(0, 0), at(0, column), at(0, column + 1)]);
            let last = ROWS - 1;
            triangles.push([at(last, 0), at(last, column + 1), at(last, column)]);
        }
    }
    TriangleSurface::new(vertices, triangles).unwrap()
}

#[test]
fn only_groups_behind_the_other_ball_may_be_blocked() {
    assert_eq!(balls().loose_edges(), 0);
    assert!(balls().enclosed_volume_mm3() > 0.0);
    let occluder = Occluder::new(&balls());
    let (inner, below) = (Vec3::new(10.0, 0.0, 0.0), Vec3::new(70.0, -60.0, 0.0));
    assert!(!occluder.suspects(inner, 5.0, Vec3::new(-700.0, 0.0, 0.0)).is_empty());
    assert!(occluder.suspects(below, 5.0, Vec3::new(70.0, -700.0, 0.0)).is_empty());
    assert!(!occluder.suspects(below, 5.0, below).is_empty(), "the source is among the skin");
}

proptest! {
    /// Where nothing can stand before a group, no vertex of the group is in a shadow.
    #[test]
    fn free_groups_hold_no_shadow(s in prop::array::uniform3(-700.0..700.0)) {
        let balls = balls();
        let occluder = Occluder::new(&balls);
        let source = Vec3::from(s);
        prop_assume!(source.norm() > 300.0);
        let (mut lit, mut free) = (0, 0);
        for (&p, &n) in balls.vertices_mm().iter().zip(balls.normals()) {
            if (source - p).dot(n) <= 0.0 {
                continue;
            }
            lit += 1;
            // The vertex lies on the rim of a group that stands anywhere around it.
            for radius in [0.1, 5.0, 15.0] {
                let centre = p + (n - Vec3::new(0.6, 0.3, 0.5)).normalized() * radius;
                let suspects = occluder.suspects(centre, radius, source);
                prop_assert_eq!(
                    occluder.blocks_below(&suspects, p, source),
                    occluder.blocks(p, source)
                );
                if suspects.is_empty() {
                    free += 1;
                    prop_assert!(!occluder.blocks(p, source), "{p:?} from {radius}");
                }
            }
        }
        prop_assert!(free * 4 > lit, "{free} of {lit} x 3: the test must bite");
    }

    /// The same for free cones, whichever way the focal spot lies in them.
    #[test]
    fn free_cones_hold_no_shadow(s in prop::array::uniform3(-700.0..700.0), near in 0.4..3.0_f64) {
        let balls = balls();
        let occluder = Occluder::new(&balls);
        let source = Vec3::from(s).normalized() * (near * NEAREST_SOURCE_MM);
        let (mut lit, mut free) = (0, 0);
        for (&p, &n) in balls.vertices_mm().iter().zip(balls.normals()) {
            if (source - p).dot(n) <= 0.0 {
                continue;
            }
            lit += 1;
            for (radius, tilt) in [(0.1, 0.0), (5.0, 0.2), (15.0, 0.4)] {
                let centre = p + (n - Vec3::new(0.6, 0.3, 0.5)).normalized() * radius;
                let axis = (n + Vec3::new(0.1, 1.0, -0.4) * tilt).normalized();
                if occluder.free_cone(centre, radius, axis).holds(source) {
                    free += 1;
                    prop_assert!(!occluder.blocks(p, source), "{p:?} from {radius}");
                }
            }
        }
        prop_assert!(near < 1.5 || free * 10 > lit, "{free} of {lit} x 3: the test must bite");
    }

    /// From lit skin of a closed body the faces that look at the source never matter.
    #[test]
    fn leaving_out_faces_that_look_at_the_source_changes_nothing(
        y in -49.0..49.0, z in -49.0..49.0, s in prop::array::uniform3(-700.0..700.0),
        face in prop::bool::ANY,
    ) {
        let boxes = closed_boxes();
        let occluder = Occluder::new(&boxes);
        let (x, outward) = if face { (30.0, -1.0) } else { (-30.0, 1.0) };
        let (p, s) = (Vec3::new(x, y, z), Vec3::from(s));
        // Lit, and far enough from grazing that 1 mm along the ray is off the skin.
        prop_assume!((s.x - x) * outward > 1.0);
        let origin = p + (s - p).normalized() * OWN_SKIN_MM;
        let naive = boxes.triangles().iter().any(|t| {
            segment_hits(origin, s - origin, &t.map(|i| boxes.vertices_mm()[i as usize]))
        });
        prop_assert_eq!(occluder.blocks(p, s), naive);
    }

    /// Random triangles from needles to walls, in clusters and repeated, some of them flat along an
    /// axis: no order that a tree could lean on.
    #[test]
    fn tree_agrees_with_testing_every_triangle_of_random_scenes(
        shapes in prop::collection::vec(
            (
                prop::array::uniform3(-300.0..300.0),
                prop::array::uniform6(-1.0..1.0),
                -1.0..2.7_f64,
                0_u8..5,
            ),
            1..120,
        ),
        rays in prop::collection::vec(
            (prop::array::uniform3(-350.0..350.0), prop::array::uniform3(-700.0..700.0)), 40,
        ),
    ) {
        let mut vertices = Vec::new();
        for (corner, [a, b, c, d, e, f], size, form) in shapes {
            let size = 10.0_f64.powf(size);
            let corner = if form == 4 { Vec3::from(corner) * 0.05 } else { Vec3::from(corner) };
            let flat = if form == 3 { 0.0 } else { 1.0 };
            let sides = [Vec3::new(a, b * flat, c), Vec3::new(d, e * flat, f)];
            vertices.extend([corner, corner + sides[0] * size, corner + sides[1] * size]);
        }
        // Some of the triangles once more, the other way round; not the first, which keeps it open.
        let count = vertices.len() as u32 / 3;
        let mut triangles: Vec<_> = (0..count).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect();
        triangles.extend((1..count).step_by(3).map(|t| [3 * t, 3 * t + 2, 3 * t + 1]));
        let scene = TriangleSurface::new(vertices, triangles).unwrap();
        let occluder = Occluder::new(&scene);
        prop_assert!(!occluder.closed, "every face counts");
        for (p, s) in rays {
            let (p, s) = (Vec3::from(p), Vec3::from(s));
            if (s - p).norm() <= 10.0 {
                continue;
            }
            let origin = p + (s - p).normalized() * OWN_SKIN_MM;
            let naive = scene.triangles().iter().any(|t| {
                segment_hits(origin, s - origin, &t.map(|i| scene.vertices_mm()[i as usize]))
            });
            prop_assert_eq!(occluder.blocks(p, s), naive);
        }
    }

    #[test]
    fn tree_agrees_with_testing_every_triangle(
        p in prop::array::uniform3(-200.0..200.0), s in prop::array::uniform3(-700.0..700.0),
    ) {
        let legs = legs();
        let occluder = Occluder::new(&legs);
        let (p, s) = (Vec3::from(p), Vec3::from(s));
        prop_assume!((s - p).norm() > 10.0);
        let origin = p + (s - p).normalized() * OWN_SKIN_MM;
        let naive = legs.triangles().iter().any(|t| {
            segment_hits(origin, s - origin, &t.map(|i| legs.vertices_mm()[i as usize]))
        });
        prop_assert_eq!(occluder.blocks(p, s), naive);
    }
}
