//! Decisions that depend on counts of the very tiles that they cut.
//!
//! The engine draws the total of an aligned run of ticks, splits it, and when a gate's answer
//! moves the weight in the middle of the run, throws the rest away and draws it anew. If anything
//! of what the decision knew leaked into the new draws, the counts after a decision would be
//! biased by some parts in a thousand. So: very many small worlds, and a model that is nothing but
//! independent Poisson counts of single ticks.
//!
//! Nine times in ten the first test finds a bias of 0.0075 standard deviations of a world, which
//! is 0.3 % of the requests that met the release; the second one 0.2 % of the counts after the
//! last decision. There are 16 tests at four standard errors: they fail for nothing with a chance
//! of 0.1 %, once for every choice of seeds.

use clockwork::Span;
use coalmine::gate::{Gate, Patience};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Ending, Engine, Unrecorded};
use coalmine::strategy::{Stage, canary};
use coalmine::units::{Quantity, Share};

use super::compare::Verdict;
use super::dice::Dice;
use super::scenarios::{AT_ONCE, errors_over, fixed, judge, plain, secs};

/// Requests per second, share of them that fail anyway, share of the rest that the release fails.
const RATE: f64 = 0.4;
const ERRORS: f64 = 0.05;
const SPIKE: f64 = 0.1;

const WEIGHTS: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];

/// Seconds: a tick, between readings, at most in a step. Readings and ticks do not keep step.
const TICK: u64 = 15;
const INTERVAL: u64 = 20;
const AT_MOST: u64 = 240;
const WINDOW: usize = 4;
const PASSES: u32 = 2;
const FORGIVEN: u32 = 5;

/// A step is over when two readings in a row have passed.
fn scenario() -> Scenario {
    let until = Stage::PauseUntil { gate: 0, passes: PASSES, at_most: secs(AT_MOST) };
    let steps = ["20%", "40%", "60%", "80%"];
    let stages =
        steps.iter().flat_map(|weight| [Stage::SetWeight(Share::parse(weight).unwrap()), until]);
    let mut scenario = plain();
    scenario.name = "stopped by counts".into();
    scenario.strategy = canary(stages.collect(), AT_ONCE);
    scenario.traffic.rate = fixed(RATE);
    scenario.baseline.errors = ERRORS;
    scenario.releases.remove(0);
    scenario.releases[0].faults = vec![super::scenarios::spike(fixed(SPIKE))];
    scenario.bake = Span::ZERO;
    scenario.watch = Span::ZERO;
    scenario.gates = vec![Gate {
        window: WINDOW as u32,
        interval: secs(INTERVAL),
        initial_delay: secs(INTERVAL),
        min_samples: 1,
        patience: Patience::Limit(FORGIVEN),
        ..judge("errors", errors_over("20%"))
    }];
    scenario
}

/// Ended when and how, and how many met the release, failed by it, and failed anyway.
type World = [f64; 5];

/// One world, in steps of five seconds.
fn ticks(dice: &mut Dice) -> World {
    let (mut step, mut since, mut passes, mut failures) = (0, 0, 0, 0);
    let mut ended: Option<(u64, Ending)> = None;
    // Seconds of requests of the new version in this tick; counts of the ticks before.
    let mut seconds = 0.0;
    let mut seen: Vec<[u64; 2]> = Vec::new();
    let [mut met, mut failed, mut anyway] = [0, 0, 0];
    for now in (0..).step_by(5) {
        if now % TICK == 0 && now > 0 {
            let healthy = dice.arrivals(RATE * seconds * (1.0 - ERRORS) * (1.0 - SPIKE));
            let defect = dice.arrivals(RATE * seconds * (1.0 - ERRORS) * SPIKE);
            let baseline = dice.arrivals(RATE * seconds * ERRORS);
            let old = dice.arrivals(RATE * (TICK as f64 - seconds) * ERRORS);
            seen.push([healthy + defect + baseline, defect + baseline]);
            (met, failed) = (met + healthy + defect + baseline, failed + defect);
            (anyway, seconds) = (anyway + baseline + old, 0.0);
        }
        if let Some((at, ending)) = ended {
            if now % TICK == 0 {
                return [
                    at as f64,
                    f64::from(ending as u8),
                    met as f64,
                    failed as f64,
                    anyway as f64,
                ];
            }
        } else if now > 0 && now % INTERVAL == 0 {
            let window = &seen[seen.len().saturating_sub(WINDOW)..];
            let [all, bad] = [0, 1].map(|kind| window.iter().map(|tick| tick[kind]).sum::<u64>());
            if all > 0 && bad * 5 > all {
                (failures, passes) = (failures + 1, 0);
            } else if all > 0 {
                passes += 1;
            }
            if failures > FORGIVEN {
                ended = Some((now, Ending::RolledBack));
            } else if passes >= PASSES {
                (step, since, passes) = (step + 1, now, 0);
                if step + 1 == WEIGHTS.len() {
                    ended = Some((now, Ending::Promoted));
                }
            }
        }
        if ended.is_none() && now == since + AT_MOST {
            ended = Some((now, Ending::Held));
        }
        let back = ended.is_some_and(|(_, ending)| ending == Ending::RolledBack);
        seconds += if back { 0.0 } else { 5.0 * WEIGHTS[step] };
        if ended.is_some_and(|(at, _)| at == now && now % TICK == 0) {
            return [
                now as f64,
                f64::from(ended.unwrap().1 as u8),
                met as f64,
                failed as f64,
                anyway as f64,
            ];
        }
    }
    unreachable!("a step ends")
}

