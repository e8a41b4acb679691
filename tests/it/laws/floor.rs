//! Random lives of a Deployment on nodes: scenarios that are valid by construction, and what was
//! seen of their nodes.

use clockwork::Instant;
use coalmine::controller::kubernetes::disruption::Budget;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Census, Ending, Engine, Happening, Moment, Record};
use coalmine::units::Portion;

use super::dice::Dice;

/// What is done to the nodes or to the Deployment. Nodes are counted from one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Drain(u64),
    Uncordon(u64),
    /// For so many seconds, if not for good.
    Fail(u64, Option<u64>),
    Restart,
    SetImage,
    Undo,
    Scale(u64),
}

/// A Deployment on nodes, and what is done to it.
#[derive(Clone, Debug)]
pub(super) struct Floor {
    pub nodes: u64,
    /// Places on a node.
    pub places: u64,
    /// Seconds until another node is there, if one comes.
    pub start: Option<u64>,
    pub replicas: u64,
    pub surge: u64,
    pub unavailable: u64,
    pub min_ready: u64,
    pub budget: Option<Budget>,
    pub startup: [u64; 2],
    /// Seconds that a pod takes to end.
    pub takes: u64,
    /// Whether a pod waits for the end of the one before.
    pub in_turn: bool,
    /// Starts of a new pod that fail, per cent.
    pub crash: u64,
    /// Milliseconds that controllers take.
    pub latency: u64,
    /// Each with its time, seconds.
    pub deeds: Vec<(u64, Deed)>,
    /// For laws that lean.
    pub spare: u64,
}

/// All that is done is done before this, seconds.
const DONE: u64 = 1_200;

