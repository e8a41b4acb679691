//! The analyses of a rollout in flight: when they start, what is measured, and what follows.

use clockwork::Instant;

use super::phase::Phase;
use super::saying::{Saying, Which};
use super::trial::Trial;
use super::twin::{Twin, question, say};
use crate::controller::delivery::{Action, Cause};

impl Twin<'_> {
    /// Starts an analysis unless it is in flight; whether it did.
    pub(super) fn start(
        &mut self,
        which: Which,
        analysis: usize,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        let trial = &mut self.trials[which.place()];
        if trial.is_some() {
            return false;
        }
        *trial = Some(Trial::start(&self.plan.analyses[analysis], now));
        actions.push(say(Saying::Started(which)));
        true
    }

    /// Ends an analysis that is not wanted any more.
    pub(super) fn end(&mut self, which: Which) {
        self.trials[which.place()] = None;
    }

    /// Whether an analysis was successful.
    pub(super) fn is_successful(&self, which: Which) -> bool {
        let trial = self.trials[which.place()].as_ref();
        trial.is_some_and(|trial| trial.phase == Phase::Successful)
    }

    /// Takes measurements and says what the runs come to; whether it has to be looked at again.
    pub(super) fn analyse(&mut self, now: Instant, actions: &mut Vec<Action>) -> bool {
        let asked = actions.len();
        for (place, trial) in self.trials.iter().enumerate() {
            let due = trial.iter().flat_map(|trial| trial.due(now));
            actions.extend(
                due.map(|(part, source)| Action::Measure {
                    source,
                    question: question(place, part),
                }),
            );
        }
        if actions.len() > asked {
            return true;
        }
        let mut again = false;
        for which in Which::ALL {
            let Some(trial) = &mut self.trials[which.place()] else { continue };
            if trial.phase.is_completed() || !trial.assess().is_completed() {
                continue;
            }
            again = true;
            let (phase, culprit) = (trial.phase, trial.culprit(now));
            actions.push(say(Saying::Ended(which, phase)));
            match phase {
                Phase::Failed | Phase::Error => {
                    let (source, known) = culprit;
                    self.abort(Some(Cause::Metric { source, known }), actions);
                    return true;
                }
                Phase::Inconclusive if !self.is_inconclusive => {
                    self.is_inconclusive = true;
                    actions.push(Action::Hold);
                }
                _ => {}
            }
        }
        again
    }
}
