//! Everything that frames change, in one place and in one order.

use std::sync::Arc;

use super::ahead::{AHEAD, Ahead, has_beam_of};
use super::checks::{Checked, Limits, Reason, What};
use super::given::{Given, Want};
use super::kept::Kept;
use super::presses::{Press, PressLimits, Presses};
use super::row::{ID, KERMA, PLANE, POSITION, ROW_BYTES, Row, TIME, from_bytes};
use super::seen::{Seen, Sighting};
use super::sums::{Oddity, Tally};
use crate::error::DoseError;
use crate::kernel::live::{BeamSpot, LiveMap, PeakVertex};
use crate::kernel::{BeamQuality, Scene};

/// What stays the same in a session.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    /// What values can be.
    pub limits: Limits,
    /// What stands in for values that are not given.
    pub defaults: Row,
    /// How frames are grouped.
    pub presses: PressLimits,
    /// Entries of [`Kept`], more than there can be presses.
    pub most_beams: usize,
    /// Frames of a plane among which a repeated one is known.
    pub remembered: usize,
    /// Place of "relative to the patient" among the spaces of the angles.
    pub patient_space: f64,
    /// PMMA that scatters as the support does; `None` where no scatter is added.
    pub scattering_support_mm: Option<f64>,
}

/// The state after the last frame.
#[derive(Debug, Clone)]
pub struct Now {
    /// The vertex with the highest dose.
    pub peak: Option<PeakVertex>,
    /// Of the last frame, where it has one.
    pub time_s: Option<f64>,
    /// Why the last frame is not in the map.
    pub not_mapped: Option<Reason>,
    /// At the vertex that the beam of the last frame gives most, where frame and time before are
    /// known.
    pub dose_rate_gy_per_s: Option<f64>,
    /// Dose so far at that vertex; `None` when the beam misses.
    pub beam_vertex_dose_gy: Option<f64>,
}

/// The last frame of a call.
#[derive(Debug)]
struct Last {
    checked: Checked,
    /// What the beam gives most, and how long it took.
    spot: Option<BeamSpot>,
    dose_rate_gy_per_s: Option<f64>,
}

/// What the map made of a frame.
struct InMap {
    share_on_skin: f64,
    spot: Option<BeamSpot>,
    air_kerma_gy: f64,
}

/// A session's frames so far.
#[derive(Debug)]
pub struct Feed {
    settings: FeedSettings,
    map: LiveMap,
    given: Given,
    /// The frames that are looked at together, and their beams.
    upcoming: Vec<Checked>,
    ahead: Ahead,
    /// The last beam of each plane.
    current: Vec<Option<Row>>,
    seen: Vec<Seen>,
    presses: Presses,
    kept: Kept,
    tally: Tally,
    last: Option<Last>,
}

impl Feed {
    /// Nothing yet, on the vertices of a scene.
    ///
    /// # Errors
    /// When there are more planes than an X-ray system has.
    pub fn new(scene: &Scene, settings: FeedSettings) -> Result<Self, DoseError> {
        let count = |column: usize| settings.limits.high[column] as usize + 1;
        let planes = count(PLANE);
        Ok(Self {
            map: LiveMap::new(scene, planes)?,
            given: Given::new(
                count(POSITION),
                settings.patient_space,
                settings.scattering_support_mm,
            ),
            upcoming: Vec::new(),
            ahead: Ahead::default(),
            current: vec![None; planes],
            seen: (0..planes).map(|_| Seen::default()).collect(),
            presses: Presses::new(planes, settings.presses.clone()),
            kept: Kept::default(),
            tally: Tally::default(),
            last: None,
            settings,
        })
    }

    /// Give the scene of a patient position.
    ///
    /// # Errors
    /// When there is no such position.
    pub fn give_scene(&mut self, position: usize, scene: Arc<Scene>) -> Result<(), DoseError> {
        self.given.scene(position, scene)
    }

    /// Give beam quality and calibration factor of a frame that was asked for.
    pub fn give_quality(&mut self, row: &Row, quality: BeamQuality, calibration_factor: f64) {
        self.given.quality(row, quality, calibration_factor);
    }

    /// Add frames in order from a place in the bytes on, up to one that wants something. Returns
    /// where it ended, and what the next frame wants. From place 0 on it is a new call, whose last
    /// frame [`now`](Self::now) tells of.
    pub fn take(&mut self, rows: &[u8], start: usize) -> (usize, Option<Want>) {
        if start == 0 {
            self.last = None;
        }
        let mut at = start;
        for chunk in rows[start..].chunks(AHEAD * ROW_BYTES) {
            self.upcoming.clear();
            for bytes in chunk.chunks(ROW_BYTES) {
                self.upcoming.push(self.look(bytes));
            }
            self.ahead.prepare(&self.given, &self.upcoming, &self.current);
            for place in 0..self.upcoming.len() {
                let checked = self.upcoming[place].clone();
                if checked.reason.is_none()
                    && let Some(want) = self.given.want(&checked.row)
                {
                    return (at, Some(want));
                }
                self.add(checked, Ok(place));
                at += ROW_BYTES;
            }
        }
        (rows.len(), None)
    }

