//! Sums over frames: what came, what is in the map, what is not and why.

use super::checks::{Checked, Reason};
use super::row::{ABSENT, KAP, KERMA};

/// Sums of some frames.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sums {
    /// How many they are.
    pub frames: u64,
    /// Of the frames that state one that can be.
    pub reference_air_kerma_gy: f64,
    /// How many do not.
    pub frames_without_kerma: u64,
    /// Of the frames that state one that can be.
    pub kerma_area_product_gy_m2: f64,
    /// How many do not.
    pub frames_without_kerma_area_product: u64,
}

impl Sums {
    pub(super) fn add(&mut self, checked: &Checked) {
        self.frames += 1;
        if checked.lacks_kerma() {
            self.frames_without_kerma += 1;
        } else {
            self.reference_air_kerma_gy += checked.row[KERMA];
        }
        if checked.row[KAP] == ABSENT {
            self.frames_without_kerma_area_product += 1;
        } else {
            self.kerma_area_product_gy_m2 += checked.row[KAP];
        }
    }
}

/// What can be odd about a frame that does not keep it out of the map, or that came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "`words` says what each is")]
pub enum Oddity {
    Repeated,
    IdUsedAgain,
    Late,
    ClockSetBack,
    NoTime,
    UnusableTime,
    UnusableId,
    UnusableKap,
    PressBeyondLimit,
}

impl Oddity {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Repeated => "repeated frame",
            Self::IdUsedAgain => "frame_id used again",
            Self::Late => "late frame",
            Self::ClockSetBack => "clock set back",
            Self::NoTime => "no time_s",
            Self::UnusableTime => "unusable time_s",
            Self::UnusableId => "unusable frame_id",
            Self::UnusableKap => "unusable kerma_area_product_gy_m2",
            Self::PressBeyondLimit => "press beyond the limit",
        }
    }
}

/// The sums of a session.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// But frames that came twice.
    pub all: Sums,
    /// In the order in which the reasons were met.
    pub not_mapped: Vec<(Reason, Sums)>,
    /// How often each was met, in that order, too.
    pub oddities: Vec<(Oddity, u64)>,
    /// What the kernel first said of values that together are no beam.
    pub core_message: Option<String>,
}

impl Tally {
    /// Frames that are not in the map.
    #[must_use]
    pub fn frames_not_mapped(&self) -> u64 {
        self.not_mapped.iter().map(|(_, sums)| sums.frames).sum()
    }

    /// Of the frames that state one and are not in the map.
    #[must_use]
    pub fn air_kerma_not_mapped_gy(&self) -> f64 {
        self.not_mapped.iter().fold(0.0, |sum, (_, sums)| sum + sums.reference_air_kerma_gy)
    }

    pub(super) fn odd(&mut self, oddity: Oddity) {
        match self.oddities.iter_mut().find(|(known, _)| *known == oddity) {
            Some((_, count)) => *count += 1,
            None => self.oddities.push((oddity, 1)),
        }
    }

    /// Add a frame that came once.
    pub(super) fn add(&mut self, checked: &Checked) {
        self.all.add(checked);
        if let Some(reason) = checked.reason {
            let known = self.not_mapped.iter().position(|(known, _)| *known == reason);
            let place = known.unwrap_or_else(|| {
                self.not_mapped.push((reason, Sums::default()));
                self.not_mapped.len() - 1
            });
            self.not_mapped[place].1.add(checked);
        }
        let unusable = [Oddity::UnusableTime, Oddity::UnusableId, Oddity::UnusableKap];
        for (oddity, _) in unusable.into_iter().zip(checked.ignored).filter(|(_, is)| *is) {
            self.odd(oddity);
        }
    }
}
