//! The same procedure many times over, with its air kerma, the table, the patient's place on it and
//! the patient's size varied.
//!
//! Doses are linear in air kerma: where several variations share a geometry, the map of each group of
//! frames is computed once and scaled. Each other variation is computed anew. Variations run in
//! parallel, and each is the same whichever thread computes it.

mod quantiles;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

pub use quantiles::{RELATIVE_ERROR, VertexQuantiles};

use crate::error::DoseError;
use crate::kernel::blocks::{self, DoseMap};
use crate::kernel::peak::{self, Part};
use crate::kernel::{BeamQuality, Frame, Scene};
use crate::math::Vec3;
use crate::spaces::{PositionerPose, TablePose, isocenter_from_table};

/// Variations between two reports of progress; their maps are held at the same time.
const STEP: usize = 16;

/// Groups of frames whose maps are held to be scaled; beyond, each variation is computed anew.
const MOST_GROUPS: usize = 1024;

/// A frame as it was placed, and the pose it was placed from.
#[derive(Debug, Clone, Copy)]
pub struct PosedFrame {
    /// As placed in its scene.
    pub frame: Frame,
    /// The C-arm.
    pub positioner: PositionerPose,
    /// The table.
    pub table: TablePose,
}

/// What is varied.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// Which of the bodies lies on the table.
    pub body: usize,
    /// Shift of the table along the axes of isocentre space, mm.
    pub table_offset_mm: Vec3,
    /// Shift of the patient on the table along the axes of table space, mm.
    pub body_shift_mm: Vec3,
    /// Factor on the air kerma of each group of frames.
    pub air_kerma_factors: Vec<f64>,
}

/// Sorts variations of one geometry together.
type Geometry = (usize, [u64; 3], [u64; 3]);

impl Variation {
    fn geometry(&self) -> Geometry {
        // + 0.0: a shift of -0 is one of 0.
        let bits = |shift: Vec3| shift.to_array().map(|x| (x + 0.0).to_bits());
        (self.body, bits(self.table_offset_mm), bits(self.body_shift_mm))
    }

    fn check(&self, bodies: usize, groups: usize) -> Result<(), DoseError> {
        if self.body >= bodies || self.air_kerma_factors.len() != groups {
            let message = format!(
                "a variation names body {} of {bodies} and has {} air kerma factors for {groups} \
                 groups of frames",
                self.body,
                self.air_kerma_factors.len()
            );
            return Err(DoseError::Mismatch(message));
        }
        for axis in 0..3 {
            let limits = (-5000.0, 5000.0);
            DoseError::check_range("table offset", self.table_offset_mm[axis], limits, "mm")?;
            DoseError::check_range("shift of the body", self.body_shift_mm[axis], limits, "mm")?;
        }
        for &factor in &self.air_kerma_factors {
            DoseError::check_range("air kerma factor", factor, (0.01, 100.0), "")?;
        }
        Ok(())
    }
}

/// The frames of a procedure while the patient lies in one position.
#[derive(Debug, Clone)]
pub struct PosedFrames {
    /// The frames.
    pub frames: Vec<PosedFrame>,
    /// The group of each, whose air kerma is varied together.
    pub groups: Vec<usize>,
}

/// What stays the same from variation to variation.
#[derive(Debug)]
pub struct Setup {
    /// By body and patient position, all with the same number of vertices.
    pub scenes: Vec<Vec<Arc<Scene>>>,
    /// By patient position.
    pub positions: Vec<PosedFrames>,
    /// Of all frames.
    pub qualities: Vec<BeamQuality>,
    /// Number of groups of frames.
    pub groups: usize,
}

impl Setup {
    fn check(&self) -> Result<(), DoseError> {
        let fit = self.scenes.iter().all(|scenes| scenes.len() == self.positions.len())
            && self.positions.iter().all(|position| {
                position.frames.len() == position.groups.len()
                    && position.groups.iter().all(|&group| group < self.groups)
            });
        let mut sizes = self.scenes.iter().flatten().map(|scene| scene.surface().len());
        let first = sizes.next();
        if !fit || first.is_none() || sizes.any(|size| Some(size) != first) {
            let message = "bodies, positions, groups and frames do not fit together";
            return Err(DoseError::Mismatch(message.into()));
        }
        Ok(())
    }

