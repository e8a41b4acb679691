//! An end of a range: the scenarios under another assumption, and what the same worlds say there.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Policy, Shift};
use crate::document::{Decode, Node, Problems, complete, decode};
use crate::experiment::catalog::MEASURES;
use crate::experiment::contrast::{Contrast, Side, Sides};
use crate::experiment::finding::{Finder, Finding};
use crate::experiment::measure::{How, Measure};
use crate::scenario::{Form, Scenario, ScenarioDoc, validate_like};
use crate::simulation::Measures;
use estimate::{Estimate, Interval};

/// Parts of a document that no world depends on: a world is not tried again for them.
const LEDGER: [&str; 3] = ["costs.", "changesPerWeek", "slo.availability"];

/// All policies under one other assumption.
pub(super) struct End {
    /// The assumption that is moved.
    pub(super) shift: Shift,
    /// The form of the model that it is, when it is no end of a range.
    pub(super) form: Option<&'static Form>,
    /// How far it is moved, where that can be said.
    pub(super) distance: Option<f64>,
    /// Whether only the reckoning changes, and no world.
    pub(super) is_reckoning: bool,
    /// Each policy under the other assumption; nothing where it does not assume that.
    pub(super) scenarios: Vec<Option<Scenario>>,
    /// What was tried again, of each policy: the first worlds.
    values: Vec<Vec<Measures>>,
    /// How many of them.
    made: u64,
    /// Differences that were asked for, by policy and measure.
    known: RefCell<BTreeMap<(usize, &'static str), Option<Estimate>>>,
}

impl End {
    /// The end of a range; nothing when it contradicts what somebody wrote.
    pub(super) fn new(policies: &[Policy<'_>], shift: Shift) -> Option<Self> {
        let (path, to) = (shift.path.clone(), shift.to.clone());
        Self::edited(policies, shift, |tree| tree.assuming(&path, &to))
    }

    /// Another form of the model; nothing when no policy has it, or it is not possible.
    pub(super) fn of_form(policies: &[Policy<'_>], form: &'static Form) -> Option<Self> {
        let [path, from, to] = [form.part, form.from, form.to].map(str::to_owned);
        let end = Self::edited(policies, Shift { path, from, to }, |tree| form.of(tree))?;
        let is_any = end.scenarios.iter().any(Option::is_some);
        is_any.then_some(Self { form: Some(form), distance: None, ..end })
    }

    fn edited(
        policies: &[Policy<'_>],
        shift: Shift,
        edit: impl Fn(&Node) -> Option<Node>,
    ) -> Option<Self> {
        let mut scenarios = Vec::new();
        for policy in policies {
            scenarios.push(match edit(policy.tree) {
                None => None,
                Some(tree) => {
                    let mut problems = Problems::new();
                    let tree = complete(ScenarioDoc::shape(), tree);
                    let doc: ScenarioDoc = decode(&tree, &mut problems)?;
                    let (name, like) = (&policy.scenario.name, Some(policy.scenario));
                    Some(validate_like(&doc, name, &mut problems, like)?)
                }
            });
        }
        let distance = super::scale::distance(&shift.from, &shift.to);
        let is_reckoning = LEDGER.iter().any(|part| shift.path.starts_with(part));
        let values = vec![Vec::new(); policies.len()];
        let (known, form) = (RefCell::default(), None);
        Some(Self { shift, form, distance, is_reckoning, scenarios, values, made: 0, known })
    }

    /// How many policies have to be simulated for it.
    pub(super) fn policies(&self) -> u64 {
        if self.is_reckoning { 0 } else { self.scenarios.iter().flatten().count() as u64 }
    }

    /// By how much a measure of a policy differs from what it is now, in the same worlds. Nothing
    /// when one of the two has no number; a difference of nothing where nothing changes.
    pub(super) fn difference(
        &self,
        policies: &[Policy<'_>],
        policy: usize,
        measure: &'static Measure,
    ) -> Option<Estimate> {
        let before = policies[policy];
        let Some(scenario) = &self.scenarios[policy] else { return Some(NONE) };
        let key = (policy, measure.name);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let (now, then) = (self.base(before), self.worlds(policies, policy));
        let difference = held(measure, (scenario, then), (before.scenario, now)).difference;
        self.known.borrow_mut().insert(key, difference);
        difference
    }

    /// How a policy differs from another one under this assumption.
    pub(super) fn contrast(
        &self,
        policies: &[Policy<'_>],
        [one, other]: [usize; 2],
        measure: &'static Measure,
    ) -> Contrast {
        let scenario =
            |policy: usize| self.scenarios[policy].as_ref().unwrap_or(policies[policy].scenario);
        let side = |policy: usize| (scenario(policy), self.worlds(policies, policy));
        held(measure, side(one), side(other))
    }

    /// How many worlds were tried again: the first ones.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Adds what the worlds that follow say, policy by policy, up to the first `made`.
    pub(super) fn extend(&mut self, found: Vec<(usize, Vec<Measures>)>, made: u64) {
        self.known.borrow_mut().clear();
        for (policy, new) in found {
            self.values[policy].extend(new);
        }
        self.made = made;
    }

    /// The worlds of a policy as they are now.
    fn base<'a>(&self, policy: Policy<'a>) -> &'a [Measures] {
        let made = if self.is_reckoning { policy.sample.len() } else { self.made as usize };
        &policy.sample[..made]
    }

    /// The worlds of a policy under the other assumption.
    fn worlds<'a>(&'a self, policies: &[Policy<'a>], policy: usize) -> &'a [Measures] {
        if self.is_reckoning || self.scenarios[policy].is_none() {
            return self.base(policies[policy]);
        }
        &self.values[policy]
    }
}

const NONE: Estimate =
    Estimate { value: 0.0, interval: Interval { low: 0.0, high: 0.0 }, confidence: 1.0, n: 0 };

/// First - second in the same worlds.
fn held(
    measure: &'static Measure,
    first: (&Scenario, &[Measures]),
    second: (&Scenario, &[Measures]),
) -> Contrast {
    let place = MEASURES.iter().position(|it| it.name == measure.name).unwrap_or(0);
    let findings = [first, second].map(|it| findings(it, place));
    let side = |(scenario, sample), findings| Side { scenario, sample, findings };
    Sides::new([side(first, &findings[0]), side(second, &findings[1])]).contrast(measure, place)
}

/// The finding at one place of the catalog, where a contrast needs it: for a quantile.
fn findings((scenario, sample): (&Scenario, &[Measures]), place: usize) -> Vec<Finding> {
    if !matches!(MEASURES[place].how, How::Quantile(..)) {
        return Vec::new();
    }
    let mut finder = Finder::new(scenario, sample);
    let nothing = |measure| Finding { measure, events: None, beyond: 0, estimate: None };
    let mut all: Vec<_> = MEASURES.iter().map(nothing).collect();
    all[place] = finder.find(&MEASURES[place]);
    all
}
