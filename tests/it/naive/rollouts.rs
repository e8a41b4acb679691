//! Small rollouts that turn on how pods and traffic are replaced, and what wears pods out.

use chance::law::Lognormal;
use clockwork::Span;
use coalmine::controller::kubernetes::Fenceposts;
use coalmine::controller::kubernetes::Strategy::RollingUpdate;
use coalmine::controller::kubernetes::{Latency, Setup, Spec, Template};
use coalmine::fault::{
    CapacityRegression, Clock, ColdCache, CrashLoop, Fault, FaultKind, Loses, MemoryLeak, Onset,
    PoolExhaustion,
};
use coalmine::fleet::{Cold, Termination};
use coalmine::gate::{Action, Combine};
use coalmine::scenario::{AfterRollback, Scenario};
use coalmine::strategy::{self, Affinity, Routing, Smoke, Stage};
use coalmine::traffic::{Shape, Users, Wander};
use coalmine::units::Portion;

use super::scenarios::{
    AT_ONCE, errors_over, fault, fixed, half_have, judge, log_uniform, plain, secs, share,
    slowdown, slower_than, spike, steps, uniform, users,
};

/// Six pods, a tick of five seconds, and requests that are lost with the pods.
fn six_pods(name: &str) -> Scenario {
    let mut scenario = plain();
    scenario.name = name.into();
    scenario.tick = secs(5);
    scenario.traffic.rate = fixed(3.0);
    scenario.fleet.replicas = 6;
    scenario.fleet.per_pod = 3.0 / 6.0 / 0.6;
    scenario.fleet.startup = fixed(17.0);
    scenario.fleet.termination = Termination { deaf: Span::from_millis(300), takes: secs(4) };
    scenario.gates =
        vec![judge("errors", errors_over("8%")), judge("slow", slower_than(300, "15%"))];
    for gate in &mut scenario.gates {
        (gate.window, gate.interval, gate.initial_delay) = (6, secs(10), secs(20));
    }
    scenario
}

/// A rolling update, and another one back.
pub(super) fn rolling() -> Scenario {
    let mut scenario = six_pods("rolling");
    scenario.fleet.startup = Lognormal::from_median_p95(14.0, 40.0).unwrap().into();
    scenario.fleet.cold = Some(Cold::new(2.0, 20.0));
    let bounds = Fenceposts { surge: 2, unavailable: 1 };
    scenario.strategy = strategy::rolling(bounds, secs(12), secs(600));
    scenario.releases =
        half_have(vec![spike(log_uniform(0.02, 0.5)), slowdown(log_uniform(1.0, 1.5), fixed(0.5))]);
    scenario
}

/// Old pods go first, so that the others have too much to do.
pub(super) fn rolling_without_surge() -> Scenario {
    let mut scenario = six_pods("rolling without surge");
    scenario.fleet.per_pod = 3.0 / 6.0 / 0.75;
    scenario.fleet.utilisation = 0.75;
    let bounds = Fenceposts { surge: 0, unavailable: 2 };
    scenario.strategy = strategy::rolling(bounds, Span::ZERO, secs(600));
    scenario.gates[1] = judge("slow", slower_than(300, "60%"));
    scenario
}

/// The same batches ordered by the twin of the controllers of Kubernetes, which act at once.
pub(super) fn rolling_on_the_twin() -> Scenario {
    let mut scenario = rolling();
    scenario.name = "rolling on the twin".into();
    scenario.strategy.min_ready = Span::ZERO;
    let counts = [2, 1].map(Portion::Count);
    let [max_surge, max_unavailable] = counts;
    let spec = Spec {
        strategy: RollingUpdate { max_surge, max_unavailable },
        ..Spec::new(6, Template(1))
    };
    let (latency, throttle) = (Latency::default(), None);
    scenario.strategy.deployment = Some(Setup { spec, latency, throttle });
    scenario
}

/// Nobody is served for a while, twice when it goes back.
pub(super) fn recreate() -> Scenario {
    let mut scenario = six_pods("recreate");
    scenario.fleet.startup = uniform(10.0, 25.0);
    scenario.strategy = strategy::recreate(secs(3), secs(600));
    scenario.gates[0].initial_delay = secs(40);
    scenario
}

/// A quarter every 43 seconds, to users who stay where they are.
pub(super) fn linear() -> Scenario {
    let mut scenario = six_pods("linear");
    scenario.traffic.users = Users { sticky: true, ..users(3_000, 0.0) };
    scenario.strategy = strategy::linear(AT_ONCE, share("25%"), secs(43));
    scenario
}

