//! Sums per vertex, in the order of the blocks of the surface that a map began with.

use std::sync::Arc;

use super::{CurrentBeam, PeakVertex};
use crate::kernel::blocks::{Block, LANES};

/// Lane by lane of each block; lanes without a vertex stay 0.
type BlockSums = [f64; LANES];

#[derive(Debug)]
pub(super) struct Sums {
    blocks: Arc<[Block]>,
    /// Block and lane of each vertex.
    places: Vec<(u32, u32)>,
    dose_gy: Vec<BlockSums>,
    /// By how much the bound exceeds the dose.
    above_dose_gy: Vec<BlockSums>,
}

impl Sums {
    pub fn new(blocks: &Arc<[Block]>, vertices: usize) -> Self {
        let mut places = vec![(0, 0); vertices];
        for (index, block) in (0..).zip(blocks.iter()) {
            for (lane, &vertex) in (0..).zip(block.vertices()) {
                places[vertex as usize] = (index, lane);
            }
        }
        Self {
            blocks: Arc::clone(blocks),
            places,
            dose_gy: vec![[0.0; LANES]; blocks.len()],
            above_dose_gy: vec![[0.0; LANES]; blocks.len()],
        }
    }

    pub fn vertices(&self) -> usize {
        self.places.len()
    }

    pub fn dose_at_gy(&self, vertex: u32) -> f64 {
        let (block, lane) = self.places[vertex as usize];
        self.dose_gy[block as usize][lane as usize]
    }

    pub fn dose_gy(&self) -> Vec<f64> {
        (0..self.places.len() as u32).map(|vertex| self.dose_at_gy(vertex)).collect()
    }

    pub fn bound_gy(&self) -> Vec<f64> {
        let at = |&(block, lane): &(u32, u32)| (block as usize, lane as usize);
        let bound = |(b, l): (usize, usize)| self.dose_gy[b][l] + self.above_dose_gy[b][l];
        self.places.iter().map(|place| bound(at(place))).collect()
    }

    /// Add a frame with a beam of as many vertices. Doses only grow, so the new peak is the old one
    /// or one of those that the beam reaches.
    pub fn add(&mut self, beam: &CurrentBeam, air_kerma_gy: f64, peak: &mut Option<PeakVertex>) {
        let Some(blocks) = &beam.blocks else { return };
        if Arc::ptr_eq(blocks, &self.blocks) {
            pulp::Arch::new().dispatch(AddBeam { sums: self, beam, air_kerma_gy, peak });
        } else {
            self.add_by_vertex(beam, blocks, air_kerma_gy, peak);
        }
    }

    /// The same where the surface was divided into other blocks: in another posture.
    fn add_by_vertex(
        &mut self,
        beam: &CurrentBeam,
        blocks: &[Block],
        air_kerma_gy: f64,
        peak: &mut Option<PeakVertex>,
    ) {
        let vertices = |block: u32| blocks[block as usize].vertices();
        for (block, gy_per_gy) in &beam.reached {
            for (&vertex, &gy_per_gy) in vertices(*block).iter().zip(gy_per_gy) {
                let (block, lane) = self.places[vertex as usize];
                let dose_gy = &mut self.dose_gy[block as usize][lane as usize];
                *dose_gy += air_kerma_gy * f64::from(gy_per_gy);
                raise(peak, PeakVertex { vertex, dose_gy: *dose_gy });
            }
        }
        for &(block, lane, gy_per_gy) in &beam.cut {
            let (block, lane) = self.places[vertices(block)[lane as usize] as usize];
            let above_dose_gy = &mut self.above_dose_gy[block as usize][lane as usize];
            *above_dose_gy += air_kerma_gy * f64::from(gy_per_gy);
        }
    }
}

/// Make a vertex the peak if its dose is higher, or as high and its number lower.
fn raise(peak: &mut Option<PeakVertex>, one: PeakVertex) {
    let is_higher = peak.map_or(one.dose_gy > 0.0, |before| {
        one.dose_gy > before.dose_gy
            || (one.dose_gy == before.dose_gy && one.vertex < before.vertex)
    });
    if is_higher {
        *peak = Some(one);
    }
}

/// Block after block: a closure that is inlined into the code of the chosen machine.
struct AddBeam<'a> {
    sums: &'a mut Sums,
    beam: &'a CurrentBeam,
    air_kerma_gy: f64,
    peak: &'a mut Option<PeakVertex>,
}

impl pulp::NullaryFnOnce for AddBeam<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { sums, beam, air_kerma_gy, peak } = self;
        for (block, gy_per_gy) in &beam.reached {
            let dose_gy = &mut sums.dose_gy[*block as usize];
            let least_gy = peak.map_or(0.0, |peak| peak.dose_gy);
            let mut rivals = 0_u32;
            for i in 0..LANES {
                dose_gy[i] += air_kerma_gy * f64::from(gy_per_gy[i]);
                rivals += u32::from(dose_gy[i] >= least_gy);
            }
            if rivals > 0 {
                let vertices = sums.blocks[*block as usize].vertices();
                for (&vertex, &dose_gy) in vertices.iter().zip(dose_gy.iter()) {
                    raise(peak, PeakVertex { vertex, dose_gy });
                }
            }
        }
        for &(block, lane, gy_per_gy) in &beam.cut {
            let above_dose_gy = &mut sums.above_dose_gy[block as usize][lane as usize];
            *above_dose_gy += air_kerma_gy * f64::from(gy_per_gy);
        }
    }
}
