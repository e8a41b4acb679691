//! The loop: the next change of regime, what the rollout decides, and the one place that applies.

use clockwork::{Agenda, Instant, Slot, Span};

use super::grid::{Grid, context};
use super::law::{Cohort, Limits, NEW, OLD, STREAMS, State};
use super::measures::{Ending, Measures};
use super::record::{Happening, Record};
use super::watch::{Call, Watch, first_reading};
use super::world::World;
use crate::fault::Clock;
use crate::gate::{Action, Combine, Gate};
use crate::scenario::{FAULTS_MAX, Scenario};
use crate::strategy::{Command, Rollout, Routing, Signal};
use crate::traffic::{Arrivals, STEP_BITS};
use crate::units::Share;

/// What can happen. The order of the classes is that of the slots: a fault's onset comes before
/// the life of pods, before a gate, before the controller, at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A fault of the release begins to act.
    Onset(u8),
    /// The ordered pods are ready.
    PodsReady,
    /// A gate speaks.
    GateSpoke,
    /// The traffic is where it was ordered.
    ShiftSettled,
    /// A pause is over.
    PauseElapsed,
    /// The bake is over.
    BakeElapsed,
    /// The time in which the change is watched is over.
    WatchElapsed,
}

const SLOTS: usize = FAULTS_MAX + 6;

impl Slot for Event {
    fn slot(self) -> usize {
        match self {
            Self::Onset(fault) => fault as usize,
            Self::PodsReady => FAULTS_MAX,
            Self::GateSpoke => FAULTS_MAX + 1,
            Self::ShiftSettled => FAULTS_MAX + 2,
            Self::PauseElapsed => FAULTS_MAX + 3,
            Self::BakeElapsed => FAULTS_MAX + 4,
            Self::WatchElapsed => FAULTS_MAX + 5,
        }
    }

    fn from_slot(slot: usize) -> Self {
        match slot - slot.min(FAULTS_MAX) {
            0 if slot < FAULTS_MAX => Self::Onset(slot as u8),
            0 => Self::PodsReady,
            1 => Self::GateSpoke,
            2 => Self::ShiftSettled,
            3 => Self::PauseElapsed,
            4 => Self::BakeElapsed,
            _ => Self::WatchElapsed,
        }
    }
}

/// The gate that a paused rollout waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) gate: usize,
    pub(super) passes: u32,
}

/// Simulates replications of one scenario, one after the other, in buffers that it keeps.
pub struct Engine<'s, R> {
    pub(super) scenario: &'s Scenario,
    pub(super) limits: Limits,
    /// The different limits of the gates, seconds.
    pub(super) gate_limits: Vec<f64>,
    pub(super) even: bool,
    pub(super) world: World,
    pub(super) state: State,
    pub(super) grid: Grid,
    pub(super) watches: Vec<Watch>,
    pub(super) before: Vec<Watch>,
    /// Whether the gates are active.
    pub(super) watching: bool,
    pub(super) wanted: Option<Wanted>,
    /// Who is told.
    pub record: R,
    agenda: Agenda<Event>,
    rollout: Rollout<'s>,
    /// The weight that the traffic is on its way to.
    target: f64,
    spoken: Option<(usize, Call)>,
    rolling_back: bool,
    pub(super) history: History,
}

/// What the measures need to know of the way.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) exposed: Option<Instant>,
    pub(super) live: Option<Instant>,
    pub(super) ended: Option<(Instant, Ending)>,
    pub(super) order: Option<(Instant, usize)>,
    pub(super) detected: Option<Instant>,
    pub(super) harm: Option<(Instant, Option<Instant>)>,
    pub(super) horizon: Instant,
    /// Weights of the new version, each from a tick on.
    pub(super) weights: Vec<(u32, f64)>,
    /// Expected requests of the new version up to an instant, for clocks that count requests.
    pub(super) served: (Instant, f64),
}

