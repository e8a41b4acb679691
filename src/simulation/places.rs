//! Where pods that were ordered may start, and what those wait for that may not yet.

use clockwork::Instant;

use super::engine::Engine;
use super::pipeline::{Start, Unplaced};
use super::record::Record;
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Replacement};

impl<R: Record> Engine<'_, R> {
    /// A pod that was ordered starts, or waits for its place.
    pub(super) fn place(&mut self, now: Instant, v: usize, pod: u32) {
        let it = Unplaced { pod, set: self.pipeline.set };
        let node = self.free_place(now);
        self.pipeline.coming[v] += 1;
        match node {
            Some(node) => {
                let start = self.start(now, v, it);
                self.pipeline.starting[v].push(Start { node, ..start });
            }
            None => self.pipeline.waiting[v].push(it),
        }
    }

    /// The node that has room for one more pod, any where nodes are not told apart; none where it
    /// has to wait for another node, or for the end of another pod.
    fn free_place(&mut self, now: Instant) -> Option<u32> {
        if self.scenario.strategy.after_termination && self.placed() >= self.most_pods() {
            return None;
        }
        match (&mut self.nodes, &self.scenario.strategy.nodes) {
            (Some(nodes), Some(pool)) => nodes.place(pool, (&self.state, &self.pipeline), now),
            _ => Some(0),
        }
    }

    /// Pods that exist, those that end included.
    fn placed(&self) -> u32 {
        let seen = self.seen();
        seen.desired.iter().sum::<u32>() + seen.stopping - self.pipeline.unplaced()
    }

    /// The pods that there may be at once.
    fn most_pods(&self) -> u32 {
        let surge = match self.scenario.strategy.replacement() {
            Some(Replacement::Rolling(bounds, _)) => bounds.surge,
            _ => 0,
        };
        self.replicas.saturating_add(surge)
    }

    /// Pods that waited for their place start, as far as there are places now.
    pub(super) fn start_waiting(&mut self, now: Instant) {
        if self.pipeline.unplaced() == 0 || planted::is(Bug::WaitingPodsAreForgotten) {
            return;
        }
        for v in [OLD, NEW] {
            while !self.pipeline.waiting[v].is_empty()
                && let Some(node) = self.free_place(now)
            {
                let first = self.pipeline.waiting[v].remove(0);
                let start = self.start(now, v, first);
                self.pipeline.starting[v].push(Start { node, ..start });
            }
            self.pipeline.sort(v);
        }
        self.schedule_ready();
        self.ask_for_nodes(now);
    }
}
