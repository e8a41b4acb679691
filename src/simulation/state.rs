//! The state of a rollout: what decisions and defects have changed in the world.

use chance::math;
use clockwork::{Instant, Span};

use crate::fleet::CrashLoop;
use crate::planted::{self, Bug};
use crate::scenario::FAULTS_MAX;
use crate::strategy::{NEW, OLD};
use crate::units::Share;

/// The running version and the release.
pub(super) const VERSIONS: usize = 2;

/// The ReplicaSet that runs before a change.
pub(super) const RUNNING: u32 = 1;

/// Pods that became ready in the same tick and share their clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cohort {
    /// Their ordinals are below this, and not below that of the cohort before.
    pub(super) to: u32,
    /// When they became ready for the first time; long ago when it is not known.
    pub(super) born: Option<Instant>,
    /// When they became ready for the last time.
    pub(super) ready: Option<Instant>,
    /// What they do with requests.
    pub(super) condition: Condition,
    /// What the release's wear has used up at `since`, zero to one.
    pub(super) used: f64,
    /// When that was.
    pub(super) since: Instant,
    /// When there is none left, if the regime lasts.
    pub(super) end: Option<Instant>,
    /// When they change by themselves.
    pub(super) next: Option<Instant>,
    /// When those that stall are restarted, and those that are not ready are ready again.
    pub(super) then: Option<Instant>,
    /// How long the next restart waits.
    pub(super) waits: CrashLoop,
    /// Restarts so far.
    pub(super) restarts: u32,
    /// The ReplicaSet that they belong to, where a Deployment has them.
    pub(super) set: u32,
    /// The node that they are on, where nodes are told apart.
    pub(super) node: u32,
}

/// What a pod does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It answers.
    Up,
    /// It gets requests and fails them.
    Stalled,
    /// It would answer, and gets none until it passes its readiness probe again.
    Unready,
    /// It would fail them, and gets none: it has failed its readiness probe.
    Withdrawn,
    /// It gets none.
    Down,
    /// It gets none: nobody hears of its node any more.
    Lost,
}

impl Condition {
    /// Whether it gets requests.
    pub(super) fn serves(self) -> bool {
        matches!(self, Self::Up | Self::Stalled)
    }
}

impl Cohort {
    pub(super) fn fresh(to: u32, ready: Option<Instant>, condition: Condition) -> Self {
        Self {
            to,
            born: ready,
            ready,
            condition,
            used: 0.0,
            since: ready.unwrap_or(Instant::ZERO),
            end: None,
            next: None,
            then: None,
            waits: CrashLoop::default(),
            restarts: 0,
            set: 0,
            node: 0,
        }
    }

    /// What is used up at a time, seconds, if the regime lasts.
    pub(super) fn used_at(&self, now: f64) -> f64 {
        let since = self.since.since_start().as_secs_f64();
        match self.end {
            Some(end) if end > self.since => {
                let part = (now - since) / (end - self.since).as_secs_f64();
                self.used + (1.0 - self.used) * part.clamp(0.0, 1.0)
            }
            _ => self.used,
        }
    }
}

/// Traffic that leaves a fleet as sessions end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sessions {
    /// The share of the new version when the switch was made.
    pub(super) from: f64,
    /// When that was.
    pub(super) began: Instant,
    /// Mean length of what is left of a session, seconds.
    pub(super) mean: f64,
}

