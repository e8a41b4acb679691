//! The intervals cover the truth as often as they say, on samples from fixed seeds.

use chance::math::{exp, ln, sqrt};
use estimate::moments::{Moments, PairedMoments};
use estimate::pairs::{PairedCounts, difference, difference_of_rates};
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
