//! Frames as they come on a real body, everything on, one thread: percentiles of single frames, and
//! criterion's means of a new beam per frame and of the same beam again.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dosemap::kernel::live::{LiveMap, Row};
use dosemap_benches::{body, frames, quality};

/// Spacing of the body's vertices, mm, and about their number.
const BODIES: [(f64, &str); 2] = [(7.5, "40k"), (5.0, "90k")];

/// Passes of which each frame's shortest time counts: what other work on the machine adds is gone.
const PASSES: usize = 20;

/// Shortest time of every frame, us.
fn passes_us(passes: usize, frames: usize, push: &mut impl FnMut(usize)) -> Vec<f64> {
    let mut shortest_us = vec![f64::MAX; frames];
    for _ in 0..passes {
        for (i, shortest) in shortest_us.iter_mut().enumerate() {
            let start = Instant::now();
            push(i);
            *shortest = shortest.min(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    shortest_us
}

fn live(c: &mut Criterion) {
    let quality = quality();
    let mut group = c.benchmark_group("live");
    for (spacing_mm, name) in BODIES {
        let scene = body(spacing_mm);
        let frames = frames(&scene, 500);
        let mut map = LiveMap::new(&scene, 2).unwrap();
        let mut push = |i: usize| {
            let beam = Some((&frames[i % frames.len()], &quality));
            map.push(&scene, &[Row { plane: 0, beam, air_kerma_gy: 1e-5 }], |_, _| ()).unwrap();
        };
        // What is found once per vertex is found first.
        (0..frames.len()).for_each(&mut push);
        let mut once_us = passes_us(1, frames.len(), &mut push);
        let mut best_us = passes_us(PASSES, frames.len(), &mut push);
        for (times_us, what) in [(&mut once_us, "once"), (&mut best_us, "best of passes")] {
            times_us.sort_by(f64::total_cmp);
            let at = |share: f64| times_us[(share * times_us.len() as f64) as usize];
            println!("{name}: new beam, {what}: p50 {:.1} us, p99 {:.1} us", at(0.5), at(0.99));
        }
        let mut i = 0;
        group.bench_function(BenchmarkId::new("new_beam", name), |b| {
            b.iter(|| {
                i += 1;
                push(i);
            });
        });
        let same = Row { plane: 0, beam: None, air_kerma_gy: 1e-5 };
        group.bench_function(BenchmarkId::new("same_beam", name), |b| {
            b.iter(|| map.push(&scene, &[same], |_, _| ()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, live);
criterion_main!(benches);
