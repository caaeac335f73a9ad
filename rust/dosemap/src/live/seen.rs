//! Which frames came already, as far back as a repetition can be expected.

use std::collections::{HashMap, HashSet, VecDeque};

use super::row::ABSENT;

/// What a frame is among those of its plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sighting {
    New,
    /// Its number came before, with another time or none.
    UsedAgain,
    /// Number and time came before.
    Repeated,
}

/// The last frames of one plane: number and time, as their bits.
#[derive(Debug, Default)]
pub(super) struct Seen {
    order: VecDeque<(u64, u64)>,
    frames: HashSet<(u64, u64)>,
    ids: HashMap<u64, u32>,
}

impl Seen {
    /// Tell what a frame is, and remember it as one of the last so many.
    ///
    /// A number alone may begin again with each press, and a dose that is left out would be worse
    /// than one that counts twice. A frame without a number is always new.
    pub fn look(&mut self, frame_id: f64, time_s: f64, remembered: usize) -> Sighting {
        if frame_id == ABSENT {
            return Sighting::New;
        }
        let (id, time) = (bits(frame_id), bits(time_s));
        if time_s != ABSENT && self.frames.contains(&(id, time)) {
            return Sighting::Repeated;
        }
        if self.order.len() >= remembered
            && let Some(oldest) = self.order.pop_front()
        {
            self.forget(oldest);
        }
        self.order.push_back((id, time));
        self.frames.insert((id, time));
        let count = self.ids.entry(id).or_insert(0);
        *count += 1;
        if *count > 1 { Sighting::UsedAgain } else { Sighting::New }
    }

    fn forget(&mut self, oldest: (u64, u64)) {
        self.frames.remove(&oldest);
        if let Some(count) = self.ids.get_mut(&oldest.0) {
            *count -= 1;
            if *count == 0 {
                self.ids.remove(&oldest.0);
            }
        }
    }
}

/// Numbers that are equal have equal bits: -0 becomes 0.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}
