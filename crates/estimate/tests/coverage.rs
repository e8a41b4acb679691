//! The intervals cover the truth as often as they say, on samples from fixed seeds.

use chance::math::{exp, ln, sqrt};
use estimate::moments::{Moments, PairedMoments};
use estimate::pairs::{PairedCounts, difference, difference_of_rates};
use estimate::strata::{self, Sorted, Stratum, Trials};
use estimate::{Interval, means, quantiles};

const SAMPLES: u32 = 2000;
const CONFIDENCE: f64 = 0.9;

/// Knuth's 64-bit linear congruential generator: enough to draw test samples from.
struct Dice(u64);

impl Dice {
    /// A share strictly between 0 and 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A waiting time with this mean, in whole units.
    fn wait(&mut self, mean: f64) -> i64 {
        (-mean * ln(self.share())).round() as i64
    }
}

/// Checks the share of samples whose interval contains `truth` against the confidence.
fn covers(truth: f64, slack: f64, interval: impl Fn(&mut Dice) -> Interval) {
    let mut dice = Dice(20_250_101);
    let hits = (0..SAMPLES).filter(|_| interval(&mut dice).contains(truth)).count();
    let coverage = hits as f64 / f64::from(SAMPLES);
    // Three standard deviations of the share itself, on top of what the method allows.
    let noise = 3.0 * sqrt(CONFIDENCE * (1.0 - CONFIDENCE) / f64::from(SAMPLES));
    assert!((coverage - CONFIDENCE).abs() <= noise + slack, "{coverage}");
}

#[test]
fn the_mean_of_uniforms() {
    covers(499.5, 0.0, |dice| {
        let sample: Moments = (0..30).map(|_| (dice.share() * 1000.0) as i64).collect();
        means::mean(&sample, CONFIDENCE).expect("thirty values").interval
    });
}

#[test]
fn the_ratio_of_correlated_means() {
    covers(1.5, 0.01, |dice| {
        let pairs: PairedMoments = (0..60)
            .map(|_| {
                let load = 5000 + dice.wait(3000.0);
                (load * 3 + dice.wait(2000.0) * 3, load * 2 + dice.wait(2000.0) * 2)
            })
            .collect();
        means::ratio(&pairs, CONFIDENCE).expect("far from zero").interval
    });
}

#[test]
fn the_difference_of_paired_means() {
    covers(-500.0, 0.01, |dice| {
        let pairs: PairedMoments = (0..40)
            .map(|_| {
                let world = dice.wait(5000.0);
                (world + dice.wait(1000.0), world + dice.wait(1500.0))
            })
            .collect();
        difference(&pairs, CONFIDENCE).expect("forty pairs").estimate.interval
    });
}

#[test]
fn the_difference_of_paired_rates() {
    covers(0.05, 0.02, |dice| {
        let mut counts = PairedCounts::default();
        for _ in 0..200 {
            // Whatever breaks the second breaks the first too, and a little more does.
            let luck = dice.share();
            counts.push(luck < 0.10, luck < 0.05);
        }
        difference_of_rates(&counts, CONFIDENCE).interval
    });
}

#[test]
fn the_median_of_waits_with_some_beyond_the_window() {
    let median = ln(2.0);
    let window = 1.5;
    covers(median, 0.03, |dice| {
        let mut waits: Vec<f64> = (0..50).map(|_| -ln(dice.share())).collect();
        waits.sort_by(f64::total_cmp);
        let resolved = waits.partition_point(|&wait| wait < window);
        assert!(exp(-window) < 0.5, "the median is inside the window");
        let beyond = (waits.len() - resolved) as u64;
        let p50 = quantiles::quantile_interval(&waits[..resolved], beyond, 0.5, CONFIDENCE);
        p50.expect("fifty values").interval
    });
}

/// Classes with the chance of an event in each: weight, sample, how often one is a member, chance.
type Classes = [(f64, u64, f64, f64)];

fn truth(classes: &Classes) -> f64 {
    let all: f64 = classes.iter().map(|it| it.0 * it.2).sum();
    classes.iter().map(|it| it.0 * it.2 * it.3).sum::<f64>() / all
}

fn trials(dice: &mut Dice, classes: &Classes) -> Vec<Stratum<Trials>> {
    let class = |&(weight, n, member, chance): &(f64, u64, f64, f64)| {
        let members = (0..n).filter(|_| dice.share() < member).count() as u64;
        let events = (0..members).filter(|_| dice.share() < chance).count() as u64;
        Stratum { weight, n, members: Trials::of_members(events, members, n) }
    };
    classes.iter().map(class).collect()
}

/// The share of samples whose interval has the truth is at least the confidence, but for three
/// standard deviations of that share: another seed would fail one time in 700.
fn covers_at_least(truth: f64, interval: impl Fn(&mut Dice) -> Interval) {
    let mut dice = Dice(20_250_102);
    let hits = (0..SAMPLES).filter(|_| interval(&mut dice).contains(truth)).count();
    let coverage = hits as f64 / f64::from(SAMPLES);
    let noise = 3.0 * sqrt(CONFIDENCE * (1.0 - CONFIDENCE) / f64::from(SAMPLES));
    assert!(coverage >= CONFIDENCE - noise, "{coverage} of {truth}");
}

