//! How many times as much.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// How many times as much: a finite number, zero or more.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Factor(f64);

impl Factor {
    /// As much as before.
    pub const ONE: Self = Self(1.0);

    /// The factor, if it is finite and not negative.
    pub fn new(times: f64) -> Option<Self> {
        (times.is_finite() && times >= 0.0).then_some(Self(times.abs()))
    }

    /// The factor as a number.
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl Quantity for Factor {
    const EXPECTED: &'static str = "a factor";
    const EXAMPLE: &'static str = "1.5x";
    const PATTERN: &'static str = r"^([0-9][0-9_]*(\.[0-9]+)?x|x[0-9][0-9_]*(\.[0-9]+)?)$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        if let Some(number) = text.strip_prefix('x').filter(|rest| decimal::is_number(rest)) {
            return decimal::real(number).map(Self);
        }
        let (number, unit) = decimal::number_and_unit(text)?;
        match unit {
            "x" => decimal::real(number).map(Self),
            "" => Err(Rejection::bare([format!("{number}x")])),
            _ => Err(Rejection::unreadable("its unit is `x`, for times").or(format!("{number}x"))),
        }
    }

    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x", self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_notations_are_read() {
        assert_eq!(Factor::parse("3x"), Ok(Factor(3.0)));
        assert_eq!(Factor::parse("x1.5").map(|f| f.to_string()), Ok("1.5x".into()));
        assert_eq!(Factor::parse("3"), Err(Rejection::bare(["3x".into()])));
    }

    #[test]
    fn infinities_and_signs_are_refused() {
        let huge = format!("1{}x", "0".repeat(400));
        for text in [huge.as_str(), "infx", "nanx", "-1x", "1e400x", "x", "xx", "1.x"] {
            assert!(Factor::parse(text).is_err(), "{text}");
        }
        assert_eq!(Factor::new(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(bits in any::<u64>()) {
            if let Some(factor) = Factor::new(f64::from_bits(bits)) {
                prop_assert_eq!(Factor::parse(&factor.to_string()), Ok(factor));
            }
        }
    }
}
