//! A small cluster: pods are ready some seconds after they were ordered, and gone at once.

use clockwork::{Instant, Span};

use super::super::{Canary, Delivery, Plan};
use crate::controller::delivery::{Action, Answer, Controller, Order, Pods, Seen};
use crate::controller::kubernetes::{Latency, Setup, Spec, Strategy, Template};
use crate::units::{Portion, Quantity, Share};

/// Pods of the Deployment.
pub(super) const REPLICAS: u32 = 4;

/// A Canary of four pods; of the users one in ten matches, where that matters.
pub(super) fn plan(canary: Canary) -> Plan {
    let spec = Spec::new(REPLICAS, Template(1));
    let target = Setup { spec, latency: Latency::default(), throttle: None };
    let (mirrored, loads) = (Share::ONE, Vec::new());
    let matched = Share::parse("10%").expect("a share");
    Plan { canary, target, mirrored, loads, matched, scaling: None }
}

/// The same, whose pods are replaced one after the other without more of them.
pub(super) fn one_by_one(canary: Canary) -> Plan {
    let mut plan = plan(canary);
    let (max_surge, max_unavailable) = (Portion::Count(0), Portion::Count(1));
    plan.target.spec.strategy = Strategy::RollingUpdate { max_surge, max_unavailable };
    plan
}

/// The cluster, its clock, and who looks after it.
pub(super) struct Cluster<'p> {
    pub(super) controller: Delivery<'p>,
    now: Instant,
    pods: [Vec<Instant>; 2],
    /// Time from an order to a pod that is ready, of the running version and of the release.
    pub(super) startup: [Span; 2],
    pub(super) share: Share,
    /// What is asked of pods.
    pub(super) busy: [f64; 2],
    pub(super) wake: Instant,
}

impl<'p> Cluster<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let mut controller = Delivery::new(plan, 0.5);
        controller.tell(Order::Update, Instant::ZERO);
        let running = vec![Instant::ZERO; REPLICAS as usize];
        let startup = [Span::from_secs(5); 2];
        let (now, share, wake) = (Instant::ZERO, Share::ZERO, Instant::ZERO);
        let busy = [0.5; 2];
        Self { controller, now, pods: [running, Vec::new()], startup, share, busy, wake }
    }

    /// Somebody wants the running version back.
    pub(super) fn order_back(&mut self, after: Span) {
        self.now = Instant::ZERO + after;
        self.controller.tell(Order::Back, self.now);
        self.wake = self.now;
    }

    pub(super) fn pods(&self) -> [Pods; 2] {
        [0, 1].map(|version| {
            let pods: &Vec<Instant> = &self.pods[version];
            let ready = pods.iter().filter(|at| **at <= self.now).count() as u32;
            Pods { replicas: pods.len() as u32, ready, available: ready }
        })
    }

    /// Goes to when something happens next, and says what the controller does then.
    pub(super) fn next(
        &mut self,
        answer: &mut dyn FnMut(usize, Span) -> f64,
    ) -> Option<(Instant, Vec<Action>)> {
        let ready = self.pods.iter().flatten().filter(|at| **at > self.now).min();
        let at = ready.map_or(self.wake, |ready| self.wake.min(*ready));
        if at == Instant::NEVER {
            return None;
        }
        self.now = self.now.max(at);
        let (mut all, mut actions) = (Vec::new(), Vec::new());
        loop {
            let seen = Seen { pods: self.pods(), is_settled: true, busy: self.busy };
            self.wake = self.controller.step(&seen, self.now, &mut actions);
            all.extend(actions.iter().copied());
            for action in &actions {
                self.apply(*action, answer);
            }
            if self.wake > self.now {
                return Some((self.now, all));
            }
        }
    }

    fn apply(&mut self, action: Action, answer: &mut dyn FnMut(usize, Span) -> f64) {
        match action {
            Action::Scale { version, pods } => {
                let at = self.now + self.startup[version];
                let list = &mut self.pods[version];
                list.sort_unstable();
                list.resize(pods as usize, at);
            }
            Action::Route(share) => self.share = share,
            Action::Measure { source, question } => {
                let value = answer(source, self.now.since_start());
                let said = Answer::Vector(vec![value]);
                self.controller.answer(question, &said, self.now);
            }
            _ => {}
        }
    }

    /// What is said until then, with the time in minutes and seconds.
    pub(super) fn tell(
        &mut self,
        until: Span,
        mut answer: impl FnMut(usize, Span) -> f64,
    ) -> Vec<String> {
        let mut told = Vec::new();
        while let Some((now, actions)) = self.next(&mut answer) {
            if now > Instant::ZERO + until {
                break;
            }
            let seconds = now.since_start().as_secs_f64() as u64;
            let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
            told.extend(actions.into_iter().filter_map(|action| match action {
                Action::Say(saying) => Some(format!("{clock} {saying}")),
                Action::Scale { .. }
                | Action::Route(_)
                | Action::Copy(_)
                | Action::Load { .. }
                | Action::Measure { .. } => None,
                other => Some(format!("{clock} {other:?}")),
            }));
        }
        told
    }
}
