//! What is random about the cluster and the pods that start in it.

use chance::{Continuous, Law, math};
use clockwork::Span;

use super::purpose;
use super::world::World;
use crate::controller::kubernetes::WallClock;
use crate::scenario::Scenario;

impl World {
    /// The clock of the cluster, which is somewhere within a second when the change starts.
    pub(super) fn clock(&self) -> WallClock {
        let drawn = || {
            let phase = self.keyed.uniform(0, 0, purpose::CLOCK);
            WallClock::starting_at(Span::from_secs_f64(phase))
        };
        let clock = self.clock_kept.get().unwrap_or_else(drawn);
        self.clock_kept.set(Some(clock));
        clock
    }

    /// Where in its period an autoscaler is when the change starts, zero to one.
    pub(super) fn sync(&self) -> f64 {
        self.keyed.uniform(0, 0, purpose::SYNC)
    }

    /// Time until the kubelet sees that a container runs: it lists them every second.
    pub(super) fn relist(&self, version: usize, pod: u32, restart: u32, attempt: u32) -> Span {
        let node = pod << 5 | restart & 31;
        Span::from_secs_f64(self.keyed.uniform(place(version, attempt), node, purpose::RELIST))
    }

    /// Seconds until a pod is ready that is the `pod`-th of its version in an attempt.
    pub fn startup(&self, scenario: &Scenario, version: usize, pod: u32, attempt: u32) -> f64 {
        match &scenario.fleet.startup {
            Law::Fixed(fixed) => fixed.mean(),
            law => law.quantile(self.keyed.uniform(place(version, attempt), pod, purpose::STARTUP)),
        }
    }

    /// Seconds that the `restart`-th restart in place of a pod of the new version takes.
    pub fn restart(&self, scenario: &Scenario, pod: u32, restart: u32) -> f64 {
        match &scenario.fleet.restart {
            Law::Fixed(fixed) => fixed.mean(),
            law => law.quantile(self.keyed.uniform(restart, pod, purpose::RESTART)),
        }
    }

    /// How many starts of a pod of the new version fail before one succeeds, each with the same
    /// chance; nothing when none ever does.
    pub fn failed_starts(&self, chance: f64, pod: u32, attempt: u32) -> Option<u32> {
        if chance >= 1.0 {
            return None;
        }
        let u = self.keyed.uniform(place(1, attempt), pod, purpose::CRASHES);
        Some((math::ln(u) / math::ln(chance)) as u32)
    }
}

/// The stream of what is drawn by version, new in every attempt.
fn place(version: usize, attempt: u32) -> u32 {
    version as u32 + 2 * attempt
}
