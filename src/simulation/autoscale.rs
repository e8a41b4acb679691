//! An autoscaler at work: the pods follow the load, and whatever faults make of it.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::grid::context;
use super::record::{Happening, Record};
use crate::controller::kubernetes::hpa::{
    Answer, Container, Memory, Phase, Pod, Readiness, Sample, Seen, Settings,
};
use crate::strategy::{NEW, OLD};

/// What a pod requests of the processor, thousandths of a core: everything is relative to it.
const REQUEST: i64 = 1_000;
/// Over which time the use of the processor is measured: the resolution of metrics-server.
const WINDOW: Span = Span::from_secs(15);

/// What an autoscaler knows, and what it saw last.
#[derive(Clone, Debug, Default)]
pub(super) struct Scaler {
    settings: Settings,
    memory: Memory,
    pods: Vec<Pod>,
    answers: Vec<Answer>,
}

impl Scaler {
    pub(super) fn restart(&mut self) {
        self.memory = Memory::default();
    }
}

impl<R: Record> Engine<'_, R> {
    /// The first step, somewhere within a period.
    pub(super) fn start_autoscaler(&mut self) {
        if let Some(scaler) = &mut self.scaler {
            scaler.restart();
            let phase = Span::from_secs_f64(scaler.settings.sync.as_secs_f64() * self.world.sync());
            self.agenda.schedule(Event::Autoscaler, Instant::ZERO + phase);
        }
    }

    /// A step of the autoscaler.
    pub(super) fn autoscale(&mut self, now: Instant) {
        let Some(scaling) = &self.scenario.strategy.autoscaler else { return };
        let Some(mut scaler) = self.scaler.take() else { return };
        self.measure_processors(now, &mut scaler, scaling.saturated);
        let counts = [OLD, NEW].map(|v| self.state.pods[v] + self.pipeline.coming(v));
        let Scaler { settings, memory, pods, answers } = &mut *scaler;
        let status = counts.iter().sum();
        let seen = Seen { replicas: self.replicas, status, pods, answers };
        let decision = scaling.autoscaler.step(settings, memory, &seen, now);
        self.agenda.schedule(Event::Autoscaler, decision.wake);
        self.scaler = Some(scaler);
        if decision.desired != self.replicas {
            let (from, to) = (self.replicas, decision.desired);
            self.record.note(now, Happening::Autoscaled { from, to });
            self.scale_deployment(now, to);
        }
    }

    /// What metrics-server says of the pods.
    fn measure_processors(&mut self, now: Instant, scaler: &mut Scaler, saturated: f64) {
        let busy = [OLD, NEW].map(|v| self.demand(now, v).min(1.0) * saturated / 100.0);
        let (mut samples, mut id) = (Vec::new(), 0);
        scaler.pods.clear();
        for (v, busy) in busy.into_iter().enumerate() {
            let mut from = 0;
            for cohort in &self.state.cohorts[v] {
                for _ in from..cohort.to {
                    let ready = cohort.condition.serves();
                    let since = cohort.ready.unwrap_or(Instant::ZERO);
                    scaler.pods.push(pod(id, Phase::Running, Some(Readiness { ready, since })));
                    if ready {
                        let milli = (busy * REQUEST as f64) as i64;
                        samples.push(Sample { pod: id, milli, at: now, window: WINDOW });
                    }
                    id += 1;
                }
                from = cohort.to;
            }
            for _ in 0..self.pipeline.coming(v) {
                scaler.pods.push(pod(id, Phase::Pending, None));
                id += 1;
            }
        }
        scaler.answers.clear();
        scaler.answers.push(Answer::Samples(samples));
    }

    /// What is asked of a pod, as a multiple of what it can do.
    pub(super) fn demand(&mut self, now: Instant, v: usize) -> f64 {
        let tick = self.grid.over(now);
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        context.demand(v, tick)
    }
}

fn pod(id: u64, phase: Phase, readiness: Option<Readiness>) -> Pod {
    let container = Container { name: String::new(), cpu: Some(REQUEST), memory: None };
    let started = readiness.map(|it| it.since);
    Pod { id, phase, readiness, started, deleting: false, containers: vec![container] }
}