impl<'s, R: Record> Engine<'s, R> {
    /// An engine for `scenario` that tells `record` what happens.
    pub fn new(scenario: &'s Scenario, record: R) -> Self {
        let mut gate_limits: Vec<f64> =
            scenario.gates.iter().filter_map(|gate| gate.metric.limit()).collect();
        gate_limits.sort_by(f64::total_cmp);
        gate_limits.dedup();
        let reads_old = R::READINGS || scenario.gates.iter().any(Gate::reads_old);
        Self {
            scenario,
            limits: Limits::of(scenario, &gate_limits, reads_old),
            gate_limits,
            even: scenario.traffic.arrivals == Arrivals::Even,
            world: World::empty(),
            state: State::empty(),
            grid: Grid::new(scenario),
            watches: Vec::with_capacity(scenario.gates.len()),
            before: vec![Watch::from(Instant::ZERO); scenario.gates.len()],
            watching: false,
            wanted: None,
            record,
            agenda: Agenda::with_slots(SLOTS),
            rollout: scenario.strategy.begin(),
            target: 0.0,
            spoken: None,
            rolling_back: false,
            history: History { weights: Vec::with_capacity(64), ..History::default() },
        }
    }

    /// Simulates one replication.
    pub fn simulate(&mut self, seed: u64, replication: u64) -> Measures {
        self.restart(seed, replication);
        let command = self.rollout.decide(Signal::Started);
        self.apply(Instant::ZERO, command);
        while let Some((now, event)) = self.next() {
            if event == Event::WatchElapsed {
                self.history.horizon = now;
                self.record.note(now, Happening::Watched);
                break;
            }
            if let Some(signal) = self.witness(now, event) {
                let command = self.rollout.decide(signal);
                self.apply(now, command);
            }
        }
        self.measure()
    }

    fn restart(&mut self, seed: u64, replication: u64) {
        self.world.draw(self.scenario, seed, replication);
        self.grid.restart(&self.world);
        self.state.reset(self.scenario.fleet.replicas);
        self.watches.clear();
        self.watching = false;
        self.wanted = None;
        self.agenda.clear();
        self.rollout = self.scenario.strategy.begin();
        self.target = 0.0;
        self.spoken = None;
        self.rolling_back = false;
        let weights = std::mem::take(&mut self.history.weights);
        self.history = History { weights, ..History::default() };
        self.history.weights.clear();
    }

    /// The next event: before time moves on, the gates are asked whether one speaks first.
    fn next(&mut self) -> Option<(Instant, Event)> {
        if self.agenda.pending(Event::GateSpoke).is_none() {
            let (until, _) = self.agenda.peek()?;
            if let Some((at, gate, call)) = self.first_call(until) {
                self.spoken = Some((gate, call));
                self.agenda.schedule(Event::GateSpoke, at);
            }
        }
        self.agenda.next_before(Instant::NEVER)
    }

    /// What an event does to the world, and what the rollout sees of it.
    fn witness(&mut self, now: Instant, event: Event) -> Option<Signal> {
        match event {
            Event::Onset(fault) => {
                self.begin_fault(now, fault as usize);
                None
            }
            Event::PodsReady => self.pods_ready(now),
            Event::ShiftSettled => self.settled(now),
            Event::GateSpoke => self.gate_spoke(now),
            Event::PauseElapsed => {
                self.wanted = None;
                Some(Signal::Elapsed)
            }
            Event::BakeElapsed => {
                self.finish(now, Ending::Promoted);
                None
            }
            Event::WatchElapsed => None,
        }
    }

    /// The one place where a decision changes the world.
    fn apply(&mut self, now: Instant, command: Command) {
        let stage = self.rollout.progress().0;
        match command {
            Command::Shift(weight) => {
                self.record.note(now, Happening::Stage { stage });
                self.order_pods(now, weight);
            }
            Command::Wait(span) => {
                self.record.note(now, Happening::Stage { stage });
                self.agenda.schedule(Event::PauseElapsed, now + span);
            }
            Command::WaitFor { gate, passes, at_most } => {
                self.record.note(now, Happening::Stage { stage });
                if let Some(watch) = self.watches.get_mut(gate) {
                    watch.passes = 0;
                }
                self.wanted = Some(Wanted { gate, passes });
                self.agenda.schedule(Event::PauseElapsed, now + at_most);
            }
            Command::Hold => self.hold(now, None),
            Command::Bake => {
                self.record.note(now, Happening::Baking);
                self.agenda.schedule(Event::BakeElapsed, now + self.scenario.bake);
            }
        }
    }