/// The state of a rollout: what decisions and defects have changed in the world.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The weight of the new version as the router has it, or the share of the pods.
    pub(super) weight: f64,
    /// The share of the traffic that this comes to.
    pub(super) share: f64,
    /// The share that it would come to without faults.
    pub(super) due: f64,
    /// Sessions that still hold traffic back.
    pub(super) sessions: Option<Sessions>,
    /// Multiples of the error rate that heavy users make, by version.
    pub(super) arm_errors: [f64; VERSIONS],
    /// Pods that are ready, or would be without faults.
    pub(super) pods: [u32; VERSIONS],
    /// Pods that get requests.
    pub(super) serving: [u32; VERSIONS],
    /// Of those, pods that cannot serve yet.
    pub(super) eager: [u32; VERSIONS],
    /// The pods in order of ordinals.
    pub(super) cohorts: [Vec<Cohort>; VERSIONS],
    /// Room to count the pods of nodes.
    pub(super) tally: Vec<u32>,
    /// When the faults began.
    pub(super) began: [Option<Instant>; FAULTS_MAX],
    /// Whether what wears out is felt.
    pub(super) worn: bool,
}

impl State {
    pub(super) fn empty() -> Self {
        Self {
            weight: 0.0,
            share: 0.0,
            due: 0.0,
            sessions: None,
            arm_errors: [1.0; 2],
            pods: [0; 2],
            serving: [0; 2],
            eager: [0; 2],
            cohorts: [Vec::with_capacity(64), Vec::with_capacity(64)],
            tally: Vec::new(),
            began: [None; FAULTS_MAX],
            worn: false,
        }
    }

    pub(super) fn reset(&mut self, replicas: u32) {
        (self.weight, self.share, self.due, self.arm_errors) = (0.0, 0.0, 0.0, [1.0; 2]);
        self.sessions = None;
        self.pods = [replicas, 0];
        (self.serving, self.eager) = (self.pods, [0; 2]);
        self.cohorts.iter_mut().for_each(Vec::clear);
        let running = Cohort { set: RUNNING, ..Cohort::fresh(replicas, None, Condition::Up) };
        self.cohorts[OLD].push(running);
        (self.began, self.worn) = ([None; FAULTS_MAX], false);
    }

    /// The share of the traffic on the new version at a time.
    pub(super) fn share_at(&self, now: Instant) -> f64 {
        self.share_after(now.since_start().as_secs_f64())
    }

    /// The same; the time is in seconds.
    pub(super) fn share_after(&self, now: f64) -> f64 {
        let Some(held) = self.sessions else { return self.share };
        let age = (now - held.began.since_start().as_secs_f64()).max(0.0);
        self.share + (held.from - self.share) * math::exp(-age / held.mean)
    }

    /// The mean share of the traffic on the new version between two times.
    pub(super) fn share_between(&self, from: Instant, to: Instant) -> f64 {
        let Some(held) = self.sessions.filter(|_| from < to) else { return self.share };
        let left = |at: Instant| math::exp(-(at - held.began).as_secs_f64() / held.mean);
        let mean = (left(from) - left(to)) * held.mean / (to - from).as_secs_f64();
        self.share + (held.from - self.share) * mean
    }

    /// So many more pods are ready now, or fail to be. Pods of one tick share their clocks: the
    /// mean of their readiness.
    pub(super) fn grow(
        &mut self,
        version: usize,
        count: u32,
        now: Instant,
        (condition, tick): (Condition, Span),
        (set, node): (u32, u32),
    ) {
        if count == 0 {
            return;
        }
        let from = self.pods[version];
        self.pods[version] += count;
        if condition != Condition::Down {
            self.serving[version] += count;
        }
        let place = |at: Instant| at.since_start() / tick;
        let first = self.first(version);
        if let Some(last) = self.cohorts[version].last_mut()
            && condition == Condition::Up
            && last.condition == Condition::Up
            && (last.set, last.node) == (set, node)
            && last.restarts == 0
            && last.born == last.ready
            && let Some(ready) = last.ready.filter(|ready| place(*ready) == place(now))
        {
            let size = u64::from(from - first);
            let ahead = (now - ready).micros() * u64::from(count) / (size + u64::from(count));
            let mean = ready + Span::from_micros(ahead);
            (last.ready, last.born, last.to) = (Some(mean), Some(mean), from + count);
            return;
        }
        let fresh = Cohort::fresh(from + count, Some(now), condition);
        self.cohorts[version].push(Cohort { set, node, ..fresh });
    }

