//! Quantiles of the dose at every vertex over many maps, of which none is kept.
//!
//! A histogram per vertex whose bins grow in proportion to the dose, so that whatever the range
//! every dose is known within [`RELATIVE_ERROR`] of itself (the sketch of Masson, Rim and Lee,
//! Proc. VLDB 12 (2019) 2195). Counts are whole numbers: the order of the maps, and so the number of
//! threads, changes nothing.

use rayon::prelude::*;

/// How far a quantile may lie from the dose that it stands for, as a share of it.
pub const RELATIVE_ERROR: f64 = 0.005;

/// Ratio of the upper to the lower edge of a bin.
const GROWTH: f64 = (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR);

/// The doses of one vertex so far.
#[derive(Debug, Clone, Default)]
struct Histogram {
    /// Maps without dose here.
    without: u32,
    /// Number of the first bin: bin i reaches from GROWTH^i to GROWTH^(i+1) Gy.
    first: i32,
    counts: Vec<u32>,
}

impl Histogram {
    /// `growth_log` is the logarithm of [`GROWTH`], which is the same for all.
    fn add(&mut self, dose_gy: f64, growth_log: f64) {
        if dose_gy <= 0.0 {
            self.without += 1;
            return;
        }
        let bin = (libm::log(dose_gy) / growth_log).floor() as i32;
        if self.counts.is_empty() {
            self.first = bin;
        } else if bin < self.first {
            let missing = (self.first - bin) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = bin;
        }
        let place = (bin - self.first) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
    }

    /// The dose with this many of the doses up to it (1: the lowest).
    fn nth(&self, rank: u32) -> f64 {
        let mut up_to_here = self.without;
        if rank <= up_to_here {
            return 0.0;
        }
        for (place, count) in self.counts.iter().enumerate() {
            up_to_here += count;
            if rank <= up_to_here {
                // As far from the lower edge as from the upper one, each as a share of itself.
                let low = libm::pow(GROWTH, f64::from(self.first + place as i32));
                return low * (1.0 + RELATIVE_ERROR);
            }
        }
        0.0
    }
}

/// The doses of all vertices over the maps so far.
#[derive(Debug, Clone)]
pub struct VertexQuantiles {
    maps: u32,
    vertices: Vec<Histogram>,
}

impl VertexQuantiles {
    /// No map yet, of so many vertices.
    #[must_use]
    pub fn new(vertices: usize) -> Self {
        Self { maps: 0, vertices: vec![Histogram::default(); vertices] }
    }

    /// Take maps, each with a dose of every vertex, Gy.
    pub fn add(&mut self, maps: &[Vec<f64>]) {
        self.maps += maps.len() as u32;
        let growth_log = libm::log(GROWTH);
        self.vertices.par_iter_mut().enumerate().with_min_len(1024).for_each(|(vertex, doses)| {
            for map in maps {
                doses.add(map[vertex], growth_log);
            }
        });
    }

    /// The dose of every vertex that a share of the maps does not exceed, Gy: the smallest of the
    /// vertex's doses that at least this share of them (0 to 1) lies at or below, within
    /// [`RELATIVE_ERROR`].
    #[must_use]
    pub fn at(&self, share: f64) -> Vec<f64> {
        let rank = ((share * f64::from(self.maps)).ceil() as u32).clamp(1, self.maps.max(1));
        self.vertices.par_iter().with_min_len(1024).map(|doses| doses.nth(rank)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_quantile_lies_within_the_stated_error_of_a_dose_that_was_added(
            mut doses in proptest::collection::vec(
                prop_oneof![Just(0.0), 1e-9..1e-6, 1e-3..20.0_f64], 1..60,
            ),
            share in 0.0..=1.0_f64,
        ) {
            let mut quantiles = VertexQuantiles::new(1);
            for dose in &doses {
                quantiles.add(&[vec![*dose]]);
            }
            doses.sort_by(f64::total_cmp);
            let rank = ((share * doses.len() as f64).ceil() as usize).max(1);
            let exact = doses[rank - 1];
            // What rounding of the logarithm adds is far below a part in a million.
            prop_assert!((quantiles.at(share)[0] - exact).abs() <= exact * (RELATIVE_ERROR + 1e-9));
        }

        #[test]
        fn the_order_of_the_maps_changes_nothing(
            doses in proptest::collection::vec(1e-6..10.0_f64, 2..40),
        ) {
            let maps: Vec<Vec<f64>> = doses.iter().map(|&dose| vec![dose]).collect();
            let (mut at_once, mut backwards) = (VertexQuantiles::new(1), VertexQuantiles::new(1));
            at_once.add(&maps);
            for map in maps.iter().rev() {
                backwards.add(std::slice::from_ref(map));
            }
            for share in [0.0, 0.05, 0.5, 0.95, 1.0] {
                prop_assert_eq!(at_once.at(share), backwards.at(share));
            }
        }
    }
}
