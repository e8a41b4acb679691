//! What a scenario says of the running version.

use clockwork::Span;

use crate::document::{At, Maybe, record};
use crate::units::{Share, Spread};

record! {
    /// The version that runs now.
    pub struct BaselineDoc {
        /// How often it fails.
        errors: ErrorsDoc = "{}",
        /// How fast it answers.
        latency: LatencyDoc = "{}",
        /// The utilisation of the pods at which that holds; told from rate, replicas and perPod
        /// when those are given.
        utilisation: Option<At<Share>>,
    }
}

record! {
    /// How often it fails.
    pub struct ErrorsDoc {
        /// Share of the requests.
        rate: At<Share> = "0.1%" assumed "three nines" from "0.03%" to "0.3%",
        /// How the rate varies.
        noise: Maybe<ErrorNoiseDoc> = "{}",
    }
}

record! {
    /// How the error rate varies, standard deviations on the logit scale.
    pub struct ErrorNoiseDoc {
        /// Over time, common to both versions.
        common: Spread = "0.2" assumed "a fifth up and down" from "0.05" to "0.5",
        /// Time after which the common part is forgotten to 1/e.
        correlation: At<Span> = "5m" assumed "as the traffic" from "1m" to "15m",
        /// Between versions, for the length of a rollout.
        version: Spread = "0.1" assumed "no two builds are alike" from "0.02" to "0.3",
        /// Between pods.
        node: Spread = "0.1" assumed "no two nodes are alike" from "0.02" to "0.3",
    }
}

record! {
    /// How fast it answers: lognormal.
    pub struct LatencyDoc {
        /// The median.
        p50: At<Span> = "50ms" assumed "a typical service" from "20ms" to "100ms",
        /// The 99th percentile.
        p99: At<Span> = "200ms" assumed "a typical service" from "100ms" to "500ms",
    }
}
