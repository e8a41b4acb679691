//! Queries with the bounds that their values must keep, whoever asks them.

use promql::ast::{Expr, ExprKind, Operator};
use promql::{Function, Place as Part};

use super::alerts::Alert;
use super::argo::{Metric, Promotion, Rollout, Template};
use super::condition::Condition;
use super::flagger::{Canary, Check};
use super::number::SCRAPE;
use super::objects::Files;
use super::query::{Query, all, selectors};
use super::ratio::{Ratio, constant, ratio};
use crate::controller::argo::Phase;
use crate::document::{Node, Place};

/// A query, and what its value must keep.
#[derive(Debug)]
pub(crate) struct Gate<'f> {
    pub(crate) owner: Owner<'f>,
    pub(crate) query: &'f Query,
    /// What is compared: for an alert, what stands before the comparison.
    pub(crate) root: &'f Expr,
    pub(crate) bounds: Vec<Bound>,
}

/// Who asks a query.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'f> {
    Argo(&'f Template<'f>, &'f Metric<'f>),
    Flagger(&'f Canary<'f>),
    Alert,
}

/// A bound of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bound {
    pub(crate) side: Side,
    pub(crate) value: f64,
    /// Where it is written.
    pub(crate) place: Place,
}

/// On which side of a bound a value is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Values below it are bad.
    Min,
    /// Values above it are bad.
    Max,
}

/// How much of the requests of a gate may fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    /// The share of failed requests above which the gate says no.
    pub(crate) share: f64,
    /// The bound that says so.
    pub(crate) bound: Bound,
}

impl<'f> Files<'f> {
    /// Every gate whose query can be read, in the order of the files by kind.
    pub(crate) fn gates(&self) -> Vec<Gate<'_>> {
        let mut gates = Vec::new();
        for template in &self.templates {
            for metric in &template.metrics {
                gates.extend(of_argo(template, metric));
            }
        }
        for canary in &self.canaries {
            for check in &canary.metrics {
                let from = canary.object.node.place.source;
                let name = check.template.and_then(Node::as_text);
                let template = name.and_then(|it| self.metric_template(it, from));
                let query = check.query.as_ref().or_else(|| template?.query.as_ref());
                gates.extend(query.and_then(|query| of_flagger(canary, check, query)));
            }
        }
        gates.extend(self.alerts.iter().filter_map(of_alert));
        gates
    }

    /// Every query of the files once, whoever asks it.
    pub(crate) fn queries(&self) -> Vec<&Query> {
        let argo = self.templates.iter().flat_map(|it| &it.metrics);
        let argo = argo.filter_map(|it| it.query.as_ref());
        let checks = self.canaries.iter().flat_map(|it| &it.metrics);
        let checks = checks.filter_map(|it| it.query.as_ref());
        let templates = self.metric_templates.iter().filter_map(|it| it.query.as_ref());
        let alerts = self.alerts.iter().map(|it| &it.query);
        argo.chain(checks).chain(templates).chain(alerts).collect()
    }

    /// The first weight at which a gate judges, and whether a file says it; 5 if none does.
    pub(crate) fn first_weight(&self, gate: &Gate<'_>) -> (u32, bool) {
        let known = match gate.owner {
            Owner::Argo(template, _) => self.users(template).into_iter().find_map(first_judged),
            Owner::Flagger(canary) => Some(canary.first_weight()),
            Owner::Alert => None,
        };
        let known = known.filter(|weight| (1..=100).contains(weight));
        (known.unwrap_or(5), known.is_some())
    }

    /// The weights from the first one on at which a gate judges; none if no file says them.
    pub(crate) fn weights(&self, gate: &Gate<'_>) -> Vec<u32> {
        let Owner::Argo(template, _) = gate.owner else { return Vec::new() };
        let Some((rollout, analysis)) = self.users(template).into_iter().next() else {
            return Vec::new();
        };
        let step = rollout.analyses[analysis].step;
        let later = rollout.weights().filter(|(index, ..)| *index >= step);
        let mut weights = vec![rollout.weight_at(step)];
        weights.extend(later.map(|(_, weight, _)| weight));
        weights.retain(|weight| (1..=100).contains(weight));
        weights.dedup();
        weights
    }

    /// The rollouts that use a template, each with the index of the analysis.
    pub(crate) fn users<'s>(&'s self, template: &Template<'_>) -> Vec<(&'s Rollout<'f>, usize)> {
        let mut users = Vec::new();
        for rollout in &self.rollouts {
            let from = rollout.object.node.place.source;
            for (index, analysis) in rollout.analyses.iter().enumerate() {
                let names = analysis.templates.iter().filter_map(|it| it.as_text());
                let mut found = names.filter_map(|name| self.template(name, from));
                if found.any(|it| it.object.node.place == template.object.node.place) {
                    users.push((rollout, index));
                }
            }
        }
        users
    }
}

