//! The patient's body: a template of fixed topology, shaped to a person.

pub mod address;
pub mod anthropometry;
mod curve;
pub mod comparison;
pub mod fit;
pub mod measure;
mod parts;
mod ply;
pub mod person;
pub mod shape;
pub mod skeleton;
mod sites;
pub mod template;
mod widths;
