//! A Rollout with its controller: a pure step from what it sees to what it does.

use clockwork::{Instant, Span};

use super::basic::Counts;
use super::experiment::Tested;
use super::phase::Phase;
use super::plan::{Doing, Plan};
use super::promotion::is_within_rollback_window;
use super::routes::Routes;
use super::saying::{Saying, Which};
use super::steps::Standing;
use super::trial::Trial;
use crate::controller::delivery::{
    Action, Answer, Cause, Controller, Opinion, Order, Pods, Saying as Said, Seen,
};
use crate::units::Share;

/// The running version, and the release.
const RUNNING: usize = 0;
pub(super) const RELEASE: usize = 1;

/// How many questions each analysis can ask: more than it has metrics.
const QUESTIONS: usize = 1 << 16;

/// A Rollout in one world.
#[expect(clippy::struct_excessive_bools, reason = "each is a field of a Rollout's status")]
#[derive(Clone, Debug)]
pub struct Twin<'p> {
    pub(super) plan: &'p Plan,
    /// The stable version, and the one that is wanted.
    pub(super) stable: usize,
    pub(super) new: usize,
    /// What is wanted of the pods of each version.
    pub(super) sets: [Set; 2],
    /// The weight of the new version, or what the active Service names: nothing or all.
    pub(super) weight: u32,
    /// The share of the release that was routed last.
    pub(super) routed: Share,
    /// The current step, and whether it was told.
    pub(super) step: usize,
    pub(super) told: Option<usize>,
    /// Since when it waits as a step, or the promotion, says.
    pub(super) pause: Option<Instant>,
    /// Whether somebody was asked, and has said yes.
    pub(super) asked: bool,
    pub(super) resumed: bool,
    /// Whether it waits because an analysis was inconclusive.
    pub(super) is_inconclusive: bool,
    /// Whether somebody has stopped it.
    pub(super) is_paused: bool,
    pub(super) is_aborted: bool,
    pub(super) is_promoted_in_full: bool,
    /// Whether the preview was accepted and may grow.
    pub(super) is_accepted: bool,
    /// Whether a version comes back that was stable before.
    pub(super) comes_back: ComesBack,
    /// The analyses in flight, in the order of [`Which::ALL`].
    pub(super) trials: [Option<Trial<'p>>; 4],
    pub(super) progress: Progress,
    /// The pods of an experiment.
    pub(super) tested: Tested,
    /// Routes of their own.
    pub(super) routes: Routes,
    /// Whether an end is still to be told.
    pub(super) is_untold: bool,
    /// Whether it was said that the active Service is not switched back.
    pub(super) is_blocked: bool,
}

/// Whether a version comes back that was stable before, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComesBack {
    /// It does not, or like any other.
    No,
    /// Its pods are still there: it is not analysed, and no switch waits.
    Kept,
    /// It is within the rollback window: no step is taken either.
    WithinWindow,
}

/// What is wanted of the pods of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    /// How many.
    pub(super) spec: u32,
    /// When it is scaled down.
    pub(super) deadline: Option<Instant>,
}

/// What progress is seen by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) updated: u32,
    pub(super) older: u32,
    pub(super) ready: u32,
    pub(super) available: u32,
    pub(super) step: usize,
    /// When there was some last.
    pub(super) at: Instant,
    /// Whether it was said that there is none.
    pub(super) is_late: bool,
}

impl<'p> Twin<'p> {
    /// A Rollout that has run for long, all of its pods available.
    pub fn new(plan: &'p Plan) -> Self {
        let running = Set { spec: plan.canary.replicas, deadline: None };
        Self {
            plan,
            stable: RUNNING,
            new: RUNNING,
            sets: [running, Set::default()],
            weight: 0,
            routed: Share::ZERO,
            step: 0,
            told: None,
            pause: None,
            asked: false,
            resumed: false,
            is_inconclusive: false,
            is_paused: false,
            is_aborted: false,
            is_promoted_in_full: false,
            is_accepted: false,
            comes_back: ComesBack::No,
            trials: [const { None }; 4],
            progress: Progress::default(),
            tested: Tested::default(),
            routes: Routes::NONE,
            is_untold: false,
            is_blocked: false,
        }
    }

