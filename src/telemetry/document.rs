//! What a scenario says of its telemetry.

use clockwork::Span;

use crate::document::{At, record, word};
use crate::units::Share;

record! {
    /// How the counts reach the gates.
    pub struct TelemetryDoc {
        /// Time between two scrapes: the grain of everything that is counted.
        scrape: At<Span> = "15s" assumed "a common scrape interval of Prometheus" from "10s" to "30s",
        /// Time from a scrape until it can be read.
        delay: Span = "5s" assumed "ingestion takes a moment" from "1s" to "30s",
        /// What the service is called in its series; the scenario's name when it is not given.
        service: Option<String>,
        /// What the Service of the running version is called, where it is another one.
        stableService => stable_service: Option<String>,
        /// What the Service of the release is called, where it is another one.
        canaryService => canary_service: Option<String>,
        /// A Service of the release that gets no requests of users, such as one for previews.
        previewService => preview_service: Option<String>,
        /// Its namespace.
        namespace: String = "default",
        /// How the workloads of the two versions are called.
        naming: NamingDoc = "shared",
        /// When the series of a counter begins.
        series: BirthDoc = "created-at-start",
        /// The share of scrapes that fail.
        failedScrapes => failed_scrapes: Share = "0%",
        /// Which queries are answered from the series of single pods; `as-asked` when it is not
        /// given. Pods that serve get the same requests, but for chance; they differ in when they
        /// begin, restart, stall and run out of memory.
        targets: Option<TargetsDoc>,
        /// When single pods are scraped; `together` when it is not given.
        phases: Option<PhasesDoc>,
        /// Upper limits of the buckets of response times.
        buckets: At<Vec<Span>> =
            "[5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2500ms, 5s, 10s]",
        /// Labels that every series has besides: `team=checkout`.
        labels: At<Vec<String>> = "[]",
        /// Metrics and labels that are called otherwise here: `http_requests_total=api_requests`. A
        /// metric may be given several names.
        rename: At<Vec<String>> = "[]",
        /// Gauges of the response time that the service shows: the mean of the requests that were
        /// answered well in the latest interval with any. The end of a name is its unit: `_ms`,
        /// `_milliseconds` or `_seconds`.
        gauges: Option<At<Vec<String>>>,
        /// Metrics that are known to be nowhere: a query of one finds nothing, as in Prometheus,
        /// and is no mistake. A name that something has, by `rename` or `gauges` too, is found.
        missing: Option<At<Vec<String>>>,
    }
}

word! {
    /// How the workloads of the two versions are called.
    pub enum NamingDoc {
        /// Both as the service: a Deployment or a Rollout, and hashes tell the versions apart.
        shared => Shared,
        /// The running version as the service with `-primary`, the release as the service.
        flagger => Flagger,
    }
}

word! {
    /// When the series of a counter begins.
    pub enum BirthDoc {
        /// With the process, at zero.
        "created-at-start" => Start,
        /// With the first event that it counts.
        "born-at-first-event" => FirstEvent,
    }
}

word! {
    /// Which queries are answered from the series of single pods.
    pub enum TargetsDoc {
        /// Those that look at pods: that count, compare or rank them, group by them or name one.
        /// For the others the pods of a version are one target.
        "as-asked" => AsAsked,
        /// All of them: slower, and the same but for chance.
        "by-pod" => ByPod,
    }
}

word! {
    /// When single pods are scraped.
    pub enum PhasesDoc {
        /// All at the same instant.
        together => Together,
        /// Each at its own moment of every interval. It can be read when the interval is over.
        spread => Spread,
    }
}
