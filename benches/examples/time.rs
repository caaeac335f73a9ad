#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
use dosemap::kernel::blocks;
use dosemap_benches::{frames, quality, trunk};
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    s.split_whitespace().next().unwrap().parse::<f64>().unwrap()
}
fn main() {
    let qualities = [quality()];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().unwrap();
    for shadows in [false, true] {
        let scene = trunk(40_000, shadows);
        let n = 20;
        let frames = frames(&scene, 24);
        pool.install(|| blocks::dose_map(&scene, &frames, &qualities).unwrap());
        let t = cpu();
        for _ in 0..n {
            pool.install(|| blocks::dose_map(&scene, &frames, &qualities).unwrap());
        }
        println!(
            "shadows {shadows}: {:.2} ns",
            (cpu() - t) / (n * scene.surface().len() * frames.len()) as f64
        );
    }
}
