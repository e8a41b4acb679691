//! Queries: compiled once, with the series that each one can ever see.

use std::collections::{BTreeMap, BTreeSet};

use promql::ast::{At, Expr, ExprKind, Selector, Shift};
use promql::{Function, NAME, Options, Query, Type};

use super::nearest::missing;
use super::pods::{Grain, Met, met, of_aggregate, of_binary, of_call};
use super::{Series, Telemetry};

/// A query and the series that it selects.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The query, its arguments filled in.
    pub query: Query,
    /// What it selects, in the order of the schemes.
    pub series: Vec<Series>,
    /// How far back it looks, milliseconds.
    pub reach: i64,
    /// Whether it is answered from the series of single pods.
    pub by_pod: bool,
    /// The instants that it is asked for, where that is not one.
    pub instants: Option<Instants>,
}

/// Instants that a query is asked for at once (`rangeQuery` of a metric), milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instants {
    /// How long ago the first one is.
    pub from: i64,
    /// How long ago none is later than.
    pub until: i64,
    /// From one to the next.
    pub step: i64,
}

impl Instants {
    /// They, the earliest first.
    pub fn before(self, now: i64) -> impl Iterator<Item = i64> {
        let count = (self.from - self.until).max(0) / self.step.max(1);
        (0..=count).map(move |index| now - self.from + index * self.step)
    }
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where in the query, bytes.
    pub place: std::ops::Range<usize>,
    /// A sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Compiles a query of the series of a service.
pub fn compile(telemetry: &Telemetry, text: &str) -> Result<Compiled, Mistake> {
    let query = Query::compile(text, Options::V3).map_err(|error| Mistake {
        place: error.place.start..error.place.end,
        message: error.message,
        help: error.hint,
    })?;
    if matches!(query.gives(), Type::Range | Type::Text) {
        let place = query.expr().place;
        return Err(Mistake {
            place: place.start..place.end,
            message: format!("the query gives {}, which nobody can judge", query.gives()),
            help: Some("ask for numbers, for example: rate(..[5m])".to_owned()),
        });
    }
    let all = telemetry.series();
    let (idle, missing) = (telemetry.idle(), &telemetry.missing);
    let Reads { selected, reach, by_pod, .. } = reads(&all, (&idle, missing), None, &query)?;
    let selected = all.iter().zip(selected).filter(|(_, is)| *is);
    let series = selected.map(|(it, _)| it.clone()).collect();
    let by_pod = by_pod || telemetry.by_pod;
    Ok(Compiled { series, reach, by_pod, query, instants: None })
}

/// Why Prometheus answers a query with an error, whatever series there are; nothing where it reads
/// it, and where only this program does not.
pub fn unreadable(text: &str) -> Option<String> {
    let error = promql::Query::compile(text, promql::Options::V3).err()?;
    let is_ours = [Some(&error.message), error.hint.as_ref()];
    let is_ours = is_ours.into_iter().flatten().any(|it| it.contains("not supported"));
    (!is_ours).then_some(error.message)
}

/// Metrics that a query asks for and that nothing has, each once, and whether the query reads it as
/// a gauge: not as a counter or as buckets. Nothing of a text that is no query.
pub fn unknown(telemetry: &Telemetry, text: &str) -> Vec<(String, bool)> {
    let Ok(query) = Query::compile(text, Options::V3) else { return Vec::new() };
    let all = telemetry.series();
    let mut found = BTreeMap::new();
    names(query.expr(), true, &mut found);
    found.retain(|name, _| !all.iter().any(|it| it.labels.get(NAME) == name));
    found.into_iter().collect()
}

/// The metrics of an expression, and whether each is read as a gauge everywhere.
fn names(expr: &Expr, is_gauge: bool, found: &mut BTreeMap<String, bool>) {
    let counts = |function: Function| {
        matches!(
            function,
            Function::Rate
                | Function::Increase
                | Function::Irate
                | Function::HistogramQuantile
                | Function::Resets
        )
    };
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Text(_) => {}
        ExprKind::Selector(selector) | ExprKind::Range(selector, _) => {
            if let Some(metric) = &selector.metric {
                let known = found.entry(metric.text.clone()).or_insert(true);
                *known &= is_gauge;
            }
        }
        ExprKind::Subquery(subquery) => names(&subquery.inner, is_gauge, found),
        ExprKind::Call(call) => {
            let is_gauge = is_gauge && !counts(call.function);
            call.args.iter().for_each(|it| names(it, is_gauge, found));
        }
        ExprKind::Aggregate(it) => {
            it.parameter.iter().chain([&it.inner]).for_each(|it| names(it, is_gauge, found));
        }
        ExprKind::Sign(_, inner) | ExprKind::Paren(inner) => names(inner, is_gauge, found),
        ExprKind::Binary(it) => {
            names(&it.left, is_gauge, found);
            names(&it.right, is_gauge, found);
        }
    }
}

/// What a query reads.
pub(super) struct Reads {
    /// Which series it selects.
    pub(super) selected: Vec<bool>,
    /// Metrics that rules record.
    pub(super) recorded: BTreeSet<String>,
    /// How far back it looks, milliseconds.
    pub(super) reach: i64,
    /// Whether it looks at single pods.
    pub(super) by_pod: bool,
}

