//! Scenes shared by the benches.
