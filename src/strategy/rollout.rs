//! A strategy in flight: what has happened, and what is wanted next.

use clockwork::Span;

use super::{NEW, OLD, Replacement, Smoke, Stage, Strategy, rolling};
use crate::controller::kubernetes::Kept;
use crate::units::Share;

/// What has happened, as far as a rollout can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The change starts.
    Started,
    /// Pods came or went.
    Pods,
    /// The traffic is where it was ordered.
    Settled,
    /// The pause is over.
    Elapsed,
    /// What was waited for has come: a gate has passed, a person approves, the test was passed.
    Satisfied,
    /// A person refuses, or the test was failed.
    Refused,
    /// A person wants to go on although the rollout holds.
    Resumed,
}

/// The pods as a controller sees them, by version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The pods that each version shall have when nothing is under way.
    pub replicas: u32,
    /// The pods that were ordered.
    pub desired: [u32; 2],
    /// Those of them that have been ready for long enough.
    pub available: [u32; 2],
    /// Pods that were told to stop and are not gone.
    pub stopping: u32,
}

/// What a rollout wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Nothing, until something happens.
    Stay,
    /// Get the pods for this weight and move the traffic.
    Shift(Share),
    /// Get a whole fleet of the new version.
    Prepare,
    /// Tell the Deployment to run this version.
    Update(usize),
    /// Have so many pods of each version.
    Scale([u32; 2]),
    /// Wait.
    Wait(Span),
    /// Wait for a gate, and hold when it takes too long.
    WaitFor {
        /// Which gate, by its place in the scenario.
        gate: usize,
        /// Passes in a row.
        passes: u32,
        /// Hold when this time is over.
        at_most: Span,
    },
    /// Wait for a person.
    Ask,
    /// Send test requests to the new fleet.
    Check(Smoke),
    /// Stay as it is until somebody decides.
    Hold,
    /// Leave the pods as they are until somebody deletes them or keeps fewer.
    Rest,
    /// The release failed its test: go back.
    Abandon,
    /// Every stage is done: bake, then promote.
    Bake,
    /// Everything is as it was before.
    Back,
}

/// A strategy in flight.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'plan> {
    strategy: &'plan Strategy,
    next: usize,
    back: bool,
    /// Whether it has said that everything is as it was before.
    over: bool,
    /// What the Deployment was told last to run.
    told: usize,
    /// Whether it leaves the pods as they are.
    rests: bool,
}

impl<'plan> Rollout<'plan> {
    pub(super) fn new(strategy: &'plan Strategy) -> Self {
        Self { strategy, next: 0, back: false, over: false, told: OLD, rests: false }
    }

