//! The one error type of the core; every variant names the value and its unit.

use thiserror::Error;

/// What can be wrong with the numbers handed to the core.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DoseError {
    /// A number lies outside the range in which the quantity is known.
    #[error(
        "{quantity} is {value} {unit}; it must lie between {} and {} {unit}",
        six_digits(*low),
        six_digits(*high)
    )]
    OutOfRange {
        /// Name of the quantity, as in the public interface.
        quantity: &'static str,
        /// The value given.
        value: f64,
        /// Lower limit.
        low: f64,
        /// Upper limit.
        high: f64,
        /// Unit of all three.
        unit: &'static str,
    },
    /// A name that is not in a table.
    #[error("{kind} '{name}' is not known; known are: {known}")]
    UnknownName {
        /// What kind of thing was named.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The names that are known, separated by commas.
        known: String,
    },
    /// Two transforms or points of different spaces were combined.
    #[error("cannot combine a transform from {expected} with something in {found} space")]
    SpaceMismatch {
        /// The space that the left side starts from.
        expected: &'static str,
        /// The space of the right side.
        found: &'static str,
    },
    /// Filters so thick that no photon passes.
    #[error("nothing of the {kvp} kV beam passes the filters")]
    BeamAbsorbed {
        /// Tube potential of the beam, kV.
        kvp: f64,
    },
    /// A surface that cannot carry a dose map.
    #[error("surface: {0}")]
    Surface(String),
    /// Arrays or indices that do not fit together.
    #[error("{0}")]
    Mismatch(String),
}

/// Round to six significant digits, which is what people can use of a computed limit.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

impl DoseError {
    /// Check that `low <= value <= high`; NaN is outside.
    pub fn check_range(
        quantity: &'static str,
        value: f64,
        (low, high): (f64, f64),
        unit: &'static str,
    ) -> Result<f64, Self> {
        if value >= low && value <= high {
            Ok(value)
        } else {
            Err(Self::OutOfRange { quantity, value, low, high, unit })
        }
    }
}
