//! Numbers for people: as many digits as the interval supports, and always their unit.

use clockwork::Span;
use estimate::{Estimate, Interval};

use crate::experiment::Unit;

/// A whole number with its thousands apart.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The value with its unit.
pub(super) fn value(unit: Unit, estimate: &Estimate) -> String {
    one(unit, estimate.value, decimals(unit, estimate))
}

/// The value and the interval where there is little room: with one decimal at most.
pub(super) fn short(unit: Unit, estimate: &Estimate) -> (String, String) {
    let decimals = decimals(unit, estimate).min(1);
    let whole = |text: String| text.replace("100.0", "100");
    (whole(one(unit, estimate.value, decimals)), whole(brackets(unit, estimate, decimals)))
}

/// The interval in brackets; an end that the sample cannot bound is left open.
pub(super) fn interval(unit: Unit, estimate: &Estimate) -> String {
    brackets(unit, estimate, decimals(unit, estimate))
}

fn brackets(unit: Unit, estimate: &Estimate, decimals: usize) -> String {
    let Interval { low, high } = estimate.interval;
    let end = |value: f64| {
        if value.is_infinite() {
            return "..".to_owned();
        }
        let text = one(unit, value, decimals);
        text.strip_suffix(" %").map(str::to_owned).unwrap_or(text)
    };
    format!("[{}, {}]", end(low), end(high))
}

/// The value with its interval.
pub(super) fn with_interval(unit: Unit, estimate: &Estimate) -> String {
    format!("{} {}", value(unit, estimate), interval(unit, estimate))
}

/// A difference with its sign.
pub(super) fn signed(unit: Unit, estimate: &Estimate) -> String {
    let text = value(unit, estimate);
    if estimate.value > 0.0 { format!("+{text}") } else { text }
}

/// How much less a difference below zero is, with its interval: `3 % [2, 4] less`.
pub(super) fn less(unit: Unit, estimate: &Estimate) -> String {
    let Interval { low, high } = estimate.interval;
    let interval = Interval { low: -high, high: -low };
    let turned = Estimate { value: -estimate.value, interval, ..*estimate };
    format!("{} less", with_interval(unit, &turned))
}

/// How many times.
pub(super) fn times(factor: f64) -> String {
    match factor {
        f if f.is_infinite() => "exact".to_owned(),
        f if f >= 99.5 => format!("{}x", grouped(f.round() as u64)),
        f if f >= 9.95 => format!("{f:.0}x"),
        f => format!("{f:.1}x"),
    }
}

/// A price, with two digits that count.
pub(super) fn price(price: f64) -> String {
    let places = [1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5];
    let decimals = places.iter().take_while(|place| price < 10.0 * **place).count() + 1;
    format!("{price:.*}", decimals.min(8))
}

/// A value without an interval, such as the largest that was seen: two digits.
pub(super) fn alone(unit: Unit, value: f64) -> String {
    let scale = if unit == Unit::Share { 100.0 } else { 1.0 };
    one(unit, value, places(value.abs() * scale / 5.0).min(3))
}

/// A share of one without an interval, where it stands beside its counts.
pub(super) fn share(some: f64) -> String {
    let percent = some * 100.0;
    if percent <= 0.0 || percent >= 100.0 {
        return one(Unit::Share, some, 0);
    }
    one(Unit::Share, some, places(percent.min(100.0 - percent).max(percent / 100.0) / 20.0))
}

/// So many of something: `1 pod`, `20 pods`.
pub(super) fn many(count: u64, one: &str, several: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { several })
}

/// A length of time, rounded to what a reader can use.
pub fn time(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "beyond".to_owned();
    }
    let grain = match seconds {
        s if s < 1.0 => 0.001,
        s if s < 60.0 => 0.1,
        s if s < 3600.0 => 1.0,
        _ => 60.0,
    };
    // A tenth of a second is not a binary fraction: the division says what is meant.
    let grains = (seconds / grain).round();
    let micros = if grain < 1.0 { grains * (1e6 * grain).round() } else { grains * grain * 1e6 };
    Span::from_micros(micros as u64).to_string()
}

fn one(unit: Unit, value: f64, decimals: usize) -> String {
    if value.is_infinite() {
        return "beyond".to_owned();
    }
    match unit {
        Unit::Share => format!("{:.decimals$} %", value * 100.0),
        Unit::Time if value < 0.0 => format!("-{}", time(-value)),
        Unit::Time => time(value),
        _ if decimals == 0 => {
            let sign = if value <= -0.5 { "-" } else { "" };
            format!("{sign}{}", grouped(value.abs().round() as u64))
        }
        _ => format!("{value:.decimals$}"),
    }
}

/// How many decimals the interval supports; without one, three digits.
fn decimals(unit: Unit, estimate: &Estimate) -> usize {
    let scale = if unit == Unit::Share { 100.0 } else { 1.0 };
    let Interval { low, high } = estimate.interval;
    let (below, above) = (estimate.value - low, high - estimate.value);
    let radius = if above.is_finite() { below.max(above) } else { below };
    let fine = if radius > 0.0 && radius.is_finite() { radius } else { estimate.value / 20.0 };
    let most = if unit == Unit::Share { 4 } else { 2 };
    places(fine.abs() * scale).min(most)
}

fn places(fine: f64) -> usize {
    match fine {
        f if f >= 5.0 => 0,
        f if f >= 0.1 => 1,
        f if f >= 0.01 => 2,
        f if f >= 0.001 => 3,
        f if f > 0.0 => 4,
        _ => 0,
    }
}

/// Text that cannot mislead a terminal.
pub fn harmless(text: &str) -> String {
    let safe = |c: char| {
        let turns = matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}');
        !c.is_control() && !turns
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if safe(c) { out.push(c) } else { out.extend(c.escape_default()) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, interval: Interval { low, high }, confidence: 0.95, n: 100 }
    }

    #[test]
    fn digits_follow_the_interval() {
        let share = |value, low, high| with_interval(Unit::Share, &estimate(value, low, high));
        assert_eq!(share(0.2891, 0.2712, 0.3007), "28.9 % [27.1, 30.1]");
        assert_eq!(share(0.0291, 0.0286, 0.0296), "2.91 % [2.86, 2.96]");
        assert_eq!(share(0.0, 0.0, 0.00037), "0.00 % [0.00, 0.04]");
        assert_eq!(share(1.0, 1.0, 1.0), "100 % [100, 100]");
        let users = |value, low, high| with_interval(Unit::Users, &estimate(value, low, high));
        assert_eq!(users(12_345.6, 12_000.2, 12_800.0), "12,346 [12,000, 12,800]");
        assert_eq!(users(1.25, 1.0, f64::INFINITY), "1.2 [1.0, ..]");
    }

    #[test]
    fn times_are_rounded_to_be_read() {
        assert_eq!(time(0.25), "250ms");
        assert_eq!(time(38.2349), "38.2s");
        assert_eq!(time(2_472.4), "41m12s");
        assert_eq!(time(86_400.0), "1d");
        assert_eq!(time(f64::INFINITY), "beyond");
    }

    #[test]
    fn foreign_text_is_harmless() {
        assert_eq!(harmless("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
