//! What a scenario says of Argo Rollouts: what a Rollout says beside its steps.

use clockwork::Span;

use crate::controller::argo::Command;
use crate::document::{At, Maybe, Name, Named, record, sum, word};
use crate::gate::{ApdexDoc, ErrorRateDoc, SlowShareDoc, ThroughputDoc};
use crate::units::Portion;

record! {
    /// Argo Rollouts. What is not given is as in a Rollout that does not say it.
    pub struct ArgoDoc {
        /// Which version of it.
        version: At<VersionDoc> = "1.10",
        /// Time from a change of pods or traffic until the controller acts on it.
        latency: Span = "0s",
        /// What an operator tells the Rollout on the way.
        kubectl: At<Vec<CommandDoc>> = "[]",
        /// A return to a version with fewer than so many others between skips steps and analyses.
        rollbackWindow => rollback_window: Option<u32>,
        /// Analyses by name, as an `AnalysisTemplate` describes them.
        analyses: Named<At<AnalysisDoc>> = "{}",
        /// The analyses that run beside the steps of a canary.
        background: Maybe<BackgroundDoc> = "none",
        /// Pods above the replicas, where traffic is not routed.
        maxSurge => max_surge: At<Portion> = "25%",
        /// Pods below the replicas, where traffic is not routed.
        maxUnavailable => max_unavailable: At<Portion> = "25%",
        /// How long a pod of a canary has to be ready before it counts as available.
        minReadySeconds => min_ready: Span = "0s",
        /// What a weight is a part of.
        maxTrafficWeight => max_traffic_weight: At<u32> ["1" to "1_000_000"] = "100",
        /// Whether the stable version shrinks as the new one grows, where traffic is routed.
        dynamicStableScale => dynamic_stable_scale: At<bool> = "false",
        /// The fewest pods of a version that has any, where traffic is routed.
        minPodsPerReplicaSet => min_pods: Option<u32>,
        /// How much of the new version is enough to go on.
        replicaProgressThreshold => threshold: Option<ThresholdDoc>,
        /// Seconds that the new version is kept after an abort; 0 is forever.
        abortScaleDownDelaySeconds => abort_delay: Option<u32>,
        /// Seconds that the old version is kept after a promotion.
        scaleDownDelaySeconds => scale_down_delay: Option<u32>,
        /// Whether a rollout without progress is aborted.
        progressDeadlineAbort => aborts_when_late: bool = "false",
        /// The pods of the new version before a blue-green switch; all when not given.
        previewReplicaCount => preview_replicas: Option<u32>,
        /// The analyses before a blue-green switch.
        prePromotionAnalysis => pre: Option<At<Vec<At<Name>>>>,
        /// The analyses after a blue-green switch.
        postPromotionAnalysis => post: Option<At<Vec<At<Name>>>>,
    }
}

word! {
    /// A version of Argo Rollouts.
    pub enum VersionDoc {
        /// Before metrics could count successes.
        "1.6" => V1_6,
        /// The same.
        "1.7" => V1_7,
        /// Before a part of the pods could be enough.
        "1.8" => V1_8,
        /// Before an abort could not be held up.
        "1.9" => V1_9,
        /// The latest.
        "1.10" => V1_10,
    }
}

record! {
    /// What an operator tells a Rollout, and when.
    pub struct CommandDoc {
        /// Time since the start of the change.
        at: Span,
        /// What they tell it.
        run: Command,
    }
}

record! {
    /// Analyses that run beside the steps.
    pub struct BackgroundDoc {
        /// Which.
        analyses: At<Vec<At<Name>>>,
        /// The step from which on they run, counted from zero.
        startingStep => from: u32 = "0",
    }
}

sum! {
    /// How much of the new version is enough to go on.
    pub enum ThresholdDoc {
        /// Available pods in percent of those that are wanted.
        percent => Percent(u32),
        /// Available pods.
        pods => Pods(u32),
    }
}

record! {
    /// Metrics that are measured together.
    pub struct AnalysisDoc {
        /// They, by name.
        metrics: Named<At<MeasuredDoc>>,
        /// Whether it is told to end as soon as it begins, as an `AnalysisRun` can be.
        terminate: Option<bool>,
    }
}

record! {
    /// A metric of an analysis.
    pub struct MeasuredDoc {
        /// What is measured: a number, which is `result[0]` in the conditions.
        measure: At<SourceDoc>,
        /// How far back a measurement looks.
        window: At<Span> = "5m",
        /// How large a share of all is: 1, or 100 where the conditions count percent.
        whole: WholeDoc = "1",
        /// What the value is in the conditions: `result[0]`, as of a query, or `result`.
        result: ResultDoc = "vector",
        /// What must hold for a success.
        successCondition => success: Option<At<String>>,
        /// What must hold for a failure.
        failureCondition => failure: Option<At<String>>,
        /// From a measurement to the next; without it there is one.
        interval: Option<Span>,
        /// From the start of the analysis to the first measurement.
        initialDelay => initial_delay: Option<Span>,
        /// How many measurements count; without it as many as there are.
        count: u32 = "0",
        /// How many failures are forgiven; `none` if they do not count.
        failureLimit => failure_limit: Maybe<u32> = "0",
        /// How many inconclusive measurements are forgiven.
        inconclusiveLimit => inconclusive_limit: u32 = "0",
        /// How many errors in a row are forgiven.
        consecutiveErrorLimit => error_limit: u32 = "4",
        /// How many successes in a row are enough; 0 if they do not decide.
        consecutiveSuccessLimit => success_limit: u32 = "0",
        /// Whether it is measured and never acted upon.
        dryRun => dry_run: bool = "false",
    }
}

sum! {
    /// What is measured.
    pub enum SourceDoc {
        /// The share of requests that do not fail.
        "success-rate" => SuccessRate(ErrorRateDoc),
        /// The share of requests that fail.
        "error-rate" => ErrorRate(ErrorRateDoc),
        /// The share of requests answered too late.
        "slow-share" => SlowShare(SlowShareDoc),
        /// The Apdex score.
        apdex => Apdex(ApdexDoc),
        /// Nothing: every measurement is an error, for this reason.
        error => Error(String),
        /// What a query of Prometheus gives.
        query => Query(At<String>),
        /// What a query of Prometheus gives at several instants.
        "range-query" => RangeQuery(RangeQueryDoc),
        /// Requests per second.
        throughput => Throughput(ThroughputDoc),
    }
}

record! {
    /// A query that is asked for several instants at once; `result` has all of their numbers.
    pub struct RangeQueryDoc {
        /// It.
        query: At<String>,
        /// How long ago the first instant is.
        from: At<Span>,
        /// How long ago no instant is later than.
        until: Span = "0s",
        /// From one instant to the next.
        step: At<Span>,
    }
}

word! {
    /// How large a share of all is.
    pub enum WholeDoc {
        /// Shares.
        "1" => One,
        /// Percent.
        "100" => Hundred,
    }
}

word! {
    /// What a value is in the conditions.
    pub enum ResultDoc {
        /// `result[0]`; without any request `result` is empty or has no number in it.
        vector => Vector,
        /// `result`.
        scalar => Scalar,
    }
}
