//! Two samples of the same law? Tests at a level at which a fixed seed is never unlucky.
//!
//! Every test has a chance of [`ALPHA`] to fail although the laws agree. A scenario takes at most
//! 60 of them, and there are fewer than 33 scenarios: the chance that any of them ever fails for
//! nothing is below 2000 x 4e-7 = 0.08 %, and that is paid once, when a seed or a draw changes.

use chance::math;
use clockwork::Instant;
use coalmine::scenario::Scenario;
use coalmine::simulation::{By, Engine, Measures, Unrecorded};
use estimate::special::gamma_upper;

use super::dice::Dice;
use super::simulator::{Naive, Seen};

/// The level of every single test.
pub(super) const ALPHA: f64 = 4e-7;

/// The two-sided normal quantile of [`ALPHA`].
const Z: f64 = 5.069;

/// Cells of a chi-square test, and the least expected count in a cell of the smaller sample.
const CELLS: usize = 24;
const EXPECTED: f64 = 25.0;

/// One number of every world.
struct Column {
    name: &'static str,
    tests: Tests,
    seen: Vec<f64>,
    simulated: Vec<f64>,
}

/// How a number is compared.
#[derive(Clone, Copy, PartialEq)]
enum Tests {
    /// By mean, variance and distribution.
    Law,
    /// By mean: the engine gives an expectation given what else it counted.
    Mean,
    /// By distribution: a time, or a name.
    Kinds,
}

/// A number for something that may not be.
const NEVER: f64 = -1.0;

fn name<T: Copy + Into<f64>>(it: Option<T>) -> f64 {
    it.map_or(NEVER, Into::into)
}

/// To hundredths of a second: the two round waiting times to microseconds in different places.
fn time(micros: Option<u64>) -> f64 {
    micros.map_or(NEVER, |micros| (micros as f64 / 1e4).round() / 100.0)
}

fn number(by: By) -> u8 {
    match by {
        By::Gate(gate) => gate,
        By::Person => 100,
        By::Strategy => 101,
        By::Analysis(_) => 102,
    }
}

