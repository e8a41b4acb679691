//! Small rollouts, each of which turns one part of the model on.
//!
//! Pauses are no whole number of ticks: almost every change happens inside of one.

use chance::Law;
use chance::law::{Fixed, LogUniform, Lognormal, Uniform};
use clockwork::Span;
use coalmine::baseline::{Baseline, ErrorNoise, Latency};
use coalmine::cost::{LINES, Prices};
use coalmine::fault::{
    Carrier, Clock, ErrorSpike, Fault, FaultKind, LatencyRegression, Onset, Reversal, Scope,
};
use coalmine::fleet::{Cold, Fleet, Memory, NodeNoise, Termination};
use coalmine::gate::{
    self, Action, Apdex, Bound, Combine, ErrorRate, Exceptions, Floor, Gate, Metric, Patience,
    SlowShare, Subject, Throughput,
};
use coalmine::scenario::{AfterRollback, Release, Scenario, Slo, TruthBounds};
use coalmine::strategy::{Routing, Stage, Strategy, canary};
use coalmine::traffic::{Activity, Arrivals, Shape, Traffic, Users, Wander};
use coalmine::units::{Currency, Factor, Money, Quantity, Rate, Share};

pub(super) fn share(text: &str) -> Share {
    Share::parse(text).unwrap()
}

pub(super) fn fixed(value: f64) -> Law {
    Fixed::new(value).unwrap().into()
}

pub(super) fn uniform(low: f64, high: f64) -> Law {
    Uniform::new(low, high).unwrap().into()
}

pub(super) fn log_uniform(low: f64, high: f64) -> Law {
    LogUniform::new(low, high).unwrap().into()
}

pub(super) const fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

pub(super) fn steps(steps: &[(&str, u64)], routing: Routing) -> Strategy {
    let stages = steps
        .iter()
        .flat_map(|(weight, pause)| [Stage::SetWeight(share(weight)), Stage::Pause(secs(*pause))]);
    canary(stages.collect(), routing)
}

pub(super) const AT_ONCE: Routing = Routing::Weights { delay: Span::ZERO };

pub(super) fn users(population: u64, zipf: f64) -> Users {
    let activity = Activity::zipf(population, zipf);
    Users { population, zipf, sticky: false, error_sd: 0.0, activity: activity.into() }
}

pub(super) fn judge(name: &str, metric: Metric) -> Gate {
    Gate {
        name: name.into(),
        metric,
        window: 4,
        interval: secs(30),
        initial_delay: secs(45),
        min_samples: 10,
        patience: Patience::Limit(1),
        unless: Exceptions::default(),
        action: Action::Rollback,
    }
}

pub(super) fn errors_over(limit: &str) -> Metric {
    Metric::ErrorRate(ErrorRate { of: Subject::New, bound: Bound::Over(share(limit)) })
}

pub(super) fn slower_than(millis: u64, limit: &str) -> Metric {
    let (than, bound) = (Span::from_millis(millis), Bound::Over(share(limit)));
    Metric::SlowShare(SlowShare { of: Subject::New, than, bound })
}

pub(super) fn fault(kind: FaultKind) -> Fault {
    Fault {
        kind,
        onset: Onset { after: Clock::Time(fixed(0.0)), ramp: Span::ZERO },
        scope: Scope::All,
        carrier: Carrier::Binary,
        reversal: Reversal::Heals,
    }
}

pub(super) fn spike(add: Law) -> Fault {
    fault(FaultKind::ErrorSpike(ErrorSpike { add }))
}

pub(super) fn slowdown(factor: Law, share: Law) -> Fault {
    fault(FaultKind::LatencyRegression(LatencyRegression { factor, share }))
}

/// Half of the releases are fine, the others have these faults.
pub(super) fn half_have(faults: Vec<Fault>) -> Vec<Release> {
    let release = |name: &str, faults| Release { name: name.into(), weight: 1.0, faults };
    vec![release("fine", vec![]), release("faulty", faults)]
}

