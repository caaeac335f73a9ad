//! Where on the body a point of the skin is, in words.

use std::fmt;
use std::sync::LazyLock;

use super::skeleton::Side;

pub(crate) const REGIONS: &str = include_str!("../../data/body_regions.csv");
/// From here to the midline a distance is not worth a side, mm.
const ON_THE_MIDLINE_MM: f64 = 5.0;

struct Entry {
    words: &'static str,
    side: Option<Side>,
    mirrored: usize,
    /// Does the distance from the midline say where in the region?
    spans_trunk: bool,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let rows = REGIONS.lines().filter(|line| !line.starts_with('#')).skip(1);
    let entry = |row: &'static str| {
        let cells: Vec<&str> = row.split(',').collect();
        Some(Entry {
            words: cells.get(1)?,
            side: match *cells.get(2)? {
                "left" => Some(Side::Left),
                "right" => Some(Side::Right),
                _ => None,
            },
            mirrored: cells.get(3)?.parse().ok()?,
            spans_trunk: *cells.get(4)? == "yes",
        })
    };
    rows.map(|row| entry(row).unwrap_or_else(|| panic!("embedded body regions: {row}"))).collect()
});

/// A part of the body's surface: a row of `data/body_regions.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region(usize);

impl Region {
    /// The region of a number in the table.
    #[must_use]
    pub fn from_id(id: usize) -> Option<Self> {
        (id < ENTRIES.len()).then_some(Self(id))
    }

    /// All regions, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ENTRIES.len()).map(Self)
    }

    /// Its number in the table.
    #[must_use]
    pub fn id(self) -> usize {
        self.0
    }

    /// Such as `posterior torso` or `right upper arm`.
    #[must_use]
    pub fn words(self) -> &'static str {
        ENTRIES[self.0].words
    }

    /// The side that it lies on; `None` when the midline runs through it.
    #[must_use]
    pub fn side(self) -> Option<Side> {
        ENTRIES[self.0].side
    }

    /// The region of the mirror image.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self(ENTRIES[self.0].mirrored)
    }

    /// Is it on trunk, neck or head, where the distance from the midline says where?
    #[must_use]
    pub fn has_midline(self) -> bool {
        ENTRIES[self.0].spans_trunk
    }

    /// The region of a point within a triangle: that of the corner with the largest share.
    #[must_use]
    pub fn of_nearest(corners: [Self; 3], shares: [f64; 3]) -> Self {
        let nearest = (0..3).max_by(|&i, &j| shares[i].total_cmp(&shares[j])).unwrap_or(0);
        corners[nearest]
    }
}

/// Height along the spine: C1 is 1 to 2 from its top to its bottom, T1 8, L1 20, S1 25, coccyx 30.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(f64);

impl Level {
    /// A level from its vertebral coordinate, kept within C1 to coccyx.
    #[must_use]
    pub fn new(coordinate: f64) -> Self {
        Self(coordinate.clamp(1.0, 31.0))
    }

    /// The vertebral coordinate.
    #[must_use]
    pub fn coordinate(self) -> f64 {
        self.0
    }

    /// The level of a point within a triangle, weighted by the shares of the corners that have one;
    /// `None` when those without have the larger share.
    #[must_use]
    pub fn of_mean(corners: [Option<f64>; 3], shares: [f64; 3]) -> Option<Self> {
        let known = || corners.iter().zip(shares).filter_map(|(&z, share)| Some((z?, share)));
        let share: f64 = known().map(|(_, share)| share).sum();
        (share >= 0.5).then(|| Self::new(known().map(|(z, part)| z * part).sum::<f64>() / share))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 as usize {
            number @ ..=7 => write!(f, "C{number}"),
            number @ 8..=19 => write!(f, "T{}", number - 7),
            number @ 20..=24 => write!(f, "L{}", number - 19),
            number @ 25..=29 => write!(f, "S{}", number - 24),
            _ => write!(f, "coccyx"),
        }
    }
}

/// Where a point of the skin is, by anatomy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Address {
    /// Part of the surface.
    pub region: Region,
    /// Side of the body; `None` on the midline.
    pub side: Option<Side>,
    /// Distance from the median plane, mm, on head, neck and trunk.
    pub from_midline_mm: Option<f64>,
    /// Vertebral level, on neck and trunk.
    pub level: Option<Level>,
}

