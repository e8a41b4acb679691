//! One step of an autoscaler.

use clockwork::{Instant, Span};

use super::condition::Condition;
use super::groups::Pod;
use super::limit::{by_behavior, by_rules};
use super::memory::Memory;
use super::metric::{Answer, Usage};
use super::replicas::{Ask, Proposal, Tolerances};
use super::{Autoscaler, Behavior, Settings};

/// What an autoscaler sees of its target.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// `spec.replicas` of the target.
    pub replicas: u32,
    /// `status.replicas` of the target: the pods that are there.
    pub status: u32,
    /// The pods that the target's selector finds, of all versions.
    pub pods: &'a [Pod],
    /// What the metrics API says of each metric, in their order.
    pub answers: &'a [Answer],
}

/// What a step decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `spec.replicas` of the target from now on.
    pub desired: u32,
    /// Why it changes, when it does.
    pub reason: Option<String>,
    /// What each metric came to, where it said anything; nothing when none was asked.
    pub usages: Vec<Option<Usage>>,
    /// Why metrics said nothing.
    pub error: Option<String>,
    /// When the next step is.
    pub wake: Instant,
}

impl Autoscaler {
    /// Looks at the metrics and decides; what it says of itself is in its memory.
    pub fn step(
        &self,
        settings: &Settings,
        memory: &mut Memory,
        seen: &Seen<'_>,
        now: Instant,
    ) -> Decision {
        let current = seen.replicas;
        let able = "the HPA controller was able to get the target's current scale";
        memory.conditions.able_to_scale = Some(Condition::new(true, "SucceededGetScale", able));
        memory.begin(current, now);
        let mut decision = Decision {
            desired: current,
            reason: None,
            usages: Vec::new(),
            error: None,
            wake: now + settings.sync,
        };
        if current == 0 && self.min != 0 {
            let off = "scaling is disabled since the replica count of the target is zero";
            let off = Condition::new(false, "ScalingDisabled", off);
            memory.conditions.scaling_active = Some(off);
        } else if current > self.max {
            decision.desired = self.max;
            decision.reason = Some("Current number of replicas above Spec.MaxReplicas".to_owned());
        } else if current < self.min {
            decision.desired = self.min;
            decision.reason = Some("Current number of replicas below Spec.MinReplicas".to_owned());
        } else {
            self.follow(settings, memory, (seen, now), &mut decision);
        }
        if decision.desired != current {
            let (behavior, desired) = (self.behavior.as_ref(), decision.desired);
            memory.changed(behavior, (current, desired), now);
            let to = format!("the HPA controller was able to update the target scale to {desired}");
            memory.conditions.able_to_scale = Some(Condition::new(true, "SucceededRescale", to));
        }
        decision
    }

