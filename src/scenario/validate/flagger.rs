//! A Canary of Flagger: numbers that are numbers, and what each metric measures.

use clockwork::Span;

use super::{Pass, code, queries};
use crate::controller::flagger::{
    Analysis, Canary, Check, HookKind, Limits, Load, Model, Plan, Provider, Webhook, passes, render,
};
use crate::controller::kubernetes::{self, Setup, Template};
use crate::controller::{ControllerDoc, delivery};
use crate::document::{At, Place, Problem};
use crate::gate::{self, Bound, ErrorRate, Exceptions, Gate, Metric, Patience, SlowShare, Subject};
use crate::scenario::LIMITS_MAX;
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{
    self, CheckDoc, Delivery, FlaggerDoc, HookDoc, MeasureDoc, Native, ProviderDoc, Reader, Source,
    Strategy, WebhookDoc,
};
use crate::telemetry::{Compiled, Telemetry};
use crate::units::{Portion, Quantity, Share};

/// The most metrics, and webhooks, that a Canary may have.
const METRICS_MAX: usize = 100;

/// What Flagger knows how to ask for.
const SUCCESS_RATE: &str = "request-success-rate";
const DURATION: &str = "request-duration";

/// Says that Flagger and its Canary belong together.
pub(super) fn alone(doc: &ScenarioDoc, pass: &mut Pass<'_>) {
    let problem = Problem::error(code::CONTRADICTION, "Flagger carries out its own Canary")
        .at(doc.controller.place, "`flagger`")
        .at(doc.strategy.place, "one needs the other");
    let help = "write `controller: flagger` with `strategy: { flagger: { stepWeight: 10 } }`";
    pass.problem(problem.help(help));
}

/// The strategy of a Canary, with the controller that carries it out.
pub(super) fn strategy(
    it: &FlaggerDoc,
    doc: &ScenarioDoc,
    replicas: u32,
    service: Service<'_>,
    pass: &mut Pass<'_>,
) -> Option<Strategy> {
    let ControllerDoc::Flagger(controller) = &doc.controller.value else {
        alone(doc, pass);
        return None;
    };
    if let Some((name, gate)) = doc.gates.iter().next() {
        let title = format!("Flagger does not know the gate `{name}`");
        let problem = Problem::error(code::CONTRADICTION, title)
            .at(gate.place, "it measures its own metrics only")
            .help("write it under `strategy.flagger.metrics`");
        pass.problem(problem);
        return None;
    }
    let few = "write one metric or webhook for several";
    for (count, place) in [
        (it.metrics.value.len(), it.metrics.place),
        (it.webhooks.value.len(), it.webhooks.place),
        (it.step_weights.value.len(), it.step_weights.place),
    ] {
        let label = format!("{count} of them, {METRICS_MAX} are the most");
        let many = ("more than a Canary can have here", label.as_str(), few);
        pass.require(count <= METRICS_MAX, code::LIMIT, place, many);
    }
    let target = target(it, replicas, controller.pace(), pass)?;
    let (checks, sources) = metrics(it, doc, service, pass)?;
    let canary = Canary {
        analysis: analysis(it),
        interval: it.interval.value,
        checks,
        webhooks: it.webhooks.value.iter().map(webhook).collect(),
        primary_ready: it.primary_ready,
        canary_ready: it.canary_ready,
        deadline: it.progress_deadline,
    };
    let weights = weights(&canary.analysis);
    let every = canary.interval();
    let min_ready = it.deployment.value.min_ready;
    let matched = it.matched.0.unwrap_or(Share::ONE);
    let loads = loads(it);
    let plan = Plan { canary, target, mirrored: it.mirror_weight, loads, matched };
    let plan = delivery::Plan::Flagger(plan);
    let delivery = Some(Delivery { plan, sources });
    Some(Strategy { delivery, min_ready, ..strategy::flagger(weights, every) })
}

fn analysis(it: &FlaggerDoc) -> Analysis {
    Analysis {
        provider: match it.provider {
            ProviderDoc::Mesh => Provider::Mesh,
            ProviderDoc::Kubernetes => Provider::Kubernetes,
        },
        threshold: it.threshold,
        max_weight: it.max_weight,
        step_weight: it.step_weight,
        step_weights: it.step_weights.value.clone(),
        step_weight_promotion: it.step_weight_promotion,
        iterations: it.iterations,
        has_match: it.matched.0.is_some(),
        is_mirrored: it.mirror,
        is_skipped: it.skip_analysis,
        is_suspended: it.suspend,
    }
}

