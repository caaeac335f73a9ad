//! Print the tables of `docs/validation/body.md`:
//! `cargo run --release -p dosemap --example body_accuracy`.

#![allow(clippy::print_stdout)]

mod tables;

fn main() {
    print!("{}", tables::markdown());
}
