//! What a scenario file may say.

use clockwork::Span;

use crate::baseline::BaselineDoc;
use crate::controller::ControllerDoc;
use crate::cost::CostsDoc;
use crate::document::{At, Maybe, Name, Named, Node, Varying, record, sum, word};
use crate::fault::ReleaseDoc;
use crate::fleet::FleetDoc;
use crate::gate::{CombineDoc, GateDoc};
use crate::people::PeopleDoc;
use crate::strategy::StrategyDoc;
use crate::telemetry::TelemetryDoc;
use crate::traffic::TrafficDoc;
use crate::units::{Count, Share};

word! {
    /// The version of the format.
    pub enum ApiVersion {
        /// The one that this engine reads.
        "coalmine/v1" => V1,
    }
}

word! {
    /// What the file describes.
    pub enum KindDoc {
        /// One rollout policy and its worlds.
        "Scenario" => Scenario,
    }
}

word! {
    /// Whether errors and latency vary beyond chance.
    pub enum NoiseDoc {
        /// As the baseline and the nodes say.
        modelled => Modelled,
        /// Not at all: for closed forms and tests, never for a recommendation.
        none => None,
    }
}

record! {
    /// One rollout policy and the worlds it is tried in.
    pub struct ScenarioDoc {
        /// The version of the format.
        apiVersion => api_version: ApiVersion = "coalmine/v1",
        /// What the file describes.
        kind: KindDoc = "Scenario",
        /// What it is called.
        name: Option<Name>,
        /// The question it answers.
        description: Option<String>,
        /// How many worlds are simulated.
        replications: Count = "10000",
        /// Which worlds: the same seed gives the same worlds.
        seed: Count = "0",
        /// Whose state machine runs the rollout.
        controller: At<ControllerDoc> = "ideal",
        /// How long things are watched.
        time: TimeDoc = "{}",
        /// How the counts reach the gates.
        telemetry: TelemetryDoc = "{}",
        /// The pods of the service.
        fleet: FleetDoc = "{}",
        /// The load.
        traffic: TrafficDoc = "{}",
        /// The version that runs now.
        baseline: BaselineDoc = "{}",
        /// Whether errors and latency vary beyond chance.
        noise: NoiseDoc = "modelled",
        /// What good service is.
        slo: SloDoc = "{}",
        /// The one release that is tried; `releases` says several.
        release: Option<At<ReleaseDoc>>,
        /// What a release turns out to be, by name, and how often.
        releases: Option<At<Named<ReleaseDoc>>>,
        /// How a release reaches users.
        strategy: At<StrategyDoc>,
        /// What judges it, by name.
        gates: Named<At<GateDoc>> = "{}",
        /// Rules of Prometheus, as a rule file or a `PrometheusRule` has them.
        rules: Option<At<Node>>,
        /// How several gates act together.
        combine: CombineDoc = "any",
        /// Which releases count as good and as bad.
        truth: TruthDoc = "{}",
        /// What happens when the change was rolled back.
        afterRollback => after_rollback: AfterRollbackDoc = "abandon",
        /// Who is paged, decides and approves; none when nobody does.
        people: Maybe<PeopleDoc> = "{}",
        /// What things cost.
        costs: CostsDoc = "{}",
        /// How many changes are released in a week.
        changesPerWeek => changes_per_week: Count = "10" assumed "two a day" from "3" to "40",
    }
}

sum! {
    /// What happens when a change was rolled back.
    pub enum AfterRollbackDoc {
        /// Nothing more.
        abandon => Abandon,
        /// The same release is tried again.
        retry => Retry(RetryDoc),
        /// Somebody works on the release before it is tried again.
        fix => Fix(FixDoc),
    }
}

record! {
    /// The same release is tried again.
    pub struct RetryDoc {
        /// Time between two attempts.
        cooldown: Span = "30m" assumed "somebody presses the button again" from "10m" to "2h",
        /// Attempts in all.
        attempts: u32 ["1" to "20"] = "3",
    }
}

record! {
    /// Somebody works on the release before it is tried again.
    pub struct FixDoc {
        /// Time that takes.
        takes: At<Varying<Span>> = "{ lognormal: { median: 90m, p95: 5h35m } }"
            assumed "a fix forward: deviation 0.8 of the logarithm"
            from "{ lognormal: { median: 45m, p95: 2h48m } }"
            to "{ lognormal: { median: 3h, p95: 11h10m } }",
        /// The least time between two attempts.
        cooldown: Span = "0s",
        /// How often the release has no fault any more.
        works: Share = "90%" assumed "most fixes work" from "70%" to "99%",
        /// Attempts in all.
        attempts: u32 ["1" to "20"] = "3",
    }
}

record! {
    /// How long things are watched.
    pub struct TimeDoc {
        /// How long every change is watched after its own end.
        watch: At<Span> = "24h"
            assumed "a day, so that being slow is not rewarded" from "12h" to "48h",
        /// How long gates stay active after the last step.
        bake: Span = "10m" assumed "a short look after the last step" from "5m" to "30m",
    }
}

record! {
    /// What good service is.
    pub struct SloDoc {
        /// The Apdex threshold T; 4 T divides the slow from the too slow.
        apdex: At<Span> = "200ms"
            assumed "the 99th percentile of the default baseline" from "100ms" to "500ms",
        /// A response slower than this is harm; 4 T when it is not given.
        latency: Option<At<Span>>,
        /// The share of requests that shall not fail, over 30 days: what is left is the error
        /// budget.
        availability: At<Share> = "99.9%" assumed "a usual objective" from "99.5%" to "99.95%",
    }
}

record! {
    /// Shares of a day's requests that a release would harm without any gate.
    pub struct TruthDoc {
        /// At most this makes it good.
        good: Share = "0.01%" assumed "nobody would notice it" from "0.005%" to "0.02%",
        /// At least this makes it bad.
        bad: At<Share> = "0.1%" assumed "as much as a usual error budget" from "0.05%" to "0.2%",
    }
}
