//! The gates: bounds that fit their metrics, times that fit the grid.

use clockwork::Span;

use super::queries::Prometheus;
use super::{Pass, alarms, code, queries};
use crate::document::{At, Place, Problem};
use crate::gate::{
    Action, ActionDoc, Apdex, Bound, ErrorRate, Exceptions, Floor, Gate, GateDoc, Latency,
    LimitDoc, Metric, MetricDoc, Patience, SlowShare, Subject, SubjectDoc, Throughput,
};
use crate::planted::{self, Bug};
use crate::scenario::LIMITS_MAX;
use crate::scenario::document::ScenarioDoc;
use crate::units::{Factor, Quantity, Rate, Reason, Share};

/// The most gates that a scenario may have.
const GATES_MAX: usize = 32;

pub(super) fn gates(
    doc: &ScenarioDoc,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<Vec<Gate>> {
    // Every gate is looked at before one that is wrong ends it.
    let gates: Vec<_> =
        doc.gates.iter().map(|(name, at)| gate(name.as_str(), at, prometheus, pass)).collect();
    let mut gates: Vec<Gate> = gates.into_iter().collect::<Option<_>>()?;
    if planted::is(Bug::NamesDecideTheOrder) {
        gates.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let series = prometheus.queries.iter().flat_map(|query| &query.series);
    let buckets = series.chain(prometheus.alarms.iter().flat_map(|alarm| &alarm.series));
    let buckets = buckets.filter_map(|series| series.source.limit());
    let times = gates.iter().filter_map(|gate| gate.metric.limit()).chain(buckets);
    let mut limits: Vec<u64> = times.map(f64::to_bits).collect();
    limits.sort_unstable();
    limits.dedup();
    if let Some((_, at)) = doc.gates.iter().last() {
        let count = format!("the last of {} gates, {GATES_MAX} are the most", gates.len());
        let many = ("more gates than a scenario can have", count.as_str(), "merge some of them");
        pass.require(gates.len() <= GATES_MAX, code::LIMIT, at.place, many);
        let help = "use fewer different response times in gates, or fewer buckets";
        let count = format!("{} in all gates together", limits.len());
        let many = ("too many different response times", count.as_str(), help);
        pass.require(limits.len() <= LIMITS_MAX, code::LIMIT, at.place, many);
    }
    Some(gates)
}

fn gate(
    name: &str,
    at: &At<GateDoc>,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<Gate> {
    let doc = &at.value;
    let zero = ("a gate that reads without end", "zero", "write for example: interval: 60s");
    pass.require(!doc.interval.value.is_zero(), code::IMPOSSIBLE, doc.interval.place, zero);
    let measured = measured(at, prometheus, pass);
    let patience = patience(doc, pass)?;
    let (metric, window) = measured?;
    let interval = alarms::interval(doc, &metric, prometheus);
    Some(Gate {
        name: name.to_owned(),
        metric,
        window,
        interval,
        initial_delay: doc.initial_delay.unwrap_or(interval),
        min_samples: doc.min_samples.get(),
        patience,
        unless: Exceptions {
            traffic_below: doc.unless.traffic_below.map(|rate| rate.as_f64() * 60.0),
            baseline_errors_above: doc.unless.baseline_errors_above,
        },
        action: match doc.then {
            ActionDoc::Rollback => Action::Rollback,
            ActionDoc::Pause => Action::Pause,
        },
    })
}

/// What a gate measures and over how many ticks: a metric, a query, or an alert.
fn measured(
    at: &At<GateDoc>,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<(Metric, u32)> {
    let doc = &at.value;
    if let (Some(limit), None) = (doc.inconclusive_limit, &doc.query) {
        let problem = Problem::error(code::CONTRADICTION, "only a query has inconclusive readings")
            .at(limit.place, "says nothing of this gate")
            .help("remove it, or ask a `query` with two conditions");
        pass.problem(problem);
    }
    match (&doc.metric, &doc.query, &doc.alert) {
        (Some(written), None, None) => {
            let window = whole_ticks("window", doc.window, prometheus.tick, pass);
            Some((metric(doc, &written.value, at.place, pass)?, window?))
        }
        (None, Some(text), None) => queries::query(doc, text, prometheus, pass),
        (None, None, Some(name)) => {
            alarms::fits(doc, name, pass)?;
            alarms::metric(name, prometheus, pass)
        }
        (_, Some(at), _) | (_, None, Some(at)) => {
            let problem =
                Problem::error(code::CONTRADICTION, "a gate that measures several things")
                    .at(at.place, "something else is measured as well")
                    .help("keep one of `metric`, `query` and `alert`");
            pass.problem(problem);
            None
        }
        (None, None, None) => {
            let problem = Problem::error(code::MISSING, "this gate measures nothing")
                .at(at.place, "neither `metric` nor `query` nor `alert`")
                .help("write for example: metric: { error-rate: {} }");
            pass.problem(problem);
            None
        }
    }
}

pub(super) fn whole_ticks(
    what: &str,
    at: At<Span>,
    tick: Span,
    pass: &mut Pass<'_>,
) -> Option<u32> {
    let ticks = at.value / tick;
    if ticks == 0 || !(at.value % tick).is_zero() {
        let nearest = tick * ticks.max(1);
        let problem = Problem::error(code::GRID, format!("`{what}` is not a number of scrapes"))
            .at(at.place, format!("counts exist every {tick}"))
            .help(format!("write `{what}: {nearest}`, or change `telemetry.scrape`"));
        pass.problem(problem);
        return None;
    }
    u32::try_from(ticks).ok()
}

fn patience(doc: &GateDoc, pass: &mut Pass<'_>) -> Option<Patience> {
    match (doc.failure_limit, doc.consecutive) {
        (Some(_), Some(run)) => {
            let problem = Problem::error(code::CONTRADICTION, "two kinds of patience")
                .at(run.place, "`failureLimit` is given as well")
                .help("keep `failureLimit` or `consecutive`");
            pass.problem(problem);
            None
        }
        (None, Some(run)) => {
            let zero = ("a gate that trips without a reading", "zero", "write `consecutive: 1`");
            pass.require(run.value > 0, code::IMPOSSIBLE, run.place, zero);
            Some(Patience::Consecutive(run.value))
        }
        (limit, None) => Some(Patience::Limit(limit.map_or(0, |limit| limit.value))),
    }
}

pub(super) fn subject(doc: SubjectDoc) -> Subject {
    match doc {
        SubjectDoc::New => Subject::New,
        SubjectDoc::Old => Subject::Old,
        SubjectDoc::All => Subject::All,
    }
}

fn metric(doc: &GateDoc, written: &MetricDoc, place: Place, pass: &mut Pass<'_>) -> Option<Metric> {
    let mut bounds = Bounds { doc, place, pass };
    Some(match written {
        MetricDoc::ErrorRate(it) => {
            Metric::ErrorRate(ErrorRate { of: subject(it.of), bound: bounds.proportion(it.of)? })
        }
        MetricDoc::SlowShare(it) => {
            let zero = ("every response is slower than that", "zero", "write for example: 300ms");
            bounds.pass.require(!it.than.value.is_zero(), code::IMPOSSIBLE, it.than.place, zero);
            let bound = bounds.proportion(it.of)?;
            Metric::SlowShare(SlowShare { of: subject(it.of), than: it.than.value, bound })
        }
        MetricDoc::Latency(it) => {
            let limit = bounds.latency()?;
            Metric::Latency(Latency::new(it.quantile.share(), subject(it.of), limit))
        }
        MetricDoc::Apdex(it) => {
            Metric::Apdex(Apdex { of: subject(it.of), floor: bounds.score(it.of)? })
        }
        MetricDoc::Throughput(it) => {
            Metric::Throughput(Throughput { of: subject(it.of), under: bounds.rate()? })
        }
    })
}

/// The bound of one gate.
struct Bounds<'a, 'b, 'p> {
    doc: &'a GateDoc,
    place: Place,
    pass: &'b mut Pass<'p>,
}

impl Bounds<'_, '_, '_> {
    /// The one bound that the metric can have, under `wanted`; `other` must not be given.
    fn the(&mut self, wanted: &str, example: &str) -> Option<At<LimitDoc>> {
        let (limit, other, name) = if wanted == "over" {
            (&self.doc.over, &self.doc.under, "under")
        } else {
            (&self.doc.under, &self.doc.over, "over")
        };
        if let Some(other) = other {
            let title = format!("this metric has no `{name}`");
            let help = if limit.is_some() {
                format!("remove `{name}`")
            } else {
                format!("write for example: {wanted}: {example}")
            };
            let problem = Problem::error(code::BOUND, title)
                .at(other.place, format!("it is too bad when it is {wanted} a bound"));
            self.pass.problem(problem.help(help));
            return None;
        }
        if limit.is_none() {
            let problem = Problem::error(code::MISSING, format!("this gate has no `{wanted}`"))
                .at(self.place, "nothing says what is too bad")
                .help(format!("write for example: {wanted}: {example}"));
            self.pass.problem(problem);
        }
        limit.clone()
    }

    /// An `over` of a proportion: `0.5%`, `{ baseline: +0.4% }` or `{ baseline: x1.5 }`.
    fn proportion(&mut self, of: SubjectDoc) -> Option<Bound> {
        let limit = self.the("over", "0.5%")?;
        match &limit.value {
            LimitDoc::Value(text) => {
                self.parse::<Share>(text, "0.5%", limit.place).map(Bound::Over)
            }
            LimitDoc::Baseline(text) => {
                self.of_new(of, limit.place)?;
                if let Some(plus) = text.strip_prefix('+') {
                    self.parse::<Share>(plus, "+0.4%", limit.place).map(Bound::BaselinePlus)
                } else if text.contains('x') {
                    self.parse::<Factor>(text, "x1.5", limit.place).map(Bound::BaselineTimes)
                } else {
                    self.unreadable(text, "`+0.4%` or `x1.5`", limit.place)
                }
            }
        }
    }

    /// An `over` of a response time.
    fn latency(&mut self) -> Option<Span> {
        let limit = self.the("over", "300ms")?;
        match &limit.value {
            LimitDoc::Value(text) => {
                let span = self.parse::<Span>(text, "300ms", limit.place)?;
                let zero =
                    ("every response is slower than that", "zero", "write for example: 300ms");
                self.pass.require(!span.is_zero(), code::IMPOSSIBLE, limit.place, zero);
                Some(span)
            }
            LimitDoc::Baseline(_) => {
                let title = "a quantile cannot be held against the running version's";
                let problem = Problem::error(code::BOUND, title)
                    .at(limit.place, "the values of quantiles are not drawn")
                    .help("compare the share of slow requests: metric: { slow-share: { than: 300ms } }, over: { baseline: +0.5% }");
                self.pass.problem(problem);
                None
            }
        }
    }

    /// An `under` of a score: `90%` or `{ baseline: -5% }`.
    fn score(&mut self, of: SubjectDoc) -> Option<Floor> {
        let limit = self.the("under", "90%")?;
        match &limit.value {
            LimitDoc::Value(text) => {
                self.parse::<Share>(text, "90%", limit.place).map(Floor::Under)
            }
            LimitDoc::Baseline(text) => {
                self.of_new(of, limit.place)?;
                match text.strip_prefix('-') {
                    Some(minus) => {
                        self.parse::<Share>(minus, "-5%", limit.place).map(Floor::BaselineMinus)
                    }
                    None => self.unreadable(text, "`-5%`", limit.place),
                }
            }
        }
    }

    /// An `under` of a rate.
    fn rate(&mut self) -> Option<Rate> {
        let limit = self.the("under", "20/s")?;
        match &limit.value {
            LimitDoc::Value(text) => self.parse::<Rate>(text, "20/s", limit.place),
            LimitDoc::Baseline(_) => {
                let title = "the rates of two versions follow their weights";
                let problem = Problem::error(code::BOUND, title)
                    .at(limit.place, "there is nothing to compare")
                    .help("write a rate, for example: under: 20/s");
                self.pass.problem(problem);
                None
            }
        }
    }

    /// Only the release can be compared with the running version.
    fn of_new(&mut self, of: SubjectDoc, place: Place) -> Option<()> {
        if of == SubjectDoc::New {
            return Some(());
        }
        let title = "the running version is compared with itself";
        let problem = Problem::error(code::BOUND, title)
            .at(place, format!("this metric is `of: {of}`"))
            .help("write `of: new`, or a bound that does not move");
        self.pass.problem(problem);
        None
    }

    fn parse<T: Quantity>(&mut self, text: &str, example: &str, place: Place) -> Option<T> {
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(rejection) => {
                let title =
                    format!("expected {}, found {}", T::EXPECTED, crate::document::quoted(text));
                let (label, help) = match (rejection.reason, rejection.instead.as_slice()) {
                    (Reason::Bare, likely) if !likely.is_empty() => {
                        let label = "a bound has the unit of its metric".to_owned();
                        (label, format!("write the unit: {}", likely.join(" or ")))
                    }
                    (Reason::OutOfRange(why), _) => (why, format!("write for example: {example}")),
                    _ => {
                        let label = "does not fit the metric of this gate".to_owned();
                        (label, format!("write for example: {example}"))
                    }
                };
                let problem = Problem::error(code::BOUND, title).at(place, label).help(help);
                self.pass.problem(problem);
                None
            }
        }
    }

    fn unreadable<T>(&mut self, text: &str, expected: &str, place: Place) -> Option<T> {
        let title = format!("expected {expected}, found {}", crate::document::quoted(text));
        let problem = Problem::error(code::BOUND, title)
            .at(place, "how far from the running version")
            .help(format!(
                "write for example: {{ baseline: {} }}",
                expected.split('`').nth(1).unwrap_or("+0.4%")
            ));
        self.pass.problem(problem);
        None
    }
}
