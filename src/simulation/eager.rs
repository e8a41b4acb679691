//! Pods that are ready before they can serve: requests are sent to them, and fail.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::record::{Happening, Record};
use super::state::VERSIONS;

/// Pods that get requests and cannot serve, by version: until when, and how many.
#[derive(Clone, Debug, Default)]
pub(super) struct Eager {
    /// They are ready, and cannot serve yet.
    early: [Vec<(Instant, u32)>; VERSIONS],
    /// They are on a node that is lost, and nobody knows it.
    dead: [Vec<(Instant, u32)>; VERSIONS],
}

impl Eager {
    pub(super) fn clear(&mut self) {
        self.early.iter_mut().chain(&mut self.dead).for_each(Vec::clear);
    }

    /// How many there are of each version.
    fn counts(&self) -> [u32; VERSIONS] {
        let pods = |v: usize| self.early[v].iter().chain(&self.dead[v]).map(|(_, pods)| pods);
        [0, 1].map(|v| pods(v).sum())
    }

    fn next(&self) -> Option<Instant> {
        self.early.iter().chain(&self.dead).flatten().map(|(at, _)| *at).min()
    }
}

/// So many pods are stopped, the latest first.
fn stop(groups: &mut [(Instant, u32)], count: u32) {
    let mut left = count;
    for (_, pods) in groups.iter_mut().rev() {
        let fewer = left.min(*pods);
        *pods -= fewer;
        left -= fewer;
    }
}

impl<R: Record> Engine<'_, R> {
    /// Pods of a version are ready, and can serve only later.
    pub(super) fn are_eager(&mut self, now: Instant, v: usize, (serves, pods): (Instant, u32)) {
        self.eager.early[v].push((serves, pods));
        self.record.note(now, Happening::PodsEager { version: v, pods });
        self.count_eager(now);
    }

    /// Pods of a version die, and get requests until somebody notices.
    pub(super) fn die(&mut self, now: Instant, v: usize, (noticed, pods): (Instant, u32)) {
        if pods > 0 {
            self.eager.dead[v].push((noticed, pods));
            self.count_eager(now);
        }
    }

    /// So many of those are stopped before anybody noticed.
    pub(super) fn bury(&mut self, now: Instant, v: usize, pods: u32) {
        if pods > 0 {
            stop(&mut self.eager.dead[v], pods);
            self.count_eager(now);
        }
    }

    /// Pods can serve.
    pub(super) fn pods_serve(&mut self, now: Instant) {
        for pods in self.eager.early.iter_mut().chain(&mut self.eager.dead) {
            pods.retain(|(at, _)| *at > now);
        }
        self.count_eager(now);
    }

    /// Pods of a version are stopped, the latest first.
    pub(super) fn stop_eager(&mut self, now: Instant, v: usize, stopped: u32) {
        if self.state.eager[v] > 0 {
            stop(&mut self.eager.early[v], stopped);
            self.count_eager(now);
        }
    }

    fn count_eager(&mut self, now: Instant) {
        let counts = self.eager.counts();
        self.regime(now, |state| state.eager = counts);
        match self.eager.next() {
            Some(at) => self.agenda.schedule(Event::PodsServe, at.max(now)),
            None => self.agenda.cancel(Event::PodsServe),
        }
    }
}
