//! What a scenario says of the people who are paged and asked.
//!
//! No public data set has these times; the medians follow what vendors of paging report, and the
//! spreads are wide because durations of incidents are strongly skewed. All are assumptions.

use clockwork::Span;

use crate::document::{At, Varying, record};
use crate::units::{Factor, Share, TimeOfDay};

record! {
    /// The people who look after the service.
    pub struct PeopleDoc {
        /// What calls them.
        page: PageDoc = "{}",
        /// Time from a page to its acknowledgement, in working hours.
        acknowledge: At<Varying<Span>> = "{ lognormal: { median: 3m, p95: 13m11s } }"
            assumed "at the desk: three minutes, deviation 0.9 of the logarithm"
            from "{ lognormal: { median: 90s, p95: 6m36s } }"
            to "{ lognormal: { median: 6m, p95: 26m22s } }",
        /// The same outside of working hours.
        acknowledgeAtNight => acknowledge_at_night: At<Varying<Span>> = "{ lognormal: { median: 6m, p95: 31m5s } }"
            assumed "out of bed: twice as long, deviation 1"
            from "{ lognormal: { median: 3m, p95: 15m33s } }"
            to "{ lognormal: { median: 12m, p95: 62m10s } }",
        /// Share of the pages that the one who is called never sees.
        unacknowledged: Share = "12%"
            assumed "telephones are silent, people are under way" from "5%" to "25%",
        /// After this a page that nobody has acknowledged goes to the next person, who takes their
        /// own time; the third one always answers.
        escalate: At<Span> = "5m"
            assumed "what vendors of paging recommend; their tools begin with 30m"
            from "2m" to "30m",
        /// Time from the acknowledgement to an opinion on the cause.
        diagnose: At<Varying<Span>> = "{ lognormal: { median: 12m, p95: 62m10s } }"
            assumed "skewed as incidents are: deviation 1 of the logarithm"
            from "{ lognormal: { median: 6m, p95: 31m5s } }"
            to "{ lognormal: { median: 24m, p95: 124m20s } }",
        /// How many times as long the diagnosis takes when the metrics do not tell the versions
        /// apart.
        withoutVersions => without_versions: At<Factor> = "2x"
            assumed "old and new have to be compared by hand" from "1.5x" to "4x",
        /// Whether the metrics have a label of the version.
        versionMetrics => version_metrics: bool = "true",
        /// Time from an opinion to an order.
        decide: At<Varying<Span>> = "{ lognormal: { median: 3m, p95: 11m11s } }"
            assumed "a short talk: deviation 0.8 of the logarithm"
            from "{ lognormal: { median: 90s, p95: 5m36s } }"
            to "{ lognormal: { median: 6m, p95: 22m22s } }",
        /// Time from an order to the machinery's start on it.
        act: At<Varying<Span>> = "{ lognormal: { median: 20s, p95: 60s } }"
            assumed "one command, looked up and typed"
            from "{ lognormal: { median: 10s, p95: 30s } }"
            to "{ lognormal: { median: 60s, p95: 3m } }",
        /// How often people tell rightly whether a release is the cause.
        attribution: AttributionDoc = "{}",
        /// For how long a deployment counts as recent: when in doubt, such a one is rolled back.
        recent: Span = "24h" assumed "the first day of a release is watched" from "2h" to "72h",
        /// When people are at work, on every day of the week.
        workingHours => working_hours: At<HoursDoc> = "{}",
        /// What they do when a rollout asks them for approval.
        approve: ApproveDoc = "{}",
    }
}

record! {
    /// What calls people.
    pub struct PageDoc {
        /// An alert on a symptom of the whole application, old and new versions together.
        alert: AlertDoc = "{}",
        /// An alert in `rules` that calls them in its place.
        rule: Option<At<String>>,
    }
}

