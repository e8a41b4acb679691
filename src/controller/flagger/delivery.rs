//! Flagger at work in a cluster: its controller, and the two Deployments that it looks after.

mod autoscale;
mod workloads;

pub use autoscale::Scaling;

use autoscale::Scalers;
use clockwork::{Instant, Span};
use workloads::Hands;

use super::action::Action;
use super::analysis::Analysis;
use super::canary::Canary;
use super::kind::Kind;
use super::phase::Phase;
use super::prometheus::NoValue;
use super::readiness::Deployment;
use super::saying::Saying;
use super::scheduler::Scheduler;
use super::targets::{RUNNING, Target};
use super::tick::Scale;
use super::twin::{Targets, Twin};
use crate::controller::delivery::{
    self, Answer, Cause, Controller, Opinion, Order, Saying as Said, Seen,
};
use crate::controller::kubernetes::{Setup, Spec, Template};
use crate::units::{Rate, Share};

/// The running version, and the release.
const OLD: usize = 0;
const NEW: usize = 1;

/// How a Canary releases a Deployment, frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The Canary.
    pub canary: Canary,
    /// The Deployment that it is about.
    pub target: Setup,
    /// The share of the requests that is copied, where any are.
    pub mirrored: Share,
    /// The load tests that webhooks start, by their places in the manifest.
    pub loads: Vec<Load>,
    /// The share of the requests that match, where only some users are routed to the canary.
    pub matched: Share,
    /// What lets the pods follow the load.
    pub scaling: Option<Box<Scaling>>,
}

/// Requests that a webhook sends to the canary when it is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Which webhook.
    pub webhook: usize,
    /// How many.
    pub rate: Rate,
    /// For how long.
    pub lasts: Span,
}

/// When somebody who watches gives a rollout up, that does not get on: it goes on nevertheless.
#[derive(Clone, Copy, Debug)]
struct Pace {
    last: Scheduler,
    since: Instant,
    is_said: bool,
}

/// Flagger in one world.
#[derive(Clone, Debug)]
pub struct Delivery<'p> {
    plan: &'p Plan,
    twin: Twin,
    primary: Target,
    canary: Target,
    /// The template of the release that was ordered last.
    release: Template,
    /// Pods that were ordered, and the share that was routed, last.
    ordered: [u32; 2],
    routed: Share,
    copied: Share,
    pace: Pace,
    /// The check that failed first in this release, and when.
    bad: Option<(Option<usize>, Instant)>,
    /// The question that is open.
    open: Option<usize>,
    /// Whose pods those of a Service are.
    hands: Hands,
    /// Whether the end of the release is still to be told, and whether somebody wants it back.
    is_untold: bool,
    is_unwanted: bool,
    /// The Canary as somebody has changed it to get the running version back.
    changed: Option<Box<Canary>>,
    said: Vec<Action>,
    scalers: Option<Box<Scalers>>,
}

impl<'p> Delivery<'p> {
    /// Flagger before a change, whose next tick is this part of an interval away.
    pub fn new(plan: &'p Plan, luck: f64) -> Self {
        let interval = plan.canary.interval().as_secs_f64();
        let first = Instant::ZERO + Span::from_secs_f64(interval * luck.clamp(0.0, 1.0));
        let setup = &plan.target;
        let idle = Setup { spec: Spec { replicas: 0, ..setup.spec }, ..*setup };
        let twin = Twin::new(&plan.canary, first);
        Self {
            plan,
            primary: Target::new(setup),
            canary: Target::new(&idle),
            release: RUNNING,
            ordered: [setup.spec.replicas, 0],
            routed: Share::ZERO,
            copied: Share::ZERO,
            pace: Pace { last: *twin.scheduler(), since: Instant::ZERO, is_said: false },
            bad: None,
            open: None,
            hands: Hands::Apart,
            is_untold: false,
            is_unwanted: false,
            changed: None,
            said: Vec::with_capacity(16),
            scalers: plan.scaling.as_ref().map(|_| Box::new(Scalers::new(luck))),
            twin,
        }
    }

    /// The Canary as it is now.
    fn canary(&self) -> &Canary {
        self.changed.as_deref().unwrap_or(&self.plan.canary)
    }

    /// The scheduler.
    pub const fn scheduler(&self) -> &Scheduler {
        self.twin.scheduler()
    }

    /// The pods of the primary and of the canary, each of the running version and of the release.
    pub const fn pods(&self) -> [[u32; 2]; 2] {
        [self.primary.pods, self.canary.pods]
    }