/// Two requests a second on ten pods, a canary in three steps, one error gate, an error spike.
pub(super) fn plain() -> Scenario {
    Scenario {
        name: "plain".into(),
        tick: secs(15),
        delay: Span::ZERO,
        watch: secs(50),
        bake: secs(70),
        traffic: Traffic {
            rate: fixed(2.0),
            shape: Shape::Constant,
            start: Some(Span::ZERO),
            modulation: None,
            arrivals: Arrivals::Poisson,
            users: users(10_000, 0.9),
        },
        fleet: Fleet {
            replicas: 10,
            startup: fixed(0.0),
            cold: None,
            per_pod: 2.0 / 10.0 / 0.6,
            utilisation: 0.6,
            nodes: None,
            memory: Memory { baseline: 400.0, limit: 650.0 },
            pool: 10.0,
            restart: fixed(8.0),
            termination: Termination { deaf: Span::ZERO, takes: Span::ZERO },
        },
        probes: None,
        baseline: Baseline { errors: 0.02, noise: None, latency: Latency::from_p50_p99(0.05, 0.4) },
        slo: Slo { apdex: 0.1, latency: 0.3, availability: 0.999 },
        releases: half_have(vec![spike(log_uniform(0.01, 0.4))]),
        strategy: steps(&[("25%", 127), ("50%", 98)], AT_ONCE),
        telemetry: coalmine::telemetry::Telemetry::default(),
        queries: Vec::new(),
        alarms: Vec::new(),
        gates: vec![judge("errors", errors_over("6%"))],
        combine: Combine::Any,
        truth: TruthBounds { good: share("0.01%"), bad: share("0.1%") },
        after_rollback: AfterRollback::Abandon,
        people: None,
        alert: None,
        prices: Prices::new([Money::from_nanos(1, Currency::USD); LINES]).unwrap(),
        changes_per_week: 10.0,
    }
}

/// All requests are slower; the limits of the gates lie inside of classes and on their edge.
pub(super) fn slower_release() -> Scenario {
    let limit = Span::from_millis(200);
    let p90 = gate::Latency::new(share("90%"), Subject::New, limit);
    Scenario {
        name: "slower release".into(),
        releases: half_have(vec![slowdown(log_uniform(1.0, 2.2), fixed(1.0))]),
        gates: vec![
            judge("p90", Metric::Latency(p90)),
            judge("half", slower_than(70, "55%")),
            judge("edge", slower_than(400, "9%")),
        ],
        ..plain()
    }
}

/// Some requests are much slower; two gates must both have tripped.
pub(super) fn slower_tail() -> Scenario {
    let apdex = Apdex { of: Subject::New, floor: Floor::Under(share("85%")) };
    Scenario {
        name: "slower tail".into(),
        releases: half_have(vec![slowdown(fixed(6.0), uniform(0.02, 0.2))]),
        gates: vec![judge("slow", slower_than(300, "7%")), judge("apdex", Metric::Apdex(apdex))],
        combine: Combine::All,
        ..plain()
    }
}

/// Two faults that come late, inside a tick, and grow.
pub(super) fn late_and_growing() -> Scenario {
    let after = |from, to| Clock::Time(uniform(from, to));
    let mut first = spike(log_uniform(0.05, 0.6));
    first.onset = Onset { after: after(20.0, 200.0), ramp: secs(80) };
    let mut second = slowdown(fixed(2.0), fixed(0.5));
    second.onset = Onset { after: after(0.0, 120.0), ramp: Span::ZERO };
    second.scope = Scope::Requests(uniform(0.2, 0.9));
    Scenario {
        name: "late and growing".into(),
        releases: half_have(vec![first, second]),
        gates: vec![judge("errors", errors_over("6%")), judge("slow", slower_than(300, "8%"))],
        ..plain()
    }
}

/// A fault that waits for requests, under a load that wanders, and stays for a while.
pub(super) fn after_requests() -> Scenario {
    let mut late = spike(log_uniform(0.1, 0.6));
    late.onset = Onset { after: Clock::Requests(uniform(20.0, 250.0)), ramp: Span::ZERO };
    let mut scenario = plain();
    scenario.name = "after requests".into();
    scenario.tick = secs(5);
    scenario.traffic.rate = uniform(1.0, 3.0);
    scenario.traffic.modulation = Some(Wander { sd: 0.4, correlation: secs(100) });
    scenario.releases = half_have(vec![late]);
    scenario.gates[0].window = 13;
    scenario
}

