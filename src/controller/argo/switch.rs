//! One look at a blue-green rollout: two full versions, and a Service that names one of them.
//!
//! Source: `rolloutBlueGreen` and what it calls.

use clockwork::Instant;

use super::blue_green::{Preview, Selectors, skips_post_promotion, skips_pre_promotion};
use super::plan::{AutoPromotion, BlueGreen};
use super::saying::{Saying, Which};
use super::twin::{ComesBack, Twin, is_whole, say};
use crate::controller::delivery::{Action, Seen};

/// What the versions are called where the arithmetic wants names.
const NAMES: [&str; 2] = ["running", "release"];

impl Twin<'_> {
    /// One look at a blue-green rollout; whether it has to be looked at again at once.
    pub(super) fn reconcile_blue_green(
        &mut self,
        how: &BlueGreen,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        if self.is_stable() {
            self.route(actions);
            let again = self.retire(seen, now, actions);
            return again | self.tell_end(seen, actions);
        }
        if !self.is_halted() && self.scale_blue_green(how, seen, now, actions) {
            return true;
        }
        if self.is_aborted {
            return self.switch_back(seen, actions) | self.tell_end(seen, actions);
        }
        if self.judge_blue_green(how, seen, now, actions) {
            return true;
        }
        self.wait_to_promote(how, seen, now, actions);
        if self.watch_progress(seen, now, actions) {
            return true;
        }
        !self.is_halted() && self.switch(how, seen, now, actions)
    }

    /// Whether the active Service names the new version.
    const fn is_active(&self) -> bool {
        self.weight > 0
    }

    fn selectors(&self) -> Selectors<'static> {
        let active = if self.is_active() { self.new } else { self.stable };
        Selectors {
            active: Some(NAMES[active]),
            stable: NAMES[self.stable],
            new: Some(NAMES[self.new]),
        }
    }

    /// The pods that the new version shall have.
    fn preview(&self, how: &BlueGreen) -> u32 {
        let preview = Preview {
            replicas: self.plan.canary.replicas,
            preview_replicas: how.preview_replicas,
            current: NAMES[self.new],
            is_accepted: self.is_accepted,
            is_paused: self.is_halted() || self.pause.is_some() && !self.is_accepted,
            is_promoted_in_full: self.is_promoted_in_full,
        };
        preview.replicas(self.selectors())
    }

    /// The stable version is whole, and the new one as large as its preview or whole.
    fn scale_blue_green(
        &mut self,
        how: &BlueGreen,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        if self.scale(self.stable, self.plan.canary.replicas, actions) {
            return true;
        }
        if self.is_aborted {
            return self.scale_aborted(seen, now, actions);
        }
        let wanted = self.preview(how);
        self.scale(self.new, wanted, actions)
    }

    fn judge_blue_green(
        &mut self,
        how: &BlueGreen,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        let (selectors, new) = (self.selectors(), self.counts(self.new, seen));
        self.drop_analyses(how, seen);
        let has = |twin: &Self, which: Which| twin.trials[which.place()].is_some();
        if let Some(pre) = how.pre
            && !self.is_unjudged()
            && !skips_pre_promotion(selectors, has(self, Which::Pre), new, self.preview(how))
        {
            self.start(Which::Pre, pre, now, actions);
        }
        let replicas = self.plan.canary.replicas;
        if let Some(post) = how.post
            && !self.is_unjudged()
            && !skips_post_promotion(selectors, has(self, Which::Post), new, replicas)
        {
            self.start(Which::Post, post, now, actions);
        }
        self.analyse(now, actions)
    }

    /// Whether nothing is analysed: somebody wants it so, or a version comes back.
    fn is_unjudged(&self) -> bool {
        self.is_promoted_in_full || self.comes_back != ComesBack::No
    }

    /// Before version 1.9 an analysis is told to end when the new version is not whole any more.
    fn drop_analyses(&mut self, how: &BlueGreen, seen: &Seen) {
        let wanted = if self.is_active() { self.plan.canary.replicas } else { self.preview(how) };
        let is_whole = is_whole(seen.pods[self.new], wanted);
        if !self.plan.canary.version.keeps_analyses() && !is_whole {
            self.trials.iter_mut().flatten().for_each(super::trial::Trial::terminate);
        }
    }

    /// Whether the analysis before the promotion does not stand in the way.
    fn is_admitted(&self, how: &BlueGreen) -> bool {
        how.pre.is_none() || self.is_unjudged() || self.is_successful(Which::Pre)
    }

    /// The pause before the switch begins when the preview is whole and was judged.
    fn wait_to_promote(
        &mut self,
        how: &BlueGreen,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) {
        let needs = how.promotion != AutoPromotion::AtOnce && !self.is_unjudged();
        let is_ready = is_whole(seen.pods[self.new], self.preview(how));
        let waits = needs && !self.is_active() && !self.is_accepted && self.pause.is_none();
        if waits && is_ready && self.is_admitted(how) && !self.is_paused {
            self.pause = Some(now);
            if how.promotion == AutoPromotion::Manual && !self.asked {
                self.asked = true;
                actions.push(Action::Ask);
            }
        }
    }

    /// Whether the pause before the switch is over.
    fn has_waited(&self, how: &BlueGreen, now: Instant) -> bool {
        match how.promotion {
            _ if self.is_unjudged() || self.is_accepted => true,
            AutoPromotion::AtOnce => true,
            AutoPromotion::After(span) => {
                self.resumed || self.pause.is_some_and(|since| now > since + span)
            }
            AutoPromotion::Manual => self.resumed,
        }
    }

    /// Whether the new version is whole, so that Services may be switched.
    fn is_saturated(&self, seen: &Seen) -> bool {
        let replicas = self.plan.canary.replicas;
        self.sets[self.new].spec == replicas && is_whole(seen.pods[self.new], replicas)
    }

    /// Goes on to the next phase: a whole new version, the switch, the promotion.
    fn switch(
        &mut self,
        how: &BlueGreen,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        if !self.is_active() {
            let is_previewed = is_whole(seen.pods[self.new], self.preview(how));
            if !is_previewed || !self.is_admitted(how) || !self.has_waited(how, now) {
                return false;
            }
            if !self.is_accepted {
                (self.is_accepted, self.pause) = (true, None);
                return true;
            }
            if !self.is_saturated(seen) {
                return false;
            }
            self.weight = self.plan.canary.max_weight;
            actions.push(say(Saying::Switched(self.new)));
            self.route(actions);
            return true;
        }
        let is_judged = how.post.is_none() || self.is_unjudged() || self.is_successful(Which::Post);
        if is_judged && self.is_saturated(seen) {
            self.promote(now, actions);
            return true;
        }
        false
    }

    /// After an abort the active Service names the stable version again. That is done where every
    /// switch is done: behind the question whether the new version is whole. If it is not, because
    /// its pods crash, the Service stays with it, and its pods are removed all the same.
    fn switch_back(&mut self, seen: &Seen, actions: &mut Vec<Action>) -> bool {
        if !self.is_active() {
            return false;
        }
        if !self.is_saturated(seen) {
            if !std::mem::replace(&mut self.is_blocked, true) {
                actions.extend([say(Saying::NotSwitched), Action::Stuck]);
            }
            return false;
        }
        self.weight = 0;
        actions.push(say(Saying::Switched(self.stable)));
        self.route(actions);
        true
    }
}
