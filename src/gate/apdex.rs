//! The Apdex score.

use super::{Bounds, Cells, Floor, Judge, Subject, SubjectDoc, Tally, Window};
use crate::document::record;
use crate::units::Share;

record! {
    /// The Apdex score.
    pub struct ApdexDoc {
        /// Whose requests.
        of: SubjectDoc = "new",
    }
}

const WHOLE: i128 = Share::ONE.parts() as i128;

/// `(satisfied + tolerating / 2) / requests`, with the threshold T of the service; a failure is
/// frustrated. Source: Apdex technical specification 1.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apdex {
    /// Whose requests.
    pub of: Subject,
    /// What the score must be at least.
    pub floor: Floor,
}

/// Twice the satisfied and once the tolerating.
fn halves(tally: &Tally) -> i128 {
    2 * i128::from(tally.fast) + i128::from(tally.middle)
}

fn score(tally: &Tally) -> f64 {
    halves(tally) as f64 / (2 * tally.requests) as f64
}

impl Judge for Apdex {
    fn of(&self) -> Subject {
        self.of
    }

    fn compares(&self) -> bool {
        matches!(self.floor, Floor::BaselineMinus(_))
    }

    fn upper(&self) -> Cells {
        Cells { failed: true, middle: true, slow: true, beyond: false }
    }

    fn can_fail(&self, bounds: &Bounds) -> bool {
        // The lowest score has the fewest fast requests and the most failed and slow ones, and,
        // as a tolerating request counts a half, none or all that there can be of those. A score
        // held against the old version's is bounded as if that were perfect.
        let (fast, middle) = (bounds.low.fast, bounds.high.middle);
        let others = fast + bounds.high.slow + bounds.high.failed;
        let floor = match self.floor {
            Floor::Under(share) => share,
            Floor::BaselineMinus(share) => share.complement(),
        };
        let worst = |middle| Tally { requests: others + middle, fast, middle, ..Tally::default() };
        below(&worst(middle), floor) || below(&worst(0), floor)
    }

    fn fails(&self, window: &Window) -> bool {
        let subject = window.of(self.of);
        match self.floor {
            Floor::Under(share) => below(&subject, share),
            Floor::BaselineMinus(share) => {
                let (n, m) =
                    (2 * i128::from(subject.requests), 2 * i128::from(window.old.requests));
                let gap = halves(&window.old) * n - halves(&subject) * m;
                gap.saturating_mul(WHOLE) > (n * m).saturating_mul(i128::from(share.parts()))
            }
        }
    }

    fn reading(&self, window: &Window) -> (f64, f64) {
        let floor = match self.floor {
            Floor::Under(share) => share.as_f64(),
            Floor::BaselineMinus(share) => score(&window.old) - share.as_f64(),
        };
        (score(&window.of(self.of)), floor)
    }
}

fn below(tally: &Tally, floor: Share) -> bool {
    halves(tally) * WHOLE < 2 * i128::from(tally.requests) * i128::from(floor.parts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Quantity;

    #[test]
    fn a_failure_is_frustrated() {
        let tally = Tally { requests: 100, failed: 10, fast: 80, middle: 10, ..Tally::default() };
        assert!((score(&tally) - 0.85).abs() < 1e-15);
        assert!(below(&tally, Share::parse("86%").unwrap()));
        assert!(!below(&tally, Share::parse("85%").unwrap()));
    }
}
