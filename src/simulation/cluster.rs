//! The controllers of a Deployment at work on the pods of the simulation.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::measures::Ending;
use super::record::{Happening, Record};
use crate::controller::kubernetes::{
    Action, Counts, Deployment, Reason, Seen, Setup, Spec, State, Template, Twin, WallClock,
};
use crate::strategy::{NEW, OLD};

/// What the running version's template is called.
const RUNNING: Template = Template(1);

/// A Deployment with its controllers.
#[derive(Clone, Debug)]
struct Part {
    twin: Twin,
    /// The version of all its pods, where it has but one.
    version: Option<usize>,
}

/// One Deployment whose pods are replaced, or two of which a selector chooses one; and room for
/// what their controllers see and do.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    parts: Vec<Part>,
    /// The template of the release that was ordered last.
    release: Template,
    seen: Vec<Seen>,
    actions: Vec<Action>,
}

impl Cluster {
    pub(super) fn new(setup: &Setup, one: bool) -> Self {
        let (seen, actions) = (Vec::with_capacity(4), Vec::with_capacity(16));
        let part = Part { twin: setup.twin(), version: (!one).then_some(OLD) };
        Self { parts: vec![part], release: RUNNING, seen, actions }
    }

    /// Before a change, in a world in which the clock shows this.
    pub(super) fn begin(&mut self, setup: &Setup, clock: WallClock) {
        self.parts.truncate(1);
        self.parts[0].twin.begin_under(setup.spec, clock);
        self.release = RUNNING;
    }

    /// The Deployment whose pods are replaced, or the one that runs before the change.
    pub(super) fn deployment(&self) -> &Deployment {
        self.parts[0].twin.deployment()
    }

    fn first(&mut self) -> &mut Twin {
        &mut self.parts[0].twin
    }

    /// The version whose pods the ReplicaSet in a slot of a part has.
    fn version(&self, part: usize, slot: usize) -> Option<usize> {
        let Part { twin, version } = &self.parts[part];
        let set = twin.deployment().replica_sets().slot(slot)?;
        match set.template {
            _ if version.is_some() => *version,
            RUNNING => Some(OLD),
            template => (template == self.release).then_some(NEW),
        }
    }
}

