//! As many replications as it takes to know the two rates that a gate is tuned by.

use estimate::stopping::{Prefix, Rule};

use super::replicate::{Onlooker, Sample, Workers, replicate};
use crate::scenario::Scenario;
use crate::simulation::{Measures, Truth};

/// The first border at which the rates are looked at; each further one is twice as far.
pub const FIRST_BORDER: u64 = 1024;

/// No experiment goes further on its own.
pub const LAST_BORDER: u64 = FIRST_BORDER << 8;

/// False rollbacks are known to half a percentage point.
const FALSE_ROLLBACK: Rule = Rule { n_min: 500, confidence: 0.95, half_width: 0.005, rare: 0.002 };

/// Catches are known to two percentage points.
const CAUGHT: Rule = Rule { n_min: 200, confidence: 0.95, half_width: 0.02, rare: 0.01 };

/// How an experiment without a fixed size ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Every rate that occurs is known well enough.
    Reached,
    /// The last border came first.
    NotReached,
    /// The onlooker stopped it.
    Stopped,
}

/// Replicates until the rates are known, at the same border whatever the number of workers.
pub fn replicate_until_known(
    scenario: &Scenario,
    seed: u64,
    workers: &Workers,
    onlooker: &dyn Onlooker,
) -> (Sample<Measures>, Precision) {
    let mut sample = Sample::new(seed);
    let mut border = FIRST_BORDER;
    loop {
        let range = sample.len()..border;
        sample.values.extend(replicate(scenario, seed, range, workers, onlooker));
        if sample.len() < border {
            return (sample, Precision::Stopped);
        }
        if is_known(&sample.values) {
            return (sample, Precision::Reached);
        }
        if border >= LAST_BORDER {
            return (sample, Precision::NotReached);
        }
        border *= 2;
    }
}

/// Whether both rates are known; one that no world speaks of is not asked for.
fn is_known(measures: &[Measures]) -> bool {
    let known = |rule: Rule, truth: Truth, event: fn(&Measures) -> bool| {
        let worlds = || measures.iter().filter(|measures| measures.truth == truth);
        let n = worlds().count() as u64;
        let x = worlds().filter(|measures| event(measures)).count() as u64;
        n == 0 || rule.at(Prefix { n, x }).is_some()
    };
    known(FALSE_ROLLBACK, Truth::Good, Measures::is_false_rollback)
        && known(CAUGHT, Truth::Bad, Measures::is_caught)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Alone, reference};

    #[test]
    fn it_stops_at_a_border_when_both_rates_are_known() {
        let scenario = reference::scenario("canary");
        let workers = Workers::new(std::num::NonZeroUsize::new(2)).expect("threads");
        let (sample, precision) = replicate_until_known(&scenario, 0, &workers, &Alone);
        assert_eq!(precision, Precision::Reached);
        assert!(sample.len().is_power_of_two() && sample.len() >= FIRST_BORDER);
        assert!(is_known(&sample.values));
        assert!(!is_known(&sample.values[..400]));
    }
}
