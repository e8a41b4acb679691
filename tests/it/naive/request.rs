//! One request: who sends it, where it lands, and what becomes of it.

use chance::math;
use coalmine::baseline::Latency;
use coalmine::fault::Wear;
use coalmine::fleet::{Cold, overload, stretch};
use coalmine::scenario::Scenario;

use super::dice::Dice;
use super::pods::{Condition, Pod};
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
    /// It was answered.
    Answered {
        /// After so many seconds.
        seconds: f64,
        /// After so many if no fault existed.
        healthy: f64,
        /// After so many on the old fleet at rest.
        calm: f64,
    },
}

/// Requests per second.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Of all.
    pub(super) all: f64,
    /// Of a version.
    pub(super) here: f64,
    /// Of a version if no fault existed.
    pub(super) due: f64,
}

/// A pod, or what the requests find where it was.
struct Place {
    /// Which of its version's nodes it is on.
    node: usize,
    /// Chance that it cannot serve a request.
    lost: f64,
    /// Multiples of the response time: as it is, and without faults.
    slower: [f64; 2],
}

/// What the requests of a version meet while nothing changes.
pub(super) struct Service {
    /// Odds of a baseline failure on a node like any other.
    odds: f64,
    /// Chance that the old fleet at rest, and this fleet without faults, cannot serve a request.
    lost: [f64; 2],
    /// Stretch of the response time at rest, and without faults.
    stretch: [f64; 2],
    /// Pods that get requests.
    places: Vec<Place>,
    /// Stopped pods that still get requests.
    deaf: usize,
    /// How far each fault has grown.
    forces: Vec<f64>,
}

impl Service {
    pub(super) fn of(
        s: &Scenario,
        world: &mut World,
        (state, deaf, wear): (&State, usize, Option<Wear>),
        (version, tick, now): (usize, usize, f64),
        load: Load,
        dice: &mut Dice,
    ) -> Self {
        let forces: Vec<f64> = (0..world.troubles.len())
            .map(|fault| force(s, world, state, (version, fault), tick))
            .collect();
        let mut work = 1.0;
        for (trouble, force) in world.troubles.iter().zip(&forces) {
            let signature = trouble.signature;
            work *= 1.0 + trouble.part * signature.slow * (signature.factor - 1.0) * force;
            work *= 1.0 + (signature.work - 1.0) * force;
        }
        let pods = &state.pods[version];
        // What stopped pods still get and lose is little: the others count as having to do it all.
        let up = pods.iter().filter(|pod| pod.serves()).count();
        let busy = |load: f64, pods: usize| {
            if load <= 0.0 { 0.0 } else { load / (pods as f64 * s.fleet.per_pod) }
        };
        let rest = busy(load.all, s.fleet.replicas as usize);
        let healthy = busy(load.due, pods.len());
        let each = busy(load.here, up);
        let places = pods.iter().enumerate().filter(|(_, pod)| pod.serves());
        let places = places.map(|(node, pod)| {
            let used = pod.used;
            let worn = wear.filter(|_| version == NEW).map_or(1.0, |wear| wear.slowdown(used));
            let faults = world.troubles.iter().filter_map(|trouble| trouble.signature.cold);
            let colder: f64 = faults
                .filter(|_| version == NEW)
                .map(|cold| slower(cold, pod.ready, now))
                .product();
            let fresh = |ready| s.fleet.cold.map_or(1.0, |cold| slower(cold, ready, now));
            let taken = worn * colder;
            let actual = each * work * taken;
            Place {
                node,
                lost: if is_stalled(pod) { 1.0 } else { overload(actual) },
                slower: [
                    stretch(actual, s.fleet.utilisation) * taken * fresh(pod.ready),
                    fresh(pod.born),
                ],
            }
        });
        let places = places.collect();
        Self {
            odds: world.odds(s, version, tick, dice),
            lost: [rest, healthy].map(overload),
            stretch: [rest, healthy].map(|u| stretch(u, s.fleet.utilisation)),
            places,
            deaf,
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
        let pods = self.places.len();
        let pod = dice.below((pods + self.deaf).max(1));
        // Where there is no pod a request is lost whatever the luck of a node.
        let place = self.places.get(pod);
        let luck = place.map_or(1.0, |place| world.nodes[version][place.node].odds);
        let odds = self.odds * luck;
        if dice.happens(odds / (1.0 + odds) * world.multiple(user)) {
            return Fate::Baseline;
        }
        let luck = dice.uniform();
        let [rest, healthy] = self.lost;
        if luck < rest.min(healthy) {
            return Fate::Baseline;
        }
        let is_deaf = pod >= pods && self.deaf > 0;
        if luck < healthy || is_deaf {
            return Fate::Rollout;
        }
        let Some(place) = place.filter(|place| luck >= place.lost) else {
            return Fate::Defect;
        };
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
        let speed = world.nodes[version][place.node].speed;
        let seconds = math::exp(latency.mu + latency.sigma * dice.normal()) * speed;
        let [rest, healthy] = self.stretch;
        let [actual, fresh] = place.slower;
        Fate::Answered {
            seconds: seconds * actual * factor,
            healthy: seconds * healthy * fresh,
            calm: seconds * rest,
        }
    }
}

fn is_stalled(pod: &Pod) -> bool {
    pod.condition == Condition::Stalled
}

/// How many times as long a pod takes that became ready then.
fn slower(cold: Cold, ready: Option<u64>, now: f64) -> f64 {
    let Some(ready) = ready else { return 1.0 };
    let age = (now - ready as f64 / 1e6).max(0.0);
    // Once the excess is below one per cent the pod is warm.
    let excess = (cold.latency - 1.0) * math::exp(-age / cold.decay);
    if excess < 0.01 { 1.0 } else { 1.0 + excess }
}

/// How far a fault has grown in a tick.
fn force(
    s: &Scenario,
    world: &World,
    state: &State,
    (version, fault): (usize, usize),
    tick: usize,
) -> f64 {
    let middle = |ticks: f64| s.tick.as_secs_f64() * ticks;
    let trouble = &world.troubles[fault];
    // A ramp longer than 256 ticks grows once in 16 ticks.
    let ramp = trouble.ramp.as_secs_f64();
    let grown = if trouble.ramp > s.tick * 256 {
        middle((tick / STEP * STEP) as f64 + STEP as f64 / 2.0)
    } else {
        middle(tick as f64 + 0.5)
    };
    match state.began[fault] {
        None => 0.0,
        Some(_) if version != NEW => 0.0,
        Some(_) if ramp == 0.0 => 1.0,
        Some(began) => ((grown - began as f64 / 1e6) / ramp).clamp(0.0, 1.0),
    }
}
