//! Numbers and durations the way Kubernetes and Go read them.

use clockwork::Span;

use crate::document::{Node, Scalar, Value};

/// Every unit of Go's durations, in nanoseconds.
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

/// The scalar, if it is one.
pub(super) const fn scalar(node: &Node) -> Option<&Scalar> {
    if let Value::Scalar(scalar) = &node.value { Some(scalar) } else { None }
}

/// A whole number that is written plainly; `"3"`, `010` and `3.0` are none.
pub(super) fn whole(node: &Node) -> Option<i64> {
    let scalar = scalar(node).filter(|scalar| !scalar.quoted)?;
    let digits = scalar.text.strip_prefix('-').unwrap_or(&scalar.text);
    let octal = digits.len() > 1 && digits.starts_with('0');
    let plain = !octal && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { scalar.text.parse().ok() } else { None }
}

/// A whole number that may stand in quotes.
pub(super) fn int_or_string(node: &Node) -> Option<i64> {
    whole(node).or_else(|| scalar(node)?.text.parse().ok())
}

/// A duration longer than nothing, such as `1m30s`.
pub(super) fn span(node: &Node) -> Option<Span> {
    duration(&scalar(node)?.text)
}

/// A text that is a duration longer than nothing.
pub(super) fn duration(text: &str) -> Option<Span> {
    let micros = u64::try_from(nanoseconds(text)? / 1_000).ok()?;
    Some(Span::from_micros(micros)).filter(|span| !span.is_zero())
}

/// The length of a pause: whole seconds, or a Go duration cut to seconds; nothing if rejected.
pub(super) fn pause(node: &Node) -> Option<Span> {
    let scalar = scalar(node)?;
    let number = !scalar.quoted && scalar.text.parse::<f64>().is_ok();
    let seconds = match scalar.text.parse::<i32>() {
        Ok(seconds) => i128::from(seconds),
        Err(_) if number => return None,
        Err(_) => nanoseconds(&scalar.text)? / 1_000_000_000,
    };
    u64::try_from(i32::try_from(seconds).ok()?).ok().map(Span::from_secs)
}

/// What Go's `time.ParseDuration` makes of a text.
fn nanoseconds(text: &str) -> Option<i128> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return Some(0);
    }
    let (mut total, mut rest) = (0, unsigned);
    while !rest.is_empty() || total == 0 && rest.len() == unsigned.len() {
        let (part, after) = part(rest)?;
        total += part;
        rest = after;
    }
    (total <= i128::from(i64::MAX)).then_some(sign * total)
}

/// Splits the leading number and unit off a duration.
fn part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && fraction.is_empty() || whole.len() > 19 {
        return None;
    }
    let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let unit = UNITS.iter().find(|unit| unit.0 == name)?.1;
    let fraction = &fraction[..fraction.len().min(18)];
    let number = |digits: &str| digits.parse().unwrap_or(0_i128);
    let below = number(fraction) * unit / 10_i128.pow(fraction.len() as u32);
    Some((number(whole) * unit + below, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        let minute = 60_000_000_000;
        for (text, expected) in [
            ("1m", Some(minute)),
            ("1h30m", Some(90 * minute)),
            ("1.5m", Some(90_000_000_000)),
            (".5s", Some(500_000_000)),
            ("-10s", Some(-10_000_000_000)),
            ("1\u{b5}s", Some(1_000)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("", None),
            ("10", None),
            ("1d", None),
            ("s", None),
            (".s", None),
            ("1m 30s", None),
            ("9223372036854775807s", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(nanoseconds(text), expected, "{text}");
        }
    }
}
