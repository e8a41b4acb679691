//! How likely one reading of an error-ratio gate trips.

use crate::binomial::{binomial_at_least, poisson_at_most, poisson_probability};

/// More successes than this never happen, and still count exactly.
const SUCCESSES_MAX: u64 = 1 << 52;

/// The fewest errors among `n` requests whose ratio is above `threshold`; `n + 1` when none is.
///
/// The ratio is compared as a gate computes it, by one rounded division: 5 of 100 is not above
/// 0.05, whatever `0.05 * 100` comes to.
pub fn least_trip(n: u64, threshold: f64) -> u64 {
    let trips = |x: u64| x as f64 / n as f64 > threshold;
    let guess = ((threshold * n as f64) as u64).min(n).saturating_sub(1);
    (guess..=n).find(|&x| trips(x)).unwrap_or(n + 1)
}

/// The chance that the error ratio of `n` requests, each failing with probability `p`, is above
/// `threshold`: P(Binomial(n, p) / n > threshold). No requests, no ratio, no trip.
pub fn trip_probability(n: u64, p: f64, threshold: f64) -> f64 {
    if n == 0 { 0.0 } else { binomial_at_least(least_trip(n, threshold), n, p) }
}

/// The same when the number of requests is Poisson with mean `requests`: the sum over errors `e`
/// of P(e) times the chance of too few successes, `s < e (1 - t) / t`.
pub fn trip_probability_poisson(requests: f64, p: f64, threshold: f64) -> f64 {
    let (errors, successes) = (requests * p, requests * (1.0 - p));
    let mut total = 0.0;
    for e in 1.. {
        let probability = poisson_probability(e, errors);
        // Past the mean the rest is smaller than a geometric tail from here.
        if e as f64 > errors && probability < 1e-18 {
            break;
        }
        total += most_successes(e, threshold)
            .map_or(0.0, |s| probability * poisson_at_most(s, successes));
    }
    total.min(1.0)
}

/// The most successes beside `e` errors that still trip; `None` when not even errors alone do.
fn most_successes(e: u64, threshold: f64) -> Option<u64> {
    let trips = |s: u64| e as f64 / (e + s) as f64 > threshold;
    // The quotient may be off by a rounding either way, so start one above. At a threshold of
    // zero it is infinite: any error trips.
    let guess = ((e as f64 * (1.0 - threshold) / threshold) as u64).min(SUCCESSES_MAX);
    (0..=2).find_map(|back| (guess + 1).checked_sub(back).filter(|&s| trips(s)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binomial::binomial_probability;

    #[test]
    fn a_ratio_at_the_threshold_does_not_trip() {
        assert_eq!(least_trip(100, 0.05), 6);
        assert_eq!(least_trip(100, 0.07), 8);
        assert_eq!(least_trip(1000, 0.001), 2);
        assert_eq!(least_trip(10, 0.0), 1);
        assert_eq!(least_trip(10, 1.0), 11);
        for n in 1..2000 {
            assert_eq!(least_trip(n, 0.01), n / 100 + 1, "{n}");
        }
    }

    #[test]
    fn fixed_traffic() {
        assert!((trip_probability(100, 0.05, 0.05) - 0.38400087204385897).abs() < 1e-12);
        assert!((trip_probability(3000, 0.013, 0.01) - 0.9187749620348428).abs() < 1e-12);
        assert_eq!(trip_probability(0, 0.5, 0.1).to_bits(), 0);
        assert_eq!(trip_probability(10, 0.5, 1.0).to_bits(), 0);
    }

    #[test]
    fn poisson_traffic() {
        assert!((trip_probability_poisson(20.0, 0.05, 0.05) - 0.4369399802514305).abs() < 1e-10);
        assert_eq!(trip_probability_poisson(0.0, 0.05, 0.05).to_bits(), 0);
        assert_eq!(trip_probability_poisson(20.0, 0.05, 1.0).to_bits(), 0);
        // Above zero errors any error trips: 1 - e^-1.
        let any = trip_probability_poisson(20.0, 0.05, 0.0);
        assert!((any - 0.6321205588285577).abs() < 1e-12, "{any}");
    }

    #[test]
    fn poisson_traffic_is_a_mixture_of_fixed_traffic() {
        let mixture: f64 =
            (1..200).map(|n| poisson_probability(n, 60.0) * trip_probability(n, 0.03, 0.02)).sum();
        assert!((trip_probability_poisson(60.0, 0.03, 0.02) - mixture).abs() < 1e-12);
        let total: f64 = (0..=60).map(|x| binomial_probability(x, 60, 0.03)).sum();
        assert!((total - 1.0).abs() < 1e-13);
    }
}
