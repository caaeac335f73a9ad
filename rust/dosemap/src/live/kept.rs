//! The beams of a session that the search of the peak between vertices needs, in bounded memory.
//!
//! The map holds every frame. Frames of a press that follow each other with the same beam are one
//! entry, and where there are too many entries neighbours become one.

use super::row::{BEAM, FILTERS, KERMA, KVP, Row};

/// Frames that follow each other in one press, with the beam of the strongest.
#[derive(Debug, Clone)]
pub struct KeptBeam {
    /// Number of the press.
    pub press: usize,
    /// The beam.
    pub row: Row,
    /// Air kerma of all of them, as the frames state it.
    pub air_kerma_gy: f64,
    /// Air kerma by share of the field on skin.
    pub on_skin_gy: f64,
}

impl KeptBeam {
    fn absorb(&mut self, other: &Self) {
        if other.air_kerma_gy > self.air_kerma_gy {
            self.row = other.row;
        }
        self.air_kerma_gy += other.air_kerma_gy;
        self.on_skin_gy += other.on_skin_gy;
    }

    fn has_quality_of(&self, other: &Self) -> bool {
        [KVP, FILTERS].iter().all(|&column| self.row[column] == other.row[column])
    }
}

/// Entries in the order in which they began.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The entries.
    pub beams: Vec<KeptBeam>,
    /// How often neighbours became one.
    pub merged: u64,
    /// Place of the last entry of each press.
    last: Vec<Option<usize>>,
}

impl Kept {
    /// Add a frame of a press; at most so many entries are kept, more than there can be presses.
    pub(super) fn add(&mut self, press: usize, row: &Row, share_on_skin: f64, most: usize) {
        if press >= self.last.len() {
            self.last.resize(press + 1, None);
        }
        let same = self.last[press].filter(|&i| self.beams[i].row[BEAM..] == row[BEAM..]);
        let place = same.unwrap_or_else(|| {
            if self.beams.len() >= most {
                self.merge(most);
            }
            self.last[press] = Some(self.beams.len());
            let (air_kerma_gy, on_skin_gy) = (0.0, 0.0);
            self.beams.push(KeptBeam { press, row: *row, air_kerma_gy, on_skin_gy });
            self.beams.len() - 1
        });
        let entry = &mut self.beams[place];
        entry.air_kerma_gy += row[KERMA];
        entry.on_skin_gy += row[KERMA] * share_on_skin;
    }

    /// Halve the entries; first only those of one beam quality.
    fn merge(&mut self, most: usize) {
        self.pair(true);
        // Each press keeps one at least.
        let presses = self.last.iter().flatten().count();
        while self.beams.len() > usize::midpoint(most, presses) {
            self.pair(false);
        }
        for (i, entry) in self.beams.iter().enumerate() {
            self.last[entry.press] = Some(i);
        }
    }

    fn pair(&mut self, same_quality: bool) {
        let mut waiting: Vec<Option<usize>> = vec![None; self.last.len()];
        let mut is_gone = vec![false; self.beams.len()];
        for (i, is_gone) in is_gone.iter_mut().enumerate() {
            let (before, rest) = self.beams.split_at_mut(i);
            let entry = &rest[0];
            let first = waiting[entry.press].take();
            let first = first.filter(|&j| !same_quality || before[j].has_quality_of(entry));
            if let Some(j) = first {
                before[j].absorb(entry);
                *is_gone = true;
                self.merged += 1;
            } else {
                waiting[entry.press] = Some(i);
            }
        }
        let mut gone = is_gone.into_iter();
        self.beams.retain(|_| gone.next() == Some(false));
    }
}
