//! Skin dose maps of fluoroscopy procedures: pure numbers in, pure numbers out.
//!
//! Layers, each using only those before it: `error` <- `math` <- `spaces`; physics
//! (`materials`, `spectrum`, `backscatter`, `support`) takes numbers, never meshes;
//! geometry (`beam`, `body`, `surface`, `occlusion`, `entrance`) knows no dose; `kernel` alone joins
//! them, `live` feeds it frame by frame, and `ensemble` the same procedure many times over.
#![forbid(unsafe_code)]

pub mod backscatter;
pub mod beam;
pub mod body;
pub mod coverage;
mod energy_table;
pub mod ensemble;
pub mod entrance;
pub mod error;
pub mod forward_scatter;
pub mod kernel;
pub mod live;
pub mod materials;
pub mod math;
pub mod occlusion;
pub mod picture;
pub mod provenance;
pub mod rest;
pub mod spaces;
pub mod spectrum;
pub mod support;
pub mod surface;