/// A test, a switch, and an old fleet that is kept for a while: going back is a switch first and a
/// start of pods later.
pub(super) fn blue_green() -> Scenario {
    let mut scenario = six_pods("blue-green");
    scenario.bake = secs(200);
    let smoke = Smoke { requests: 30, every: secs(1), over: share("15%") };
    scenario.strategy = strategy::blue_green(secs(3), [Stage::Check(smoke)], None, secs(61));
    let mut late = spike(log_uniform(0.05, 0.5));
    late.onset = Onset { after: Clock::Time(uniform(0.0, 120.0)), ramp: Span::ZERO };
    scenario.releases = half_have(vec![spike(log_uniform(0.01, 0.4)), late]);
    scenario
}

/// Sessions hold the traffic back, on the way there and on the way back; requests wake the fault.
pub(super) fn sessions() -> Scenario {
    let mut scenario = six_pods("sessions");
    scenario.bake = secs(120);
    let affinity = Affinity { session: secs(60), drain: secs(90) };
    scenario.strategy = strategy::blue_green(secs(2), [], Some(affinity), secs(300));
    let mut late = spike(log_uniform(0.05, 0.6));
    late.onset = Onset { after: Clock::Requests(uniform(10.0, 200.0)), ramp: Span::ZERO };
    scenario.releases = half_have(vec![late]);
    scenario
}

fn leak(loses: Loses, drag: f64) -> Fault {
    fault(FaultKind::MemoryLeak(MemoryLeak { loses, drag }))
}

/// A leak over time in a canary whose gates are blind to it, and restarts that wait longer and
/// longer.
pub(super) fn leak_over_time() -> Scenario {
    let mut scenario = six_pods("leak over time");
    // 250 bytes of room.
    scenario.releases = half_have(vec![leak(Loses::PerSecond(log_uniform(1.2, 8.0)), 0.0)]);
    scenario.fleet.restart = fixed(6.0);
    scenario.strategy = steps(&[("50%", 160)], AT_ONCE);
    scenario.gates[0] = judge("errors", errors_over("30%"));
    scenario.gates[0].window = 6;
    scenario.bake = secs(200);
    scenario.watch = secs(100);
    scenario
}

/// A leak by requests in a rolling update. Pods become slow, are killed one by one and come back
/// one by one.
pub(super) fn leak_by_requests() -> Scenario {
    let mut scenario = six_pods("leak by requests");
    scenario.fleet.startup = uniform(10.0, 40.0);
    scenario.fleet.restart = uniform(2.0, 20.0);
    scenario.releases = half_have(vec![leak(Loses::PerRequest(log_uniform(2.0, 6.0)), 3.0)]);
    let bounds = Fenceposts { surge: 1, unavailable: 0 };
    scenario.strategy = strategy::rolling(bounds, Span::ZERO, secs(600));
    scenario.gates[0] = judge("errors", errors_over("12%"));
    scenario.gates[1] = judge("slow", slower_than(300, "20%"));
    scenario.gates.iter_mut().for_each(|gate| gate.window = 6);
    scenario.bake = secs(150);
    scenario
}

/// A pool of connections that runs dry under a load that wanders; a probe restarts what stalls.
pub(super) fn dry_pool() -> Scenario {
    let mut scenario = six_pods("dry pool");
    scenario.traffic.modulation = Some(Wander { sd: 0.3, correlation: secs(100) });
    scenario.fleet.restart = uniform(3.0, 9.0);
    let restart = Some(secs(20));
    let pool = PoolExhaustion { leaks: uniform(0.1, 0.6), restart };
    scenario.releases = half_have(vec![fault(FaultKind::PoolExhaustion(pool))]);
    scenario.strategy = steps(&[("34%", 90), ("67%", 70)], AT_ONCE);
    scenario.gates[0] = judge("errors", errors_over("45%"));
    scenario.gates[0].window = 6;
    scenario
}

/// Starts that fail half of the time hold a rolling update up, and some until it is stuck.
pub(super) fn crashing_starts() -> Scenario {
    let mut scenario = six_pods("crashing starts");
    scenario.fleet.startup = uniform(5.0, 20.0);
    let crash = CrashLoop { chance: uniform(0.3, 0.8) };
    scenario.releases =
        half_have(vec![fault(FaultKind::CrashLoop(crash)), spike(log_uniform(0.01, 0.2))]);
    let bounds = Fenceposts { surge: 1, unavailable: 1 };
    scenario.strategy = strategy::rolling(bounds, secs(4), secs(90));
    scenario.bake = secs(60);
    scenario
}

