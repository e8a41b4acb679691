//! Queries: compiled once, with the series that each one can ever see.

use std::collections::BTreeSet;

use promql::ast::{At, Expr, ExprKind, Selector, Shift};
use promql::{NAME, Options, Query, Type};

use super::nearest::missing;
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

/// Labels of single pods, which series of whole versions cannot tell apart.
const POD_LABELS: [&str; 4] = ["pod", "kubernetes_pod_name", "instance", "pod_name"];

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
    let Reads { selected, reach, .. } = reads(&all, None, &query)?;
    let selected = all.iter().zip(selected).filter(|(_, is)| *is);
    let series = selected.map(|(it, _)| it.clone()).collect();
    Ok(Compiled { series, reach, query, instants: None })
}

/// What a query reads.
pub(super) struct Reads {
    /// Which series it selects.
    pub(super) selected: Vec<bool>,
    /// Metrics that rules record.
    pub(super) recorded: BTreeSet<String>,
    /// How far back it looks, milliseconds.
    pub(super) reach: i64,
}

/// What a query reads of some series. A query of a rule also reads metrics that rules record, and
/// may ask for what never happens here, such as a status: its metric has to exist.
pub(super) fn reads(
    all: &[Series],
    recorded: Option<&BTreeSet<&str>>,
    query: &Query,
) -> Result<Reads, Mistake> {
    let reads = Reads { selected: vec![false; all.len()], recorded: BTreeSet::new(), reach: 0 };
    let mut walk = Walk { all, recorded, reads, mistake: None };
    walk.expr(query.expr(), 0);
    walk.mistake.map_or(Ok(walk.reads), Err)
}

struct Walk<'a> {
    all: &'a [Series],
    recorded: Option<&'a BTreeSet<&'a str>>,
    reads: Reads,
    mistake: Option<Mistake>,
}

impl Walk<'_> {
    /// Looks at an expression that is evaluated up to `back` milliseconds ago.
    fn expr(&mut self, expr: &Expr, back: i64) {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => {}
            ExprKind::Selector(selector) => {
                self.select(selector, expr, back.saturating_add(Options::V3.lookback));
            }
            ExprKind::Range(selector, length) => {
                self.select(selector, expr, back.saturating_add(length.millis));
            }
            ExprKind::Subquery(subquery) => {
                let back = shifted(subquery.shift, back.saturating_add(subquery.range.millis));
                self.expr(&subquery.inner, back);
            }
            ExprKind::Call(call) => call.args.iter().for_each(|arg| self.expr(arg, back)),
            ExprKind::Aggregate(aggregate) => {
                let fresh = vec![false; self.all.len()];
                let before = std::mem::replace(&mut self.reads.selected, fresh);
                self.expr(&aggregate.inner, back);
                if let promql::ast::Grouping::By(names) = &aggregate.grouping {
                    self.by_pod(names);
                }
                let now = self.reads.selected.iter_mut();
                now.zip(before).for_each(|(now, before)| *now |= before);
                aggregate.parameter.iter().for_each(|it| self.expr(it, back));
            }
            ExprKind::Sign(_, inner) | ExprKind::Paren(inner) => self.expr(inner, back),
            ExprKind::Binary(binary) => {
                self.expr(&binary.left, back);
                self.expr(&binary.right, back);
            }
        }
    }

    fn by_pod(&mut self, names: &[promql::ast::Name]) {
        let mut selected = self.all.iter().zip(&self.reads.selected);
        let by_pod = selected.any(|(series, is)| *is && series.by_pod);
        let name = names.iter().find(|it| POD_LABELS.contains(&it.text.as_str()));
        let Some(name) = name.filter(|_| by_pod) else { return };
        self.report(
            name.place,
            format!("grouped by `{}`, and the pods of a version are one target here", name.text),
            "group by the version: `rollouts_pod_template_hash`, `version`".to_owned(),
        );
    }

    fn select(&mut self, selector: &Selector, expr: &Expr, back: i64) {
        self.reads.reach = self.reads.reach.max(shifted(selector.shift, back));
        let metric = selector.metric.as_ref().map(|name| name.text.as_str());
        let is_recorded = |metric: &&str| self.recorded.is_some_and(|it| it.contains(metric));
        if let Some(metric) = metric.filter(is_recorded) {
            self.reads.recorded.insert(metric.to_owned());
            return;
        }
        let mut any = false;
        for (series, selected) in self.all.iter().zip(&mut self.reads.selected) {
            let labels = &series.labels;
            let is_met = metric.is_none_or(|metric| labels.get(NAME) == metric)
                && selector.matchers.iter().all(|it| it.matcher.is_met(labels.get(&it.label.text)));
            *selected |= is_met;
            any |= is_met;
        }
        let exists = || self.all.iter().any(|it| Some(it.labels.get(NAME)) == metric);
        if !any && (self.recorded.is_none() || !exists()) {
            let (message, help) = missing(selector, self.all);
            self.report(expr.place, message, help);
        }
    }

    fn report(&mut self, place: promql::Place, message: String, help: String) {
        let place = place.start..place.end;
        self.mistake.get_or_insert(Mistake { place, message, help: Some(help) });
    }
}

/// How far back something looks behind its modifiers; from the beginning when it names a time.
fn shifted(shift: Shift, back: i64) -> i64 {
    match shift.at {
        Some((At::Millis(_), _)) => i64::MAX,
        _ => back.saturating_add(shift.offset.map_or(0, |offset| offset.millis.max(0))),
    }
}
