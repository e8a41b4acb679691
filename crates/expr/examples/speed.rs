//! How long an evaluation takes: `cargo run --release -p expr --example speed`.
#![expect(clippy::print_stdout, reason = "it says what it has measured")]
#![expect(clippy::disallowed_types, reason = "it is a stopwatch")]

use std::hint::black_box;
use std::time::Instant;

use expr::{Condition, Value};

const ROUNDS: u32 = 2_000_000;

fn main() {
    let vector = Value::Floats(vec![0.97]);
    let cases = [
        ("result[0] >= 0.95 && !isNaN(result[0])", vector.clone()),
        ("len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95", vector.clone()),
        ("all(result, # >= 0.95)", vector),
        ("result >= 0.95", Value::Float(0.97)),
        ("default(result, 0) < 0.05", Value::Nil),
        ("result[0] >= 0.95", Value::Floats(Vec::new())),
    ];
    for (text, value) in &cases {
        let condition = Condition::parse(text).expect("a condition");
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            let _ = black_box(condition.holds(black_box(value)));
        }
        let each = begin.elapsed() / ROUNDS;
        println!("{:>6} ns  {text}  of {value:?}", each.as_nanos());
    }
}
