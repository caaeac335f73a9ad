//! The fast kernel against the obvious one, full chain; time per (vertex x frame).
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dosemap::kernel::{blocks, reference};
use dosemap_benches::{frames, quality, trunk};

fn dose_map(c: &mut Criterion) {
    let mut group = c.benchmark_group("dose_map");
    group.sample_size(10);
    let qualities = [quality()];
    for shadows in [false, true] {
        for vertices in [5_000, 40_000] {
            let scene = trunk(vertices, shadows);
            let frames = frames(&scene, 24, 130.0);
            let pairs = (scene.surface().len() * frames.len()) as u64;
            let name = format!("{vertices}{}", if shadows { "_shadows" } else { "" });
            group.throughput(Throughput::Elements(pairs));
            group.bench_function(BenchmarkId::new("blocks", &name), |b| {
                b.iter(|| blocks::dose_map(&scene, &frames, &qualities).unwrap());
            });
            group.bench_function(BenchmarkId::new("reference", &name), |b| {
                b.iter(|| reference::dose_map(&scene, &frames, &qualities).unwrap());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, dose_map);
criterion_main!(benches);
