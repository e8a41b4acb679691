//! Everything random that does not depend on the strategy: one per replication.

use std::cell::Cell;

use super::coldness::Coldness;
use super::expect::Rest;
use super::levels::Levels;
use super::purpose;
use super::severity::Severity;
use super::speeds::{Many, Speeds};
use super::worn::Kept;
use chance::ticks::LEVEL_MAX;
use chance::world::{Stream, world_stream};
use chance::{Continuous, Keyed, math};

use clockwork::{Instant, Span};

use crate::controller::kubernetes::WallClock;
use crate::fault::{Fault, Signature, Wear};
use crate::fleet::{Cold, stretch};
use crate::planted::{self, Bug};
use crate::scenario::{FAULTS_MAX, Scenario};
use crate::traffic::{Path, STEP_BITS};

/// Streams of the two slow paths.
const TRAFFIC_PATH: u32 = 64;
const ERRORS_PATH: u32 = 65;

/// One world. It is drawn from its seed and replication alone.
#[derive(Clone, Debug)]
pub struct World {
    /// The keyed draws of this world.
    pub keyed: Keyed,
    /// Which kind of release, by its place in the scenario.
    pub release: usize,
    /// Its faults.
    pub faults: [Severity; FAULTS_MAX],
    /// How many faults it has.
    pub fault_count: usize,
    /// Whether they have been mended on the way.
    pub(super) fixed: bool,
    /// Where in the law of its size the first fault lies whose size varies.
    pub(super) size: Option<f64>,
    /// Mean rate over the day, requests per second.
    pub rate: f64,
    /// Time of day at t = 0, seconds.
    pub start: f64,
    /// Multiple of the odds of a baseline failure, by version.
    version_odds: [f64; 2],
    /// Of how many pods, the largest multiple below, and the means of its powers, by version.
    powers_kept: [(u32, f64, [f64; POWERS]); 2],
    /// Multiple of the odds of a baseline failure, by version and pod.
    node_odds: [Vec<f64>; 2],
    /// Logarithm of the latency multiple, by version and pod.
    node_speed: [Speeds; 2],
    /// Multiples of the error rate of the heavy users, and where on the arms they are hashed.
    heavy: Vec<(f64, f64)>,
    traffic: Path,
    /// What makes the mean of the modulated rate the rate.
    traffic_mean: f64,
    errors: Path,
    /// What worn pods do with requests, by version.
    pub(super) kept: [Kept; 2],
    /// Until when they are the same as in the tick that was asked for last, where that is known.
    pub(super) alike_until: Option<u32>,
    /// In which steps pods of the new version wear out.
    pub(super) levels: Levels,
    /// Loads of the latest steps: step, load.
    load_kept: [(u32, f64); STEPS_KEPT],
    /// Seconds after which every pod is warm, whatever the faults do to it.
    pub(super) warm_after: f64,
    /// How much slower pods were because they were fresh.
    cold_kept: Coldness,
    /// At most two to this power of aligned ticks are alike for a pod that wears out.
    pub(super) alike_bits: u32,
    /// The share of slow responses of healthy pods by version, and what it holds for.
    pub(super) healthy_kept: [Option<((u32, u64), f64)>; 2],
    /// How long warm pods take at rest and their share of slow responses, by version, and what
    /// that holds for.
    pub(super) rest_kept: [Option<Rest>; 2],
    /// The last utilisation and the logarithm of what it stretches response times by: one
    /// scenario has one utilisation of the baseline.
    stretch_kept: Cell<(f64, f64)>,
    /// The clock of the cluster, once somebody has asked.
    pub(super) clock_kept: Cell<Option<WallClock>>,
    /// Error shares of the latest steps: step, pods, share.
    errors_kept: [[(u32, u32, f64); STEPS_KEPT]; 2],
}

/// Powers of the odds of pods that are kept.
const POWERS: usize = 7;

/// How many steps' error shares are kept: those of one tile.
const STEPS_KEPT: usize = 16;

