//! Damages report files for a while and reads each: `fuzz SECONDS SEED FINDS FOLDER...`.
//!
//! A panic, an unsound report or a read that takes seconds is saved to the folder FINDS. A case hangs
//! on the seed, its number and the files alone.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod damage;
mod random;

use std::error::Error;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dosemap_rdsr::{Report, read};

use crate::damage::damage;
use crate::random::Random;

/// A report of some hundred kilobytes is read in milliseconds.
const SLOW: Duration = Duration::from_secs(2);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seconds, seed, finds, folders @ ..] = &arguments[..] else {
        return Err("usage: fuzz SECONDS SEED FINDS FOLDER...".into());
    };
    let (seconds, seed) = (Duration::from_secs(seconds.parse()?), seed.parse()?);
    let corpus = corpus(folders)?;
    if corpus.is_empty() {
        return Err("there is no file to damage in the folders".into());
    }
    let (start, mut cases, mut read_whole, mut found) = (Instant::now(), 0_u64, 0_u64, 0);
    while start.elapsed() < seconds {
        let bytes = damage(&corpus, &mut Random::new(seed, cases));
        match outcome(&bytes) {
            Ok(whole) => read_whole += u64::from(whole),
            Err(what) => {
                found += 1;
                save(Path::new(finds), &format!("rust-{seed}-{cases}"), &bytes, what)?;
            }
        }
        cases += 1;
    }
    println!("reader: {cases} cases of seed {seed}, {read_whole} read as a report, {found} finds");
    Ok(if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn corpus(folders: &[String]) -> Result<Vec<Vec<u8>>, std::io::Error> {
    let mut paths = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
    }
    paths.sort();
    paths.iter().filter(|path| path.extension().is_some_and(|e| e == "dcm")).map(fs::read).collect()
}

/// Whether the bytes were read as a report, or what is wrong with how they were read.
fn outcome(bytes: &[u8]) -> Result<bool, &'static str> {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| read(bytes))).map_err(|_| "panic")?;
    if start.elapsed() > SLOW {
        return Err("slow");
    }
    match result {
        Ok(report) if is_sound(&report) => Ok(true),
        Ok(_) => Err("unsound report"),
        Err(error) if error.to_string().is_empty() => Err("error without words"),
        Err(_) => Ok(false),
    }
}

fn is_sound(report: &Report) -> bool {
    report.events.iter().chain([&report.items]).all(|items| {
        items.iter().enumerate().all(|(index, item)| {
            item.parent.is_none_or(|parent| parent < index)
                && item.numbers.iter().all(|number| number.is_finite())
        })
    })
}

fn save(folder: &Path, name: &str, bytes: &[u8], what: &str) -> Result<(), std::io::Error> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{name}.dcm"));
    fs::write(&path, bytes)?;
    eprintln!("found ({what}): {}", path.display());
    Ok(())
}
