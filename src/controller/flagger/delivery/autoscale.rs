//! Autoscalers beside Flagger: that of the target, which is the canary's, and the copy of it that
//! Flagger makes for the primary.
//!
//! Source: `HPAReconciler.ReconcilePrimaryScaler` and `DeploymentController.scaleFromZero`.

use clockwork::{Instant, Span};

use super::super::saying::Saying;
use super::super::targets::Target;
use super::Delivery;
use crate::controller::delivery::{self, Saying as Said, Seen};
use crate::controller::kubernetes::hpa::{
    Answer, Autoscaler, Container, Memory, Phase, Pod, Readiness, Sample, Seen as Looked, Settings,
};

/// What a pod requests of the processor, thousandths of a core: everything is relative to it.
const REQUEST: i64 = 1_000;
/// Over which time the use of the processor is measured: the resolution of metrics-server.
const WINDOW: Span = Span::from_secs(15);

/// The autoscaler of a target, frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// The object: that of the canary.
    pub autoscaler: Autoscaler,
    /// The copy of it for the primary, with bounds of its own if it has any. Source:
    /// `primaryScalerReplicas`.
    pub primary: Autoscaler,
    /// The use of the processor of a saturated pod, per cent of what it requests.
    pub saturated: f64,
}

/// What the autoscaler of a workload knows.
#[derive(Clone, Debug)]
struct Scaler {
    memory: Memory,
    due: Instant,
    /// When pods became ready, of the running version and of the release.
    ready: [Vec<Instant>; 2],
}

/// The autoscalers of the primary and of the canary.
#[derive(Clone, Debug)]
pub(super) struct Scalers {
    settings: Settings,
    each: [Scaler; 2],
    pods: Vec<Pod>,
}

impl Scalers {
    /// Autoscalers whose next steps are these parts of a period away.
    pub(super) fn new(luck: f64) -> Self {
        let settings = Settings::default();
        let first = |part: f64| Scaler {
            memory: Memory::default(),
            due: Instant::ZERO + Span::from_secs_f64(settings.sync.as_secs_f64() * part),
            ready: [Vec::new(), Vec::new()],
        };
        let part = |turn: f64| (luck * turn).fract().abs();
        Self { settings, each: [first(part(7.0)), first(part(11.0))], pods: Vec::new() }
    }
}

impl Delivery<'_> {
    /// Pods that a canary starts with: as many as the primary has, or the fewest of its
    /// autoscaler.
    pub(super) fn starts_with(&self) -> u32 {
        match &self.plan.scaling {
            Some(scaling) => scaling.autoscaler.min.max(1),
            None => self.primary.replicas(),
        }
    }

    /// Lets the autoscalers look that are due, and says when the next one is.
    pub(super) fn autoscale(
        &mut self,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<delivery::Action>,
    ) -> Instant {
        let scaling = self.plan.scaling.as_deref();
        let (Some(scaling), Some(mut scalers)) = (scaling, self.scalers.take()) else {
            return Instant::NEVER;
        };
        let mut wake = Instant::NEVER;
        let Scalers { settings, each, pods } = &mut *scalers;
        for (index, scaler) in each.iter_mut().enumerate() {
            let target = if index == 0 { &mut self.primary } else { &mut self.canary };
            scaler.note(target, now);
            if now >= scaler.due {
                let samples = scaler.look(target, seen, (scaling, now), pods);
                let looked = Looked {
                    replicas: target.replicas(),
                    status: target.pods.iter().sum(),
                    pods,
                    answers: &[Answer::Samples(samples)],
                };
                let own = if index == 0 { &scaling.primary } else { &scaling.autoscaler };
                let decision = own.step(settings, &mut scaler.memory, &looked, now);
                scaler.due = decision.wake;
                let (from, to) = (target.replicas(), decision.desired);
                if to != from {
                    target.update(now, |spec| spec.replicas = to);
                    let said = Saying::Autoscaled { is_canary: index == 1, from, to };
                    actions.push(delivery::Action::Say(Said::Flagger(said)));
                }
            }
            wake = wake.min(scaler.due);
        }
        self.scalers = Some(scalers);
        wake
    }
}

impl Scaler {
    /// Remembers when pods became ready; those that are fewer were the last ones.
    fn note(&mut self, target: &Target, now: Instant) {
        for (ready, count) in self.ready.iter_mut().zip(target.ready) {
            ready.resize(count as usize, now);
        }
    }

    /// The pods of a workload, and what metrics-server says of those that are ready.
    fn look(
        &self,
        target: &Target,
        seen: &Seen,
        (scaling, now): (&Scaling, Instant),
        pods: &mut Vec<Pod>,
    ) -> Vec<Sample> {
        let mut samples = Vec::new();
        pods.clear();
        for version in 0..2 {
            let busy = seen.busy[version].min(1.0) * scaling.saturated / 100.0;
            let milli = (busy * REQUEST as f64) as i64;
            for number in 0..target.pods[version] {
                let id = pods.len() as u64;
                let since = self.ready[version].get(number as usize).copied();
                pods.push(pod(id, since));
                if since.is_some() {
                    samples.push(Sample { pod: id, milli, at: now, window: WINDOW });
                }
            }
        }
        samples
    }
}

fn pod(id: u64, since: Option<Instant>) -> Pod {
    let container = Container { name: String::new(), cpu: Some(REQUEST), memory: None };
    Pod {
        id,
        phase: if since.is_some() { Phase::Running } else { Phase::Pending },
        readiness: since.map(|since| Readiness { ready: true, since }),
        started: since,
        deleting: false,
        containers: vec![container],
    }
}
