//! A Deployment with both of its controllers: a pure step from what they see to what they do.

use clockwork::{Instant, Span};

use super::action::Action;
use super::availability::WallClock;
use super::client::{Client, Quota, Throttle};
use super::deployment::Deployment;
use super::history::{Undo, UndoError};
use super::keeper::Keeper;
use super::replica_set::Counts;
use super::spec::{Kept, Spec};

/// What the pods of a ReplicaSet do at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many there are.
    pub pods: Counts,
    /// When the next of those that are ready becomes available.
    pub next_available: Instant,
}

impl Default for Seen {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl Seen {
    /// No pods at all.
    pub const NOTHING: Self = Self {
        pods: Counts { replicas: 0, ready: 0, available: 0, terminating: 0 },
        next_available: Instant::NEVER,
    };
}

/// How long controllers take from a change to what they make of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// The Deployment controller, from a ReplicaSet that changed.
    pub deployment: Span,
    /// The ReplicaSet controller, from a pod or a ReplicaSet that changed.
    pub replica_set: Span,
}

/// A Deployment and its controllers.
///
/// # Example: a rolling update of four pods, each of which is ready at once
/// ```
/// use clockwork::{Instant, Span};
/// use coalmine::controller::kubernetes::{Action, Counts, Seen, Spec, Template, Twin};
/// let mut twin = Twin::new(Spec::new(4, Template(1)));
/// let (mut actions, mut pods) = (Vec::new(), [0; 2]);
/// let mut settle = |twin: &mut Twin, now: Instant| {
///     let mut scaled = Vec::new();
///     while {
///         let seen = pods.map(|n| {
///             let pods = Counts { replicas: n, ready: n, available: n, terminating: 0 };
///             Seen { pods, next_available: Instant::NEVER }
///         });
///         twin.step(&seen, now, &mut actions) <= now
///     } {
///         for action in &actions {
///             match *action {
///                 Action::CreatePods { slot, pods: more } => pods[slot] += more,
///                 Action::DeletePods { slot, pods: fewer } => pods[slot] -= fewer,
///                 Action::ReplicaSetScaled { .. } => scaled.push(action.to_string()),
///                 _ => {}
///             }
///         }
///     }
///     (pods, scaled)
/// };
/// assert_eq!(settle(&mut twin, Instant::ZERO).0, [4, 0]);
/// let later = Instant::ZERO + Span::from_mins(1);
/// twin.update(later, |spec| spec.template = Template(2));
/// let (pods, scaled) = settle(&mut twin, later);
/// assert_eq!(pods, [0, 4]);
/// assert_eq!(scaled[0], "Scaled down replica set 1 from 4 to 3");
/// assert!(twin.deployment().is_complete());
/// ```
#[derive(Clone, Debug)]
pub struct Twin {
    deployment: Deployment,
    latency: Latency,
    keepers: Vec<Keeper>,
    /// When the Deployment is looked at.
    due: Instant,
    /// Until when the Deployment controller waits for its client.
    busy: Instant,
    client: Client,
    /// The client that all ReplicaSets share.
    keepers_client: Client,
    events: Quota,
}

impl Twin {
    /// A Deployment that was just written, under controllers that act at once.
    pub fn new(spec: Spec) -> Self {
        Self::with(spec, WallClock::default(), Latency::default(), None)
    }

    /// A Deployment that was just written, under controllers that take their time and may make
    /// only so many requests: each of the two has a client of its own.
    pub fn with(
        spec: Spec,
        clock: WallClock,
        latency: Latency,
        throttle: Option<Throttle>,
    ) -> Self {
        Self {
            deployment: Deployment::new(spec, clock),
            latency,
            keepers: Vec::new(),
            due: Instant::ZERO,
            busy: Instant::ZERO,
            client: Client::new(throttle),
            keepers_client: Client::new(throttle),
            events: Quota::default(),
        }
    }

    /// Begins again, with a Deployment that has been complete for long: one ReplicaSet of revision
    /// 1, all of whose pods are available. What was allocated is kept.
    pub fn begin(&mut self, spec: Spec) {
        self.deployment.begin_complete(spec);
        let pods = self.deployment.sets[0].status;
        self.keepers.clear();
        self.keepers.push(Keeper::watching(Seen { pods, next_available: Instant::NEVER }));
        (self.due, self.busy) = (Instant::NEVER, Instant::ZERO);
        (self.client, self.keepers_client) = (self.client.afresh(), self.keepers_client.afresh());
        self.events = Quota::default();
    }

    /// The same, under a clock of its own.
    pub fn begin_under(&mut self, spec: Spec, clock: WallClock) {
        self.deployment.keep_time_by(clock);
        self.begin(spec);
    }

    /// The Deployment as it is.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Changes what is wanted. The next step must be at `now`.
    pub fn update(&mut self, now: Instant, change: impl FnOnce(&mut Spec)) {
        let mut spec = *self.deployment.spec();
        change(&mut spec);
        if self.deployment.write(spec) {
            self.look_at_deployment(now);
        }
    }

