//! The parametric body: a template of fixed topology, shaped to a person.

pub mod address;
mod ply;
pub mod skeleton;
pub mod template;