#[test]
fn rates_of_mixtures_near_nothing_in_the_middle_and_near_all() {
    let mixtures: [&Classes; 7] = [
        // Seldom in the heavy class, often in a light one.
        &[(0.90, 60, 1.0, 0.002), (0.06, 60, 1.0, 0.3), (0.04, 60, 1.0, 0.9)],
        &[(0.90, 60, 1.0, 0.0), (0.10, 60, 1.0, 0.02)],
        &[(0.90, 60, 1.0, 1.0), (0.06, 60, 1.0, 0.98), (0.04, 60, 1.0, 0.5)],
        &[(0.50, 30, 1.0, 0.5), (0.50, 30, 1.0, 0.5)],
        // Some of a class are no members.
        &[(0.90, 60, 1.0, 0.05), (0.10, 60, 0.3, 0.6)],
        &[(0.20, 40, 0.7, 0.9), (0.30, 40, 0.4, 0.1), (0.50, 40, 0.1, 0.5)],
        // Nine kinds, as in a population of releases.
        &[
            (0.900, 25, 1.0, 0.01),
            (0.035, 25, 0.7, 0.7),
            (0.009, 25, 0.6, 0.5),
            (0.012, 25, 0.3, 0.9),
            (0.012, 25, 1.0, 0.2),
            (0.010, 25, 0.9, 0.4),
            (0.010, 25, 0.8, 0.1),
            (0.010, 25, 0.5, 0.0),
            (0.002, 25, 1.0, 1.0),
        ],
    ];
    for classes in mixtures {
        covers_at_least(truth(classes), |dice| {
            strata::rate(&trials(dice, classes), CONFIDENCE).expect("trials").interval
        });
    }
}

#[test]
fn paired_differences_of_rates_of_mixtures() {
    // Whatever breaks the second breaks the first too, and a little more does.
    let classes = [(0.9, 0.03, 0.01), (0.06, 0.5, 0.4), (0.04, 1.0, 0.9)];
    let truth = classes.iter().map(|(weight, a, b)| weight * (a - b)).sum();
    covers_at_least(truth, |dice| {
        let class = |&(weight, first, second): &(f64, f64, f64)| {
            let mut members = PairedCounts::default();
            for _ in 0..80 {
                let luck = dice.share();
                members.push(luck < first, luck < second);
            }
            Stratum { weight, n: 80, members }
        };
        let classes: Vec<_> = classes.iter().map(class).collect();
        strata::difference_of_rates(&classes, CONFIDENCE).interval
    });
}

#[test]
fn means_and_ratios_of_mixtures_of_which_some_are_members() {
    // Loads of 1000 and 4000 in the mean; harm is a tenth and a half of them, and some more.
    let classes = [(0.8, 1.0, 1000.0, 0.1), (0.2, 0.5, 4000.0, 0.5)];
    let sample = |dice: &mut Dice| -> Vec<Stratum<PairedMoments>> {
        let class = |&(weight, member, load, part): &(f64, f64, f64, f64)| {
            let mut members = PairedMoments::default();
            for _ in 0..60 {
                if dice.share() < member {
                    let load = 500 + dice.wait(load - 500.0);
                    members.push((load as f64 * part) as i64 + dice.wait(50.0), load);
                }
            }
            Stratum { weight, n: 60, members }
        };
        classes.iter().map(class).collect()
    };
    let all = 0.8 * 1000.0 + 0.2 * 0.5 * 4000.0;
    let harm = 0.8 * 150.0 + 0.2 * 0.5 * 2050.0;
    covers(harm / all, 0.02, |dice| {
        strata::certain_ratio(&sample(dice), CONFIDENCE).expect("loads").interval
    });
    covers(all / 0.9, 0.02, |dice| {
        let loads: Vec<_> = sample(dice)
            .into_iter()
            .map(|it| Stratum { weight: it.weight, n: it.n, members: it.members.second })
            .collect();
        strata::mean(&loads, CONFIDENCE).expect("loads").interval
    });
}

#[test]
fn quantiles_of_mixtures() {
    // Waits of mean one and of mean ten: P(T <= t) = 0.7 (1 - e^-t) + 0.3 (1 - e^(-t / 10)).
    let below = |t: f64| 0.7 * (1.0 - exp(-t)) + 0.3 * (1.0 - exp(-t / 10.0));
    for (p, slack) in [(0.5, 0.02), (0.9, 0.02)] {
        let (mut low, mut high) = (0.0, 100.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if below(middle) < p { low = middle } else { high = middle }
        }
        covers(low, slack, |dice| {
            let class = |&(weight, mean): &(f64, f64)| {
                let mut values: Vec<f64> = (0..120).map(|_| -mean * ln(dice.share())).collect();
                values.sort_by(f64::total_cmp);
                let known = values.partition_point(|&wait| wait < 40.0);
                let beyond = (values.len() - known) as u64;
                values.truncate(known);
                Stratum { weight, n: 120, members: Sorted { values, beyond } }
            };
            let classes: Vec<_> = [(0.7, 1.0), (0.3, 10.0)].iter().map(class).collect();
            strata::quantile_interval(&classes, p, CONFIDENCE).expect("waits").interval
        });
    }
}
