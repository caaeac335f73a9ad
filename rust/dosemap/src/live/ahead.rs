//! Beams of the frames to come, computed side by side before the frames are added one by one.

use rayon::prelude::*;

use super::checks::Checked;
use super::given::Given;
use super::row::{BEAM, PLANE, Row};
use crate::error::DoseError;
use crate::kernel::live::CurrentBeam;

/// Frames looked at together: enough for many cores, and few beams to hold.
pub(super) const AHEAD: usize = 32;

/// Of each of up to [`AHEAD`] frames the beam, where it is a new one; memory is kept.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    slots: Vec<Slot>,
    /// The last beam of each plane, as it will be.
    last: Vec<Option<Row>>,
}

#[derive(Debug, Default)]
struct Slot {
    beam: CurrentBeam,
    /// The row whose beam it will be, then is.
    wanted: Option<Row>,
    is_ready: bool,
}

impl Ahead {
    /// Compute the beams that differ from those before in their planes, as far as everything for
    /// them is given. One beam, or one thread, is left to [`beam`](Self::beam).
    pub fn prepare(&mut self, given: &Given, frames: &[Checked], current: &[Option<Row>]) {
        self.slots.resize_with(self.slots.len().max(frames.len()), Slot::default);
        for slot in &mut self.slots {
            (slot.wanted, slot.is_ready) = (None, false);
        }
        if frames.len() < 2 || rayon::current_num_threads() < 2 {
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(current);
        let mut count = 0;
        for (slot, checked) in self.slots.iter_mut().zip(frames) {
            if checked.reason.is_some() {
                continue;
            }
            let row = &checked.row;
            if given.want(row).is_some() {
                break;
            }
            let last = &mut self.last[row[PLANE] as usize];
            if !has_beam_of(last.as_ref(), row) {
                (*last, slot.wanted) = (Some(*row), Some(*row));
                count += 1;
            }
        }
        if count < 2 {
            return;
        }
        self.slots.par_iter_mut().for_each(|Slot { beam, wanted, is_ready }| {
            *is_ready = wanted.as_ref().is_some_and(|row| given.aim(row, beam).is_ok());
        });
    }

    /// The beam of a row, which is the frame at a place of those looked at.
    pub fn beam(
        &mut self,
        given: &Given,
        place: usize,
        row: &Row,
    ) -> Result<&mut CurrentBeam, DoseError> {
        let slot = &mut self.slots[place];
        if !(slot.is_ready && has_beam_of(slot.wanted.as_ref(), row)) {
            given.aim(row, &mut slot.beam)?;
        }
        slot.is_ready = false;
        Ok(&mut slot.beam)
    }
}

/// Is the beam of a row that of a row before?
pub(super) fn has_beam_of(before: Option<&Row>, row: &Row) -> bool {
    before.is_some_and(|before| before[BEAM..] == row[BEAM..])
}
