//! The nodes under the pods: where there is a place, what is started, what is lost, and what comes
//! back.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::pipeline::{Pipeline, Start, Unplaced};
use super::purpose;
use super::record::Record;
use super::state::{Cohort, Condition, State};
use crate::controller::kubernetes::node::{Failure, Pool, Watch};
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Signal};

/// A cluster autoscaler looks for pods without a place this often: `--scan-interval`.
const SCAN: Span = Span::from_secs(10);

/// A node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Pods that end.
    pub(super) ending: u32,
    /// When it is there.
    pub(super) up: Instant,
    /// Whether it is drained: no pod is placed on it.
    pub(super) cordoned: bool,
    /// Whether it is lost, known or not.
    pub(super) lost: bool,
}

/// What happens to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nodes are started if any are missing.
    Scan,
    /// It is there.
    Up,
    /// It is lost, for so long if not for good.
    Fails { lasts: Option<Span> },
    /// That is noticed.
    Noticed,
    /// Its pods are given up.
    Replaced,
    /// It is heard of again.
    Returns,
    /// Its pods are to be evicted; so many were refused last time.
    Drained { refused: u32 },
}

/// The nodes of a service.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    /// Those that are and were there.
    pub(super) all: Vec<Node>,
    /// Pods that end: when they are gone, and from which node.
    ending: Vec<(Instant, u32)>,
    pub(super) due: Vec<(Instant, u32, Step)>,
    /// Room to count the places that are taken.
    taken: Vec<u32>,
    /// Room for pods that leave together.
    pub(super) leaving: Vec<Cohort>,
}

impl Nodes {
    pub(super) fn new(pool: &Pool) -> Self {
        let all = Vec::with_capacity(pool.count as usize);
        let (ending, due) = (Vec::new(), Vec::new());
        Self { all, ending, due, taken: Vec::new(), leaving: Vec::new() }
    }

    /// Before a change: the pods that run are spread over the nodes.
    pub(super) fn restart(&mut self, pool: &Pool, state: &mut State) {
        self.all.clear();
        self.ending.clear();
        self.due.clear();
        self.all.extend((0..pool.count).map(|_| Node::empty(Instant::ZERO)));
        let (pods, count) = (state.pods[OLD], pool.count);
        state.spread((0..count).map(|node| pods / count + u32::from(node < pods % count)));
        let fails =
            |it: &Failure| (Instant::ZERO + it.at, it.node - 1, Step::Fails { lasts: it.lasts });
        self.due.extend(pool.failures.iter().map(fails));
    }

    /// Counts the places of every node that are taken.
    fn count_taken(&mut self, state: &State, pipeline: &Pipeline) {
        let keep = !planted::is(Bug::EndingPodsTakeNoPlace);
        self.taken.clear();
        self.taken.extend(self.all.iter().map(|it| if keep { it.ending } else { 0 }));
        for v in [OLD, NEW] {
            state.count_by_node(v, &mut self.taken);
            for start in &pipeline.starting[v] {
                self.taken[start.node as usize] += start.count;
            }
        }
    }

    /// The open node with fewest pods that has a place.
    pub(super) fn place(
        &mut self,
        pool: &Pool,
        (state, pipeline): (&State, &Pipeline),
        now: Instant,
    ) -> Option<u32> {
        self.count_taken(state, pipeline);
        let all = self.all.iter().zip((0..).zip(&self.taken));
        let open = all.filter(|(it, (_, taken))| it.is_open(now) && **taken < pool.pods);
        open.map(|(_, (node, taken))| (*taken, node)).min().map(|(_, node)| node)
    }

    /// A pod on a node ends: it keeps its place until it is gone.
    pub(super) fn end(&mut self, node: u32, gone: Instant) {
        self.all[node as usize].ending += 1;
        self.ending.push((gone, node));
    }

    /// Pods that ended are gone.
    pub(super) fn forget(&mut self, now: Instant) {
        let nodes = &mut self.all;
        self.ending.retain(|(at, node)| {
            let is_there = *at > now;
            nodes[*node as usize].ending -= u32::from(!is_there);
            is_there
        });
    }

    /// Whether somebody will look for pods without a place.
    fn is_looked_at(&self) -> bool {
        self.due.iter().any(|(.., step)| *step == Step::Scan)
    }

    fn next(&self) -> Option<Instant> {
        self.due.iter().map(|(at, ..)| *at).min()
    }

