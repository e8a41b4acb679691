//! An amount of money.

use std::cmp::Ordering;
use std::fmt;

use super::{Quantity, Rejection, decimal};

/// A currency by its ISO 4217 code, three capital letters: `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar, in which prices of clouds are published.
    pub const USD: Self = Self(*b"USD");

    /// The currency of that code, if it is three capital letters.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.map(char::from).iter().collect::<String>())
    }
}

/// An amount of money, zero or more, exact to 1e-9 of its currency. Amounts of two currencies
/// have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    nanos: u64,
    currency: Currency,
}

/// One unit of a currency is ten to this power of parts.
const SHIFT: u32 = 9;

/// The signs that people write for a currency, and its code.
const SIGNS: [(&str, &str); 4] = [("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY")];

impl Money {
    /// That many parts of 1e9 of a unit of the currency.
    pub const fn from_nanos(nanos: u64, currency: Currency) -> Self {
        Self { nanos, currency }
    }

    /// How many parts of 1e9 of a unit of its currency.
    pub const fn nanos(self) -> u64 {
        self.nanos
    }

    /// Its currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// How many units of its currency, as a real number.
    pub fn as_f64(self) -> f64 {
        self.nanos as f64 / 1e9
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.nanos.cmp(&other.nanos))
    }
}

impl Quantity for Money {
    const EXPECTED: &'static str = "an amount of money";
    const EXAMPLE: &'static str = "0.12 USD";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]{1,9}0*)? [A-Z]{3}$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        if let Some(respelt) = sign_or_code_first(text) {
            return Err(Rejection::unreadable("the currency stands behind the number").or(respelt));
        }
        let (number, unit) = decimal::number_and_unit(text)?;
        if unit.is_empty() {
            return Err(Rejection::bare([format!("{number} {}", Currency::USD)]));
        }
        let Some(currency) = unit.strip_prefix(' ').and_then(Currency::new) else {
            return Err(unknown_currency(number, unit));
        };
        Ok(Self { nanos: decimal::scaled(number, SHIFT)?, currency })
    }

    fn is_zero(&self) -> bool {
        self.nanos == 0
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", decimal::print(self.nanos, SHIFT), self.currency))
    }
}

fn unknown_currency(number: &str, unit: &str) -> Rejection {
    let code = unit.trim().to_ascii_uppercase();
    let sign = SIGNS.iter().find(|(sign, _)| *sign == code);
    let code = sign.map_or(code.as_str(), |(_, code)| code);
    let currency = Currency::new(code).unwrap_or(Currency::USD);
    Rejection::unreadable("behind a space stand the three capital letters of a currency")
        .or(format!("{number} {currency}"))
}

/// The text with its currency moved behind the number, if it begins with one.
fn sign_or_code_first(text: &str) -> Option<String> {
    let of_sign = SIGNS.iter().find_map(|(sign, code)| Some((text.strip_prefix(sign)?, *code)));
    let of_code = || text.split_at_checked(3).map(|(code, rest)| (rest, code));
    let (number, code) = of_sign.or_else(of_code)?;
    let currency = Currency::new(&code.to_ascii_uppercase())?;
    let number = number.trim();
    decimal::is_number(number).then(|| format!("{number} {currency}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact() {
        let nanos = |text| Money::parse(text).map(Money::nanos);
        assert_eq!(nanos("0.12 USD"), Ok(120_000_000));
        assert_eq!(nanos("100 EUR"), Ok(100_000_000_000));
        assert_eq!(nanos("0.000000001 USD"), Ok(1));
        assert!(Money::parse("0 USD").is_ok_and(|money| money.is_zero()));
        assert!(Money::parse("0.0000000001 USD").is_err());
        assert!(Money::parse("99_000_000_000 USD").is_err());
    }

    #[test]
    fn other_notations_are_corrected() {
        let instead = |text| Money::parse(text).expect_err("refused").instead;
        assert_eq!(Money::parse("0.05"), Err(Rejection::bare(["0.05 USD".into()])));
        assert_eq!(instead("$0.05"), ["0.05 USD"]);
        assert_eq!(instead("€ 20"), ["20 EUR"]);
        assert_eq!(instead("usd 3"), ["3 USD"]);
        assert_eq!(instead("3€"), ["3 EUR"]);
        assert_eq!(instead("3usd"), ["3 USD"]);
        assert_eq!(instead("3  EUR"), ["3 EUR"]);
        assert_eq!(instead("1,50 EUR"), ["1.50 EUR"]);
        assert_eq!(instead("3 dollars"), ["3 USD"]);
        assert!(Money::parse("-1 USD").is_err());
        assert!(Money::parse("é1").is_err());
    }

    #[test]
    fn two_currencies_have_no_order() {
        let money = |text| Money::parse(text).expect("an amount");
        assert!(money("1 USD") < money("1.01 USD"));
        assert_eq!(money("1 USD").partial_cmp(&money("2 EUR")), None);
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(nanos in any::<u64>(), shift in 0..64_u32, code in "[A-Z]{3}") {
            let currency = Currency::new(&code).expect("three capital letters");
            let money = Money::from_nanos(nanos >> shift, currency);
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }
    }
}
