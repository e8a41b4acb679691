//! A Canary of Flagger as its controller knows it.

mod metrics;
mod scaling;

use clockwork::Span;

use super::queries::Prometheus;
use super::{Pass, code};
use crate::controller::flagger::{
    Analysis, Canary, HookKind, Kind, Load, Observer, Plan, Provider, Webhook, passes,
};
use crate::controller::kubernetes::{self, Setup, Template};
use crate::controller::{ControllerDoc, delivery};
use crate::document::{At, Origin, Problem};
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{
    self, Delivery, FlaggerDoc, HookDoc, ProviderDoc, Strategy, StrategyDoc, TargetDoc, WebhookDoc,
};
use crate::telemetry::Telemetry;
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
    prometheus: &mut Prometheus,
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
    let (checks, sources) = metrics::metrics(it, prometheus, pass)?;
    let canary = Canary {
        target: kind(it.target),
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
    let scaling = scaling::scaling(controller, (it, doc), pass).ok()?;
    let plan = Plan { canary, target, mirrored: it.mirror_weight, loads, matched, scaling };
    let plan = delivery::Plan::Flagger(plan);
    let delivery = Some(Delivery { plan, sources, latency: Span::ZERO, commands: Vec::new() });
    Some(Strategy { min_ready, delivery, ..strategy::flagger(weights, every) })
}

/// What a Canary of Flagger calls the two versions in their series.
pub(super) fn named(doc: &ScenarioDoc, telemetry: Telemetry) -> Telemetry {
    match &doc.strategy.value {
        StrategyDoc::Flagger(it) => it.provider.named(telemetry),
        _ => telemetry,
    }
}

/// Whose series Flagger asks for. Source: `Factory.Observer`.
const fn observer(provider: ProviderDoc) -> Observer {
    match provider {
        ProviderDoc::Apisix => Observer::Apisix,
        ProviderDoc::AppMesh => Observer::AppMesh,
        ProviderDoc::Contour => Observer::Contour,
        ProviderDoc::GatewayApi | ProviderDoc::Kubernetes => Observer::Http,
        ProviderDoc::Gloo => Observer::Gloo,
        ProviderDoc::Istio => Observer::Istio,
        ProviderDoc::Knative => Observer::Knative,
        ProviderDoc::Kuma => Observer::Kuma,
        ProviderDoc::Linkerd => Observer::Linkerd,
        ProviderDoc::Nginx => Observer::Nginx,
        ProviderDoc::Osm => Observer::Osm,
        ProviderDoc::Skipper => Observer::Skipper,
        ProviderDoc::Traefik => Observer::Traefik,
    }
}

const fn kind(target: TargetDoc) -> Kind {
    match target {
        TargetDoc::Deployment => Kind::Deployment,
        TargetDoc::DaemonSet => Kind::DaemonSet,
        TargetDoc::Service => Kind::Service,
        TargetDoc::Revision => Kind::Revision,
    }
}

fn analysis(it: &FlaggerDoc) -> Analysis {
    Analysis {
        provider: match it.provider {
            ProviderDoc::Kubernetes => Provider::Kubernetes,
            _ => Provider::Mesh,
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

/// The Deployment of the primary, and of the canary. Other workloads are as a Deployment that
/// orders the same pods: a `DaemonSet` replaces one after the other unless somebody says otherwise.
fn target(
    it: &FlaggerDoc,
    replicas: u32,
    (latency, throttle): (kubernetes::Latency, Option<kubernetes::Throttle>),
    pass: &mut Pass<'_>,
) -> Option<Setup> {
    let At { value: deployment, place, .. } = &it.deployment;
    let bounds = [&deployment.max_surge, &deployment.max_unavailable];
    let is_said = bounds.iter().any(|it| it.origin == Origin::Written);
    let [surge, unavailable] = match it.target {
        TargetDoc::DaemonSet if !is_said => [Portion::Count(0), Portion::Count(1)],
        _ => bounds.map(|it| it.value),
    };
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
        strategy: if it.recreate {
            kubernetes::Strategy::Recreate
        } else {
            kubernetes::Strategy::RollingUpdate { max_surge: surge, max_unavailable: unavailable }
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

#[cfg(test)]
mod tests {
    use crate::strategy::{NEW, ProviderDoc};
    use crate::telemetry::{Telemetry, compile};

    /// Both queries of every provider find the series of the release, and no others.
    #[test]
    fn what_flagger_asks_of_a_provider_is_of_its_canary() {
        for provider in ProviderDoc::ALL {
            let observer = super::observer(*provider);
            let mut telemetry = provider.named(Telemetry::default());
            telemetry.namespace = "prod-eu".to_owned();
            for query in [observer.success_rate(), observer.duration()] {
                let names = super::metrics::names(observer, &telemetry, "1m");
                let names = names.map(|(name, text)| (name, observer.spelt(text)));
                let model =
                    crate::controller::flagger::Model { names: names.into(), ..Default::default() };
                let query = crate::controller::flagger::render(&query, &model).expect("names");
                let compiled = compile(&telemetry, &query).expect(&query);
                assert!(!compiled.series.is_empty(), "{provider}: {query}");
                let is_new = compiled.series.iter().all(|it| it.version == NEW);
                assert!(is_new, "{provider}: {query}");
            }
        }
    }
}
