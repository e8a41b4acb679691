//! One look at a canary: its weight, its analyses, its pods, its pause, its steps, in this order.
//!
//! Source: `rolloutCanary` and what it calls.

use clockwork::{Instant, Span};

use super::basic::{Basic, Counts};
use super::blue_green::{AbortScaleDown, new_replica_set_on_abort};
use super::plan::Doing;
use super::promotion::full_promotion;
use super::routed::{Routed, is_available_for};
use super::saying::{Saying, Which};
use super::steps::{Canary, Step};
use super::twin::{ComesBack, Set, Twin, is_whole, say};
use super::weights::{AtDesired, Wanted, Weights, desired_weight};
use crate::controller::delivery::{Action, Seen};

impl Twin<'_> {
    /// One look at a canary; whether it has to be looked at again at once.
    pub(super) fn reconcile_canary(
        &mut self,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        self.set_routes(seen);
        if self.is_stable() {
            self.route(actions);
            let again = self.retire(seen, now, actions);
            return again | self.tell_end(seen, actions);
        }
        self.move_weight(seen, actions);
        self.want_analyses(now, actions);
        if self.analyse(now, actions) {
            return true;
        }
        if !self.is_halted() && self.scale_one(seen, now, actions) {
            return true;
        }
        if self.is_aborted {
            return self.tell_end(seen, actions);
        }
        self.begin_pause(now, actions);
        self.watch_progress(seen, now, actions) || self.complete(seen, now, actions)
    }

    /// Whether pods stay as they are.
    pub(super) const fn is_halted(&self) -> bool {
        self.is_paused || self.is_inconclusive
    }

    /// The weights that are set, where traffic is routed.
    fn weights(&self) -> Option<Weights> {
        let canary = &self.plan.canary;
        let stable = canary.max_weight.saturating_sub(self.weight);
        canary.is_routed.then_some(Weights { canary: self.weight, stable })
    }

    /// Whether the pods are there for the current step.
    fn is_at_desired(&self, seen: &Seen, weights: Option<Weights>) -> bool {
        let at = AtDesired {
            surge: self.plan.surge,
            new: self.counts(self.new, seen),
            stable: self.counts(self.stable, seen),
            stable_replicas: seen.pods[self.stable].replicas,
            older_available: 0,
            weights,
            threshold: self.plan.threshold,
        };
        at.holds(&self.plan.canary, self.standing())
    }

    /// The weight that is routed now. Source: `reconcileTrafficRouting`.
    fn weight_now(&self, seen: &Seen) -> u32 {
        let canary = &self.plan.canary;
        let standing = self.standing();
        let (new, stable) = (self.counts(self.new, seen), self.counts(self.stable, seen));
        let part = |pods: u32| canary.max_weight * pods / canary.replicas.max(1);
        if self.is_aborted {
            if !canary.is_stable_dynamic {
                return 0;
            }
            let wanted = desired_weight(canary, standing, Some(new), Some(stable));
            let carried = part(stable.available).min(canary.max_weight);
            return match wanted {
                0 => (canary.max_weight - carried).min(self.weight),
                _ if carried < canary.max_weight.saturating_sub(wanted) => self.weight,
                wanted => wanted.min(self.weight),
            };
        }
        if new.available == 0 || canary.steps.is_empty() && !self.is_promoted_in_full {
            return 0;
        }
        if self.is_promoted_in_full {
            return if canary.is_stable_dynamic {
                part(new.available).min(canary.max_weight)
            } else {
                self.weight
            };
        }
        if self.is_at_desired(seen, None) {
            return canary.current_set_weight(standing);
        }
        let before = canary.steps[..self.step].iter().rev().find_map(|step| match step {
            Step::SetWeight(weight) => Some(*weight),
            _ => None,
        });
        before.unwrap_or(0)
    }

    fn move_weight(&mut self, seen: &Seen, actions: &mut Vec<Action>) {
        let canary = &self.plan.canary;
        if !canary.is_routed {
            return;
        }
        let weight = self.weight_now(seen);
        let left = canary.max_weight.saturating_sub(weight);
        let stable = self.counts(self.stable, seen);
        let can_carry =
            is_available_for(canary.replicas, stable, left, canary.max_weight, self.plan.threshold);
        if weight != self.weight && can_carry {
            self.weight = weight;
            actions.push(say(Saying::Weight(weight)));
        } else if self.is_held_up(stable) && !std::mem::replace(&mut self.is_blocked, true) {
            actions.extend([say(Saying::HeldUp(weight)), Action::Stuck]);
        }
        self.route(actions);
    }

    /// Whether an abort cannot end: the weight goes back as the new pods go, and they stay.
    fn is_held_up(&self, stable: Counts) -> bool {
        let Canary { is_stable_dynamic, abort_delay, .. } = &self.plan.canary;
        let is_kept = abort_delay.is_explicit && abort_delay.seconds.is_none();
        let is_at_rest = stable.available >= stable.spec;
        self.is_aborted && *is_stable_dynamic && is_kept && is_at_rest && self.weight > 0
    }

    /// Starts the analyses that belong to where the rollout stands.
    fn want_analyses(&mut self, now: Instant, actions: &mut Vec<Action>) {
        if self.is_aborted || self.is_promoted_in_full || self.comes_back != ComesBack::No {
            return;
        }
        match self.doing() {
            // Its pods come first.
            Some(Doing::Experiment { .. }) if !self.tested.is_running => {}
            Some(
                Doing::Analysis(analysis) | Doing::Experiment { analysis: Some(analysis), .. },
            ) => {
                self.start(Which::Step, analysis, now, actions);
            }
            _ => self.end(Which::Step),
        }
        if let Some((analysis, from)) = self.plan.background
            && self.step >= from
        {
            self.start(Which::Background, analysis, now, actions);
        }
    }

    /// Scales at most one version: the stable one first. Whether it did.
    fn scale_one(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<Action>) -> bool {
        let canary = &self.plan.canary;
        let (new, stable) = (self.counts(self.new, seen), self.counts(self.stable, seen));
        if !canary.is_routed {
            let wanted = Wanted::of(canary, self.standing(), Some(new), Some(stable));
            let basic = Basic {
                replicas: canary.replicas,
                weight: wanted.weight(),
                max_weight: canary.max_weight,
                surge: self.plan.surge,
                unavailable: self.plan.unavailable,
                new,
                stable: Some(stable),
                older: 0,
            };
            let (new, stable) = basic.replicas();
            return self.scale(self.stable, stable, actions) || self.scale(self.new, new, actions);
        }
        let routed = Routed { new: Some(new), stable: Some(stable) };
        let (wanted, stable) = routed.replicas(canary, self.standing(), self.weights());
        if self.scale(self.stable, stable, actions) {
            return true;
        }
        let is_at_once = canary.is_stable_dynamic && !canary.abort_delay.is_explicit;
        if self.is_aborted && !is_at_once {
            return self.scale_aborted(seen, now, actions);
        }
        self.scale(self.new, wanted, actions)
    }

    /// The new version after an abort: it is kept for a while, which begins when the stable version
    /// is whole. Whether it was scaled.
    pub(super) fn scale_aborted(
        &mut self,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        let (new, delay) = (self.counts(self.new, seen), self.plan.canary.abort_delay);
        let deadline = self.sets[self.new].deadline.map(|at| at <= now);
        match new_replica_set_on_abort(new, 0, true, delay, deadline) {
            AbortScaleDown::Scale(to) => self.scale(self.new, to, actions),
            AbortScaleDown::Schedule(seconds) => {
                if seen.pods[self.stable].available >= self.plan.canary.replicas {
                    let seconds = u64::from(seconds);
                    self.sets[self.new].deadline = Some(now + Span::from_secs(seconds));
                    if new.spec > 0 {
                        actions.push(say(Saying::Delayed { version: self.new, seconds }));
                    }
                    return true;
                }
                false
            }
            AbortScaleDown::Keep => false,
        }
    }

    /// The old version after a promotion; whether it was scaled.
    pub(super) fn retire(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<Action>) -> bool {
        let old = 1 - self.stable;
        let Set { spec, deadline } = self.sets[old];
        if spec == 0 || deadline.is_some_and(|at| at > now) {
            return false;
        }
        if self.plan.canary.is_routed {
            return self.scale(old, 0, actions);
        }
        let there = seen.pods[old].available + seen.pods[self.stable].available;
        let least = self.plan.canary.replicas.saturating_sub(self.plan.unavailable);
        // Pods that are not available go first and cost nothing.
        let sick = spec.saturating_sub(seen.pods[old].available);
        let spare = there.saturating_sub(least);
        self.scale(old, spec.saturating_sub(sick.saturating_add(spare)), actions)
    }

    fn begin_pause(&mut self, now: Instant, actions: &mut Vec<Action>) {
        let is_pause = match self.doing() {
            Some(Doing::Pause(_)) => true,
            Some(Doing::Experiment { duration, .. }) => {
                duration.is_some() && self.tested.is_running
            }
            _ => false,
        };
        if !is_pause || self.pause.is_some() || self.is_paused || self.is_promoted_in_full {
            return;
        }
        self.pause = Some(now);
        if matches!(self.doing(), Some(Doing::Pause(_))) {
            actions.push(say(Saying::Paused));
        }
        if self.doing() == Some(Doing::Pause(None)) && !self.asked {
            self.asked = true;
            actions.push(Action::Ask);
        }
    }

    /// Ends the current step, or the rollout; whether it did.
    fn complete(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<Action>) -> bool {
        if self.told != Some(self.step) && self.step < self.plan.steps.len() {
            self.told = Some(self.step);
            actions.push(Action::Step(self.step));
        }
        if self.is_paused {
            return false;
        }
        let is_over = |pause: Option<Instant>, span| pause.is_some_and(|at| now > at + span);
        let is_done = match self.doing() {
            _ if self.is_promoted_in_full => false,
            None => false,
            Some(Doing::Weight | Doing::Scale) => self.is_at_desired(seen, self.weights()),
            Some(Doing::Pause(Some(span))) => self.resumed || is_over(self.pause, span),
            Some(Doing::Pause(None)) => self.resumed,
            Some(Doing::Analysis(_)) if self.comes_back != ComesBack::No => true,
            Some(Doing::Analysis(_)) => self.is_successful(Which::Step),
            Some(Doing::Header(_) | Doing::Mirror(_)) => true,
            Some(Doing::Experiment { duration, analysis, .. }) => {
                let is_unjudged = analysis.is_none() || self.comes_back != ComesBack::No;
                let is_judged = is_unjudged || self.is_successful(Which::Step);
                let is_whole = self.tested.is_running || self.comes_back != ComesBack::No;
                is_whole && is_judged && duration.is_none_or(|span| is_over(self.pause, span))
            }
        };
        if is_done {
            actions.push(say(Saying::StepDone(self.step)));
            self.step += 1;
            (self.pause, self.asked, self.resumed) = (None, false, false);
            self.end(Which::Step);
            return true;
        }
        let counts: Counts = self.counts(self.new, seen);
        let canary = &self.plan.canary;
        let is_within = self.comes_back == ComesBack::WithinWindow;
        let promotion =
            full_promotion(canary, self.standing(), Some(counts), self.plan.threshold, is_within);
        let is_promoted = promotion.is_some() && !self.is_halted();
        if is_promoted {
            self.promote(now, actions);
        }
        is_promoted
    }

    /// The new version is the stable one.
    pub(super) fn promote(&mut self, now: Instant, actions: &mut Vec<Action>) {
        let canary = &self.plan.canary;
        if canary.is_routed && !canary.is_stable_dynamic {
            self.sets[self.stable].deadline = Some(now + self.plan.scale_down_delay);
        }
        self.stable = self.new;
        self.is_promoted_in_full = false;
        self.forget();
        actions.push(say(Saying::Promoted(self.stable)));
        self.weight = 0;
        self.route(actions);
    }

    /// Says that the change is over, when the traffic has followed; whether it did.
    pub(super) fn tell_end(&mut self, seen: &Seen, actions: &mut Vec<Action>) -> bool {
        let is_moving = actions.iter().any(|action| matches!(action, Action::Route(_)));
        if !self.is_untold || is_moving || !seen.is_settled {
            return false;
        }
        let [running, release] = seen.pods;
        let is_back = if self.plan.canary.is_routed {
            self.share() == crate::units::Share::ZERO
        } else {
            release.replicas == 0 && is_whole(running, self.plan.canary.replicas)
        };
        let end = match (self.is_stable(), self.stable) {
            (true, 1) => Action::Promoted,
            (true, _) | (false, 0) if is_back => Action::Back,
            // A return that was aborted: the release stays.
            (false, 1) if self.is_aborted => Action::Stuck,
            _ => return false,
        };
        self.is_untold = false;
        actions.push(end);
        true
    }
}