/// Few users who stay on their version, each with an error rate of their own.
pub(super) fn few_sticky_users() -> Scenario {
    let mut scenario = plain();
    scenario.name = "few sticky users".into();
    scenario.traffic.users = Users { sticky: true, error_sd: 0.5, ..users(300, 0.3) };
    let after = Clock::Time(uniform(0.0, 250.0));
    scenario.releases[1].faults[0].onset = Onset { after, ramp: Span::ZERO };
    scenario
}

/// Very many users who stay on their version, some of whom the fault hits.
pub(super) fn many_sticky_users() -> Scenario {
    let mut scenario = plain();
    scenario.name = "many sticky users".into();
    scenario.traffic.users = Users { sticky: true, ..users(200_000, 0.0) };
    let mut some = spike(uniform(0.3, 1.0));
    some.scope = Scope::Users(uniform(0.05, 0.5));
    scenario.releases = half_have(vec![some]);
    scenario
}

/// The weight is pods, which take their time to start and are slow at first.
pub(super) fn by_pods() -> Scenario {
    let mut scenario = plain();
    scenario.name = "by pods".into();
    scenario.fleet.replicas = 8;
    scenario.fleet.per_pod = 2.0 / 8.0 / 0.6;
    scenario.fleet.startup = Lognormal::from_median_p95(14.0, 40.0).unwrap().into();
    scenario.fleet.cold = Some(Cold::new(3.0, 40.0));
    scenario.strategy = steps(&[("20%", 80), ("60%", 83)], Routing::Pods);
    scenario.gates =
        vec![judge("errors", errors_over("6%")), judge("slow", slower_than(300, "12%"))];
    scenario
}

/// Everything that is noise.
pub(super) fn noisy() -> Scenario {
    let mut scenario = plain();
    scenario.name = "noisy".into();
    scenario.tick = secs(5);
    scenario.traffic.modulation = Some(Wander { sd: 0.3, correlation: secs(200) });
    scenario.traffic.users = Users { error_sd: 0.5, ..users(1_000, 0.9) };
    scenario.baseline.noise = Some(ErrorNoise {
        common: Wander { sd: 0.4, correlation: secs(120) },
        version: 0.3,
        node: 0.5,
    });
    scenario.fleet.nodes = Some(NodeNoise { sd: 0.2, outliers: 0.1, slow: [1.5, 3.0] });
    scenario.gates =
        vec![judge("errors", errors_over("7%")), judge("slow", slower_than(300, "6%"))];
    scenario.gates.iter_mut().for_each(|gate| gate.window = 12);
    scenario
}

/// Gates that look at the old version, late telemetry, a slow router.
pub(super) fn relative() -> Scenario {
    let plus = Bound::BaselinePlus(share("4%"));
    let times = Bound::BaselineTimes(Factor::parse("3x").unwrap());
    let errors = |bound| Metric::ErrorRate(ErrorRate { of: Subject::New, bound });
    let mut gates = vec![judge("plus", errors(plus)), judge("times", errors(times))];
    gates[0].patience = Patience::Consecutive(2);
    gates[0].min_samples = 14;
    gates[0].unless.traffic_below = Some(55.0);
    gates[1].patience = Patience::Limit(3);
    gates[1].unless.baseline_errors_above = Some(share("5%"));
    gates[1].interval = secs(20);
    let minus = Apdex { of: Subject::New, floor: Floor::BaselineMinus(share("12%")) };
    gates.push(judge("apdex", Metric::Apdex(minus)));
    let all = ErrorRate { of: Subject::All, bound: Bound::Over(share("8%")) };
    gates.push(judge("both", Metric::ErrorRate(all)));
    Scenario {
        name: "relative".into(),
        delay: secs(22),
        gates,
        strategy: steps(&[("40%", 150), ("60%", 140)], Routing::Weights { delay: secs(13) }),
        ..plain()
    }
}

