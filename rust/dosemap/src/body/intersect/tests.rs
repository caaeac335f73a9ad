use super::*;
use proptest::prelude::*;

/// Separating axes: how far the shadows of two triangles are apart on the normals and the products
/// of edges, at most; negative where they overlap on all. `None` where rounding decides: slivers,
/// and triangles that touch or lie in one plane.
fn apart(s: &[Vec3; 3], t: &[Vec3; 3]) -> Option<bool> {
    const CLEAR: f64 = 1e-9;
    let edges = |c: &[Vec3; 3]| [c[1] - c[0], c[2] - c[1], c[0] - c[2]];
    let (of_s, of_t) = (edges(s), edges(t));
    let normals = [of_s[0].cross(of_s[1]), of_t[0].cross(of_t[1])];
    if normals.iter().any(|normal| normal.norm() < CLEAR) {
        return None;
    }
    let products = of_s.iter().flat_map(|&a| of_t.map(|b| a.cross(b)));
    let gaps = normals.into_iter().chain(products).filter(|axis| axis.norm() > CLEAR).map(|axis| {
        let axis = axis.normalized();
        let shadow = |c: &[Vec3; 3]| {
            let along = c.map(|p| p.dot(axis));
            (along.into_iter().fold(f64::MAX, f64::min), along.into_iter().fold(f64::MIN, f64::max))
        };
        let ((low_s, high_s), (low_t, high_t)) = (shadow(s), shadow(t));
        (low_t - high_s).max(low_s - high_t)
    });
    let gap = gaps.fold(f64::NEG_INFINITY, f64::max);
    (gap.abs() > CLEAR).then_some(gap > 0.0)
}

fn point() -> impl Strategy<Value = Vec3> {
    prop::array::uniform3(-1.0..1.0).prop_map(Vec3::from)
}

proptest! {
    /// All pairs, by separating axes, against the sweep.
    #[test]
    fn sweep_finds_what_every_pair_tested_finds(
        points in prop::collection::vec(point(), 40),
        picks in prop::collection::vec(prop::array::uniform3(0_u32..40), 30),
    ) {
        let proper = |t: &[u32; 3]| t[0] != t[1] && t[1] != t[2] && t[2] != t[0];
        // Triangles of a fifth of the box's size, about their first corner, so that some miss.
        let corners = |t: &[u32; 3]| t.map(|i| points[i as usize]);
        let mut vertices = points.clone();
        let mut triangles = Vec::new();
        for pick in picks.iter().filter(|t| proper(t)) {
            let [a, b, c] = corners(pick);
            let first = vertices.len() as u32;
            vertices.extend([a + (b - a) * 0.2, a + (c - a) * 0.2]);
            triangles.push([pick[0], first, first + 1]);
        }
        let found = self_intersections(&vertices, &triangles);
        for (i, s) in triangles.iter().enumerate() {
            for (j, t) in triangles.iter().enumerate().skip(i + 1) {
                let shares = s.iter().any(|vertex| t.contains(vertex));
                let [s, t] = [s, t].map(|t| t.map(|i| vertices[i as usize]));
                let is_found = found.contains(&[i as u32, j as u32]);
                if shares {
                    prop_assert!(!is_found);
                } else if let Some(apart) = apart(&s, &t) {
                    prop_assert_eq!(is_found, !apart);
                }
            }
        }
        prop_assert!(found.is_sorted());
    }

    /// The test for two triangles does not care for their order or where their corners begin.
    #[test]
    fn crossing_is_mutual(s in prop::array::uniform3(point()), t in prop::array::uniform3(point())) {
        let crossing = triangles_cross(&s, &t);
        if let Some(apart) = apart(&s, &t) {
            prop_assert_eq!(crossing, !apart);
        }
        prop_assert_eq!(crossing, triangles_cross(&t, &s));
        prop_assert_eq!(crossing, triangles_cross(&[s[1], s[2], s[0]], &[t[2], t[1], t[0]]));
    }
}

#[test]
fn a_spike_through_a_wall_is_found() {
    let wall = [[0., 0., 0.], [9., 0., 0.], [0., 9., 0.]].map(Vec3::from);
    let spike = |tip: f64| [[1., 1., 5.], [2., 1., 5.], [2., 2., tip]].map(Vec3::from);
    let mesh = |tip| [wall, spike(tip)].concat();
    let triangles = [[0, 1, 2], [3, 4, 5]];
    assert_eq!(self_intersections(&mesh(-1.0), &triangles), [[0, 1]]);
    assert_eq!(self_intersections(&mesh(1.0), &triangles), [[0; 2]; 0]);
    // Neighbours share a vertex and may fold.
    assert_eq!(self_intersections(&mesh(-1.0), &[[0, 1, 2], [3, 4, 2]]), [[0; 2]; 0]);
}
