//! A span from text: one or more numbers with a unit, as Go and Prometheus write durations.

use super::Span;
use std::fmt;
use std::str::FromStr;

/// Every unit a text may use and its length in microseconds.
const UNITS: [(&str, u64); 7] = [
    ("w", 7 * 86_400_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// More decimals than this cannot be whole microseconds of any unit.
const DECIMALS_MAX: usize = 12;

/// Why a text is not a span. Its message says what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanError {
    /// Nothing was written.
    Empty,
    /// A part does not start with a number.
    NotANumber,
    /// A number stands without a unit.
    NoUnit,
    /// A unit is none of `w`, `d`, `h`, `m`, `s`, `ms`, `us`.
    UnknownUnit,
    /// There is white space before, after or inside.
    Space,
    /// The span is negative.
    Negative,
    /// The span is not a whole number of microseconds.
    TooFine,
    /// The span is longer than [`Span::MAX`].
    TooLong,
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty duration; write a number and a unit, e.g. 10m",
            Self::NotANumber => "not a duration; write a number and a unit, e.g. 1h30m",
            Self::NoUnit => "a number without a unit; write the unit, e.g. 10s or 10m",
            Self::UnknownUnit => "an unknown unit; write one of w, d, h, m, s, ms, us",
            Self::Space => "a duration with a space; write it in one word, e.g. 1h30m",
            Self::Negative => "a negative duration; write zero or more, e.g. 10m",
            Self::TooFine => "finer than a microsecond; write whole microseconds",
            Self::TooLong => "longer than ten years; write at most 3650d",
        })
    }
}

impl std::error::Error for SpanError {}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        Self::parse(text)
    }
}

impl Span {
    /// Reads `1h30m`, `90s`, `250ms`, `1.5h`, `2d`, `1w`; parts add up in any order, as in Go.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        match text.as_bytes() {
            [] => return Err(SpanError::Empty),
            [b'-', ..] => return Err(SpanError::Negative),
            bytes if bytes.iter().any(u8::is_ascii_whitespace) => return Err(SpanError::Space),
            _ => {}
        }
        let mut total = Self::ZERO;
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = part(rest)?;
            total += part;
            rest = after;
        }
        if total > Self::MAX { Err(SpanError::TooLong) } else { Ok(total) }
    }
}

/// Splits the leading number and unit off `text`.
fn part(text: &str) -> Result<(Span, &str), SpanError> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("0", rest), digits);
    if whole.is_empty() || fraction.is_empty() {
        return Err(SpanError::NotANumber);
    }
    let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if name.is_empty() {
        return Err(SpanError::NoUnit);
    }
    let unit = UNITS.iter().find(|unit| unit.0 == name).ok_or(SpanError::UnknownUnit)?.1;
    let micros = scale(whole, unit)?.saturating_add(scale_fraction(fraction, unit)?);
    Ok((Span::from_micros(micros), rest))
}

/// Splits the leading decimal digits off `text`.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// `whole` units in microseconds.
fn scale(whole: &str, unit: u64) -> Result<u64, SpanError> {
    let count: u64 = whole.parse().map_err(|_| SpanError::TooLong)?;
    Ok(count.saturating_mul(unit))
}

/// The decimal `fraction` of a unit in microseconds, exact or refused.
fn scale_fraction(fraction: &str, unit: u64) -> Result<u64, SpanError> {
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > DECIMALS_MAX {
        return Err(SpanError::TooFine);
    }
    let (mut parts, mut one) = (0_u128, 1_u128);
    for digit in fraction.bytes() {
        parts = parts * 10 + u128::from(digit - b'0');
        one *= 10;
    }
    let scaled = parts * u128::from(unit);
    if scaled.is_multiple_of(one) { Ok((scaled / one) as u64) } else { Err(SpanError::TooFine) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_and_prometheus_write() {
        let cases = [
            ("1h30m", Span::from_mins(90)),
            ("90s", Span::from_secs(90)),
            ("250ms", Span::from_millis(250)),
            ("2d", Span::from_hours(48)),
            ("1.5h", Span::from_mins(90)),
            ("10us", Span::from_micros(10)),
            ("1w", Span::from_hours(168)),
            ("0s", Span::ZERO),
            ("1m250.417ms", Span::from_micros(60_250_417)),
            ("30s1m", Span::from_secs(90)),
            ("1.50000000000000s", Span::from_millis(1_500)),
            ("3650d", Span::MAX),
        ];
        for (text, span) in cases {
            assert_eq!(text.parse(), Ok(span), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_a_reason() {
        let cases = [
            ("", SpanError::Empty),
            ("10", SpanError::NoUnit),
            ("0", SpanError::NoUnit),
            ("1m30", SpanError::NoUnit),
            ("1.5", SpanError::NoUnit),
            ("-5s", SpanError::Negative),
            (" 5s", SpanError::Space),
            ("5 s", SpanError::Space),
            ("5s\n", SpanError::Space),
            ("NaN", SpanError::NotANumber),
            ("ten", SpanError::NotANumber),
            ("+5s", SpanError::NotANumber),
            (".5s", SpanError::NotANumber),
            ("1.s", SpanError::NotANumber),
            ("1.2.3s", SpanError::NoUnit),
            ("5y", SpanError::UnknownUnit),
            ("5S", SpanError::UnknownUnit),
            ("5é", SpanError::UnknownUnit),
            ("0.5us", SpanError::TooFine),
            ("0.3333333333333h", SpanError::TooFine),
            ("3650d1us", SpanError::TooLong),
            ("99999999999999999999s", SpanError::TooLong),
            ("18446744073709551615w", SpanError::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(Span::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_told_to_write_the_unit() {
        assert!(SpanError::NoUnit.to_string().contains("write the unit"));
    }
}
