//! An amount of memory or data.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// An amount of memory or data in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

/// Every unit with its size, the larger first; binary before decimal.
const UNITS: [(&str, u64); 9] = [
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
    ("T", 1_000_000_000_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("k", 1_000),
    ("B", 1),
];

impl Bytes {
    /// That many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// How many bytes, as a real number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl Quantity for Bytes {
    const EXPECTED: &'static str = "an amount of memory";
    const EXAMPLE: &'static str = "512Mi";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]+)?([TGMK]i|[TGMkB])$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (number, unit) = decimal::number_and_unit(text)?;
        if unit.is_empty() {
            return Err(Rejection::bare([format!("{number}Mi")]));
        }
        match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, size)) => whole_bytes(number, *size).map(Self),
            None => Err(unknown_unit(number, unit)),
        }
    }

    fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, size): &&(&str, u64)| self.0 >= *size && self.0.is_multiple_of(*size);
        let (name, size) = UNITS.iter().find(fits).unwrap_or(&("B", 1));
        f.pad(&format!("{}{name}", self.0 / size))
    }
}

/// `number` times `size`, where a fraction must still give whole bytes.
fn whole_bytes(number: &str, size: u64) -> Result<u64, Rejection> {
    let decimals = number.split_once('.').map_or("", |(_, decimals)| decimals);
    let decimals = decimals.trim_end_matches('0').len() as u32;
    let unit = 10_u128.checked_pow(decimals);
    let unit = unit.ok_or_else(|| Rejection::unreadable("it has too many decimals"))?;
    let bytes = u128::from(decimal::scaled(number, decimals)?) * u128::from(size);
    if !bytes.is_multiple_of(unit) {
        return Err(Rejection::unreadable("it is not a whole number of bytes"));
    }
    u64::try_from(bytes / unit).map_err(|_| Rejection::out_of_range("it is too large"))
}

fn unknown_unit(number: &str, unit: &str) -> Rejection {
    let unit_of = |name: &str| name.to_ascii_lowercase();
    let wanted = unit.to_ascii_lowercase();
    let wanted = wanted.trim_end_matches('b');
    let close = UNITS.iter().find(|(name, _)| unit_of(name) == wanted);
    let name = close.map_or("Mi", |(name, _)| name);
    Rejection::unreadable("its unit is `Ki`, `Mi`, `Gi`, `Ti`, `k`, `M`, `G`, `T` or `B`")
        .or(format!("{number}{name}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn binary_and_decimal_units_are_read() {
        let bytes = |text| Bytes::parse(text).map(Bytes::get);
        assert_eq!(bytes("1Ki"), Ok(1024));
        assert_eq!(bytes("650Mi"), Ok(650 << 20));
        assert_eq!(bytes("1.5Gi"), Ok(3 << 29));
        assert_eq!(bytes("100M"), Ok(100_000_000));
        assert_eq!(bytes("0B"), Ok(0));
    }

    #[test]
    fn a_wrong_unit_is_corrected() {
        assert_eq!(Bytes::parse("650"), Err(Rejection::bare(["650Mi".into()])));
        assert_eq!(Bytes::parse("650mb").expect_err("refused").instead, ["650M"]);
        assert_eq!(Bytes::parse("1GiB").expect_err("refused").instead, ["1Gi"]);
        assert!(Bytes::parse("0.1B").is_err());
        assert!(Bytes::parse("99999999Ti").is_err());
        assert!(Bytes::parse(&format!("0.{}1Ki", "0".repeat(60))).is_err());
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(bytes in any::<u64>(), shift in 0..40_u32) {
            for bytes in [bytes, bytes >> shift << shift, (bytes >> 44) * 1000] {
                let bytes = Bytes::new(bytes);
                prop_assert_eq!(Bytes::parse(&bytes.to_string()), Ok(bytes));
            }
        }
    }
}
