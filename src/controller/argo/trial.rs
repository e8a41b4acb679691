//! An analysis in flight: its run, and when each metric was bad for the first time.

use clockwork::{Instant, Span};

use super::phase::Phase;
use super::plan::Analysis;
use super::run::{Part, Run};
use super::schedule::Task;
use crate::controller::delivery::{Answer, Opinion};

/// An analysis in flight.
#[derive(Clone, Debug)]
pub(super) struct Trial<'p> {
    analysis: &'p Analysis,
    run: Run,
    /// What the run has come to.
    pub(super) phase: Phase,
    /// When each metric first failed, was inconclusive, and was an error.
    first_bad: Vec<[Option<Instant>; 3]>,
}

impl<'p> Trial<'p> {
    /// A run that starts now.
    pub(super) fn start(analysis: &'p Analysis, now: Instant) -> Self {
        let part = |judged: &'p super::plan::Judged| Part {
            metric: judged.metric.clone(),
            is_dry: judged.is_dry,
            measured: None,
        };
        let parts: Vec<_> = analysis.metrics.iter().map(part).collect();
        let first_bad = vec![[None; 3]; parts.len()];
        let run = Run { parts, terminate: analysis.terminate, started: Some(now) };
        Self { analysis, run, phase: Phase::Running, first_bad }
    }

    /// It is told to end: what is not over yet succeeds.
    pub(super) const fn terminate(&mut self) {
        self.run.terminate = true;
    }

    /// The metrics that are measured now: their places and sources.
    pub(super) fn due(&self, now: Instant) -> impl Iterator<Item = (usize, usize)> + '_ {
        let is_over = self.phase.is_completed();
        let tasks = self.run.tasks(now).enumerate().filter(move |_| !is_over);
        let due = tasks.filter(|(_, task)| *task == Some(Task::Measure));
        due.map(|(part, _)| (part, self.analysis.metrics[part].source))
    }

    /// A measurement has an answer.
    pub(super) fn answer(&mut self, part: usize, answer: &Answer, now: Instant) -> Opinion {
        let judged = &self.analysis.metrics[part];
        let value = match answer {
            Answer::Vector(values) => Ok(expr::Value::Floats(values.clone())),
            Answer::Scalar(value) => Ok(expr::Value::Float(*value)),
            Answer::Nothing => Ok(expr::Value::Nil),
            Answer::Error(why) => Err(why.clone()),
        };
        let (phase, problem) = match value.map(|value| judged.conditions.judge(&value)) {
            Ok(judgement) => (judgement.phase, judgement.problem.map(|it| it.to_string())),
            Err(why) => (Phase::Error, Some(why)),
        };
        if let Some(kind) = kind(phase) {
            self.first_bad[part][kind].get_or_insert(now);
        }
        self.run.parts[part].record(phase, now);
        Opinion { word: phase.word(), is_bad: phase.ends_run(), problem }
    }

    /// Says what the run comes to. A metric that has ended badly ends the run with the next look,
    /// which follows at once.
    pub(super) fn assess(&mut self) -> Phase {
        if !self.phase.is_completed() {
            self.phase = self.run.assess().phase;
            if !self.phase.is_completed() && self.run.is_terminating() {
                self.phase = self.run.assess().phase;
            }
        }
        self.phase
    }

    /// The metric that decided, by its source, and when it was bad for the first time.
    pub(super) fn culprit(&self, now: Instant) -> (usize, Instant) {
        let decided = |part: &Part| {
            !part.is_dry && part.measured.is_some_and(|measured| measured.phase == self.phase)
        };
        let part = self.run.parts.iter().position(decided).unwrap_or_default();
        let known = kind(self.phase).and_then(|kind| self.first_bad[part][kind]);
        (self.analysis.metrics[part].source, known.unwrap_or(now))
    }

    /// When it wants to be looked at. A metric is due strictly after its interval.
    pub(super) fn wake(&self) -> Instant {
        if self.phase.is_completed() {
            return Instant::NEVER;
        }
        self.run.wake().map_or(Instant::NEVER, |at| at + Span::from_micros(1))
    }
}

/// The place of a phase among those that end a run.
const fn kind(phase: Phase) -> Option<usize> {
    match phase {
        Phase::Failed => Some(0),
        Phase::Inconclusive => Some(1),
        Phase::Error => Some(2),
        Phase::Successful | Phase::Running | Phase::Pending => None,
    }
}
