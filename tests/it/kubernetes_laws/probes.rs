//! Probes: what is calculated is what the loop does.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::WallClock;
use coalmine::controller::kubernetes::probe::{Health, Kind, Life, Probe, Probed};
use proptest::prelude::*;

use super::config;

/// Instants and spans on a grid of a quarter of a second meet each other often.
fn quarters(most: u64) -> impl Strategy<Value = Span> {
    prop_oneof![
        (0..most).prop_map(|quarters| Span::from_millis(250 * quarters)),
        (0..most * 250).prop_map(Span::from_millis),
    ]
}

fn at(most: u64) -> impl Strategy<Value = Instant> {
    quarters(most).prop_map(|span| Instant::ZERO + span)
}

fn probe() -> impl Strategy<Value = Probe> {
    let seconds = |least: u64, most: u64| (least..=most).prop_map(Span::from_secs);
    (seconds(0, 5), seconds(1, 4), seconds(1, 6), 1..4_u32, 1..5_u32).prop_map(
        |(initial_delay, period, timeout, success_threshold, failure_threshold)| Probe {
            initial_delay,
            period,
            timeout,
            success_threshold,
            failure_threshold,
        },
    )
}

fn health() -> impl Strategy<Value = Health> {
    let ever = |most| prop_oneof![3 => at(most), 1 => Just(Instant::NEVER)];
    (ever(160), ever(320), quarters(30), quarters(30)).prop_map(
        |(from, until, answers_in, fails_in)| Health { from, until, answers_in, fails_in },
    )
}

fn probed(once: bool) -> impl Strategy<Value = Option<Probed>> {
    prop::option::weighted(
        0.7,
        (probe(), at(20), health()).prop_map(move |(mut probe, tick, health)| {
            if once {
                probe.success_threshold = 1;
            }
            Probed { probe, tick, health }
        }),
    )
}

prop_compose! {
    fn life()(
        started in at(40),
        seen in quarters(5),
        clock in quarters(4),
        startup in probed(true),
        readiness in probed(false),
        liveness in probed(true),
        deleted in prop_oneof![2 => Just(Instant::NEVER), 1 => at(200)],
    ) -> Life {
        // Later than any fraction of a second that is cut off.
        let started = started + Span::from_secs(2);
        let clock = WallClock::starting_at(clock);
        Life { started, seen: started + seen, clock, startup, readiness, liveness, deleted }
    }
}

/// Long after everything that these lives have in them.
const END: Instant = Instant::ZERO;
const LONG: Span = Span::from_secs(400);

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn the_course_of_a_container_is_what_its_probes_do(life in life()) {
        prop_assert_eq!(life.course(), life.replay(END + LONG));
    }

    #[test]
    fn a_container_is_ready_only_between_its_start_and_its_end(life in life()) {
        let course = life.course();
        let end = course.killed.map_or(Instant::NEVER, |(_, at)| at);
        prop_assert!(course.started.is_none_or(|at| life.seen <= at && at <= end));
        prop_assert!(course.ready.is_none_or(|at| course.started.is_some_and(|it| it <= at)));
        prop_assert!(course.ready.is_none_or(|at| at <= end));
        prop_assert!(course.unready.is_none_or(|at| course.ready.is_some_and(|it| it <= at)));
        prop_assert!(course.killed.is_none_or(|(_, at)| at < life.deleted.max(life.seen)));
        let starting = course.killed.is_some_and(|(kind, _)| kind == Kind::Startup);
        prop_assert!(!(starting && course.started.is_some()));
    }
}

/// Every ten seconds, three failures: 20 s to 30 s after it broke, as the phase has it.
#[test]
fn by_default_a_container_is_unready_twenty_to_thirty_seconds_after_it_broke() {
    let second = |seconds| Instant::ZERO + Span::from_secs(seconds);
    for broken in 100..110 {
        let health = Health::between(Instant::ZERO, second(broken));
        let probed = Probed { probe: Probe::default(), tick: Instant::ZERO, health };
        let life = Life {
            started: second(5),
            seen: second(5),
            clock: WallClock::default(),
            startup: None,
            readiness: Some(probed),
            liveness: None,
            deleted: Instant::NEVER,
        };
        let course = life.course();
        assert_eq!(course.ready, Some(second(5)), "it is asked at once");
        // The ticker restarts with the first question, at 5 s.
        let first = if broken <= 105 { 105 } else { 115 };
        assert_eq!(course.unready, Some(second(first + 20)));
    }
}
