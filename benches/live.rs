//! Frames as they come on a real body, everything on, one thread: percentiles of single frames, and
//! criterion's means of a new beam per frame and of the same beam again.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dosemap::kernel::live::{CurrentBeam, LiveMap};
use dosemap_benches::{body, frames, quality};

/// Spacing of the body's vertices, mm, and about their number.
const BODIES: [(f64, &str); 2] = [(7.5, "40k"), (5.0, "90k")];

/// Sides of the field at the reference point, mm: 13 cm, and the 8.5 cm that the fields of real cardiac
/// reports have in the median (kerma-area product over air kerma).
const SIDES_MM: [f64; 2] = [130.0, 85.0];

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
        let mut map = LiveMap::new(&scene, 1).unwrap();
        for side_mm in SIDES_MM {
            let frames = frames(&scene, 500, side_mm);
            let mut beam = CurrentBeam::default();
            let mut push = |i: usize| {
                beam.aim(&scene, &frames[i % frames.len()], &quality).unwrap();
                map.turn(0, &mut beam).unwrap();
                map.add(0, 1e-5).unwrap();
            };
            // What is found once per vertex is found first.
            (0..frames.len()).for_each(&mut push);
            let mut once_us = passes_us(1, frames.len(), &mut push);
            let mut best_us = passes_us(PASSES, frames.len(), &mut push);
            for (times_us, what) in [(&mut once_us, "once"), (&mut best_us, "best of passes")] {
                times_us.sort_by(f64::total_cmp);
                let at = |share: f64| times_us[(share * times_us.len() as f64) as usize];
                let (p50, p99) = (at(0.5), at(0.99));
                println!(
                    "{name}, {side_mm} mm: new beam, {what}: p50 {p50:.1} us, p99 {p99:.1} us"
                );
            }
            let mut i = 0;
            group.bench_function(BenchmarkId::new(format!("new_beam_{side_mm}_mm"), name), |b| {
                b.iter(|| {
                    i += 1;
                    push(i);
                });
            });
        }
        group.bench_function(BenchmarkId::new("same_beam", name), |b| {
            b.iter(|| map.add(0, 1e-5).unwrap().share_on_skin());
        });
    }
    group.finish();
}

criterion_group!(benches, live);
criterion_main!(benches);
