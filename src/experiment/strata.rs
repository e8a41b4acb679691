//! The kinds of releases of a sample: each has its own worlds, and comes as often as its weight
//! says. Whatever is asked of all releases is asked of the kinds, and weighted.

use estimate::strata::Stratum;

use crate::scenario::Scenario;
use crate::simulation::Measures;

/// Worlds, or pairs of them, by the kind of their release, with how often each kind comes.
#[derive(Clone, Debug)]
pub(super) struct Strata<T> {
    kinds: Vec<Stratum<Vec<T>>>,
}

impl<T> Strata<T> {
    /// Something of every world, weighted as the releases of a scenario.
    pub(super) fn new(scenario: &Scenario, all: impl Iterator<Item = (u16, T)>) -> Self {
        let sum: f64 = scenario.releases.iter().map(|release| release.weight).sum();
        let empty = |weight: f64| Stratum { weight: weight / sum, n: 0, members: Vec::new() };
        let mut kinds: Vec<_> = scenario.releases.iter().map(|it| empty(it.weight)).collect();
        for (release, it) in all {
            if let Some(kind) = kinds.get_mut(usize::from(release)) {
                kind.members.push(it);
                kind.n += 1;
            }
        }
        // A kind that never comes says nothing, although it may have been tried.
        kinds.retain(|kind| kind.weight > 0.0 && kind.n > 0);
        Self { kinds }
    }

    /// Something made of the worlds of each kind.
    pub(super) fn map<U>(&self, of: impl Fn(&Stratum<Vec<T>>) -> U) -> Vec<Stratum<U>> {
        let one =
            |kind: &Stratum<Vec<T>>| Stratum { weight: kind.weight, n: kind.n, members: of(kind) };
        self.kinds.iter().map(one).collect()
    }

    /// The worlds that count, with the share of all changes that each stands for.
    pub(super) fn worlds(&self) -> impl Iterator<Item = (f64, &T)> {
        let all: f64 = self.kinds.iter().map(|kind| kind.weight).sum();
        self.kinds.iter().flat_map(move |kind| {
            let each = kind.weight / all / kind.n as f64;
            kind.members.iter().map(move |it| (each, it))
        })
    }
}

impl<'a> Strata<&'a Measures> {
    /// The worlds of a sample, weighted as the releases of a scenario.
    pub(super) fn of(scenario: &Scenario, sample: &'a [Measures]) -> Self {
        Self::new(scenario, sample.iter().map(|it| (it.release, it)))
    }

    /// Worlds of one kind, whatever its weight is.
    pub(super) fn one(worlds: impl Iterator<Item = &'a Measures>) -> Self {
        let members: Vec<_> = worlds.collect();
        Self { kinds: vec![Stratum { weight: 1.0, n: members.len() as u64, members }] }
    }

    /// How often something happens in all changes.
    pub(super) fn share(&self, happens: impl Fn(&Measures) -> bool) -> f64 {
        self.worlds().filter(|(_, it)| happens(it)).map(|(each, _)| each).sum()
    }
}