/// The weights that a good release goes through.
fn weights(analysis: &Analysis) -> Vec<Share> {
    let percent = |weight: u32| Share::from_parts(Share::ONE.parts() / 100 * u64::from(weight));
    let mut weights = Vec::new();
    let mut weight = 0;
    while analysis.strategy() == crate::controller::flagger::Strategy::Canary
        && weight < analysis.max_weight().min(100)
        && analysis.next_step(weight) > 0
        && !analysis.is_skipped
    {
        weight = (weight + analysis.next_step(weight)).min(100);
        weights.extend(percent(weight));
    }
    weights
}

/// The Deployment of the primary, and of the canary.
fn target(
    it: &FlaggerDoc,
    replicas: u32,
    (latency, throttle): (kubernetes::Latency, Option<kubernetes::Throttle>),
    pass: &mut Pass<'_>,
) -> Option<Setup> {
    let At { value: deployment, place, .. } = &it.deployment;
    let (surge, unavailable) = (deployment.max_surge.value, deployment.max_unavailable.value);
    let help = "write for example: maxSurge: 1";
    let what = ("neither a pod more nor a pod less: nothing can be replaced", "both zero", help);
    let moves = !(surge.is_zero() && unavailable.is_zero());
    pass.require(moves, code::CONTRADICTION, *place, what);
    let whole = |span: Span| span.micros().is_multiple_of(1_000_000);
    let help = "write for example: minReadySeconds: 30s, progressDeadline: 10m";
    let what = ("a time that is no whole number of seconds", "Kubernetes counts seconds", help);
    let is_whole = whole(deployment.min_ready) && whole(deployment.progress_deadline);
    pass.require(is_whole, code::IMPOSSIBLE, *place, what);
    let too_many = matches!(unavailable, Portion::Percent(percent) if percent > 100);
    let what = ("more pods missing than there are", "above 100 %", "write: maxUnavailable: 25%");
    pass.require(!too_many, code::IMPOSSIBLE, deployment.max_unavailable.place, what);
    let seconds = |span: Span| (span.micros() / 1_000_000) as u32;
    let spec = kubernetes::Spec {
        strategy: kubernetes::Strategy::RollingUpdate {
            max_surge: surge,
            max_unavailable: unavailable,
        },
        min_ready_seconds: seconds(deployment.min_ready),
        progress_deadline_seconds: Some(seconds(deployment.progress_deadline)),
        ..kubernetes::Spec::new(replicas, Template(1))
    };
    (moves && is_whole && !too_many).then_some(Setup { spec, latency, throttle })
}

/// The load tests that webhooks start.
fn loads(it: &FlaggerDoc) -> Vec<Load> {
    let load = |(webhook, it): (usize, &WebhookDoc)| {
        let load = it.load.0.as_ref()?;
        Some(Load { webhook, rate: load.rate, lasts: load.lasts })
    };
    it.webhooks.value.iter().enumerate().filter_map(load).collect()
}

fn webhook(it: &WebhookDoc) -> Webhook {
    let kind = match it.kind {
        HookDoc::Rollout => HookKind::Rollout,
        HookDoc::PreRollout => HookKind::PreRollout,
        HookDoc::PostRollout => HookKind::PostRollout,
        HookDoc::ConfirmRollout => HookKind::ConfirmRollout,
        HookDoc::ConfirmTrafficIncrease => HookKind::ConfirmTrafficIncrease,
        HookDoc::ConfirmPromotion => HookKind::ConfirmPromotion,
        HookDoc::Rollback => HookKind::Rollback,
        HookDoc::Event => HookKind::Event,
    };
    let status = it.status as u16;
    // Whoever may order a rollback does not want one before it says so.
    let is_silent = kind == HookKind::Rollback && it.opens.is_some() && passes(status);
    Webhook {
        name: it.name.clone(),
        kind,
        status: if is_silent { 403 } else { status },
        opens: it.opens,
        takes: it.takes,
        timeout: it.timeout,
        retries: it.retries,
    }
}

/// The metrics, and where each is measured: those of the release, then the same of the running
/// version, for a canary that brings it back.
fn metrics(
    it: &FlaggerDoc,
    doc: &ScenarioDoc,
    service: Service<'_>,
    pass: &mut Pass<'_>,
) -> Option<(Vec<Check>, Vec<Source>)> {
    let mut read = Metrics { scrape: doc.telemetry.scrape.value, service };
    let all: Vec<_> = it.metrics.value.iter().map(|at| read.metric(at, pass)).collect();
    let all = all.into_iter().collect::<Option<Vec<_>>>()?;
    let limit = |reader: &Reader| match reader {
        Reader::Native(native) => native.gate.metric.limit().map(f64::to_bits),
        Reader::Query(_) => None,
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
        let name = at.value.name.value.clone();
        checks.push(check);
        new.push(Source { name: name.clone(), reader: release });
        old.push(Source { name, reader: running });
    }
    new.extend(old);
    Some((checks, new))
}

