//! Where versions of Argo Rollouts differ, each difference by what it does to a rollout; and what
//! operators, experiments and routes do.

use std::io::Write;
use std::process::{Command, Stdio};

use clockwork::{Instant, Span};
use coalmine::controller::argo::{
    AbortDelay, AutoPromotion, BlueGreen, Canary, Conditions, Counts, Doing, Plan, Routed, Saying,
    Standing, Step, Version,
};
use coalmine::controller::delivery::{Action, Answer, Order};
use coalmine::units::Share;

use super::running::{Cluster, plan};

fn at(secs: u64) -> Instant {
    Instant::ZERO + Span::from_secs(secs)
}

/// A canary of ten pods with a router, that pauses five minutes at each weight.
fn routed(weights: &[u32]) -> Plan {
    let steps = |weight: &u32| {
        let pause = (Step::Other, Doing::Pause(Some(Span::from_mins(5))));
        [(Step::SetWeight(*weight), Doing::Weight), pause]
    };
    let (steps, doing): (Vec<Step>, Vec<Doing>) = weights.iter().flat_map(steps).unzip();
    let mut canary = Canary::new(10, steps);
    canary.is_routed = true;
    let mut plan = plan(canary, doing, 0, 0);
    plan.background = None;
    plan
}

#[test]
fn before_1_10_pods_that_are_kept_for_a_while_hold_an_abort_up() {
    for (version, left) in [(Version::V1_9, 0.2), (Version::V1_10, 0.0)] {
        let mut plan = routed(&[20, 50]);
        plan.background = Some((0, 0));
        plan.canary.is_stable_dynamic = true;
        plan.canary.abort_delay = AbortDelay { seconds: Some(20), is_explicit: true };
        plan.canary.version = version;
        let mut cluster = Cluster::new(&plan);
        cluster.bad = (at(400), Answer::Scalar(0.5));
        cluster.run(at(7200));
        assert_eq!(cluster.share(at(7200), &plan), left, "{version}: {:?}", cluster.sayings);
    }
}

#[test]
fn before_1_10_a_version_may_have_more_pods_than_there_are_replicas() {
    for (version, pods) in [(Version::V1_9, 5), (Version::V1_10, 3)] {
        let mut canary = Canary::new(3, vec![Step::SetWeight(20)]);
        (canary.is_routed, canary.min_pods, canary.version) = (true, Some(5), version);
        let stable = Some(Counts { spec: 3, available: 3 });
        let routed = Routed { new: Some(Counts { spec: 0, available: 0 }), stable };
        assert_eq!(routed.replicas(&canary, Standing::default(), None), (pods, 3), "{version}");
    }
}

#[test]
fn before_1_9_an_analysis_of_pods_that_fall_out_succeeds() {
    for (version, is_promoted) in [(Version::V1_8, true), (Version::V1_9, false)] {
        let mut canary = Canary::new(4, Vec::new());
        (canary.is_routed, canary.version) = (true, version);
        let mut plan = plan(canary, Vec::new(), 0, 0);
        plan.background = None;
        plan.analyses[0].metrics[0].metric.count = 5;
        plan.blue_green = Some(BlueGreen {
            preview_replicas: None,
            promotion: AutoPromotion::AtOnce,
            pre: None,
            post: Some(0),
            is_delay_explicit: false,
        });
        let mut cluster = Cluster::new(&plan);
        (cluster.broken, cluster.mended) = (at(50), at(60));
        cluster.bad = (at(65), Answer::Scalar(0.5));
        cluster.run(at(3600));
        let ended = cluster.ends.contains(&Action::Promoted);
        assert_eq!(ended, is_promoted, "{version}: {:?}", cluster.sayings);
    }
}

#[test]
fn promote_ends_a_pause_or_skips_a_step() {
    let plan = routed(&[20, 50]);
    let mut cluster = Cluster::new(&plan);
    cluster.orders = vec![(at(60), Order::Promote), (at(65), Order::Promote)];
    cluster.run(at(120));
    // The pause is over at once; the step to 50 %, whose pods start, is skipped.
    assert_eq!(cluster.twin.progress(), (3, false), "{:?}", cluster.sayings);
    assert!(cluster.share(at(120), &plan) > 0.49, "{:?}", cluster.sayings);
}

#[test]
fn promote_skips_a_step_whose_analysis_was_inconclusive() {
    let mut plan = routed(&[20]);
    (plan.steps[1], plan.canary.steps[1]) = (Doing::Analysis(0), Step::Other);
    plan.analyses[0].metrics[0].conditions =
        Conditions::parse("result >= 0.95", "result < 0.5").expect("conditions");
    let mut cluster = Cluster::new(&plan);
    cluster.bad = (Instant::ZERO, Answer::Scalar(0.7));
    cluster.orders = vec![(at(600), Order::Promote)];
    cluster.run(at(300));
    assert!(cluster.ends.contains(&Action::Hold), "{:?}", cluster.sayings);
    cluster.run_on(at(300), at(1200));
    assert_eq!(cluster.ends.last(), Some(&Action::Promoted), "{:?}", cluster.sayings);
}

#[test]
fn a_full_promotion_skips_what_is_left_and_ends_an_abort() {
    let mut plan = routed(&[20, 50]);
    plan.background = Some((0, 0));
    let mut cluster = Cluster::new(&plan);
    cluster.bad = (at(40), Answer::Scalar(0.5));
    cluster.orders = vec![(at(300), Order::PromoteFull)];
    cluster.run(at(900));
    assert!(cluster.ends.iter().any(|it| matches!(it, Action::Abort(_))));
    assert_eq!(cluster.ends.last(), Some(&Action::Promoted), "{:?}", cluster.sayings);
    assert_eq!(cluster.share(at(900), &plan), 1.0);
}

