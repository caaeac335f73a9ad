//! Frames of a plane without a gap between them, as the pedal makes them.

use std::collections::VecDeque;

use super::checks::Checked;
use super::row::POSITION;
use super::sums::{Oddity, Sums};

/// Presses of a plane to which a late frame can belong.
const RECENT: usize = 16;

/// One press of the pedal.
#[derive(Debug, Clone)]
pub struct Press {
    /// Place of the plane.
    pub plane: usize,
    /// Place of the patient position, or what a frame had for one.
    pub position: f64,
    /// Time of the first and the last frame that has one, s.
    pub span_s: Option<(f64, f64)>,
    /// Frames in the map.
    pub mapped: Sums,
    /// Frames that are not.
    pub not_mapped: Sums,
    /// Bits of columns that the session filled in any of its mapped frames.
    pub defaulted: u32,
}

impl Press {
    pub(super) fn add(&mut self, checked: &Checked) {
        if let Some(time_s) = checked.time_s() {
            let (first, last) = self.span_s.unwrap_or((time_s, time_s));
            self.span_s = Some((first.min(time_s), last.max(time_s)));
        }
        if checked.reason.is_none() {
            self.mapped.add(checked);
            self.defaulted |= checked.defaulted;
        } else {
            self.not_mapped.add(checked);
        }
    }

    /// How far a moment lies from its span.
    fn seconds_from(&self, time_s: f64) -> f64 {
        let from = |(first, last): (f64, f64)| (first - time_s).max(time_s - last).max(0.0);
        self.span_s.map_or(f64::INFINITY, from)
    }
}

/// When a press ends, and how many there can be.
#[derive(Debug, Clone)]
pub struct PressLimits {
    /// A longer gap between two frames of a plane ends a press, s.
    pub gap_s: f64,
    /// A frame that is earlier than the latest of its plane by more than that is not late: the
    /// clock was set back, s.
    pub late_s: f64,
    /// Presses that are kept apart.
    pub most: usize,
}

/// The clock of one plane.
#[derive(Debug, Default)]
struct Pedal {
    latest_s: Option<f64>,
    /// Of the frame before the latest one, of the same press.
    before_s: Option<f64>,
    current: Option<usize>,
    recent: VecDeque<usize>,
}

/// Groups frames of each plane.
#[derive(Debug)]
pub(super) struct Presses {
    pub all: Vec<Press>,
    limits: PressLimits,
    pedals: Vec<Pedal>,
}

impl Presses {
    pub fn new(planes: usize, limits: PressLimits) -> Self {
        let pedals = (0..planes).map(|_| Pedal::default()).collect();
        Self { all: Vec::new(), limits, pedals }
    }

    /// The press of a frame of a plane, and what is odd about it.
    pub fn of(&mut self, plane: usize, checked: &Checked) -> (usize, Option<Oddity>) {
        let pedal = &self.pedals[plane];
        let on = pedal.current;
        let position = match on {
            // A word that is none ends no press.
            Some(press) if checked.reason.is_some() => self.all[press].position,
            _ => checked.row[POSITION],
        };
        let on = on.filter(|&press| self.all[press].position == position);
        let Some(time_s) = checked.time_s() else {
            return (on.unwrap_or_else(|| self.begin(plane, position)), Some(Oddity::NoTime));
        };
        let Some(latest_s) = pedal.latest_s.filter(|_| pedal.current.is_some()) else {
            return self.begin_at(plane, position, time_s);
        };
        let behind_s = latest_s - time_s;
        if behind_s > self.limits.late_s {
            self.pedals[plane].recent.clear();
            let (press, odd) = self.begin_at(plane, position, time_s);
            return (press, odd.or(Some(Oddity::ClockSetBack)));
        }
        if behind_s > 0.0 {
            let press = self.nearest(pedal, position, time_s);
            return (press.unwrap_or_else(|| self.begin(plane, position)), Some(Oddity::Late));
        }
        match on.filter(|_| -behind_s <= self.limits.gap_s) {
            None => self.begin_at(plane, position, time_s),
            Some(press) => {
                let pedal = &mut self.pedals[plane];
                (pedal.before_s, pedal.latest_s) = (pedal.latest_s, Some(time_s));
                (press, self.odd(press))
            }
        }
    }

    /// Time since the frame before in the press of the last frame, which was at this time.
    pub fn seconds_before(&self, plane: usize, time_s: Option<f64>) -> Option<f64> {
        let pedal = &self.pedals[plane];
        let (latest_s, before_s) = (pedal.latest_s?, pedal.before_s?);
        (time_s == Some(latest_s)).then_some(latest_s - before_s)
    }

    /// The press that a late frame was in.
    fn nearest(&self, pedal: &Pedal, position: f64, time_s: f64) -> Option<usize> {
        let same = pedal.recent.iter().copied().filter(|&i| self.all[i].position == position);
        let from = |i: &usize| self.all[*i].seconds_from(time_s);
        same.min_by(|a, b| from(a).total_cmp(&from(b)))
    }

    fn begin_at(&mut self, plane: usize, position: f64, time_s: f64) -> (usize, Option<Oddity>) {
        let press = self.begin(plane, position);
        let pedal = &mut self.pedals[plane];
        (pedal.before_s, pedal.latest_s) = (None, Some(time_s));
        (press, self.odd(press))
    }

    fn odd(&self, press: usize) -> Option<Oddity> {
        (press >= self.limits.most).then_some(Oddity::PressBeyondLimit)
    }

    /// A new press; beyond the limit there is one per plane and position.
    fn begin(&mut self, plane: usize, position: f64) -> usize {
        let beyond = self.all.get(self.limits.most..).unwrap_or_default();
        let is = |press: &Press| press.plane == plane && press.position == position;
        let press = beyond.iter().position(is).map_or(self.all.len(), |i| self.limits.most + i);
        if press == self.all.len() {
            let (mapped, not_mapped) = (Sums::default(), Sums::default());
            self.all.push(Press {
                plane,
                position,
                span_s: None,
                mapped,
                not_mapped,
                defaulted: 0,
            });
        }
        let recent = &mut self.pedals[plane].recent;
        if !recent.contains(&press) {
            if recent.len() == RECENT {
                recent.pop_front();
            }
            recent.push_back(press);
        }
        self.pedals[plane].current = Some(press);
        press
    }
}