/// Pods that never start, in a canary and by its deadline.
pub(super) fn no_start() -> Scenario {
    let mut scenario = six_pods("no start");
    let crash = CrashLoop { chance: uniform(0.9, 1.1) };
    scenario.releases = half_have(vec![fault(FaultKind::CrashLoop(crash))]);
    let bounds = Fenceposts { surge: 1, unavailable: 2 };
    scenario.fleet.per_pod = 3.0 / 6.0 / 0.8;
    scenario.fleet.utilisation = 0.8;
    scenario.strategy = strategy::rolling(bounds, Span::ZERO, secs(120));
    scenario.watch = secs(90);
    scenario
}

/// Pods that carry less, and that are slow for long when they are fresh.
pub(super) fn less_capacity() -> Scenario {
    let mut scenario = six_pods("less capacity");
    scenario.fleet.cold = Some(Cold::new(1.5, 15.0));
    let work = CapacityRegression { work: uniform(1.0, 2.4) };
    let cold = ColdCache { latency: uniform(1.2, 3.0), decay: uniform(10.0, 30.0) };
    scenario.releases = half_have(vec![
        fault(FaultKind::CapacityRegression(work)),
        fault(FaultKind::ColdCache(cold)),
    ]);
    scenario.strategy = steps(&[("30%", 55), ("60%", 66)], AT_ONCE);
    scenario.gates =
        vec![judge("errors", errors_over("10%")), judge("slow", slower_than(300, "30%"))];
    scenario.gates.iter_mut().for_each(|gate| gate.window = 8);
    scenario
}

/// What was rolled back is tried twice more.
pub(super) fn retry() -> Scenario {
    let mut scenario = six_pods("retry");
    let mut late = spike(log_uniform(0.02, 0.6));
    late.onset = Onset { after: Clock::Time(uniform(0.0, 90.0)), ramp: Span::ZERO };
    scenario.releases = half_have(vec![late]);
    scenario.strategy = steps(&[("34%", 50), ("67%", 41)], Routing::Weights { delay: secs(4) });
    scenario.after_rollback = AfterRollback::Retry { cooldown: secs(47), attempts: 3 };
    scenario.gates[0].patience = coalmine::gate::Patience::Limit(0);
    scenario
}

/// Somebody mends what was rolled back, perhaps; gates act together, and one of them pauses.
pub(super) fn mended() -> Scenario {
    let mut scenario = six_pods("mended");
    let leaks = leak(Loses::PerSecond(uniform(3.0, 9.0)), 3.0);
    scenario.releases = half_have(vec![leaks, spike(log_uniform(0.02, 0.3))]);
    let bounds = Fenceposts { surge: 2, unavailable: 0 };
    scenario.strategy = strategy::rolling(bounds, Span::ZERO, secs(600));
    scenario.after_rollback = AfterRollback::Fix {
        takes: uniform(20.0, 60.0),
        cooldown: secs(30),
        works: share("60%"),
        attempts: 2,
    };
    scenario.combine = Combine::Any;
    scenario.gates.push(judge("pause", errors_over("25%")));
    scenario.gates[2].action = Action::Pause;
    scenario
}

/// One fault waits for a time of day, another for the load of the late morning.
pub(super) fn by_the_clock() -> Scenario {
    let mut scenario = plain();
    scenario.name = "by the clock".into();
    scenario.tick = secs(60);
    scenario.watch = secs(900);
    scenario.bake = secs(1_800);
    scenario.traffic.rate = fixed(0.3);
    let peak = Span::from_hours(13);
    scenario.traffic.shape = Shape::Diurnal { peak, trough: 0.3 };
    scenario.traffic.start = None;
    scenario.fleet.per_pod = 0.3 / 10.0 / 0.4;
    let [mut noon, mut busy] = [spike(uniform(0.05, 0.4)), slowdown(uniform(1.5, 3.0), fixed(1.0))];
    noon.onset = Onset { after: Clock::TimeOfDay(12.0 * 3_600.0), ramp: secs(1_200) };
    busy.onset = Onset { after: Clock::Load(uniform(0.9, 1.2)), ramp: Span::ZERO };
    scenario.releases = half_have(vec![noon, busy]);
    scenario.strategy = steps(&[("30%", 3_000), ("70%", 2_500)], AT_ONCE);
    scenario.gates =
        vec![judge("errors", errors_over("8%")), judge("slow", slower_than(300, "25%"))];
    for gate in &mut scenario.gates {
        (gate.window, gate.interval, gate.initial_delay) = (10, secs(300), secs(600));
    }
    scenario
}
