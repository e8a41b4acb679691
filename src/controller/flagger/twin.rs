//! The controller of one Canary: a pure step from what it sees to what it does.

use clockwork::{Instant, Span};

use super::action::Action;
use super::canary::Canary;
use super::phase::Phase;
use super::prometheus::NoValue;
use super::question::Question;
use super::readiness::Deployment;
use super::scheduler::Scheduler;
use super::tick::{Orders, Scale, Workloads};
use super::webhook::HookKind;

/// The workloads at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// The primary.
    pub primary: Deployment,
    /// The canary.
    pub canary: Deployment,
}

/// A tick that waits for answers.
#[derive(Clone, Copy, Debug)]
struct Run {
    seen: Workloads,
    /// Which change of the target it sees.
    target: u32,
    answers: [bool; Question::MOST],
    known: usize,
    /// Metrics that have passed so far, and whether one has failed.
    passed: usize,
    has_failed: bool,
}

/// The controller of one Canary.
///
/// A goroutine ticks: at once when the Canary is found, then once in an interval, whenever that is
/// for whoever changes the Deployment. A tick that waits for webhooks may take longer than that;
/// of the ticks in between one is kept and comes at once, the others are lost.
///
/// Source: `scheduleCanaries`, `CanaryJob.Start` and `time.Ticker`.
#[derive(Clone, Debug)]
pub struct Twin {
    scheduler: Scheduler,
    interval: Span,
    /// The next tick.
    due: Instant,
    /// Until when the tick in progress waits for an answer.
    busy: Instant,
    run: Option<Run>,
    /// How often the target was changed, and the last change that was released or is being so.
    target: u32,
    applied: u32,
    /// When the target was changed last.
    changed: Instant,
    /// When the Canary last moved (`lastTransitionTime`).
    moved: Instant,
}

impl Twin {
    /// The controller of a Canary that was initialised long ago, whose next tick is at `first`.
    pub fn new(canary: &Canary, first: Instant) -> Self {
        Self {
            scheduler: Scheduler::default(),
            interval: canary.interval(),
            due: first,
            busy: Instant::ZERO,
            run: None,
            target: 0,
            applied: 0,
            changed: Instant::ZERO,
            moved: Instant::ZERO,
        }
    }

    /// Where it stands.
    pub const fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// Whether a tick waits for an answer.
    pub const fn is_busy(&self) -> bool {
        self.run.is_some()
    }

    /// Whether the target was changed and that was not seen to.
    pub const fn is_behind(&self) -> bool {
        self.target != self.applied
    }

    /// Whether ticks do nothing until somebody changes the target.
    fn is_idle(&self) -> bool {
        let is_over = !self.scheduler.phase.is_under_way();
        is_over && self.scheduler.phase != Phase::Initializing && !self.is_behind()
    }

    /// Somebody changes the target; the controller sees it with its next tick.
    pub fn change(&mut self, now: Instant) {
        if self.is_idle() && self.due < now {
            let ticks = ((now - self.due).micros()).div_ceil(self.interval.micros());
            self.due += self.interval * ticks;
        }
        self.target += 1;
        self.changed = now;
    }

