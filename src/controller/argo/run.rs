//! A run of an analysis: all its metrics together.

use clockwork::Instant;

use super::assess::{Assessment, assess};
use super::counters::Counters;
use super::metric::Metric;
use super::phase::Phase;
use super::schedule::{Task, task, wake};

/// What a metric of a run has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What was said of it when the run was assessed last.
    pub phase: Phase,
    /// Its measurements by outcome.
    pub counters: Counters,
    /// The last measurement, if there is one.
    pub last: Option<Measurement>,
}

/// A measurement, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// What it means.
    pub phase: Phase,
    /// When it was complete, if it is.
    pub finished: Option<Instant>,
    /// When to look at it again, if it is under way and says so.
    pub resume: Option<Instant>,
}

/// A metric of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is measured.
    pub metric: Metric,
    /// Whether it is measured and never acted upon.
    pub is_dry: bool,
    /// What it has come to; nothing before the first measurement.
    pub measured: Option<Measured>,
}

/// A run of an analysis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Its metrics.
    pub parts: Vec<Part>,
    /// Whether somebody has asked it to end.
    pub terminate: bool,
    /// When it has started.
    pub started: Option<Instant>,
}

/// What a run comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it comes to.
    pub phase: Phase,
    /// Which metric decided, and by which limit.
    pub message: Option<String>,
}

/// How many dry metrics have come to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Dry metrics.
    pub count: u32,
    /// Those that succeeded.
    pub successful: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that were inconclusive.
    pub inconclusive: u32,
    /// Those without an answer.
    pub error: u32,
}

impl Part {
    /// Counts a measurement that is complete.
    pub fn record(&mut self, phase: Phase, finished: Instant) {
        let measured = self.measured.get_or_insert(Measured {
            phase: Phase::Running,
            counters: Counters::default(),
            last: None,
        });
        measured.counters.record(phase);
        measured.last = Some(Measurement { phase, finished: Some(finished), resume: None });
    }

    fn assessment(&self, is_terminating: bool) -> Option<Assessment> {
        let measured = self.measured?;
        if measured.phase.is_completed() {
            return Some(Assessment { phase: measured.phase, limit: None });
        }
        let last = measured.last.map(|last| last.phase);
        Some(assess(&self.metric, measured.counters, last, is_terminating))
    }
}

impl Run {
    /// Whether no new measurements are taken: somebody has said so, or a metric that counts has
    /// ended badly. Source: `IsTerminating`.
    pub fn is_terminating(&self) -> bool {
        let has_ended =
            |part: &Part| !part.is_dry && part.measured.is_some_and(|it| it.phase.ends_run());
        self.terminate || self.parts.iter().any(has_ended)
    }

    /// What each metric needs now.
    pub fn tasks(&self, now: Instant) -> impl Iterator<Item = Option<Task>> + '_ {
        let is_terminating = self.is_terminating();
        self.parts.iter().map(move |part| {
            task(&part.metric, part.measured.as_ref(), self.started, is_terminating, now)
        })
    }

    /// When the run wants to be looked at again, if by itself.
    pub fn wake(&self) -> Option<Instant> {
        let wakes = self.parts.iter();
        wakes.filter_map(|part| wake(&part.metric, part.measured.as_ref(), self.started)).min()
    }

    /// Says of each metric and of the run what they come to. A metric that has ended badly ends
    /// the run with the next look, not with this one; dry metrics never do.
    ///
    /// Source: `assessRunStatus`.
    pub fn assess(&mut self) -> Verdict {
        let is_terminating = self.is_terminating();
        let mut worst: Option<Verdict> = None;
        let mut is_complete = true;
        for part in &mut self.parts {
            let Some(assessment) = part.assessment(is_terminating) else {
                // Nothing was measured: the run waits for it, unless it is ending.
                is_complete &= is_terminating;
                continue;
            };
            if let Some(measured) = &mut part.measured {
                measured.phase = assessment.phase;
            }
            is_complete &= assessment.phase.is_completed();
            let is_worst = assessment.phase.is_completed()
                && worst.as_ref().is_none_or(|worst| worst.phase.is_worse(assessment.phase));
            if !part.is_dry && is_worst {
                worst = Some(verdict(&part.metric.name, &assessment));
            }
        }
        if is_complete {
            return worst.unwrap_or(Verdict { phase: Phase::Successful, message: None });
        }
        Verdict { phase: Phase::Running, message: None }
    }

    /// What the dry metrics have come to.
    pub fn dry(&self) -> Summary {
        let mut summary = Summary::default();
        for part in self.parts.iter().filter(|part| part.is_dry) {
            summary.count += 1;
            match part.measured.map(|it| it.phase) {
                Some(Phase::Successful) => summary.successful += 1,
                Some(Phase::Failed) => summary.failed += 1,
                Some(Phase::Inconclusive) => summary.inconclusive += 1,
                Some(Phase::Error) => summary.error += 1,
                Some(Phase::Running | Phase::Pending) | None => {}
            }
        }
        summary
    }
}

fn verdict(name: &str, assessment: &Assessment) -> Verdict {
    let phase = assessment.phase;
    let message =
        assessment.limit.map(|it| format!("Metric \"{name}\" assessed {phase} due to {it}"));
    Verdict { phase, message }
}
