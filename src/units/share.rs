//! A part of a whole.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// A part of a whole, 0 % to 100 %, exact to 1e-12 of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u64);

/// One percent is ten to this power of parts.
const PERCENT_SHIFT: u32 = 10;

impl Share {
    /// Nothing of it.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const ONE: Self = Self(1_000_000_000_000);

    /// The share of that many parts of 1e12; nothing if that is more than the whole.
    pub const fn from_parts(parts: u64) -> Option<Self> {
        if parts > Self::ONE.0 { None } else { Some(Self(parts)) }
    }

    /// How many parts of 1e12.
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// The share as a number from 0 to 1.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::ONE.0 as f64
    }

    /// What is left of the whole.
    pub const fn complement(self) -> Self {
        Self(Self::ONE.0 - self.0)
    }
}

impl Quantity for Share {
    const EXPECTED: &'static str = "a share";
    const EXAMPLE: &'static str = "5%";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]{1,10}0*)?%$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (number, unit) = decimal::number_and_unit(text)?;
        match unit {
            "%" => percent(number),
            "" => Err(Rejection::bare(percentages(number))),
            _ => {
                let likely = percent(number).map(|share| share.to_string()).ok();
                let refusal = Rejection::unreadable("its unit is `%`");
                Err(likely.into_iter().fold(refusal, Rejection::or))
            }
        }
    }

    fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", decimal::print(self.0, PERCENT_SHIFT)))
    }
}

fn percent(number: &str) -> Result<Share, Rejection> {
    let above = || Rejection::out_of_range("a share is at most 100 %");
    let parts = decimal::scaled(number, PERCENT_SHIFT)?;
    Share::from_parts(parts).ok_or_else(above)
}

/// What a bare number can have meant: up to one probably a fraction, above certainly a percentage.
fn percentages(number: &str) -> Vec<String> {
    let fraction = decimal::scaled(number, 12).ok().and_then(Share::from_parts);
    let percentage = percent(number).ok();
    let mut meant: Vec<Share> = if number.contains('.') {
        fraction.or(percentage).into_iter().collect()
    } else {
        percentage.into_iter().chain(fraction).collect()
    };
    meant.dedup();
    meant.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Reason;

    #[test]
    fn percentages_are_exact() {
        assert_eq!(Share::parse("0.1%").map(Share::parts), Ok(1_000_000_000));
        assert_eq!(Share::parse("100%"), Ok(Share::ONE));
        assert_eq!(Share::parse("0%"), Ok(Share::ZERO));
        assert_eq!(Share::parse("99.9%").map(|s| s.complement().to_string()), Ok("0.1%".into()));
    }

    #[test]
    fn a_bare_fraction_suggests_its_percentage() {
        let refusal = |text| Share::parse(text).expect_err("refused");
        assert_eq!(refusal("0.05"), Rejection::bare(["5%".into()]));
        assert_eq!(refusal("5"), Rejection::bare(["5%".into()]));
        assert_eq!(refusal("1"), Rejection::bare(["1%".into(), "100%".into()]));
        assert_eq!(refusal("0"), Rejection::bare(["0%".into()]));
        assert!(matches!(refusal("101%").reason, Reason::OutOfRange(_)));
        assert!(matches!(refusal("5‰").reason, Reason::Unreadable(_)));
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(parts in 0..=1_000_000_000_000_u64) {
            let share = Share::from_parts(parts).expect("in range");
            prop_assert_eq!(Share::parse(&share.to_string()), Ok(share));
        }
    }
}
