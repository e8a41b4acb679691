//! The nodes under the pods: where there is a place, what is drained, and what is lost.
//!
//! Pods of a version are alike, and so only how many of them a node has is known, not which: the
//! last ones are evicted, and the first ones are lost with a node.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::pipeline::Pipeline;
use super::purpose;
use super::record::Record;
use super::state::VERSIONS;
use crate::controller::kubernetes::disruption::{Answer, Disruptions, RETRY, Unhealthy, Victim};
use crate::controller::kubernetes::node::{Failure, Pool, Watch};
use crate::strategy::{NEW, OLD, Signal};

/// A cluster autoscaler looks for pods without a place this often: `--scan-interval`.
const SCAN: Span = Span::from_secs(10);

/// A node.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Pods that have been ready, by version.
    pods: [u32; VERSIONS],
    /// Pods that end.
    ending: u32,
    /// Pods that were lost with it and are not replaced yet, by version.
    lost: [u32; VERSIONS],
    /// When it is there.
    up: Instant,
    /// Whether no pod is placed on it: it is cordoned, or lost.
    closed: bool,
}

/// What happens to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Nodes are started if any are missing.
    Scan,
    /// It is there.
    Up,
    /// It is lost.
    Fails,
    /// That is noticed.
    Noticed,
    /// Its pods are given up.
    Replaced,
    /// Its pods are to be evicted; so many were refused last time.
    Drained { refused: u32 },
}

/// The nodes of a service.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    /// Those that are and were there.
    all: Vec<Node>,
    /// Pods that end: when they are gone, and from which node.
    ending: Vec<(Instant, usize)>,
    due: Vec<(Instant, usize, Step)>,
    /// Where the pods that are stopped next are, if that is known.
    evicted: Option<usize>,
}

impl Nodes {
    pub(super) fn new(pool: &Pool) -> Self {
        let all = Vec::with_capacity(pool.count as usize);
        Self { all, ending: Vec::new(), due: Vec::new(), evicted: None }
    }

    /// Before a change: the pods that run are spread over the nodes.
    pub(super) fn restart(&mut self, pool: &Pool, replicas: u32) {
        self.all.clear();
        self.ending.clear();
        self.due.clear();
        self.evicted = None;
        for node in 0..pool.count {
            let pods = replicas / pool.count + u32::from(node < replicas % pool.count);
            self.all.push(Node { pods: [pods, 0], ..Node::empty(Instant::ZERO) });
        }
        let fails = |it: &Failure| (Instant::ZERO + it.at, it.node as usize - 1, Step::Fails);
        self.due.extend(pool.failures.iter().map(fails));
    }

    /// The open node with fewest pods that has a place.
    pub(super) fn place(&self, pool: &Pool, pipeline: &Pipeline, now: Instant) -> Option<u32> {
        let open = self.all.iter().enumerate().filter(|(_, it)| !it.closed && it.up <= now);
        let taken =
            open.map(|(index, it)| (it.taken() + pipeline.starting_on(index as u32), index));
        let (_, index) = taken.filter(|(taken, _)| *taken < pool.pods).min()?;
        Some(index as u32)
    }

    /// Pods that started on a node are ready, or fail to be.
    pub(super) fn ready(&mut self, v: usize, node: u32, pods: u32) {
        self.all[node as usize].pods[v] += pods;
    }

    /// Pods of a version end, of which so many got no requests: each keeps its place until it is
    /// gone. A ReplicaSet takes them from the node with most of them.
    pub(super) fn end(&mut self, v: usize, count: u32, unready: u32, gone: Instant) {
        let mut unready = unready;
        for _ in 0..count {
            let lost = self.all.iter_mut().find(|it| it.lost[v] > 0).filter(|_| unready > 0);
            if let Some(node) = lost {
                (node.lost[v], unready) = (node.lost[v] - 1, unready - 1);
                continue;
            }
            let all = self.all.iter().enumerate();
            let most = all.max_by_key(|(index, it)| (it.pods[v], std::cmp::Reverse(*index)));
            let chosen = self.evicted.or(most.map(|(index, _)| index));
            let Some(index) = chosen.filter(|it| self.all[*it].pods[v] > 0) else { return };
            self.all[index].pods[v] -= 1;
            self.all[index].ending += 1;
            self.ending.push((gone, index));
        }
    }

