//! How wrong the numbers can be because of what was assumed, for the commands that make many.

use super::effort::EffortArgs;
use super::input::Job;
use super::progress::{Deadline, Watcher};
use crate::experiment::robust::{Policy, Question, Unlooked, robustness};
use crate::experiment::{Comparison, Summary, Workers};
use crate::report::{End, Found};
use crate::simulation::Measures;

/// How the main run was made.
#[derive(Clone, Copy)]
pub(super) struct Main<'a> {
    /// The flags.
    pub(super) effort: &'a EffortArgs,
    /// The threads.
    pub(super) workers: &'a Workers,
    /// When everything has to be over.
    pub(super) deadline: Deadline,
    /// Whether somebody watches the progress.
    pub(super) watched: bool,
    /// Why it has as many replications as it has.
    pub(super) end: End,
}

impl Main<'_> {
    /// The same for the variants of a comparison.
    pub(super) fn robustness_of_all(
        &self,
        jobs: &[Job],
        samples: &[Vec<Measures>],
        comparison: &Comparison,
    ) -> Found {
        let variants = comparison.variants.iter().zip(samples).zip(jobs);
        let variants = variants.map(|((it, sample), job)| (job, sample.as_slice(), &it.summary));
        self.robustness(&variants.collect::<Vec<_>>(), Some(comparison))
    }

    /// Tries some of the worlds again under other assumptions, each job with its sample and what
    /// that comes to.
    pub(super) fn robustness(
        &self,
        jobs: &[(&Job, &[Measures], &Summary)],
        comparison: Option<&Comparison>,
    ) -> Found {
        if self.effort.quiet {
            return Err(Unlooked::Off);
        }
        if matches!(self.end, End::TimeLimit | End::Interrupted) {
            return Err(Unlooked::Stopped);
        }
        let policies: Vec<_> = jobs
            .iter()
            .map(|(job, sample, summary)| Policy {
                tree: &job.tree,
                scenario: &job.scenario,
                sample,
                summary,
                wanted: &job.wanted,
            })
            .collect();
        let watcher = Watcher::new("other assumptions", None, self.watched, self.deadline);
        robustness(&Question {
            policies: &policies,
            comparison,
            seed: jobs[0].0.doc.seed.get(),
            effort: self.effort.robust,
            workers: self.workers,
            onlooker: &watcher,
        })
    }
}
