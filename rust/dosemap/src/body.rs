//! The patient's body: a template of fixed topology, shaped to a person.

pub mod address;
pub mod anthropometry;
pub mod comparison;
mod curve;
pub mod fit;
pub mod measure;
mod parts;
pub mod person;
mod ply;
pub mod shape;
mod sites;
pub mod skeleton;
pub mod template;
mod widths;