    /// Scene and frames of each position as a variation has them, with the air kerma as it was.
    fn placed(&self, variation: &Variation) -> Result<Vec<Placed>, DoseError> {
        let shift_mm = variation.body_shift_mm;
        let scenes = self.scenes[variation.body].iter().zip(&self.positions);
        scenes
            .map(|(scene, position)| {
                // A patient who moves on the table, seen from the patient: the table moves back.
                let scene = if shift_mm == Vec3::ZERO {
                    Arc::clone(scene)
                } else {
                    Arc::new(scene.with_support_moved(shift_mm * -1.0))
                };
                let moved = |posed: &PosedFrame| {
                    let mut table = posed.table;
                    if shift_mm != Vec3::ZERO {
                        table.origin_in_isocenter_mm = isocenter_from_table(&table).point(shift_mm);
                    }
                    table.origin_in_isocenter_mm =
                        table.origin_in_isocenter_mm + variation.table_offset_mm;
                    let beam = scene.beam(&posed.positioner, &table, posed.frame.beam.field)?;
                    Ok(Frame { beam, ..posed.frame })
                };
                let frames = position.frames.iter().map(moved).collect::<Result<_, DoseError>>()?;
                Ok(Placed { scene, frames })
            })
            .collect()
    }

    fn scaled(&self, placed: &[Placed], factors: &[f64]) -> Vec<Placed> {
        let scaled = |(placed, position): (&Placed, &PosedFrames)| {
            let frames = placed.frames.iter().zip(&position.groups);
            let frames = frames
                .map(|(frame, &group)| frame.with_air_kerma(frame.air_kerma_gy * factors[group]));
            Placed { scene: Arc::clone(&placed.scene), frames: frames.collect() }
        };
        placed.iter().zip(&self.positions).map(scaled).collect()
    }

    /// The map of all positions together.
    fn map(&self, placed: &[Placed]) -> Result<DoseMap, DoseError> {
        let mut maps = placed
            .iter()
            .map(|placed| blocks::dose_map(&placed.scene, &placed.frames, &self.qualities));
        let mut total = maps.next().unwrap_or_else(|| Ok(DoseMap::default()))?;
        for map in maps {
            total.add(&map?)?;
        }
        Ok(total)
    }

    fn peak(&self, placed: &[Placed], map: &DoseMap) -> PeakOfMap {
        let parts: Vec<Part> = placed
            .iter()
            .map(|placed| Part { scene: &placed.scene, frames: &placed.frames })
            .collect();
        peak::find(&parts, &self.qualities, map)
            .map(|peak| PeakOfMap { dose_gy: peak.dose_gy, vertex: Some(peak.vertex) })
            .unwrap_or_default()
    }

    /// Everything of one variation, computed anew.
    fn anew(&self, variation: &Variation) -> Result<Outcome, DoseError> {
        let placed = self.scaled(&self.placed(variation)?, &variation.air_kerma_factors);
        let map = self.map(&placed)?;
        Ok(Outcome { peak: self.peak(&placed, &map), dose_gy: map.dose_gy })
    }

    /// The map of each group of frames in the geometry of a variation.
    fn by_group(&self, variation: &Variation) -> Result<ByGroup, DoseError> {
        let placed = self.placed(variation)?;
        let of_group = |group: usize| {
            let only: Vec<Placed> = placed
                .iter()
                .zip(&self.positions)
                .map(|(placed, position)| {
                    let frames = placed.frames.iter().zip(&position.groups);
                    let frames = frames.filter(|&(_, &of)| of == group).map(|(&frame, _)| frame);
                    Placed { scene: Arc::clone(&placed.scene), frames: frames.collect() }
                })
                .collect();
            self.map(&only).map(|map| Sparse::of(&map))
        };
        let maps = (0..self.groups).into_par_iter().map(of_group).collect::<Result<_, _>>()?;
        let mut base = ByGroup { placed, maps, peak: None };
        if self.groups == 1 {
            base.peak = Some(self.peak(&base.placed, &base.map(&[1.0])));
        }
        Ok(base)
    }

    /// One variation from the maps of its geometry.
    fn scaled_from(&self, base: &ByGroup, factors: &[f64]) -> Outcome {
        let map = base.map(factors);
        let peak = base.peak.map_or_else(
            || self.peak(&self.scaled(&base.placed, factors), &map),
            |peak| PeakOfMap { dose_gy: peak.dose_gy * factors[0], ..peak },
        );
        Outcome { peak, dose_gy: map.dose_gy }
    }
}

/// Scene and frames of one patient position.
#[derive(Debug)]
struct Placed {
    scene: Arc<Scene>,
    frames: Vec<Frame>,
}

/// The peak of one variation; nothing where no beam met the skin.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PeakOfMap {
    /// Highest dose at a point of the skin, Gy.
    pub dose_gy: f64,
    /// The vertex whose patch holds it.
    pub vertex: Option<usize>,
}

struct Outcome {
    peak: PeakOfMap,
    dose_gy: Vec<f64>,
}

/// The vertices of a map that have dose.
#[derive(Debug)]
struct Sparse(Vec<(u32, f64, f64)>);

impl Sparse {
    fn of(map: &DoseMap) -> Self {
        let doses = map.dose_gy.iter().zip(&map.bound_gy).enumerate();
        let some = doses.filter(|&(_, (_, &bound))| bound > 0.0);
        Self(some.map(|(vertex, (&dose, &bound))| (vertex as u32, dose, bound)).collect())
    }

