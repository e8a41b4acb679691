//! Nodes that are drained, and what a disruption budget says to it.

use clockwork::{Instant, Span};

use super::census::Moment;
use super::engine::Engine;
use super::nodes::{Step, counted};
use super::record::Record;
use super::state::VERSIONS;
use crate::controller::kubernetes::disruption::{Answer, Disruptions, RETRY, Unhealthy, Victim};
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Signal};

impl<R: Record> Engine<'_, R> {
    /// `kubectl drain`.
    pub(super) fn drain(&mut self, now: Instant, node: u32) -> Option<Signal> {
        let nodes = self.nodes.as_mut()?;
        let node = node - 1;
        nodes.all[node as usize].cordoned = true;
        let is_drain = |step: &Step| matches!(step, Step::Drained { .. });
        if !nodes.due.iter().any(|(_, it, step)| *it == node && is_drain(step)) {
            nodes.due.push((now, node, Step::Drained { refused: 0 }));
        }
        self.nodes_changed(now)
    }

    /// `kubectl uncordon`, by somebody who has ended the drain.
    pub(super) fn uncordon(&mut self, now: Instant, node: u32) -> Option<Signal> {
        let nodes = self.nodes.as_mut()?;
        let node = node - 1;
        nodes.all[node as usize].cordoned = false;
        nodes.due.retain(|(_, it, step)| *it != node || !matches!(step, Step::Drained { .. }));
        self.nodes_changed(now)
    }

    /// Asks for the eviction of all pods of a node.
    pub(super) fn evict(&mut self, now: Instant, node: u32, before: u32) {
        let mut budget = self.disruptions();
        let mut ask = |ready: bool| {
            if planted::is(Bug::EvictionsAreNotCounted) {
                budget = self.disruptions();
            }
            let victim = Victim { running: true, ready };
            let answer = budget.as_mut().map(|it| it.evict(victim, Unhealthy::default()));
            answer != Some(Answer::Refused)
        };
        // By version: pods that start, that get no requests, and that do.
        let (mut evicted, mut refused) = ([[0_u32; 3]; VERSIONS], 0);
        for v in [OLD, NEW] {
            let ready = self.state.serving_on(v, node);
            let unready = self.state.pods_on(v, node) - ready;
            let starting = self.pipeline.starting_of(v, node);
            for (kind, pods) in [starting, unready, ready].into_iter().enumerate() {
                evicted[v][kind] = (0..pods).filter(|_| ask(kind == 2)).count() as u32;
                refused += pods - evicted[v][kind];
            }
        }
        let mut gone = 0;
        for v in [OLD, NEW] {
            let [starting, unready, ready] = evicted[v];
            (0..starting).for_each(|_| self.pipeline.evict_start(v, node));
            self.stop_on(now, v, node, [unready, ready]);
            gone += starting + unready + ready;
        }
        self.schedule_ready();
        self.count_pods(now);
        let ready = evicted[OLD][2] + evicted[NEW][2];
        self.show(now, Moment::Evicted { node, gone, ready, refused });
        let Some(nodes) = &mut self.nodes else { return };
        if refused > 0 && !planted::is(Bug::DrainAsksOnce) {
            let hasty = planted::is(Bug::DrainDoesNotWait);
            let wait = if hasty { Span::from_secs(1) } else { RETRY };
            nodes.due.push((now + wait, node, Step::Drained { refused }));
        }
        let (name, done) = (node + 1, refused == 0);
        if gone > 0 || refused != before || done {
            self.reply(now, |_| {
                let gone = counted(gone, "is", "are");
                match refused {
                    0 => format!("{gone} evicted: node-{name} drained"),
                    _ => format!(
                        "{gone} evicted of node-{name}, {refused} cannot be: it would violate the \
                         pod's disruption budget"
                    ),
                }
            });
        }
    }

    /// What the disruption controller allows now, where a budget asks for anything.
    pub(super) fn disruptions(&self) -> Option<Disruptions> {
        let budget = self.scenario.strategy.budget?;
        let pods = self.seen().desired.iter().sum();
        Some(budget.disruptions(self.replicas, pods, self.state.serving.iter().sum()))
    }
}
