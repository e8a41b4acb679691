//! A length of time in whole microseconds.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Rem, Sub, SubAssign};

mod display;
mod parse;

pub use parse::SpanError;

/// A length of time in whole microseconds.
///
/// Operators saturate: a sum stops at 2^64 - 1 microseconds (584 thousand years) and a difference
/// stops at zero, so time neither wraps nor panics. The `checked_` methods tell instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The longest span a text may say: ten years of 365 days.
    ///
    /// Arithmetic may go further; what a person writes beyond it is taken for a mistake.
    pub const MAX: Self = Self::from_hours(10 * 365 * 24);

    /// A span of `micros` microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// A span of `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// A span of `mins` minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Self(mins.saturating_mul(60_000_000))
    }

    /// A span of `hours` hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self(hours.saturating_mul(3_600_000_000))
    }

    /// The span nearest to `secs` seconds; negative and NaN give zero, too much saturates.
    ///
    /// Meant for sampled waiting times, which are real numbers until they meet the clock.
    pub fn from_secs_f64(secs: f64) -> Self {
        let micros = secs * 1e6;
        let whole = micros as u64;
        // As `f64::round`, which is a call where the processor may lack the instruction.
        Self(whole.saturating_add(u64::from(micros - whole as f64 >= 0.5)))
    }

    /// The length in microseconds.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// The length in seconds; exact to 53 bits.
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or the longest representable span.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero when `other` is longer.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The multiple, or the longest representable span.
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }

    /// The sum, or `None` when it is not representable.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// The difference, or `None` when `other` is longer.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// The multiple, or `None` when it is not representable.
    pub const fn checked_mul(self, times: u64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// How many `step`s cover this span: the quotient rounded up. Panics when `step` is zero.
    pub const fn div_ceil(self, step: Self) -> u64 {
        self.0.div_ceil(step.0)
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl SubAssign for Span {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Mul<u64> for Span {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        self.saturating_mul(times)
    }
}

impl Div<u64> for Span {
    type Output = Self;

    /// One of `parts` equal parts, rounded down to a microsecond. Panics when `parts` is zero.
    fn div(self, parts: u64) -> Self {
        Self(self.0 / parts)
    }
}

impl Div for Span {
    type Output = u64;

    /// How many whole `step`s fit. Panics when `step` is zero.
    fn div(self, step: Self) -> u64 {
        self.0 / step.0
    }
}

impl Rem for Span {
    type Output = Self;

    /// What is left after the whole `step`s. Panics when `step` is zero.
    fn rem(self, step: Self) -> Self {
        Self(self.0 % step.0)
    }
}

impl Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, Self::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructors_agree_on_the_microsecond() {
        assert_eq!(Span::from_hours(1), Span::from_mins(60));
        assert_eq!(Span::from_mins(1), Span::from_secs(60));
        assert_eq!(Span::from_secs(1), Span::from_millis(1_000));
        assert_eq!(Span::from_millis(1), Span::from_micros(1_000));
        assert_eq!(Span::from_hours(u64::MAX).micros(), u64::MAX);
    }

    #[test]
    fn real_seconds_round_to_the_nearest_microsecond() {
        assert_eq!(Span::from_secs_f64(0.1).micros(), 100_000);
        assert_eq!(Span::from_secs_f64(1.000_000_6).micros(), 1_000_001);
        assert_eq!(Span::from_secs_f64(-3.0), Span::ZERO);
        assert_eq!(Span::from_secs_f64(f64::NAN), Span::ZERO);
        assert_eq!(Span::from_secs_f64(f64::INFINITY).micros(), u64::MAX);
        assert!((Span::from_millis(250).as_secs_f64() - 0.25).abs() < f64::EPSILON);
    }

    #[test]
    fn arithmetic_saturates_or_tells() {
        let (short, long) = (Span::from_secs(1), Span::from_micros(u64::MAX));
        assert_eq!(short - long, Span::ZERO);
        assert_eq!(short + long, long);
        assert_eq!(long * 2, long);
        assert_eq!(short.checked_sub(long), None);
        assert_eq!(short.checked_add(long), None);
        assert_eq!(long.checked_mul(2), None);
        assert_eq!(short.checked_add(short), Some(Span::from_secs(2)));
        assert_eq!([short, short, short].into_iter().sum::<Span>(), short * 3);
    }

    #[test]
    fn division_counts_steps() {
        let (window, step) = (Span::from_secs(100), Span::from_secs(30));
        assert_eq!(window / step, 3);
        assert_eq!(window.div_ceil(step), 4);
        assert_eq!(window % step, Span::from_secs(10));
        assert_eq!(window / 8, Span::from_millis(12_500));
    }
}
