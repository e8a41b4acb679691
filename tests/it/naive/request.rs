//! One request: who sends it, where it lands, and what becomes of it.

use chance::math;
use coalmine::baseline::Latency;
use coalmine::fleet::{overload, stretch};
use coalmine::scenario::Scenario;

use super::dice::Dice;
use super::simulator::State;
use super::world::{NEW, STEP, World};

/// What became of a request.
pub(super) enum Fate {
    /// It failed, and would have failed on the old fleet at rest.
    Baseline,
    /// It failed because of how the release is rolled out.
    Rollout,
    /// It failed because of a fault of the release.
    Defect,
    /// It was answered after so many seconds, and without the faults would have been after so
    /// many.
    Answered(f64, f64),
}

/// What the requests of a version meet while nothing changes.
pub(super) struct Service {
    /// Odds of a baseline failure on a node like any other.
    odds: f64,
    /// Chance that the old fleet at rest, this fleet without faults, and this fleet as it is
    /// cannot serve a request.
    lost: [f64; 3],
    /// Stretch of the response time without faults, and as it is.
    stretch: [f64; 2],
    /// Multiple of the response time by pod: node and coldness.
    pods: Vec<f64>,
    /// How far each fault has grown.
    forces: Vec<f64>,
}

impl Service {
    pub(super) fn of(
        s: &Scenario,
        world: &mut World,
        state: &State,
        (version, tick): (usize, usize),
        (load, rate): (f64, f64),
        dice: &mut Dice,
    ) -> Self {
        let middle = |ticks: f64| s.tick.as_secs_f64() * ticks;
        let now = middle(tick as f64 + 0.5);
        let pods = state.pods[version].iter().zip(&world.nodes[version]);
        let cold = |ready: Option<u64>| match (s.fleet.cold, ready) {
            (Some(cold), Some(ready)) => {
                let age = (now - ready as f64 / 1e6).max(0.0);
                1.0 + (cold.latency - 1.0) * math::exp(-age / cold.decay)
            }
            _ => 1.0,
        };
        let pods: Vec<f64> = pods.map(|(ready, node)| node.speed * cold(*ready)).collect();
        let mut forces = Vec::new();
        let mut work = 1.0;
        for (trouble, began) in world.troubles.iter().zip(&state.began) {
            // A ramp longer than 256 ticks grows once in 16 ticks.
            let ramp = trouble.ramp.as_secs_f64();
            let grown = if trouble.ramp > s.tick * 256 {
                middle((tick / STEP * STEP) as f64 + STEP as f64 / 2.0)
            } else {
                now
            };
            let force = match began {
                None => 0.0,
                Some(_) if version != NEW => 0.0,
                Some(_) if ramp == 0.0 => 1.0,
                Some(began) => ((grown - *began as f64 / 1e6) / ramp).clamp(0.0, 1.0),
            };
            forces.push(force);
            let slow = trouble.part * trouble.signature.slow;
            work *= 1.0 + slow * (trouble.signature.factor - 1.0) * force;
        }
        let rest = load / (f64::from(s.fleet.replicas) * s.fleet.per_pod);
        let healthy = rate / (pods.len() as f64 * s.fleet.per_pod);
        let actual = healthy * work;
        let lost = overload(healthy);
        Self {
            odds: world.odds(s, version, tick, dice),
            lost: [overload(rest).min(lost), lost, overload(actual).max(lost)],
            stretch: [healthy, actual].map(|u| stretch(u, s.fleet.utilisation)),
            pods,
            forces,
        }
    }

    /// Serves a request of `user` of version `version`.
    pub(super) fn serve(
        &self,
        latency: Latency,
        world: &World,
        (user, version): (usize, usize),
        dice: &mut Dice,
    ) -> Fate {
        let pod = dice.below(self.pods.len());
        let odds = self.odds * world.nodes[version][pod].odds;
        if dice.happens(odds / (1.0 + odds) * world.multiple(user)) {
            return Fate::Baseline;
        }
        let luck = dice.uniform();
        match self.lost {
            [rest, _, _] if luck < rest => return Fate::Baseline,
            [_, healthy, _] if luck < healthy => return Fate::Rollout,
            [_, _, actual] if luck < actual => return Fate::Defect,
            _ => {}
        }
        let mut factor = 1.0;
        for (fault, force) in self.forces.iter().enumerate() {
            if *force == 0.0 || !world.concerns(fault, user, dice) {
                continue;
            }
            let signature = world.troubles[fault].signature;
            if dice.happens(signature.errors * force) {
                return Fate::Defect;
            }
            if dice.happens(signature.slow) {
                factor *= 1.0 + (signature.factor - 1.0) * force;
            }
        }
        let seconds = math::exp(latency.mu + latency.sigma * dice.normal()) * self.pods[pod];
        let [healthy, actual] = self.stretch;
        Fate::Answered(seconds * actual * factor, seconds * healthy)
    }
}
