//! The loop: the next change of regime, what the rollout decides, and the one place that applies.

use clockwork::{Agenda, Instant};

use super::alarm::Alarming;
use super::answer::Asking;
use super::autoscale::Scaler;
use super::census::Moment;
use super::cluster::Cluster;
use super::cluster_facts::median_start;
use super::copies::Copies;
use super::deal::Table;
use super::eager::Eager;
use super::event::{Event, SLOTS};
use super::grid::{Grid, context};
use super::history::{Harmful, History};
use super::incident::Incident;
use super::law::{Limits, STREAMS};
use super::measures::Measures;
use super::nodes::Nodes;
use super::pipeline::Pipeline;
use super::readiness::Readiness;
use super::record::{Happening, Reading, Record};
use super::roster::Roster;
use super::scraped::class_means;
use super::state::{Cohort, State, VERSIONS};
use super::sums::Sums;
use super::targets::Targets;
use super::watch::{Call, Watch};
use super::world::World;
use crate::controller::delivery::{Action, Controller};
use crate::fault::Wear;
use crate::gate::Gate;
use crate::planted::{self, Bug};
use crate::scenario::Scenario;
use crate::strategy::{Rollout, Signal};
use crate::traffic::Arrivals;

/// The gate that a paused rollout waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) gate: usize,
    pub(super) passes: u32,
}

/// Traffic that is on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    /// The weight of the new version.
    pub(super) target: f64,
    /// Pods of each version that it waits for.
    pub(super) pods: [u32; VERSIONS],
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
    /// What the queries have seen.
    pub(super) asking: Vec<Asking>,
    /// What the alarms have seen.
    pub(super) alarming: Vec<Alarming>,
    /// Sums that the series of one question share.
    pub(super) sums: Sums,
    /// Which versions a scrape finds.
    pub(super) targets: Targets,
    /// Which pods there were, where anybody looks at them.
    pub(super) roster: Roster,
    /// Room for what they are dealt.
    pub(super) table: Table,
    /// Mean response times of the classes on the running version, microseconds.
    pub(super) class_means: [f64; 3],
    pub(super) watches: Vec<Watch>,
    pub(super) before: Vec<Watch>,
    pub(super) wanted: Option<Wanted>,
    /// Who is told.
    pub record: R,
    pub(super) agenda: Agenda<Event>,
    pub(super) rollout: Rollout<'s>,
    /// Whoever replaces the pods, where that is not the rollout itself.
    pub(super) cluster: Option<Box<Cluster>>,
    /// A controller of its own, where that carries the change out.
    pub(super) delivery: Option<Box<dyn Controller + 's>>,
    /// Requests to the release whose answers nobody sees.
    pub(super) copies: Copies,
    /// Room for its actions.
    pub(super) actions: Vec<Action>,
    /// What the pods run on, where that is told apart.
    pub(super) nodes: Option<Box<Nodes>>,
    /// What lets the pods follow the load.
    pub(super) scaler: Option<Box<Scaler>>,
    /// The pods that are wanted when nothing is under way.
    pub(super) replicas: u32,
    /// Orders of an operator so far.
    pub(super) orders: usize,
    /// The stage that was told last.
    pub(super) told: Option<usize>,
    pub(super) pipeline: Pipeline,
    pub(super) eager: Eager,
    /// Liveness probes in a row that failed, by pod of each version.
    pub(super) streaks: [Vec<u32>; VERSIONS],
    /// What is known of readiness probes.
    pub(super) readiness: Readiness,
    /// Whether pods may fail a probe after they were ready.
    pub(super) asks: bool,
    /// Pods that a liveness probe has just ended.
    pub(super) storm: u32,
    /// Room for pods of a cohort that part.
    pub(super) apart: Vec<Cohort>,
    pub(super) shift: Option<Shift>,
    pub(super) spoken: Option<(usize, Call)>,
    /// Which attempt this is, counted from zero.
    pub(super) attempt: u32,
    /// When traffic first reached the new version in this attempt.
    pub(super) exposed: Option<Instant>,
    /// What wears pods out in this world, and by which fault.
    pub(super) worn_by: Option<(usize, Wear)>,
    /// Whether pods of the new version change by themselves.
    pub(super) frail: bool,
    pub(super) incident: Option<Incident>,
    /// Pages, and requests for approval, so far.
    pub(super) pages: u32,
    pub(super) asked: u32,
    pub(super) history: History,
    /// When harm began and ended, again and again, as far as it is over.
    pub(super) harmful: Vec<Harmful>,
    /// Weights of the new version, each from a tick on.
    pub(super) weights: Vec<(u32, f64)>,
    /// Readings that were taken ahead of time and not told yet.
    pub(super) pending: Vec<(Instant, Reading)>,
}

