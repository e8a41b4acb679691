//! What a scenario says of whose state machine runs the rollout.

mod argo;
mod hpa;
mod nodes;

use clockwork::Span;

pub use argo::{
    AnalysisDoc, ArgoDoc, BackgroundDoc, MeasuredDoc, RangeQueryDoc, ResultDoc, SourceDoc,
    ThresholdDoc, VersionDoc, WholeDoc,
};
pub use hpa::{BoundsDoc, HpaDoc};
pub use nodes::{NodesDoc, PdbDoc};

use super::kubernetes::disruption::Budget;
use super::kubernetes::{Latency, Order, Throttle};
use crate::document::{At, Maybe, record, sum};

sum! {
    /// Whose state machine runs the rollout.
    pub enum ControllerDoc {
        /// None: orders are carried out at once and exactly.
        ideal => Ideal,
        /// The Deployment and ReplicaSet controllers of Kubernetes, as they are in version 1.36.
        kubernetes => Kubernetes(KubernetesDoc),
        /// The controller of Flagger, as it is in version 1.44, on those of Kubernetes.
        flagger => Flagger(FlaggerDoc),
        /// The controller of Argo Rollouts, as it is in version 1.10.
        argo => Argo(ArgoDoc),
    }
}

record! {
    /// The controllers of Kubernetes.
    pub struct KubernetesDoc {
        /// Time from a change until a controller acts on it.
        latency: Span = "0s",
        /// How many requests a second each controller makes, and how many at once.
        client: Maybe<ClientDoc> = "{}",
        /// What follows the load.
        hpa: Maybe<HpaDoc> = "none",
        /// The nodes that pods run on; none when there is a place for every pod.
        nodes: Maybe<NodesDoc> = "none",
        /// What evictions leave of the pods.
        pdb: Maybe<PdbDoc> = "none",
        /// What an operator tells the Deployment on the way.
        kubectl: At<Vec<OrderDoc>> = "[]",
    }
}

record! {
    /// The controller of Flagger.
    pub struct FlaggerDoc {
        /// Time from a change until a controller of Kubernetes acts on it.
        latency: Span = "0s",
        /// How many requests a second each of them makes, and how many at once.
        client: Maybe<ClientDoc> = "{}",
        /// What follows the load: the autoscaler of the canary, of which the primary has a copy.
        hpa: Maybe<HpaDoc> = "none",
        /// The bounds of that copy, where they are others.
        primary: Option<At<BoundsDoc>>,
    }
}

record! {
    /// What an operator tells the Deployment, and when.
    pub struct OrderDoc {
        /// Time since the start of the change.
        at: Span,
        /// What they tell it.
        run: Order,
    }
}

record! {
    /// How many requests a controller makes to the API.
    pub struct ClientDoc {
        /// Requests a second: `--kube-api-qps`; 20 is the default of Kubernetes.
        qps: u32 ["1" to "100_000"] = "20",
        /// Requests at once: `--kube-api-burst`; 30 is the default of Kubernetes.
        burst: u32 ["1" to "100_000"] = "30",
    }
}

impl KubernetesDoc {
    /// What follows the load, if anything does.
    pub fn autoscaler(&self) -> Option<&HpaDoc> {
        self.hpa.0.as_ref()
    }

    /// The nodes that pods run on, if they are told apart.
    pub fn nodes(&self) -> Option<&NodesDoc> {
        self.nodes.0.as_ref()
    }

    /// What evictions leave of the pods, if anything says it.
    pub fn budget(&self) -> Option<Budget> {
        self.pdb.0.as_ref().map(PdbDoc::budget)
    }

    /// What an operator does, in the order of time.
    pub fn orders(&self) -> Vec<(Span, Order)> {
        let mut orders: Vec<_> = self.kubectl.value.iter().map(|it| (it.at, it.run)).collect();
        orders.sort_by_key(|(at, _)| *at);
        orders
    }

    /// How fast the controllers are.
    pub fn pace(&self) -> (Latency, Option<Throttle>) {
        pace(self.latency, &self.client)
    }
}

impl FlaggerDoc {
    /// How fast the controllers of Kubernetes are.
    pub fn pace(&self) -> (Latency, Option<Throttle>) {
        pace(self.latency, &self.client)
    }
}

fn pace(latency: Span, client: &Maybe<ClientDoc>) -> (Latency, Option<Throttle>) {
    let latency = Latency { deployment: latency, replica_set: latency };
    let client = client.0.as_ref();
    (latency, client.map(|it| Throttle { qps: it.qps, burst: it.burst }))
}
