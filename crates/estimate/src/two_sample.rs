//! Is the treatment's rate higher than the control's?

use crate::special::{beta_mean_of, beta_upper, binomial_density, log_odds_width};
use chance::math::{normal_cdf, sqrt};

/// Events among trials on one side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The events.
    pub x: u64,
    /// The trials.
    pub n: u64,
}

/// The pooled z score of the treatment's rate over the control's:
/// `(p1 - p0) / sqrt(p (1 - p) (1/n1 + 1/n0))`; zero when there is nothing to tell them apart.
pub fn pooled_z(treatment: Sample, control: Sample) -> f64 {
    let (events, trials) = (treatment.x + control.x, treatment.n + control.n);
    if events == 0 || events == trials || treatment.n == 0 || control.n == 0 {
        return 0.0;
    }
    let rate = |x: u64, n: u64| x as f64 / n as f64;
    let pooled = rate(events, trials);
    let per_trial = 1.0 / treatment.n as f64 + 1.0 / control.n as f64;
    let difference = rate(treatment.x, treatment.n) - rate(control.x, control.n);
    difference / sqrt(pooled * (1.0 - pooled) * per_trial)
}

/// The one-sided p-value of [`pooled_z`].
pub fn pooled_p(treatment: Sample, control: Sample) -> f64 {
    normal_cdf(-pooled_z(treatment, control))
}

/// Fisher's exact test: the chance of at least as many treatment events when all events are dealt
/// to the trials at random.
///
/// Adds the terms from the observed count away from the mean, where they shrink.
pub fn fisher_greater(treatment: Sample, control: Sample) -> f64 {
    let deal = Deal { events: treatment.x + control.x, n: treatment.n, others: control.n };
    let (least, most) = (deal.events.saturating_sub(deal.others), deal.events.min(deal.n));
    let x = treatment.x;
    if x == least {
        1.0
    } else if x as f64 * (deal.n + deal.others) as f64 <= deal.events as f64 * deal.n as f64 {
        let down = (least..x - 1).rev().map(|x| 1.0 / deal.ratio(x));
        1.0 - series(deal.probability(x - 1), down)
    } else {
        series(deal.probability(x), (x..most).map(|x| deal.ratio(x)))
    }
}

/// `events` dealt at random to `n` trials of the treatment and `others` of the control.
struct Deal {
    events: u64,
    n: u64,
    others: u64,
}

impl Deal {
    /// The chance that `x` events fall on the treatment: hypergeometric, by binomials so that no
    /// factorial is ever formed (Loader 2000).
    fn probability(&self, x: u64) -> f64 {
        let all = self.n + self.others;
        let (p, q) = (self.events as f64 / all as f64, (all - self.events) as f64 / all as f64);
        let density = |x: u64, n: u64| binomial_density(x as f64, n as f64, p, q);
        density(x, self.n) * density(self.events - x, self.others) / density(self.events, all)
    }

    /// The chance of `x + 1` events over that of `x`.
    fn ratio(&self, x: u64) -> f64 {
        let up = (self.n - x) as f64 * (self.events - x) as f64;
        up / ((x + 1) as f64 * (self.others + x + 1 - self.events) as f64)
    }
}

/// `first` and the terms that follow it by these ratios, added up.
fn series(first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut term) = (first, first);
    for ratio in ratios {
        term *= ratio;
        sum += term;
    }
    sum
}

/// The posterior probability that the treatment's rate is higher, with independent
/// Beta(`prior`) priors on both rates.
pub fn posterior_higher(treatment: Sample, control: Sample, prior: (f64, f64)) -> f64 {
    let posterior = |s: Sample| (prior.0 + s.x as f64, prior.1 + (s.n - s.x) as f64);
    let ((a1, b1), (a0, b0)) = (posterior(treatment), posterior(control));
    beta_mean_of(a0, b0, log_odds_width(a1, b1), |p0| beta_upper(p0, a1, b1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64, tolerance: f64) {
        assert!((left / right - 1.0).abs() < tolerance, "{left} is not {right}");
    }

    fn sample(x: u64, n: u64) -> Sample {
        Sample { x, n }
    }

    #[test]
    fn pooled_z_test() {
        close(pooled_z(sample(20, 1000), sample(10, 1000)), 1.839590920463876, 1e-12);
        close(pooled_p(sample(20, 1000), sample(10, 1000)), 0.03291415918759529, 1e-11);
    }

    #[test]
    fn nothing_happened_is_no_evidence() {
        for (treatment, control) in [((0, 9), (0, 9)), ((9, 9), (5, 5)), ((0, 0), (3, 9))] {
            let z = pooled_z(sample(treatment.0, treatment.1), sample(control.0, control.1));
            assert_eq!(z.to_bits(), 0);
        }
    }

    #[test]
    fn fishers_exact_test() {
        close(fisher_greater(sample(20, 1000), sample(10, 1000)), 0.04810819554320648, 1e-11);
        close(fisher_greater(sample(12, 600), sample(114, 11400)), 0.02373291937505998, 1e-11);
        // The lady tasting tea: all four cups right is one in 70.
        close(fisher_greater(sample(4, 4), sample(0, 4)), 1.0 / 70.0, 1e-13);
        close(fisher_greater(sample(0, 4), sample(3, 4)), 1.0, 1e-13);
        close(fisher_greater(sample(0, 4), sample(0, 4)), 1.0, 1e-13);
        close(fisher_greater(sample(1, 4), sample(3, 4)), 69.0 / 70.0, 1e-13);
        // So many events that the probability of this few is no number.
        close(fisher_greater(sample(3, 9000), sample(8000, 9000)), 1.0, 1e-13);
    }

    #[test]
    fn posteriors_of_equal_data_are_a_coin() {
        for prior in [(0.5, 0.5), (1.0, 1.0), (2.0, 30.0)] {
            close(posterior_higher(sample(3, 40), sample(3, 40), prior), 0.5, 1e-10);
        }
    }

    #[test]
    fn a_silent_small_treatment_is_not_evidence() {
        let higher = posterior_higher(sample(0, 50), sample(5, 5000), (0.5, 0.5));
        assert!((higher - 0.7457122960897947).abs() < 1e-7, "{higher}");
    }

    #[test]
    fn posteriors_match_the_finite_sum() {
        // With whole parameters P(p1 > p0) is a finite sum; Beta(1, 2) over Beta(1, 1): 1/3.
        close(posterior_higher(sample(0, 1), sample(0, 0), (1.0, 1.0)), 1.0 / 3.0, 1e-10);
        // Beta(2, 1) over Beta(1, 2): 5/6.
        close(posterior_higher(sample(1, 1), sample(0, 1), (1.0, 1.0)), 5.0 / 6.0, 1e-10);
    }
}