impl<R: Record> Engine<'_, R> {
    /// The Deployment is told to run a version: `kubectl set image`, or `kubectl rollout undo`.
    pub(super) fn update_deployment(&mut self, now: Instant, version: usize) {
        let mended = self.world.severities().is_empty();
        let attempt = if mended { self.attempt } else { 0 };
        let Some(cluster) = &mut self.cluster else { return };
        let template = if version == OLD { RUNNING } else { Template(RUNNING.0 + 1 + attempt) };
        if version == NEW {
            cluster.release = template;
        }
        cluster.first().update(now, |spec| (spec.template, spec.paused) = (template, false));
    }

    /// `kubectl rollout pause` or `resume`.
    pub(super) fn pause_deployment(&mut self, now: Instant, paused: bool) {
        if let Some(cluster) = &mut self.cluster {
            cluster.first().update(now, |spec| spec.paused = paused);
            self.agenda.schedule(Event::Controllers, now);
        }
    }

    /// `kubectl scale`.
    pub(super) fn scale_deployment(&mut self, now: Instant, replicas: u32) {
        if let Some(cluster) = &mut self.cluster {
            self.replicas = replicas;
            cluster.first().update(now, |spec| spec.replicas = replicas);
            self.agenda.schedule(Event::Controllers, now);
            self.update_harm(now);
        }
    }

    /// A whole fleet of a version is wanted beside the other, or none any more: its Deployment is
    /// created or scaled, or its pods are ordered at once where there is none.
    pub(super) fn want_fleet(&mut self, now: Instant, v: usize, wanted: bool) {
        let replicas = if wanted { self.scenario.fleet.replicas } else { 0 };
        let (Some(cluster), Some(setup)) = (&mut self.cluster, &self.scenario.strategy.deployment)
        else {
            if wanted {
                let missing = self.missing(v);
                self.order(now, v, missing, true);
            } else {
                self.stop_pods(now, v, 0);
            }
            return;
        };
        if let Some(part) = cluster.parts.get_mut(v) {
            part.twin.update(now, |spec| spec.replicas = replicas);
        } else if wanted {
            let spec = Spec { template: Template(RUNNING.0 + 1), replicas, ..setup.spec };
            let twin = Twin::with(spec, self.world.clock(), setup.latency, setup.throttle);
            cluster.parts.push(Part { twin, version: Some(v) });
        }
        self.agenda.schedule(Event::Controllers, now);
    }

    /// The controllers look at the pods, and what they order is carried out, until they have
    /// nothing to do.
    pub(super) fn run_controllers(&mut self, now: Instant) {
        let Some(mut cluster) = self.cluster.take() else { return };
        let (mut ordered, mut late) = (false, false);
        let mut wake = Instant::NEVER;
        for part in 0..cluster.parts.len() {
            wake = wake.min(loop {
                self.see(&mut cluster, part);
                let Cluster { parts, seen, actions, .. } = &mut *cluster;
                let wake = parts[part].twin.step(seen, now, actions);
                for index in 0..cluster.actions.len() {
                    let action = cluster.actions[index];
                    ordered |= self.carry_out(now, (&cluster, part), action);
                    late |= is_late(action);
                }
                if wake > now {
                    break wake;
                }
            });
        }
        self.cluster = Some(cluster);
        if wake == Instant::NEVER {
            self.agenda.cancel(Event::Controllers);
        } else {
            self.agenda.schedule(Event::Controllers, wake);
        }
        if ordered {
            self.follow_pods(now);
        }
        if late {
            self.stuck(now);
        }
    }

    /// What the controllers see of the pods.
    fn see(&self, cluster: &mut Cluster, part: usize) {
        let seen = self.seen();
        let slots = cluster.parts[part].twin.deployment().replica_sets().slots();
        cluster.seen.clear();
        for slot in 0..slots {
            let pods = cluster.version(part, slot).map_or(Counts::default(), |v| Counts {
                replicas: seen.desired[v],
                ready: self.state.serving[v],
                available: seen.available[v],
                terminating: self.pipeline.terminating(v),
            });
            // Whoever becomes available is an event of its own.
            cluster.seen.push(Seen { pods, next_available: Instant::NEVER });
        }
    }

    /// Carries an action out; says whether pods were ordered.
    fn carry_out(
        &mut self,
        now: Instant,
        (cluster, part): (&Cluster, usize),
        action: Action,
    ) -> bool {
        match action {
            Action::CreatePods { slot, pods } => {
                let Some(version) = cluster.version(part, slot) else { return false };
                self.order(now, version, pods, false);
                true
            }
            Action::DeletePods { slot, pods } => {
                let Some(version) = cluster.version(part, slot) else { return false };
                let have = self.seen().desired[version];
                self.stop_pods(now, version, have.saturating_sub(pods));
                true
            }
            Action::Progressing(condition) => {
                if condition.reason != Reason::ReplicaSetUpdated {
                    self.record.note(now, Happening::Deployment(action));
                }
                let stuck = matches!(self.history.ended, Some((_, Ending::Stuck)));
                if condition.state == State::True && stuck {
                    self.goes_on_with_more(now);
                }
                false
            }
            Action::ReplicaSetCreated { .. }
            | Action::ReplicaSetScaled { .. }
            | Action::ReplicaSetDeleted { .. }
            | Action::Available(_) => {
                self.record.note(now, Happening::Deployment(action));
                false
            }
        }
    }
}

/// Whether the progress deadline has passed.
fn is_late(action: Action) -> bool {
    matches!(action, Action::Progressing(it) if it.reason == Reason::ProgressDeadlineExceeded)
}