    /// The Deployments do what they have to do; when they want to look again.
    ///
    /// Whose a pod is cannot be told from its version. Where both Deployments have pods of a
    /// version, a pod that becomes ready belongs to the one that waits for it, the canary first.
    fn settle(&mut self, seen: &Seen, now: Instant) -> Instant {
        for version in [OLD, NEW] {
            let mut left = seen.pods[version];
            for more in [false, true] {
                self.canary.claim(version, &mut left, more);
                self.primary.claim(version, &mut left, more);
            }
        }
        let wake = self.canary.settle(self.release, now);
        wake.min(self.primary.settle(self.release, now))
    }

    /// What the controller has done.
    fn carry_out(&mut self, now: Instant, actions: &mut Vec<delivery::Action>) {
        for index in 0..self.said.len() {
            let action = self.said[index];
            let saying = Saying::of(self.canary(), action, self.twin.scheduler());
            actions.extend(saying.map(|it| delivery::Action::Say(Said::Flagger(it))));
            match action {
                Action::ScaleCanary(scale) => {
                    let replicas = match scale {
                        Scale::Up => self.starts_with(),
                        Scale::Zero => 0,
                    };
                    self.canary.update(now, |spec| spec.replicas = replicas);
                }
                Action::Promote if !self.plan.canary.target.is_scaled() => {
                    self.hands = Hands::Promised;
                    // The selector of a Service is copied; a revision is routed to later.
                    self.hand_over(Kind::Service);
                }
                Action::Promote => {
                    let template = self.canary.deployment().spec().template;
                    self.primary.update(now, |spec| spec.template = template);
                }
                Action::Measure(check) => {
                    self.open = Some(check);
                    // A canary of the running version is measured as such.
                    let is_running = self.canary.deployment().spec().template == RUNNING;
                    let others = if is_running { self.plan.canary.checks.len() } else { 0 };
                    let source = check + others;
                    actions.push(delivery::Action::Measure { source, question: check });
                }
                Action::Failed { .. } => {
                    self.bad.get_or_insert((None, now));
                }
                Action::Entered(phase) => self.entered(phase, now, actions),
                // A test that was started runs whatever the answer is.
                Action::Called { webhook, .. } if self.canary.ready != [0; 2] => {
                    let loads = self.plan.loads.iter().filter(|load| load.webhook == webhook);
                    let start = |&Load { webhook: test, rate, lasts }: &Load| {
                        delivery::Action::Load { test, rate, lasts }
                    };
                    actions.extend(loads.map(start));
                }
                Action::Route(_) => self.hand_over(Kind::Revision),
                Action::Called { .. } | Action::Iterated { .. } => {}
            }
        }
    }

    fn entered(&mut self, phase: Phase, now: Instant, actions: &mut Vec<delivery::Action>) {
        match phase {
            // What was there before is no release.
            Phase::Succeeded => self.is_untold |= !self.primary.is_of(RUNNING),
            // Nobody who wants the running version back lets an analysis stand in the way twice.
            Phase::Failed if self.is_unwanted => {
                let analysis = Analysis { is_skipped: true, ..self.canary().analysis.clone() };
                let canary = Canary { analysis, ..self.canary().clone() };
                self.changed = Some(Box::new(canary));
                self.renew(RUNNING, now);
            }
            // A canary that is kept because the primary fails is not the running version.
            Phase::Failed if self.scheduler().weight > 0 => actions.push(delivery::Action::Stuck),
            Phase::Failed => {
                let cause = match self.bad {
                    Some((Some(source), known)) => Cause::Metric { source, known },
                    Some((None, known)) => Cause::Webhook { known },
                    None => Cause::Deadline,
                };
                actions.push(delivery::Action::Abort(cause));
                self.is_untold = true;
            }
            Phase::Waiting | Phase::WaitingPromotion if !self.opens() => {
                self.pace = Pace { last: *self.scheduler(), since: now, is_said: true };
                actions.push(delivery::Action::Hold);
            }
            _ => {}
        }
    }

    /// Whether whoever is waited for will be content some time.
    fn opens(&self) -> bool {
        self.canary().webhooks.iter().any(|it| it.opens.is_some())
    }

    /// Orders what differs from what was ordered last.
    fn order(&mut self, actions: &mut Vec<delivery::Action>) {
        for version in [OLD, NEW] {
            let pods = self.primary.pods[version] + self.canary.pods[version];
            if pods != self.ordered[version] {
                self.ordered[version] = pods;
                actions.push(delivery::Action::Scale { version, pods });
            }
        }
        let share = self.share();
        if share != self.routed {
            self.routed = share;
            actions.push(delivery::Action::Route(share));
        }
        let is_mirrored = self.scheduler().routes.is_mirrored;
        let copied = if is_mirrored { self.plan.mirrored } else { Share::ZERO };
        if copied != self.copied {
            self.copied = copied;
            actions.push(delivery::Action::Copy(copied));
        }
    }

