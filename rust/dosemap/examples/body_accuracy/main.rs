//! Print the tables of `docs/validation/body.md`:
//! `cargo run --release -p dosemap --example body_accuracy`.

mod tables;

fn main() {
    print!("{}", tables::markdown());
}
