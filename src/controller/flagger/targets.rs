//! A Deployment that Flagger looks after, with what its controllers order.

use clockwork::Instant;

use crate::controller::delivery::Pods;
use crate::controller::kubernetes::{
    Action, Counts, Deployment, Seen, Setup, Spec, Template, Twin, WallClock,
};

const OLD: usize = 0;
const NEW: usize = 1;

/// The template of the running version.
pub(super) const RUNNING: Template = Template(1);

/// A Deployment, its controllers, and its pods by version.
#[derive(Clone, Debug)]
pub(super) struct Target {
    twin: Twin,
    /// Pods that were ordered of the running version and of the release.
    pub(super) pods: [u32; 2],
    /// Those that are ready, as far as was seen.
    pub(super) ready: [u32; 2],
    /// Those that are available.
    available: [u32; 2],
    actions: Vec<Action>,
    seen: Vec<Seen>,
}

impl Target {
    /// A Deployment that is complete for long.
    pub(super) fn new(setup: &Setup) -> Self {
        let mut twin = setup.twin();
        twin.begin_under(setup.spec, WallClock::default());
        let pods = [setup.spec.replicas, 0];
        let (actions, seen) = (Vec::with_capacity(8), Vec::with_capacity(4));
        Self { twin, pods, ready: pods, available: pods, actions, seen }
    }

    pub(super) fn deployment(&self) -> &Deployment {
        self.twin.deployment()
    }

    pub(super) fn replicas(&self) -> u32 {
        self.deployment().spec().replicas
    }

    /// Whether its pods are to be of this template.
    pub(super) fn is_of(&self, template: Template) -> bool {
        self.deployment().spec().template == template
    }

    pub(super) fn is_complete(&self) -> bool {
        self.deployment().is_complete()
    }

    pub(super) fn update(&mut self, now: Instant, change: impl FnOnce(&mut Spec)) {
        self.twin.update(now, change);
    }

    /// Takes of what is left of pods of a version as many as were taken before, as far as they
    /// are there; then `more` of those that nobody has, as far as pods wait.
    pub(super) fn claim(&mut self, version: usize, left: &mut Pods, more: bool) {
        let wanted = self.pods[version];
        let take = |have: &mut u32, left: &mut u32| {
            let claimed = if more { wanted } else { (*have).min(wanted) };
            let had = if more { *have } else { 0 };
            let taken = claimed.saturating_sub(had).min(*left);
            *have = had + taken;
            *left -= taken;
        };
        take(&mut self.ready[version], &mut left.ready);
        take(&mut self.available[version], &mut left.available);
    }

    /// Lets the controllers do what they have to do with its pods; when they want to look again.
    /// Of pods that are deleted those go first that are not ready.
    pub(super) fn settle(&mut self, release: Template, now: Instant) -> Instant {
        loop {
            self.look(release);
            let wake = self.twin.step(&self.seen, now, &mut self.actions);
            for index in 0..self.actions.len() {
                match self.actions[index] {
                    Action::CreatePods { slot, pods } => {
                        if let Some(version) = self.version(slot, release) {
                            self.pods[version] += pods;
                        }
                    }
                    Action::DeletePods { slot, pods } => {
                        if let Some(version) = self.version(slot, release) {
                            self.pods[version] = self.pods[version].saturating_sub(pods);
                        }
                    }
                    _ => {}
                }
            }
            if wake > now {
                self.look(release);
                return wake;
            }
        }
    }

    /// What the controllers see.
    fn look(&mut self, release: Template) {
        self.seen.clear();
        for slot in 0..self.deployment().replica_sets().slots() {
            let pods = self.version(slot, release).map_or(Counts::default(), |version| {
                let replicas = self.pods[version];
                let ready = self.ready[version].min(replicas);
                let available = self.available[version].min(replicas);
                Counts { replicas, ready, available, terminating: 0 }
            });
            self.seen.push(Seen { pods, next_available: Instant::NEVER });
        }
    }

    /// The version whose pods the ReplicaSet in a slot has; releases that were given up have none.
    fn version(&self, slot: usize, release: Template) -> Option<usize> {
        match self.deployment().replica_sets().slot(slot)?.template {
            RUNNING => Some(OLD),
            template => (template == release).then_some(NEW),
        }
    }
}
