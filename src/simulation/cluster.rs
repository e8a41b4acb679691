//! The controllers of a Deployment at work on the pods of the simulation.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::measures::Ending;
use super::record::{Happening, Record};
use crate::controller::kubernetes::{
    Action, Counts, Deployment, Reason, ReplicaSet, Seen, Setup, Spec, State, Template, Twin,
    WallClock,
};
use crate::strategy::{NEW, OLD};

/// What the running version's template is called.
const RUNNING: Template = Template(super::state::RUNNING);

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
    /// Templates that an operator wrote on the way, with the version of their pods.
    rewritten: Vec<(Template, usize)>,
    seen: Vec<Seen>,
    actions: Vec<Action>,
}

impl Cluster {
    pub(super) fn new(setup: &Setup, one: bool) -> Self {
        let (seen, actions) = (Vec::with_capacity(4), Vec::with_capacity(16));
        let part = Part { twin: setup.twin(), version: (!one).then_some(OLD) };
        Self { parts: vec![part], release: RUNNING, rewritten: Vec::new(), seen, actions }
    }

    /// Before a change, in a world in which the clock shows this.
    pub(super) fn begin(&mut self, setup: &Setup, clock: WallClock) {
        self.parts.truncate(1);
        self.parts[0].twin.begin_under(setup.spec, clock);
        self.release = RUNNING;
        self.rewritten.clear();
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
        if version.is_some() { *version } else { self.version_of(set.template) }
    }

    /// What the pods of the ReplicaSet in a slot are told apart by.
    fn set(&self, part: usize, slot: usize) -> u32 {
        let sets = self.parts[part].twin.deployment().replica_sets();
        sets.slot(slot).map_or(RUNNING, |set| set.template).0
    }

    /// The version of the pods of a template.
    pub(super) fn version_of(&self, template: Template) -> Option<usize> {
        if let Some((_, version)) = self.rewritten.iter().find(|(it, _)| *it == template) {
            return Some(*version);
        }
        match template {
            RUNNING => Some(OLD),
            template => (template == self.release).then_some(NEW),
        }
    }

    /// The template that was written last.
    pub(super) fn template(&self) -> Template {
        self.deployment().spec().template
    }

    /// A template that there was not yet, for pods of a version.
    fn rewrite(&mut self, version: usize) -> Template {
        let sets = self.deployment().replica_sets().iter().map(|set| set.template.0);
        let written = self.rewritten.iter().map(|(template, _)| template.0);
        let last = sets.chain(written).chain([self.template().0]).max().unwrap_or(RUNNING.0);
        let template = Template(last + 1);
        // What was the release before goes on being one.
        if !self.rewritten.iter().any(|(it, _)| *it == self.release) && self.release != RUNNING {
            self.rewritten.push((self.release, NEW));
        }
        self.rewritten.push((template, version));
        template
    }

    /// The template for another attempt, where an operator has written some on the way.
    fn next_attempt(&mut self, mended: bool) -> Option<Template> {
        let last = self.rewritten.iter().rev().find(|(_, version)| *version == NEW)?.0;
        Some(if mended { self.rewrite(NEW) } else { last })
    }
}

impl<R: Record> Engine<'_, R> {
    /// The Deployment is told to run a version: `kubectl set image`, or `kubectl rollout undo`.
    pub(super) fn update_deployment(&mut self, now: Instant, version: usize) {
        let mended = self.world.severities().is_empty();
        let attempt = if mended { self.attempt } else { 0 };
        let Some(cluster) = &mut self.cluster else { return };
        let template = if version == OLD {
            RUNNING
        } else {
            let next = cluster.next_attempt(mended);
            cluster.release = next.unwrap_or(Template(RUNNING.0 + 1 + attempt));
            cluster.release
        };
        cluster.first().update(now, |spec| (spec.template, spec.paused) = (template, false));
    }

    /// `kubectl rollout restart`, or another `kubectl set image`: pods of a version once more.
    pub(super) fn rewrite_deployment(&mut self, now: Instant, version: usize) {
        let Some(cluster) = &mut self.cluster else { return };
        let template = cluster.rewrite(version);
        cluster.first().update(now, |spec| spec.template = template);
        self.agenda.schedule(Event::Controllers, now);
    }

    /// `kubectl rollout undo` to another template of the release.
    pub(super) fn undo_deployment(&mut self, now: Instant, template: Template) {
        let Some(cluster) = &mut self.cluster else { return };
        cluster.first().update(now, |spec| spec.template = template);
        self.agenda.schedule(Event::Controllers, now);
    }

    /// The pods of a ReplicaSet, where a version has several.
    fn pods_of(&self, v: usize, set: u32) -> Counts {
        let mut counts = Counts { terminating: self.pipeline.terminating(v), ..Counts::default() };
        for (cohort, pods) in self.state.sized(v).filter(|(it, _)| it.set == set) {
            counts.replicas += pods;
            counts.ready += if cohort.condition.serves() { pods } else { 0 };
        }
        let coming = self.pipeline.starting[v].iter().filter(|it| it.set == set);
        let waiting = self.pipeline.waiting[v].iter().filter(|it| it.set == set);
        counts.replicas += coming.map(|it| it.count).sum::<u32>() + waiting.count() as u32;
        let ripening = self.pipeline.ripening[v].iter().filter(|it| it.set == set);
        let unripe: u32 = ripening.map(|it| it.pods).sum();
        counts.available = counts.ready.saturating_sub(unripe);
        counts
    }

    /// The pods as the rollout sees them: those of a template that was replaced on the way are not
    /// what it waits for.
    pub(super) fn seen_by_rollout(&self) -> crate::strategy::Seen {
        let mut seen = self.seen();
        let Some(cluster) = self.cluster.as_ref().filter(|it| !it.rewritten.is_empty()) else {
            return seen;
        };
        let template = cluster.template();
        if let Some(v) = cluster.version_of(template) {
            seen.available[v] = self.pods_of(v, template.0).available;
        }
        seen
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
            // There may be more pods at once.
            self.start_waiting(now);
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
        let whole = [OLD, NEW].map(|v| Counts {
            replicas: seen.desired[v],
            ready: self.state.serving[v],
            available: seen.available[v],
            terminating: self.pipeline.terminating(v),
        });
        let mut all = std::mem::take(&mut cluster.seen);
        let Part { twin, version } = &cluster.parts[part];
        let pods = |set: &ReplicaSet| match version.or_else(|| cluster.version_of(set.template)) {
            Some(v) if cluster.rewritten.is_empty() => whole[v],
            Some(v) => self.pods_of(v, set.template.0),
            None => Counts::default(),
        };
        // Whoever becomes available is an event of its own.
        let seen = |pods| Seen { pods, next_available: Instant::NEVER };
        let slots = twin.deployment().replica_sets().each_slot();
        all.clear();
        all.extend(slots.map(|set| seen(set.map(pods).unwrap_or_default())));
        cluster.seen = all;
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
                self.pipeline.set = cluster.set(part, slot);
                self.order(now, version, pods, false);
                true
            }
            Action::DeletePods { slot, pods } => {
                let Some(version) = cluster.version(part, slot) else { return false };
                if !cluster.rewritten.is_empty() {
                    self.stop_set(now, (version, cluster.set(part, slot)), pods);
                    return true;
                }
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
