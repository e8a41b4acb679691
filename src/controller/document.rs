//! What a scenario says of whose state machine runs the rollout.

use clockwork::Span;

use super::kubernetes::{Latency, Throttle};
use crate::document::{Maybe, record, sum};

sum! {
    /// Whose state machine runs the rollout.
    pub enum ControllerDoc {
        /// None: orders are carried out at once and exactly.
        ideal => Ideal,
        /// The Deployment and ReplicaSet controllers of Kubernetes, as they are in version 1.36.
        kubernetes => Kubernetes(KubernetesDoc),
    }
}

record! {
    /// The controllers of Kubernetes.
    pub struct KubernetesDoc {
        /// Time from a change until a controller acts on it.
        latency: Span = "0s",
        /// How many requests a second each controller makes, and how many at once.
        client: Maybe<ClientDoc> = "{}",
    }
}

record! {
    /// How many requests a controller makes to the API.
    pub struct ClientDoc {
        /// Requests a second: `--kube-api-qps`; 20 is the default of kube-controller-manager.
        qps: u32 ["1" to "100_000"] = "20",
        /// Requests at once: `--kube-api-burst`; 30 is the default of kube-controller-manager.
        burst: u32 ["1" to "100_000"] = "30",
    }
}

impl KubernetesDoc {
    /// How fast the controllers are.
    pub fn pace(&self) -> (Latency, Option<Throttle>) {
        let latency = Latency { deployment: self.latency, replica_set: self.latency };
        let client = self.client.0.as_ref();
        (latency, client.map(|it| Throttle { qps: it.qps, burst: it.burst }))
    }
}
