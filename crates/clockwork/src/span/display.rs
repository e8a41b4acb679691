//! A span as its shortest exact text.

use super::Span;
use std::fmt;

/// The whole units above the second, in microseconds, longest first.
const COARSE: [(u64, &str); 3] = [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m")];

impl fmt::Display for Span {
    /// Writes the shortest exact form, which parses back to the same span: `1h30m`, `250ms`, `2d`,
    /// `12m30.25s`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let mut rest = self.micros();
        for (unit, letter) in COARSE {
            if rest >= unit {
                text += &(rest / unit).to_string();
                text += letter;
                rest %= unit;
            }
        }
        if rest > 0 || text.is_empty() {
            text += &below_a_minute(rest);
        }
        f.pad(&text)
    }
}

/// Seconds with a decimal fraction; below a second, the largest unit that needs no leading zero.
fn below_a_minute(micros: u64) -> String {
    match micros {
        0 => "0s".to_owned(),
        1..1_000 => format!("{micros}us"),
        1_000..1_000_000 => decimal(micros, 3) + "ms",
        _ => decimal(micros, 6) + "s",
    }
}

/// `value` with its last `places` digits behind the point and no trailing zeros.
fn decimal(value: u64, places: usize) -> String {
    let digits = value.to_string();
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_shortest_exact_form() {
        let cases = [
            (Span::ZERO, "0s"),
            (Span::from_micros(10), "10us"),
            (Span::from_micros(1_500), "1.5ms"),
            (Span::from_millis(250), "250ms"),
            (Span::from_millis(1_500), "1.5s"),
            (Span::from_secs(90), "1m30s"),
            (Span::from_mins(90), "1h30m"),
            (Span::from_hours(48), "2d"),
            (Span::from_hours(25) + Span::from_millis(1), "1d1h1ms"),
            (Span::from_mins(12) + Span::from_micros(30_250_417), "12m30.250417s"),
            (Span::MAX, "3650d"),
        ];
        for (span, text) in cases {
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn respects_the_width_of_a_table() {
        assert_eq!(format!("[{:>6}]", Span::from_secs(5)), "[    5s]");
    }
}
