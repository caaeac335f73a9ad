//! What a frame pays for its beam quality.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dosemap::error::DoseError;
use dosemap::materials::{FilterLayer, Material};
use dosemap::spectrum::Spectrum;

fn beam_quality(criterion: &mut Criterion) -> Result<(), DoseError> {
    let strips =
        [FilterLayer::new(Material::ALUMINIUM, 3.1)?, FilterLayer::new(Material::COPPER, 0.2)?];
    let unfiltered = Spectrum::tungsten(81.0, 11.5)?;
    let filtered = unfiltered.filtered(&strips)?;
    criterion.bench_function("spectrum/tungsten", |bencher| {
        bencher.iter(|| Spectrum::tungsten(black_box(81.0), black_box(11.5)));
    });
    criterion.bench_function("spectrum/filtered by two strips", |bencher| {
        bencher.iter(|| unfiltered.filtered(black_box(&strips)));
    });
    criterion.bench_function("spectrum/half-value layer", |bencher| {
        bencher.iter(|| filtered.half_value_layer_mm(black_box(Material::ALUMINIUM)));
    });
    Ok(())
}

fn benches(criterion: &mut Criterion) {
    beam_quality(criterion).unwrap_or_else(|error| panic!("{error}"));
}

criterion_group!(group, benches);
criterion_main!(group);
