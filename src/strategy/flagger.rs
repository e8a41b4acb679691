//! A Canary of Flagger.

use clockwork::Span;

use super::{RollingDoc, Routing, Stage, Strategy};
use crate::document::{At, Maybe, record, sum, word};
use crate::gate::{ErrorRateDoc, QuantileDoc};
use crate::telemetry::{Proxies, Telemetry};
use crate::units::{Rate, Share};

record! {
    /// A Canary of Flagger: what its `analysis` says, and what matters of the rest. What is not
    /// given is as in a Canary that does not say it.
    pub struct FlaggerDoc {
        /// What is released: the kind that `targetRef` names.
        target: TargetDoc = "deployment",
        /// Who routes requests, and so whose series Flagger's own queries are of.
        provider: ProviderDoc = "istio",
        /// Time between two ticks; less than 10s is 10s.
        interval: At<Span> = "1m",
        /// Failed checks that roll back.
        threshold: u32 = "1",
        /// The last weight, percent; 0 is all.
        maxWeight => max_weight: u32 = "0",
        /// By how much the weight grows in a tick, percent.
        stepWeight => step_weight: u32 = "0",
        /// The weights one after the other, percent.
        stepWeights => step_weights: At<Vec<u32>> = "[]",
        /// By how much requests go back to the primary in a tick of the promotion; 0 is at once.
        stepWeightPromotion => step_weight_promotion: u32 = "0",
        /// Ticks that are analysed without weights.
        iterations: u32 = "0",
        /// The share of the requests that `match`, where only some users get the canary.
        matched: Maybe<Share> = "none",
        /// Whether a canary gets copies of requests before it gets requests.
        mirror: bool = "false",
        /// The share of the requests that is copied.
        mirrorWeight => mirror_weight: Share = "100%",
        /// Whether releases are promoted without an analysis.
        skipAnalysis => skip_analysis: bool = "false",
        /// Whether nothing is done at all.
        suspend: bool = "false",
        /// What is measured in every tick.
        metrics: At<Vec<At<CheckDoc>>> = "[]",
        /// Who is asked over HTTP.
        webhooks: At<Vec<WebhookDoc>> = "[]",
        /// Percent of the pods that must be available for a primary to be ready.
        primaryReadyThreshold => primary_ready: u32 ["0" to "100"] = "100",
        /// The same for a canary.
        canaryReadyThreshold => canary_ready: u32 ["0" to "100"] = "100",
        /// How long too few pods may be available.
        progressDeadline => progress_deadline: Span = "10m",
        /// How the primary becomes the release: the strategy of its Deployment. A `DaemonSet`
        /// replaces one pod after the other unless it says otherwise.
        deployment: At<RollingDoc> = "{}",
        /// Whether it removes all pods of the primary before it starts new ones: `Recreate`.
        recreate: bool = "false",
    }
}

word! {
    /// What a Canary releases.
    pub enum TargetDoc {
        /// A Deployment.
        deployment => Deployment,
        /// A `DaemonSet`: a pod on each of so many nodes as there are replicas.
        "daemon-set" => DaemonSet,
        /// A Service, whose pods somebody else starts and stops.
        service => Service,
        /// A Service of Knative, whose revisions Knative starts and stops.
        revision => Revision,
    }
}

word! {
    /// Who routes requests: all of them by weights, headers and copies, and `kubernetes` not at
    /// all, which has one Service whose pods are exchanged.
    pub enum ProviderDoc {
        /// Istio.
        istio => Istio,
        /// Linkerd.
        linkerd => Linkerd,
        /// AWS App Mesh.
        appmesh => AppMesh,
        /// Kuma.
        kuma => Kuma,
        /// Open Service Mesh.
        osm => Osm,
        /// The Gateway API, whoever implements it.
        gatewayapi => GatewayApi,
        /// Contour.
        contour => Contour,
        /// Gloo Edge.
        gloo => Gloo,
        /// ingress-nginx.
        nginx => Nginx,
        /// Skipper.
        skipper => Skipper,
        /// Traefik.
        traefik => Traefik,
        /// Apache APISIX.
        apisix => Apisix,
        /// Knative.
        knative => Knative,
        /// Nobody.
        kubernetes => Kubernetes,
    }
}