    /// Tells the end of a release, and that there is none.
    fn end(&mut self, now: Instant, actions: &mut Vec<delivery::Action>) -> Instant {
        let is_served = self.primary.is_of(RUNNING) && self.primary.is_complete();
        let is_back = is_served && self.routed == Share::ZERO;
        let end = match self.scheduler().phase {
            _ if self.is_unwanted => is_back.then_some(delivery::Action::Back),
            Phase::Succeeded => self.primary.is_complete().then_some(delivery::Action::Promoted),
            Phase::Failed => is_back.then_some(delivery::Action::Back),
            _ => None,
        };
        if let Some(end) = end.filter(|_| self.is_untold) {
            (self.is_untold, self.is_unwanted) = (false, false);
            actions.push(end);
        }
        let scheduler = *self.scheduler();
        if self.pace.last != scheduler {
            self.pace = Pace { last: scheduler, since: now, is_said: false };
        }
        let canary = self.canary();
        let patience = canary.deadline.max(canary.interval() * 2) + canary.interval();
        let late = self.pace.since + patience;
        if !(self.scheduler().phase.is_under_way() || self.twin.is_behind())
            || self.pace.is_said
            || self.opens()
        {
            return Instant::NEVER;
        }
        if now >= late {
            self.pace.is_said = true;
            actions.push(delivery::Action::Stuck);
            return Instant::NEVER;
        }
        late
    }
}

impl Controller for Delivery<'_> {
    fn step(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<delivery::Action>) -> Instant {
        actions.clear();
        let scaled = self.autoscale(seen, now, actions);
        let wake = loop {
            let wake = self.settle(seen, now);
            let targets = Targets {
                primary: Deployment::of(self.primary.deployment(), now),
                canary: Deployment::of(self.canary.deployment(), now),
            };
            let mut said = std::mem::take(&mut self.said);
            let canary = self.changed.as_deref().unwrap_or(&self.plan.canary);
            let ticks = self.twin.step(canary, &targets, now, &mut said);
            self.said = said;
            self.carry_out(now, actions);
            if self.open.is_some() {
                self.order(actions);
                return now;
            }
            if self.said.is_empty() {
                break wake.min(ticks);
            }
        };
        self.order(actions);
        wake.min(scaled).min(self.end(now, actions))
    }

    fn answer(&mut self, question: usize, answer: &Answer, now: Instant) -> Opinion {
        self.open = None;
        let value = value(answer);
        let canary = self.changed.as_deref().unwrap_or(&self.plan.canary);
        let passes = self.twin.answer(canary, question, value);
        if !passes {
            self.bad.get_or_insert((Some(question), now));
        }
        let problem = match (value, answer) {
            (Ok(_), _) => None,
            (Err(_), Answer::Error(why)) => Some(why.clone()),
            (Err(_), Answer::Nothing) => Some("no series".to_owned()),
            (Err(why), _) => Some(why.to_string()),
        };
        Opinion { word: if passes { "passes" } else { "fails" }, is_bad: !passes, problem }
    }

    fn wants_load(&self) -> bool {
        self.scalers.is_some()
    }

    fn has_given_up(&self) -> bool {
        let scheduler = self.scheduler();
        scheduler.phase == Phase::Failed && scheduler.weight > 0 && !self.twin.is_behind()
    }

    fn tell(&mut self, order: Order, now: Instant) {
        match order {
            Order::Update => {
                self.release = Template(self.release.0 + 1);
                let release = self.release;
                self.renew(release, now);
                (self.bad, self.is_untold, self.is_unwanted) = (None, false, false);
                self.changed = None;
                self.pace = Pace { last: *self.scheduler(), since: now, is_said: false };
            }
            // The change is taken back: to Flagger that is another release, which is analysed.
            // Gates that people open are opened.
            Order::Back => {
                self.renew(RUNNING, now);
                (self.is_untold, self.is_unwanted) = (true, true);
                self.pace = Pace { last: *self.scheduler(), since: now, is_said: false };
                let canary = self.plan.canary.clone();
                let analysis = Analysis { is_suspended: false, ..canary.analysis };
                let webhooks = Vec::new();
                self.changed = Some(Box::new(Canary { analysis, webhooks, ..canary }));
            }
            Order::Resume | Order::Pause | Order::Undo | Order::Promote | Order::PromoteFull => {}
        }
    }
}

/// The value of an answer: that of the last series.
fn value(answer: &Answer) -> Result<f64, NoValue> {
    let value = match answer {
        Answer::Vector(values) => values.last().copied(),
        Answer::Scalar(value) => Some(*value),
        Answer::Nothing | Answer::Error(_) => return Err(NoValue::Unreadable),
    };
    value.filter(|value| !value.is_nan()).ok_or(NoValue::Missing)
}
