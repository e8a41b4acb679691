//! The search: a few worlds at every end, more where it matters, and a narrowing of what reverses
//! a conclusion.

use std::collections::BTreeMap;

use estimate::Estimate;

use super::effort::Plan;
use super::end::End;
use super::judge::{self, Conclusion, conclusions, reversed, seen};
use super::scale::middle;
use super::{
    Formed, HEADLINE, Influence, Policy, Question, Reversal, Robustness, Shift, Spread, Unlooked,
};
use crate::document::{Assumption, assumptions};
use crate::experiment::catalog::find;
use crate::experiment::compare::Comparison;
use crate::experiment::measure::Measure;
use crate::experiment::replicate::replicate_each;
use crate::scenario::FORMS;
use crate::simulation::Measures;

/// How many assumptions are told that matter most.
const TOLD: usize = 3;

/// How often the way to a reversing change is halved.
const HALVINGS: usize = 3;

/// How wrong the numbers can be because of what was assumed.
pub fn robustness(question: &Question<'_>) -> Result<Robustness, Unlooked> {
    let all = in_force(question.policies);
    if all.is_empty() {
        return Err(Unlooked::Nothing);
    }
    // Without worlds to spare the ends are not even read.
    let made = question.policies[0].sample.len() as u64;
    let kinds = question.policies.iter().map(|it| it.scenario.kinds()).max().unwrap_or(1);
    Plan::of(question.effort, (2, 0), (made, kinds))?;
    let mut search = Search::new(question, &all);
    let count = |is_form: bool| {
        let of = |end: &&End| end.policies() > 0 && end.form.is_some() == is_form;
        search.ends.iter().filter(of).count() as u64
    };
    let forms = count(true);
    let plan = Plan::of(question.effort, (count(false), forms), (made, kinds))?;
    search.all(plan.coarse);
    let close = search.closely(&plan);
    let conclusions = conclusions(question);
    let reversals = search.reversals(&conclusions, &plan, &close);
    if search.made == 0 && !search.whole {
        return Err(Unlooked::Stopped);
    }
    Ok(Robustness {
        assumptions: all.len(),
        impossible: search.impossible,
        plan,
        close: search.paths(&close, false),
        reckoned: search.paths(&close, true),
        forms: forms as usize,
        replications: search.made,
        conclusions: conclusions.len(),
        spreads: search.spreads(&close),
        influences: search.influences(&close),
        reversals,
        whole: search.whole,
    })
}

