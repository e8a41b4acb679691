//! How fast memory or data grows.

use std::fmt;

use super::rate::{PERIODS, meant};
use super::{Bytes, Quantity, Rejection};

/// How fast memory or data grows: whole bytes in a second, a minute, an hour or a day, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRate(u64);

/// Every period divides a day, so bytes per day hold them all.
const DAY: u64 = 86_400;

impl ByteRate {
    /// That many bytes per day.
    pub const fn per_day(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Bytes per second, as a real number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / DAY as f64
    }
}

impl Quantity for ByteRate {
    const EXPECTED: &'static str = "an amount of memory per time";
    const EXAMPLE: &'static str = "40Mi/h";
    const PATTERN: &'static str = r"^[0-9][0-9_]*(\.[0-9]+)?([TGMK]i|[TGMkB])/[smhd]$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (amount, period) = text.split_once('/').unwrap_or((text, ""));
        let known = PERIODS.iter().find(|(name, _)| *name == period);
        let name = known.map_or_else(|| meant(&format!("/{period}")), |(name, _)| name);
        let name = if period.is_empty() { "h" } else { name };
        let bytes = Bytes::parse(amount).map_err(|refusal| per(refusal, name))?;
        let Some((_, seconds)) = known else {
            let refusal = Rejection::unreadable("memory grows per `/s`, `/m`, `/h` or `/d`");
            return Err(refusal.or(format!("{amount}/{name}")));
        };
        let per_day = bytes.get().checked_mul(DAY / *seconds as u64);
        per_day.map(Self).ok_or_else(|| Rejection::out_of_range("it is too large"))
    }

    fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

/// The refusal of an amount, with the period behind every correction.
fn per(refusal: Rejection, period: &str) -> Rejection {
    let instead = refusal.instead.iter().map(|amount| format!("{amount}/{period}")).collect();
    Rejection { instead, ..refusal }
}

impl fmt::Display for ByteRate {
    /// The shortest of the ways to write it; of those the one with the shortest period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |(name, seconds): (&str, f64)| {
            let times = DAY / seconds as u64;
            let whole = self.0.is_multiple_of(times);
            whole.then(|| format!("{}/{name}", Bytes::new(self.0 / times)))
        };
        let shortest = PERIODS.into_iter().filter_map(written).min_by_key(String::len);
        f.pad(&shortest.unwrap_or_else(|| format!("{}B/d", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> ByteRate {
        ByteRate::parse(text).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
    }

    #[test]
    fn units_and_periods_are_read() {
        assert_eq!(of("1Ki/s").as_f64().to_bits(), 1024_f64.to_bits());
        assert_eq!(of("60Ki/m"), of("1Ki/s"));
        assert_eq!(of("24Mi/d"), of("1Mi/h"));
        assert_eq!(of("1.5Gi/h"), ByteRate::per_day((3 << 29) * 24));
        assert!(of("0B/s").is_zero());
    }

    #[test]
    fn other_notations_are_corrected() {
        let instead = |text| ByteRate::parse(text).expect_err("refused").instead;
        assert_eq!(ByteRate::parse("40"), Err(Rejection::bare(["40Mi/h".into()])));
        assert_eq!(instead("40Mi"), ["40Mi/h"]);
        assert_eq!(instead("40/h"), ["40Mi/h"]);
        assert_eq!(instead("40MB/hour"), ["40M/h"]);
        assert_eq!(instead("40Mi/hour"), ["40Mi/h"]);
        assert_eq!(instead("40Mi/min"), ["40Mi/m"]);
        assert_eq!(instead("1Ki/request"), ["1Ki/s"]);
        assert!(ByteRate::parse("16777215Ti/s").is_err());
        assert!(ByteRate::parse("/h").is_err());
    }

    #[test]
    fn printed_as_people_write_it() {
        for text in ["40Mi/h", "10Ki/s", "0B/s", "1B/d", "250Mi/h", "7B/m"] {
            assert_eq!(of(text).to_string(), text);
        }
        assert_eq!(of("120Mi/h").to_string(), "2Mi/m");
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(
            bytes in any::<u64>(), shift in 0..64_u32, times in 0..4_usize,
        ) {
            let times = [1, 24, 1440, DAY][times];
            let rate = ByteRate((bytes >> shift) / times * times);
            prop_assert_eq!(ByteRate::parse(&rate.to_string()), Ok(rate));
        }
    }
}