    /// The stage in progress, counted from zero, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.next.saturating_sub(1), self.strategy.stages.len())
    }

    /// From now on the old version is wanted back.
    pub fn turn_back(&mut self) {
        self.back = true;
    }

    /// Whether the old version is wanted back.
    pub fn is_back(&self) -> bool {
        self.back
    }

    /// Whether it has nothing more to do: every stage is done, or everything is as it was.
    pub fn is_over(&self) -> bool {
        if self.back { self.over } else { self.next > self.strategy.stages.len() }
    }

    /// The test of the new fleet, while that is in progress.
    pub fn check(&self) -> Option<Smoke> {
        match self.stage() {
            Some(Stage::Check(smoke)) => Some(smoke),
            _ => None,
        }
    }

    fn stage(&self) -> Option<Stage> {
        let stages = &self.strategy.stages;
        self.next.checked_sub(1).and_then(|done| stages.get(done)).copied()
    }

    /// What to do now that `signal` has come. Touches nothing but its own progress.
    pub fn decide(&mut self, signal: Signal, seen: &Seen) -> Command {
        if self.back {
            return match self.strategy.replacement() {
                Some(how) if !self.over => {
                    let next = self.replace(how, seen, NEW, OLD);
                    self.over = next.is_none();
                    next.unwrap_or(Command::Back)
                }
                _ => Command::Stay,
            };
        }
        match (signal, self.stage()) {
            (Signal::Pods | Signal::Resumed, Some(Stage::Replace(how))) => {
                self.replace(how, seen, OLD, NEW).unwrap_or_else(|| self.advance(seen))
            }
            (Signal::Pods | Signal::Resumed, Some(Stage::Prepare))
                if seen.available[NEW] >= seen.replicas =>
            {
                self.advance(seen)
            }
            // What stopped it may have come before the traffic had moved.
            (Signal::Resumed, Some(Stage::SetWeight(weight))) => Command::Shift(weight),
            (Signal::Pods, _) | (Signal::Resumed, Some(Stage::Prepare)) => Command::Stay,
            (Signal::Elapsed, Some(Stage::PauseUntil { .. })) => Command::Hold,
            (Signal::Refused, Some(Stage::Check(_) | Stage::Approve)) => Command::Abandon,
            _ => self.advance(seen),
        }
    }

    fn advance(&mut self, seen: &Seen) -> Command {
        let Some(stage) = self.strategy.stages.get(self.next) else {
            // Pods that come and go during the bake are nobody's concern.
            self.next = self.strategy.stages.len() + 1;
            return Command::Bake;
        };
        self.next += 1;
        match *stage {
            Stage::SetWeight(weight) => Command::Shift(weight),
            Stage::Pause(span) => Command::Wait(span),
            Stage::PauseUntil { gate, passes, at_most } => {
                Command::WaitFor { gate, passes, at_most }
            }
            Stage::Approve => Command::Ask,
            // Only a controller of its own has such stages, and then nobody asks here.
            Stage::Controlled(_) => Command::Stay,
            Stage::Prepare => Command::Prepare,
            Stage::Check(smoke) => Command::Check(smoke),
            Stage::Replace(how) => {
                self.replace(how, seen, OLD, NEW).unwrap_or_else(|| self.advance(seen))
            }
        }
    }

    /// What replaces the pods of version `from` by those of `to`; nothing when that is done. Where
    /// a Deployment does it, it is told once.
    fn replace(
        &mut self,
        how: Replacement,
        seen: &Seen,
        from: usize,
        to: usize,
    ) -> Option<Command> {
        let has_deployment = self.strategy.deployment.is_some();
        if has_deployment && std::mem::replace(&mut self.told, to) != to {
            return Some(Command::Update(to));
        }
        let kept = kept(how, seen.replicas, to);
        let is_done = seen.is_done(from, to, kept);
        self.rests = how.is_by_hand() && !is_done || to == NEW && kept >= seen.replicas;
        match how {
            _ if self.rests => Some(Command::Rest),
            _ if is_done => None,
            _ if has_deployment => Some(Command::Stay),
            _ => Some(replace(how, seen, from, to)),
        }
    }

    /// Whether it leaves the pods as they are until somebody does something.
    pub fn rests(&self) -> bool {
        self.rests
    }

    /// Whether it left the pods as they are, and somebody has seen to it since that all are
    /// replaced that shall be: by deleting pods, or by asking for more than are kept.
    pub fn was_done_by_hand(&self, seen: &Seen) -> bool {
        let (from, to) = if self.back { (NEW, OLD) } else { (OLD, NEW) };
        let Some(how) = self.strategy.replacement().filter(|_| self.rests) else { return false };
        let kept = kept(how, seen.replicas, to);
        kept < seen.replicas && seen.is_done(from, to, kept)
    }
}

impl Replacement {
    /// Whether somebody has to delete pods.
    fn is_by_hand(self) -> bool {
        matches!(self, Self::Rolling(_, Kept::Undeleted))
    }
}

/// Pods that are not replaced by those of version `to`. All go back to what they were, and what
/// somebody has to delete is not kept for ever.
fn kept(how: Replacement, replicas: u32, to: usize) -> u32 {
    match how {
        Replacement::Rolling(_, kept @ Kept::Below(_)) if to == NEW => kept.of(replicas),
        _ => 0,
    }
}

impl Seen {
    /// Whether every pod is of version `to` and available, but so many that are kept.
    fn is_done(&self, from: usize, to: usize, kept: u32) -> bool {
        let Self { desired, available, replicas, .. } = *self;
        let wanted = replicas.saturating_sub(kept);
        desired[from] == kept && desired[to] == wanted && available[to] >= wanted
    }
}

