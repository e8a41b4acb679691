//! Who sends the requests: few users send many, many send few.

use std::sync::{Arc, OnceLock};

use chance::math;

/// Users with at least this share of the traffic are individuals; the others are classes.
const HEAVY: f64 = 0.002;

/// The population behind the traffic.
#[derive(Clone, Debug)]
pub struct Users {
    /// How many there are.
    pub population: u64,
    /// Exponent of the Zipf law of activity: the k-th user sends in proportion to `k^-zipf`.
    pub zipf: f64,
    /// Whether a user stays on the version that it met first.
    pub sticky: bool,
    /// Standard deviation of the logarithm of a heavy user's own multiplier on the error rate.
    pub error_sd: f64,
    /// Activity, tabulated; what differs in other things may share it.
    pub activity: Arc<Activity>,
}

/// Shares of the traffic by user, and the expected number of distinct users.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Shares of the traffic of the heavy users, largest first.
    pub heavy: Vec<f64>,
    /// Share of the traffic of all others.
    pub tail: f64,
    classes: Vec<(f64, f64)>,
    table: Vec<OnceLock<f64>>,
}

/// The table of the tail: `table[i]` is for `exp(FIRST + i * STRIDE)` requests. Few worlds look
/// at all of it, so that each entry is reckoned when the first does.
const FIRST: f64 = -14.0;
const STRIDE: f64 = 0.05;
const ENTRIES: usize = 1_000;

impl Activity {
    /// The activity of `population` users with a Zipf exponent of `zipf`.
    ///
    /// Ranks are exact up to 1,000 and lie in classes 1 % wide beyond, so that a count of distinct
    /// users is right to about 1e-5.
    pub fn zipf(population: u64, zipf: f64) -> Self {
        let mut classes = ranks(population, zipf);
        let all: f64 = classes.iter().map(|(users, weight)| users * weight).sum();
        for class in &mut classes {
            class.1 /= all;
        }
        let alone = |class: &&(f64, f64)| class.0 == 1.0 && class.1 >= HEAVY;
        let heavy: Vec<f64> = classes.iter().take_while(alone).map(|class| class.1).collect();
        classes.drain(..heavy.len());
        let tail = 1.0 - heavy.iter().sum::<f64>();
        Self { heavy, tail, classes, table: vec![OnceLock::new(); ENTRIES] }
    }

    /// How many users of the tail are expected among `requests` of the whole traffic:
    /// sum over users of `1 - exp(-requests * share)`.
    pub fn tail_distinct(&self, requests: f64) -> f64 {
        if requests <= 0.0 {
            return 0.0;
        }
        let place = (math::ln(requests) - FIRST) / STRIDE;
        if place < 1.0 || place >= (ENTRIES - 2) as f64 {
            return distinct(&self.classes, requests);
        }
        let index = place as usize;
        let x = place - index as f64;
        cubic(std::array::from_fn(|i| self.entry(index - 1 + i)), x)
    }

    fn entry(&self, place: usize) -> f64 {
        let requests = || math::exp(FIRST + place as f64 * STRIDE);
        *self.table[place].get_or_init(|| distinct(&self.classes, requests()))
    }

    /// How many users are expected among `requests` of the whole traffic.
    pub fn distinct(&self, requests: f64) -> f64 {
        // Exactly `1 - (1 - share)^requests`: for a heavy user the difference shows.
        let heavy: f64 = self.heavy.iter().map(|share| met(-requests * math::ln_1p(-share))).sum();
        heavy + self.tail_distinct(requests)
    }
}

/// The chance that somebody with a mean of `mean` requests sends at least one.
pub(crate) fn met(mean: f64) -> f64 {
    -math::exp_m1(-mean)
}

fn distinct(classes: &[(f64, f64)], requests: f64) -> f64 {
    classes.iter().map(|(users, share)| users * met(requests * share)).sum()
}

/// `(users, weight)` of single ranks first, then of classes of ranks.
fn ranks(population: u64, zipf: f64) -> Vec<(f64, f64)> {
    let weight = |rank: f64| math::pow(rank, -zipf);
    let single = population.min(1_000);
    let mut classes: Vec<_> = (1..=single).map(|rank| (1.0, weight(rank as f64))).collect();
    let mut first = single + 1;
    while first <= population {
        let last = (first + first / 100).min(population);
        let users = (last - first + 1) as f64;
        // The midpoint rule on [first - 1/2, last + 1/2], with its first correction.
        let middle = (first + last) as f64 / 2.0;
        let bend = zipf * (zipf + 1.0) / (middle * middle) * (users * users - 1.0) / 24.0;
        classes.push((users, weight(middle) * (1.0 + bend)));
        first = last + 1;
    }
    classes
}

/// Catmull-Rom through four neighbours, `x` of the way from the second to the third.
fn cubic([a, b, c, d]: [f64; 4], x: f64) -> f64 {
    let (p, q) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d);
    b + 0.5 * x * (p + x * (q + x * (3.0 * (b - c) + d - a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_users_agree_with_the_sum_over_a_million() {
        let activity = Activity::zipf(1_000_000, 0.9);
        // Closed form over all users: 215,142 active of 600,000 requests.
        let active = activity.distinct(600_000.0);
        assert!((active - 215_142.0).abs() < 3.0, "{active}");
        let few = activity.distinct(6_000.0);
        assert!((few - 4_416.0).abs() < 1.0, "{few}");
    }
}
