//! As many replications as it takes to know the two rates that a gate is tuned by.

use estimate::stopping::{Prefix, Rule};

use super::catalog::find;
use super::finding::Finder;
use super::replicate::{Onlooker, Sample, Workers, replicate};
use super::strata::Strata;
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
        if is_known(scenario, &sample.values) {
            return (sample, Precision::Reached);
        }
        if border >= LAST_BORDER {
            return (sample, Precision::NotReached);
        }
        border *= 2;
    }
}

/// Whether both rates are known; one that no world speaks of is not asked for.
fn is_known(scenario: &Scenario, measures: &[Measures]) -> bool {
    let strata = Strata::of(scenario, measures);
    let mut finder = Finder::new(scenario, measures);
    let mut known = |rule: Rule, name: &str, truth: Truth| {
        let Some(found) = find(name).map(|measure| finder.find(measure)) else { return false };
        let Some(estimate) = found.estimate else { return true };
        let events = found.events.unwrap_or_default();
        if (1..estimate.n).contains(&events) {
            return estimate.n >= rule.n_min && estimate.interval.half_width() <= rule.half_width;
        }
        // All alike: as many worlds as are worth these, some of which stand for more than others.
        let weights = strata.worlds().filter(|(_, it)| it.truth == truth).map(|(each, _)| each);
        let (sum, squares) =
            weights.fold((0.0, 0.0), |sums, each| (sums.0 + each, sums.1 + each * each));
        let worth = (sum * sum / squares).floor() as u64;
        rule.at(Prefix { n: worth, x: if events == 0 { 0 } else { worth } }).is_some()
    };
    known(FALSE_ROLLBACK, "false-rollback", Truth::Good) && known(CAUGHT, "caught", Truth::Bad)
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
        assert!(is_known(&scenario, &sample.values));
        assert!(!is_known(&scenario, &sample.values[..400]));
    }
}
