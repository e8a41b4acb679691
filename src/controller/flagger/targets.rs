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
        Self { twin, pods, ready: pods, actions, seen }
    }

    pub(super) fn deployment(&self) -> &Deployment {
        self.twin.deployment()
    }

    pub(super) fn replicas(&self) -> u32 {
        self.deployment().spec().replicas
    }

    pub(super) fn is_complete(&self) -> bool {
        self.deployment().is_complete()
    }

    pub(super) fn update(&mut self, now: Instant, change: impl FnOnce(&mut Spec)) {
        self.twin.update(now, change);
    }

    /// Lets the controllers do what they have to do with these pods of each version; when they want
    /// to look again. Of pods that are deleted those go first that are not ready.
    pub(super) fn settle(&mut self, all: [Pods; 2], release: Template, now: Instant) -> Instant {
        loop {
            self.look(all, release);
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
                self.look(all, release);
                return wake;
            }
        }
    }

    /// What the controllers see.
    fn look(&mut self, all: [Pods; 2], release: Template) {
        self.ready = [OLD, NEW].map(|version| all[version].ready.min(self.pods[version]));
        self.seen.clear();
        for slot in 0..self.deployment().replica_sets().slots() {
            let pods = self.version(slot, release).map_or(Counts::default(), |version| {
                let (replicas, seen) = (self.pods[version], all[version]);
                let (ready, available) = (seen.ready, seen.available);
                Counts {
                    replicas,
                    ready: ready.min(replicas),
                    available: available.min(replicas),
                    terminating: 0,
                }
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
