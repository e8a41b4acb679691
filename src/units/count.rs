//! How many.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// How many: a whole number, written plainly; `_` may separate digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u64);

impl Count {
    /// That many.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// How many.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// How many, as a real number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! whole_number {
    ($($type:ty: $from:expr;)*) => {$(
        impl Quantity for $type {
            const EXPECTED: &'static str = "a whole number";
            const EXAMPLE: &'static str = "10";
            const PATTERN: &'static str = "^[0-9](_?[0-9])*$";
            const BARE: bool = true;

            fn parse(text: &str) -> Result<Self, Rejection> {
                whole(text).and_then($from)
            }

            fn is_zero(&self) -> bool {
                *self == Self::default()
            }
        }
    )*};
}

whole_number! {
    Count: |count| Ok(Count(count));
    u64: Ok;
    u32: |count| u32::try_from(count).map_err(|_| Rejection::out_of_range("it is too large"));
}

fn whole(text: &str) -> Result<u64, Rejection> {
    let (number, unit) = decimal::number_and_unit(text)?;
    match unit {
        "" if number.contains('.') => Err(Rejection::unreadable("it has a fraction")),
        "" => decimal::scaled(number, 0),
        "k" | "M" => Err(multiple(number, if unit == "k" { 3 } else { 6 })),
        _ => Err(Rejection::unreadable("it is counted, so it has no unit").or(number)),
    }
}

fn multiple(number: &str, shift: u32) -> Rejection {
    let refusal = Rejection::unreadable("counts are written out; `_` may separate digits");
    match decimal::scaled(number, shift) {
        Ok(count) => refusal.or(grouped(count)),
        Err(_) => refusal,
    }
}

/// The digits in groups of three.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_may_be_grouped() {
        assert_eq!(Count::parse("2_000_000"), Ok(Count(2_000_000)));
        assert_eq!(u32::parse("20"), Ok(20));
        assert_eq!(u64::parse("010"), Ok(10));
    }

    #[test]
    fn units_signs_and_fractions_are_refused() {
        for text in ["", "10 ", "-1", "1.5", "1.0", "1__0", "_1", "1_", "ten", "1e3", "0x10"] {
            assert!(Count::parse(text).is_err(), "{text}");
        }
        assert_eq!(Count::parse("10k").expect_err("refused").instead, ["10_000"]);
        assert_eq!(Count::parse("10s").expect_err("refused").instead, ["10"]);
        assert!(u32::parse("4294967296").is_err());
        assert!(u64::parse("18446744073709551616").is_err());
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(count in any::<u64>()) {
            prop_assert_eq!(Count::parse(&count.to_string()), Ok(Count(count)));
            prop_assert_eq!(u64::parse(&grouped(count)), Ok(count));
        }
    }
}