impl ProviderDoc {
    /// What Flagger under this provider calls the two versions in their series: the running one is
    /// the primary.
    pub fn named(self, mut telemetry: Telemetry) -> Telemetry {
        let service = telemetry.service.clone();
        telemetry.workloads = [format!("{service}-primary"), service];
        telemetry.proxies = match self {
            Self::Gloo => Proxies::Gloo,
            Self::Kuma => Proxies::Kuma,
            Self::AppMesh => Proxies::AppMesh,
            Self::Knative => Proxies::Knative,
            _ => Proxies::Contour,
        };
        telemetry
    }
}

record! {
    /// A metric of a Canary.
    pub struct CheckDoc {
        /// Its name; Flagger knows `request-success-rate` and `request-duration` itself.
        name: At<String>,
        /// How far back a measurement looks.
        interval: Span = "1m",
        /// The bounds of its value, both included.
        thresholdRange => range: Option<RangeDoc>,
        /// The bound of old manifests: what a success rate must reach, and all else must not
        /// exceed.
        threshold: Option<At<String>>,
        /// What is measured, where Flagger does not know it by the name.
        measure: Option<At<MeasureDoc>>,
    }
}

record! {
    /// The bounds of a value, both included.
    pub struct RangeDoc {
        /// The least.
        min: Option<At<String>>,
        /// The greatest.
        max: Option<At<String>>,
    }
}

sum! {
    /// What a metric measures.
    pub enum MeasureDoc {
        /// The share of requests that do not fail, percent.
        "success-rate" => SuccessRate(ErrorRateDoc),
        /// The share of requests that fail, percent.
        "error-rate" => ErrorRate(ErrorRateDoc),
        /// A quantile of the response time, milliseconds.
        latency => Latency(DurationDoc),
        /// A query of Prometheus, with the names that Flagger knows in braces.
        query => Query(At<String>),
        /// Nothing: the query finds no value.
        nothing => Nothing,
    }
}

record! {
    /// A quantile of the response time.
    pub struct DurationDoc {
        /// Which.
        quantile: QuantileDoc = "p99",
        /// What its value counts.
        unit: Span = "1ms",
    }
}

record! {
    /// Who is asked over HTTP, and how they answer.
    pub struct WebhookDoc {
        /// Its name.
        name: String,
        /// What it is called for.
        "type" => kind: HookDoc = "rollout",
        /// The status of its answer; up to 202 is content.
        status: u32 ["100" to "599"] = "200",
        /// Since when after the start of the change it answers 200.
        opens: Option<Span>,
        /// Time until it answers.
        takes: Span = "0s",
        /// Time in which it must have answered.
        timeout: Span = "10s",
        /// Attempts beyond the first one, if the server fails.
        retries: u32 ["0" to "100"] = "0",
        /// Requests that it sends to the canary when it is called.
        load: Maybe<LoadDoc> = "none",
    }
}

record! {
    /// Requests of a load test, to the canary alone.
    pub struct LoadDoc {
        /// How many.
        rate: Rate,
        /// For how long.
        lasts: Span = "1m",
    }
}

word! {
    /// What a webhook is called for.
    pub enum HookDoc {
        /// In every tick, before the metrics.
        rollout => Rollout,
        /// Before any traffic.
        "pre-rollout" => PreRollout,
        /// When the release is over.
        "post-rollout" => PostRollout,
        /// Before the canary is started.
        "confirm-rollout" => ConfirmRollout,
        /// Before the weight grows.
        "confirm-traffic-increase" => ConfirmTrafficIncrease,
        /// Before the primary becomes the release.
        "confirm-promotion" => ConfirmPromotion,
        /// In every tick: content means a rollback.
        rollback => Rollback,
        /// It is told what happens.
        event => Event,
    }
}

/// A canary beside a primary of the same size gets a growing share of the requests, or all of them
/// after so many ticks; then the primary becomes the release, and the canary goes.
///
/// # What it models
/// A Canary of Flagger, with its scheduler, its webhooks and its metrics.
/// # What it cannot show
/// Autoscalers of the primary; a canary and new pods of the primary share one load.
pub fn plan(weights: Vec<Share>, every: Span) -> Strategy {
    let mut stages = vec![Stage::Prepare];
    for weight in weights {
        stages.extend([Stage::SetWeight(weight), Stage::Pause(every)]);
    }
    stages.push(Stage::SetWeight(Share::ONE));
    let routing = Routing::Weights { delay: Span::ZERO };
    Strategy { routing, deadline: None, ..Strategy::of("flagger", stages) }
}
