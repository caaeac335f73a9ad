#![allow(clippy::unwrap_used)]
use super::*;
use crate::surface::TriangleSurface;
use std::f64::consts::PI;

/// The unit sphere: an octahedron with every face cut in four, several times.
fn sphere(cuts: u32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let mut vertices: Vec<Vec3> = [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]
        .map(Vec3::from)
        .into_iter()
        .flat_map(|axis| [axis, -axis])
        .collect();
    let mut triangles = Vec::new();
    for (x, y, z) in [(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4)] {
        triangles.extend([[x, y, z], [y, x, 5]]);
    }
    for _ in 0..cuts {
        let fine = Refinement::new(vertices.len(), &triangles, 2).unwrap();
        let flat = |p: &Parents| {
            (0..3).fold(Vec3::ZERO, |s, k| s + vertices[p.base[k] as usize] * p.weights[k])
        };
        vertices = fine.parents.iter().map(|p| flat(p).normalized()).collect();
        triangles = fine.triangles;
    }
    (vertices, triangles)
}

#[test]
fn refined_mesh_is_closed_and_has_the_numbers_of_euler() {
    let (vertices, triangles) = sphere(1);
    let edges = 3 * triangles.len() / 2;
    for parts in 1..=MAX_PARTS {
        let fine = Refinement::new(vertices.len(), &triangles, parts).unwrap();
        let n = parts as usize;
        let inside = (n - 1) * n.saturating_sub(2) / 2;
        assert_eq!(fine.triangles.len(), triangles.len() * n * n);
        assert_eq!(fine.parents.len(), vertices.len() + edges * (n - 1) + triangles.len() * inside);
        let surface =
            TriangleSurface::new(fine.positions_mm(&vertices), fine.triangles.clone()).unwrap();
        assert_eq!(surface.loose_edges(), 0);
        assert!(surface.enclosed_volume_mm3() > 0.0, "outward");
        assert_eq!(&surface.vertices_mm()[..vertices.len()], &vertices[..], "base comes first");
    }
}

#[test]
fn parents_say_where_a_vertex_lies() {
    let (vertices, triangles) = sphere(1);
    let fine = Refinement::new(vertices.len(), &triangles, 4).unwrap();
    let positions = fine.positions_mm(&vertices);
    for (parents, position) in fine.parents.iter().zip(&positions) {
        assert!((parents.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let flat = (0..3).fold(Vec3::ZERO, |sum, k| {
            sum + vertices[parents.base[k] as usize] * parents.weights[k]
        });
        // Chords of the sphere with 45-degree sides sink by up to 1 - cos(27 degrees).
        assert!((flat - *position).norm() < 0.15);
    }
}

/// Radius errors of the curved mesh over spheres with edges of at most 60, 33 and 17 degrees (after
/// 1, 2 and 3 cuts of an octahedron). The patch has the sphere's tangents at its corners, so the
/// error falls with the fourth power of the edge: 16-fold in the limit.
#[test]
fn sphere_is_round_between_its_vertices() {
    let worst = |cuts, parts| {
        let (vertices, triangles) = sphere(cuts);
        let fine = Refinement::new(vertices.len(), &triangles, parts).unwrap();
        fine.positions_mm(&vertices).iter().map(|p| (p.norm() - 1.0).abs()).fold(0.0, f64::max)
    };
    assert!(worst(3, 1) < 1e-12, "base vertices are kept");
    let errors = [worst(1, 5), worst(2, 5), worst(3, 5), worst(4, 5)];
    assert!(errors.windows(2).all(|pair| pair[0] > 9.0 * pair[1]), "{errors:?}");
    // 17 degrees is an edge of 15 mm on a limb of 50 mm radius: 0.02 mm.
    assert!(errors[2] < 4e-4, "{errors:?}");
}

#[test]
fn volume_of_the_sphere_is_reached() {
    let (vertices, triangles) = sphere(3);
    let loss = |parts| {
        let fine = Refinement::new(vertices.len(), &triangles, parts).unwrap();
        let surface = TriangleSurface::new(fine.positions_mm(&vertices), fine.triangles).unwrap();
        1.0 - surface.enclosed_volume_mm3() / (4.0 / 3.0 * PI)
    };
    assert!(loss(1) > 0.02, "flat triangles lose volume: {}", loss(1));
    // A polyhedron with edges a fifth as long loses a 25th; three times the radius error above is
    // the share of the patch at most.
    assert!((0.0..0.02 / 25.0 + 3.0 * 4e-4).contains(&loss(5)), "{}", loss(5));
}

/// Topology depends on base triangles and parts only, and flat stays flat.
#[test]
fn flat_triangles_stay_flat() {
    let square = [[0., 0.], [3., 0.], [3., 2.], [0., 2.]].map(|[x, y]| Vec3::new(x, y, 7.0));
    let fine = Refinement::new(4, &[[0, 1, 2], [0, 2, 3]], 5).unwrap();
    let positions = fine.positions_mm(&square);
    assert!(positions.iter().all(|p| (p.z - 7.0).abs() < 1e-12));
    let surface = TriangleSurface::new(positions, fine.triangles).unwrap();
    assert!((surface.areas_mm2().iter().sum::<f64>() - 6.0).abs() < 1e-12);
}

#[test]
fn mirrored_shape_is_refined_to_the_mirror_image() {
    let (mut vertices, triangles) = sphere(1);
    for v in &mut vertices {
        // No symmetry but the one in x.
        *v = Vec3::new(v.x, v.y * 1.3 + 0.2 * v.x * v.x, v.z * (1.0 + 0.3 * v.y));
    }
    let mirrored = |p: Vec3| Vec3::new(-p.x, p.y, p.z);
    let at = |points: &[Vec3], p: Vec3| {
        points.iter().position(|&q| (q - p).norm() < 1e-9).expect("a vertex at the mirror image")
    };
    let fine = Refinement::new(vertices.len(), &triangles, 3).unwrap();
    let positions = fine.positions_mm(&vertices);
    let mut images: Vec<usize> = positions.iter().map(|&p| at(&positions, mirrored(p))).collect();
    images.sort_unstable();
    assert!(images.iter().copied().eq(0..positions.len()));
}

#[test]
fn number_of_parts_is_limited() {
    for parts in [0, MAX_PARTS + 1] {
        let error = Refinement::new(3, &[[0, 1, 2]], parts).unwrap_err();
        assert!(error.to_string().contains("between 1 and 5"), "{error}");
    }
}