impl World {
    /// A world to be drawn into; it keeps its buffers.
    pub fn empty() -> Self {
        let nothing = Severity { signature: Signature::NONE, after: 0.0, users: 1.0 };
        Self {
            keyed: Keyed::new(0, 0),
            release: 0,
            faults: [nothing; FAULTS_MAX],
            fault_count: 0,
            fixed: false,
            size: None,
            rate: 0.0,
            start: 0.0,
            version_odds: [1.0; 2],
            powers_kept: [(0, 0.0, [0.0; POWERS]); 2],
            node_odds: [Vec::new(), Vec::new()],
            node_speed: [Speeds::default(), Speeds::default()],
            heavy: Vec::new(),
            traffic: Path::default(),
            traffic_mean: 1.0,
            errors: Path::default(),
            kept: [Kept::default(), Kept::default()],
            alike_until: None,
            levels: Levels::NONE,
            load_kept: [(u32::MAX, 0.0); STEPS_KEPT],
            warm_after: 0.0,
            cold_kept: Coldness::default(),
            alike_bits: STEP_BITS,
            healthy_kept: [None; 2],
            rest_kept: [None; 2],
            stretch_kept: Cell::new((f64::NAN, 0.0)),
            clock_kept: Cell::new(None),
            errors_kept: [[(u32::MAX, 0, 0.0); STEPS_KEPT]; 2],
        }
    }

    /// Draws the world of a replication. The order of the draws is part of the engine: every
    /// world consumes the same ones whatever the scenario makes of them.
    pub fn draw(&mut self, scenario: &Scenario, seed: u64, replication: u64) {
        let policy = planted::is(Bug::WorldsDependOnThePolicy);
        let seed = if policy { seed ^ scenario.bake.micros() } else { seed };
        self.keyed = Keyed::new(seed, replication);
        let mut stream = Stream::new(world_stream(seed, replication));
        // The first one decided on the release, as long as releases were drawn by their weights.
        let [_, start, level, old, new] = std::array::from_fn(|_| stream.uniform());
        self.release = scenario.kind_of(replication);
        self.start = scenario.traffic.start.map_or(start * 86_400.0, Span::as_secs_f64);
        self.rate = scenario.traffic.rate.quantile(level);
        let faults = &scenario.releases[self.release].faults;
        (self.fault_count, self.fixed, self.size) = (faults.len(), false, None);
        for (severity, fault) in self.faults.iter_mut().zip(faults) {
            let u: [f64; 4] = std::array::from_fn(|_| stream.uniform());
            self.size = self.size.or(fault.kind.size().varies().then_some(u[0]));
            *severity = Severity::draw(fault, u, &scenario.fleet);
        }
        self.version_odds = match &scenario.baseline.noise {
            Some(noise) => [old, new].map(|u| math::exp(noise.version * math::normal_quantile(u))),
            None => [1.0; 2],
        };
        self.powers_kept = [(0, 0.0, [0.0; POWERS]); 2];
        self.node_odds.iter_mut().for_each(Vec::clear);
        self.node_speed.iter_mut().for_each(Speeds::clear);
        self.traffic.clear();
        self.traffic_mean = scenario
            .traffic
            .modulation
            .map_or(1.0, |wander| math::exp(-wander.sd * wander.sd / 2.0));
        self.errors.clear();
        self.errors_kept = [[(u32::MAX, 0, 0.0); STEPS_KEPT]; 2];
        let cold = self.faults[..self.fault_count].iter().filter_map(|it| it.signature.cold);
        let cold = scenario.fleet.cold.into_iter().chain(cold);
        self.warm_after = cold.map(|cold| cold.warm_after()).fold(0.0, f64::max);
        self.alike_bits = alike_bits(scenario, &scenario.releases[self.release].faults);
        self.load_kept = [(u32::MAX, 0.0); STEPS_KEPT];
        self.kept.iter_mut().for_each(Kept::clear);
        self.levels = self.wear().map_or(Levels::NONE, |(_, wear)| Levels::of(&wear));
        (self.healthy_kept, self.rest_kept) = ([None; 2], [None; 2]);
        self.clock_kept.set(None);
        self.draw_heavy(scenario);
    }

