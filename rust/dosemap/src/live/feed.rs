//! Everything that frames change, in one place and in one order.

use std::collections::HashMap;
use std::sync::Arc;

use super::checks::{Checked, Limits, Reason, What};
use super::kept::Kept;
use super::presses::{Press, PressLimits, Presses};
use super::row::{
    ANGLES, BEAM, FIELD, FILTERS, ID, ISOCENTER, KERMA, KVP, ORIGIN, PLANE, POSITION, REFERENCE,
    ROW_BYTES, Row, SPACE, TIME, from_bytes, part,
};
use super::seen::{Seen, Sighting};
use super::sums::{Oddity, Tally};
use crate::beam::FieldLimits;
use crate::error::DoseError;
use crate::forward_scatter::forward_scatter_in_field;
use crate::kernel::live::{BeamSpot, LiveMap, PeakVertex, Row as MapRow};
use crate::kernel::{BeamQuality, Frame, Scene};
use crate::math::Vec3;
use crate::spaces::{PositionerPose, Space, TablePose};

/// Beam qualities kept; an exposure control that goes through more has them asked for anew.
const MOST_QUALITIES: usize = 256;

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

/// What has to be given before a frame can be added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    /// The scene of the patient position at this place.
    Scene(usize),
    /// Beam quality and calibration factor of the plane, voltage and filters of this frame.
    Quality(Row),
}

/// Plane, voltage and filters of a frame: with equal ones spectrum and calibration are the same.
type QualityKey = [u64; 3];

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
    scenes: Vec<Option<Arc<Scene>>>,
    qualities: HashMap<QualityKey, (BeamQuality, f64)>,
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
            scenes: vec![None; count(POSITION)],
            qualities: HashMap::new(),
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
        let count = self.scenes.len();
        let none = || DoseError::Mismatch(format!("patient position {position} of {count}"));
        *self.scenes.get_mut(position).ok_or_else(none)? = Some(scene);
        Ok(())
    }

    /// Give beam quality and calibration factor of a frame that was asked for.
    pub fn give_quality(&mut self, row: &Row, quality: BeamQuality, calibration_factor: f64) {
        if self.qualities.len() >= MOST_QUALITIES {
            self.qualities.clear();
        }
        self.qualities.insert(quality_key(row), (quality, calibration_factor));
    }

    /// Add frames in order from a place in the bytes on, up to one that wants something. Returns
    /// where it ended, and what the next frame wants. From place 0 on it is a new call, whose last
    /// frame [`now`](Self::now) tells of.
    pub fn take(&mut self, rows: &[u8], start: usize) -> (usize, Option<Want>) {
        if start == 0 {
            self.last = None;
        }
        for at in (start..rows.len()).step_by(ROW_BYTES) {
            let checked = self.look(&rows[at..]);
            if checked.reason.is_none()
                && let Some(want) = self.want(&checked.row)
            {
                return (at, Some(want));
            }
            self.add(checked, None);
        }
        (rows.len(), None)
    }

    /// Add the frame at a place, which cannot have what it wants; returns the place of the next.
    pub fn refuse(&mut self, rows: &[u8], start: usize, message: &str) -> usize {
        let checked = self.look(&rows[start..]);
        self.add(checked, Some(message));
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
            beam_vertex_dose_gy: spot.map(|spot| self.map.dose_gy()[spot.vertex as usize]),
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

    fn want(&self, row: &Row) -> Option<Want> {
        let position = row[POSITION] as usize;
        if self.scenes[position].is_none() {
            return Some(Want::Scene(position));
        }
        (!self.qualities.contains_key(&quality_key(row))).then_some(Want::Quality(*row))
    }

    fn add(&mut self, mut checked: Checked, refused: Option<&str>) {
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
            let added = match refused {
                Some(message) => Err(message.to_owned()),
                None => self.add_to_map(&checked.row).map_err(|error| error.to_string()),
            };
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

    fn add_to_map(&mut self, row: &Row) -> Result<InMap, DoseError> {
        let missing = || DoseError::Mismatch("a frame without scene or beam quality".into());
        let scene = self.scenes[row[POSITION] as usize].as_ref().ok_or_else(missing)?;
        let (quality, factor) = self.qualities.get(&quality_key(row)).ok_or_else(missing)?;
        let plane = row[PLANE] as usize;
        let is_same = self.current[plane].is_some_and(|before| before[BEAM..] == row[BEAM..]);
        let frame = if is_same { None } else { Some(self.frame(row, scene)?) };
        let air_kerma_gy = row[KERMA] * factor;
        let beam = frame.as_ref().map(|frame| (frame, quality));
        let mut added = InMap { share_on_skin: 0.0, spot: None, air_kerma_gy };
        self.map.push(scene, &[MapRow { plane, beam, air_kerma_gy }], |_, beam| {
            added.share_on_skin = beam.share_on_skin();
            added.spot = beam.hottest();
        })?;
        if !is_same {
            self.current[plane] = Some(*row);
        }
        Ok(added)
    }

    fn frame(&self, row: &Row, scene: &Scene) -> Result<Frame, DoseError> {
        let [primary, secondary, detector, turn, head, cradle] = part(row, ANGLES);
        let of_patient = row[SPACE] == self.settings.patient_space;
        let positioner = PositionerPose {
            angle_space: if of_patient { Space::Patient } else { Space::Isocenter },
            primary_angle_deg: primary,
            secondary_angle_deg: secondary,
            detector_rotation_deg: detector,
            source_to_isocenter_mm: row[ISOCENTER],
        };
        let table = TablePose {
            origin_in_isocenter_mm: Vec3::from(part::<3>(row, ORIGIN)),
            horizontal_rotation_deg: turn,
            head_tilt_deg: head,
            cradle_tilt_deg: cradle,
        };
        let (field_at_1m_mm, reference_mm) = (part(row, FIELD), row[REFERENCE]);
        let scatter = |pmma_mm| forward_scatter_in_field(pmma_mm, field_at_1m_mm, reference_mm);
        Ok(Frame {
            beam: scene.beam(
                &positioner,
                &table,
                FieldLimits::at_distance(field_at_1m_mm, 1000.0)?,
            )?,
            air_kerma_gy: 1.0,
            reference_distance_mm: reference_mm,
            forward_scatter_ratio: self.settings.scattering_support_mm.map_or(0.0, scatter),
            quality: 0,
        })
    }
}

fn quality_key(row: &Row) -> QualityKey {
    [PLANE, KVP, FILTERS].map(|column| row[column].to_bits())
}
