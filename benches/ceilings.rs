//! What this machine can do at most, by the same way as the kernel: loops over arrays that the
//! compiler turns into vector code, compiled for the baseline, AVX2 and AVX-512 by pulp.
//!
//! One thread. Prints GFLOP/s of multiply and add (as the kernel does it: rounded twice, so that every
//! machine gives the same bits) and of fused multiply-add, and GB/s of memory.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use pulp::NullaryFnOnce;

/// Registers with chains of their own: they hide the latency, and fit into what the machine has.
const REGISTERS: usize = 12;
const STEPS: usize = 4096;
const ROUNDS: usize = 400;
const BYTES: usize = 512 << 20;

struct Chain<'a, const LANES: usize> {
    values: &'a mut [f32; LANES],
    fused: bool,
}

impl<const LANES: usize> NullaryFnOnce for Chain<'_, LANES> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut values = *self.values;
        if self.fused {
            for _ in 0..STEPS {
                for x in &mut values {
                    *x = x.mul_add(0.999_9, 1e-4);
                }
            }
        } else {
            for _ in 0..STEPS {
                for x in &mut values {
                    *x = *x * 0.999_9 + 1e-4;
                }
            }
        }
        *self.values = values;
    }
}

fn gflops<const LANES: usize>(run: impl Fn(Chain<'_, LANES>), fused: bool) -> f64 {
    let mut values = [1.0_f32; LANES];
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        run(black_box(Chain { values: &mut values, fused }));
        best = best.min(start.elapsed().as_secs_f64());
    }
    black_box(values);
    2.0 * (LANES * STEPS) as f64 / best / 1e9
}

fn gigabytes_per_s(run: impl Fn()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..8 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    BYTES as f64 / best / 1e9
}

fn main() {
    let row = |name: &str, as_kernel: f64, fused: Option<f64>| {
        let fused = fused.map_or_else(|| "      -".into(), |fused| format!("{fused:7.1}"));
        println!("{name:20} {as_kernel:7.1} GFLOP/s multiply, then add; {fused} fused");
    };
    let sse2 = gflops(|chain: Chain<'_, { 4 * REGISTERS }>| chain.call(), false);
    row("SSE2, the baseline", sse2, None);
    if let Some(machine) = pulp::x86::V3::try_new() {
        let run = |chain: Chain<'_, { 8 * REGISTERS }>| machine.vectorize(chain);
        row("AVX2", gflops(run, false), Some(gflops(run, true)));
    }
    if let Some(machine) = pulp::x86::V4::try_new() {
        let run = |chain: Chain<'_, { 16 * REGISTERS }>| machine.vectorize(chain);
        row("AVX-512", gflops(run, false), Some(gflops(run, true)));
    }
    let source = vec![1_u64; BYTES / 8];
    let read = gigabytes_per_s(|| {
        black_box(source.iter().fold(0_u64, |sum, x| sum.wrapping_add(*x)));
    });
    println!("{:20} {read:7.1} GB/s", "memory, read");
}
