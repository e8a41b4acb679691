//! A plain number: an exponent, or a standard deviation on a logarithmic scale.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// A finite number without a unit, zero or more.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Spread(f64);

/// A percentage with more decimals than this is not turned into a number.
const DECIMALS: u32 = 9;

impl Spread {
    /// The number.
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl Quantity for Spread {
    const EXPECTED: &'static str = "a plain number";
    const EXAMPLE: &'static str = "0.5";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]+)?$";
    const BARE: bool = true;

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (number, unit) = decimal::number_and_unit(text)?;
        if unit.is_empty() {
            return decimal::real(number).map(Self);
        }
        let refusal = Rejection::unreadable("it has no unit");
        match decimal::scaled(number, DECIMALS) {
            Ok(value) if unit == "%" => Err(refusal.or(decimal::print(value, DECIMALS + 2))),
            _ => Err(refusal.or(number)),
        }
    }

    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_refused() {
        assert_eq!(Spread::parse("0.9").map(Spread::as_f64), Ok(0.9));
        assert_eq!(Spread::parse("90%").expect_err("refused").instead, ["0.9"]);
        assert_eq!(Spread::parse("5s").expect_err("refused").instead, ["5"]);
    }
}