    /// The next thing that is due.
    fn pop(&mut self, now: Instant) -> Option<(u32, Step)> {
        let place = self.due.iter().position(|(at, ..)| *at <= now)?;
        let (_, node, step) = self.due.remove(place);
        Some((node, step))
    }
}

impl Node {
    fn empty(up: Instant) -> Self {
        Self { ending: 0, up, cordoned: false, lost: false }
    }

    /// Whether pods may be placed on it, if it is there.
    fn is_wanted(&self) -> bool {
        !self.lost && (!self.cordoned || planted::is(Bug::CordonedNodesTakePods))
    }

    /// Whether pods may be placed on it.
    fn is_open(&self, now: Instant) -> bool {
        self.is_wanted() && self.up <= now
    }
}

impl<R: Record> Engine<'_, R> {
    /// Something happens to nodes.
    pub(super) fn nodes_changed(&mut self, now: Instant) -> Option<Signal> {
        while let Some((node, step)) = self.nodes.as_mut()?.pop(now) {
            match step {
                Step::Scan => self.start_nodes(now),
                Step::Up => self.reply(now, |_| format!("node-{} is there", node + 1)),
                Step::Fails { lasts } => self.node_fails(now, node, lasts),
                Step::Noticed => self.loss_noticed(now, node),
                Step::Replaced => self.lost_replaced(now, node),
                Step::Returns => self.node_returns(now, node),
                Step::Drained { refused } => self.evict(now, node, refused),
            }
        }
        self.start_waiting(now);
        self.schedule_nodes();
        self.after_pods(now)
    }

    pub(super) fn schedule_nodes(&mut self) {
        let Some(nodes) = &self.nodes else { return };
        match nodes.next() {
            Some(at) => self.agenda.schedule(Event::NodesChanged, at),
            None => self.agenda.cancel(Event::NodesChanged),
        }
    }

    /// Pods that find no place: whoever starts nodes sees them when it looks the next time.
    pub(super) fn ask_for_nodes(&mut self, now: Instant) {
        if self.missing_nodes(now) == 0 {
            return;
        }
        let Some(nodes) = self.nodes.as_mut().filter(|it| !it.is_looked_at()) else { return };
        let next = Instant::ZERO + SCAN * (now.since_start() / SCAN + 1);
        nodes.due.push((next, 0, Step::Scan));
        self.schedule_nodes();
    }

    /// Nodes that are to be started for the pods without a place.
    fn missing_nodes(&self, now: Instant) -> u32 {
        let (Some(nodes), Some(pool)) = (&self.nodes, &self.scenario.strategy.nodes) else {
            return 0;
        };
        if pool.start.is_none() {
            return 0;
        }
        let coming = nodes.all.iter().filter(|it| it.up > now).count() as u32;
        let wanted = self.pipeline.unplaced().div_ceil(pool.pods).saturating_sub(coming);
        let open = nodes.all.iter().filter(|it| it.is_wanted()).count() as u32;
        wanted.min(pool.most.saturating_sub(open))
    }

    /// Starts the nodes that are missing.
    fn start_nodes(&mut self, now: Instant) {
        let start = self.scenario.strategy.nodes.as_ref().and_then(|pool| pool.start);
        let pods = self.pipeline.unplaced();
        for _ in 0..self.missing_nodes(now) {
            let (Some(nodes), Some(start)) = (&mut self.nodes, start) else { return };
            nodes.all.push(Node::empty(now + start));
            let number = nodes.all.len() as u32;
            nodes.due.push((now + start, number - 1, Step::Up));
            self.reply(now, |_| {
                format!("{} no place: node-{number} is started", counted(pods, "finds", "find"))
            });
        }
    }

    /// A node is lost: nobody knows it yet, and requests to its pods fail.
    fn node_fails(&mut self, now: Instant, node: u32, lasts: Option<Span>) {
        let uniform = |which: u32| self.world.keyed.uniform(which, node, purpose::NODE_WATCH);
        let watch = Watch::default();
        let phase = |which: u32, period: Span| {
            Instant::ZERO + Span::from_secs_f64(uniform(which) * period.as_secs_f64())
        };
        let phases = (phase(0, watch.heartbeat), phase(1, watch.monitor));
        let absence = watch.absence(now, lasts.map(|lasts| now + lasts), phases);
        let Some(nodes) = self.nodes.as_mut().filter(|it| !it.all[node as usize].lost) else {
            return;
        };
        nodes.all[node as usize].lost = true;
        let steps = [
            (absence.noticed, Step::Noticed),
            (absence.replaced, Step::Replaced),
            (absence.back, Step::Returns),
        ];
        nodes.due.extend(steps.iter().filter_map(|(at, step)| Some(((*at)?, node, *step))));
        let until = absence.noticed.or(absence.back).unwrap_or(Instant::NEVER);
        for v in [OLD, NEW] {
            self.pipeline.strand(v, node);
            self.regime(now, |state| state.freeze(v, node));
            self.die(now, v, (until, self.state.serving_on(v, node)));
        }
        self.schedule_ready();
        let all: u32 = [OLD, NEW].map(|v| self.state.pods_on(v, node)).iter().sum();
        self.reply(now, |_| format!("node-{} is lost with {}", node + 1, counted(all, "", "")));
    }

    /// Its pods get no requests any more.
    fn loss_noticed(&mut self, now: Instant, node: u32) {
        for v in [OLD, NEW] {
            self.each_on(v, node, |engine, cohort, pods| {
                if engine.is_unripe(now, &cohort) {
                    engine.pipeline.unripe_of(v, cohort.set, pods);
                }
            });
        }
        self.regime(now, |state| {
            state.lose(OLD, node);
            state.lose(NEW, node);
        });
        self.reply(now, |_| format!("node-{} is NotReady: its pods get no requests", node + 1));
    }

    /// Every cohort of a version on a node, and how many pods it has.
    fn each_on(&mut self, v: usize, node: u32, mut visit: impl FnMut(&mut Self, Cohort, u32)) {
        let mut from = 0;
        for index in 0..self.state.cohorts[v].len() {
            let cohort = self.state.cohorts[v][index];
            let pods = cohort.to - std::mem::replace(&mut from, cohort.to);
            if cohort.node == node {
                visit(self, cohort, pods);
            }
        }
    }

    /// Whether the pods of a cohort get requests, and have not been ready for long enough.
    pub(super) fn is_unripe(&self, now: Instant, cohort: &Cohort) -> bool {
        let wait = self.scenario.strategy.min_ready;
        cohort.condition.serves() && cohort.ready.is_some_and(|ready| ready + wait > now)
    }

    /// Its pods are told to stop, and others come for them.
    fn lost_replaced(&mut self, now: Instant, node: u32) {
        if planted::is(Bug::LostPodsAreKept) {
            return;
        }
        let lost: u32 = [OLD, NEW].map(|v| self.state.pods_on(v, node)).iter().sum();
        self.regime(now, |state| {
            state.take(OLD, u32::MAX, |it| it.node == node);
            state.take(NEW, u32::MAX, |it| it.node == node);
        });
        let stranded: u32 = [OLD, NEW].map(|v| self.pipeline.give_up(v, node)).iter().sum();
        self.count_pods(now);
        let (pods, name) = (lost + stranded, node + 1);
        self.reply(now, |_| format!("{} given up: node-{name}", counted(pods, "is", "are")));
    }

    /// It is heard of again: its pods go on, and those that did not get to their start begin it.
    fn node_returns(&mut self, now: Instant, node: u32) {
        let Some(nodes) = &mut self.nodes else { return };
        nodes.all[node as usize].lost = false;
        for v in [OLD, NEW] {
            self.each_on(v, node, |engine, cohort, pods| {
                if cohort.condition == Condition::Lost {
                    engine.ripen_later(now, v, pods, cohort.set);
                }
            });
            self.start_again(now, v, node);
        }
        self.regime(now, |state| {
            state.find(OLD, node, now);
            state.find(NEW, node, now);
        });
        self.schedule_ready();
        let pods: u32 = [OLD, NEW].map(|v| self.state.pods_on(v, node)).iter().sum();
        self.reply(now, |_| format!("node-{} is back with {}", node + 1, counted(pods, "", "")));
    }

    /// Pods that were to start on a node when it was lost do so now.
    fn start_again(&mut self, now: Instant, v: usize, node: u32) {
        for index in 0..self.pipeline.starting[v].len() {
            let it = self.pipeline.starting[v][index];
            if it.node == node && it.at == Instant::NEVER {
                let again = self.start(now, v, Unplaced { pod: it.pod, set: it.set });
                self.pipeline.starting[v][index] = Start { node, ..again };
            }
        }
        self.pipeline.sort(v);
    }
}

/// So many pods and what they do, for a message.
pub(super) fn counted(pods: u32, one: &str, several: &str) -> String {
    let text = if pods == 1 { format!("1 pod {one}") } else { format!("{pods} pods {several}") };
    text.trim_end().to_owned()
}
