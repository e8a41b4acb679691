//! From the state of a rollout to expected counts: the cells of both versions in a tick.

use chance::math;
use clockwork::Instant;

use super::state::State;
use super::world::World;
use crate::baseline::Latency;
use crate::fault::Signature;
use crate::fleet::{Cold, overload, stretch};
use crate::scenario::{FAULTS_MAX, LIMITS_MAX, Scenario};
use crate::traffic::STEP_BITS;

/// The running version and the release.
pub(super) const VERSIONS: usize = 2;
/// The running version.
pub(super) const OLD: usize = 0;
/// The release.
pub(super) const NEW: usize = 1;

/// Kinds of requests of a version: three causes of failure and three classes of success.
pub(super) const CELLS: usize = 6;
/// Failures that would have happened anyway.
pub(super) const BASELINE: usize = 0;
/// Failures that the strategy itself makes.
pub(super) const ROLLOUT: usize = 1;
/// Failures that the release's faults make.
pub(super) const DEFECT: usize = 2;
/// Responses after more than 4 T.
pub(super) const SLOW: usize = 3;
/// Responses between T and 4 T.
pub(super) const MIDDLE: usize = 4;
/// Responses within T.
pub(super) const FAST: usize = 5;

/// One stream for each version and cell.
pub(super) const STREAMS: usize = VERSIONS * CELLS;

/// The stream of a cell of a version.
pub(super) const fn stream(version: usize, cell: usize) -> usize {
    version * CELLS + cell
}

/// Expected counts of a tick beside the streams.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Note {
    /// Of the class that a gate's limit lies in, how many are beyond the limit.
    pub(super) beyond: [[f64; LIMITS_MAX]; VERSIONS],
    /// Responses of the release slower than the objective because of its faults; signed.
    pub(super) harm: f64,
}

/// Expected counts of one tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// By stream.
    pub(super) rate: [f64; STREAMS],
    /// Beside them.
    pub(super) note: Note,
}

impl Expected {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        rate: [0.0; STREAMS],
        note: Note { beyond: [[0.0; LIMITS_MAX]; VERSIONS], harm: 0.0 },
    };

    /// Adds `part` of another tick's expectation.
    pub(super) fn add(&mut self, other: &Self, part: f64) {
        for (mine, theirs) in self.rate.iter_mut().zip(&other.rate) {
            *mine += theirs * part;
        }
        self.note.harm += other.note.harm * part;
        for version in 0..VERSIONS {
            for limit in 0..LIMITS_MAX {
                self.note.beyond[version][limit] += other.note.beyond[version][limit] * part;
            }
        }
    }
}

/// Response times that matter to somebody, as logarithms of seconds, each once.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// T, 4 T, then the others.
    ln: Vec<f64>,
    /// The place of the objective.
    objective: usize,
    /// The places of the limits of the gates.
    gates: Vec<usize>,
    /// Whether somebody reads the response times of the running version.
    reads_old: bool,
}

/// T, 4 T, the objective, and the limits of the gates.
const POINTS: usize = 3 + LIMITS_MAX;

impl Limits {
    /// The limits of a scenario; `reads_old` when a reader wants all of the running version.
    pub(super) fn of(scenario: &Scenario, gates: &[f64], reads_old: bool) -> Self {
        let mut ln = vec![math::ln(scenario.slo.apdex), math::ln(4.0 * scenario.slo.apdex)];
        let mut place = |limit: f64| {
            let x = math::ln(limit);
            ln.iter().position(|known| *known == x).unwrap_or_else(|| {
                ln.push(x);
                ln.len() - 1
            })
        };
        let gates = gates.iter().map(|limit| place(*limit)).collect();
        let objective = place(scenario.slo.latency);
        Self { ln, objective, gates, reads_old }
    }

    /// The class of successes that the limit of a gate lies in.
    pub(super) fn class(&self, gate: usize) -> usize {
        let limit = self.ln[self.gates[gate]];
        if limit < self.ln[0] {
            FAST
        } else if limit < self.ln[1] {
            MIDDLE
        } else {
            SLOW
        }
    }

    /// Which classes hold responses slower than the objective.
    pub(super) fn harmful(&self) -> &'static [usize] {
        let objective = self.ln[self.objective];
        if objective < self.ln[0] {
            &[FAST, MIDDLE, SLOW]
        } else if objective < self.ln[1] {
            &[MIDDLE, SLOW]
        } else {
            &[SLOW]
        }
    }
}

/// A share of the requests that take `exp(ln_factor)` times as long.
type Component = (f64, f64);

