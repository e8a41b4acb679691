//! What is lost when a pod stops, and how far evictions go.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::disruption::{Budget, Drain, Unhealthy, Victim};
use coalmine::controller::kubernetes::termination::Shutdown;
use coalmine::units::Portion;
use proptest::prelude::*;

use super::config;

fn millis(most: u64) -> impl Strategy<Value = Span> {
    (0..most).prop_map(Span::from_millis)
}

prop_compose! {
    fn shutdown()(
        grace in 0..60_u64,
        pre_stop in millis(70_000),
        lame_duck in millis(20_000),
        more in millis(50_000),
    ) -> Shutdown {
        Shutdown { grace: Span::from_secs(grace), pre_stop, lame_duck, drain: lame_duck + more }
    }
}

fn budget() -> impl Strategy<Value = Budget> {
    let portion =
        prop_oneof![(0..12_u32).prop_map(Portion::Count), (0..=100_u32).prop_map(Portion::Percent)];
    (any::<bool>(), portion).prop_map(|(available, portion)| {
        if available { Budget::MinAvailable(portion) } else { Budget::MaxUnavailable(portion) }
    })
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn new_connections_are_lost_only_while_routers_do_not_know(
        shutdown in shutdown(),
        spread in millis(60_000),
    ) {
        let deleted = Instant::ZERO + Span::from_secs(1);
        let ending = shutdown.ending(deleted);
        let lost = ending.lost(deleted, spread);
        prop_assert!(lost <= spread);
        let served = shutdown.pre_stop + shutdown.lame_duck;
        prop_assert!(lost >= spread - served);
        // A hook within the grace that lasts until everybody knows loses nothing.
        if shutdown.pre_stop >= spread && shutdown.grace >= spread {
            prop_assert_eq!(lost, Span::ZERO);
        }
        // With room for both it is what they leave.
        if served + Span::from_secs(1) <= shutdown.grace {
            prop_assert_eq!(lost, spread - served);
        }
    }

    #[test]
    fn a_container_ends_within_its_grace_and_two_seconds(shutdown in shutdown()) {
        let told = Instant::ZERO + Span::from_secs(1);
        let ending = shutdown.ending(told);
        let least = Span::from_secs(2);
        // A hook is counted in whole seconds, so up to one is given away.
        prop_assert!(ending.ended - told <= shutdown.grace.max(least) + least);
        prop_assert!(told <= ending.sigterm && ending.sigterm <= ending.ended);
        prop_assert!(ending.deaf <= ending.ended);
        prop_assert_eq!(ending.killed, ending.ended - ending.sigterm < shutdown.drain);
    }

    #[test]
    fn evictions_never_leave_fewer_healthy_pods_than_the_budget_asks_for(
        budget in budget(),
        replicas in 0..20_u32,
        broken in 0..20_u32,
    ) {
        let healthy = replicas.saturating_sub(broken);
        let mut status = budget.disruptions(replicas, replicas, healthy);
        let pod = Victim { running: true, ready: true };
        let mut drain = Drain::begin(0..healthy, Instant::ZERO);
        let gone = drain.step(Instant::ZERO, |_| status.evict(pod, Unhealthy::default()));
        let left = healthy - gone.len() as u32;
        prop_assert!(gone.is_empty() || left >= status.desired);
        // And no pod waits that could go.
        let waiting = drain.wake() < Instant::NEVER;
        prop_assert!(!waiting || left <= status.desired);
        prop_assert!(!waiting || drain.wake() == Instant::ZERO + Span::from_secs(5));
    }
}
