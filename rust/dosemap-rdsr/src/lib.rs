//! X-Ray Radiation Dose SR to flat concept items per irradiation event; no physics.
#![forbid(unsafe_code)]