/// Everything the expectation depends on.
pub(super) struct Context<'a> {
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Its limits.
    pub(super) limits: &'a Limits,
    /// The world.
    pub(super) world: &'a mut World,
    /// The state of the rollout.
    pub(super) state: &'a State,
}

impl Context<'_> {
    /// The expected counts of tick `tick`.
    pub(super) fn expect(&mut self, tick: u32) -> Expected {
        let mut expected = Expected::NONE;
        let step = tick >> STEP_BITS;
        let load = if self.scenario.traffic.is_steady() {
            self.world.rate
        } else {
            self.world.rate * self.world.load(self.scenario, step)
        };
        let share = [1.0 - self.state.share, self.state.share];
        for version in [OLD, NEW] {
            if share[version] > 0.0 {
                self.version(version, load, load * share[version], tick, &mut expected);
            }
        }
        expected
    }

    fn version(&mut self, v: usize, load: f64, rate: f64, tick: u32, into: &mut Expected) {
        let (s, pods) = (self.scenario, self.state.pods[v]);
        let per_tick = rate * s.tick.as_secs_f64();
        let p0 = self.world.baseline_errors(s, v, pods, tick >> STEP_BITS);
        let p0 = (p0 * self.state.arm_errors[v]).min(1.0);
        let rest = load / (f64::from(s.fleet.replicas) * s.fleet.per_pod);
        let shadow = rate / (f64::from(pods) * s.fleet.per_pod);
        let (errors, components) = self.faults(v, tick);
        let actual = shadow * components.mean;
        let survive = [
            (1.0 - p0) * (1.0 - overload(rest).min(overload(shadow))),
            (1.0 - p0) * (1.0 - overload(shadow)),
            (1.0 - p0) * (1.0 - overload(actual).max(overload(shadow))) * (1.0 - errors),
        ];
        into.rate[stream(v, BASELINE)] = per_tick * (1.0 - survive[0]);
        into.rate[stream(v, ROLLOUT)] = per_tick * (survive[0] - survive[1]);
        into.rate[stream(v, DEFECT)] = per_tick * (survive[1] - survive[2]);
        let ok = per_tick * survive[2];
        let u0 = s.fleet.utilisation;
        if v == OLD && !self.limits.reads_old {
            // Nobody asks how fast these were: they are not told apart.
            into.rate[stream(v, FAST)] = ok;
            return;
        }
        let slower = self.slower(v, math::ln(stretch(actual, u0)), components.list(), tick);
        into.rate[stream(v, FAST)] = ok * (1.0 - slower[0]);
        into.rate[stream(v, MIDDLE)] = ok * (slower[0] - slower[1]);
        into.rate[stream(v, SLOW)] = ok * slower[1];
        for (gate, place) in self.limits.gates.iter().enumerate() {
            let above = match self.limits.class(gate) {
                FAST => slower[0],
                MIDDLE => slower[1],
                _ => 0.0,
            };
            into.note.beyond[v][gate] = ok * (slower[*place] - above);
        }
        if !components.is_trivial() {
            let healthy = self.slower(v, math::ln(stretch(shadow, u0)), &[(1.0, 0.0)], tick);
            let late = self.limits.objective;
            into.note.harm = ok * (slower[late] - healthy[late]);
        }
    }

    /// The shares of responses beyond each limit, averaged over the pods of the version.
    fn slower(&mut self, v: usize, ln: f64, parts: &[Component], tick: u32) -> [f64; POINTS] {
        let (s, pods) = (self.scenario, self.state.pods[v]);
        let latency = s.baseline.latency;
        let mut out = [0.0; POINTS];
        let limits = &self.limits.ln;
        let middle = s.tick.as_secs_f64() * (f64::from(tick) + 0.5);
        let cold = s.fleet.cold.filter(|_| !self.state.cohorts[v].is_empty());
        let speeds = self.world.node_speeds(s, v, pods);
        if speeds.is_empty() && cold.is_none() {
            add_tails(&mut out, latency, limits, parts, ln, 1.0);
            return out;
        }
        let each = 1.0 / f64::from(pods);
        let mut from = 0;
        for cohort in &self.state.cohorts[v] {
            let extra = cold.map_or(0.0, |cold| ln_cold(cold, middle, cohort.ready));
            if speeds.is_empty() {
                let share = f64::from(cohort.to - from) * each;
                add_tails(&mut out, latency, limits, parts, ln + extra, share);
            } else {
                let speeds = &speeds[from as usize..cohort.to as usize];
                add_pods(&mut out, latency, limits, parts, ln + extra, speeds, each);
            }
            from = cohort.to;
        }
        if speeds.is_empty() && from < pods {
            add_tails(&mut out, latency, limits, parts, ln, f64::from(pods - from) * each);
        }
        let rest = speeds.get(from as usize..).unwrap_or_default();
        add_pods(&mut out, latency, limits, parts, ln, rest, each);
        out
    }

    /// What the faults of the release do to the requests of a version in a tick.
    fn faults(&self, version: usize, tick: u32) -> (f64, Components) {
        let mut components = Components::trivial();
        let mut fine = 1.0;
        if version == OLD {
            return (0.0, components);
        }
        let faults = &self.scenario.releases[self.world.release].faults;
        for (index, severity) in self.world.severities().iter().enumerate() {
            let Some(began) = self.state.began[index] else { continue };
            let force = self.force(began, faults[index].onset.ramp, tick);
            let Signature { errors, slow, factor } = severity.signature;
            fine *= 1.0 - errors * force;
            if slow > 0.0 {
                components.slow_down(slow, 1.0 + (factor - 1.0) * force);
            }
        }
        (1.0 - fine, components)
    }

    /// How far a fault has grown in the middle of a tick, or of the step when it grows slowly.
    fn force(&self, began: Instant, ramp: clockwork::Span, tick: u32) -> f64 {
        if ramp.is_zero() {
            return 1.0;
        }
        let length = self.scenario.tick.as_secs_f64();
        let middle = if grows_by_step(self.scenario, ramp) {
            f64::from(tick >> STEP_BITS << STEP_BITS) + f64::from(1_u32 << STEP_BITS) / 2.0
        } else {
            f64::from(tick) + 0.5
        };
        let age = middle * length - began.since_start().as_secs_f64();
        (age / ramp.as_secs_f64()).clamp(0.0, 1.0)
    }
}

