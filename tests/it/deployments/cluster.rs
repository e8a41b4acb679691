//! A cluster for a twin: a fake kubelet whose pods do what a script says.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{
    Action, Counts, Latency, Phase, Pod, Seen, Spec, Strategy, Template, Throttle, Twin, Undo,
    WallClock, sort_for_deletion,
};

/// What the pods of a version do.
#[derive(Clone, Debug)]
pub(super) struct Behaviour {
    /// Time from creation to ready by ordinal, over and over; `None` is never.
    pub(super) ready: Vec<Option<Span>>,
    /// Readiness that comes and goes.
    pub(super) flap: Option<Flap>,
    /// Time from deletion to gone.
    pub(super) term: Span,
}

/// What a recording says of a pod.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Observed {
    /// When it became ready first.
    pub(super) ready: Option<Instant>,
    /// When it was deleted.
    pub(super) deleted: Option<Instant>,
    /// The whole second that is stored of its readiness.
    pub(super) stored: Option<Instant>,
}

/// Every so many-th pod becomes unready after it was `up`, and ready after it was `down`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flap {
    pub(super) up: Span,
    pub(super) down: Span,
    pub(super) cycles: u32,
    pub(super) every: u32,
}

/// What somebody writes into a spec, as far as it is something.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    pub(super) template: Option<Template>,
    pub(super) replicas: Option<u32>,
    pub(super) paused: Option<bool>,
    pub(super) strategy: Option<Strategy>,
}

impl Change {
    fn apply(self, spec: &mut Spec) {
        spec.template = self.template.unwrap_or(spec.template);
        spec.replicas = self.replicas.unwrap_or(spec.replicas);
        spec.paused = self.paused.unwrap_or(spec.paused);
        spec.strategy = self.strategy.unwrap_or(spec.strategy);
    }
}

/// What somebody does to the cluster.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Writes some of the spec.
    Write(Change),
    /// Takes the readiness of the first so many ready pods of a version.
    Break(Template, u32),
    /// Gives it back to the first so many that are not ready.
    Heal(Template, u32),
    /// Deletes the first so many pods of a version.
    Kill(Template, u32),
}

#[derive(Clone, Debug)]
pub(super) struct Container {
    version: Template,
    ordinal: u32,
    slot: usize,
    pub(super) phase: Phase,
    pub(super) created: Instant,
    pub(super) ready: Option<Instant>,
    flips: u32,
    pub(super) is_deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Runs(usize),
    Flips(usize, bool),
    Gone(usize),
    Done(usize),
}

/// A change of the world that a test wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) action: Action,
}

/// The slot of a pod whose ReplicaSet is no more, or that is gone itself.
const NOBODY: usize = usize::MAX;

/// What the controllers made of an instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    /// The pods when the world had changed.
    pub(super) before: Counts,
    /// The pods when the controllers had nothing more to do.
    pub(super) after: Counts,
    /// What was wanted then.
    pub(super) spec: Spec,
    /// Whether the number of replicas had just been changed.
    pub(super) is_scaled: bool,
}

/// A twin and its pods.
pub(super) struct Cluster {
    pub(super) twin: Twin,
    pub(super) now: Instant,
    clock: WallClock,
    run: Span,
    behaviours: BTreeMap<Template, Behaviour>,
    /// What is known of pods beyond their script, by version and ordinal.
    pub(super) observed: BTreeMap<(Template, u32), Observed>,
    pods: Vec<Container>,
    created: BTreeMap<Template, u32>,
    agenda: BTreeMap<(Instant, u64), Event>,
    sequence: u64,
    deeds: Vec<Deed>,
    wake: Instant,
    actions: Vec<Action>,
    /// Everything that the controllers did.
    pub(super) log: Vec<Moment>,
    /// Every instant.
    pub(super) settled: Vec<Settled>,
    /// `spec.replicas` by version whenever it changed and the controllers had nothing more to do.
    pub(super) path: Vec<(Instant, BTreeMap<Template, u32>)>,
}

impl Cluster {
    /// A cluster in which a Deployment is created at `now`.
    pub(super) fn new(
        spec: Spec,
        now: Instant,
        clock: WallClock,
        (latency, throttle): (Latency, Option<Throttle>),
        run: Span,
        behaviours: BTreeMap<Template, Behaviour>,
    ) -> Self {
        Self {
            twin: Twin::with(spec, clock, latency, throttle),
            now,
            clock,
            run,
            behaviours,
            observed: BTreeMap::new(),
            pods: Vec::new(),
            created: BTreeMap::new(),
            agenda: BTreeMap::new(),
            sequence: 0,
            deeds: Vec::new(),
            wake: now,
            actions: Vec::new(),
            log: Vec::new(),
            settled: Vec::new(),
            path: Vec::new(),
        }
    }

