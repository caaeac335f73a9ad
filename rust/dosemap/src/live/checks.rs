//! What of a frame is used: its own values, else the session's; and why a frame cannot be used.

use super::row::{
    ABSENT, COLUMNS, FIELD, FILTERS, ID, INVALID, KAP, NEEDED, PLANE, Row, TIME, part,
};

/// What the numbers of a row can be.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The lowest value of each column.
    pub low: Row,
    /// The highest one.
    pub high: Row,
    /// Both for the sides of a field 1 m from the focal spot, mm.
    pub field_side_at_1m_mm: (f64, f64),
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// There is none, and none that stands in for it.
    Missing,
    /// NaN.
    NotANumber,
    /// A word that is not in its list.
    Unknown,
    /// Beyond what it can be.
    OutOfRange,
    /// Each value can be, but together they are no beam.
    Unusable,
}

impl What {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotANumber => "not a number",
            Self::Unknown => "unknown",
            Self::OutOfRange => "out of range",
            Self::Unusable => "unusable",
        }
    }
}

/// Why frames are not in the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The field, or "beam".
    pub field: &'static str,
    /// What is wrong with it.
    pub what: What,
}

/// A frame that was looked at.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// With the session's values where the frame has none.
    pub row: Row,
    /// Bit i: column i is the session's.
    pub defaulted: u32,
    /// Why it cannot be mapped.
    pub reason: Option<Reason>,
    /// Whether time, number and kerma-area product are values that are none, and left out.
    pub ignored: [bool; 3],
}

impl Checked {
    /// Place of the plane; `None` when it is none.
    pub fn plane(&self, limits: &Limits) -> Option<usize> {
        let plane = self.row[PLANE];
        limits.hold(PLANE, plane).then_some(plane as usize)
    }

    pub fn lacks_kerma(&self) -> bool {
        self.reason.is_some_and(|reason| reason.field == COLUMNS[NEEDED].0)
    }

    /// Seconds of its clock.
    pub fn time_s(&self) -> Option<f64> {
        (self.row[TIME] != ABSENT).then_some(self.row[TIME])
    }
}

impl Limits {
    fn hold(&self, column: usize, value: f64) -> bool {
        self.low[column] <= value && value <= self.high[column]
    }

    /// Look at a row, whatever its numbers; `defaults` stand in for what it does not give.
    pub(super) fn check(&self, mut row: Row, defaults: &Row) -> Checked {
        let mut defaulted = 0;
        for (i, (value, &default)) in row.iter_mut().zip(defaults).enumerate() {
            if *value == ABSENT && default != ABSENT {
                *value = default;
                defaulted |= 1 << i;
            }
        }
        let ignored = [TIME, ID, KAP].map(|column| {
            let is_none = !self.hold(column, row[column]) && row[column] != ABSENT;
            if is_none {
                row[column] = ABSENT;
            }
            is_none
        });
        Checked { row, defaulted, reason: self.reason(&row), ignored }
    }

    fn reason(&self, row: &Row) -> Option<Reason> {
        let bad = (NEEDED..row.len()).find(|&column| !self.hold(column, row[column]));
        if let Some(column) = bad {
            return Some(Reason { field: COLUMNS[column].0, what: what(column, row[column]) });
        }
        let [u_min, u_max, v_min, v_max] = part(row, FIELD);
        let (low, high) = self.field_side_at_1m_mm;
        let is_field = [u_max - u_min, v_max - v_min].iter().all(|&s| low <= s && s <= high);
        (!is_field).then_some(Reason { field: COLUMNS[FIELD].0, what: What::OutOfRange })
    }
}

fn what(column: usize, value: f64) -> What {
    if value == ABSENT {
        What::Missing
    } else if value.is_nan() {
        What::NotANumber
    } else if (PLANE..=FILTERS).contains(&column) && value == INVALID {
        What::Unknown
    } else {
        What::OutOfRange
    }
}