/// How long an undo after the promotion takes.
fn undone(window: Option<u32>) -> Option<u64> {
    let mut plan = routed(&[20, 50]);
    plan.rollback_window = window;
    let mut cluster = Cluster::new(&plan);
    cluster.orders = vec![(at(60), Order::PromoteFull), (at(600), Order::Undo)];
    let mut end = 600;
    cluster.run(at(end));
    while cluster.share(at(end), &plan) > 0.0 && end < 7200 {
        end += 60;
        cluster = Cluster::new(&plan);
        cluster.orders = vec![(at(60), Order::PromoteFull), (at(600), Order::Undo)];
        cluster.run(at(end));
    }
    (cluster.ends.last() == Some(&Action::Back)).then_some(end - 600)
}

#[test]
fn a_return_within_the_window_takes_no_steps() {
    let [fast, slow] = [Some(1), None].map(|window| undone(window).expect("it is back"));
    assert!(fast <= 60, "{fast}s");
    assert!((600..1200).contains(&slow), "{slow}s");
}

#[test]
fn an_experiment_has_pods_and_a_weight_while_it_runs() {
    let mut plan = routed(&[50]);
    plan.steps.insert(
        0,
        Doing::Experiment {
            duration: Some(Span::from_mins(5)),
            analysis: None,
            pods: [1, 2],
            weight: 10,
        },
    );
    plan.canary.steps.insert(0, Step::Other);
    let mut cluster = Cluster::new(&plan);
    cluster.run(at(60));
    let pods = cluster.seen(at(60)).pods.map(|it| it.replicas);
    assert_eq!((pods, cluster.share(at(60), &plan)), ([11, 2], 0.1), "{:?}", cluster.sayings);
    let mut later = Cluster::new(&plan);
    later.run(at(400));
    let pods = later.seen(at(400)).pods.map(|it| it.replicas);
    assert_eq!((pods, later.share(at(400), &plan)), ([10, 5], 0.5), "{:?}", later.sayings);
}

#[test]
fn an_experiment_whose_pods_never_come_fails() {
    let mut plan = routed(&[50]);
    let pods = [0, 1];
    let experiment = Doing::Experiment { duration: None, analysis: None, pods, weight: 0 };
    plan.steps.insert(0, experiment);
    plan.canary.steps.insert(0, Step::Other);
    let mut cluster = Cluster::new(&plan);
    cluster.broken = Instant::ZERO;
    cluster.run(at(3600));
    assert!(cluster.ends.iter().any(|it| matches!(it, Action::Abort(_))), "{:?}", cluster.ends);
    assert_eq!(cluster.seen(at(3600)).pods.map(|it| it.replicas), [10, 0]);
    assert!(cluster.sayings.contains(&Saying::Tested([0, 0])));
}

#[test]
fn routes_of_their_own_come_with_the_pods_and_go_with_the_promotion() {
    let share = |percent: u64| Share::from_parts(Share::ONE.parts() / 100 * percent);
    let [header, mirror] = [2, 30].map(|percent| share(percent).expect("a share"));
    let mut plan = routed(&[10, 50]);
    for (index, doing) in [(2, Doing::Header(header)), (3, Doing::Mirror(mirror))] {
        plan.steps.insert(index, doing);
        plan.canary.steps.insert(index, Step::Other);
    }
    let mut cluster = Cluster::new(&plan);
    cluster.run(at(315));
    let expected = 0.02 + 0.98 * 0.1;
    assert!((cluster.share(at(315), &plan) - expected).abs() < 1e-9, "{:?}", cluster.sayings);
    assert_eq!(cluster.copied, mirror);
    let mut later = Cluster::new(&plan);
    later.run(at(3600));
    assert_eq!((later.share(at(3600), &plan), later.copied), (1.0, Share::ZERO));
}

/// What the program tells of a canary under a controller with these settings.
fn told(argo: &str) -> String {
    let scenario = format!(
        "controller: {{ argo: {{ {argo} }} }}\ntraffic: {{ rate: 50/s }}\n\
         noise: none\npeople: none\nrelease: {{ faults: [] }}\n\
         fleet: {{ replicas: 4, pod: {{ startup: 10s }} }}\n\
         strategy: {{ canary: {{ steps: [{{ setWeight: 25% }}, {{ pause: 5m }}] }} }}\n"
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_coalmine"))
        .args(["explain", "-", "--replication", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a standard input");
    stdin.write_all(scenario.as_bytes()).expect("it reads");
    drop(stdin);
    String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("text")
}

#[test]
fn a_slow_controller_sees_pods_later_and_keeps_its_timers() {
    let [at_once, late] = ["latency: 0s", "latency: 3s"].map(told);
    assert!(at_once.contains("10s      Traffic weight updated to 25"), "{at_once}");
    assert!(late.contains("13s      Traffic weight updated to 25"), "{late}");
    assert!(late.contains("5m13s    Rollout step 2 completed"), "{late}");
}

#[test]
fn a_range_query_gives_the_numbers_of_all_instants() {
    let query = "query: 'sum(rate(http_requests_total[1m]))', from: 4m, step: 1m";
    let metric = format!(
        "measure: {{ range-query: {{ {query} }} }}, initialDelay: 4m, \
         successCondition: 'len(result) == 4 && all(result, {{ # > 0 }})'"
    );
    let background = "background: { analyses: [all] }";
    let told = told(&format!(
        "{background}, analyses: {{ all: {{ metrics: {{ all: {{ {metric} }} }} }} }}"
    ));
    let measured = told.lines().find(|line| line.contains("all = [")).expect("a measurement");
    // The first instant is before the first scrape that a rate can be made of.
    assert_eq!(measured.matches(", ").count(), 3, "{measured}");
    assert!(measured.ends_with("Successful"), "{measured}");
}