    /// Goes back to a revision. The next step must be at `now`.
    pub fn undo(&mut self, now: Instant, which: Undo) -> Result<(), UndoError> {
        self.deployment.undo(which)?;
        self.look_at_deployment(now);
        Ok(())
    }

    /// One step: what the controllers do at `now`, and when they want to look again. `seen` has the
    /// pods of each slot of a ReplicaSet; what it lacks has none.
    ///
    /// The actions of pods are to be carried out before the next step: upstream, a controller
    /// expects what it has ordered and decides nothing before it has seen that. As long as the
    /// answer is not later than `now`, another step at `now` follows.
    pub fn step(&mut self, seen: &[Seen], now: Instant, actions: &mut Vec<Action>) -> Instant {
        actions.clear();
        self.client.catch_up(now);
        self.keepers_client.catch_up(now);
        self.notice(seen, now);
        if self.deployment.spec().kept == Kept::Undeleted && self.deployment.let_go(seen, actions) {
            self.look_at_deployment(now);
        }
        let mut ordered = self.keep(now, actions);
        while !ordered && self.due <= now && self.busy <= now {
            // A sync that has written a status at most gives ReplicaSets nothing to do.
            ordered = self.sync(seen, now, actions) && self.keep(now, actions);
        }
        if ordered {
            return now;
        }
        self.client.send_events(now);
        self.wake()
    }

    fn look_at_deployment(&mut self, now: Instant) {
        self.due = self.due.min(now + self.latency.deployment);
    }

    /// Controllers look at what has changed.
    fn notice(&mut self, seen: &[Seen], now: Instant) {
        for (slot, keeper) in self.keepers.iter_mut().enumerate() {
            let seen = seen.get(slot).copied().unwrap_or(Seen::NOTHING);
            keeper.notice(seen, now + self.latency.replica_set);
        }
        if self.deployment.look_again <= now {
            self.deployment.look_again = Instant::NEVER;
            self.due = self.due.min(now);
        }
    }

    /// The ReplicaSet controller; whether it ordered pods to be created or deleted.
    fn keep(&mut self, now: Instant, actions: &mut Vec<Action>) -> bool {
        if self.keepers_client.never_waits() {
            return self.keep_at_once(now, actions);
        }
        let delayed = now + self.latency.replica_set;
        let (mut ordered, mut changed) = (false, false);
        for (slot, keeper) in self.keepers.iter_mut().enumerate() {
            let Some(set) = self.deployment.sets.slot_mut(slot) else {
                *keeper = Keeper::default();
                continue;
            };
            if keeper.rests(set, now) {
                continue;
            }
            keeper.heed(set, delayed);
            let client = &mut self.keepers_client;
            if let Some(action) = keeper.work(slot, set, client, now) {
                actions.push(action);
                ordered = true;
            }
            changed |= keeper.take_reported();
        }
        self.keepers_client.send_events(now);
        if changed {
            self.look_at_deployment(now);
        }
        ordered
    }

    /// The same for a client that never waits.
    fn keep_at_once(&mut self, now: Instant, actions: &mut Vec<Action>) -> bool {
        let delayed = now + self.latency.replica_set;
        let (mut ordered, mut changed) = (false, false);
        for (slot, keeper) in self.keepers.iter_mut().enumerate() {
            let Some(set) = self.deployment.sets.slot_mut(slot) else {
                *keeper = Keeper::default();
                continue;
            };
            keeper.heed(set, delayed);
            if keeper.is_due(now) {
                let (reports, action) = keeper.act_at_once(slot, set);
                actions.extend(action);
                (changed, ordered) = (changed | reports, ordered | action.is_some());
            }
        }
        if changed {
            self.look_at_deployment(now);
        }
        ordered
    }

    /// The Deployment controller; whether it wrote more than a status, which makes it look again.
    fn sync(&mut self, seen: &[Seen], now: Instant, actions: &mut Vec<Action>) -> bool {
        if !self.client.never_waits() && self.client.free_at(now) > now {
            self.due = self.client.free_at(now);
            return false;
        }
        self.due = Instant::NEVER;
        let said = actions.len();
        let has_pods = |slot: usize| {
            let pods = seen.get(slot).map_or(Counts::default(), |seen| seen.pods);
            pods.replicas + pods.terminating > 0
        };
        let (writes, again) = self.deployment.sync(now, has_pods, actions);
        if again {
            self.look_at_deployment(now);
        }
        if !self.client.never_waits() {
            self.busy = if writes > 0 { self.client.request(writes, now) } else { self.busy };
            let is_event = |action: &&Action| {
                matches!(action, Action::ReplicaSetCreated { .. } | Action::ReplicaSetScaled { .. })
            };
            let events = actions[said..].iter().filter(is_event).count() as u32;
            self.client.event(&mut self.events, events, now);
        }
        while self.keepers.len() < self.deployment.sets.slots() {
            self.keepers.push(Keeper::default());
        }
        again
    }

    fn wake(&self) -> Instant {
        let deployment = self.due.max(self.busy).min(self.deployment.look_again);
        let keepers = self.keepers.iter().map(|keeper| keeper.wake(&self.keepers_client));
        keepers.fold(deployment, Instant::min)
    }
}
