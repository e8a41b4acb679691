//! What a Canary measures: numbers that are numbers, and where each metric comes from.

use std::collections::BTreeMap;

use clockwork::Span;

use super::{DURATION, SUCCESS_RATE};
use crate::controller::flagger::{Check, Limits, Model, Observer, render};
use crate::document::{At, Place, Problem};
use crate::gate::{self, Bound, ErrorRate, Exceptions, Gate, Metric, Patience, SlowShare, Subject};
use crate::scenario::LIMITS_MAX;
use crate::scenario::validate::queries::{self, Prometheus};
use crate::scenario::validate::{Pass, code};
use crate::strategy::{CheckDoc, FlaggerDoc, MeasureDoc, NEW, Native, Reader, Source};
use crate::telemetry::{Telemetry, revision};
use crate::units::{Quantity, Share};

/// The metrics, and where each is measured: those of the release, then the same of the running
/// version, for a canary that brings it back.
pub(super) fn metrics(
    it: &FlaggerDoc,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<(Vec<Check>, Vec<Source>)> {
    let mut read = Metrics { observer: super::observer(it.provider), prometheus };
    let all: Vec<_> = it.metrics.value.iter().map(|at| read.metric(at, pass)).collect();
    let all = all.into_iter().collect::<Option<Vec<_>>>()?;
    let limit = |reader: &Reader| match reader {
        Reader::Native(native) => native.gate.metric.limit().map(f64::to_bits),
        Reader::Query(_) | Reader::Number(_) | Reader::Error(_) => None,
    };
    let mut limits: Vec<u64> = all.iter().filter_map(|(_, [new, _])| limit(new)).collect();
    limits.sort_unstable();
    limits.dedup();
    let help = "use at most four different response times in all metrics";
    let count = format!("{} in all metrics together", limits.len());
    let many = ("too many different response times", count.as_str(), help);
    pass.require(limits.len() <= LIMITS_MAX, code::LIMIT, it.metrics.place, many);
    if limits.len() > LIMITS_MAX {
        return None;
    }
    let (mut checks, mut new, mut old) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (check, [release, running])) in it.metrics.value.iter().zip(all) {
        let name = called(&at.value, &release);
        checks.push(check);
        new.push(Source { name: name.clone(), reader: release });
        old.push(Source { name, reader: running });
    }
    new.extend(old);
    Some((checks, new))
}

/// What a metric is called where its value is said: a response time is told by the percentage of
/// the requests that took longer than its bound.
fn called(it: &CheckDoc, reader: &Reader) -> String {
    let name = &it.name.value;
    match reader {
        Reader::Native(native) => match &native.gate.metric {
            Metric::SlowShare(slow) => format!("{name}, % above {}", slow.than),
            _ => name.clone(),
        },
        Reader::Query(_) | Reader::Number(_) | Reader::Error(_) => name.clone(),
    }
}

struct Metrics<'a> {
    observer: Observer,
    prometheus: &'a mut Prometheus,
}

/// Where a metric is measured: of the release, and of the running version.
type Readers = [Reader; 2];

impl Metrics<'_> {
    fn metric(&mut self, at: &At<CheckDoc>, pass: &mut Pass<'_>) -> Option<(Check, Readers)> {
        let it = &at.value;
        let name = it.name.value.as_str();
        let check = check(it, pass)?;
        let Some(measure) = it.measure.as_ref().map(|measure| &measure.value) else {
            return self.known(at, check, pass);
        };
        let check = Check { has_template: true, name: String::new(), ..check };
        match measure {
            MeasureDoc::SuccessRate(_) => Some((check, self.native(it, &errors(), true))),
            MeasureDoc::ErrorRate(_) => Some((check, self.native(it, &errors(), false))),
            MeasureDoc::Latency(latency) => {
                let unit = latency.unit.as_secs_f64() * 1e3;
                let milliseconds = |most: f64| most * unit;
                let quantile = latency.quantile.share();
                let (check, slow) = slower(&check, at.place, (quantile, milliseconds), pass)?;
                Some((check, self.native(it, &slow, false)))
            }
            MeasureDoc::Query(text) => {
                // What Flagger knows itself keeps its meaning, whoever asks for it.
                let name = if name == DURATION { name.to_owned() } else { String::new() };
                let readers = self.query(self.names(it).into(), text, pass)?;
                Some((Check { name, ..check }, readers))
            }
            // Without a source every measurement fails, as without a value.
            MeasureDoc::Nothing => {
                let readers = self.native(it, &errors(), false);
                Some((Check { has_template: false, ..check }, readers))
            }
        }
    }

    /// A metric that Flagger knows by its name.
    fn known(
        &mut self,
        at: &At<CheckDoc>,
        check: Check,
        pass: &mut Pass<'_>,
    ) -> Option<(Check, Readers)> {
        let it = &at.value;
        match it.name.value.as_str() {
            name @ (SUCCESS_RATE | DURATION) => {
                let query = match name {
                    SUCCESS_RATE => self.observer.success_rate(),
                    _ => self.observer.duration(),
                };
                let query = At { value: query, place: it.name.place, origin: it.name.origin };
                let names = self.names(it).map(|(name, text)| (name, self.observer.spelt(text)));
                Some((check, self.query(names.into(), &query, pass)?))
            }
            name => {
                let title = format!("nobody says what the metric `{name}` measures");
                let help = "write for example: measure: error-rate, which is in percent";
                let problem = Problem::error(code::MISSING, title)
                    .at(it.name.place, "Flagger knows request-success-rate and request-duration")
                    .help(help);
                pass.problem(problem);
                None
            }
        }
    }

    /// Counts of requests in so many whole scrapes; one at least.
    fn native(&self, it: &CheckDoc, metric: &Metric, is_complement: bool) -> Readers {
        let scrape = self.prometheus.tick;
        let ticks = if scrape.is_zero() { 1 } else { it.interval / scrape };
        let window = u32::try_from(ticks).unwrap_or(u32::MAX).max(1);
        [Subject::New, Subject::Old].map(|subject| {
            let metric = match metric {
                Metric::ErrorRate(it) => Metric::ErrorRate(ErrorRate { of: subject, ..*it }),
                Metric::SlowShare(it) => Metric::SlowShare(SlowShare { of: subject, ..*it }),
                other => other.clone(),
            };
            let gate = reading(&it.name.value, metric, window);
            let native = Native { gate, is_complement, whole: 100.0, is_scalar: true };
            Reader::Native(Box::new(native))
        })
    }

    fn names(&self, it: &CheckDoc) -> [(String, String); 7] {
        names(self.observer, &self.prometheus.telemetry, &it.interval.to_string())
    }

    /// A query, which asks for the canary as a workload.
    fn query(
        &mut self,
        names: BTreeMap<String, String>,
        text: &At<String>,
        pass: &mut Pass<'_>,
    ) -> Option<Readers> {
        let Prometheus { telemetry, queries, .. } = &mut *self.prometheus;
        let model = Model { names, ..Model::default() };
        let query = match render(&text.value, &model) {
            Ok(query) => query,
            Err(error) => {
                let problem = Problem::error(code::REFERENCE, error.to_string());
                let problem = problem.at(text.place, "no query of Flagger");
                pass.problem(problem.help("write for example: {{ target }} or {{ interval }}"));
                return None;
            }
        };
        let new = queries::compiled(telemetry, &query, text.place, pass)?;
        // The canary of the running version has the names of a canary.
        let mut old = new.clone();
        old.series.iter_mut().for_each(|series| series.version = 1 - series.version);
        queries.extend([new, old]);
        Some([Reader::Query(queries.len() - 2), Reader::Query(queries.len() - 1)])
    }
}

