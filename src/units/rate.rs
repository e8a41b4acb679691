//! How often.

use std::fmt;

use super::{Quantity, Rejection, decimal};

/// How often something happens, per second: finite, zero or more.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

/// The units of time a rate may be written in, in seconds.
pub(super) const PERIODS: [(&str, f64); 4] =
    [("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];

impl Rate {
    /// Never.
    pub const ZERO: Self = Self(0.0);

    /// That many per second, if the number is finite and not negative.
    pub fn per_second(times: f64) -> Option<Self> {
        (times.is_finite() && times >= 0.0).then_some(Self(times.abs()))
    }

    /// How many per second.
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl Quantity for Rate {
    const EXPECTED: &'static str = "a rate";
    const EXAMPLE: &'static str = "100/s";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]+)?[kM]?/[smhd]$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (number, unit) = decimal::number_and_unit(text)?;
        let (scale, period) = match unit.split_at_checked(1) {
            Some(("k", rest)) => (1e3, rest),
            Some(("M", rest)) => (1e6, rest),
            _ => (1.0, unit),
        };
        let prefix = &unit[..unit.len() - period.len()];
        if period.is_empty() {
            return Err(Rejection::bare([format!("{number}{prefix}/s")]));
        }
        let per = period.strip_prefix('/').and_then(seconds);
        let per = per.ok_or_else(|| unknown_period(number, prefix, period))?;
        let times = decimal::real(number)? * scale / per;
        Self::per_second(times).ok_or_else(|| Rejection::out_of_range("it is too large"))
    }

    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl fmt::Display for Rate {
    /// Per second, unless that is a long fraction and a longer period gives a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shortest())
    }
}

impl Rate {
    fn shortest(self) -> String {
        let plain = format!("{}/s", self.0);
        if plain.len() <= "12345/s".len() {
            let thousands = plain.strip_suffix("000/s").filter(|_| self.0 >= 1e4);
            return thousands.map_or(plain.clone(), |thousands| format!("{thousands}k/s"));
        }
        let in_period = |(name, seconds): (&str, f64)| format!("{}/{name}", self.0 * seconds);
        let exact = |text: &String| Self::parse(text) == Ok(self);
        let whole = PERIODS.into_iter().map(in_period).filter(exact);
        whole.min_by_key(String::len).unwrap_or(plain)
    }
}

fn seconds(period: &str) -> Option<f64> {
    PERIODS.iter().find(|(name, _)| *name == period).map(|(_, seconds)| *seconds)
}

fn unknown_period(number: &str, prefix: &str, period: &str) -> Rejection {
    Rejection::unreadable("a rate is per `/s`, `/m`, `/h` or `/d`")
        .or(format!("{number}{prefix}/{}", meant(period)))
}

/// The period of a unit that people write elsewhere: `rpm`, `req/min`, `per hour`.
pub(super) fn meant(unit: &str) -> &'static str {
    let unit = unit.to_ascii_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|part| unit.contains(part));
    if is(&["min", "pm"]) {
        "m"
    } else if is(&["hour", "ph", "/h"]) {
        "h"
    } else if is(&["day", "pd", "/d"]) {
        "d"
    } else {
        "s"
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_and_prefixes_are_read() {
        let per_second = |text| Rate::parse(text).map(Rate::as_f64);
        assert_eq!(per_second("1800/s"), Ok(1800.0));
        assert_eq!(per_second("120/m"), Ok(2.0));
        assert_eq!(per_second("10k/s"), Ok(10_000.0));
        assert_eq!(per_second("3600/h"), Ok(1.0));
    }

    #[test]
    fn a_bare_number_is_refused() {
        assert_eq!(Rate::parse("150"), Err(Rejection::bare(["150/s".into()])));
        assert_eq!(Rate::parse("2k"), Err(Rejection::bare(["2k/s".into()])));
        assert_eq!(Rate::parse("150/w").expect_err("refused").instead, ["150/s"]);
        assert_eq!(Rate::parse("500rps").expect_err("refused").instead, ["500/s"]);
        assert_eq!(Rate::parse("500 req/min").expect_err("refused").instead, ["500/m"]);
        for text in ["1/ms", "k/s", "1e3/s", "1µ/s", "1é", "/s"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn printed_as_people_write_it() {
        for text in ["1800/s", "0.5/s", "20k/s", "1/m", "7/h", "1/d", "0/s", "2.5/s"] {
            assert_eq!(Rate::parse(text).map(|rate| rate.to_string()), Ok(text.into()));
        }
        assert_eq!(Rate::parse("120/m").map(|rate| rate.to_string()), Ok("2/s".into()));
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(bits in any::<u64>(), count in 0..100_000_u32) {
            let per_hour = Rate(f64::from(count) / 3600.0);
            for rate in Rate::per_second(f64::from_bits(bits)).into_iter().chain([per_hour]) {
                prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
            }
        }
    }
}