impl<'s, R: Record> Engine<'s, R> {
    /// An engine for `scenario` that tells `record` what happens.
    pub fn new(scenario: &'s Scenario, record: R) -> Self {
        let mut gate_limits: Vec<f64> = scenario.response_times().collect();
        gate_limits.sort_by(f64::total_cmp);
        gate_limits.dedup();
        // The alert counts the requests of both versions: they are told apart whoever records.
        let reads_old = R::READINGS
            || scenario.alert.is_some()
            || scenario.gates.iter().chain(scenario.strategy.natives()).any(Gate::reads_old);
        let asking =
            scenario.queries.iter().map(|query| Asking::new(query, scenario, &gate_limits));
        let alarming = scenario.alarms.iter().map(|it| Alarming::new(it, scenario, &gate_limits));
        Self {
            asking: asking.collect(),
            alarming: alarming.collect(),
            sums: Sums::default(),
            targets: Targets::new(scenario.tick),
            roster: Roster::new(scenario.looks_at_pods(), median_start(scenario)),
            table: Table::default(),
            class_means: class_means(scenario),
            scenario,
            limits: Limits::of(scenario, &gate_limits, reads_old),
            grid: Grid::new(scenario, gate_limits.len()),
            gate_limits,
            even: scenario.traffic.arrivals == Arrivals::Even,
            world: World::empty(),
            state: State::empty(),
            watches: Vec::with_capacity(scenario.gates.len() + 1),
            before: vec![Watch::from(Instant::ZERO); scenario.gates.len() + 1],
            wanted: None,
            record,
            agenda: Agenda::with_slots(SLOTS),
            rollout: scenario.strategy.begin(),
            cluster: {
                let one = scenario.strategy.replacement().is_some();
                let setup = scenario.strategy.deployment.as_ref();
                setup.map(|setup| Box::new(Cluster::new(setup, one)))
            },
            delivery: None,
            copies: Copies::default(),
            actions: Vec::new(),
            nodes: scenario.strategy.nodes.as_ref().map(|pool| Box::new(Nodes::new(pool))),
            scaler: scenario.strategy.autoscaler.as_ref().map(|_| Box::default()),
            replicas: scenario.fleet.replicas,
            orders: 0,
            told: None,
            pipeline: Pipeline::default(),
            eager: Eager::default(),
            streaks: [Vec::new(), Vec::new()],
            readiness: Readiness::default(),
            asks: scenario.probes.is_some_and(|it| it.readiness.or(it.liveness).is_some()),
            storm: 0,
            apart: Vec::new(),
            shift: None,
            spoken: None,
            attempt: 0,
            exposed: None,
            worn_by: None,
            frail: false,
            incident: None,
            pages: 0,
            asked: 0,
            history: History::default(),
            harmful: Vec::with_capacity(16),
            weights: Vec::with_capacity(64),
            pending: Vec::new(),
        }
    }

    /// Simulates one replication.
    pub fn simulate(&mut self, seed: u64, replication: u64) -> Measures {
        self.restart(seed, replication);
        self.tell(Instant::ZERO, Signal::Started);
        self.count_roster(Instant::ZERO);
        while let Some((now, event)) = self.next() {
            if event == Event::WatchElapsed {
                self.history.horizon = now;
                self.close_incident(now);
                self.tell_history(now);
                self.record.note(now, Happening::Watched);
                break;
            }
            if let Some(signal) = self.witness(now, event) {
                self.tell(now, signal);
            }
            self.show(now, Moment::Settled);
            self.count_roster(now);
        }
        self.measure()
    }

