//! Sections, tape and volume against closed forms.
#![allow(clippy::unwrap_used)]

use std::f64::consts::{PI, TAU};

use super::*;
use crate::surface::enclosed_volume_mm3;

/// A closed surface of rings of points around a line, capped by one point at each end.
struct Lathe {
    vertices_mm: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
}

const AROUND: u32 = 240;

/// Rings at heights, each an ellipse with the half axes that `half_axes_mm` gives.
fn lathe(heights_mm: &[f64], half_axes_mm: impl Fn(f64) -> [f64; 2]) -> Lathe {
    let mut vertices_mm = Vec::new();
    for &z in heights_mm {
        let [a, b] = half_axes_mm(z);
        for k in 0..AROUND {
            let angle = TAU * f64::from(k) / f64::from(AROUND);
            vertices_mm.push(Vec3::new(a * angle.cos(), b * angle.sin(), z));
        }
    }
    let rings = u32::try_from(heights_mm.len()).unwrap();
    let (bottom, top) = (rings * AROUND, rings * AROUND + 1);
    vertices_mm.push(Vec3::new(0.0, 0.0, heights_mm[0]));
    vertices_mm.push(Vec3::new(0.0, 0.0, heights_mm[heights_mm.len() - 1]));
    let mut triangles = Vec::new();
    for k in 0..AROUND {
        let next = (k + 1) % AROUND;
        for ring in 0..rings - 1 {
            let (low, high) = (ring * AROUND, (ring + 1) * AROUND);
            triangles.push([low + k, low + next, high + next]);
            triangles.push([low + k, high + next, high + k]);
        }
        triangles.push([bottom, next, k]);
        let last = (rings - 1) * AROUND;
        triangles.push([top, last + k, last + next]);
    }
    Lathe { vertices_mm, triangles }
}

/// Perimeter of an ellipse by Ramanujan's second formula, better than 1e-6 for a/b < 2.
fn ellipse_perimeter(a: f64, b: f64) -> f64 {
    let h = ((a - b) / (a + b)).powi(2);
    PI * (a + b) * (1.0 + 3.0 * h / (10.0 + (4.0 - 3.0 * h).sqrt()))
}

fn assert_close(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() < relative, "{value} is not {expected}");
}

/// 240 chords instead of an ellipse: perimeter 3e-5, area 1.2e-4 too small.
const CHORDS: f64 = 2e-4;

#[test]
fn elliptical_cylinder_has_its_axes_perimeter_and_volume() {
    let body = lathe(&[0.0, 50.0, 100.0], |_| [150.0, 100.0]);
    let section = Section::cut(&body.vertices_mm, &body.triangles, &CuttingPlane::horizontal(30.0));
    assert_close(section.breadth_mm(), 300.0, CHORDS);
    assert_close(section.depth_mm(), 200.0, CHORDS);
    assert_close(section.girth_mm(), ellipse_perimeter(150.0, 100.0), CHORDS);
    let volume = enclosed_volume_mm3(&body.vertices_mm, &body.triangles);
    assert_close(volume, PI * 150.0 * 100.0 * 100.0, CHORDS);
    assert_close(stature_mm(&body.vertices_mm), 100.0, 1e-12);
}

#[test]
fn frustum_of_a_cone_is_measured_where_it_is_cut() {
    let body = lathe(&[0.0, 90.0], |z| [100.0 - z, 100.0 - z]);
    let section = Section::cut(&body.vertices_mm, &body.triangles, &CuttingPlane::horizontal(40.0));
    assert_close(section.girth_mm(), TAU * 60.0, CHORDS);
    let volume = enclosed_volume_mm3(&body.vertices_mm, &body.triangles);
    assert_close(volume, PI / 3.0 * 90.0 * (1e4 + 1e3 + 1e2), CHORDS);
}

#[test]
fn a_limb_is_cut_across_its_bone_wherever_it_points() {
    let body = lathe(&[0.0, 100.0, 200.0, 300.0], |_| [40.0, 40.0]);
    let plane = CuttingPlane::across_bone(Vec3::ZERO, Vec3::new(0.0, 0.0, 300.0), 0.4);
    let upright = Section::cut(&body.vertices_mm, &body.triangles, &plane).girth_mm();
    assert_close(upright, TAU * 40.0, CHORDS);
    for direction in [[0.6, 0.0, -0.8], [0.0, 1.0, 0.0], [0.48, 0.6, 0.64]] {
        let axis = Vec3::from(direction);
        let side = Vec3::new(axis.z, axis.x, axis.y).cross(axis).normalized();
        let other = axis.cross(side);
        let turned: Vec<Vec3> =
            body.vertices_mm.iter().map(|v| side * v.x + other * v.y + axis * v.z).collect();
        let plane = CuttingPlane::across_bone(Vec3::ZERO, axis * 300.0, 0.4);
        let girth = Section::cut(&turned, &body.triangles, &plane).girth_mm();
        assert_close(girth, upright, 1e-9);
    }
}

#[test]
fn a_tape_spans_hollows() {
    // Two bars side by side, like thighs: the tape goes around both.
    let bar = lathe(&[0.0, 100.0], |_| [50.0, 50.0]);
    let count = u32::try_from(bar.vertices_mm.len()).unwrap();
    let mut vertices_mm = bar.vertices_mm.clone();
    vertices_mm.extend(bar.vertices_mm.iter().map(|&v| v + Vec3::new(120.0, 0.0, 0.0)));
    let mut triangles = bar.triangles.clone();
    triangles.extend(bar.triangles.iter().map(|t| t.map(|i| i + count)));
    let section = Section::cut(&vertices_mm, &triangles, &CuttingPlane::horizontal(50.0));
    assert_close(section.girth_mm(), TAU * 50.0 + 2.0 * 120.0, CHORDS);
    assert_close(section.breadth_mm(), 220.0, CHORDS);
}

#[test]
fn torus_encloses_its_volume() {
    // Ring of radius 200 about z with a tube of radius 50: volume 2 pi² R r² (Pappus).
    let (ring, tube) = (200.0, 50.0);
    let count = 120;
    let index = |i: u32, j: u32| (i % count) * count + j % count;
    let angle = |k: u32| TAU * f64::from(k) / f64::from(count);
    let mut vertices_mm = Vec::new();
    let mut triangles = Vec::new();
    for i in 0..count {
        for j in 0..count {
            let r = ring + tube * angle(j).cos();
            let z = tube * angle(j).sin();
            vertices_mm.push(Vec3::new(r * angle(i).cos(), r * angle(i).sin(), z));
            triangles.push([index(i, j), index(i + 1, j), index(i + 1, j + 1)]);
            triangles.push([index(i, j), index(i + 1, j + 1), index(i, j + 1)]);
        }
    }
    // 120 chords each way: area of the tube 4.6e-4, of the ring 4.6e-4 too small.
    let volume = enclosed_volume_mm3(&vertices_mm, &triangles);
    assert_close(volume, 2.0 * PI * PI * ring * tube * tube, 1e-3);
    let section = Section::cut(&vertices_mm, &triangles, &CuttingPlane::horizontal(1.0));
    assert_close(section.girth_mm(), TAU * (ring + (tube * tube - 1.0).sqrt()), 1e-3);
}

#[test]
fn what_is_not_cut_has_no_size() {
    let body = lathe(&[0.0, 100.0], |_| [50.0, 50.0]);
    let section =
        Section::cut(&body.vertices_mm, &body.triangles, &CuttingPlane::horizontal(101.0));
    assert_eq!([section.girth_mm(), section.breadth_mm(), section.depth_mm()], [0.0; 3]);
}
