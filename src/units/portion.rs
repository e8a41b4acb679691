//! Some of the pods, as Kubernetes writes it: a whole number or a whole percentage.

use std::cmp::Ordering;
use std::fmt;

use super::{Quantity, Rejection, decimal};

/// Some of the pods: so many, or so many percent of them.
///
/// Source: `intstr.IntOrString` of Kubernetes; a percentage has no fraction there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// So many.
    Count(u32),
    /// So many percent.
    Percent(u32),
}

impl Portion {
    /// The number of `total` that this is, a percentage rounded down.
    ///
    /// # Example: 25 % of 10 pods
    /// ```
    /// use coalmine::units::Portion;
    /// assert_eq!(Portion::Percent(25).of_rounded_down(10), 2);
    /// assert_eq!(Portion::Percent(25).of_rounded_up(10), 3);
    /// ```
    pub fn of_rounded_down(self, total: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => clamped(parts(percent, total) / 100),
        }
    }

    /// The number of `total` that this is, a percentage rounded up.
    pub fn of_rounded_up(self, total: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => clamped(parts(percent, total).div_ceil(100)),
        }
    }
}

fn parts(percent: u32, total: u32) -> u64 {
    u64::from(percent) * u64::from(total)
}

fn clamped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl PartialOrd for Portion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) | (Self::Percent(a), Self::Percent(b)) => {
                a.partial_cmp(b)
            }
            _ => None,
        }
    }
}

impl Quantity for Portion {
    const EXPECTED: &'static str = "a number of pods or a whole percentage";
    const EXAMPLE: &'static str = "25%";
    const PATTERN: &'static str = "^[0-9](_?[0-9])*%?$";
    const BARE: bool = true;

    fn parse(text: &str) -> Result<Self, Rejection> {
        let (number, unit) = decimal::number_and_unit(text)?;
        let whole = || {
            if number.contains('.') {
                return Err(Rejection::unreadable("Kubernetes knows no fractions here"));
            }
            let count: u64 = decimal::scaled(number, 0)?;
            u32::try_from(count).map_err(|_| Rejection::out_of_range("it is too large"))
        };
        match unit {
            "" => whole().map(Self::Count),
            "%" => whole().map(Self::Percent),
            _ => Err(Rejection::unreadable("its unit is `%`, or none").or(format!("{number}%"))),
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => f.pad(&count.to_string()),
            Self::Percent(percent) => f.pad(&format!("{percent}%")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_percentages_are_read_and_printed() {
        assert_eq!(Portion::parse("3"), Ok(Portion::Count(3)));
        assert_eq!(Portion::parse("25%").map(|p| p.to_string()), Ok("25%".into()));
        assert!(Portion::parse("2.5%").is_err());
        assert!(Portion::parse("3 pods").is_err());
    }
}