/// What a query reads of some series; it may ask for what is idle or known to be missing, and has
/// no answer then. A query of a rule also reads metrics that rules record, and may ask for what
/// never happens here, such as a status: its metric has to exist, or to be among the missing.
pub(super) fn reads(
    all: &[Series],
    (idle, missing): (&[Series], &[String]),
    recorded: Option<&BTreeSet<&str>>,
    query: &Query,
) -> Result<Reads, Mistake> {
    let selected = vec![false; all.len()];
    let reads = Reads { selected, recorded: BTreeSet::new(), reach: 0, by_pod: false };
    let mut walk = Walk { all, idle, missing, recorded, reads, mistake: None };
    let grain = walk.expr(query.expr(), 0);
    walk.reads.by_pod |= grain == Grain::Each;
    walk.mistake.map_or(Ok(walk.reads), Err)
}

struct Walk<'a> {
    all: &'a [Series],
    idle: &'a [Series],
    recorded: Option<&'a BTreeSet<&'a str>>,
    missing: &'a [String],
    reads: Reads,
    mistake: Option<Mistake>,
}

impl Walk<'_> {
    /// Looks at an expression that is evaluated up to `back` milliseconds ago; says what it has of
    /// single pods.
    fn expr(&mut self, expr: &Expr, back: i64) -> Grain {
        let (grain, looks) = match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => (Grain::Whole, false),
            ExprKind::Selector(selector) => {
                self.select(selector, expr, back.saturating_add(Options::V3.lookback))
            }
            ExprKind::Range(selector, length) => {
                self.select(selector, expr, back.saturating_add(length.millis))
            }
            ExprKind::Subquery(subquery) => {
                let back = shifted(subquery.shift, back.saturating_add(subquery.range.millis));
                (self.expr(&subquery.inner, back), false)
            }
            ExprKind::Call(call) => {
                let args = call.args.iter().map(|arg| self.expr(arg, back));
                let args = args.fold(Grain::Whole, Grain::max);
                of_call(call, args)
            }
            ExprKind::Aggregate(aggregate) => {
                aggregate.parameter.iter().for_each(|it| _ = self.expr(it, back));
                let inner = self.expr(&aggregate.inner, back);
                let selected = self.all.iter().zip(&self.reads.selected);
                let selected = selected.filter(|(_, is)| **is).map(|(series, _)| series);
                of_aggregate(aggregate, inner, selected)
            }
            ExprKind::Sign(_, inner) | ExprKind::Paren(inner) => (self.expr(inner, back), false),
            ExprKind::Binary(binary) => {
                let (left, right) = (self.expr(&binary.left, back), self.expr(&binary.right, back));
                of_binary(binary, left, right)
            }
        };
        self.reads.by_pod |= looks;
        grain
    }

    /// What a selector selects, and whether it is some of the pods of a version.
    fn select(&mut self, selector: &Selector, expr: &Expr, back: i64) -> (Grain, bool) {
        self.reads.reach = self.reads.reach.max(shifted(selector.shift, back));
        let metric = selector.metric.as_ref().map(|name| name.text.as_str());
        let is_recorded = |metric: &&str| self.recorded.is_some_and(|it| it.contains(metric));
        if let Some(metric) = metric.filter(is_recorded) {
            self.reads.recorded.insert(metric.to_owned());
            return (Grain::Whole, false);
        }
        let (mut any, mut grain, mut looks) = (false, Grain::Whole, false);
        for (series, selected) in self.all.iter().zip(&mut self.reads.selected) {
            let which = selects(selector, series);
            if which == Met::None {
                continue;
            }
            (*selected, any) = (true, true);
            if series.pod.is_some() {
                grain = Grain::Each;
                // What is no count of a version is not the sum of those of its pods.
                looks |= which == Met::Some || series.source.is_of_one_pod();
            }
        }
        let exists = || self.all.iter().any(|it| Some(it.labels.get(NAME)) == metric);
        let is_idle = || self.idle.iter().any(|it| selects(selector, it) != Met::None);
        let is_nowhere = || self.missing.iter().any(|it| Some(it.as_str()) == metric);
        let is_fine =
            any || is_idle() || if exists() { self.recorded.is_some() } else { is_nowhere() };
        if !is_fine {
            let (message, help) = missing(selector, self.all);
            self.report(expr.place, message, help);
        }
        (grain, looks)
    }

    fn report(&mut self, place: promql::Place, message: String, help: String) {
        let place = place.start..place.end;
        self.mistake.get_or_insert(Mistake { place, message, help: Some(help) });
    }
}

/// Whether a selector selects a series, or those of which of its pods.
fn selects(selector: &Selector, series: &Series) -> Met {
    let labels = &series.labels;
    let metric = selector.metric.as_ref();
    if metric.is_some_and(|metric| labels.get(NAME) != metric.text) {
        return Met::None;
    }
    let mut all = Met::All;
    for it in &selector.matchers {
        let label = it.label.text.as_str();
        let one = match &series.pod {
            Some(first) if series.pod_labels().any(|known| known == label) => {
                met(first, |name| it.matcher.is_met(name))
            }
            _ if it.matcher.is_met(labels.get(label)) => Met::All,
            _ => Met::None,
        };
        all = all.min(one);
    }
    all
}

/// How far back something looks behind its modifiers; from the beginning when it names a time.
fn shifted(shift: Shift, back: i64) -> i64 {
    match shift.at {
        Some((At::Millis(_), _)) => i64::MAX,
        _ => back.saturating_add(shift.offset.map_or(0, |offset| offset.millis.max(0))),
    }
}