/// Whether a ramp is so long that it grows by steps of 16 ticks instead of ticks.
pub(super) fn grows_by_step(scenario: &Scenario, ramp: clockwork::Span) -> bool {
    ramp > scenario.tick * 256
}

fn ln_cold(cold: Cold, now: f64, ready: Option<Instant>) -> f64 {
    let Some(ready) = ready else { return 0.0 };
    let age = (now - ready.since_start().as_secs_f64()).max(0.0);
    math::ln(cold.at(age))
}

/// Adds the tails of a version whose pods all answer alike.
fn add_tails(
    out: &mut [f64],
    latency: Latency,
    limits: &[f64],
    parts: &[Component],
    ln_factor: f64,
    share: f64,
) {
    for (part, ln_slower) in parts {
        for (sum, limit) in out.iter_mut().zip(limits) {
            *sum += share * part * latency.slower(*limit, ln_factor + ln_slower);
        }
    }
}

/// Adds the tails of pods with speeds of their own.
fn add_pods(
    out: &mut [f64],
    latency: Latency,
    limits: &[f64],
    parts: &[Component],
    ln_factor: f64,
    speeds: &[f64],
    share: f64,
) {
    let table = math::NormalTable::new();
    let unit = 1.0 / latency.sigma;
    for (part, ln_slower) in parts {
        for (sum, limit) in out.iter_mut().zip(limits) {
            let middle = (latency.mu + ln_factor + ln_slower - limit) * unit;
            let mut tails = 0.0;
            for speed in speeds {
                tails += table.cdf(middle + speed * unit);
            }
            *sum += share * part * tails;
        }
    }
}

/// The mixture of service times that the faults make.
struct Components {
    items: [Component; 1 << FAULTS_MAX],
    len: usize,
    /// Mean multiple of the service time.
    mean: f64,
}

impl Components {
    fn trivial() -> Self {
        let mut items = [(0.0, 0.0); 1 << FAULTS_MAX];
        items[0] = (1.0, 0.0);
        Self { items, len: 1, mean: 1.0 }
    }

    fn is_trivial(&self) -> bool {
        self.len == 1 && self.items[0].1 == 0.0
    }

    fn list(&self) -> &[Component] {
        &self.items[..self.len]
    }

    /// A share of the requests, whichever they are, takes `factor` times as long.
    fn slow_down(&mut self, share: f64, factor: f64) {
        let ln = math::ln(factor);
        self.mean *= 1.0 + share * (factor - 1.0);
        if share >= 1.0 {
            self.items[..self.len].iter_mut().for_each(|item| item.1 += ln);
            return;
        }
        for index in 0..self.len {
            let (part, slower) = self.items[index];
            self.items[index].0 = part * (1.0 - share);
            self.items[self.len + index] = (part * share, slower + ln);
        }
        self.len *= 2;
    }
}
