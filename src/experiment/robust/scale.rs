//! Values of assumptions as texts: how far two of them are apart, and what lies between them.

use clockwork::Span;

use crate::units::Quantity;

/// How far two texts of the same form are apart: the logarithm of the ratio of the first numbers
/// that differ. Nothing for times of day, and where the form differs.
pub(super) fn distance(from: &str, to: &str) -> Option<f64> {
    let (one, other) = pairs(from, to)?.find(|(one, other)| one != other)?;
    let (one, other) = (Number::read(one)?, Number::read(other)?);
    let ratio = (one.value / other.value).abs();
    (ratio.is_finite() && ratio > 0.0).then(|| chance::math::ln(ratio).abs())
}

/// The text in the middle of two others on the scale of logarithms; nothing where there is no text
/// between them.
pub(super) fn middle(from: &str, to: &str) -> Option<String> {
    let mut text = String::new();
    for (one, other) in pairs(from, to)? {
        if one == other {
            text.push_str(one);
            continue;
        }
        let (one, other) = (Number::read(one)?, Number::read(other)?);
        text.push_str(&one.between(&other)?);
    }
    (text != from && text != to).then_some(text)
}

/// The pieces of two texts side by side: words, and what stands between words.
fn pairs<'a>(one: &'a str, other: &'a str) -> Option<impl Iterator<Item = (&'a str, &'a str)>> {
    let (one, other) = (pieces(one), pieces(other));
    (one.len() == other.len()).then(|| one.into_iter().zip(other))
}

fn pieces(text: &str) -> Vec<&str> {
    let between = |c: char| matches!(c, ' ' | '{' | '}' | ',');
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let kind = between(first);
        let end = rest.find(|c| between(c) != kind).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// A number with how it is written.
struct Number<'a> {
    value: f64,
    unit: &'a str,
    is_span: bool,
    is_whole: bool,
}

impl<'a> Number<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if let Ok(span) = <Span as Quantity>::parse(text) {
            let value = span.as_secs_f64();
            return Some(Self { value, unit: "", is_span: true, is_whole: false });
        }
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        if unit.starts_with(':') {
            return None;
        }
        let value = number.replace('_', "").parse().ok()?;
        let is_whole = unit.is_empty() && !number.contains('.');
        Some(Self { value, unit, is_span: false, is_whole })
    }

    fn between(&self, other: &Self) -> Option<String> {
        if self.unit != other.unit || self.is_span != other.is_span {
            return None;
        }
        let middle = (self.value * other.value).sqrt();
        if middle <= 0.0 {
            return None;
        }
        Some(if self.is_span {
            Span::from_micros(three_digits((middle * 1e6) as u64)).to_string()
        } else if self.is_whole && other.is_whole {
            format!("{}", middle.round())
        } else {
            format!("{}{}", rounded(middle), self.unit)
        })
    }
}

/// The number with three digits that count.
fn three_digits(number: u64) -> u64 {
    let grain = 10_u64.pow(number.max(1).ilog10().saturating_sub(2));
    (number + grain / 2) / grain * grain
}

/// Three digits that count, without zeros at the end.
fn rounded(value: f64) -> String {
    let places = [100.0, 10.0, 1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5];
    let decimals = places.iter().take_while(|place| value < **place).count();
    let text = format!("{value:.decimals$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_written_like_the_ends() {
        let middle = |from, to| middle(from, to).expect("a middle");
        assert_eq!(middle("0.1%", "0.4%"), "0.2%");
        assert_eq!(middle("10", "40"), "20");
        assert_eq!(middle("100_000", "1_000_000"), "316228");
        assert_eq!(middle("0.05 USD", "0.25 USD"), "0.112 USD");
        assert_eq!(middle("5m", "20m"), "10m");
        assert_eq!(
            middle("{ sd: 5%, correlation: 5m }", "{ sd: 20%, correlation: 5m }"),
            "{ sd: 10%, correlation: 5m }"
        );
        assert_eq!(
            middle(
                "{ lognormal: { median: 3m, p95: 12m } }",
                "{ lognormal: { median: 12m, p95: 48m } }"
            ),
            "{ lognormal: { median: 6m, p95: 24m } }"
        );
        assert_eq!(super::middle("10", "11"), None);
        assert_eq!(super::middle("14:00", "20:00"), None);
    }

    #[test]
    fn twice_as_much_is_as_far_as_half_of_it() {
        let distance = |from, to| distance(from, to).expect("a distance");
        assert!((distance("10m", "20m") - distance("10m", "5m")).abs() < 1e-12);
        assert!(distance("1%", "3%") > distance("1%", "2%"));
    }
}