    fn order_pods(&mut self, now: Instant, weight: Share) {
        let replicas = self.scenario.fleet.replicas;
        let wanted = pods_for(replicas, weight);
        self.target = match self.scenario.strategy.routing() {
            Routing::Weights { .. } => weight.as_f64(),
            Routing::Pods => f64::from(wanted) / f64::from(replicas),
        };
        let ready = self.world.startup(self.scenario, NEW, self.state.pods[NEW], wanted);
        self.agenda.schedule(Event::PodsReady, now + Span::from_secs_f64(ready));
    }

    fn pods_ready(&mut self, now: Instant) -> Option<Signal> {
        let replicas = self.scenario.fleet.replicas;
        let delay = match self.scenario.strategy.routing() {
            Routing::Weights { delay } => delay,
            Routing::Pods => Span::ZERO,
        };
        if self.rolling_back {
            self.regime(now, |state| state.grow(OLD, replicas, now));
        } else {
            let exact = matches!(self.scenario.strategy.routing(), Routing::Weights { .. });
            let wanted = if exact {
                pods_at(replicas, self.target)
            } else {
                (self.target * f64::from(replicas) + 0.5) as u32
            };
            self.regime(now, |state| state.grow(NEW, wanted, now));
        }
        if delay.is_zero() {
            return self.settled(now);
        }
        self.agenda.schedule(Event::ShiftSettled, now + delay);
        None
    }

    /// The traffic has arrived where it was ordered.
    fn settled(&mut self, now: Instant) -> Option<Signal> {
        let (target, replicas) = (self.target, self.scenario.fleet.replicas);
        let (share, arm_errors) = self.world.arms(self.scenario, target);
        let pods = self.scenario.strategy.routing() == Routing::Pods;
        self.regime(now, |state| {
            (state.weight, state.share, state.arm_errors) = (target, share, arm_errors);
            if target == 0.0 {
                state.shrink(NEW, 0);
            } else if target == 1.0 {
                state.shrink(OLD, 0);
            } else if pods {
                let new = state.pods[NEW];
                state.shrink(OLD, replicas.saturating_sub(new));
            }
        });
        self.history.weights.push((self.grid.over(now), target));
        self.record.note(now, Happening::Settled { share, pods: self.state.pods });
        if self.history.exposed.is_none() && share > 0.0 {
            self.expose(now);
        }
        self.update_harm(now);
        self.schedule_onsets(now);
        if self.rolling_back {
            self.finish(now, Ending::RolledBack);
            return None;
        }
        if target == 1.0 {
            self.history.live = Some(now);
        }
        Some(Signal::Settled)
    }

    /// The first traffic of the new version: gates and the clocks of faults start.
    fn expose(&mut self, now: Instant) {
        self.history.exposed = Some(now);
        self.history.served = (now, 0.0);
        self.watching = true;
        let gates = &self.scenario.gates;
        self.watches
            .extend(gates.iter().map(|gate| Watch::from(first_reading(now, gate.initial_delay))));
        for fault in 0..self.world.fault_count {
            if self.world.faults[fault].after <= 0.0 {
                self.begin_fault(now, fault);
            }
        }
    }

    fn begin_fault(&mut self, now: Instant, fault: usize) {
        self.regime(now, |state| state.began[fault] = Some(now));
        self.record.note(now, Happening::FaultBegan { fault });
        self.update_harm(now);
    }

    /// Harm begins when a hazard meets traffic, and ends when it does not any more.
    fn update_harm(&mut self, now: Instant) {
        let acting = self
            .world
            .severities()
            .iter()
            .zip(&self.state.began)
            .any(|(fault, began)| began.is_some() && !fault.signature.is_none());
        let harming = acting && self.state.share > 0.0;
        match (&mut self.history.harm, harming) {
            (None, true) => self.history.harm = Some((now, None)),
            (Some((_, end @ None)), false) => *end = Some(now),
            _ => {}
        }
    }