    fn restart(&mut self, seed: u64, replication: u64) {
        self.world.draw(self.scenario, seed, replication);
        self.grid.restart(&self.world);
        self.state.reset(self.scenario.fleet.replicas);
        self.state.arm_errors = self.world.arms(self.scenario, 0.0).1;
        self.asking.iter_mut().for_each(Asking::restart);
        for alarming in &mut self.alarming {
            alarming.restart(self.scenario, &self.gate_limits);
        }
        self.targets.restart();
        self.targets.see(Instant::ZERO, self.state.pods);
        self.roster.restart();
        self.roster.see(Instant::ZERO, &self.state);
        self.pending.clear();
        self.restart_watches();
        self.wanted = None;
        self.agenda.clear();
        self.rollout = self.scenario.strategy.begin();
        self.pipeline.reset(self.scenario.fleet.replicas);
        self.eager.clear();
        self.streaks.iter_mut().for_each(Vec::clear);
        self.readiness.restart();
        if let (Some(cluster), Some(setup)) =
            (&mut self.cluster, &self.scenario.strategy.deployment)
        {
            cluster.begin(setup, self.world.clock());
        }
        if let (Some(nodes), Some(pool)) = (&mut self.nodes, &self.scenario.strategy.nodes) {
            nodes.restart(pool, &mut self.state);
        }
        self.schedule_nodes();
        self.copies.clear();
        let delivery = self.scenario.strategy.delivery.as_ref();
        self.delivery = delivery.map(|delivery| delivery.plan.begin(self.world.sync()));
        (self.replicas, self.orders) = (self.scenario.fleet.replicas, 0);
        self.schedule_order();
        self.start_autoscaler();
        (self.told, self.shift, self.spoken) = (None, None, None);
        (self.attempt, self.exposed, self.incident) = (0, None, None);
        (self.pages, self.asked) = (0, 0);
        self.history = History::default();
        self.harmful.clear();
        self.count_pods(Instant::ZERO);
        if !planted::is(Bug::WorldsRemember) {
            self.weights.clear();
        }
        self.know_faults();
    }

    /// Gates wait for the first traffic of the new version; the alert reads from the start.
    fn restart_watches(&mut self) {
        self.watches.clear();
        for _ in &self.scenario.gates {
            self.watches.push(Watch { active: false, ..Watch::from(Instant::NEVER) });
        }
        let alert = self.scenario.alert.iter();
        self.watches.extend(alert.map(|gate| Watch::from(Instant::ZERO + gate.interval)));
    }

    /// What the faults of this world do to pods.
    pub(super) fn know_faults(&mut self) {
        self.worn_by = self.world.wear();
        let cold = |fault: &super::severity::Severity| fault.signature.cold.is_some();
        let cold = self.world.severities().iter().any(cold);
        let faulty = !self.world.severities().is_empty();
        let crashes = self.world.crash() > 0.0 || faulty && self.liveness().is_some();
        self.frail = self.worn_by.is_some() || cold || crashes;
        self.grid.expect_change(None);
    }

    /// The next event: before time moves on, the gates are asked whether one speaks first.
    fn next(&mut self) -> Option<(Instant, Event)> {
        if !self.watches.is_empty() && self.agenda.pending(Event::GateSpoke).is_none() {
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
        self.settle_copies(now);
        self.forget_scrapes(now);
        // Only now: what is over was served by pods that were less worn.
        if self.frail {
            self.use_up(now);
        }
        change(&mut self.state);
        self.targets.see(now, self.state.pods);
        if self.frail {
            self.schedule_wear(now);
        }
        if self.asks {
            self.schedule_probes(now);
        }
        self.roster.see(now, &self.state);
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
