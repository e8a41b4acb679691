//! Numbers and times in the tables of tests that were written in Go: plain, or as an expression.

use clockwork::{Instant, Span};
use serde_json::Value;

/// What names stand for. The last ones are local variables of one test, restated here because the
/// table has only their names.
const NAMES: [(&str, i128); 12] = [
    ("math.MaxInt64", i64::MAX as i128),
    ("math.MaxInt32", i32::MAX as i128),
    ("time.Second", 1_000_000),
    ("time.Minute", 60_000_000),
    ("time.Millisecond", 1_000),
    ("numContainersPerPod", 2),
    ("startPods", 10),
    ("finalPods", 9),
    ("finalCPUPercentTarget", 56),
    ("totalUsedCPUOfAllPods", 1_500),
    ("totalRequestedCPUOfAllPods", 3_000),
    ("perPodRequested", 300),
];

/// The time at which the tests run.
pub(super) fn now() -> Instant {
    Instant::ZERO + Span::from_hours(1_000)
}

/// A number of a table.
pub(super) fn number(value: &Value) -> i128 {
    match value {
        Value::Number(number) => i128::from(number.as_i64().expect("a whole number")),
        Value::String(name) => evaluate(name),
        Value::Object(fields) if fields.contains_key("_expr") => {
            evaluate(value["_expr"].as_str().expect("an expression"))
        }
        Value::Object(_) if value["_call"] == "time.Duration" => number(&value["args"][0]),
        _ => panic!("{value} is not a number"),
    }
}

/// A number that fields of replicas and percentages hold.
pub(super) fn count(value: &Value) -> u32 {
    u32::try_from(number(value)).unwrap_or_else(|_| panic!("{value} is no count"))
}

/// A time of a table, relative to [`now`].
pub(super) fn instant(value: &Value) -> Instant {
    let call = value["_call"].as_str();
    match (value, call) {
        (Value::String(text), _) if text == "now" => now(),
        (_, Some("time.Now")) => now(),
        (_, Some("time.Now().Add" | "now.Add")) => shifted(number(&value["args"][0])),
        (_, Some("time.Unix")) => Instant::ZERO,
        (Value::Object(fields), None) if fields.contains_key("Time") => instant(&value["Time"]),
        _ => panic!("{value} is not a time"),
    }
}

fn shifted(micros: i128) -> Instant {
    let span = Span::from_micros(u64::try_from(micros.unsigned_abs()).expect("a short time"));
    if micros < 0 { now() - span } else { now() + span }
}

/// A length of time of a table.
pub(super) fn span(value: &Value) -> Span {
    Span::from_micros(u64::try_from(number(value)).expect("a length of time"))
}

fn evaluate(text: &str) -> i128 {
    let mut reader = Reader { rest: text };
    let value = reader.sum();
    assert!(reader.rest.is_empty(), "`{text}` goes on with `{}`", reader.rest);
    value
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn sum(&mut self) -> i128 {
        let mut value = self.product();
        loop {
            if self.eat('+') {
                value += self.product();
            } else if self.eat('-') {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> i128 {
        let mut value = self.factor();
        loop {
            if self.eat('*') {
                value *= self.factor();
            } else if self.eat('/') {
                value /= self.factor();
            } else {
                return value;
            }
        }
    }

    fn factor(&mut self) -> i128 {
        if self.eat('-') {
            return -self.factor();
        }
        if self.eat('(') {
            return self.closed();
        }
        let is_word = |it: char| it.is_ascii_alphanumeric() || it == '.';
        let end = self.rest.find(|it| !is_word(it)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        // A conversion of types changes no value here.
        if self.eat('(') {
            return self.closed();
        }
        let named = NAMES.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        let read = || word.parse().unwrap_or_else(|_| panic!("`{word}` means nothing"));
        named.unwrap_or_else(read)
    }

    fn closed(&mut self) -> i128 {
        let value = self.sum();
        assert!(self.eat(')'), "a bracket closes before `{}`", self.rest);
        value
    }
}
