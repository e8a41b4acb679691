//! Two fleets and one switch.

use super::{Affinity, Routing, Smoke, Stage, Strategy};
use crate::document::{At, Maybe, record};
use crate::planted::{self, Bug};
use crate::units::{Count, Share, Span};

record! {
    /// Two fleets and one switch.
    pub struct BlueGreenDoc {
        /// What is asked of the new fleet before it gets traffic.
        prePromotion => pre_promotion: Option<SmokeDoc>,
        /// Time from the order until the switch has moved the traffic.
        switch: SwitchDoc = "{}",
        /// Users stay with the fleet they met until their session ends.
        affinity: Maybe<AffinityDoc> = "none",
        /// How long the old fleet is kept after the switch; after that, going back means to start
        /// it again.
        keepOld => keep_old: Span = "1h" assumed "a first hour in which most defects show",
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
        delay: Span = "3s" assumed "the target groups of a load balancer",
    }
}

record! {
    /// Users stay with the fleet they met until their session ends.
    pub struct AffinityDoc {
        /// Mean length of what is left of a session.
        session: At<Span> = "10m" assumed "a visit",
        /// After this the rest is moved as well: the deregistration delay.
        drain: At<Span> = "5m" assumed "the deregistration delay of an AWS load balancer",
    }
}

/// A second fleet is started and tested; then one switch moves all traffic, and the old fleet
/// waits for a while, so that going back is another switch.
///
/// # What it models
/// Two target groups behind one load balancer, with session affinity and deregistration delay if
/// wanted.
/// # What it cannot show
/// Name servers with caches that hold on to the old fleet.
pub fn plan(
    delay: Span,
    smoke: Option<Smoke>,
    affinity: Option<Affinity>,
    keep_old: Span,
) -> Strategy {
    let delay = if planted::is(Bug::SwitchTakesNoTime) { Span::ZERO } else { delay };
    let check = smoke.map(Stage::Check);
    let stages = [Stage::Prepare].into_iter().chain(check);
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
