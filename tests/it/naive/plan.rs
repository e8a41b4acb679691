//! The plan of a strategy, stage by stage, and the controllers that replace pods.

use coalmine::scenario::AfterRollback;
use coalmine::simulation::Ending;
use coalmine::strategy::{Replacement, Routing, Stage};
use coalmine::units::Share;

use super::simulator::{Run, Seen};
use super::watch::Watch;
use super::world::{NEW, OLD};

impl Run<'_, '_> {
    fn stage(&self) -> Option<Stage> {
        self.stage.checked_sub(1).and_then(|stage| self.s.strategy.stages.get(stage)).copied()
    }

    fn replicas(&self) -> usize {
        self.s.fleet.replicas as usize
    }

    /// The next stage begins, or the bake after the last one.
    pub(super) fn advance(&mut self) {
        let now = self.now;
        self.due.deadline = None;
        let Some(stage) = self.s.strategy.stages.get(self.stage) else {
            self.seen.live_at = Some(now);
            self.due.bake = Some(now + self.s.bake.micros());
            self.stage = self.s.strategy.stages.len() + 1;
            return;
        };
        self.stage += 1;
        match *stage {
            Stage::SetWeight(weight) => self.order(weight),
            Stage::Pause(time) => self.due.pause = Some(now + time.micros()),
            Stage::PauseUntil { gate, passes, at_most } => {
                if let Some(watch) = self.watches.get_mut(gate) {
                    watch.passes = 0;
                }
                self.wanted = Some((gate, passes));
                self.due.pause = Some(now + at_most.micros());
            }
            Stage::Approve => unreachable!("there are no people here"),
            Stage::Prepare => {
                self.start(NEW, self.replicas(), true);
                self.control();
            }
            Stage::Check(smoke) => {
                self.due.check = Some(now + smoke.every.micros() * smoke.requests);
            }
            Stage::Replace(_) => self.control(),
            Stage::Controlled(_) => unreachable!("there is no controller here"),
        }
    }

    /// A pause is over.
    pub(super) fn elapsed(&mut self) {
        self.wanted = None;
        match self.stage() {
            Some(Stage::PauseUntil { .. }) => self.hold(None),
            _ => self.advance(),
        }
    }

    /// Pods came or went: what waits for them goes on.
    pub(super) fn control(&mut self) {
        if let Some((_, wanted)) = self.target {
            let there = [OLD, NEW].iter().all(|v| self.serving(*v) >= wanted[*v]);
            if there && self.due.shift.is_none() {
                self.due.deadline = None;
                let delay = match self.s.strategy.routing {
                    Routing::Weights { delay } => delay.micros(),
                    Routing::Pods => 0,
                };
                self.due.shift = Some(self.now + delay);
            }
            return;
        }
        self.follow_pods();
        let how = self.s.strategy.replacement();
        match (how, self.stage()) {
            (Some(how), Some(Stage::Replace(_))) if self.is_replacing() => self.replace(how),
            (_, Some(Stage::Prepare)) if self.available(NEW) >= self.replicas() => self.advance(),
            _ => {}
        }
    }

    fn is_replacing(&self) -> bool {
        self.stage <= self.s.strategy.stages.len()
            && self.due.bake.is_none()
            && matches!(self.seen.ending, None | Some(Ending::Stuck))
    }

    /// Replaces pods as far as the rules allow now.
    fn replace(&mut self, how: Replacement) {
        let (from, to) = if self.rolling_back { (NEW, OLD) } else { (OLD, NEW) };
        let replicas = self.replicas();
        loop {
            let (old, new) = (self.ordered(from), self.ordered(to));
            if old == 0 && new == replicas && self.available(to) >= replicas {
                if self.rolling_back {
                    self.back();
                } else {
                    self.advance();
                }
                return;
            }
            match how {
                Replacement::Recreate if old > 0 => self.stop(from, 0),
                Replacement::Recreate if new < replicas && self.fleet.stopping.is_empty() => {
                    self.start(to, replicas - new, false);
                }
                Replacement::Recreate => return,
                Replacement::Rolling(bounds, _) => {
                    let [surge, missing] = [bounds.surge, bounds.unavailable].map(|n| n as usize);
                    let room = (replicas + surge).saturating_sub(old + new);
                    if new < replicas && room > 0 {
                        self.start(to, room.min(replicas - new), false);
                    } else if !self.shrink(from, to, replicas - missing) {
                        return;
                    }
                }
            }
            self.follow_pods();
            self.progress();
        }
    }

    /// Old pods go as long as enough are available; first those that are not.
    fn shrink(&mut self, from: usize, to: usize, least: usize) -> bool {
        let (old, new) = (self.ordered(from), self.ordered(to));
        let waiting = new - self.available(to).min(new);
        let Some(most) = (old + new).checked_sub(least + waiting).filter(|most| *most > 0) else {
            return false;
        };
        let unready = (old - self.available(from)).min(most);
        let spare = (self.available(from) + self.available(to)).saturating_sub(least);
        let left = (old - unready).saturating_sub(spare);
        self.stop(from, left);
        left < old
    }

