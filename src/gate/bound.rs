//! What a proportion may be at most, or a score at least: a number, or the old version's own.

use super::Tally;
use crate::planted::{self, Bug};
use crate::units::{Factor, Share};

const WHOLE: i128 = Share::ONE.parts() as i128;

/// The most that a proportion may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// This share.
    Over(Share),
    /// The old version's share in the same window, and this much more.
    BaselinePlus(Share),
    /// The old version's share in the same window, times this.
    BaselineTimes(Factor),
}

impl Bound {
    /// Whether it looks at the old version.
    pub fn compares(self) -> bool {
        !matches!(self, Self::Over(_))
    }

    /// Whether `count` of `subject` is more than allowed, given the same count of the old version.
    ///
    /// Shares are compared as whole numbers: `0.5%` is exactly that.
    pub fn exceeded(self, count: u64, subject: &Tally, old_count: u64, old: &Tally) -> bool {
        let (k, n) = (i128::from(count), i128::from(subject.requests));
        let (j, m) = (i128::from(old_count), i128::from(old.requests));
        match self {
            Self::Over(share) if planted::is(Bug::BoundUpsideDown) => {
                k * WHOLE < i128::from(share.parts()) * n
            }
            Self::Over(share) if planted::is(Bug::BoundOfAHundredRequests) => {
                k * WHOLE > i128::from(share.parts()) * 100
            }
            Self::Over(share) => k * WHOLE > i128::from(share.parts()) * n,
            Self::BaselinePlus(share) => {
                let j = if planted::is(Bug::BaselineNeverFails) { 0 } else { j };
                (k * m - j * n).saturating_mul(WHOLE)
                    > (n * m).saturating_mul(i128::from(share.parts()))
            }
            Self::BaselineTimes(times) => (k * m) as f64 > times.as_f64() * (j * n) as f64,
        }
    }

    /// Whether a count of at most `most` among at least `requests` can be more than allowed,
    /// whatever the old version does.
    pub fn within_reach(self, most: u64, requests: u64) -> bool {
        let (k, n) = (u128::from(most), u128::from(requests));
        match self {
            Self::Over(share) | Self::BaselinePlus(share) => {
                k * WHOLE as u128 > u128::from(share.parts()) * n
            }
            Self::BaselineTimes(_) => most > 0,
        }
    }

    /// The bound as a number, given the old version's counts.
    pub fn value(self, old_count: u64, old: &Tally) -> f64 {
        let base = old_count as f64 / old.requests as f64;
        match self {
            Self::Over(share) => share.as_f64(),
            Self::BaselinePlus(share) => base + share.as_f64(),
            Self::BaselineTimes(times) => base * times.as_f64(),
        }
    }
}

/// The least that a score may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Floor {
    /// This score, 0 to 1.
    Under(Share),
    /// The old version's score in the same window, less this.
    BaselineMinus(Share),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Quantity;

    #[test]
    fn a_share_is_compared_exactly() {
        let bound = Bound::Over(Share::parse("5%").unwrap());
        let hundred = Tally { requests: 100, ..Tally::default() };
        assert!(!bound.exceeded(5, &hundred, 0, &Tally::default()));
        assert!(bound.exceeded(6, &hundred, 0, &Tally::default()));
    }

    #[test]
    fn the_baseline_moves_the_bound() {
        let plus = Bound::BaselinePlus(Share::parse("1%").unwrap());
        let (new, old) = (
            Tally { requests: 1_000, ..Tally::default() },
            Tally { requests: 10_000, ..Tally::default() },
        );
        assert!(!plus.exceeded(15, &new, 50, &old), "1.5 % is not more than 0.5 % + 1 %");
        assert!(plus.exceeded(16, &new, 50, &old));
    }
}
