//! How a release reaches users: a plan of stages, frozen, and the small progress through it.

mod all_at_once;
mod canary;
mod document;

pub use all_at_once::{AllAtOnce, AllAtOnceDoc};
pub use canary::{Canary, CanaryDoc, PauseDoc, PauseUntilDoc, StepDoc};
pub use document::{RoutingDoc, StrategyDoc};

use clockwork::Span;

use crate::units::Share;

/// The strategies.
#[derive(Clone, Debug, PartialEq)]
pub enum Strategy {
    /// See [`AllAtOnce`].
    AllAtOnce(AllAtOnce),
    /// See [`Canary`].
    Canary(Canary),
}

impl Strategy {
    /// Every strategy's name in a scenario, in alphabetical order.
    pub const NAMES: &'static [&'static str] = &["allAtOnce", "canary"];

    /// Its name in a scenario.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AllAtOnce(_) => "allAtOnce",
            Self::Canary(_) => "canary",
        }
    }

    /// What it does, in order; it ends with all traffic on the new version.
    pub fn stages(&self) -> &[Stage] {
        match self {
            Self::AllAtOnce(_) => AllAtOnce::STAGES,
            Self::Canary(strategy) => strategy.stages(),
        }
    }

    /// How traffic is moved.
    pub fn routing(&self) -> Routing {
        match self {
            Self::AllAtOnce(strategy) => strategy.routing,
            Self::Canary(strategy) => strategy.routing,
        }
    }

    /// The rollout of this strategy, before its first stage.
    pub fn begin(&self) -> Rollout<'_> {
        Rollout { stages: self.stages(), next: 0 }
    }
}

/// How a weight becomes traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// A router splits the requests exactly, `delay` after the order. The old fleet stays whole
    /// until all traffic has moved.
    Weights {
        /// Time from the order until the router has the weight.
        delay: Span,
    },
    /// The weight is the share of pods, rounded up to whole pods; old pods make room.
    Pods,
}

/// One stage of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Move this share of the traffic to the new version and wait until it has moved.
    SetWeight(Share),
    /// Wait.
    Pause(Span),
    /// Wait until gate `gate` has passed `passes` times in a row; hold if that takes too long.
    PauseUntil {
        /// Which gate, by its place in the scenario.
        gate: usize,
        /// Passes in a row.
        passes: u32,
        /// Hold when this time is over.
        at_most: Span,
    },
}

/// What has happened, as far as a rollout can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The change starts.
    Started,
    /// The traffic is where it was ordered.
    Settled,
    /// The pause is over.
    Elapsed,
    /// The gates that were waited for have passed.
    Satisfied,
}

/// What a rollout wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Get the pods for this weight and move the traffic.
    Shift(Share),
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
    /// Stay as it is until somebody decides.
    Hold,
    /// Every stage is done: bake, then promote.
    Bake,
}

/// A strategy in flight.
#[derive(Clone, Debug)]
pub struct Rollout<'plan> {
    stages: &'plan [Stage],
    next: usize,
}

impl Rollout<'_> {
    /// The stage in progress, counted from zero, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.next.saturating_sub(1), self.stages.len())
    }

    /// What to do now that `signal` has come. Touches nothing but its own progress.
    pub fn decide(&mut self, signal: Signal) -> Command {
        let waited = self.next.checked_sub(1).map(|done| self.stages[done]);
        if let (Signal::Elapsed, Some(Stage::PauseUntil { .. })) = (signal, waited) {
            return Command::Hold;
        }
        let Some(stage) = self.stages.get(self.next) else {
            return Command::Bake;
        };
        self.next += 1;
        match *stage {
            Stage::SetWeight(weight) => Command::Shift(weight),
            Stage::Pause(span) => Command::Wait(span),
            Stage::PauseUntil { gate, passes, at_most } => {
                Command::WaitFor { gate, passes, at_most }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Quantity;

    #[test]
    fn a_canary_walks_its_steps_and_ends_with_all_traffic() {
        let weight = Share::parse("10%").unwrap();
        let pause = Span::from_mins(5);
        let steps = vec![Stage::SetWeight(weight), Stage::Pause(pause)];
        let strategy = Strategy::Canary(Canary::new(steps, Routing::Pods));
        let mut rollout = strategy.begin();
        assert_eq!(rollout.decide(Signal::Started), Command::Shift(weight));
        assert_eq!(rollout.decide(Signal::Settled), Command::Wait(pause));
        assert_eq!(rollout.decide(Signal::Elapsed), Command::Shift(Share::ONE));
        assert_eq!(rollout.decide(Signal::Settled), Command::Bake);
    }

    #[test]
    fn a_gated_pause_that_takes_too_long_holds() {
        let until = Stage::PauseUntil { gate: 0, passes: 3, at_most: Span::from_mins(30) };
        let strategy = Strategy::Canary(Canary::new(vec![until], Routing::Pods));
        let mut rollout = strategy.begin();
        rollout.decide(Signal::Started);
        assert_eq!(rollout.decide(Signal::Elapsed), Command::Hold);
    }
}
