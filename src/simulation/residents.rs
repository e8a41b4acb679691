//! Which pods are on which node, where nodes are told apart, and which of them leave.

use std::cmp::Reverse;

use clockwork::Instant;

use super::engine::Engine;
use super::record::Record;
use super::state::{Cohort, Condition, State};
use crate::strategy::OLD;

impl State {
    /// The pods that run before a change are spread over the nodes: so many on each.
    pub(super) fn spread(&mut self, pods: impl Iterator<Item = u32>) {
        let Some(running) = self.cohorts[OLD].pop() else { return };
        let mut to = 0;
        for (node, pods) in pods.enumerate().filter(|(_, pods)| *pods > 0) {
            to += pods;
            self.cohorts[OLD].push(Cohort { to, node: node as u32, ..running });
        }
    }

    /// Pods of a version on a node.
    pub(super) fn pods_on(&self, version: usize, node: u32) -> u32 {
        self.sized(version).filter(|(it, _)| it.node == node).map(|(_, pods)| pods).sum()
    }

    /// Those of them that get requests.
    pub(super) fn serving_on(&self, version: usize, node: u32) -> u32 {
        let here = self.sized(version).filter(|(it, _)| it.node == node);
        here.filter(|(it, _)| it.condition.serves()).map(|(_, pods)| pods).sum()
    }

    /// Takes one pod of a version away, or one of a ReplicaSet of it, as their controller does: one
    /// that gets no requests if there is any, else one of the node with most pods of the version,
    /// and there the last. Says which it was.
    pub(super) fn leave(&mut self, version: usize, set: Option<u32>) -> Option<Cohort> {
        let of_set = |it: &Cohort| set.is_none_or(|set| it.set == set);
        let down = |it: &&Cohort| of_set(it) && !it.condition.serves();
        let gone = self.cohorts[version].iter().rfind(down).copied();
        let gone = gone.or_else(|| self.last_of_most(version, of_set))?;
        self.take(version, 1, |it| {
            (it.to, it.node, it.set, it.condition) == (gone.to, gone.node, gone.set, gone.condition)
        });
        Some(gone)
    }

    /// The last of such pods on the node with most pods of the version, the first of several.
    fn last_of_most(&mut self, version: usize, is_one: impl Fn(&Cohort) -> bool) -> Option<Cohort> {
        let mut tally = std::mem::take(&mut self.tally);
        tally.clear();
        self.count_by_node(version, &mut tally);
        let all = self.cohorts[version].iter().filter(|it| is_one(it));
        // Of equal ones the last counts, and that is the last on its node.
        let most = all.max_by_key(|it| (tally[it.node as usize], Reverse(it.node))).copied();
        self.tally = tally;
        most
    }

    /// Adds the pods of a version to the numbers of their nodes.
    pub(super) fn count_by_node(&self, version: usize, tally: &mut Vec<u32>) {
        for (cohort, pods) in self.sized(version) {
            let node = cohort.node as usize;
            tally.resize(tally.len().max(node + 1), 0);
            tally[node] += pods;
        }
    }

    /// Takes one pod of a version on a node away, one that gets requests or one that does not. Says
    /// which it was.
    pub(super) fn evict(&mut self, version: usize, node: u32, serves: bool) -> Option<Cohort> {
        let is_one = |it: &Cohort| it.node == node && it.condition.serves() == serves;
        let gone = self.cohorts[version].iter().rfind(|it| is_one(it)).copied()?;
        self.take(version, 1, is_one);
        Some(gone)
    }

    /// A node is lost: what was to be restarted on it is not.
    pub(super) fn freeze(&mut self, version: usize, node: u32) {
        let here = self.cohorts[version].iter_mut().filter(|it| it.node == node);
        for cohort in here.filter(|it| it.condition == Condition::Down) {
            cohort.then = cohort.then.or(cohort.next.take());
        }
    }

    /// Nobody hears of a node any more: its pods get no requests.
    pub(super) fn lose(&mut self, version: usize, node: u32) {
        self.freeze(version, node);
        let here = self.cohorts[version].iter_mut().filter(|it| it.node == node);
        for cohort in here.filter(|it| it.condition != Condition::Down) {
            (cohort.condition, cohort.then) = (Condition::Lost, None);
            (cohort.next, cohort.end) = (None, None);
        }
        self.count_serving(version);
    }

    /// A node is heard of again: its pods get requests, and those that were to be restarted are.
    pub(super) fn find(&mut self, version: usize, node: u32, now: Instant) {
        for cohort in self.cohorts[version].iter_mut().filter(|it| it.node == node) {
            if cohort.condition == Condition::Lost {
                (cohort.condition, cohort.since) = (Condition::Up, now);
            } else if cohort.condition == Condition::Down {
                cohort.next = cohort.then.take().map(|at| at.max(now));
            }
        }
        self.count_serving(version);
    }
}

impl<R: Record> Engine<'_, R> {
    /// Stops pods of a version, or of one of its ReplicaSets, as their controller chooses them.
    pub(super) fn stop_chosen(&mut self, now: Instant, v: usize, set: Option<u32>, count: u32) {
        self.stop_these(now, v, |state, leaving| {
            leaving.extend((0..count).filter_map(|_| state.leave(v, set)));
        });
    }

    /// Stops pods of a version on a node: so many that get no requests, and so many that do.
    pub(super) fn stop_on(&mut self, now: Instant, v: usize, node: u32, [down, up]: [u32; 2]) {
        if down + up > 0 {
            self.stop_these(now, v, |state, leaving| {
                leaving.extend((0..down).filter_map(|_| state.evict(v, node, false)));
                leaving.extend((0..up).filter_map(|_| state.evict(v, node, true)));
            });
        }
    }

    fn stop_these(
        &mut self,
        now: Instant,
        v: usize,
        choose: impl FnOnce(&mut State, &mut Vec<Cohort>),
    ) {
        let each = self.each(now, v);
        let Some(nodes) = &mut self.nodes else { return };
        let mut leaving = std::mem::take(&mut nodes.leaving);
        leaving.clear();
        self.regime(now, |state| {
            choose(state, &mut leaving);
            state.count_serving(v);
        });
        let (mut stopped, mut dead) = (0, 0);
        for gone in &leaving {
            if self.is_unripe(now, gone) {
                self.pipeline.unripe_of(v, gone.set, 1);
            }
            let is_lost = self.nodes.as_ref().is_some_and(|it| it.all[gone.node as usize].lost);
            stopped += u32::from(gone.condition.serves());
            dead += u32::from(gone.condition.serves() && is_lost);
        }
        self.bury(now, v, dead);
        self.stop_eager(now, v, stopped - dead);
        self.end(now, v, (each, stopped), leaving.len() as u32);
        let gone = now + self.scenario.fleet.termination.takes;
        let Some(nodes) = &mut self.nodes else { return };
        for it in &leaving {
            nodes.end(it.node, gone);
        }
        nodes.leaving = leaving;
    }
}