    /// Where the rollout stands in its steps.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            step: self.step,
            is_aborted: self.is_aborted,
            is_promoted_in_full: self.is_promoted_in_full,
            is_stable: self.is_stable(),
        }
    }

    /// Whether the version that is wanted is the stable one.
    pub(super) const fn is_stable(&self) -> bool {
        self.new == self.stable
    }

    /// The pods that each version shall have (`spec.replicas`), and the weight that each has.
    pub fn wanted(&self) -> ([u32; 2], Share) {
        (self.sets.map(|set| set.spec), self.share())
    }

    /// The current step, and whether it is aborted.
    pub const fn progress(&self) -> (usize, bool) {
        (self.step, self.is_aborted)
    }

    /// A version as the controller counts it.
    pub(super) fn counts(&self, version: usize, seen: &Seen) -> Counts {
        Counts { spec: self.sets[version].spec, available: seen.pods[version].available }
    }

    /// What the current step does.
    pub(super) fn doing(&self) -> Option<Doing> {
        self.plan.steps.get(self.step).copied()
    }

    /// Has so many pods of a version; whether that is new.
    pub(super) fn scale(&mut self, version: usize, to: u32, actions: &mut Vec<Action>) -> bool {
        let from = std::mem::replace(&mut self.sets[version].spec, to);
        if from == to {
            return false;
        }
        actions.push(say(Saying::Scaled { version, from, to }));
        actions.push(Action::Scale { version, pods: to + self.tested.pods[version] });
        true
    }

    /// The share of the traffic that goes to the release.
    pub(super) fn share(&self) -> Share {
        if self.is_stable() {
            return if self.new == RELEASE { Share::ONE } else { Share::ZERO };
        }
        let max = u64::from(self.plan.canary.max_weight.max(1));
        let weight = u64::from(self.weight + self.tested_weight());
        let parts = self.with_header(Share::ONE.parts() * weight.min(max) / max);
        let parts = if self.new == RELEASE { parts } else { Share::ONE.parts() - parts };
        Share::from_parts(parts).unwrap_or(Share::ONE)
    }

    /// Routes what the weight says, if it does not yet.
    pub(super) fn route(&mut self, actions: &mut Vec<Action>) {
        let share = self.share();
        if self.plan.canary.is_routed && share != self.routed {
            self.routed = share;
            actions.push(Action::Route(share));
        }
        self.copy(actions);
    }

    /// The running version is wanted back.
    pub(super) fn abort(&mut self, cause: Option<Cause>, actions: &mut Vec<Action>) {
        self.is_aborted = true;
        self.is_untold = true;
        self.step = 0;
        self.forget();
        if let Some(cause) = cause {
            actions.push(Action::Abort(cause));
        }
    }

    /// Pauses and analyses are over.
    pub(super) fn forget(&mut self) {
        (self.pause, self.asked, self.resumed) = (None, false, false);
        self.is_inconclusive = false;
        self.trials = [const { None }; 4];
    }

    /// Another version is wanted, from the first step on.
    fn begin(&mut self, version: usize, now: Instant) {
        self.forget();
        self.new = version;
        (self.step, self.told, self.weight) = (0, None, 0);
        self.sets[version].deadline = None;
        (self.is_aborted, self.is_paused, self.is_accepted) = (false, false, false);
        (self.is_untold, self.is_blocked) = (true, false);
        self.comes_back = ComesBack::No;
        self.progress = Progress { at: now, ..Progress::default() };
    }

    /// The template of the running version is applied again. Source: `isRollbackWithinWindow`,
    /// and `HasScaleDownDeadline`, where analyses are reconciled.
    fn undo(&mut self, now: Instant) {
        let Set { spec, deadline } = self.sets[RUNNING];
        let is_kept = spec > 0 && deadline.is_some_and(|at| at > now);
        self.begin(RUNNING, now);
        if self.is_stable() {
            return;
        }
        let window = self.plan.rollback_window.unwrap_or(0);
        let versions = [RUNNING, RELEASE];
        if is_within_rollback_window(&RELEASE, Some(&RUNNING), &versions, window) {
            self.comes_back = ComesBack::WithinWindow;
            self.step = self.plan.steps.len();
        } else if is_kept {
            self.comes_back = ComesBack::Kept;
        }
    }

    /// A pause is over; where there is none, or the analysis of the step was inconclusive, the
    /// current step is. Source: `getPatches` of `kubectl argo rollouts promote`, and pull request
    /// 3016, which every version here has.
    fn skip(&mut self, now: Instant) {
        self.is_paused = false;
        self.progress.at = now;
        let is_canary = self.plan.blue_green.is_none();
        let step = self.trials[Which::Step.place()].as_ref();
        let is_unclear = is_canary && step.is_some_and(|it| it.phase == Phase::Inconclusive);
        let pauses = !is_canary || matches!(self.doing(), Some(Doing::Pause(_)));
        if !is_unclear && (self.is_inconclusive || pauses && self.pause.is_some()) {
            self.resumed = true;
            self.go_on();
        } else if is_canary && !self.is_stable() && !self.is_aborted {
            self.step = (self.step + 1).min(self.plan.steps.len());
            (self.pause, self.asked, self.resumed) = (None, false, false);
            self.is_inconclusive &= !is_unclear;
            self.end(Which::Step);
        }
    }

    /// A run that was inconclusive is followed by a new one.
    fn go_on(&mut self) {
        if std::mem::take(&mut self.is_inconclusive) {
            for trial in &mut self.trials {
                let over = trial.as_ref().is_some_and(|it| it.phase.is_completed());
                trial.take_if(|_| over);
            }
        }
    }

    fn wake(&self, now: Instant) -> Instant {
        let after = |at: Instant, span: Span| at + span + Span::from_micros(1);
        let pause = match self.pause_length() {
            Some(span) => self.pause.map_or(Instant::NEVER, |since| after(since, span)),
            None => Instant::NEVER,
        };
        let late = if self.is_timed() && !self.progress.is_late {
            after(self.progress.at, self.plan.deadline)
        } else {
            Instant::NEVER
        };
        let deadlines = self.sets.iter().filter(|set| set.spec > 0).filter_map(|set| set.deadline);
        let trials = self.trials.iter().flatten().map(Trial::wake);
        // What was due before waits for something else: a pause that is over waits for pods.
        let all = deadlines.chain(trials).chain([pause, late, self.tested_wake()]);
        all.filter(|at| *at > now).fold(Instant::NEVER, Instant::min)
    }
}

