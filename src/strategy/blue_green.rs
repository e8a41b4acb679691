//! Two fleets and one switch.

use super::{Affinity, Routing, Stage, Strategy};
use crate::document::{At, Maybe, record, sum};
use crate::planted::{self, Bug};
use crate::units::{Count, Share, Span};

record! {
    /// Two fleets and one switch.
    pub struct BlueGreenDoc {
        /// What is asked of the new fleet before it gets traffic.
        prePromotion => pre_promotion: Option<SmokeDoc>,
        /// What the switch waits for when the new fleet is ready and has passed its test.
        promote: At<PromoteDoc> = "auto",
        /// Time from the order until the switch has moved the traffic.
        switch: SwitchDoc = "{}",
        /// Users stay with the fleet they met until their session ends.
        affinity: Maybe<AffinityDoc> = "none",
        /// How long the old fleet is kept after the switch; after that, going back means to start
        /// it again.
        keepOld => keep_old: At<Span> = "1h"
            assumed "a first hour in which most defects show" from "15m" to "24h",
        /// Time that a pod has to be ready before it counts as available.
        minReadySeconds => min_ready: Span = "0s",
        /// A rollout without progress for this long is stuck.
        progressDeadline => progress_deadline: Span = "10m",
    }
}

sum! {
    /// What the switch to the new fleet waits for.
    pub enum PromoteDoc {
        /// A time.
        after => After(Span),
        /// A person who approves it.
        approve => Approve,
        /// Nothing.
        auto => Auto,
    }
}

record! {
    /// Requests that test the new fleet before it gets traffic.
    pub struct SmokeDoc {
        /// How many.
        requests: At<Count> = "200",
        /// Time between two of them.
        every: Span = "1s",
        /// The change is abandoned when more than this share fails.
        over: At<Share> = "5%",
    }
}

record! {
    /// How fast the switch is.
    pub struct SwitchDoc {
        /// Time from the order until the traffic has moved.
        delay: Span = "3s" assumed "the target groups of a load balancer" from "1s" to "60s",
    }
}

record! {
    /// Users stay with the fleet they met until their session ends.
    pub struct AffinityDoc {
        /// Mean length of what is left of a session.
        session: At<Span> = "10m" assumed "a visit" from "3m" to "30m",
        /// After this the rest is moved as well: the deregistration delay.
        drain: At<Span> = "5m"
            assumed "the deregistration delay of an AWS load balancer" from "1m" to "10m",
    }
}

/// A second fleet is started; then one switch moves all traffic, and the old fleet waits for a
/// while, so that going back is another switch. Between the two is what the switch waits for: a
/// test, a time or an approval.
///
/// # What it models
/// Two target groups behind one load balancer, with session affinity and deregistration delay if
/// wanted, or two Services of Argo Rollouts.
/// # What it cannot show
/// Name servers with caches that hold on to the old fleet.
pub fn plan(
    delay: Span,
    before: impl IntoIterator<Item = Stage>,
    affinity: Option<Affinity>,
    keep_old: Span,
) -> Strategy {
    let delay = if planted::is(Bug::SwitchTakesNoTime) { Span::ZERO } else { delay };
    let stages = [Stage::Prepare].into_iter().chain(before);
    let mut stages: Vec<_> = stages.chain([Stage::SetWeight(Share::ONE)]).collect();
    if planted::is(Bug::TestAfterTheSwitch) {
        stages[1..].reverse();
    }
    Strategy {
        routing: Routing::Weights { delay },
        affinity,
        keep_old,
        ..Strategy::of("blueGreen", stages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::{Command, Seen, Signal, Smoke};
    use crate::units::Quantity;

    #[test]
    fn the_switch_waits_for_its_test_and_then_for_an_approval() {
        let over = Share::parse("5%").expect("a share");
        let smoke = Smoke { requests: 200, every: Span::from_secs(1), over };
        let before = [Stage::Check(smoke), Stage::Approve];
        let strategy = plan(Span::ZERO, before, None, Span::from_secs(30));
        let mut rollout = strategy.begin();
        let mut seen = Seen { replicas: 4, desired: [4, 4], available: [4, 3], stopping: 0 };
        assert_eq!(rollout.decide(Signal::Started, &seen), Command::Prepare);
        assert_eq!(rollout.decide(Signal::Pods, &seen), Command::Stay, "a pod is missing");
        seen.available = [4, 4];
        assert_eq!(rollout.decide(Signal::Pods, &seen), Command::Check(smoke));
        assert_eq!(rollout.decide(Signal::Satisfied, &seen), Command::Ask);
        assert_eq!(rollout.decide(Signal::Satisfied, &seen), Command::Shift(Share::ONE));
        assert_eq!(rollout.decide(Signal::Settled, &seen), Command::Bake);
    }

    #[test]
    fn who_refuses_a_promotion_abandons_the_change() {
        let strategy = plan(Span::ZERO, [Stage::Approve], None, Span::ZERO);
        let mut rollout = strategy.begin();
        let seen = Seen { replicas: 1, desired: [1, 1], available: [1, 1], stopping: 0 };
        rollout.decide(Signal::Started, &seen);
        assert_eq!(rollout.decide(Signal::Pods, &seen), Command::Ask);
        assert_eq!(rollout.decide(Signal::Refused, &seen), Command::Abandon);
    }
}
