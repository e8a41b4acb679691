//! The progress of one gate: readings, failures, passes.

use coalmine::gate::{Gate, Patience, Verdict};

pub(super) struct Watch {
    next: u64,
    interval: u64,
    patience: Patience,
    failures: u32,
    pub(super) passes: u32,
    /// The first of the failures that count.
    pub(super) first_failure: Option<u64>,
    pub(super) tripped: bool,
    pub(super) readings: u32,
}

impl Watch {
    pub(super) fn new(gate: &Gate, exposed: u64) -> Self {
        Self {
            next: exposed + gate.initial_delay.micros(),
            interval: gate.interval.micros(),
            patience: gate.patience,
            failures: 0,
            passes: 0,
            first_failure: None,
            tripped: false,
            readings: 0,
        }
    }

    /// When it reads next; a gate that has tripped reads no more.
    pub(super) fn due(&self) -> Option<u64> {
        (!self.tripped).then_some(self.next)
    }

    /// Books the verdict of the reading that was due.
    pub(super) fn book(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fail => {
                self.failures += 1;
                self.passes = 0;
                self.first_failure = self.first_failure.or(Some(self.next));
            }
            Verdict::Pass => {
                self.passes += 1;
                if matches!(self.patience, Patience::Consecutive(_)) {
                    (self.failures, self.first_failure) = (0, None);
                }
            }
            Verdict::NoData | Verdict::Inconclusive | Verdict::Error => {}
        }
        self.tripped = match self.patience {
            Patience::Limit(forgiven) => self.failures > forgiven,
            Patience::Consecutive(run) => self.failures == run,
        };
        self.readings += 1;
        self.next += self.interval;
    }
}