    /// What the metrics ask for, held back by bounds and rates.
    fn follow(
        &self,
        settings: &Settings,
        memory: &mut Memory,
        (seen, now): (&Seen<'_>, Instant),
        decision: &mut Decision,
    ) {
        let Some((wanted, name)) = self.ask(settings, memory, (seen, now), decision) else {
            return;
        };
        let current = seen.replicas;
        let desired = match &self.behavior {
            None => self.normalize(settings, memory, (current, wanted), now),
            Some(behavior) => {
                let both = [behavior.up.stabilization.unwrap_or_default(), {
                    behavior.down.stabilization.unwrap_or(settings.downscale_stabilization)
                }];
                self.normalize_by(behavior, memory, (current, wanted), (both, now))
            }
        };
        decision.desired = desired;
        let above = || format!("{name} above target");
        let reason = if wanted > current { above() } else { "All metrics below target".to_owned() };
        decision.reason = (desired != current).then_some(reason);
    }

    /// The most that a metric asks for, and which; nothing where what is silent could have asked
    /// for more.
    fn ask(
        &self,
        settings: &Settings,
        memory: &mut Memory,
        (seen, now): (&Seen<'_>, Instant),
        decision: &mut Decision,
    ) -> Option<(u32, String)> {
        let ask = Ask {
            current: seen.replicas,
            status: seen.status,
            pods: seen.pods,
            tolerances: self.tolerances(settings),
            settings,
            now,
        };
        let unanswered = Answer::Failed("no answer".to_owned());
        let mut most: Option<(Proposal, String)> = None;
        let mut silent: Option<(&'static str, String)> = None;
        for (place, metric) in self.metrics.iter().enumerate() {
            let answer = seen.answers.get(place).unwrap_or(&unanswered);
            let proposal = metric.propose(&ask, answer);
            decision.usages.push(proposal.as_ref().ok().map(|proposal| proposal.usage));
            match proposal {
                Ok(new) => {
                    let more = most.as_ref().is_none_or(|(it, _)| new.replicas > it.replicas);
                    if more {
                        most = Some((new, metric.to_string()));
                    }
                }
                Err(why) if silent.is_none() => silent = Some((metric.failure(), why)),
                Err(_) => {}
            }
        }
        decision.error = silent.as_ref().map(|(_, why)| why.clone());
        let fewer = |it: &(Proposal, String)| it.0.replicas < seen.replicas;
        match (most, silent) {
            (Some(most), silent) if silent.is_none() || !fewer(&most) => {
                let found = "the HPA was able to successfully calculate a replica count from";
                let found = format!("{found} {}", most.1);
                let active = Condition::new(true, "ValidMetricFound", found);
                memory.conditions.scaling_active = Some(active);
                Some((most.0.replicas, most.1))
            }
            (_, silent) => {
                let (reason, why) = silent.unwrap_or(("InvalidMetricSourceType", String::new()));
                let why = format!("the HPA was unable to compute the replica count: {why}");
                memory.conditions.scaling_active = Some(Condition::new(false, reason, why));
                None
            }
        }
    }

    fn tolerances(&self, settings: &Settings) -> Tolerances {
        let behavior = self.behavior.as_ref();
        let up = behavior.and_then(|behavior| behavior.up.tolerance);
        let down = behavior.and_then(|behavior| behavior.down.tolerance);
        let flag = settings.tolerance;
        Tolerances { up: up.unwrap_or(flag), down: down.unwrap_or(flag) }
    }

    /// Without a behavior.
    fn normalize(
        &self,
        settings: &Settings,
        memory: &mut Memory,
        (current, wanted): (u32, u32),
        now: Instant,
    ) -> u32 {
        let stable = memory.stabilize(wanted, settings.downscale_stabilization, now);
        memory.conditions.able_to_scale = Some(held(stable != wanted, false));
        let limited = by_rules(current, stable, [self.min, self.max]);
        memory.conditions.scaling_limited = Some(limited.condition);
        limited.replicas
    }

    /// With one.
    fn normalize_by(
        &self,
        behavior: &Behavior,
        memory: &mut Memory,
        (current, wanted): (u32, u32),
        (windows, now): ([Span; 2], Instant),
    ) -> u32 {
        let stable = memory.stabilize_both((current, wanted), windows, now);
        memory.conditions.able_to_scale = Some(held(stable != wanted, wanted >= current));
        let bounds = [self.min, self.max];
        let limited = by_behavior((current, stable), bounds, (behavior, memory), now);
        memory.conditions.scaling_limited = Some(limited.condition);
        limited.replicas
    }
}

/// `AbleToScale` of a wish that earlier ones held back, or did not.
fn held(back: bool, up: bool) -> Condition {
    let (reason, message) = match (back, up) {
        (false, _) => ("ReadyForNewScale", "recommended size matches current size"),
        (true, true) => (
            "ScaleUpStabilized",
            "recent recommendations were lower than current one, applying the lowest recent \
             recommendation",
        ),
        (true, false) => (
            "ScaleDownStabilized",
            "recent recommendations were higher than current one, applying the highest recent \
             recommendation",
        ),
    };
    Condition::new(true, reason, message)
}

#[cfg(test)]
mod tests {
    use super::super::{Metric, Phase, Readiness, Target};
    use super::*;

    fn external(name: &str) -> Metric {
        Metric::External { name: name.to_owned(), target: Target::AverageValue(1_000) }
    }

    fn values(value: i64) -> Answer {
        Answer::Values(vec![value * 1_000])
    }

    /// An autoscaler of two queues, each of which wants a pod for every thing in it.
    fn two_queues(behavior: Option<Behavior>) -> Autoscaler {
        let metrics = vec![external("orders"), external("mails")];
        Autoscaler { min: 2, max: 20, metrics, behavior }
    }

    fn start() -> Instant {
        Instant::ZERO + Span::from_hours(1)
    }

    fn step(
        it: &Autoscaler,
        memory: &mut Memory,
        replicas: u32,
        answers: &[Answer],
        now: Instant,
    ) -> Decision {
        let readiness = Some(Readiness { ready: true, since: Instant::ZERO });
        let pod = |id| Pod {
            id,
            phase: Phase::Running,
            readiness,
            started: Some(Instant::ZERO),
            deleting: false,
            containers: Vec::new(),
        };
        let pods: Vec<_> = (0..u64::from(replicas)).map(pod).collect();
        let seen = Seen { replicas, status: replicas, pods: &pods, answers };
        it.step(&Settings::default(), memory, &seen, now)
    }

    #[test]
    fn the_metric_that_asks_for_the_most_decides() {
        let mut memory = Memory::default();
        let it = two_queues(None);
        let decision = step(&it, &mut memory, 4, &[values(5), values(7)], start());
        assert_eq!(decision.desired, 7);
        assert_eq!(decision.reason.as_deref(), Some("external metric mails above target"));
        assert_eq!(decision.wake, start() + Span::from_secs(15));
        let able = memory.conditions.able_to_scale.expect("it says so");
        assert_eq!(able.brief(), "True/SucceededRescale");
    }

    #[test]
    fn a_silent_metric_lets_replicas_go_up_and_not_down() {
        let it = two_queues(Some(Behavior::default()));
        let silent = Answer::Failed("no such series".to_owned());
        let mut memory = Memory::default();
        let up = step(&it, &mut memory, 4, &[values(7), silent.clone()], start());
        assert_eq!((up.desired, up.error.is_some()), (7, true));
        let mut memory = Memory::default();
        let down = step(&it, &mut memory, 4, &[values(3), silent], start());
        assert_eq!(down.desired, 4);
        let active = memory.conditions.scaling_active.expect("it says so");
        assert_eq!(active.brief(), "False/FailedGetExternalMetric");
        assert!(active.message.contains("no such series"), "{}", active.message);
    }

    #[test]
    fn replicas_go_down_five_minutes_after_the_last_wish_for_more() {
        let it = two_queues(None);
        let mut memory = Memory::default();
        let (mut replicas, mut now) = (8, start());
        let mut changed = Vec::new();
        while now < start() + Span::from_mins(10) {
            let wanted = if now < start() + Span::from_mins(1) { 8 } else { 3 };
            let decision = step(&it, &mut memory, replicas, &[values(wanted), values(0)], now);
            if decision.desired != replicas {
                changed.push(((now - start()).as_secs_f64(), decision.desired));
            }
            (replicas, now) = (decision.desired, decision.wake);
        }
        // The last wish for eight was at 45 s; a recommendation of just that age still counts.
        assert_eq!(changed, [(360.0, 3)]);
    }

    #[test]
    fn bounds_need_no_metrics_and_nothing_wakes_what_was_put_to_zero() {
        let it = two_queues(None);
        for (replicas, expected) in [(30, 20), (1, 2), (0, 0)] {
            let mut memory = Memory::default();
            let decision = step(&it, &mut memory, replicas, &[], start());
            assert_eq!((decision.desired, decision.error), (expected, None));
            let active = memory.conditions.scaling_active.map(|it| it.brief());
            let off = (replicas == 0).then(|| "False/ScalingDisabled".to_owned());
            assert_eq!(active, off);
        }
    }

    #[test]
    fn without_a_behavior_replicas_double_at_most_and_four_are_always_allowed() {
        let it = two_queues(None);
        for (replicas, expected) in [(2, 4), (3, 6), (5, 10)] {
            let mut memory = Memory::default();
            let decision = step(&it, &mut memory, replicas, &[values(18), values(0)], start());
            assert_eq!(decision.desired, expected);
            let limited = memory.conditions.scaling_limited.expect("it says so");
            assert_eq!(limited.brief(), "True/ScaleUpLimit");
        }
    }
}