/// The assumptions with a range that any of the policies rests on.
fn in_force(policies: &[Policy<'_>]) -> Vec<Assumption> {
    let mut all: Vec<Assumption> = Vec::new();
    for policy in policies {
        for it in assumptions(policy.tree) {
            if it.range.is_some() && all.iter().all(|known| known.path != it.path) {
                all.push(it);
            }
        }
    }
    all
}

struct Search<'a> {
    question: &'a Question<'a>,
    ends: Vec<End>,
    impossible: usize,
    /// Replications that were made.
    made: u64,
    /// Whether nobody stopped it.
    whole: bool,
    /// The headline: measures of policies.
    headline: Vec<(usize, &'static Measure)>,
}

impl<'a> Search<'a> {
    fn new(question: &'a Question<'a>, all: &[Assumption]) -> Self {
        let (mut ends, mut impossible) = (Vec::new(), 0);
        for it in all {
            let range = it.range.iter().flat_map(|range| [range.low, range.high]);
            for to in range.filter(|to| *to != it.value) {
                let to = to.trim_matches('"').to_owned();
                let shift = Shift { path: it.path.clone(), from: it.value.clone(), to };
                match End::new(question.policies, shift) {
                    Some(end) => ends.push(end),
                    None => impossible += 1,
                }
            }
        }
        ends.extend(FORMS.iter().filter_map(|form| End::of_form(question.policies, form)));
        let names: &[&str] =
            if question.comparison.is_some() { &Comparison::AIMS } else { &HEADLINE };
        let policies = 0..question.policies.len();
        let headline = policies
            .flat_map(|policy| names.iter().filter_map(move |name| Some((policy, find(name)?))));
        let headline = headline.collect();
        Self { question, ends, impossible, made: 0, whole: true, headline }
    }

    /// Tries so many worlds again at every end.
    fn all(&mut self, worlds: u64) {
        let places: Vec<usize> = (0..self.ends.len()).collect();
        self.again(&places, worlds);
    }

    /// Tries so many worlds again at these ends, the first ones: as many of each kind of release.
    /// Those that were tried already are kept.
    fn again(&mut self, places: &[usize], worlds: u64) {
        let worlds = worlds.min(self.question.policies[0].sample.len() as u64);
        let (mut units, mut of) = (Vec::new(), Vec::new());
        for place in places {
            let end = &self.ends[*place];
            if end.is_reckoning || end.made() >= worlds {
                continue;
            }
            for (policy, scenario) in end.scenarios.iter().enumerate() {
                if let Some(scenario) = scenario {
                    units.push((scenario, end.made()..worlds));
                    of.push((*place, policy));
                }
            }
        }
        let Question { seed, workers, onlooker, .. } = *self.question;
        let found = replicate_each(&units, seed, workers, onlooker);
        self.whole &= found.len() == units.len();
        let mut by_end: BTreeMap<usize, Vec<(usize, Vec<Measures>)>> = BTreeMap::new();
        for ((place, policy), values) in of.iter().zip(found) {
            self.made += values.len() as u64;
            by_end.entry(*place).or_default().push((*policy, values));
        }
        for (place, values) in by_end {
            // An end that was stopped half-way stays as it was.
            if values.len() as u64 == self.ends[place].policies() {
                self.ends[place].extend(values, worlds);
            }
        }
    }

    /// Whether anything is known at an end.
    fn is_known(&self, place: usize) -> bool {
        self.ends[place].is_reckoning || self.ends[place].made() > 0
    }

    /// How much an end matters: the largest difference as a multiple of the uncertainty that the
    /// number has anyway.
    fn weight(&self, place: usize) -> f64 {
        let moves = self.headline.iter().filter_map(|it| self.relative(place, *it));
        moves.map(|(weight, _)| weight).fold(0.0, f64::max)
    }

    fn relative(
        &self,
        place: usize,
        (policy, measure): (usize, &'static Measure),
    ) -> Option<(f64, Estimate)> {
        let policies = self.question.policies;
        let seen = seen(policies[policy], measure.name)?;
        let less = self.ends[place].difference(policies, policy, measure)?;
        let radius = seen.interval.half_width().max(1e-12);
        less.value.is_finite().then(|| (less.value.abs() / radius, less))
    }

    /// Looks closely at what matters most; the ends of which enough is known.
    fn closely(&mut self, plan: &Plan) -> Vec<usize> {
        let known: Vec<usize> = (0..self.ends.len()).filter(|it| self.is_known(*it)).collect();
        let Some(most) = plan.close else { return known };
        let mut paths: Vec<(f64, &str)> = Vec::new();
        let is_form = |place: &usize| self.ends[*place].form.is_some();
        let ranges = known.iter().filter(|it| !self.ends[**it].is_reckoning && !is_form(it));
        for place in ranges {
            let (weight, path) = (self.weight(*place), self.ends[*place].shift.path.as_str());
            match paths.iter_mut().find(|it| it.1 == path) {
                Some(it) => it.0 = it.0.max(weight),
                None => paths.push((weight, path)),
            }
        }
        paths.retain(|it| it.0 > 0.0);
        paths.sort_by(|a, b| b.0.total_cmp(&a.0));
        paths.truncate(most);
        let is_close = |place: &usize| {
            is_form(place) || paths.iter().any(|it| it.1 == self.ends[*place].shift.path)
        };
        let close: Vec<usize> = known.iter().copied().filter(is_close).collect();
        let reckoned = known.into_iter().filter(|place| self.ends[*place].is_reckoning);
        let all: Vec<usize> = close.iter().copied().chain(reckoned).collect();
        self.again(&close, plan.fine);
        all
    }

    /// How many assumptions these ends are of: those of prices, or the others.
    fn paths(&self, places: &[usize], is_reckoning: bool) -> usize {
        let ends = places.iter().map(|place| &self.ends[*place]);
        let ends = ends.filter(|end| end.is_reckoning == is_reckoning && end.form.is_none());
        let mut paths: Vec<&str> = ends.map(|end| end.shift.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths.len()
    }

    /// The spread of the headline: of every measure of a run, of the best variant at every aim.
    fn spreads(&self, close: &[usize]) -> Vec<Spread> {
        let leads = self.question.comparison.map(|it| &it.leads);
        let is_told = |(policy, measure): &&(usize, &'static Measure)| match leads {
            None => true,
            Some(leads) => {
                let name = measure.name;
                leads.iter().any(|it| it.contrast.measure.name == name && it.best == *policy)
            }
        };
        self.headline.iter().filter(is_told).filter_map(|it| self.spread(*it, close)).collect()
    }

    fn spread(
        &self,
        (policy, measure): (usize, &'static Measure),
        close: &[usize],
    ) -> Option<Spread> {
        let policies = self.question.policies;
        let value = seen(policies[policy], measure.name)?;
        let (mut low, mut high) = (None::<(f64, Shift)>, None::<(f64, Shift)>);
        let mut forms = Vec::new();
        for end in close.iter().map(|place| &self.ends[*place]) {
            let Some(less) = end.difference(policies, policy, measure) else { continue };
            let Some(moved) = judge::moved(policies, policy, measure, end) else { continue };
            if let Some(form) = end.form {
                let certain = less.interval.low > 0.0 || less.interval.high < 0.0;
                let (shift, value) = (end.shift.clone(), moved.value);
                forms.push(Formed { shift, why: form.why, value, certain });
                continue;
            }
            let at = || Some((moved.value, end.shift.clone()));
            if less.interval.high < 0.0 && low.as_ref().is_none_or(|it| moved.value < it.0) {
                low = at();
            }
            if less.interval.low > 0.0 && high.as_ref().is_none_or(|it| moved.value > it.0) {
                high = at();
            }
        }
        Some(Spread { policy, measure, value, low, high, forms })
    }

    /// What matters most: of every assumption the end and the measure that it moves most, where
    /// that is certain.
    fn influences(&self, close: &[usize]) -> Vec<Influence> {
        let mut all: Vec<(f64, Influence)> = Vec::new();
        for place in close.iter().filter(|place| self.ends[**place].form.is_none()) {
            let moves = self.headline.iter().filter_map(|it| {
                let (weight, difference) = self.relative(*place, *it)?;
                let certain = difference.interval.low > 0.0 || difference.interval.high < 0.0;
                certain.then_some((weight, *it, difference))
            });
            let Some((weight, (policy, measure), difference)) =
                moves.max_by(|a, b| a.0.total_cmp(&b.0))
            else {
                continue;
            };
            let shift = self.ends[*place].shift.clone();
            let known = all.iter().position(|it| it.1.shift.path == shift.path);
            let new = (weight, Influence { shift, policy, measure, difference });
            match known {
                Some(at) if all[at].0 >= weight => {}
                Some(at) => all[at] = new,
                None => all.push(new),
            }
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all.into_iter().take(TOLD).map(|it| it.1).collect()
    }

    /// The smallest change that reverses each conclusion, one that is certain before one that is
    /// not; the way to it is halved as long as there are replications to spare.
    fn reversals(
        &mut self,
        conclusions: &[Conclusion],
        plan: &Plan,
        close: &[usize],
    ) -> Vec<Reversal> {
        let mut all: Vec<(f64, Reversal)> = Vec::new();
        for conclusion in conclusions {
            let far = |end: &End| end.distance.unwrap_or(f64::INFINITY);
            let found = close.iter().filter_map(|place| {
                let (of, certain) = reversed(self.question, *conclusion, &self.ends[*place])?;
                Some((*place, of, certain, far(&self.ends[*place])))
            });
            let nearest = found.min_by(|a, b| {
                let order = |it: &(usize, _, bool, f64)| (!it.2, it.3);
                let (one, other) = (order(a), order(b));
                one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
            });
            let Some((place, of, certain, distance)) = nearest else { continue };
            let shift = self.ends[place].shift.clone();
            let end = Reversal { of, shift, certain };
            all.push(self.narrowed(*conclusion, (distance, end), plan));
        }
        all.sort_by(|a, b| b.1.certain.cmp(&a.1.certain).then(a.0.total_cmp(&b.0)));
        all.into_iter().map(|it| it.1).collect()
    }

    /// Halves the way between what is assumed and a change that reverses a conclusion.
    fn narrowed(
        &mut self,
        conclusion: Conclusion,
        (mut distance, mut reversal): (f64, Reversal),
        plan: &Plan,
    ) -> (f64, Reversal) {
        let mut stays = reversal.shift.from.clone();
        let per_world = self.question.policies.len() as u64;
        for _ in 0..HALVINGS {
            let Some(to) = middle(&stays, &reversal.shift.to) else { break };
            let shift = Shift { to, ..reversal.shift.clone() };
            let Some(end) = End::new(self.question.policies, shift) else { break };
            let cost = plan.fine * end.policies();
            if !self.whole || self.made + cost > plan.most.saturating_mul(per_world) {
                break;
            }
            let place = self.ends.len();
            self.ends.push(end);
            self.again(&[place], plan.fine);
            if !self.is_known(place) {
                break;
            }
            let end = &self.ends[place];
            match reversed(self.question, conclusion, end) {
                Some((of, certain)) if certain || !reversal.certain => {
                    distance = end.distance.unwrap_or(distance);
                    reversal = Reversal { of, shift: end.shift.clone(), certain };
                }
                _ => stays.clone_from(&end.shift.to),
            }
        }
        (distance, reversal)
    }
}
