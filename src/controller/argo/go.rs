//! Durations the way Go writes them.

use std::fmt;

use clockwork::Span;

/// Every unit, in nanoseconds.
const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurationError(String);

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no duration: numbers with units, as in `1m30s`", self.0)
    }
}

impl std::error::Error for DurationError {}

/// A duration such as `1m30s`. What is shorter than a microsecond is cut off, and a negative one
/// is none. Source: `time.ParseDuration`.
pub fn duration(text: &str) -> Result<Span, DurationError> {
    let micros = nanoseconds(text).and_then(|it| u64::try_from(it / 1_000).ok());
    micros.map(Span::from_micros).ok_or_else(|| DurationError(text.to_owned()))
}

/// A duration in nanoseconds, which fits into 64 bits. Source: `time.ParseDuration`.
pub fn nanoseconds(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let mut rest = unsigned;
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total += scaled(number, *size)?;
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    (!unsigned.is_empty()).then_some(sign * total)
}

/// A decimal number of units. Digits far behind the point are cut off.
fn scaled(number: &str, size: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 19 || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction = &fraction[..fraction.len().min(18)];
    let parts: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    Some(whole * size + parts * size / 10_i128.pow(fraction.len() as u32))
}
