//! The parametric body: a template of fixed topology, shaped to a person.

pub mod address;
pub mod anthropometry;
mod curve;
pub mod intersect;
pub mod person;
mod ply;
pub mod pose;
pub mod refine;
pub mod skeleton;
pub mod template;