    /// Lets somebody do something later.
    pub(super) fn plan(&mut self, at: Instant, deed: Deed) {
        self.deeds.push(deed);
        self.schedule(at, Event::Done(self.deeds.len() - 1));
    }

    /// Goes back now.
    pub(super) fn undo(&mut self, which: Undo) {
        self.twin.undo(self.now, which).expect("there is such a revision");
        self.wake = self.now;
    }

    fn schedule(&mut self, at: Instant, event: Event) {
        self.sequence += 1;
        self.agenda.insert((at, self.sequence), event);
    }

    /// Goes on until `end`, or until `stop` says so.
    pub(super) fn run_until(&mut self, end: Instant, stop: impl Fn(&Self) -> bool) {
        while !stop(self) {
            let next = self.agenda.keys().next().map_or(Instant::NEVER, |(at, _)| *at);
            let at = next.min(self.wake);
            if at > end {
                break;
            }
            self.now = at.max(self.now);
            let replicas = self.twin.deployment().spec().replicas;
            while let Some(entry) = self.agenda.first_entry().filter(|it| it.key().0 <= self.now) {
                let event = entry.remove();
                self.happen(event);
            }
            let before = self.pods();
            self.settle();
            let spec = *self.twin.deployment().spec();
            let is_scaled = spec.replicas != replicas;
            self.settled.push(Settled { before, after: self.pods(), spec, is_scaled });
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Runs(pod) => self.pods[pod].phase = Phase::Running,
            Event::Gone(pod) => self.pods[pod].slot = NOBODY,
            Event::Flips(pod, up) => self.flip(pod, up),
            Event::Done(deed) => self.act(self.deeds[deed]),
        }
    }