type Row = [(&'static str, Tests, f64); 32];

fn seen(it: &Seen) -> Row {
    let (met, failed) = (it.met as f64, it.failed as f64);
    let baseline = it.baseline_failed as f64;
    [
        ("ending", Tests::Kinds, name(it.ending.map(|ending| ending as u8))),
        ("by", Tests::Kinds, name(it.by.map(number))),
        ("attempts", Tests::Kinds, f64::from(it.attempts)),
        ("release", Tests::Kinds, name(Some(it.release as u8))),
        ("exposed at", Tests::Kinds, time(it.exposed_at.or(Some(it.ended_at)))),
        ("ended at", Tests::Law, time(Some(it.ended_at))),
        ("live at", Tests::Kinds, time(it.live_at)),
        ("ordered at", Tests::Kinds, time(it.ordered_at)),
        ("detected at", Tests::Kinds, time(it.detected_at)),
        ("harm began", Tests::Kinds, time(it.harm_began)),
        ("harm ended", Tests::Kinds, time(it.harm_ended)),
        ("time harmed", Tests::Law, time(Some(it.time_harmed))),
        ("met", Tests::Law, met),
        ("met harmful", Tests::Mean, it.met_harmful as f64),
        ("failed", Tests::Law, failed),
        ("slowed", Tests::Mean, it.slowed as f64),
        ("bystanders", Tests::Mean, it.bystanders as f64),
        ("failed by the rollout", Tests::Law, it.rollout_failed as f64),
        ("slowed by the rollout", Tests::Mean, it.rollout_slowed as f64),
        ("baseline failed", Tests::Law, baseline),
        ("users met", Tests::Mean, it.users_met as f64),
        ("users harmed", Tests::Mean, it.users_harmed as f64),
        ("users dipped", Tests::Mean, it.users_dipped as f64),
        ("peak share", Tests::Kinds, (it.peak_share * 1e4).round()),
        ("killed", Tests::Kinds, it.killed as f64),
        ("pods above", Tests::Law, (it.pods_above as f64 / 1e6).round()),
        ("peak pods", Tests::Kinds, it.peak_pods as f64),
        ("readings", Tests::Law, f64::from(it.readings)),
        // What is counted apart must also hang together as it should.
        ("met x failed", Tests::Mean, met * failed),
        ("met x baseline failed", Tests::Mean, met * baseline),
        ("failed x baseline failed", Tests::Mean, failed * baseline),
        ("failed x time", Tests::Mean, failed * time(Some(it.ended_at))),
    ]
}

fn simulated(it: &Measures) -> Row {
    let at = |at: Option<Instant>| at.map(|at| at.since_start().micros());
    let thousandths = |count: u64| count as f64 / 1000.0;
    let same = seen(&Seen {
        ending: Some(it.ending),
        by: it.by,
        attempts: u32::from(it.attempts),
        release: usize::from(it.release),
        exposed_at: at(Some(it.exposed_at)),
        ended_at: it.ended_at.since_start().micros(),
        live_at: at(it.live_at),
        ordered_at: at(it.ordered_at),
        detected_at: at(it.detected_at),
        harm_began: at(it.harm_began),
        harm_ended: at(it.harm_ended),
        time_harmed: it.time_harmed.micros(),
        met: it.met,
        failed: it.failed,
        rollout_failed: it.rollout_failed,
        peak_share: f64::from(it.peak_share) / 1e6,
        killed: it.killed,
        pods_above: it.pods_above,
        peak_pods: it.peak_pods as usize,
        baseline_failed: it.baseline_failed,
        readings: it.readings,
        ..Seen::default()
    });
    same.map(|(name, tests, value)| match name {
        "met harmful" => (name, tests, thousandths(it.met_harmful)),
        "slowed" => (name, tests, it.slowed as f64 / 1000.0),
        "bystanders" => (name, tests, it.bystanders as f64 / 1000.0),
        "slowed by the rollout" => (name, tests, it.rollout_slowed as f64 / 1000.0),
        "users met" => (name, tests, thousandths(it.users_met)),
        "users harmed" => (name, tests, thousandths(it.users_harmed)),
        "users dipped" => (name, tests, thousandths(it.users_dipped)),
        _ => (name, tests, value),
    })
}

/// Simulates `slow` worlds request by request and `fast` worlds with the engine, and compares
/// whatever both can tell.
pub(super) fn agree(scenario: &Scenario, slow: u64, fast: u64) {
    let mut dice = Dice::new(20_250_101);
    let mut naive = Naive::new(scenario);
    let mut engine = Engine::new(scenario, Unrecorded);
    let slow: Vec<Row> = (0..slow).map(|_| seen(&naive.simulate(&mut dice))).collect();
    let fast: Vec<Row> = (0..fast).map(|world| simulated(&engine.simulate(7, world))).collect();
    let mut verdict = Verdict::within(Z);
    for column in 0..slow[0].len() {
        let (name, tests, _) = slow[0][column];
        let values = |rows: &[Row]| rows.iter().map(|row| row[column].2).collect();
        verdict.column(&Column { name, tests, seen: values(&slow), simulated: values(&fast) });
    }
    verdict.close(&scenario.name);
}

/// What all tests of a scenario say.
pub(super) struct Verdict {
    /// The most standard errors that means may be apart.
    limit: f64,
    tests: u32,
    lines: Vec<String>,
    failed: bool,
}

impl Verdict {
    pub(super) fn within(limit: f64) -> Self {
        Self { limit, tests: 0, lines: Vec::new(), failed: false }
    }

    fn column(&mut self, it: &Column) {
        let (slow, fast) = (&it.seen, &it.simulated);
        let first = slow[0];
        if slow.iter().chain(fast).all(|value| *value == first) {
            return;
        }
        if it.tests != Tests::Kinds {
            self.means(it.name, slow, fast);
        }
        if it.tests == Tests::Law {
            self.means(
                &format!("{}, squared from its mean", it.name),
                &squares(slow),
                &squares(fast),
            );
        }
        if it.tests != Tests::Mean {
            self.laws(it.name, slow, fast);
        }
    }

    /// Welch's test. With `s` the standard error of the difference it finds a bias of
    /// `(5.07 + 1.28) s` nine times in ten; that bias is part of the line.
    pub(super) fn means(&mut self, name: &str, slow: &[f64], fast: &[f64]) {
        let [(a, va), (b, vb)] = [slow, fast].map(mean_and_variance);
        let error = math::sqrt(va / slow.len() as f64 + vb / fast.len() as f64);
        let z = (b - a) / error;
        let line = format!("{name}: {a:.4} and {b:.4}, z = {z:.2}, finds {:.2e}", 6.35 * error);
        self.note(&line, z.abs() < self.limit);
    }

    /// The chi-square test of two samples over cells of about equal counts.
    pub(super) fn laws(&mut self, name: &str, slow: &[f64], fast: &[f64]) {
        let cells = cells(slow, fast);
        let (n, m) = (slow.len() as f64, fast.len() as f64);
        let part = |cell: &(f64, f64)| {
            let all = (cell.0 + cell.1) / (n + m);
            let away = |count: f64, n: f64| (count - all * n) * (count - all * n) / (all * n);
            away(cell.0, n) + away(cell.1, m)
        };
        let distance: f64 = cells.iter().map(part).sum();
        if cells.len() < 2 {
            return;
        }
        let p = gamma_upper((cells.len() - 1) as f64 / 2.0, distance / 2.0);
        let mut line =
            format!("law of {name}: chi2 = {distance:.1} of {}, p = {p:.2e}", cells.len());
        if p <= ALPHA {
            line = format!("{line}, cells {cells:?}");
        }
        self.note(&line, p > ALPHA);
    }

    fn note(&mut self, line: &str, good: bool) {
        self.tests += 1;
        self.failed |= !good;
        self.lines.push(format!("{} {line}", if good { " " } else { "X" }));
    }

    pub(super) fn close(self, name: &str) {
        let (tests, lines) = (self.tests, self.lines.join("\n"));
        assert!(tests <= 60, "{name}: {tests} tests are more than the level allows for");
        assert!(!self.failed, "{name}: engine and model differ\n{lines}");
    }
}

/// Counts of both samples by value, neighbouring values together until a cell is large enough.
fn cells(slow: &[f64], fast: &[f64]) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, usize)> = Vec::with_capacity(slow.len() + fast.len());
    all.extend(slow.iter().map(|value| (*value, 0)));
    all.extend(fast.iter().map(|value| (*value, 1)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let share = slow.len().min(fast.len()) as f64 / all.len() as f64;
    let enough = (all.len() as f64 / CELLS as f64).max(EXPECTED / share);
    let mut cells = vec![(0.0, 0.0)];
    for values in all.chunk_by(|a, b| a.0 == b.0) {
        let last = cells.last_mut().expect("there is a first cell");
        let cell = if last.0 + last.1 >= enough {
            cells.push((0.0, 0.0));
            cells.last_mut().expect("just pushed")
        } else {
            last
        };
        let of_fast = values.iter().filter(|value| value.1 == 1).count();
        cell.0 += (values.len() - of_fast) as f64;
        cell.1 += of_fast as f64;
    }
    // What is left at the end is no cell of its own.
    if let [.., before, last] = &mut cells[..]
        && (last.0 + last.1) * share < EXPECTED
    {
        (before.0, before.1) = (before.0 + last.0, before.1 + last.1);
        cells.pop();
    }
    cells
}

fn mean_and_variance(sample: &[f64]) -> (f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    (mean, sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0))
}

fn squares(sample: &[f64]) -> Vec<f64> {
    let (mean, _) = mean_and_variance(sample);
    sample.iter().map(|x| (x - mean) * (x - mean)).collect()
}