record! {
    /// An alert on the share of all requests that fail.
    pub struct AlertDoc {
        /// More than this share has to fail.
        "error-rate" => error_rate: At<Share> = "5%"
            assumed "the usual example of an alert after deployments" from "1%" to "10%",
        /// In the requests of this time.
        window: At<Span> = "5m" assumed "the same example" from "2m" to "10m",
        /// Time between two evaluations.
        every: At<Span> = "60s" assumed "the default of Prometheus" from "30s" to "2m",
        /// For how long every evaluation has to find it before anybody is called.
        for => lasts: Span = "2m" assumed "the same example" from "1m" to "5m",
    }
}

record! {
    /// How often people tell rightly whether a release is the cause, by its age.
    pub struct AttributionDoc {
        /// Up to half an hour after its first traffic.
        within30m => within_30m: Share = "85%"
            assumed "it is what has just changed" from "70%" to "95%",
        /// Up to a day after it.
        within24h => within_24h: Share = "60%"
            assumed "other things have changed as well" from "40%" to "80%",
        /// Later.
        older: Share = "35%" assumed "nobody thinks of it any more" from "20%" to "55%",
    }
}

record! {
    /// When people are at work.
    pub struct HoursDoc {
        /// When they come.
        from: TimeOfDay = "\"09:00\"" assumed "office hours" from "\"07:00\"" to "\"11:00\"",
        /// When they leave.
        to: TimeOfDay = "\"18:00\"" assumed "office hours" from "\"16:00\"" to "\"20:00\"",
    }
}

record! {
    /// What people do when a rollout asks them for approval.
    pub struct ApproveDoc {
        /// Time until somebody has looked; only working hours count.
        wait: At<Varying<Span>> = "{ lognormal: { median: 20m, p95: 2h24m } }"
            assumed "it waits in a queue: deviation 1.2 of the logarithm"
            from "{ lognormal: { median: 10m, p95: 1h12m } }"
            to "{ lognormal: { median: 1h, p95: 7h12m } }",
        /// How often a release that the metrics blame is approved all the same.
        wavesThrough => waves_through: Share = "40%"
            assumed "approvals become a habit" from "20%" to "70%",
        /// How often a release that the metrics do not blame is refused.
        rejects: Share = "3%" assumed "somebody has a bad feeling" from "1%" to "10%",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Decode, Problems, SourceKind, Sources, complete, decode, yaml};

    fn read(text: &str) -> PeopleDoc {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, "p", text.as_bytes(), &mut problems);
        let tree = complete(PeopleDoc::shape(), tree.expect("a tree"));
        decode(&tree, &mut problems).expect("a document without problems")
    }

    #[test]
    fn nothing_has_to_be_said() {
        let people = read("{}");
        assert_eq!(people.page.alert.lasts, Span::from_mins(2));
        assert_eq!(people.attribution.within_30m.to_string(), "85%");
        assert_eq!(people.working_hours.value.from.to_string(), "09:00");
        assert!(people.version_metrics);
    }

    #[test]
    fn everything_may_be_said() {
        let people = read(
            "page: { alert: { error-rate: 2%, window: 10m, every: 30s, for: 5m } }
acknowledge: 1m
acknowledgeAtNight: { uniform: { from: 5m, to: 20m } }
unacknowledged: 0%
escalate: 30m
diagnose: { exponential: { mean: 10m } }
withoutVersions: 3x
versionMetrics: false
decide: 0s
act: 1m
attribution: { within30m: 90%, within24h: 70%, older: 50% }
recent: 2h
workingHours: { from: \"08:30\", to: \"17:00\" }
approve: { wait: 10m, wavesThrough: 80%, rejects: 0% }",
        );
        assert_eq!(people.acknowledge.value, Varying::Fixed(Span::from_mins(1)));
        assert_eq!(people.page.alert.error_rate.value.to_string(), "2%");
        assert_eq!(people.working_hours.value.to.to_string(), "17:00");
        assert_eq!(people.approve.waves_through.to_string(), "80%");
    }
}
