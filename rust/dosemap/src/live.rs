//! A procedure while it runs: each frame is checked, told from those before, added to the map and
//! to sums, in its order; nothing is allocated per frame once the buffers have their size.
//!
//! What a frame needs and nobody has given yet (the scene of a patient position, a beam quality) is
//! asked for by [`Want`], before anything of that frame is changed.

mod ahead;
mod checks;
mod feed;
mod given;
mod kept;
mod presses;
mod row;
mod seen;
mod sums;

pub use checks::{Limits, Reason, What};
pub use feed::{Feed, FeedSettings, Now};
pub use given::Want;
pub use kept::{Kept, KeptBeam};
pub use presses::{Press, PressLimits};
pub use row::{COLUMNS, ROW_BYTES, Row};
pub use sums::{Oddity, Sums, Tally};

#[cfg(test)]
mod tests;