    fn draw_heavy(&mut self, scenario: &Scenario) {
        self.heavy.clear();
        let users = &scenario.traffic.users;
        if users.error_sd == 0.0 && !users.sticky {
            return;
        }
        for node in 0..users.activity.heavy.len() as u32 {
            let multiple = if users.error_sd == 0.0 {
                1.0
            } else {
                let normal = self.keyed.normal(TRAFFIC_PATH, node, purpose::HEAVY_ERRORS);
                math::exp(users.error_sd * normal - users.error_sd * users.error_sd / 2.0)
            };
            let arm = self.keyed.uniform(TRAFFIC_PATH, node, purpose::HEAVY_ARM);
            self.heavy.push((multiple, arm));
        }
    }

    /// Requests per second in a step, as a multiple of the mean rate of the day.
    pub fn load(&mut self, scenario: &Scenario, step: u32) -> f64 {
        let slot = step as usize % STEPS_KEPT;
        if self.load_kept[slot].0 == step {
            return self.load_kept[slot].1;
        }
        let load = self.new_load(scenario, step);
        self.load_kept[slot] = (step, load);
        load
    }

    fn new_load(&mut self, scenario: &Scenario, step: u32) -> f64 {
        let traffic = &scenario.traffic;
        let length = scenario.tick.as_secs_f64() * f64::from(1_u32 << STEP_BITS);
        let start = if planted::is(Bug::DayBeginsAtTheStart) { 0.0 } else { self.start };
        let from = start + f64::from(step) * length;
        let shape = traffic.shape.mean_between(from, from + length);
        match &traffic.modulation {
            None => shape,
            Some(wander) => {
                let tick = scenario.tick;
                let up = self.traffic.exp_at(wander, tick, &self.keyed, TRAFFIC_PATH, step);
                shape * up * self.traffic_mean
            }
        }
    }

    /// The share of requests of a version that fail at baseline in a step, on pods `0..pods`.
    pub fn baseline_errors(&mut self, s: &Scenario, version: usize, pods: u32, step: u32) -> f64 {
        let rate = s.baseline.errors;
        let Some(noise) = &s.baseline.noise else {
            return rate;
        };
        let same = |known: &&(u32, u32, f64)| (known.0, known.1) == (step, pods);
        let slot = step as usize % STEPS_KEPT;
        if let Some(known) = self.errors_kept[version].get(slot).filter(same) {
            return known.2;
        }
        let up = self.errors.exp_at(&noise.common, s.tick, &self.keyed, ERRORS_PATH, step);
        let odds = rate / (1.0 - rate) * up * self.version_odds[version];
        if noise.node == 0.0 || pods == 0 {
            return odds / (1.0 + odds);
        }
        let share = self.share_of_odds(odds, noise.node, version, pods);
        self.errors_kept[version][slot] = (step, pods, share);
        share
    }

    /// The mean over pods of `x / (1 + x)` with `x = odds * node`: while the odds are small by its
    /// series, whose sums of powers are kept; seven terms leave out less than 1e-12 of it.
    fn share_of_odds(&mut self, odds: f64, sd: f64, version: usize, pods: u32) -> f64 {
        if self.powers_kept[version].0 != pods {
            self.draw_node_odds(sd, version, pods);
            let mut powers = [0.0; POWERS];
            let mut largest: f64 = 0.0;
            for node in &self.node_odds[version][..pods as usize] {
                let mut power = 1.0;
                for sum in &mut powers {
                    power *= node;
                    *sum += power;
                }
                largest = largest.max(*node);
            }
            let powers = powers.map(|sum| sum / f64::from(pods));
            self.powers_kept[version] = (pods, largest, powers);
        }
        let (_, largest, powers) = self.powers_kept[version];
        if odds * largest > 0.02 {
            let nodes = &self.node_odds[version][..pods as usize];
            let shares = nodes.iter().map(|node| odds * node / (1.0 + odds * node));
            return shares.sum::<f64>() / f64::from(pods);
        }
        powers.iter().rev().fold(0.0, |rest, power| odds * (power - rest))
    }

    fn draw_node_odds(&mut self, sd: f64, version: usize, pods: u32) {
        let known = &mut self.node_odds[version];
        for pod in known.len() as u32..pods {
            let normal = self.keyed.normal(version as u32, pod, purpose::NODE_ERRORS);
            known.push(math::exp(sd * normal));
        }
    }

