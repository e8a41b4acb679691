//! Seeded hostile input: `cargo run --release -p expr --example fuzz_conditions -- COUNT SEED`.
//!
//! Texts are cut and glued from the words of the language and evaluated for values of every shape.
//! Nothing may panic; what takes too long or too much is an error.
#![expect(clippy::print_stdout, reason = "it says what it has done")]

use std::collections::BTreeMap;

use expr::{Condition, Value};

const WORDS: [&str; 96] = [
    "result",
    "result[0]",
    "result.a",
    "result?.a?.b",
    "#",
    "#acc",
    "#index",
    ".a",
    "0",
    "1",
    "-1",
    "0.95",
    "1e308",
    "9223372036854775807",
    "0x7f",
    "'a'",
    "\"é\"",
    "`r`",
    "nil",
    "true",
    "false",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    "?",
    "?:",
    "??",
    "?.",
    ".",
    "..",
    "|",
    "||",
    "&&",
    "or",
    "and",
    "not",
    "!",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "in",
    "not in",
    "matches",
    "contains",
    "startsWith",
    "endsWith",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "^",
    "let x =",
    "x",
    "if",
    "else",
    "all(",
    "any(",
    "filter(",
    "map(",
    "reduce(",
    "sum(",
    "count(",
    "sortBy(",
    "groupBy(",
    "findLast(",
    "len(",
    "abs(",
    "max(",
    "median(",
    "sort(",
    "flatten(",
    "concat(",
    "repeat(",
    "replace(",
    "split(",
    "join(",
    "toJSON(",
    "fromJSON(",
    "string(",
    "keys(",
    "default(",
    "isNaN(",
    "asFloat(",
    "take(",
    "0..999999",
];

/// Whole texts that others are grown from.
const SEEDS: [&str; 12] = [
    "result[0] >= 0.95 && !isNaN(result[0])",
    "len(result) == 0 || all(result, # >= 0.95)",
    "default(result, 0) < 0.05 ? true : result.a.b[1] >= 2",
    "let x = 0..999999; all(x, all(x, all(x, # > 0)))",
    "reduce(0..60, #acc + #acc, \"x\") != \"\"",
    "string(reduce(0..100, [#acc, #acc], 1)) == \"\"",
    "reduce(0..100000, [#acc], 1) == nil",
    "repeat(\"a\", 999999) matches \"(a*)*b\"",
    "map(0..9999, repeat(\"ab\", 9999)) | len() > 0",
    "replace(repeat(\"a\", 99999), \"\", repeat(\"b\", 999)) contains \"c\"",
    "\"aaaaaaaaaaaaaaaaaaaaaaaa\" matches (\"(a{1,100}){1,100}\" + result)",
    "((((((((((1 < 2 < 3 < 4))))))))))",
];

/// Shapes of expressions; `@` is where another goes.
const FORMS: [&str; 40] = [
    "@ >= @",
    "@ == @",
    "@ < @ < @",
    "@ && @",
    "@ || @",
    "!(@)",
    "@ ? @ : @",
    "(@) ?? (@)",
    "@ in @",
    "@ + @",
    "@ - @",
    "@ * @",
    "@ / @",
    "@ % @",
    "@ ** @",
    "-@",
    "@[@]",
    "@[@:@]",
    "@.a",
    "@?.a?.b",
    "len(@)",
    "string(@)",
    "max(@)",
    "sort(@)",
    "flatten(@)",
    "concat(@, @)",
    "uniq(@)",
    "toJSON(@)",
    "[@, @]",
    "{\"a\": @, \"b\": @}",
    "(@)..(@)",
    "(let y = @; @)",
    "all(@, # > @)",
    "map(@, @)",
    "filter(@, @)",
    "reduce(@, #acc + @, @)",
    "groupBy(@, @)",
    "sortBy(@, @)",
    "@ matches @",
    "repeat(@, @)",
];

/// What stands alone.
const ATOMS: [&str; 24] = [
    "result",
    "result",
    "result",
    "result[0]",
    "result.a",
    "#",
    "y",
    "0",
    "1",
    "-1",
    "2.5",
    "0.95",
    "999999",
    "'a'",
    "\"(a*)*\"",
    "nil",
    "true",
    "[]",
    "[1, \"a\", nil]",
    "0..9",
    "{}",
    "default(result, 0)",
    "asFloat(result)",
    "fromJSON(\"[[1],{}]\")",
];

struct Dice(u64);

impl Dice {
    /// A number below `limit`, by `SplitMix64`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    /// An expression that could have a meaning.
    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return ATOMS[self.below(ATOMS.len())].to_owned();
        }
        let form = FORMS[self.below(FORMS.len())];
        let mut text = String::new();
        for (index, piece) in form.split('@').enumerate() {
            if index > 0 {
                text.push_str(&self.expression(depth - 1));
            }
            text.push_str(piece);
        }
        text
    }

    fn text(&mut self) -> String {
        match self.below(4) {
            0 => self.glued(),
            1 => {
                let mut text = self.expression(4);
                self.damage(&mut text);
                text
            }
            _ => format!("string({}) != \"\"", self.expression(4)),
        }
    }

    /// Words and damaged texts.
    fn glued(&mut self) -> String {
        let mut text = String::new();
        if self.below(3) == 0 {
            text.push_str(SEEDS[self.below(SEEDS.len())]);
        }
        for _ in 0..self.below(16) {
            text.push_str(WORDS[self.below(WORDS.len())]);
            text.push_str(if self.below(8) == 0 { "" } else { " " });
        }
        for _ in 0..self.below(4) {
            self.damage(&mut text);
        }
        text
    }

    /// Cuts, repeats or replaces a piece.
    fn damage(&mut self, text: &mut String) {
        let marks: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        if marks.len() < 2 {
            return;
        }
        let (a, b) = (marks[self.below(marks.len())], marks[self.below(marks.len())]);
        let (from, to) = (a.min(b), a.max(b));
        match self.below(4) {
            0 => text.replace_range(from..to, ""),
            1 if to - from < 64 => text.insert_str(from, &text[from..to].repeat(1 + self.below(4))),
            2 => text.insert(from, char::from(self.below(128) as u8)),
            _ => text.insert_str(to, WORDS[self.below(WORDS.len())]),
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        arguments.next().map_or(default, |it| it.parse().expect("a number: COUNT SEED"))
    };
    let (count, seed) = (number(100_000), number(0));
    let map = BTreeMap::from([
        ("a".to_owned(), Value::List(vec![Value::Float(1.0), Value::Text("x".to_owned())])),
        ("b".to_owned(), Value::Nil),
    ]);
    let values = [
        Value::Nil,
        Value::Bool(true),
        Value::Int(5),
        Value::Float(f64::NAN),
        Value::Text("1.5".to_owned()),
        Value::Floats(vec![0.97, 0.5]),
        Value::List(vec![Value::Map(map.clone()), Value::Int(1)]),
        Value::Map(map),
    ];
    let mut dice = Dice(seed);
    let (mut parsed, mut answered) = (0_u64, 0_u64);
    for _ in 0..count {
        let text = dice.text();
        match Condition::parse(&text) {
            Ok(condition) => {
                parsed += 1;
                let value = &values[dice.below(values.len())];
                match condition.holds(value) {
                    Ok(_) => answered += 1,
                    Err(problem) => assert!(!problem.pointing(&text).is_empty()),
                }
            }
            Err(problem) => assert!(!problem.pointing(&text).is_empty()),
        }
    }
    println!("{count} texts of seed {seed}: {parsed} parsed, {answered} answered, none panicked");
}