/// What replaces the pods of version `from` by those of `to`, as long as that is not done.
fn replace(how: Replacement, seen: &Seen, from: usize, to: usize) -> Command {
    let Seen { desired, replicas, stopping, .. } = *seen;
    let next = match how {
        Replacement::Rolling(bounds, _) => {
            rolling::next(bounds, seen, (from, to), kept(how, replicas, to))
        }
        Replacement::Recreate if desired[from] > 0 => {
            let mut next = desired;
            next[from] = 0;
            next
        }
        Replacement::Recreate if stopping > 0 => desired,
        Replacement::Recreate => {
            let mut next = desired;
            next[to] = replicas;
            next
        }
    };
    if next == desired { Command::Stay } else { Command::Scale(next) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::kubernetes::Fenceposts;
    use crate::strategy::{Routing, canary, rolling};
    use crate::units::Quantity;

    const NOTHING: Seen = Seen { replicas: 10, desired: [10, 0], available: [10, 0], stopping: 0 };

    #[test]
    fn a_canary_walks_its_steps_and_ends_with_all_traffic() {
        let weight = Share::parse("10%").unwrap();
        let pause = Span::from_mins(5);
        let steps = vec![Stage::SetWeight(weight), Stage::Pause(pause)];
        let strategy = canary(steps, Routing::Pods);
        let mut rollout = strategy.begin();
        assert_eq!(rollout.decide(Signal::Started, &NOTHING), Command::Shift(weight));
        assert_eq!(rollout.decide(Signal::Settled, &NOTHING), Command::Wait(pause));
        assert_eq!(rollout.decide(Signal::Elapsed, &NOTHING), Command::Shift(Share::ONE));
        assert_eq!(rollout.decide(Signal::Settled, &NOTHING), Command::Bake);
    }

    #[test]
    fn a_gated_pause_that_takes_too_long_holds() {
        let until = Stage::PauseUntil { gate: 0, passes: 3, at_most: Span::from_mins(30) };
        let strategy = canary(vec![until], Routing::Pods);
        let mut rollout = strategy.begin();
        rollout.decide(Signal::Started, &NOTHING);
        assert_eq!(rollout.decide(Signal::Elapsed, &NOTHING), Command::Hold);
    }

    /// Every pod is ready as soon as somebody looks again.
    fn path(bounds: Fenceposts, replicas: u32) -> Vec<[u32; 2]> {
        let strategy = rolling(bounds, Span::ZERO, Span::from_mins(10));
        let mut rollout = strategy.begin();
        let mut seen = Seen { replicas, desired: [replicas, 0], ..NOTHING };
        seen.available = [replicas, 0];
        let mut path = vec![seen.desired];
        let mut command = rollout.decide(Signal::Started, &seen);
        while command != Command::Bake {
            match command {
                Command::Scale(desired) => {
                    seen.desired = desired;
                    seen.available = [0, 1].map(|v| seen.available[v].min(desired[v]));
                    path.push(desired);
                }
                _ => seen.available = seen.desired,
            }
            command = rollout.decide(Signal::Pods, &seen);
        }
        path
    }

    #[test]
    fn one_pod_at_a_time_as_the_handbook_tells_it() {
        let one = Fenceposts { surge: 1, unavailable: 0 };
        let path = path(one, 3);
        let told = [[3, 0], [3, 1], [2, 1], [2, 2], [1, 2], [1, 3], [0, 3]];
        assert_eq!(path, told);
    }

    #[test]
    fn a_rollback_on_the_way_stops_unready_pods_first() {
        // Six replicas, maxSurge 2, maxUnavailable 1: the path of a recorded trace.
        let strategy =
            rolling(Fenceposts { surge: 2, unavailable: 1 }, Span::ZERO, Span::from_mins(10));
        let mut rollout = strategy.begin();
        rollout.decide(Signal::Started, &Seen { replicas: 6, ..NOTHING });
        rollout.turn_back();
        let mut seen = Seen { replicas: 6, desired: [2, 6], available: [2, 3], stopping: 0 };
        let mut path = vec![seen.desired];
        for _ in 0..20 {
            match rollout.decide(Signal::Pods, &seen) {
                Command::Scale(desired) => {
                    path.push(desired);
                    seen.desired = desired;
                    seen.available = [0, 1].map(|v| seen.available[v].min(desired[v]));
                }
                Command::Back => break,
                _ => seen.available = seen.desired,
            }
        }
        assert_eq!(path, [[2, 6], [2, 3], [5, 3], [5, 0], [6, 0]]);
    }
}
