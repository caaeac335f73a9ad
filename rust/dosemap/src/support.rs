//! Table top and pad: where the layers are and what they let through.

mod transmission;

pub use transmission::SupportTransmission;

use crate::error::DoseError;
use crate::math::Vec3;

/// A box fixed to the table: a table top, a pad, a cover.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupportLayer {
    low_mm: Vec3,
    high_mm: Vec3,
}

impl SupportLayer {
    /// From two opposite corners in table space, mm; thickness is along y.
    ///
    /// # Errors
    /// When the box has no volume.
    pub fn new(low_mm: Vec3, high_mm: Vec3) -> Result<Self, DoseError> {
        for (axis, quantity) in
            ["support width", "support thickness", "support length"].into_iter().enumerate()
        {
            DoseError::check_range(quantity, high_mm[axis] - low_mm[axis], (1e-3, 1e4), "mm")?;
        }
        Ok(Self { low_mm, high_mm })
    }

    /// The same box elsewhere on the table.
    pub(crate) fn moved(&self, by_mm: Vec3) -> Self {
        Self { low_mm: self.low_mm + by_mm, high_mm: self.high_mm + by_mm }
    }

    pub(crate) fn corners_mm(&self) -> (Vec3, Vec3) {
        (self.low_mm, self.high_mm)
    }

    pub(crate) fn thickness_mm(&self) -> f64 {
        self.high_mm.y - self.low_mm.y
    }

    /// Length of the way from source to point inside the box, in units of the layer's thickness:
    /// 1 for a ray straight through, 1 / cos for an oblique one, less where a ray enters or
    /// leaves by a side, 0 for a miss. Both points in table space, mm.
    #[must_use]
    pub fn crossings(&self, source_mm: Vec3, point_mm: Vec3) -> f64 {
        let way = point_mm - source_mm;
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for axis in 0..3 {
            if way[axis] == 0.0 {
                if source_mm[axis] < self.low_mm[axis] || source_mm[axis] > self.high_mm[axis] {
                    return 0.0;
                }
                continue;
            }
            let a = (self.low_mm[axis] - source_mm[axis]) / way[axis];
            let b = (self.high_mm[axis] - source_mm[axis]) / way[axis];
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        (leave - enter).max(0.0) * way.norm() / self.thickness_mm()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pad() -> SupportLayer {
        SupportLayer::new(Vec3::new(-225.0, -40.0, -2000.0), Vec3::new(225.0, 0.0, 0.0)).unwrap()
    }

    #[test]
    fn straight_and_oblique_rays_cross_as_the_cosine_says() {
        let above = Vec3::new(0.0, -40.0, -500.0);
        assert!((pad().crossings(Vec3::new(0.0, 600.0, -500.0), above) - 1.0).abs() < 1e-12);
        let at_60_deg = Vec3::new(0.0, 60.0, -500.0 - 100.0 * 3.0_f64.sqrt());
        assert!((pad().crossings(at_60_deg, above) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn rays_from_above_and_beside_cross_nothing() {
        assert_eq!(
            pad().crossings(Vec3::new(0.0, -800.0, -500.0), Vec3::new(0.0, -240.0, -500.0)),
            0.0
        );
        assert_eq!(
            pad().crossings(Vec3::new(700.0, -100.0, -500.0), Vec3::new(150.0, -100.0, -500.0)),
            0.0
        );
    }

    #[test]
    fn lateral_ray_through_the_edge_of_the_pad_crosses_part_of_it() {
        // PySkinDose counts such rays as unattenuated.
        let crossed =
            pad().crossings(Vec3::new(700.0, -20.0, -500.0), Vec3::new(125.0, -20.0, -500.0));
        assert!((crossed - 100.0 / 40.0).abs() < 1e-12);
    }

    #[test]
    fn boxes_without_volume_are_refused() {
        assert!(SupportLayer::new(Vec3::ZERO, Vec3::new(1.0, 0.0, 1.0)).is_err());
        assert!(SupportLayer::new(Vec3::ZERO, Vec3::new(1.0, f64::NAN, 1.0)).is_err());
    }
}
