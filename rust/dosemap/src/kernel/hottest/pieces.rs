//! Pieces of skin finer than the patches, with their doses.

use rayon::prelude::*;

use crate::beam::Beam;
use crate::coverage::covered_share_of_quad;
use crate::kernel::blocks::{LANES, Skin};
use crate::kernel::samples::{Points, PreparedParts};
use crate::math::Vec3;
use crate::surface::PatchQuad;

/// Distance between samples, mm: a disc of 1 cm2 holds about 60 of them.
const SAMPLE_MM: f64 = 1.25;

/// Samples along a side of a quadrilateral at most, on coarse meshes.
const MAX_SAMPLES: usize = 8;

/// One sample of skin: where, how much of it, and its dose.
#[derive(Clone, Copy)]
pub struct Sample {
    pub vertex: usize,
    pub point_mm: Vec3,
    pub area_mm2: f64,
    pub dose_gy: f64,
}

/// The patch of a vertex cut into pieces, each with its exact cover by every field.
pub fn samples(prepared: &PreparedParts, vertex: usize) -> Vec<Sample> {
    let surface = prepared.parts[0].scene.surface();
    let pieces: Vec<PatchQuad> = surface.patch(vertex).flat_map(|quad| pieces(&quad)).collect();
    let sampled = |pieces: &[PatchQuad]| {
        let middle = |&[a, b, c, d]: &PatchQuad| (a + b + c + d) * 0.25;
        let points_mm: Vec<Vec3> = pieces.iter().map(middle).collect();
        let corners = pieces
            .iter()
            .zip(&points_mm)
            .flat_map(|(piece, &middle)| piece.map(|corner| (corner - middle).norm()));
        let radius_mm = corners.fold(0.0, f64::max) as f32 * (1.0 + f32::EPSILON);
        let points_mm = points_mm.as_slice();
        let points = Points { vertex, points_mm, radius_mm };
        let doses_gy =
            prepared.doses_gy(&points, |moved_mm| Pieces { pieces, points_mm, moved_mm });
        let sample = |((piece, &point_mm), dose_gy): ((&PatchQuad, &Vec3), f64)| Sample {
            vertex,
            point_mm,
            area_mm2: area_mm2(piece),
            dose_gy,
        };
        pieces.iter().zip(points_mm).zip(doses_gy).map(sample).collect::<Vec<_>>()
    };
    pieces.par_chunks(LANES).flat_map_iter(sampled).collect()
}

/// Pieces of skin of which a field covers a share, and their middles.
struct Pieces<'a> {
    pieces: &'a [PatchQuad],
    points_mm: &'a [Vec3],
    moved_mm: Vec3,
}

impl Skin for Pieces<'_> {
    fn covered_share(&self, beam: &Beam, lane: usize) -> f64 {
        covered_share_of_quad(beam, &self.pieces[lane].map(|corner| corner + self.moved_mm))
    }

    fn point_mm(&self, lane: usize) -> Vec3 {
        self.points_mm[lane] + self.moved_mm
    }
}

fn area_mm2(&[a, b, c, d]: &PatchQuad) -> f64 {
    ((b - a).cross(c - a).norm() + (c - a).cross(d - a).norm()) / 2.0
}

/// The quadrilaterals of about [`SAMPLE_MM`] that make up one.
fn pieces(quad: &PatchQuad) -> Vec<PatchQuad> {
    let count = ((area_mm2(quad).sqrt() / SAMPLE_MM).ceil() as usize).clamp(1, MAX_SAMPLES);
    let [a, b, c, d] = *quad;
    let at = |i: usize, j: usize| {
        let (s, t) = (i as f64 / count as f64, j as f64 / count as f64);
        (a * (1.0 - s) + b * s) * (1.0 - t) + (d * (1.0 - s) + c * s) * t
    };
    let corners = |k: usize| (k % count, k / count);
    (0..count * count)
        .map(corners)
        .map(|(i, j)| [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)])
        .collect()
}
