//! What a scenario says of its gates.

use clockwork::Span;

use super::apdex::ApdexDoc;
use super::error_rate::ErrorRateDoc;
use super::latency::LatencyDoc;
use super::slow_share::SlowShareDoc;
use super::throughput::ThroughputDoc;
use crate::document::{At, Decode, Named, Node, Pass, Shape, record, sum, word};
use crate::units::{Count, Rate, Share};

record! {
    /// A judge of the rollout.
    pub struct GateDoc {
        /// What it measures: a metric, or a `query`.
        metric: Option<At<MetricDoc>>,
        /// What it asks the simulated Prometheus.
        query: Option<At<String>>,
        /// The alert that fails it while it fires, by its name in `rules`.
        alert: Option<At<String>>,
        /// Arguments of the query, by name.
        args: Named<String> = "{}",
        /// What must hold of the query's `result` for a pass.
        successCondition => success_condition: Option<At<String>>,
        /// What must hold of the query's `result` for a failure.
        failureCondition => failure_condition: Option<At<String>>,
        /// Inconclusive readings of a query, to which neither condition applies, that are forgiven;
        /// the next one stops the rollout where it is. Argo's default is 0; here they say nothing
        /// unless it is written.
        inconclusiveLimit => inconclusive_limit: Option<At<u32>>,
        /// Errors of a query in a row that are forgiven; the next one trips.
        consecutiveErrorLimit => consecutive_error_limit: u32 = "4",
        /// What the metric may be at most.
        over: Option<At<LimitDoc>>,
        /// What the metric must be at least.
        under: Option<At<LimitDoc>>,
        /// How far back a reading looks.
        window: At<Span> = "5m",
        /// Time between readings.
        interval: At<Span> = "60s",
        /// Time from the first traffic to the first reading; one interval when not given.
        initialDelay => initial_delay: Option<Span>,
        /// A reading of fewer requests says nothing.
        minSamples => min_samples: Count = "50"
            assumed "fewer requests show nothing" from "20" to "200",
        /// Trips at the failure after this many, whatever lies between.
        failureLimit => failure_limit: Option<At<u32>>,
        /// Trips at this many failures in a row.
        consecutive: Option<At<u32>>,
        /// When a reading says nothing although it has samples.
        unless: UnlessDoc = "{}",
        /// What happens when it trips.
        then: ActionDoc = "rollback",
    }
}

sum! {
    /// What a gate measures.
    pub enum MetricDoc {
        /// The Apdex score.
        apdex => Apdex(ApdexDoc),
        /// The share of requests that fail.
        "error-rate" => ErrorRate(ErrorRateDoc),
        /// A quantile of the response time.
        latency => Latency(LatencyDoc),
        /// The share of requests answered too late.
        "slow-share" => SlowShare(SlowShareDoc),
        /// Requests per second.
        throughput => Throughput(ThroughputDoc),
    }
}

word! {
    /// Whose requests are read.
    pub enum SubjectDoc {
        /// Those of the release.
        new => New,
        /// Those of the running version.
        old => Old,
        /// Both.
        all => All,
    }
}

word! {
    /// What happens when a gate trips.
    pub enum ActionDoc {
        /// The old version is ordered back.
        rollback => Rollback,
        /// The rollout stops where it is.
        pause => Pause,
    }
}

word! {
    /// How several gates act together.
    pub enum CombineDoc {
        /// The first one that trips acts.
        any => Any,
        /// The last one acts, when all have tripped.
        all => All,
    }
}

record! {
    /// When a reading says nothing although it has samples.
    pub struct UnlessDoc {
        /// Fewer requests than this arrive.
        trafficBelow => traffic_below: Option<Rate>,
        /// The running version itself fails more often than this.
        baselineErrorsAbove => baseline_errors_above: Option<Share>,
    }
}

/// A bound: a value, or the running version's own and how far from it.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitDoc {
    /// This value; its unit depends on the metric.
    Value(String),
    /// `+0.4%`, `-5%` or `x1.5` of the running version's.
    Baseline(String),
}

record! {
    /// A bound that moves with the running version.
    struct BaselineLimitDoc {
        /// How far from its value: `+0.4%`, `-5%`, `x1.5`.
        baseline: String,
    }
}

impl Decode for LimitDoc {
    fn shape() -> Shape {
        Shape::Either(String::shape, BaselineLimitDoc::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if node.as_map().is_some() {
            return BaselineLimitDoc::decode(node, pass).map(|doc| Self::Baseline(doc.baseline));
        }
        String::decode(node, pass).map(Self::Value)
    }
}
