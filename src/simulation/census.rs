//! What can be seen of nodes and the pods on them, for those who look.

use clockwork::Instant;

use super::engine::Engine;
use super::record::Record;
use crate::strategy::{NEW, OLD};

/// When the nodes are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An event has happened, and all that followed from it at once.
    Settled,
    /// A drain has asked for the eviction of all pods of a node.
    Evicted {
        /// Which node, counted from zero.
        node: u32,
        /// Pods that are deleted.
        gone: u32,
        /// Those of them that got requests.
        ready: u32,
        /// Pods that may not go.
        refused: u32,
    },
}

/// A node and what is on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Pods that have been ready, or failed to be.
    pub pods: u32,
    /// Those of them that get requests.
    pub serving: u32,
    /// Pods that start.
    pub starting: u32,
    /// Pods that end.
    pub ending: u32,
    /// Whether it is there.
    pub up: bool,
    /// Whether it is drained.
    pub cordoned: bool,
    /// Whether it is lost, known or not.
    pub lost: bool,
}

/// The nodes and the pods of a Deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// The nodes, in the order of their numbers.
    pub nodes: Vec<Standing>,
    /// Pods without a place.
    pub waiting: u32,
    /// Pods that are wanted.
    pub replicas: u32,
    /// Pods that are ordered and not stopped.
    pub pods: u32,
    /// Pods that were told to stop and are not gone.
    pub ending: u32,
    /// Pods that get requests.
    pub healthy: u32,
    /// Evictions that the budget would allow; any number when there is no budget.
    pub allowed: Option<u32>,
}

impl Standing {
    /// Whether pods may be placed on it.
    pub fn is_open(&self) -> bool {
        self.up && !self.cordoned && !self.lost
    }

    /// Places that are taken.
    pub fn taken(&self) -> u32 {
        self.pods + self.starting + self.ending
    }
}

impl<R: Record> Engine<'_, R> {
    /// Shows the nodes to whoever wants to see them.
    pub(super) fn show(&mut self, now: Instant, moment: Moment) {
        if !R::NODES {
            return;
        }
        let Some(nodes) = &self.nodes else { return };
        let all = (0..).zip(&nodes.all).map(|(node, it)| {
            let sum = |count: &dyn Fn(usize) -> u32| count(OLD) + count(NEW);
            Standing {
                pods: sum(&|v| self.state.pods_on(v, node)),
                serving: sum(&|v| self.state.serving_on(v, node)),
                starting: self.pipeline.starting_on(node),
                ending: it.ending,
                up: it.up <= now,
                cordoned: it.cordoned,
                lost: it.lost,
            }
        });
        let census = Census {
            nodes: all.collect(),
            waiting: self.pipeline.unplaced(),
            replicas: self.replicas,
            pods: self.seen().desired.iter().sum(),
            ending: self.seen().stopping,
            healthy: self.state.serving.iter().sum(),
            allowed: self.disruptions().map(|it| it.allowed),
        };
        self.record.see(now, moment, &census);
    }
}