    fn add_to(&self, map: &mut DoseMap, factor: f64) {
        for &(vertex, dose_gy, bound_gy) in &self.0 {
            map.dose_gy[vertex as usize] += factor * dose_gy;
            map.bound_gy[vertex as usize] += factor * bound_gy;
        }
    }
}

/// What variations of one geometry share.
#[derive(Debug)]
struct ByGroup {
    placed: Vec<Placed>,
    maps: Vec<Sparse>,
    /// With one group alone it scales with its factor, and stays where it is.
    peak: Option<PeakOfMap>,
}

impl ByGroup {
    /// The map of all groups, each with its factor.
    fn map(&self, factors: &[f64]) -> DoseMap {
        let vertices = self.placed.first().map_or(0, |placed| placed.scene.surface().len());
        let mut map = DoseMap {
            dose_gy: vec![0.0; vertices],
            bound_gy: vec![0.0; vertices],
            share_on_skin: Vec::new(),
        };
        for (sparse, factor) in self.maps.iter().zip(factors) {
            sparse.add_to(&mut map, *factor);
        }
        map
    }
}

/// Variations still to be computed: of one geometry, scaled; or each anew.
#[derive(Debug)]
struct Job {
    variations: Vec<usize>,
    is_scaled: bool,
    base: Option<ByGroup>,
}

/// An ensemble on its way.
#[derive(Debug)]
pub struct Ensemble {
    setup: Setup,
    variations: Vec<Variation>,
    jobs: Vec<Job>,
    peaks: Vec<PeakOfMap>,
    doses: VertexQuantiles,
}

impl Ensemble {
    /// Ready to compute these variations.
    ///
    /// # Errors
    /// When set-up and variations do not fit together, or a variation is beyond all reason.
    pub fn new(setup: Setup, variations: Vec<Variation>) -> Result<Self, DoseError> {
        setup.check()?;
        variations.iter().try_for_each(|v| v.check(setup.scenes.len(), setup.groups))?;
        let mut of_geometry: BTreeMap<Geometry, Vec<usize>> = BTreeMap::new();
        for (i, variation) in variations.iter().enumerate() {
            of_geometry.entry(variation.geometry()).or_default().push(i);
        }
        let is_cheaper = |group: &Vec<usize>| {
            setup.groups <= MOST_GROUPS && (setup.groups == 1 || setup.groups < group.len())
        };
        let (scaled, anew): (Vec<_>, Vec<_>) =
            of_geometry.into_values().partition(|group| group.len() > 1 && is_cheaper(group));
        let mut jobs: Vec<Job> = scaled
            .into_iter()
            .map(|variations| Job { variations, is_scaled: true, base: None })
            .collect();
        jobs.push(Job { variations: anew.concat(), is_scaled: false, base: None });
        jobs.retain(|job| !job.variations.is_empty());
        let vertices = setup.scenes[0][0].surface().len();
        Ok(Self {
            peaks: vec![PeakOfMap::default(); variations.len()],
            doses: VertexQuantiles::new(vertices),
            setup,
            variations,
            jobs,
        })
    }

    /// Compute some more variations; tells how many, 0 when all are done.
    ///
    /// # Errors
    /// When frames, qualities and scenes do not fit together.
    pub fn step(&mut self) -> Result<usize, DoseError> {
        let Some(job) = self.jobs.last_mut() else { return Ok(0) };
        let rest = job.variations.len().saturating_sub(STEP);
        let batch = job.variations.split_off(rest);
        if job.is_scaled && job.base.is_none() {
            job.base = Some(self.setup.by_group(&self.variations[batch[0]])?);
        }
        let (setup, variations, base) = (&self.setup, &self.variations, &job.base);
        let outcome = |&i: &usize| {
            let variation = &variations[i];
            match base {
                Some(base) => Ok(setup.scaled_from(base, &variation.air_kerma_factors)),
                None => setup.anew(variation),
            }
        };
        let outcomes: Vec<Outcome> = batch.par_iter().map(outcome).collect::<Result<_, _>>()?;
        if job.variations.is_empty() {
            self.jobs.pop();
        }
        for (&i, outcome) in batch.iter().zip(&outcomes) {
            self.peaks[i] = outcome.peak;
        }
        let maps: Vec<Vec<f64>> = outcomes.into_iter().map(|outcome| outcome.dose_gy).collect();
        self.doses.add(&maps);
        Ok(batch.len())
    }

    /// The peak of each variation, in the order in which they were given.
    #[must_use]
    pub fn peaks(&self) -> &[PeakOfMap] {
        &self.peaks
    }

    /// The doses of all vertices over the variations so far.
    #[must_use]
    pub const fn doses(&self) -> &VertexQuantiles {
        &self.doses
    }
}