    fn flip(&mut self, pod: usize, up: bool) {
        let container = &mut self.pods[pod];
        container.ready = up.then_some(self.now);
        let (flips, ordinal) = (container.flips, container.ordinal);
        container.flips += 1;
        let flap = self.behaviours[&container.version].flap;
        let flap = flap.filter(|flap| ordinal % flap.every == 0 && flips < 2 * flap.cycles);
        if let Some(flap) = flap {
            let at = self.now + if up { flap.up } else { flap.down };
            self.schedule(at, Event::Flips(pod, !up));
        }
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Write(change) => self.twin.update(self.now, |spec| change.apply(spec)),
            Deed::Kill(version, count) => {
                for pod in self.first(version, count, |_| true) {
                    self.delete(pod);
                }
            }
            Deed::Break(version, count) => {
                for pod in self.first(version, count, |pod| pod.ready.is_some()) {
                    self.pods[pod].ready = None;
                }
            }
            Deed::Heal(version, count) => {
                for pod in self.first(version, count, |pod| pod.ready.is_none()) {
                    self.pods[pod].ready = Some(self.now);
                }
            }
        }
    }

    fn first(&self, version: Template, count: u32, is: fn(&Container) -> bool) -> Vec<usize> {
        let alive = |pod: &Container| pod.version == version && !pod.is_deleted && is(pod);
        let found = (0..self.pods.len()).filter(|&pod| alive(&self.pods[pod]));
        found.take(count as usize).collect()
    }

    /// The controllers act until there is nothing more to do.
    fn settle(&mut self) {
        let mut actions = std::mem::take(&mut self.actions);
        for round in 0.. {
            assert!(round < 1_000, "the controllers find no end at {}", self.now);
            let seen = self.seen();
            self.wake = self.twin.step(&seen, self.now, &mut actions);
            for action in &actions {
                self.log.push(Moment { at: self.now, action: *action });
                match *action {
                    Action::CreatePods { slot, pods } => (0..pods).for_each(|_| self.create(slot)),
                    Action::DeletePods { slot, pods } => self.dismiss(slot, pods),
                    Action::ReplicaSetDeleted { slot, .. } => self.orphan(slot),
                    _ => {}
                }
            }
            if self.wake > self.now {
                break;
            }
        }
        // Who has nothing to do does nothing.
        assert_eq!(self.twin.step(&self.seen(), self.now, &mut actions), self.wake);
        assert!(actions.is_empty(), "{actions:?} at {}", self.now);
        self.actions = actions;
        let sets = self.twin.deployment().replica_sets();
        let sizes: BTreeMap<_, _> = sets.iter().map(|set| (set.template, set.replicas)).collect();
        if self.path.last().is_none_or(|(_, last)| *last != sizes) {
            self.path.push((self.now, sizes));
        }
    }

    /// What the controllers see.
    fn seen(&self) -> Vec<Seen> {
        let sets = self.twin.deployment().replica_sets();
        let mut seen = vec![Seen::NOTHING; sets.slots()];
        for pod in self.pods.iter().filter(|pod| pod.slot < sets.slots()) {
            let (seen, set) = (&mut seen[pod.slot], sets.slot(pod.slot));
            if pod.is_deleted {
                seen.pods.terminating += 1;
                continue;
            }
            seen.pods.replicas += 1;
            let (Some(ready), Some(set)) = (pod.ready, set) else { continue };
            seen.pods.ready += 1;
            let known = self.observed.get(&(pod.version, pod.ordinal)).and_then(|it| it.stored);
            let wait = Span::from_secs(set.min_ready_seconds.into());
            let available = known.map(|stored| (stored + wait).max(ready));
            let available =
                available.unwrap_or_else(|| self.clock.available_at(ready, set.min_ready_seconds));
            if available <= self.now {
                seen.pods.available += 1;
            } else {
                seen.next_available = seen.next_available.min(available);
            }
        }
        seen
    }

    fn create(&mut self, slot: usize) {
        let version = self.twin.deployment().replica_sets()[slot].template;
        let ordinal = self.created.entry(version).or_default();
        let pod = Container {
            version,
            ordinal: *ordinal,
            slot,
            phase: Phase::Pending,
            created: self.now,
            ready: None,
            flips: 0,
            is_deleted: false,
        };
        let ready = &self.behaviours[&version].ready;
        let ready = ready[*ordinal as usize % ready.len()].map(|it| self.now + it);
        let observed = self.observed.get(&(version, *ordinal)).and_then(|it| it.ready);
        let ready = observed.filter(|at| *at >= self.now).or(ready);
        *ordinal += 1;
        let place = self.pods.len();
        self.pods.push(pod);
        self.schedule(self.now + self.run, Event::Runs(place));
        if let Some(ready) = ready {
            self.schedule(ready, Event::Flips(place, true));
        }
    }

    fn dismiss(&mut self, slot: usize, count: u32) {
        let is_there = |pod: &usize| self.pods[*pod].slot == slot && !self.pods[*pod].is_deleted;
        let pods = (0..self.pods.len()).filter(is_there);
        let mut pods: Vec<_> = pods.map(|pod| (self.ranked(pod), pod)).collect();
        sort_for_deletion(&mut pods, self.now);
        for (_, pod) in pods.into_iter().take(count as usize) {
            self.delete(pod);
        }
    }

    fn orphan(&mut self, slot: usize) {
        self.pods.iter_mut().filter(|pod| pod.slot == slot).for_each(|pod| pod.slot = NOBODY);
    }

    fn ranked(&self, pod: usize) -> Pod {
        let stored = |at| self.clock.beginning(self.clock.second(at));
        let container = &self.pods[pod];
        let observed = self.observed.get(&(container.version, container.ordinal));
        let deleted = observed.and_then(|it| it.deleted);
        // The UID decides among equals; where it is known whom it chose, it is that.
        let random = (pod as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 << 63;
        Pod {
            scheduled: true,
            phase: container.phase,
            ready: container.ready.map(stored),
            deletion_cost: 0,
            colocated: 0,
            restarts: 0,
            created: stored(container.created),
            uid: deleted.map_or(random, |it| it.since_start().micros()),
        }
    }

    fn delete(&mut self, pod: usize) {
        self.pods[pod].is_deleted = true;
        let term = self.behaviours[&self.pods[pod].version].term;
        self.schedule(self.now + term, Event::Gone(pod));
    }

    /// The pods that are not gone, each with its number.
    pub(super) fn containers(&self) -> impl Iterator<Item = (usize, &Container)> {
        self.pods.iter().enumerate().filter(|(_, pod)| pod.slot != usize::MAX)
    }

    /// All pods of all versions.
    pub(super) fn pods(&self) -> Counts {
        let mut all = Counts::default();
        for seen in self.seen() {
            all.replicas += seen.pods.replicas;
            all.ready += seen.pods.ready;
            all.available += seen.pods.available;
            all.terminating += seen.pods.terminating;
        }
        all
    }
}
