//! How long rules that count failed evaluations take, when evaluations are independent and each
//! fails with probability `q`.

use crate::binomial::{binomial_at_least, binomial_at_most};
use chance::math::pow;

/// The most periods a bit mask of recent evaluations may remember.
const WINDOW_MAX: u32 = 24;

/// The chance that more than `limit` of `count` evaluations fail: a cumulative limit, such as the
/// `failureLimit` of Argo Rollouts or the `threshold` of Flagger less one.
pub fn cumulative_failure(q: f64, count: u64, limit: u64) -> f64 {
    binomial_at_least(limit + 1, count, q)
}

/// The mean number of evaluations of a cumulative limit that stops at its failure or after
/// `count`: `E[min(T, count)]`, the sum of P(Binomial(k, q) <= limit) over `k < count`.
pub fn mean_evaluations(q: f64, count: u64, limit: u64) -> f64 {
    (0..count).map(|evaluated| binomial_at_most(limit, evaluated, q)).sum()
}

/// A mean and a variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// The mean number of evaluations.
    pub mean: f64,
    /// Its variance, in evaluations squared.
    pub variance: f64,
}

/// The evaluations until a cumulative limit without an end is exceeded: negative binomial, mean
/// `(limit + 1) / q`, variance `(limit + 1) (1 - q) / q^2`.
pub fn evaluations_to_failure(q: f64, limit: u64) -> Waiting {
    let failures = (limit + 1) as f64;
    Waiting { mean: failures / q, variance: failures * (1.0 - q) / (q * q) }
}

/// The chance of `run` failures in a row among `count` evaluations: a consecutive limit, such as
/// the `for` of a Prometheus alert. A Markov chain over the length of the current run.
pub fn consecutive_failure(q: f64, run: usize, count: u64) -> f64 {
    if run == 0 {
        return 1.0;
    }
    // The chance of each current run length, while no run is complete.
    let mut lengths = vec![0.0; run];
    lengths[0] = 1.0;
    let mut failed = 0.0;
    for _ in 0..count {
        let going: f64 = lengths.iter().sum();
        failed += q * lengths[run - 1];
        for length in (1..run).rev() {
            lengths[length] = q * lengths[length - 1];
        }
        lengths[0] = (1.0 - q) * going;
    }
    failed
}

/// The mean number of evaluations to the first `run` failures in a row:
/// `(1 - q^r) / ((1 - q) q^r)`, that is `1/q + 1/q^2 + ... + 1/q^r`.
pub fn evaluations_to_run(q: f64, run: u32) -> f64 {
    (1..=run).map(|power| pow(q, -f64::from(power))).sum()
}

/// The chance that at some of `periods` evaluations at least `m` of the last `n` had failed: the
/// "m out of n datapoints" of a `CloudWatch` alarm, which starts with a clean window.
///
/// Dynamic programming over the outcomes of the last `n - 1` evaluations, one bit each. Panics
/// when `n` is not in 1..=24.
pub fn m_of_n_failure(q: f64, m: u32, n: u32, periods: u64) -> f64 {
    assert!((1..=WINDOW_MAX).contains(&n), "a window of {n} periods is not in 1..={WINDOW_MAX}");
    let remembered = 1_usize << (n - 1);
    let mut silent = vec![0.0; remembered];
    silent[0] = 1.0;
    let mut alarmed = 0.0;
    for _ in 0..periods {
        let mut next = vec![0.0; remembered];
        for (recent, &chance) in silent.iter().enumerate().filter(|&(_, &chance)| chance > 0.0) {
            for (bit, outcome) in [(0, 1.0 - q), (1, q)] {
                let window = recent << 1 | bit;
                if window.count_ones() >= m {
                    alarmed += chance * outcome;
                } else {
                    next[window & (remembered - 1)] += chance * outcome;
                }
            }
        }
        silent = next;
    }
    alarmed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-12 * right.max(1.0), "{left} is not {right}");
    }

    #[test]
    fn cumulative_limits() {
        close(cumulative_failure(0.2, 5, 0), 0.67232);
        close(cumulative_failure(0.01, 60, 3), 0.003123329171554689);
        close(cumulative_failure(0.5, 3, 3), 0.0);
        close(mean_evaluations(0.5, 10, 3), 7.5234375);
        close(mean_evaluations(0.2, 10, 1), 7.584080896);
    }

    #[test]
    fn waiting_for_a_cumulative_limit() {
        let waiting = evaluations_to_failure(0.2, 3);
        close(waiting.mean, 20.0);
        close(waiting.variance, 80.0);
    }

    #[test]
    fn consecutive_limits() {
        close(consecutive_failure(0.2, 3, 10), 0.05234944);
        close(consecutive_failure(0.1, 2, 100), 0.5984885535183095);
        close(consecutive_failure(0.3, 1, 4), 1.0 - 0.2401);
        close(consecutive_failure(0.3, 0, 4), 1.0);
        close(evaluations_to_run(0.2, 3), 155.0);
        close(evaluations_to_run(0.05, 2), 420.0);
    }

    #[test]
    fn alarms_on_m_of_n() {
        close(m_of_n_failure(0.2, 3, 5, 20), 0.3472887320368226);
        close(m_of_n_failure(0.1, 2, 3, 30), 0.3763429822152379);
        close(m_of_n_failure(0.3, 1, 1, 4), cumulative_failure(0.3, 4, 0));
    }

    #[test]
    fn the_rules_are_one_rule_at_their_corners() {
        close(m_of_n_failure(0.3, 4, 4, 30), consecutive_failure(0.3, 4, 30));
        close(m_of_n_failure(0.3, 3, 12, 12), cumulative_failure(0.3, 12, 2));
    }
}