impl Floor {
    /// Total: any numbers make a valid scenario.
    pub(super) fn normalise(raw: &[u32]) -> Self {
        let mut dice = Dice::new(raw);
        let d = &mut dice;
        let (nodes, places) = (d.between(2, 5), d.between(2, 5));
        let startup = d.between(1, 30);
        let surge = d.pick(&[1, 0, 2, 3]);
        let portion = |d: &mut Dice<'_>| {
            let (count, tenths) = (d.between(0, 8) as u32, d.between(0, 10) as u32);
            d.pick(&[Portion::Count(count), Portion::Percent(10 * tenths)])
        };
        let budget = match d.between(0, 5) {
            0 => None,
            1..=3 => Some(Budget::MinAvailable(portion(d))),
            _ => Some(Budget::MaxUnavailable(portion(d))),
        };
        let mut floor = Self {
            nodes,
            places,
            start: d.chance(40).then(|| d.between(20, 150)),
            replicas: d.between(1, nodes * places),
            surge,
            unavailable: if surge == 0 { d.between(1, 3) } else { d.between(0, 3) },
            min_ready: d.pick(&[0, 0, 5, 20]),
            budget,
            startup: [startup, startup + d.pick(&[0, 10, 60])],
            takes: d.between(0, 40),
            in_turn: d.chance(15),
            crash: d.pick(&[0, 0, 0, 40]),
            latency: d.pick(&[0, 0, 250]),
            deeds: Vec::new(),
            spare: d.between(0, 1 << 20),
        };
        let most = nodes * places;
        for _ in 0..d.between(1, 9) {
            let at = d.between(1, DONE);
            let node = d.between(1, nodes);
            let deed = match d.between(0, 12) {
                0..=3 => Deed::Drain(node),
                4 | 5 => Deed::Uncordon(node),
                6..=8 => Deed::Fail(node, d.chance(70).then(|| d.between(1, 600))),
                9 => Deed::Restart,
                10 => d.pick(&[Deed::SetImage, Deed::Undo]),
                _ => Deed::Scale(d.between(1, most)),
            };
            floor.deeds.push((at, deed));
        }
        floor.deeds.sort_by_key(|(at, _)| *at);
        floor
    }

    /// Pods that stay available, as the budget has it for so many replicas.
    pub(super) fn least(&self, replicas: u32) -> Option<u32> {
        self.budget.map(|it| it.disruptions(replicas, replicas, replicas).desired)
    }

    pub(super) fn text(&self) -> String {
        let mut fails = Vec::new();
        let mut orders = Vec::new();
        for (at, deed) in &self.deeds {
            let order = match deed {
                Deed::Fail(node, lasts) => {
                    let lasts = lasts.map_or(String::new(), |it| format!(", for: {it}s"));
                    fails.push(format!("{{ at: {at}s, node: {node}{lasts} }}"));
                    continue;
                }
                Deed::Drain(node) => format!("drain node-{node}"),
                Deed::Uncordon(node) => format!("uncordon node-{node}"),
                Deed::Restart => "rollout restart".to_owned(),
                Deed::SetImage => "set image".to_owned(),
                Deed::Undo => "rollout undo".to_owned(),
                Deed::Scale(replicas) => format!("scale --replicas={replicas}"),
            };
            orders.push(format!("{{ at: {at}s, run: {order} }}"));
        }
        let portion = |it: Portion| match it {
            Portion::Count(count) => count.to_string(),
            Portion::Percent(percent) => format!("{percent}%"),
        };
        let budget = match self.budget {
            None => "none".to_owned(),
            Some(Budget::MinAvailable(it)) => format!("{{ minAvailable: {} }}", portion(it)),
            Some(Budget::MaxUnavailable(it)) => format!("{{ maxUnavailable: {} }}", portion(it)),
        };
        let faults = match self.crash {
            0 => String::new(),
            chance => format!("{{ crash-loop: {{ chance: {chance}% }} }}"),
        };
        format!(
            "controller:
  kubernetes:
    latency: {}ms
    nodes: {{ count: {}, pods: {}, start: {}, fail: [{}] }}
    pdb: {budget}
    kubectl: [{}]
fleet:
  replicas: {}
  pod:
    startup: {{ uniform: {{ from: {}s, to: {}s }} }}
    termination: {{ propagation: 0s, takes: {}s }}
traffic: {{ rate: 10/s, modulation: none }}
noise: none
time: {{ watch: 4h, bake: 10m }}
strategy:
  rolling:
    maxSurge: {}
    maxUnavailable: {}
    minReadySeconds: {}s
    progressDeadline: 10m
    podReplacementPolicy: {}
release: {{ faults: [{faults}] }}
people: none
",
            self.latency,
            self.nodes,
            self.places,
            self.start.map_or("none".to_owned(), |it| format!("{it}s")),
            fails.join(", "),
            orders.join(", "),
            self.replicas,
            self.startup[0],
            self.startup[1].max(self.startup[0] + 1),
            self.takes,
            self.surge,
            self.unavailable,
            self.min_ready,
            if self.in_turn { "TerminationComplete" } else { "TerminationStarted" },
        )
    }

    /// What is seen of the nodes in one world.
    ///
    /// # Panics
    /// When the scenario is not valid, or the world does not end.
    pub(super) fn look(&self, seed: u64) -> Watcher {
        let text = self.text();
        let read = Scenario::read(&text);
        let scenario = read.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        let watcher = Watcher { text, seen: Vec::new(), ended: None, watched: None };
        let mut engine = Engine::new(&scenario, watcher);
        engine.simulate(seed, 0);
        engine.record
    }
}

/// Sees the nodes after every event.
pub(super) struct Watcher {
    text: String,
    pub seen: Vec<(Instant, Moment, Census)>,
    /// When the change was over, and how.
    pub ended: Option<(Instant, Ending)>,
    /// When nobody looks any more.
    pub watched: Option<Instant>,
}

/// More than any world of a floor can have, even one whose drains ask every second.
const SEEN_MAX: usize = 200_000;

impl Record for Watcher {
    const READINGS: bool = false;
    const NODES: bool = true;

    fn note(&mut self, at: Instant, happening: Happening) {
        match happening {
            Happening::Ended { ending } => self.ended = Some((at, ending)),
            Happening::Watched => self.watched = Some(at),
            _ => {}
        }
    }

    fn see(&mut self, at: Instant, moment: Moment, census: &Census) {
        self.seen.push((at, moment, census.clone()));
        assert!(self.seen.len() < SEEN_MAX, "at {at:?} a world has not ended of\n{}", self.text);
    }
}