/// What the service is called, and the queries of the scenario so far.
type Service<'a> = (&'a Telemetry, &'a mut Vec<Compiled>);

struct Metrics<'a> {
    scrape: Span,
    service: Service<'a>,
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
            MeasureDoc::SuccessRate(_) => Some((check, self.native(it, errors(), true))),
            MeasureDoc::ErrorRate(_) => Some((check, self.native(it, errors(), false))),
            MeasureDoc::Latency(latency) => {
                let unit = latency.unit.as_secs_f64() * 1e3;
                let milliseconds = |most: f64| most * unit;
                let quantile = latency.quantile.share();
                let (check, slow) = slower(check, at.place, (quantile, milliseconds), pass)?;
                Some((check, self.native(it, slow, false)))
            }
            MeasureDoc::Query(text) => {
                // What Flagger knows itself keeps its meaning, whoever asks for it.
                let name = if name == DURATION { name.to_owned() } else { String::new() };
                let readers = self.query(it, text, pass)?;
                Some((Check { name, ..check }, readers))
            }
            // Without a source every measurement fails, as without a value.
            MeasureDoc::Nothing => {
                let readers = self.native(it, errors(), false);
                Some((Check { has_template: false, ..check }, readers))
            }
        }
    }

    /// A metric that Flagger knows by its name.
    fn known(
        &self,
        at: &At<CheckDoc>,
        check: Check,
        pass: &mut Pass<'_>,
    ) -> Option<(Check, Readers)> {
        let it = &at.value;
        match it.name.value.as_str() {
            SUCCESS_RATE => Some((check, self.native(it, errors(), true))),
            DURATION => {
                // A duration and its bound are cut to whole milliseconds.
                let cut = |most: f64| most.trunc() + 1.0;
                let quantile = Share::parse("99%").ok()?;
                let (check, slow) = slower(check, at.place, (quantile, cut), pass)?;
                Some((check, self.native(it, slow, false)))
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
    fn native(&self, it: &CheckDoc, metric: Metric, is_complement: bool) -> Readers {
        let ticks = if self.scrape.is_zero() { 1 } else { it.interval / self.scrape };
        let window = u32::try_from(ticks).unwrap_or(u32::MAX).max(1);
        [Subject::New, Subject::Old].map(|subject| {
            let metric = match metric {
                Metric::ErrorRate(it) => Metric::ErrorRate(ErrorRate { of: subject, ..it }),
                Metric::SlowShare(it) => Metric::SlowShare(SlowShare { of: subject, ..it }),
                ref other => other.clone(),
            };
            let gate = reading(&it.name.value, metric, window);
            Reader::Native(Box::new(Native { gate, is_complement, whole: 100.0, is_scalar: true }))
        })
    }

    /// A query, which asks for the canary as a workload.
    fn query(&mut self, it: &CheckDoc, text: &At<String>, pass: &mut Pass<'_>) -> Option<Readers> {
        let (telemetry, queries) = &mut self.service;
        let service = telemetry.service.clone();
        let all =
            [("namespace", telemetry.namespace.clone()), ("interval", it.interval.to_string())];
        let names = ["name", "target", "service", "ingress"].map(|name| (name, service.clone()));
        let names = names.into_iter().chain(all).map(|(name, text)| (name.to_owned(), text));
        let model = Model { names: names.collect(), ..Model::default() };
        let query = match render(&text.value, &model) {
            Ok(query) => query,
            Err(error) => {
                let problem = Problem::error(code::REFERENCE, error.to_string());
                let problem = problem.at(text.place, "no query of Flagger");
                pass.problem(problem.help("write for example: {{ target }} or {{ interval }}"));
                return None;
            }
        };
        let [running, release] = telemetry.workloads.clone();
        let swapped = Telemetry { workloads: [release, running], ..(*telemetry).clone() };
        let new = queries::compiled(telemetry, &query, text.place, pass)?;
        let old = queries::compiled(&swapped, &query, text.place, pass)?;
        queries.extend([new, old]);
        Some([Reader::Query(queries.len() - 2), Reader::Query(queries.len() - 1)])
    }
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
    check: Check,
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
    let check = Check { name: String::new(), has_query: true, limits, ..check };
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