    /// Schedules the onset of every fault whose time can be told under the present regime.
    fn schedule_onsets(&mut self, now: Instant) {
        let Some(exposed) = self.history.exposed else { return };
        for fault in 0..self.world.fault_count {
            if self.state.began[fault].is_some() {
                continue;
            }
            let after = self.world.faults[fault].after;
            let release = &self.scenario.releases[self.world.release];
            let at = match release.faults[fault].onset.after {
                Clock::Time(_) => Some(exposed + Span::from_secs_f64(after)),
                Clock::Requests(_) => self.when_served(now, after),
            };
            match at {
                Some(at) => self.agenda.schedule(Event::Onset(fault as u8), at.max(now)),
                None => self.agenda.cancel(Event::Onset(fault as u8)),
            }
        }
    }

    /// When the new version is expected to have served `requests`, if the regime lasts.
    fn when_served(&mut self, now: Instant, requests: f64) -> Option<Instant> {
        if self.state.share == 0.0 {
            return None;
        }
        let mut left = requests - self.history.served.1;
        let mut at = now;
        let last = now + Span::from_hours(24 * 40);
        while at < last {
            let (rate, until) = self.rate_at(at);
            let there = rate * self.state.share * (until - at).as_secs_f64();
            if there >= left {
                return Some(at + Span::from_secs_f64(left / (rate * self.state.share)));
            }
            left -= there;
            at = until;
        }
        None
    }

    /// Requests per second at an instant, and until when.
    fn rate_at(&mut self, at: Instant) -> (f64, Instant) {
        if self.scenario.traffic.is_steady() {
            return (self.world.rate, Instant::NEVER);
        }
        let step = self.grid.over(at) >> STEP_BITS;
        let until = Instant::ZERO + self.scenario.tick * (u64::from(step + 1) << STEP_BITS);
        (self.world.rate * self.world.load(self.scenario, step), until)
    }

    /// Changes the state at `now`; what is over stands under the old means.
    fn regime(&mut self, now: Instant, change: impl FnOnce(&mut State)) {
        self.count_served(now);
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        self.grid.settle(&mut context, now);
        change(&mut self.state);
    }

    /// Keeps the expected count of the new version's requests, where a clock runs on it.
    fn count_served(&mut self, now: Instant) {
        let release = &self.scenario.releases[self.world.release];
        let counts = |fault: &crate::fault::Fault| matches!(fault.onset.after, Clock::Requests(_));
        if self.history.exposed.is_none() || !release.faults.iter().any(counts) {
            return;
        }
        let (mut at, mut served) = self.history.served;
        while at < now {
            let (rate, until) = self.rate_at(at);
            served += rate * self.state.share * (until.min(now) - at).as_secs_f64();
            at = until.min(now);
        }
        self.history.served = (at, served);
    }

    /// Opens every tick before `to` under the present regime.
    pub(super) fn open_to(&mut self, to: u32) {
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        self.grid.open(&mut context, to);
    }

    fn gate_spoke(&mut self, now: Instant) -> Option<Signal> {
        let (gate, call) = self.spoken.take()?;
        if call == Call::Satisfied {
            self.wanted = None;
            self.agenda.cancel(Event::PauseElapsed);
            return Some(Signal::Satisfied);
        }
        self.record.note(now, Happening::Tripped { gate });
        let all = || self.watches.iter().all(|watch| watch.tripped.is_some_and(|at| at <= now));
        if self.scenario.combine == Combine::Any || all() {
            match self.scenario.gates[gate].action {
                Action::Rollback => self.roll_back(now, gate),
                Action::Pause => self.hold(now, Some(gate)),
            }
        }
        None
    }

