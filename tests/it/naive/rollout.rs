//! What happens to a rollout: pods get ready, traffic moves, gates read and act, stages follow.

use coalmine::fault::Wear;
use coalmine::gate::{Action, Combine, Window};
use coalmine::simulation::{By, Ending};
use coalmine::strategy::Routing;

use super::pods::Condition;
use super::simulator::{Due, Run, micros};
use super::world::{NEW, OLD};

impl Run<'_, '_> {
    /// Everything that is due now, in order: onsets, pods, gates, then the controller. Says
    /// whether the watched time is over.
    pub(super) fn happen(&mut self) -> bool {
        let now = self.now;
        loop {
            for fault in 0..self.state.began.len() {
                if self.onset(fault).is_some_and(|at| at <= now) {
                    self.state.began[fault] = Some(now);
                }
            }
            self.feel();
            if self.pods_change() {
                self.control();
            }
            self.note_harm();
            let mut satisfied = false;
            if self.watching {
                satisfied = self.read_gates();
            }
            if is_now(&mut self.due.shift, now) {
                self.settle();
            } else if is_now(&mut self.due.drained, now) {
                self.note_share();
                self.state.sessions = None;
                self.moved();
                let weight = self.state.weight;
                let held = self.seen.ending == Some(Ending::Held);
                if !(held || self.rolling_back && weight > 0.0) {
                    self.arrived(weight);
                }
            } else if satisfied {
                self.advance();
            } else if is_now(&mut self.due.pause, now) {
                self.elapsed();
            } else if is_now(&mut self.due.check, now) {
                if self.check() {
                    self.advance();
                } else {
                    self.seen.detected_at = Some(now);
                    (self.seen.ordered_at, self.seen.by) = (Some(now), Some(By::Strategy));
                    self.turn_back();
                }
            } else if is_now(&mut self.due.retire, now) {
                self.stop(OLD, 0);
            } else if is_now(&mut self.due.deadline, now) {
                self.stuck();
            } else if is_now(&mut self.due.bake, now) {
                self.end(Ending::Promoted);
            } else if is_now(&mut self.due.again, now) {
                self.try_again();
            } else if is_now(&mut self.due.watch, now) {
                return true;
            } else {
                self.note_harm();
                return false;
            }
        }
    }

    /// The traffic goes where it was ordered; where users are bound, as their sessions end.
    fn settle(&mut self) {
        let Some((weight, _)) = self.target.take() else { return };
        if self.s.strategy.routing == Routing::Pods {
            let replicas = self.s.fleet.replicas as usize;
            let new = (weight * replicas as f64).round() as usize;
            self.stop(OLD, replicas - new);
            self.stop(NEW, new);
            self.follow_pods();
            self.arrived(weight);
            return;
        }
        let sticky = self.s.traffic.users.sticky;
        let share = if sticky { self.world.sticky_share(self.s, weight) } else { weight };
        let before = self.share(self.now);
        (self.state.weight, self.state.share, self.state.due) = (weight, share, share);
        (self.state.sessions, self.due.drained) = (None, None);
        match self.s.strategy.affinity {
            Some(affinity) if share != before => {
                self.state.sessions = Some((before, self.now));
                self.due.drained = Some(self.now + affinity.drain.micros());
                self.moved();
            }
            _ => {
                self.moved();
                self.arrived(weight);
            }
        }
    }

    /// All of the traffic is where it was ordered.
    fn arrived(&mut self, weight: f64) {
        if weight == 0.0 {
            self.stop(NEW, 0);
        } else if weight == 1.0 {
            match self.s.strategy.keep_old.micros() {
                0 => self.stop(OLD, 0),
                keep => self.due.retire = Some(self.now + keep),
            }
        }
        if self.rolling_back {
            self.back();
        } else {
            self.advance();
        }
    }

    /// The share of the new version may have changed.
    pub(super) fn moved(&mut self) {
        if self.exposed_at.is_none() && self.state.share > 0.0 {
            self.expose();
        }
        self.note_share();
    }

    fn note_share(&mut self) {
        let share = self.share(self.now);
        self.seen.peak_share = self.seen.peak_share.max(share);
    }

    /// What wears pods out, once it has begun.
    pub(super) fn wear(&self) -> Option<Wear> {
        let troubles = self.world.troubles.iter().zip(&self.state.began);
        let mut begun = troubles.filter(|(_, began)| began.is_some());
        begun.find_map(|(trouble, _)| trouble.signature.wear)
    }

    /// Whether what wears out is felt by now: from then on it is harm.
    fn feel(&mut self) {
        if let Some(wear) = self.wear() {
            let pods = &self.state.pods[NEW];
            self.felt |= pods.iter().any(|pod| pod.used >= wear.felt_at() - 1e-8);
        }
    }