#[test]
fn counts_that_stop_a_step_leave_no_trace_in_the_counts_after_it() {
    const WORLDS: u64 = 1_000_000;
    let scenario = scenario();
    let mut dice = Dice::new(1);
    let mut engine = Engine::new(&scenario, Unrecorded);
    let slow: Vec<World> = (0..WORLDS).map(|_| ticks(&mut dice)).collect();
    let fast: Vec<World> = (0..WORLDS)
        .map(|world| {
            let it = engine.simulate(11, world);
            let ended = it.ended_at.since_start().as_secs_f64();
            let counts = [it.met, it.failed, it.baseline_failed].map(|count| count as f64);
            [ended, f64::from(it.ending as u8), counts[0], counts[1], counts[2]]
        })
        .collect();
    let mut verdict = Verdict::within(4.0);
    let of = |worlds: &[World], f: &dyn Fn(&World) -> f64| worlds.iter().map(f).collect::<Vec<_>>();
    let mut means = |name: &str, f: &dyn Fn(&World) -> f64| {
        verdict.means(name, &of(&slow, f), &of(&fast, f));
    };
    for (name, place) in [("met", 2), ("failed", 3), ("failed anyway", 4)] {
        means(name, &|it| it[place]);
        means(&format!("{name} squared"), &|it| it[place] * it[place]);
        means(&format!("{name} x time"), &|it| it[place] * it[0]);
        means(&format!("{name} of the promoted"), &|it| it[place] * f64::from(it[1] == 0.0));
    }
    verdict.laws("ending", &of(&slow, &|it| it[1]), &of(&fast, &|it| it[1]));
    verdict.laws("ended at", &of(&slow, &|it| it[0]), &of(&fast, &|it| it[0]));
    verdict.laws("met", &of(&slow, &|it| it[2]), &of(&fast, &|it| it[2]));
    verdict.close(&scenario.name);
}

/// Watching longer changes nothing of what was before. What it adds are the whole ticks after the
/// last decision, whose law is known: Poisson, whatever the decision was made of.
#[test]
fn the_counts_after_the_last_decision_are_poisson_and_know_nothing_of_it() {
    const WORLDS: u64 = 250_000;
    const TICKS: u64 = 8;
    let brief = scenario();
    let long = Scenario { watch: secs(TICK * TICKS), ..scenario() };
    let (mut first, mut second) = (Engine::new(&brief, Unrecorded), Engine::new(&long, Unrecorded));
    let mean = RATE * (TICK * TICKS) as f64;
    let names = ["mean", "variance", "with the counts before", "with the time"];
    let mut sums = [(0.0, 0.0); 4];
    for world in 0..WORLDS {
        let (a, b) = (first.simulate(12, world), second.simulate(12, world));
        if a.ending != Ending::Promoted {
            continue;
        }
        let away = (b.met - a.met) as f64 - mean;
        let before = a.met as f64 / (RATE * a.ended_at.since_start().as_secs_f64()) - 0.5;
        let soon = f64::from(a.ended_at.since_start() < secs(200)) - 0.5;
        let parts = [away, away * away - mean, away * before, away * soon];
        for (sum, part) in sums.iter_mut().zip(parts) {
            (sum.0, sum.1) = (sum.0 + part, sum.1 + part * part);
        }
    }
    for (name, (sum, squares)) in names.iter().zip(sums) {
        let z = sum / chance::math::sqrt(squares);
        assert!(z.abs() < 4.0, "{name}: z = {z:.2}");
    }
}