impl Controller for Twin<'_> {
    fn step(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<Action>) -> Instant {
        actions.clear();
        let again = self.tend_experiment(seen, now, actions);
        let seen = &self.without_tested(seen);
        let again = again
            || match self.plan.blue_green {
                Some(how) => self.reconcile_blue_green(&how, seen, now, actions),
                None => self.reconcile_canary(seen, now, actions),
            };
        if again { now } else { self.wake(now).max(now + Span::from_micros(1)) }
    }

    fn answer(&mut self, question: usize, answer: &Answer, now: Instant) -> Opinion {
        let trial = &mut self.trials[question / QUESTIONS];
        let opinion = trial.as_mut().map(|it| it.answer(question % QUESTIONS, answer, now));
        opinion.unwrap_or(Opinion { word: "not asked", is_bad: false, problem: None })
    }

    fn tell(&mut self, order: Order, now: Instant) {
        match order {
            Order::Update => {
                self.is_promoted_in_full = false;
                self.begin(RELEASE, now);
            }
            Order::Resume => {
                self.resumed = self.asked;
                self.is_paused = false;
                self.progress.at = now;
                self.go_on();
            }
            Order::Pause => self.is_paused = true,
            Order::Back if self.new == RELEASE && !self.is_stable() => {
                if !self.is_aborted {
                    self.abort(None, &mut Vec::new());
                }
            }
            // It is the stable one already: an undo, promoted in full by whoever does it.
            Order::Back => {
                self.begin(RUNNING, now);
                self.is_promoted_in_full = true;
            }
            Order::Undo => self.undo(now),
            Order::Promote => self.skip(now),
            Order::PromoteFull if !self.is_stable() => {
                self.forget();
                (self.is_promoted_in_full, self.is_aborted) = (true, false);
                self.is_untold = true;
                self.progress.at = now;
            }
            Order::PromoteFull => {}
        }
    }
}

/// A question of an analysis.
pub(super) const fn question(which: usize, part: usize) -> usize {
    which * QUESTIONS + part
}

/// What is said for the record.
pub(super) const fn say(saying: Saying) -> Action {
    Action::Say(Said::Argo(saying))
}

/// Whether a version has all of the pods that are wanted, and all are available.
pub(super) const fn is_whole(pods: Pods, wanted: u32) -> bool {
    pods.replicas == wanted && pods.available == wanted
}

impl Which {
    /// Its place among the analyses in flight.
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}
