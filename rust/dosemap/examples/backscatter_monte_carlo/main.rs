//! Photon Monte Carlo behind the backscatter tables: photons of 8 to 150 keV in water and PMMA.
//!
//! Photoelectric absorption on the spot, incoherent scatter (Klein-Nishina times S), coherent
//! scatter (form factors), kerma approximation, no fluorescence. See docs/methods/backscatter.md.
//!
//! ```text
//! cargo run --release --example backscatter_monte_carlo -- normal|point|oblique|slab HISTORIES
//! ```
//! prints one CSV table. `scripts/make_backscatter_tables.py` runs all of them.
#![allow(clippy::unwrap_used, missing_docs)]

mod medium;
mod random;
mod scenes;
mod transport;

use std::io::Write;

use medium::Medium;
use random::Random;
use rayon::prelude::*;
use scenes::{ABSORBERS, DISTANCES_CM, HALF_WIDTHS_CM, Scene};

const ENERGIES_KEV: [f64; 29] = [
    8.0, 10.0, 12.0, 15.0, 18.0, 20.0, 22.5, 25.0, 27.5, 30.0, 32.5, 35.0, 37.5, 40.0, 45.0, 50.0,
    55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0, 140.0, 150.0,
];
const ANGLES_DEG: [f64; 6] = [30.0, 45.0, 60.0, 70.0, 80.0, 85.0];
const SLABS_CM: [f64; 8] = [0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0];
/// Independent batches; their scatter gives the standard error.
const BATCHES: u64 = 64;

/// Mean per history and its standard error, for each tally.
fn simulate(
    histories: u64,
    tallies: usize,
    history: impl Fn(&mut Random, &mut [f64]) + Sync,
) -> Vec<(f64, f64)> {
    let per_batch = histories.div_ceil(BATCHES);
    let batches: Vec<Vec<f64>> = (0..BATCHES)
        .into_par_iter()
        .map(|seed| {
            let (mut random, mut tally) = (Random::new(seed), vec![0.0; tallies]);
            (0..per_batch).for_each(|_| history(&mut random, &mut tally));
            tally.iter().map(|sum| sum / per_batch as f64).collect()
        })
        .collect();
    let count = BATCHES as f64;
    (0..tallies)
        .map(|i| {
            let mean = batches.iter().map(|batch| batch[i]).sum::<f64>() / count;
            let squares = batches.iter().map(|batch| (batch[i] - mean).powi(2)).sum::<f64>();
            (mean, (squares / (count * (count - 1.0))).sqrt())
        })
        .collect()
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let histories = arguments.get(2).map_or(100_000, |text| text.parse().unwrap());
    let out = &mut std::io::stdout().lock();
    match arguments.get(1).map(String::as_str) {
        Some("normal") => normal(out, histories),
        Some("point") => point(out, histories),
        Some("oblique") => oblique(out, histories),
        Some("slab") => slab(out, histories),
        _ => Err(std::io::Error::other("usage: normal|point|oblique|slab HISTORIES")),
    }
}

fn normal(out: &mut impl Write, histories: u64) -> std::io::Result<()> {
    let scene = Scene::new(Medium::water());
    writeln!(out, "energy_kev,half_width_cm,air,air_sd,water,skin,tissue4")?;
    for energy in ENERGIES_KEV {
        let tallies = simulate(histories, ABSORBERS * HALF_WIDTHS_CM.len(), |random, tally| {
            scene.normal(energy, random, tally);
        });
        for (half_width, cell) in HALF_WIDTHS_CM.iter().zip(tallies.chunks_exact(ABSORBERS)) {
            let (air, sd) = cell[0];
            let [water, skin, tissue] = [1, 2, 3].map(|absorber| cell[absorber].0);
            writeln!(
                out,
                "{energy},{half_width},{air:.6},{sd:.6},{water:.6},{skin:.6},{tissue:.6}"
            )?;
        }
    }
    Ok(())
}

fn point(out: &mut impl Write, histories: u64) -> std::io::Result<()> {
    let scene = Scene::new(Medium::water());
    writeln!(out, "energy_kev,distance_cm,half_width_cm,air,air_sd")?;
    let fields = HALF_WIDTHS_CM.len();
    for energy in ENERGIES_KEV {
        let tallies = simulate(histories, DISTANCES_CM.len() * fields, |random, tally| {
            scene.point_source(energy, random, tally);
        });
        for (distance, cells) in DISTANCES_CM.iter().zip(tallies.chunks_exact(fields)) {
            for (half_width, (air, sd)) in HALF_WIDTHS_CM.iter().zip(cells) {
                writeln!(out, "{energy},{distance},{half_width},{air:.6},{sd:.6}")?;
            }
        }
    }
    Ok(())
}

fn oblique(out: &mut impl Write, histories: u64) -> std::io::Result<()> {
    let scene = Scene::new(Medium::water());
    writeln!(out, "energy_kev,angle_deg,half_width_cm,air,air_sd")?;
    for energy in ENERGIES_KEV {
        for angle in ANGLES_DEG {
            let cosine = f64::to_radians(angle).cos();
            let tallies = simulate(histories, HALF_WIDTHS_CM.len(), |random, tally| {
                scene.oblique(energy, cosine, random, tally);
            });
            for (half_width, (air, sd)) in HALF_WIDTHS_CM.iter().zip(tallies) {
                writeln!(out, "{energy},{angle},{half_width},{air:.6},{sd:.6}")?;
            }
        }
    }
    Ok(())
}

fn slab(out: &mut impl Write, histories: u64) -> std::io::Result<()> {
    let scene = Scene::new(Medium::pmma());
    writeln!(out, "energy_kev,thickness_cm,half_width_cm,scatter_to_primary,sd")?;
    for energy in [30.0, 40.0, 50.0, 60.0, 80.0] {
        for thickness in SLABS_CM {
            let tallies = simulate(histories, HALF_WIDTHS_CM.len() + 1, |random, tally| {
                scene.slab(energy, thickness, random, tally);
            });
            let (primary, _) = tallies[0];
            for (half_width, (air, sd)) in HALF_WIDTHS_CM.iter().zip(&tallies[1..]) {
                let (ratio, sd) = (air / primary, sd / primary);
                writeln!(out, "{energy},{thickness},{half_width},{ratio:.6},{sd:.6}")?;
            }
        }
    }
    Ok(())
}
