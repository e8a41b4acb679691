//! What another assumption does to what was concluded.

use estimate::{Estimate, Interval};

use super::end::End;
use super::{Policy, Question, Reversed, Subject};
use crate::experiment::catalog::find;
use crate::experiment::contrast::Comparative;
use crate::experiment::expectation::{Side, Standing};
use crate::experiment::finding::Finding;
use crate::experiment::measure::{How, Measure};

/// Something that was concluded, and may be otherwise under another assumption.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Conclusion {
    /// How something stands that is wanted, by its place.
    Wanted(usize, Standing),
    /// What the sentence is about.
    Subject(Subject),
    /// Which variant is the best at something.
    Lead(&'static Measure, usize),
}

/// The conclusions that the interval does not leave open.
pub(super) fn conclusions(question: &Question<'_>) -> Vec<Conclusion> {
    if let Some(comparison) = question.comparison {
        let certain =
            comparison.leads.iter().filter(|it| it.contrast.verdict == Comparative::Better);
        return certain.map(|it| Conclusion::Lead(it.contrast.measure, it.best)).collect();
    }
    let policy = question.policies[0];
    let wanted = policy.wanted.iter().enumerate();
    let wanted: Vec<_> =
        wanted.map(|(place, it)| Conclusion::Wanted(place, it.standing(policy.summary))).collect();
    if wanted.is_empty() {
        let seen = |name: &str| seen(policy, name).map_or(0.0, |it| it.value);
        return vec![Conclusion::Subject(subject(seen))];
    }
    let open = Standing::Undecided;
    wanted
        .into_iter()
        .filter(|it| !matches!(it, Conclusion::Wanted(_, now) if *now == open))
        .collect()
}

/// What becomes of a conclusion, and whether the interval says so; nothing when it stays.
pub(super) fn reversed(
    question: &Question<'_>,
    conclusion: Conclusion,
    end: &End,
) -> Option<(Reversed, bool)> {
    match conclusion {
        Conclusion::Wanted(place, now) => wanted(question.policies, place, now, end),
        Conclusion::Subject(now) => {
            let value = |name: &str| {
                let measure = find(name)?;
                Some(moved(question.policies, 0, measure, end)?.value)
            };
            let then = subject(|name| value(name).unwrap_or(0.0));
            (then != now).then_some((Reversed::Subject { now, then }, false))
        }
        Conclusion::Lead(aim, now) => lead(question.policies, aim, now, end),
    }
}

fn wanted(
    policies: &[Policy<'_>],
    place: usize,
    now: Standing,
    end: &End,
) -> Option<(Reversed, bool)> {
    let wanted = &policies[0].wanted[place];
    let measure = wanted.measure;
    let estimate = moved(policies, 0, measure, end)?;
    let is_met = match wanted.side {
        Side::AtMost => estimate.value <= wanted.bound,
        Side::AtLeast => estimate.value >= wanted.bound,
    };
    if is_met == (now == Standing::Held) {
        return None;
    }
    let finding = Finding { measure, events: None, beyond: 0, estimate: Some(estimate) };
    let certain = wanted.judge(&finding) != Standing::Undecided;
    let value = estimate.value;
    Some((Reversed::Wanted { wanted: wanted.clone(), now, value }, certain))
}

fn lead(
    policies: &[Policy<'_>],
    aim: &'static Measure,
    now: usize,
    end: &End,
) -> Option<(Reversed, bool)> {
    let value =
        |policy: &usize| moved(policies, *policy, aim, end).map_or(f64::INFINITY, |it| it.value);
    let then = (0..policies.len()).min_by(|a, b| value(a).total_cmp(&value(b)))?;
    if then == now || value(&then) >= value(&now) {
        return None;
    }
    let certain = end.contrast(policies, [then, now], aim).verdict == Comparative::Better;
    Some((Reversed::Lead { aim, now, then }, certain))
}

/// What a run without expectations speaks of: what goes wrong more often.
fn subject(value: impl Fn(&str) -> f64) -> Subject {
    let wronged = value("false-rollback") * value("good");
    let missed = value("missed") * value("bad");
    if wronged <= 0.0 && missed <= 0.0 {
        Subject::AllWell
    } else if wronged > missed {
        Subject::FalseRollbacks
    } else {
        Subject::Misses
    }
}

/// What all worlds of a policy say.
pub(super) fn seen(policy: Policy<'_>, name: &str) -> Option<Estimate> {
    policy.summary.get(name).estimate.filter(|it| it.value.is_finite())
}

/// What a measure would be: what all worlds say, and by how much it differs in those that were
/// tried again. Both are uncertain, independently as far as that goes.
pub(super) fn moved(
    policies: &[Policy<'_>],
    policy: usize,
    measure: &'static Measure,
    end: &End,
) -> Option<Estimate> {
    let seen = seen(policies[policy], measure.name)?;
    let less = end.difference(policies, policy, measure).filter(|it| it.value.is_finite())?;
    let value = bounded(measure, seen.value + less.value);
    let radius = |a: f64, b: f64| (a * a + b * b).sqrt();
    let low = value - radius(seen.value - seen.interval.low, less.value - less.interval.low);
    let high = value + radius(seen.interval.high - seen.value, less.interval.high - less.value);
    let interval = Interval { low: bounded(measure, low), high: bounded(measure, high) };
    Some(Estimate { value, interval, confidence: seen.confidence, n: less.n })
}

/// No share is below zero or above one, and nothing that is counted is below zero.
fn bounded(measure: &Measure, value: f64) -> f64 {
    match measure.how {
        How::Saved(..) => value.min(1.0),
        How::Rate(_) | How::PerReading(_) => value.clamp(0.0, 1.0),
        How::Mean(_) | How::Quantile(..) | How::Worst(_) | How::PerWeek(_) => value.max(0.0),
    }
}