    fn roll_back(&mut self, now: Instant, gate: usize) {
        self.record.note(now, Happening::RollbackOrdered { gate });
        let first = self.watches.iter().filter_map(|watch| watch.first_failure).min();
        self.history.detected = match self.scenario.combine {
            Combine::Any => self.watches[gate].first_failure,
            Combine::All => first,
        };
        self.history.order = Some((now, gate));
        self.history.ended = None;
        self.stop(true);
        self.target = 0.0;
        let replicas = self.scenario.fleet.replicas;
        match self.scenario.strategy.routing() {
            Routing::Weights { delay } if self.state.pods[OLD] == replicas => {
                self.agenda.schedule(Event::ShiftSettled, now + delay);
            }
            _ => {
                let from = self.state.pods[OLD];
                let ready = self.world.startup(self.scenario, OLD, from, replicas);
                self.agenda.schedule(Event::PodsReady, now + Span::from_secs_f64(ready));
            }
        }
        self.rolling_back = true;
    }

    fn hold(&mut self, now: Instant, gate: Option<usize>) {
        self.record.note(now, Happening::Held { gate });
        self.stop(false);
        if let Some(gate) = gate {
            self.history.order = Some((now, gate));
            self.history.detected = self.watches[gate].first_failure;
        }
        self.finish(now, Ending::Held);
    }

    /// Nothing more of the plan happens; with `off` the gates are silent as well.
    fn stop(&mut self, off: bool) {
        self.watching &= !off;
        self.wanted = None;
        for event in [
            Event::PodsReady,
            Event::ShiftSettled,
            Event::PauseElapsed,
            Event::BakeElapsed,
            Event::WatchElapsed,
        ] {
            self.agenda.cancel(event);
        }
    }

    fn finish(&mut self, now: Instant, ending: Ending) {
        self.record.note(now, Happening::Ended { ending });
        self.watching &= ending == Ending::Held;
        self.history.ended = Some((now, ending));
        self.agenda.schedule(Event::WatchElapsed, now + self.scenario.watch);
    }

    /// Every count of the last replication: by tick, then by version and cell.
    pub fn counts(&mut self) -> Vec<u64> {
        let ticks = self.grid.over(self.history.horizon);
        self.open_to(ticks);
        let all = (0..ticks).flat_map(|tick| (0..STREAMS).map(move |stream| (tick, stream)));
        all.map(|(tick, stream)| self.grid.ticks.sum(stream, tick, tick + 1)).collect()
    }
}

impl State {
    pub(super) fn empty() -> Self {
        Self {
            weight: 0.0,
            share: 0.0,
            arm_errors: [1.0; 2],
            pods: [0; 2],
            cohorts: [Vec::with_capacity(64), Vec::with_capacity(64)],
            began: [None; FAULTS_MAX],
        }
    }

    fn reset(&mut self, replicas: u32) {
        (self.weight, self.share, self.arm_errors) = (0.0, 0.0, [1.0; 2]);
        self.pods = [replicas, 0];
        self.cohorts.iter_mut().for_each(Vec::clear);
        self.began = [None; FAULTS_MAX];
    }

    /// Pods up to `to` are ready now.
    fn grow(&mut self, version: usize, to: u32, now: Instant) {
        let from = self.pods[version];
        if to <= from {
            return;
        }
        let cohorts = &mut self.cohorts[version];
        if cohorts.is_empty() && from > 0 {
            cohorts.push(Cohort { to: from, ready: None });
        }
        cohorts.push(Cohort { to, ready: Some(now) });
        self.pods[version] = to;
    }

    /// Only pods below `to` are left.
    fn shrink(&mut self, version: usize, to: u32) {
        self.pods[version] = self.pods[version].min(to);
        let cohorts = &mut self.cohorts[version];
        for cohort in cohorts.iter_mut() {
            cohort.to = cohort.to.min(to);
        }
        if to == 0 {
            cohorts.clear();
        }
    }
}

/// Whole pods that carry a weight: `ceil(replicas * weight)`.
pub fn pods_for(replicas: u32, weight: Share) -> u32 {
    let parts = u128::from(replicas) * u128::from(weight.parts());
    parts.div_ceil(u128::from(Share::ONE.parts())) as u32
}

fn pods_at(replicas: u32, weight: f64) -> u32 {
    // The weight came from a share: a share has 1e-12 at the finest.
    (f64::from(replicas) * weight - 1e-9).max(0.0) as u32 + u32::from(weight > 0.0)
}