    /// Pods that ended are gone.
    pub(super) fn forget(&mut self, now: Instant) {
        let nodes = &mut self.all;
        self.ending.retain(|(at, node)| {
            let is_there = *at > now;
            nodes[*node].ending -= u32::from(!is_there);
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
    fn pop(&mut self, now: Instant) -> Option<(usize, Step)> {
        let place = self.due.iter().position(|(at, ..)| *at <= now)?;
        let (_, node, step) = self.due.remove(place);
        Some((node, step))
    }
}

impl Node {
    fn empty(up: Instant) -> Self {
        Self { pods: [0; VERSIONS], ending: 0, lost: [0; VERSIONS], up, closed: false }
    }

    fn taken(&self) -> u32 {
        self.pods.iter().sum::<u32>() + self.ending
    }
}

impl<R: Record> Engine<'_, R> {
    /// Something happens to nodes.
    pub(super) fn nodes_changed(&mut self, now: Instant) -> Option<Signal> {
        while let Some((node, step)) = self.nodes.as_mut()?.pop(now) {
            match step {
                Step::Scan => self.start_nodes(now),
                Step::Up => self.reply(now, |_| format!("node-{} is there", node + 1)),
                Step::Fails => self.node_fails(now, node),
                Step::Noticed => self.loss_noticed(now, node),
                Step::Replaced => self.lost_replaced(now, node),
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

    /// `kubectl drain`.
    pub(super) fn drain(&mut self, now: Instant, node: u32) -> Option<Signal> {
        let nodes = self.nodes.as_mut()?;
        let node = node as usize - 1;
        nodes.all[node].closed = true;
        nodes.due.push((now, node, Step::Drained { refused: 0 }));
        self.nodes_changed(now)
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
        let open = nodes.all.iter().filter(|it| !it.closed).count() as u32;
        wanted.min(pool.most.saturating_sub(open))
    }

    /// Starts the nodes that are missing.
    fn start_nodes(&mut self, now: Instant) {
        let start = self.scenario.strategy.nodes.as_ref().and_then(|pool| pool.start);
        let pods = self.pipeline.unplaced();
        for _ in 0..self.missing_nodes(now) {
            let (Some(nodes), Some(start)) = (&mut self.nodes, start) else { return };
            nodes.all.push(Node::empty(now + start));
            let number = nodes.all.len();
            nodes.due.push((now + start, number - 1, Step::Up));
            self.reply(now, |_| {
                format!("{} no place: node-{number} is started", counted(pods, "finds", "find"))
            });
        }
    }

    /// A node is lost: nobody knows it yet, and requests to its pods fail.
    fn node_fails(&mut self, now: Instant, node: usize) {
        let uniform =
            |which: u32| self.world.keyed.uniform(which, node as u32, purpose::NODE_WATCH);
        let watch = Watch::default();
        let phase = |which: u32, period: Span| {
            Instant::ZERO + Span::from_secs_f64(uniform(which) * period.as_secs_f64())
        };
        let phases = (phase(0, watch.heartbeat), phase(1, watch.monitor));
        let loss = watch.loss(now, phases.0, phases.1);
        let Some(nodes) = &mut self.nodes else { return };
        nodes.all[node].closed = true;
        nodes.due.push((loss.noticed, node, Step::Noticed));
        nodes.due.push((loss.replaced, node, Step::Replaced));
        let pods = nodes.all[node].pods;
        for v in [OLD, NEW] {
            self.pipeline.strand(v, node as u32);
            self.die(now, v, (loss.noticed, pods[v]));
        }
        self.schedule_ready();
        let all: u32 = pods.iter().sum();
        self.reply(now, |_| format!("node-{} is lost with {}", node + 1, counted(all, "", "")));
    }

    /// Its pods get no requests any more.
    fn loss_noticed(&mut self, now: Instant, node: usize) {
        let Some(nodes) = &mut self.nodes else { return };
        let pods = std::mem::take(&mut nodes.all[node].pods);
        nodes.all[node].lost = pods;
        self.regime(now, |state| {
            state.fall(OLD, pods[OLD]);
            state.fall(NEW, pods[NEW]);
        });
        self.reply(now, |_| format!("node-{} is NotReady: its pods get no requests", node + 1));
    }

    /// Its pods are told to stop, and others come for them.
    fn lost_replaced(&mut self, now: Instant, node: usize) {
        let Some(nodes) = &mut self.nodes else { return };
        let lost = std::mem::take(&mut nodes.all[node].lost);
        self.regime(now, |state| {
            state.shrink_down(OLD, lost[OLD]);
            state.shrink_down(NEW, lost[NEW]);
        });
        let stranded: u32 = [OLD, NEW].map(|v| self.pipeline.give_up(v, node as u32)).iter().sum();
        self.count_pods(now);
        let pods = lost.iter().sum::<u32>() + stranded;
        let name = node + 1;
        self.reply(now, |_| format!("{} given up: node-{name}", counted(pods, "is", "are")));
    }

    /// Asks for the eviction of all pods of a node.
    fn evict(&mut self, now: Instant, node: usize, before: u32) {
        let mut budget = self.disruptions();
        let mut ask = |ready: bool| {
            let victim = Victim { running: true, ready };
            let answer = budget.as_mut().map(|it| it.evict(victim, Unhealthy::default()));
            answer != Some(Answer::Refused)
        };
        let Some(nodes) = &mut self.nodes else { return };
        let (mut evicted, mut refused) = ([0; VERSIONS], 0);
        for v in [OLD, NEW] {
            for _ in 0..self.pipeline.starting_of(v, node as u32) {
                let may_go = ask(false);
                refused += u32::from(!may_go);
                if may_go {
                    self.pipeline.evict_start(v, node as u32);
                }
            }
            let pods = nodes.all[node].pods[v];
            evicted[v] = (0..pods).filter(|_| ask(true)).count() as u32;
            refused += pods - evicted[v];
        }
        nodes.evicted = Some(node);
        for v in [OLD, NEW] {
            self.stop_last(now, v, evicted[v]);
        }
        self.schedule_ready();
        self.count_pods(now);
        let Some(nodes) = &mut self.nodes else { return };
        nodes.evicted = None;
        if refused > 0 {
            nodes.due.push((now + RETRY, node, Step::Drained { refused }));
        }
        let gone: u32 = evicted.iter().sum();
        let (name, done) = (node + 1, refused == 0);
        if gone > 0 || refused != before || done {
            self.reply(now, |_| {
                let gone = counted(gone, "is", "are");
                match refused {
                    0 => format!("{gone} evicted: node-{name} drained"),
                    _ => format!(
                        "{gone} evicted of node-{name}, {refused} cannot be: it would violate the \
                         pod's disruption budget"
                    ),
                }
            });
        }
    }

    /// What the disruption controller allows now, where a budget asks for anything.
    fn disruptions(&self) -> Option<Disruptions> {
        let budget = self.scenario.strategy.budget?;
        let pods = self.seen().desired.iter().sum();
        Some(budget.disruptions(self.replicas, pods, self.state.serving.iter().sum()))
    }
}

/// So many pods and what they do, for a message.
fn counted(pods: u32, one: &str, several: &str) -> String {
    let text = if pods == 1 { format!("1 pod {one}") } else { format!("{pods} pods {several}") };
    text.trim_end().to_owned()
}