    /// Orders the pods for a weight; the traffic moves when the last one is ready.
    fn order(&mut self, weight: Share) {
        let replicas = u128::from(self.s.fleet.replicas);
        let parts = replicas * u128::from(weight.parts());
        let pods = parts.div_ceil(u128::from(Share::ONE.parts())) as usize;
        let weight = match self.s.strategy.routing {
            Routing::Weights { .. } => weight.as_f64(),
            Routing::Pods => pods as f64 / replicas as f64,
        };
        let more = pods.saturating_sub(self.ordered(NEW));
        self.start(NEW, more, true);
        self.target = Some((weight, [0, pods]));
        self.progress();
        self.control();
    }

    /// The old version is wanted back.
    pub(super) fn turn_back(&mut self) {
        self.watching = false;
        self.cancel_plan();
        self.rolling_back = true;
        (self.seen.ending, self.seen.live_at) = (None, None);
        if self.s.strategy.replacement().is_some() {
            self.stage = self.stage.min(self.s.strategy.stages.len());
            self.progress();
            self.control();
            return;
        }
        let missing = self.replicas() - self.ordered(OLD);
        if missing > 0 {
            self.start(OLD, missing, true);
        }
        self.target = Some((0.0, [self.replicas(), 0]));
        self.control();
    }

    /// The old version serves all again.
    pub(super) fn back(&mut self) {
        self.due.deadline = None;
        self.end(Ending::RolledBack);
        let (cooldown, takes, attempts) = match &self.s.after_rollback {
            AfterRollback::Abandon => return,
            AfterRollback::Retry { cooldown, attempts } => (cooldown, 0.0, attempts),
            AfterRollback::Fix { takes, cooldown, attempts, .. } => {
                (cooldown, self.dice.draw(takes), attempts)
            }
        };
        if self.seen.attempts < *attempts {
            self.due.watch = None;
            let wait = cooldown.micros().max(super::simulator::micros(takes));
            self.due.again = Some(self.now + wait);
        }
    }

    /// The change is tried once more from the start.
    pub(super) fn try_again(&mut self) {
        self.seen.attempts += 1;
        if let AfterRollback::Fix { works, .. } = &self.s.after_rollback
            && self.dice.happens(works.as_f64())
        {
            self.world.troubles.clear();
        }
        self.state.began = vec![None; self.world.troubles.len()];
        (self.stage, self.rolling_back, self.felt) = (0, false, false);
        (self.exposed_at, self.seen.ending) = (None, None);
        // What led to the end of one attempt says nothing of the next.
        (self.seen.by, self.seen.ordered_at, self.seen.detected_at) = (None, None, None);
        self.advance();
    }

    /// Test requests before there is traffic: the faults that act from the first request on show.
    pub(super) fn check(&mut self) -> bool {
        let Some(Stage::Check(smoke)) = self.stage() else { return true };
        let mut failed = 0;
        for _ in 0..smoke.requests {
            let odds = self.world.odds(self.s, NEW, self.ticks.len(), self.dice);
            let mut fails = self.dice.happens(odds / (1.0 + odds));
            for trouble in self.world.troubles.iter().filter(|it| it.acts_at_once()) {
                fails |= self.dice.happens(trouble.signature.errors * trouble.part);
            }
            failed += u64::from(fails);
        }
        failed as f64 / smoke.requests as f64 <= smoke.over.as_f64()
    }

    /// Something was done for the rollout: its deadline moves.
    pub(super) fn progress(&mut self) {
        self.due.deadline = self.s.strategy.deadline.map(|deadline| self.now + deadline.micros());
    }

    /// Pods came: a rollout that waits for them is not stuck.
    pub(super) fn goes_on(&mut self) {
        if self.seen.ending == Some(Ending::Stuck) {
            (self.seen.ending, self.due.watch) = (None, None);
            self.progress();
        }
        if self.due.deadline.is_some() {
            self.progress();
        }
    }

    pub(super) fn stuck(&mut self) {
        if !self.rolling_back {
            self.due.pause = None;
            self.end(Ending::Stuck);
        }
    }

    /// The first traffic of the new version in this attempt.
    pub(super) fn expose(&mut self) {
        self.exposed_at = Some(self.now);
        self.seen.exposed_at.get_or_insert(self.now);
        self.served = 0.0;
        self.watching = true;
        let gates = self.s.gates.iter();
        let before: Vec<u32> = self.watches.iter().map(|watch| watch.readings).collect();
        self.watches = gates.map(|gate| Watch::new(gate, self.now)).collect();
        for (watch, readings) in self.watches.iter_mut().zip(before) {
            watch.readings = readings;
        }
    }
}

impl Seen {
    /// What was seen of a change before anything happened.
    pub(super) fn of(release: usize) -> Self {
        Self { release, attempts: 1, ..Self::default() }
    }
}