    /// Draws the latency multiples of pods `0..pods` of a version, where nodes differ.
    pub(super) fn draw_speeds(&mut self, scenario: &Scenario, version: usize, pods: u32) {
        let Some(noise) = &scenario.fleet.nodes else { return };
        let known = &mut self.node_speed[version];
        for pod in known.ln.len() as u32..pods {
            let u = self.keyed.uniforms(version as u32, pod, purpose::NODE_SPEED);
            known.push(noise.ln_speed(u), scenario.baseline.latency.sigma);
        }
    }

    /// Logarithms of the latency multiples that were drawn, by pod; empty without noise.
    pub(super) fn speeds(&self, version: usize) -> &[f64] {
        &self.node_speed[version].ln
    }

    /// Many of these pods at once.
    pub(super) fn many(&self, version: usize, pods: std::ops::Range<usize>) -> Many<'_> {
        self.node_speed[version].many(pods)
    }

    /// The logarithm of how many times as long a pod takes at a utilisation, `u0` being that of
    /// the baseline. The last answer is kept: what is, and what would be without faults, often
    /// agree.
    pub(super) fn ln_stretch(&self, u: f64, u0: f64) -> f64 {
        let (of, known) = self.stretch_kept.get();
        if of == u {
            return known;
        }
        let ln = math::ln(stretch(u, u0));
        self.stretch_kept.set((u, ln));
        ln
    }

    /// What a weight comes to when users stick to a version: the share of the traffic on the new
    /// version, and for each version the multiple of its error rate that its heavy users make.
    pub fn arms(&self, scenario: &Scenario, weight: f64) -> (f64, [f64; 2]) {
        if self.heavy.is_empty() {
            return (weight, [1.0; 2]);
        }
        let users = &scenario.traffic.users;
        let tail = users.activity.tail;
        let (mut share, mut errors) = ([tail * (1.0 - weight), tail * weight], [0.0; 2]);
        if !users.sticky {
            let heavy: f64 =
                users.activity.heavy.iter().zip(&self.heavy).map(|(a, h)| a * h.0).sum();
            return (weight, [tail + heavy; 2]);
        }
        errors.copy_from_slice(&share);
        for (activity, (multiple, arm)) in users.activity.heavy.iter().zip(&self.heavy) {
            let version = usize::from(*arm < weight);
            share[version] += activity;
            errors[version] += activity * multiple;
        }
        let ratio = |v: usize| if share[v] > 0.0 { errors[v] / share[v] } else { 1.0 };
        (share[1], [ratio(0), ratio(1)])
    }

    /// Where the heavy users are hashed; on the new version when below the weight.
    pub fn heavy_arm(&self, index: usize) -> f64 {
        self.heavy.get(index).map_or(1.0, |user| user.1)
    }

    /// The logarithm of how many times as long a pod takes at a time that became ready then.
    pub(super) fn ln_cold(&self, cold: Cold, at: f64, ready: Option<Instant>) -> f64 {
        ready.map_or(0.0, |ready| self.cold_kept.ln(cold, at, ready))
    }

    /// What wears the pods of the new version out, and by which fault.
    pub fn wear(&self) -> Option<(usize, Wear)> {
        let mut wears = self.severities().iter().enumerate();
        wears.find_map(|(index, fault)| Some((index, fault.signature.wear?)))
    }

    /// The chance that a start of a pod of the new version fails.
    pub fn crash(&self) -> f64 {
        1.0 - self.severities().iter().map(|fault| 1.0 - fault.signature.crash).product::<f64>()
    }

    /// The faults of this world's release, as long as nobody has mended them.
    pub fn severities(&self) -> &[Severity] {
        if self.fixed { &[] } else { self.all_severities() }
    }

    /// The faults that this world's release came with.
    pub fn all_severities(&self) -> &[Severity] {
        &self.faults[..self.fault_count]
    }
}

/// Where nothing else changes slowly, pods that wear out are alike for as long as a tile.
fn alike_bits(scenario: &Scenario, faults: &[Fault]) -> u32 {
    let slow = !scenario.traffic.is_steady()
        || scenario.baseline.noise.is_some()
        || faults.iter().any(|fault| !fault.onset.ramp.is_zero());
    if slow { STEP_BITS } else { LEVEL_MAX }
}
