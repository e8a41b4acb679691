//! The physical quantities of changes.

use super::{LINES, Line};

/// The physical quantities of one change, in whole parts. What is saved is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Pods above the steady state times the time that they are there, pod-microseconds.
    pub pod_micros_above: i64,
    /// The most pods at one time: what has to be available. It has no price of its own.
    pub peak_pods: u32,
    /// Requests that failed because of the defect or of the rollout, thousandths.
    pub failed_requests: i64,
    /// Users who were harmed, thousandths.
    pub harmed_users: i64,
    /// Time of the people who were paged or asked, microseconds of one person.
    pub engineer_micros: i64,
    /// Time until the change was live, microseconds.
    pub delay_micros: i64,
}

impl Ledger {
    /// The parts of one line.
    pub const fn parts(&self, line: Line) -> i64 {
        match line {
            Line::Pods => self.pod_micros_above,
            Line::FailedRequests => self.failed_requests,
            Line::HarmedUsers => self.harmed_users,
            Line::Engineers => self.engineer_micros,
            Line::Delay => self.delay_micros,
        }
    }

    /// What follows on this in the same change, a second attempt for example: quantities add up,
    /// and the peak is the higher of the two.
    pub fn add(&mut self, other: &Self) {
        self.pod_micros_above = self.pod_micros_above.saturating_add(other.pod_micros_above);
        self.peak_pods = self.peak_pods.max(other.peak_pods);
        self.failed_requests = self.failed_requests.saturating_add(other.failed_requests);
        self.harmed_users = self.harmed_users.saturating_add(other.harmed_users);
        self.engineer_micros = self.engineer_micros.saturating_add(other.engineer_micros);
        self.delay_micros = self.delay_micros.saturating_add(other.delay_micros);
    }
}

/// Many changes added up. The sums are whole, so that their order does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledgers {
    sums: [i128; LINES],
    peak_pods: u32,
    changes: u64,
}

impl Ledgers {
    /// One more change.
    pub fn add(&mut self, ledger: &Ledger) {
        for (sum, line) in self.sums.iter_mut().zip(Line::ALL) {
            *sum += i128::from(ledger.parts(line));
        }
        self.peak_pods = self.peak_pods.max(ledger.peak_pods);
        self.changes += 1;
    }

    /// How many changes.
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// The most pods at one time in any of them.
    pub const fn peak_pods(&self) -> u32 {
        self.peak_pods
    }

    /// The mean change; nothing when there was none.
    pub fn mean(&self) -> Option<MeanLedger> {
        if self.changes == 0 {
            return None;
        }
        let mean = |line: Line| {
            self.sums[line as usize] as f64 / line.parts() as f64 / self.changes as f64
        };
        Some(MeanLedger(Line::ALL.map(mean)))
    }
}

/// The mean quantities of many changes: pod-hours, requests, users, hours of people, hours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanLedger(pub [f64; LINES]);

impl MeanLedger {
    /// The mean of a mixture of changes; nothing without any.
    pub fn mixed<'a>(parts: impl Iterator<Item = (f64, &'a Self)>) -> Option<Self> {
        let (mut sums, mut all) = ([0.0; LINES], 0.0);
        for (weight, part) in parts {
            for (sum, amount) in sums.iter_mut().zip(part.0) {
                *sum += weight * amount;
            }
            all += weight;
        }
        (all > 0.0).then(|| Self(sums.map(|sum| sum / all)))
    }

    /// The mean of one line in what has its price: hours, requests or users.
    pub const fn amount(&self, line: Line) -> f64 {
        self.0[line as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_attempt_adds_up_and_keeps_the_higher_peak() {
        let mut first = Ledger { peak_pods: 20, failed_requests: 5, ..Ledger::default() };
        let second =
            Ledger { peak_pods: 12, failed_requests: 7, delay_micros: 3, ..Ledger::default() };
        first.add(&second);
        let both =
            Ledger { peak_pods: 20, failed_requests: 12, delay_micros: 3, ..Ledger::default() };
        assert_eq!(first, both);
        first.add(&Ledger { failed_requests: i64::MAX, ..Ledger::default() });
        assert_eq!(first.failed_requests, i64::MAX);
    }

    #[test]
    fn the_mean_is_in_units_of_prices() {
        let mut ledgers = Ledgers::default();
        assert_eq!(ledgers.mean(), None);
        let hours = 3_600_000_000;
        ledgers.add(&Ledger { pod_micros_above: 4 * hours, peak_pods: 9, ..Ledger::default() });
        ledgers.add(&Ledger { harmed_users: 3_000, engineer_micros: hours, ..Ledger::default() });
        assert_eq!(ledgers.mean(), Some(MeanLedger([2.0, 0.0, 1.5, 0.5, 0.0])));
        assert_eq!((ledgers.changes(), ledgers.peak_pods()), (2, 9));
    }
}