    /// Until when fresh pods of the new version are slower than those of the old one would be.
    pub(super) fn warm_at(&self) -> Option<u64> {
        let cold = self.world.troubles.iter().filter_map(|trouble| trouble.signature.cold);
        let warm = micros(cold.map(|cold| cold.warm_after()).fold(0.0, f64::max));
        let ready = self.state.pods[NEW].iter().filter_map(|pod| pod.ready).max()?;
        (warm > 0 && ready + warm > self.now).then_some(ready + warm)
    }

    /// Harm goes on while a fault that acts meets traffic, or pods that are missing because of it.
    pub(super) fn is_harming(&self) -> bool {
        let troubles = self.world.troubles.iter().zip(&self.state.began);
        let acts = troubles.into_iter().any(|(trouble, began)| began.is_some() && trouble.hits());
        let met = self.state.share > 0.0 || self.state.sessions.is_some();
        let missing = self.serving(OLD) + self.serving(NEW) < self.s.fleet.replicas as usize
            && self.state.pods[NEW].iter().any(|pod| pod.condition == Condition::Down);
        met && (acts || self.felt || self.warm_at().is_some()) || missing
    }

    fn note_harm(&mut self) {
        if self.is_harming() {
            self.seen.harm_began.get_or_insert(self.now);
            self.seen.harm_ended = None;
        } else if self.seen.harm_began.is_some() {
            self.seen.harm_ended.get_or_insert(self.now);
        }
    }

    /// All gates that are due read first; then those that have something to say act, in order.
    /// Says whether a gate has passed as often as was waited for.
    fn read_gates(&mut self) -> bool {
        let due = |watch: &super::watch::Watch| watch.due() == Some(self.now);
        let readers: Vec<usize> =
            (0..self.watches.len()).filter(|gate| due(&self.watches[*gate])).collect();
        for gate in &readers {
            let verdict = self.s.gates[*gate].verdict(&self.window(*gate));
            self.watches[*gate].book(verdict);
        }
        let mut satisfied = false;
        for gate in readers {
            if self.watches[gate].tripped {
                let all = self.watches.iter().all(|watch| watch.tripped);
                if self.watching && (self.s.combine == Combine::Any || all) {
                    satisfied = false;
                    match self.s.gates[gate].action {
                        Action::Rollback => self.roll_back(gate),
                        Action::Pause => self.hold(Some(gate)),
                    }
                }
            } else if let Some((_, passes)) = self.wanted.filter(|wanted| wanted.0 == gate)
                && self.watches[gate].passes >= passes
            {
                (self.wanted, self.due.pause) = (None, None);
                satisfied = true;
            }
        }
        satisfied
    }

    /// Whole ticks that were scraped and delivered, the last so many of them.
    fn window(&self, gate: usize) -> Window {
        let to = self.now.saturating_sub(self.s.delay.micros()) / self.s.tick.micros();
        let from = to.saturating_sub(u64::from(self.s.gates[gate].window));
        let seconds = (self.s.tick * (to - from)).as_secs_f64();
        let mut window = Window { seconds, ..Window::default() };
        for tick in &self.ticks[from as usize..to as usize] {
            let [mut old, mut new] = tick.tally;
            (old.beyond, new.beyond) = (tick.beyond[OLD][gate], tick.beyond[NEW][gate]);
            (window.old, window.new) = (window.old + old, window.new + new);
        }
        window
    }

    fn roll_back(&mut self, gate: usize) {
        let failures = self.watches.iter().filter_map(|watch| watch.first_failure);
        self.seen.detected_at = match self.s.combine {
            Combine::Any => self.watches[gate].first_failure,
            Combine::All => failures.min(),
        };
        (self.seen.ordered_at, self.seen.by) = (Some(self.now), Some(By::Gate(gate as u8)));
        self.turn_back();
    }

    /// Stops where it is. Who orders that again later changes nothing.
    pub(super) fn hold(&mut self, gate: Option<usize>) {
        if self.seen.ending == Some(Ending::Held) {
            return;
        }
        self.cancel_plan();
        if let Some(gate) = gate {
            self.seen.detected_at = self.watches[gate].first_failure;
            (self.seen.ordered_at, self.seen.by) = (Some(self.now), Some(By::Gate(gate as u8)));
        }
        self.end(Ending::Held);
    }

    pub(super) fn cancel_plan(&mut self) {
        self.note_share();
        (self.wanted, self.target) = (None, None);
        self.due = Due { drained: self.due.drained, ..Due::default() };
    }

    /// Gates watch on over a rollout that is held or stuck.
    pub(super) fn end(&mut self, ending: Ending) {
        self.watching &= matches!(ending, Ending::Held | Ending::Stuck);
        (self.seen.ending, self.seen.ended_at) = (Some(ending), self.now);
        self.due.watch = Some(self.now + self.s.watch.micros());
    }
}

fn is_now(timer: &mut Option<u64>, now: u64) -> bool {
    timer.take_if(|at| *at == now).is_some()
}
