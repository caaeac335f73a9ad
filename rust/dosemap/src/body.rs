//! The patient's body: who the person is, and the size that surveys give such a person.

pub mod anthropometry;
mod curve;
pub mod person;