    /// Add the frame at a place, which cannot have what it wants; returns the place of the next.
    pub fn refuse(&mut self, rows: &[u8], start: usize, message: &str) -> usize {
        let checked = self.look(&rows[start..]);
        self.add(checked, Err(message));
        start + ROW_BYTES
    }

    /// The state after the last frame.
    #[must_use]
    pub fn now(&self) -> Now {
        let last = self.last.as_ref();
        let spot = last.and_then(|last| last.spot);
        Now {
            peak: self.map.peak(),
            time_s: last.and_then(|last| last.checked.time_s()),
            not_mapped: last.and_then(|last| last.checked.reason),
            dose_rate_gy_per_s: last.and_then(|last| last.dose_rate_gy_per_s),
            beam_vertex_dose_gy: spot.map(|spot| self.map.dose_at_gy(spot.vertex)),
        }
    }

    /// The doses.
    #[must_use]
    pub const fn map(&self) -> &LiveMap {
        &self.map
    }

    /// The presses, in the order in which they began.
    #[must_use]
    pub fn presses(&self) -> &[Press] {
        &self.presses.all
    }

    /// The beams that are kept.
    #[must_use]
    pub const fn kept(&self) -> &Kept {
        &self.kept
    }

    /// The sums.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    fn look(&self, bytes: &[u8]) -> Checked {
        self.settings.limits.check(from_bytes(bytes), &self.settings.defaults)
    }

    /// Add a frame: the one at a place of those looked at, or one that was refused.
    fn add(&mut self, mut checked: Checked, place: Result<usize, &str>) {
        let plane = checked.plane(&self.settings.limits);
        let press = match plane {
            None => None,
            Some(plane) => match self.press(plane, &checked) {
                None => return,
                press => press,
            },
        };
        let mut in_map = None;
        if checked.reason.is_none() {
            let added = place.map_err(str::to_owned).and_then(|place| {
                self.add_to_map(&checked.row, place).map_err(|error| error.to_string())
            });
            match added {
                Ok(added) => in_map = Some(added),
                Err(message) => {
                    self.tally.core_message.get_or_insert(message);
                    checked.reason = Some(Reason { field: "beam", what: What::Unusable });
                }
            }
        }
        self.tally.add(&checked);
        if let Some(press) = press {
            self.presses.all[press].add(&checked);
            if let Some(added) = &in_map {
                let most = self.settings.most_beams;
                self.kept.add(press, &checked.row, added.share_on_skin, most);
            }
        }
        let dose_rate_gy_per_s = in_map.as_ref().and_then(|added| {
            let since_s = self.presses.seconds_before(plane?, checked.time_s());
            let gy_per_gy = added.spot.map_or(0.0, |spot| spot.gy_per_gy);
            since_s.filter(|&s| s > 0.0).map(|s| added.air_kerma_gy / s * gy_per_gy)
        });
        let spot = in_map.and_then(|added| added.spot);
        self.last = Some(Last { checked, spot, dose_rate_gy_per_s });
    }

    /// The press of a frame; `None` when the frame came before.
    fn press(&mut self, plane: usize, checked: &Checked) -> Option<usize> {
        let (id, time) = (checked.row[ID], checked.row[TIME]);
        match self.seen[plane].look(id, time, self.settings.remembered) {
            Sighting::Repeated => {
                self.tally.odd(Oddity::Repeated);
                return None;
            }
            Sighting::UsedAgain => self.tally.odd(Oddity::IdUsedAgain),
            Sighting::New => {}
        }
        let (press, odd) = self.presses.of(plane, checked);
        if let Some(odd) = odd {
            self.tally.odd(odd);
        }
        Some(press)
    }

    fn add_to_map(&mut self, row: &Row, place: usize) -> Result<InMap, DoseError> {
        let air_kerma_gy = row[KERMA] * self.given.calibration_factor(row)?;
        let plane = row[PLANE] as usize;
        if !has_beam_of(self.current[plane].as_ref(), row) {
            self.map.turn(plane, self.ahead.beam(&self.given, place, row)?)?;
            self.current[plane] = Some(*row);
        }
        let beam = self.map.add(plane, air_kerma_gy)?;
        Ok(InMap { share_on_skin: beam.share_on_skin(), spot: beam.hottest(), air_kerma_gy })
    }
}
