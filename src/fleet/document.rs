//! What a scenario says of its pods.

use clockwork::Span;

use crate::document::{At, Maybe, Varying, record};
use crate::units::{Bytes, Count, Factor, Rate, Share, Spread};

record! {
    /// The pods of the service.
    pub struct FleetDoc {
        /// Pods of the running version; 10 when it cannot be told from the rate.
        replicas: Option<At<u32>>,
        /// How a pod behaves.
        pod: PodDoc = "{}",
        /// What a pod carries.
        capacity: CapacityDoc = "{}",
        /// How the nodes under the pods differ.
        nodes: At<Maybe<NodesDoc>> = "{}",
    }
}

record! {
    /// How a pod behaves.
    pub struct PodDoc {
        /// Time from the order of a pod to its readiness.
        startup: At<Varying<Span>> = "{ lognormal: { median: 12s, p95: 40s } }"
            assumed "image pull and warm start of a service"
            from "{ lognormal: { median: 4s, p95: 13s } }"
            to "{ lognormal: { median: 36s, p95: 2m } }",
        /// How slow a fresh pod is.
        cold: Maybe<ColdDoc> = "{}",
        /// What it needs and what it may have.
        memory: At<MemoryDoc> = "{}",
        /// Connections that its requests share.
        pool: At<Count> = "10" assumed "the default of HikariCP" from "5" to "50",
        /// Time from the end of a container to its readiness when it is restarted in place.
        restart: At<Varying<Span>> = "{ lognormal: { median: 8s, p95: 25s } }"
            assumed "a start without a pull of the image"
            from "{ lognormal: { median: 3s, p95: 9s } }"
            to "{ lognormal: { median: 24s, p95: 75s } }",
        /// How the kubelet finds out whether it is well; none when it is ready just when it can
        /// serve.
        probes: Maybe<ProbesDoc> = "none",
        /// How a pod ends.
        termination: TerminationDoc = "{}",
    }
}

record! {
    /// How the kubelet finds out whether a container is well.
    pub struct ProbesDoc {
        /// Time from the order of a pod until its container is started; a part of `startup`.
        container: Span = "2s"
            assumed "a place, a sandbox and an image that is there" from "500ms" to "20s",
        /// Until it succeeds the others do not run.
        startup: Maybe<ProbeDoc> = "none",
        /// Requests are sent from its first success on, and not while it fails: a pod that stalls,
        /// or has too much to do, fails it as it fails requests. None when every container that
        /// runs is ready.
        readiness: Maybe<ProbeDoc> = "{}",
        /// A container is killed when it fails: while it boots, or because it has too much to do.
        liveness: Maybe<ProbeDoc> = "none",
    }
}

record! {
    /// A probe; the defaults are those of Kubernetes.
    pub struct ProbeDoc {
        /// Time from the start of the container until it is asked.
        initialDelay => initial_delay: Span = "0s",
        /// Time between two attempts.
        period: At<Span> = "10s",
        /// An answer that takes longer is a failure. While it boots a container answers at once or
        /// not at all; later a probe takes as long as any request.
        timeout: Span = "1s",
        /// So many successes in a row count.
        successThreshold => success_threshold: u32 ["1" to "1000"] = "1",
        /// So many failures in a row count.
        failureThreshold => failure_threshold: u32 ["1" to "1000"] = "3",
    }
}

record! {
    /// What a pod needs and what it may have.
    pub struct MemoryDoc {
        /// Memory of a healthy pod.
        baseline: Bytes = "400Mi"
            assumed "a service in a garbage-collected language" from "200Mi" to "600Mi",
        /// Where it is killed.
        limit: Bytes = "650Mi" assumed "some room above it" from "500Mi" to "1300Mi",
    }
}

record! {
    /// How a pod ends.
    pub struct TerminationDoc {
        /// Time until the last router stops sending it requests.
        propagation: Span = "1s"
            assumed "endpoints reach the proxies of a cluster in 0.3 to 3 s" from "300ms" to "3s",
        /// Time that it goes on serving after it was told to stop.
        preStop => pre_stop: Span = "0s",
        /// Time until it is gone.
        takes: Span = "5s" assumed "requests in flight are finished" from "1s" to "30s",
    }
}

record! {
    /// A fresh pod answers slower; the excess decays.
    pub struct ColdDoc {
        /// Latency of a pod that has just become ready, as a multiple.
        latency: Factor = "2x" assumed "caches and compiled code are cold" from "1.2x" to "5x",
        /// Time in which the excess falls to 1/e.
        decay: At<Span> = "60s" assumed "a minute of traffic warms a pod" from "20s" to "5m",
    }
}

record! {
    /// What a pod carries.
    pub struct CapacityDoc {
        /// Requests per second at which a pod saturates; told from the rate when not given.
        perPod => per_pod: Option<At<Rate>>,
    }
}

record! {
    /// Latency of a node relative to the others.
    pub struct NodesDoc {
        /// Standard deviation of the logarithm.
        sd: Spread = "0.05"
            assumed "fresh virtual machines in the Azure VM noise data" from "0.01" to "0.1",
        /// Share of nodes that are much slower.
        outliers: Share = "2%" assumed "the same data" from "0.2%" to "5%",
        /// How many times as slow those are at least.
        from: Factor = "1.2x" assumed "the same data" from "1.1x" to "1.5x",
        /// How many times as slow those are at most.
        to: Factor = "1.6x" assumed "the same data" from "1.3x" to "2.3x",
    }
}
