//! The loop: the next change of regime, what the rollout decides, and the one place that applies.

use clockwork::{Agenda, Instant};

use super::event::{Event, SLOTS};
use super::grid::{Grid, context};
use super::history::History;
use super::law::{Limits, STREAMS};
use super::measures::Measures;
use super::record::{Happening, Reading, Record};
use super::state::State;
use super::watch::{Call, Watch};
use super::world::World;
use crate::gate::Gate;
use crate::scenario::Scenario;
use crate::strategy::{Rollout, Signal};
use crate::traffic::Arrivals;

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
    pub(super) agenda: Agenda<Event>,
    pub(super) rollout: Rollout<'s>,
    /// The weight that the traffic is on its way to.
    pub(super) target: f64,
    pub(super) spoken: Option<(usize, Call)>,
    pub(super) rolling_back: bool,
    pub(super) history: History,
    /// Weights of the new version, each from a tick on.
    pub(super) weights: Vec<(u32, f64)>,
    /// Readings that were taken ahead of time and not told yet.
    pub(super) pending: Vec<(Instant, Reading)>,
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
            history: History::default(),
            weights: Vec::with_capacity(64),
            pending: Vec::new(),
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
        self.state.arm_errors = self.world.arms(self.scenario, 0.0).1;
        self.pending.clear();
        self.watches.clear();
        self.watching = false;
        self.wanted = None;
        self.agenda.clear();
        self.rollout = self.scenario.strategy.begin();
        self.target = 0.0;
        self.spoken = None;
        self.rolling_back = false;
        self.history = History::default();
        self.weights.clear();
    }

    /// The next event: before time moves on, the gates are asked whether one speaks first.
    fn next(&mut self) -> Option<(Instant, Event)> {
        if self.agenda.pending(Event::GateSpoke).is_none() {
            let (until, _) = self.agenda.peek()?;
            if let Some((at, gate, call)) = self.first_call(until) {
                self.spoken = Some((gate, call));
                self.agenda.schedule(Event::GateSpoke, at);
            }
            self.tell_readings();
        }
        self.agenda.next_before(Instant::NEVER)
    }

    /// Changes the state at `now`; what is over stands under the old means.
    pub(super) fn regime(&mut self, now: Instant, change: impl FnOnce(&mut State)) {
        self.count_served(now);
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        self.grid.settle(&mut context, now);
        change(&mut self.state);
    }

    /// Opens every tick before `to` under the present regime.
    pub(super) fn open_to(&mut self, to: u32) {
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        self.grid.open(&mut context, to);
    }

    /// Every count of the last replication: by tick, then by version and cell.
    pub fn counts(&mut self) -> Vec<u64> {
        let ticks = self.grid.over(self.history.horizon);
        self.open_to(ticks);
        let all = (0..ticks).flat_map(|tick| (0..STREAMS).map(move |stream| (tick, stream)));
        all.map(|(tick, stream)| self.grid.ticks.sum(stream, tick, tick + 1)).collect()
    }
}
