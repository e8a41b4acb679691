use chance::law::Fixed;
use chance::law::LogUniform;
use clockwork::Span;
use coalmine::{baseline::*, fault::*, fleet::*, gate::*, scenario::*, simulation::*, strategy::*, traffic::*, units::*};
use coalmine::units::Quantity;

fn scenario() -> Scenario {
    let sh = |t: &str| Share::parse(t).unwrap();
    let mut stages = vec![];
    for w in ["5%", "20%", "40%", "60%", "80%"] { stages.push(Stage::SetWeight(sh(w))); stages.push(Stage::Pause(Span::from_mins(10))); }
    let gate = |name: &str, metric| Gate { name: name.into(), metric, window: 20, interval: Span::from_secs(30), initial_delay: Span::from_secs(60), min_samples: 50, patience: Patience::Limit(2), unless: Exceptions::default(), action: Action::Rollback };
    Scenario {
        name: "canary-50".into(), tick: Span::from_secs(15), delay: Span::ZERO, watch: Span::ZERO, bake: Span::ZERO,
        traffic: Traffic { rate: Fixed::new(500.0).unwrap().into(), shape: Shape::Constant, start: Some(Span::ZERO), modulation: None, arrivals: Arrivals::Poisson,
            users: Users { population: 1_000_000, zipf: 0.9, sticky: false, error_sd: 0.0, activity: Activity::zipf(1_000_000, 0.9) } },
        fleet: Fleet { replicas: 50, startup: Fixed::new(0.0).unwrap().into(), cold: None, per_pod: 500.0/50.0/0.6, utilisation: 0.6, nodes: None },
        baseline: Baseline { errors: 0.001, noise: None, latency: Latency::from_p50_p99(0.05, 0.2) },
        slo: Slo { apdex: 0.1, latency: 0.4 },
        releases: vec![Release { name: "good".into(), weight: 0.625, faults: vec![] },
            Release { name: "spike".into(), weight: 0.375, faults: vec![Fault { kind: FaultKind::ErrorSpike(ErrorSpike { add: LogUniform::new(0.002, 0.5).unwrap().into() }), onset: Onset { after: Clock::Time(Fixed::new(0.0).unwrap().into()), ramp: Span::ZERO }, scope: Scope::All, carrier: Carrier::Binary, reversal: Reversal::Heals }] }],
        strategy: Strategy::Canary(Canary::new(stages, Routing::Weights { delay: Span::ZERO })),
        gates: vec![gate("errors", Metric::ErrorRate(ErrorRate { of: Subject::New, bound: Bound::Over(sh("1%")) })),
                    gate("p99", Metric::Latency(coalmine::gate::Latency::new(sh("99%"), Subject::New, Span::from_millis(400))))],
        combine: Combine::Any, truth: TruthBounds { good: sh("0.01%"), bad: sh("0.1%") },
    }
}

#[test]
fn smoke() {
    let s = scenario();
    let mut e = Engine::new(&s, Unrecorded);
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let mut rolled = [0u64; 2]; let mut tot = [0u64; 2]; let mut dig = 0u64;
    let t = std::time::Instant::now();
    for i in 0..n { let m = e.simulate(0, i); tot[m.release as usize] += 1; if m.ending == Ending::RolledBack { rolled[m.release as usize] += 1; } dig = dig.wrapping_mul(31).wrapping_add(m.met + m.failed); }
    let d = t.elapsed().as_secs_f64();
    eprintln!("{:.0}/s {:?} {:?} {dig:x}", n as f64 / d, rolled, tot);
    let mut r = Engine::new(&s, Timeline::default());
    for i in 0..if std::env::var("N").is_ok() { 0 } else { 300 } { let a = e.simulate(0, i); let mut b = r.simulate(0, i); b.readings = a.readings; assert_eq!(a, b, "rep {i}"); }
}
