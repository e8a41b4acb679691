//! Which of the worlds that were made are tried again.

use crate::experiment::measure::Worlds;
use crate::scenario::Scenario;
use crate::simulation::Measures;

/// Worlds by their indices: the first ones without a gap, and the next ones whose release has a
/// fault. Most releases are good, so that few of the first worlds say anything of bad ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// In order.
    pub(super) indices: Vec<u64>,
    /// How many of them are the first ones.
    pub(super) first: usize,
}

impl Chosen {
    /// So many worlds of a sample; more worlds are always those and others.
    pub(super) fn of(scenario: &Scenario, sample: &[Measures], count: u64) -> Self {
        let count = (count as usize).min(sample.len());
        let is_faulty = |index: &usize| {
            let release = scenario.releases.get(usize::from(sample[*index].release));
            release.is_some_and(|release| !release.faults.is_empty())
        };
        let half = count.div_ceil(2);
        let faulty: Vec<usize> =
            (half..sample.len()).filter(is_faulty).take(count - half).collect();
        // Where there are not enough of them, first ones take their places.
        let mut first = half;
        while first + faulty.iter().filter(|index| **index >= first).count() < count {
            first += 1;
        }
        let others = faulty.into_iter().filter(|index| *index >= first);
        let indices = (0..first).chain(others).map(|index| index as u64).collect();
        Self { indices, first }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.indices.len()
    }

    /// Those worlds of a sample of these that are a fair draw of the worlds that a measure is
    /// about: only a release with a fault can be bad.
    pub(super) fn fair<'a>(&self, values: &'a [Measures], worlds: Worlds) -> &'a [Measures] {
        match worlds {
            Worlds::Bad | Worlds::Harmed | Worlds::Resolved => values,
            Worlds::All | Worlds::Good | Worlds::RolledBack | Worlds::FalselyRolledBack => {
                &values[..self.first]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::experiment::{Alone, Workers, reference, replicate};

    #[test]
    fn more_worlds_are_those_and_others_and_half_of_them_are_the_first() {
        let scenario = reference::scenario("noisy");
        let workers = Workers::new(NonZeroUsize::new(1)).expect("threads");
        let sample = replicate(&scenario, 0, 0..300, &workers, &Alone);
        let few = Chosen::of(&scenario, &sample, 20);
        let many = Chosen::of(&scenario, &sample, 90);
        assert_eq!((few.len(), many.len()), (20, 90));
        assert!(few.first >= 10 && few.indices.is_sorted() && many.indices.is_sorted());
        assert!(few.indices.iter().all(|index| many.indices.contains(index)));
        assert_eq!(Chosen::of(&scenario, &sample, 1000).len(), 300);
    }
}
