//! The parametric body: a template of fixed topology, shaped to a person.

pub mod address;
pub mod anthropometry;
mod curve;
pub mod person;
mod ply;
pub mod skeleton;
pub mod template;