    /// One step: what the controller does at `now`, and when it wants to look again. `targets`
    /// are looked at when a tick begins. What is to be measured is answered before the next step;
    /// as long as the answer is not later than `now`, another step at `now` follows.
    pub fn step(
        &mut self,
        canary: &Canary,
        targets: &Targets,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> Instant {
        actions.clear();
        while self.busy <= now {
            if self.run.is_none() {
                if self.is_idle() {
                    return Instant::NEVER;
                }
                if self.due > now {
                    return self.due;
                }
                self.begin(canary, targets, now);
            }
            if self.go_on(canary, now, actions) {
                return now;
            }
        }
        self.busy
    }

    /// What a metric says; says whether that passes. A metric without a value does not.
    pub fn answer(&mut self, canary: &Canary, check: usize, value: Result<f64, NoValue>) -> bool {
        let passes = value.is_ok_and(|value| canary.checks[check].passes(value));
        if let Some(run) = &mut self.run {
            run.passed += usize::from(passes);
            run.has_failed |= !passes;
        }
        passes
    }

    /// A tick begins: of those that came while another one waited the first, and the others are
    /// lost.
    fn begin(&mut self, canary: &Canary, targets: &Targets, now: Instant) {
        let times = (canary.deadline, now - self.moved);
        let ready = |seen: &Deployment, percent| canary.target.readiness(seen, times, percent);
        let seen = Workloads {
            is_changed: self.target != self.applied,
            primary: ready(&targets.primary, canary.primary_ready),
            canary: ready(&targets.canary, canary.canary_ready),
        };
        let answers = [false; Question::MOST];
        let target = self.target;
        self.run = Some(Run { seen, target, answers, known: 0, passed: 0, has_failed: false });
        let ticks = (now - self.due) / self.interval + 1;
        self.due += self.interval * ticks;
    }

    /// The tick in progress as far as it gets; whether it waits for what a metric says.
    fn go_on(&mut self, canary: &Canary, now: Instant, actions: &mut Vec<Action>) -> bool {
        let Some(mut run) = self.run else { return false };
        while self.busy <= now {
            let (mut scheduler, mut place, mut open) = (self.scheduler, 0, None);
            let mut ask = |question| {
                let known = run.answers[..run.known].get(place).copied();
                place += 1;
                open = known.map_or(Some(question), |_| None);
                known
            };
            if let Some(orders) = scheduler.run(&canary.analysis, run.seen, &mut ask) {
                self.run = None;
                self.finish(canary, (run, scheduler, orders), now, actions);
                return false;
            }
            let Some(question) = open else { return false };
            let answer = match question.webhook() {
                Some(kind) => {
                    let (answer, takes) = self.call(canary, (question, kind), now, actions);
                    self.busy = now + takes;
                    answer
                }
                None => match canary.measured().nth(run.passed).filter(|_| !run.has_failed) {
                    Some(check) if canary.checks[check].source().is_some() => {
                        actions.push(Action::Measure(check));
                        return true;
                    }
                    missing => missing.is_none() && !run.has_failed,
                },
            };
            run.answers[run.known] = answer;
            run.known += 1;
            self.run = Some(run);
        }
        false
    }

    /// Calls the webhooks of a type one after the other: whether all are content, or for a
    /// rollback any, and how long that takes.
    fn call(
        &self,
        canary: &Canary,
        (question, kind): (Question, &str),
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> (bool, Span) {
        let stops_at = question == Question::Rollback;
        let mut all = Span::ZERO;
        for (index, webhook) in canary.webhooks.iter().enumerate() {
            if webhook.kind.name() != kind {
                continue;
            }
            let (is_content, takes) = webhook.call(now + all - self.changed);
            all += takes;
            actions.push(Action::Called { webhook: index, is_content });
            if is_content == stops_at {
                return (stops_at, all);
            }
        }
        (!stops_at, all)
    }

    /// What a tick came to happens.
    fn finish(
        &mut self,
        canary: &Canary,
        (run, after, orders): (Run, Scheduler, Orders),
        now: Instant,
        actions: &mut Vec<Action>,
    ) {
        let before = std::mem::replace(&mut self.scheduler, after);
        if before != after {
            self.moved = now;
        }
        let is_analysed = !matches!(before.phase, Phase::Promoting | Phase::Finalising);
        let is_restarted = is_analysed && run.seen.is_changed && orders.routes.is_some();
        if orders.canary == Some(Scale::Up) || after.phase == Phase::Failed || is_restarted {
            self.applied = run.target;
        }
        if after.failed_checks > before.failed_checks {
            let (checks, threshold) = (after.failed_checks, canary.analysis.threshold());
            actions.push(Action::Failed { checks, threshold });
        }
        if after.iterations > before.iterations {
            let (iteration, of) = (after.iterations, canary.analysis.iterations());
            actions.push(Action::Iterated { iteration, of });
        }
        actions.extend(orders.is_promoted.then_some(Action::Promote));
        actions.extend(orders.routes.map(Action::Route));
        actions.extend(orders.canary.map(Action::ScaleCanary));
        if after.phase == before.phase {
            return;
        }
        actions.push(Action::Entered(after.phase));
        if matches!(after.phase, Phase::Succeeded | Phase::Failed) {
            // They are told that the release is over; their answers change nothing.
            let told = (Question::Rollout, HookKind::PostRollout.name());
            self.busy = now + self.call(canary, told, now, actions).1;
        }
    }
}
