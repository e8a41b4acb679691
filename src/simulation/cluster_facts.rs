//! What a cluster knows of the pods, as its exporters tell it.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::family::Visit;
use super::record::Record;
use super::roster::Numbers;
use crate::fault::End;
use crate::scenario::Scenario;
use crate::strategy::{NEW, OLD};
use crate::telemetry::{Fact, Replicas};

/// What a start of a pod takes in the middle.
pub(super) fn median_start(scenario: &Scenario) -> Span {
    use chance::Continuous;
    Span::from_secs_f64(scenario.fleet.startup.quantile(0.5).max(0.0))
}

impl<R: Record> Engine<'_, R> {
    /// Notes how many pods there are from `now` on, for those who look.
    pub(super) fn count_roster(&mut self, now: Instant) {
        if self.roster.is_kept() {
            let seen = self.seen();
            let is_out = seen.desired[NEW] > 0 && !self.rollout.is_back();
            let updated = if is_out { NEW } else { OLD };
            self.roster.count(now, &seen, self.state.serving, updated);
        }
    }

    /// A number of pods at a scrape.
    pub(super) fn replicas(&self, number: Replicas, of: Option<usize>, scrape: u32) -> f64 {
        let numbers = self.roster.numbers(self.span_of(scrape).0);
        let Numbers { wanted, exist, ready, available, updated } = numbers;
        let sum = |pods: [u32; 2]| of.map_or(pods[OLD] + pods[NEW], |version| pods[version]);
        let count = match number {
            Replicas::One => 1,
            // Only a Deployment replaces pods of its own; a canary beside it is wanted as well.
            Replicas::Wanted if of.is_none() && self.cluster.is_some() => wanted,
            Replicas::Wanted | Replicas::Exist => sum(exist),
            Replicas::Ready => sum(ready),
            Replicas::Available => sum(available),
            Replicas::Unavailable => sum(exist).saturating_sub(sum(available)),
            Replicas::Updated => of.map_or(exist[updated], |version| exist[version]),
        };
        f64::from(count)
    }

    /// What is known of a pod that exists.
    pub(super) fn fact(
        &self,
        fact: Fact,
        (version, pod): (usize, u32),
        visit: &Visit,
    ) -> Option<f64> {
        let is = |condition: bool| f64::from(u8::from(condition));
        let memory = &self.scenario.fleet.memory;
        match fact {
            Fact::Is(number) => Some(number),
            Fact::Has(number) => visit.process.map(|_| number),
            Fact::Ready(ready) => Some(is(visit.process.is_some() == ready)),
            Fact::Restarts => Some(f64::from(self.roster.restarts(version, pod, visit.at))),
            Fact::Waits => visit.process.is_none().then_some(1.0),
            Fact::Killed => {
                let killed = self.leaks() && self.roster.was_killed(version, pod, visit.at);
                killed.then_some(1.0)
            }
            Fact::Memory => visit.process.map(|process| {
                let used = self.roster.process(version, process).used(visit.at);
                let leaked = if self.leaks() { used } else { 0.0 };
                (memory.baseline + leaked * (memory.limit - memory.baseline)).round()
            }),
            Fact::MemoryLimit => Some(memory.limit),
            Fact::MemoryRequest => Some(memory.baseline),
            Fact::Busy => None,
        }
    }

    /// Whether what is used up is memory.
    fn leaks(&self) -> bool {
        self.worn_by.is_some_and(|(_, wear)| wear.end == End::Killed)
    }
}