impl Address {
    /// The address of a point of the upright body, so far to the left of the median plane.
    #[must_use]
    pub fn new(region: Region, left_of_midline_mm: f64, level: Option<Level>) -> Self {
        let from_midline_mm = region.has_midline().then_some(left_of_midline_mm.abs());
        let beside = from_midline_mm.is_none_or(|distance| distance > ON_THE_MIDLINE_MM);
        let of_point = if left_of_midline_mm > 0.0 { Side::Left } else { Side::Right };
        Self {
            region,
            side: region.side().or(beside.then_some(of_point)),
            from_midline_mm,
            level: level.filter(|_| region.has_midline()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.region.words())?;
        match (self.from_midline_mm, self.side) {
            (Some(distance), Some(side)) => {
                let side = if side == Side::Left { "left" } else { "right" };
                write!(f, ", {:.0} cm {side} of midline", (distance / 10.0).max(1.0))?;
            }
            (Some(_), None) => f.write_str(", on the midline")?,
            (None, _) => {}
        }
        self.level.map_or(Ok(()), |level| write!(f, ", level {level}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn region(words: &str) -> Region {
        Region::all().find(|region| region.words() == words).unwrap()
    }

    fn address(words: &str, x_mm: f64, coordinate: Option<f64>) -> String {
        Address::new(region(words), x_mm, coordinate.map(Level::new)).to_string()
    }

    #[test]
    fn trunk_is_told_by_the_midline_and_the_vertebra() {
        let of = |x_mm| address("posterior torso", x_mm, Some(19.4));
        assert_eq!(of(-42.0), "posterior torso, 4 cm right of midline, level T12");
        assert_eq!(of(7.0), "posterior torso, 1 cm left of midline, level T12");
        assert_eq!(of(4.9), "posterior torso, on the midline, level T12");
    }

    #[test]
    fn limbs_are_told_by_their_name_alone() {
        assert_eq!(address("right upper arm", -300.0, Some(12.0)), "right upper arm");
        assert_eq!(address("left hand", 2.0, None), "left hand");
    }

    #[test]
    fn head_has_a_midline_and_no_vertebra() {
        assert_eq!(address("occiput", 30.0, None), "occiput, 3 cm left of midline");
    }

    #[test]
    fn vertebrae_are_named_from_atlas_to_coccyx() {
        let name = |coordinate: f64| Level::new(coordinate).to_string();
        assert_eq!([1.0, 7.99, 8.0, 19.0].map(name), ["C1", "C7", "T1", "T12"]);
        assert_eq!([20.0, 24.9, 25.0, 29.5].map(name), ["L1", "L5", "S1", "S5"]);
        assert_eq!([30.0, 31.0, 99.0, -3.0].map(name), ["coccyx", "coccyx", "coccyx", "C1"]);
    }

    #[test]
    fn regions_of_the_two_sides_mirror_each_other_by_name() {
        for region in Region::all() {
            let expected = match region.side() {
                Some(Side::Left) => region.words().replacen("left", "right", 1),
                Some(Side::Right) => region.words().replacen("right", "left", 1),
                None => region.words().to_owned(),
            };
            assert_eq!(region.mirrored().words(), expected);
            assert_eq!(region.mirrored().mirrored(), region);
            assert_eq!(Region::from_id(region.id()), Some(region));
        }
        assert_eq!(Region::from_id(Region::all().count()), None);
    }

    #[test]
    fn point_in_a_triangle_takes_region_of_the_nearest_corner_and_mean_level() {
        let corners = ["posterior torso", "left flank", "left hip"].map(region);
        assert_eq!(Region::of_nearest(corners, [0.2, 0.5, 0.3]), corners[1]);
        let level = |corners, shares| Level::of_mean(corners, shares).map(Level::coordinate);
        assert_eq!(level([Some(20.0), Some(21.0), Some(22.0)], [0.5, 0.5, 0.0]), Some(20.5));
        assert_eq!(level([Some(20.0), Some(21.0), None], [0.25, 0.25, 0.5]), Some(20.5));
        assert_eq!(level([Some(20.0), None, None], [0.4, 0.3, 0.3]), None);
    }
}