/// The first weight that is not zero once an analysis runs.
fn first_judged((rollout, analysis): (&Rollout<'_>, usize)) -> Option<u32> {
    if rollout.analyses[analysis].promotion == Some(Promotion::After) {
        return Some(100);
    }
    rollout.canary?;
    let step = rollout.analyses[analysis].step;
    let now = rollout.weight_at(step);
    let later = rollout.weights().find(|(index, weight, _)| *index >= step && *weight > 0);
    if now > 0 { Some(now) } else { later.map(|(_, weight, _)| weight) }
}

fn of_argo<'f>(template: &'f Template<'f>, metric: &'f Metric<'f>) -> Option<Gate<'f>> {
    let query = metric.query.as_ref()?;
    let root = query.root()?;
    let conditions = [&metric.success, &metric.failure].into_iter().flatten();
    let mut numbers: Vec<_> = conditions.flat_map(Condition::numbers).collect();
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    numbers.dedup_by(|a, b| a.0 == b.0);
    let bound = |&(value, place): &(f64, Place)| {
        let judge = metric.judge.as_ref()?;
        let near = (value.abs() * 1e-9).max(1e-12);
        let passes = |value: f64| judge.of_one(value) == Phase::Successful;
        let fails = |value: f64| judge.of_one(value) == Phase::Failed;
        let (below, above) = (value - near, value + near);
        if fails(below) && !fails(above) || passes(above) && !passes(below) {
            Some(Bound { side: Side::Min, value, place })
        } else if fails(above) && !fails(below) || passes(below) && !passes(above) {
            Some(Bound { side: Side::Max, value, place })
        } else {
            None
        }
    };
    let bounds = numbers.iter().filter_map(bound).collect();
    Some(Gate { owner: Owner::Argo(template, metric), query, root, bounds })
}

fn of_flagger<'f>(
    canary: &'f Canary<'f>,
    check: &'f Check<'f>,
    query: &'f Query,
) -> Option<Gate<'f>> {
    let [min, max] = check.range();
    let bound = |node: Option<&Node>, side| {
        let node = node?;
        Some(Bound { side, value: node.as_text()?.parse().ok()?, place: node.place })
    };
    let bounds = [bound(min, Side::Min), bound(max, Side::Max)].into_iter().flatten().collect();
    Some(Gate { owner: Owner::Flagger(canary), query, root: query.root()?, bounds })
}

fn of_alert<'f>(alert: &'f Alert<'f>) -> Option<Gate<'f>> {
    alert.name?;
    let (root, side, value, part) = compared(alert.query.root()?)?;
    let bounds = vec![Bound { side, value, place: alert.query.at(part) }];
    Some(Gate { owner: Owner::Alert, query: &alert.query, root, bounds })
}

/// The first comparison with a number, down the left sides of `and`: what is compared, on which
/// side of which number it is bad, and where that stands.
fn compared(expr: &Expr) -> Option<(&Expr, Side, f64, Part)> {
    let ExprKind::Binary(binary) = &expr.bare().kind else { return None };
    let side = match binary.operator {
        Operator::Less | Operator::LessEqual => Some(Side::Min),
        Operator::Greater | Operator::GreaterEqual => Some(Side::Max),
        _ => None,
    };
    if matches!(binary.operator, Operator::And | Operator::Unless) {
        return compared(&binary.left);
    }
    match (side, constant(&binary.right)) {
        (Some(side), Some(value)) => Some((&binary.left, side, value, binary.right.place)),
        _ => None,
    }
}

impl<'f> Gate<'f> {
    /// The share of requests that its value is, if it is one.
    pub(crate) fn ratio(&self) -> Option<Ratio<'f>> {
        ratio(self.root)
    }

    /// How much may fail, if the value is a share of failed or of good requests.
    pub(crate) fn tolerance(&self) -> Option<Tolerance> {
        let ratio = self.ratio()?;
        let is_good = ratio.is_good?;
        let side = if is_good { Side::Min } else { Side::Max };
        let bound = *self.bounds.iter().find(|bound| bound.side == side)?;
        let value = bound.value / ratio.scale;
        // Less noise than the last bits of 1 - 0.95.
        let share = if is_good { (1e12 * (1.0 - value)).round() / 1e12 } else { value };
        (0.0..1.0).contains(&share).then_some(Tolerance { share, bound })
    }

    /// The longest time that its selectors look at, in seconds; nothing without a window. Two
    /// samples are all that `irate` looks at.
    pub(crate) fn window(&self) -> Option<f64> {
        let windows = selectors(self.root).into_iter().filter_map(|it| it.window);
        let longest = windows.map(|it| it.millis as f64 / 1e3).reduce(f64::max)?;
        let is = |wanted| {
            let calls = all(self.root).into_iter();
            calls
                .into_iter()
                .any(|it| matches!(&it.kind, ExprKind::Call(it) if it.function == wanted))
        };
        let is_instant = is(Function::Irate) && !is(Function::Rate) && !is(Function::Increase);
        Some(if is_instant { longest.min(SCRAPE) } else { longest })
    }
}