    /// The first ordinal of the last cohort.
    fn first(&self, version: usize) -> u32 {
        let cohorts = &self.cohorts[version];
        cohorts.len().checked_sub(2).map_or(0, |before| cohorts[before].to)
    }

    /// Only pods below `to` are left.
    pub(super) fn shrink(&mut self, version: usize, to: u32) {
        self.pods[version] = self.pods[version].min(to);
        let cohorts = &mut self.cohorts[version];
        while let Some(last) = cohorts.len().checked_sub(1) {
            let from = last.checked_sub(1).map_or(0, |before| cohorts[before].to);
            if from < to {
                cohorts[last].to = cohorts[last].to.min(to);
                break;
            }
            cohorts.pop();
        }
        self.count_serving(version);
    }

    /// Takes away up to `count` pods that get no requests, the last first; says how many there
    /// were.
    pub(super) fn shrink_down(&mut self, version: usize, count: u32) -> u32 {
        self.take(version, count, |cohort| !cohort.condition.serves())
    }

    /// Takes away up to `count` pods of a ReplicaSet, those that get no requests first, then the
    /// last.
    pub(super) fn shrink_set(&mut self, version: usize, set: u32, count: u32) {
        let is_down = |it: &Cohort| it.set == set && !it.condition.serves();
        let down = self.take(version, count, is_down);
        self.take(version, count - down, |it| it.set == set);
        self.count_serving(version);
    }

    /// Takes away up to `count` pods of such cohorts, the last first; says how many there were.
    pub(super) fn take(
        &mut self,
        version: usize,
        count: u32,
        is_one: impl Fn(&Cohort) -> bool,
    ) -> u32 {
        let cohorts = &mut self.cohorts[version];
        let mut left = count;
        for index in (0..cohorts.len()).rev() {
            let from = index.checked_sub(1).map_or(0, |before| cohorts[before].to);
            if left == 0 || !is_one(&cohorts[index]) {
                continue;
            }
            let fewer = left.min(cohorts[index].to - from);
            cohorts[index..].iter_mut().for_each(|cohort| cohort.to -= fewer);
            if cohorts[index].to == from {
                cohorts.remove(index);
            }
            left -= fewer;
        }
        self.pods[version] -= count - left;
        count - left
    }

    /// The cohorts of a version, each with its number of pods.
    pub(super) fn sized(&self, version: usize) -> impl Iterator<Item = (&Cohort, u32)> {
        let mut from = 0;
        self.cohorts[version]
            .iter()
            .map(move |it| (it, it.to - std::mem::replace(&mut from, it.to)))
    }

    /// Counts the pods that get requests.
    pub(super) fn count_serving(&mut self, version: usize) {
        let (mut serving, mut from) = (0, 0);
        for cohort in &self.cohorts[version] {
            if cohort.condition.serves() {
                serving += cohort.to - from;
            }
            from = cohort.to;
        }
        self.serving[version] = serving;
    }

    /// The share of the new version when all ready pods get the same: as it is, and as it would
    /// be without faults.
    pub(super) fn shares_of_pods(&self) -> [f64; 2] {
        let share = |pods: [u32; VERSIONS]| {
            let all = pods[OLD] + pods[NEW];
            if pods[NEW] == 0 { 0.0 } else { f64::from(pods[NEW]) / f64::from(all) }
        };
        [share(self.serving), share(self.pods)]
    }
}

/// Whole pods that carry a weight: `ceil(replicas * weight)`.
pub fn pods_for(replicas: u32, weight: Share) -> u32 {
    let parts = u128::from(replicas) * u128::from(weight.parts());
    let whole = u128::from(Share::ONE.parts());
    let pods =
        if planted::is(Bug::WeightRoundedDown) { parts / whole } else { parts.div_ceil(whole) };
    pods as u32
}