/// What the names stand for that a query may say.
pub(super) fn names(
    observer: Observer,
    telemetry: &Telemetry,
    interval: &str,
) -> [(String, String); 7] {
    let Telemetry { service, namespace, .. } = telemetry;
    let route = match observer {
        Observer::Knative => revision(service, NEW),
        _ => service.clone(),
    };
    let same = |name| (name, service.clone());
    [
        same("name"),
        same("target"),
        same("service"),
        same("ingress"),
        ("route", route),
        ("namespace", namespace.clone()),
        ("interval", interval.to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
}

/// The name and the bounds of a metric.
fn check(it: &CheckDoc, pass: &mut Pass<'_>) -> Option<Check> {
    let mut read = |text: &Option<At<String>>| match text {
        Some(text) => number(text, pass).map(Some),
        None => Some(None),
    };
    let bounds = it.range.as_ref().map(|range| (read(&range.min), read(&range.max)));
    let threshold = read(&it.threshold)?.unwrap_or(0.0);
    let limits = match bounds {
        Some((min, max)) => Some(Limits { min: min?, max: max? }),
        None => None,
    };
    let name = it.name.value.clone();
    Some(Check { name, has_query: false, has_template: false, limits, threshold })
}

fn errors() -> Metric {
    Metric::ErrorRate(ErrorRate { of: Subject::New, bound: Bound::Over(Share::ZERO) })
}

/// A bound of a quantile of the response time, as one of the share of slower requests: the
/// quantile is within it exactly if no more requests are slower than lie above the quantile.
fn slower(
    check: &Check,
    place: Place,
    (quantile, milliseconds): (Share, impl Fn(f64) -> f64),
    pass: &mut Pass<'_>,
) -> Option<(Check, Metric)> {
    let most = match check.limits {
        Some(Limits { min: None, max: Some(most) }) => Some(most),
        Some(_) => None,
        None => Some(check.threshold),
    };
    let than = most.map(|most| Span::from_secs_f64(milliseconds(most).max(0.0) / 1e3));
    let Some(than) = than.filter(|than| !than.is_zero()) else {
        let problem = Problem::error(code::BOUND, "a response time needs a bound above it")
            .at(place, "`max` alone can be held against it")
            .help("write for example: thresholdRange: { max: 500 }");
        pass.problem(problem);
        return None;
    };
    let share = quantile.complement().as_f64() * 100.0;
    let limits = Some(Limits { min: None, max: Some(share) });
    let check = Check { name: String::new(), has_query: true, limits, ..check.clone() };
    let slow = SlowShare { of: Subject::New, than, bound: Bound::Over(quantile.complement()) };
    Some((check, Metric::SlowShare(slow)))
}

/// A gate that is only read.
fn reading(name: &str, metric: Metric, window: u32) -> Gate {
    Gate {
        name: name.to_owned(),
        metric,
        window,
        interval: Span::from_mins(1),
        initial_delay: Span::ZERO,
        min_samples: 0,
        patience: Patience::Limit(0),
        unless: Exceptions::default(),
        action: gate::Action::Rollback,
    }
}

fn number(text: &At<String>, pass: &mut Pass<'_>) -> Option<f64> {
    let number = text.value.parse::<f64>().ok().filter(|number| number.is_finite());
    if number.is_none() {
        let title = format!("expected a number, found {}", crate::document::quoted(&text.value));
        let problem = Problem::error(code::BOUND, title).at(text.place, "no number");
        pass.problem(problem.help("write for example: 99"));
    }
    number
}
