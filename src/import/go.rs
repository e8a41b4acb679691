//! Numbers and durations the way Kubernetes and Go read them.

use clockwork::Span;

use crate::controller::argo::nanoseconds;
use crate::document::{Node, Scalar, Value};

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
