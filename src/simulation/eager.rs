//! Pods that are ready before they can serve: requests are sent to them, and fail.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::record::{Happening, Record};
use super::state::VERSIONS;

/// Pods that cannot serve yet, by version: when they can, and how many.
#[derive(Clone, Debug, Default)]
pub(super) struct Eager([Vec<(Instant, u32)>; VERSIONS]);

impl Eager {
    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }

    /// How many there are of each version.
    fn counts(&self) -> [u32; VERSIONS] {
        [0, 1].map(|v: usize| self.0[v].iter().map(|(_, pods)| pods).sum())
    }

    fn next(&self) -> Option<Instant> {
        self.0.iter().flatten().map(|(at, _)| *at).min()
    }

    /// So many pods of a version are stopped, the latest first.
    fn stop(&mut self, version: usize, count: u32) {
        let mut left = count;
        for (_, pods) in self.0[version].iter_mut().rev() {
            let fewer = left.min(*pods);
            *pods -= fewer;
            left -= fewer;
        }
    }
}

impl<R: Record> Engine<'_, R> {
    /// Pods of a version are ready, and can serve only later.
    pub(super) fn are_eager(&mut self, now: Instant, v: usize, (serves, pods): (Instant, u32)) {
        self.eager.0[v].push((serves, pods));
        self.record.note(now, Happening::PodsEager { version: v, pods });
        self.count_eager(now);
    }

    /// Pods of a version die, and get requests until somebody notices.
    pub(super) fn die(&mut self, now: Instant, v: usize, (noticed, pods): (Instant, u32)) {
        if pods > 0 {
            self.eager.0[v].insert(0, (noticed, pods));
            self.count_eager(now);
        }
    }

    /// Pods can serve.
    pub(super) fn pods_serve(&mut self, now: Instant) {
        for pods in &mut self.eager.0 {
            pods.retain(|(at, _)| *at > now);
        }
        self.count_eager(now);
    }

    /// Pods of a version are stopped, the latest first.
    pub(super) fn stop_eager(&mut self, now: Instant, v: usize, stopped: u32) {
        if self.state.eager[v] > 0 {
            self.eager.stop(v, stopped);
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