/// A day that overloads the fleet towards noon, a pause until a gate has passed, and a gate that
/// only pauses.
pub(super) fn overloaded_noon() -> Scenario {
    let mut scenario = plain();
    scenario.name = "overloaded noon".into();
    scenario.tick = secs(600);
    scenario.watch = secs(4_000);
    scenario.bake = secs(7_200);
    scenario.traffic.rate = fixed(0.05);
    let peak = Span::from_hours(12);
    scenario.traffic.shape = Shape::Diurnal { peak, trough: 0.3 };
    scenario.traffic.start = Some(Span::from_hours(6));
    scenario.fleet.per_pod = 0.05 / 10.0 / 0.68;
    scenario.releases = half_have(vec![
        slowdown(log_uniform(1.0, 1.7), fixed(1.0)),
        spike(log_uniform(0.001, 0.2)),
    ]);
    let until = Stage::PauseUntil { gate: 0, passes: 3, at_most: secs(9_000) };
    let stages = vec![
        Stage::SetWeight(share("45%")),
        until,
        Stage::SetWeight(share("70%")),
        Stage::Pause(secs(3_100)),
    ];
    scenario.strategy = canary(stages, AT_ONCE);
    scenario.gates = vec![
        judge("errors", errors_over("5%")),
        judge("slow", slower_than(300, "50%")),
        judge("failing", errors_over("12%")),
    ];
    for gate in &mut scenario.gates {
        gate.interval = secs(900);
        gate.initial_delay = secs(1_000);
    }
    scenario.gates[0].patience = Patience::Limit(9);
    scenario.gates[1].patience = Patience::Limit(4);
    scenario.gates[1].action = Action::Pause;
    scenario
}

/// Pods that come late, so that the first readings reach back to when there were none; they
/// compare with an old version whose users differ.
pub(super) fn late_pods() -> Scenario {
    let mut scenario = plain();
    scenario.name = "late pods".into();
    scenario.fleet.startup = fixed(121.0);
    scenario.traffic.users = Users { error_sd: 0.8, ..users(60, 1.0) };
    scenario.baseline.errors = 0.04;
    let bound = Bound::BaselineTimes(Factor::parse("2x").unwrap());
    scenario.gates = vec![judge("times", Metric::ErrorRate(ErrorRate { of: Subject::New, bound }))];
    (scenario.gates[0].window, scenario.gates[0].initial_delay) = (8, secs(30));
    scenario
}

/// Gates of different actions and patience that speak soon after one another, or at once.
pub(super) fn many_voices() -> Scenario {
    let mut scenario = plain();
    scenario.name = "many voices".into();
    scenario.watch = secs(300);
    let until = Stage::PauseUntil { gate: 2, passes: 2, at_most: secs(200) };
    let stages = vec![
        Stage::SetWeight(share("30%")),
        until,
        Stage::SetWeight(share("60%")),
        until,
        Stage::Pause(secs(60)),
    ];
    scenario.strategy = canary(stages, AT_ONCE);
    scenario.gates = vec![
        judge("pause", errors_over("5%")),
        judge("back", errors_over("7%")),
        judge("pass", errors_over("9%")),
        judge(
            "quiet",
            Metric::Throughput(Throughput {
                of: Subject::New,
                under: Rate::parse("0.52/s").unwrap(),
            }),
        ),
    ];
    scenario.gates[0].action = Action::Pause;
    scenario.gates[2].patience = Patience::Limit(4);
    scenario.gates[3].action = Action::Pause;
    scenario.gates[3].patience = Patience::Limit(3);
    scenario.gates[3].window = 6;
    scenario
}

/// Exactly the mean in every tick.
pub(super) fn even() -> Scenario {
    let mut scenario = plain();
    scenario.name = "even".into();
    scenario.traffic.arrivals = Arrivals::Even;
    scenario.strategy = steps(&[("20%", 120), ("50%", 90)], AT_ONCE);
    scenario.releases =
        half_have(vec![spike(log_uniform(0.01, 0.4)), slowdown(log_uniform(1.0, 2.0), fixed(0.3))]);
    scenario.gates =
        vec![judge("errors", errors_over("7%")), judge("slow", slower_than(300, "9%"))];
    scenario.bake = secs(75);
    scenario.watch = secs(60);
    scenario
}
