//! Cumulative buckets of a classic histogram.

/// A bucket: how many observations are not larger than its bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) bound: f64,
    pub(crate) count: f64,
}

/// Relative differences below this are taken for rounding.
const TOLERANCE: f64 = 1e-12;

/// Merges buckets with the same bound, and lets no count fall below the one before.
pub(crate) fn repair(buckets: &mut Vec<Bucket>) {
    buckets.dedup_by(|next, kept| {
        let is_same = next.bound == kept.bound;
        if is_same {
            kept.count += next.count;
        }
        is_same
    });
    let mut before = buckets[0].count;
    for bucket in &mut buckets[1..] {
        if bucket.count < before || is_close(bucket.count, before) {
            bucket.count = before;
        } else {
            before = bucket.count;
        }
    }
}

/// Whether two counts differ by rounding at most.
fn is_close(a: f64, b: f64) -> bool {
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let sum = a.abs() + b.abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return (a - b).abs() < TOLERANCE * f64::MIN_POSITIVE;
    }
    (a - b).abs() / sum.min(f64::MAX) < TOLERANCE
}

/// The count of all observations, if there are any and the last bucket has no bound.
fn total(buckets: &[Bucket]) -> Option<f64> {
    let last = buckets.last().filter(|last| last.bound == f64::INFINITY);
    last.map(|last| last.count).filter(|&count| count != 0.0)
}

/// The value below which a share of the observations lies, linear within a bucket.
///
/// The first bucket begins at zero unless its bound is not positive; of the last one the bound
/// below is given (Prometheus `promql/quantile.go`).
pub(crate) fn quantile(q: f64, buckets: &[Bucket]) -> f64 {
    match q {
        _ if q.is_nan() => return f64::NAN,
        _ if q < 0.0 => return f64::NEG_INFINITY,
        _ if q > 1.0 => return f64::INFINITY,
        _ => {}
    }
    let Some(total) = total(buckets).filter(|_| buckets.len() > 1) else { return f64::NAN };
    let mut rank = q * total;
    let last = buckets.len() - 1;
    let at = buckets[..last]
        .partition_point(|bucket| bucket.count < rank || bucket.count.is_nan() || rank.is_nan());
    if at == last {
        return buckets[last - 1].bound;
    }
    let Bucket { bound: end, mut count } = buckets[at];
    if at == 0 && end <= 0.0 {
        return end;
    }
    let mut start = 0.0;
    if let Some(before) = at.checked_sub(1).map(|before| buckets[before]) {
        start = before.bound;
        count -= before.count;
        rank -= before.count;
    }
    start + (end - start) * (rank / count)
}

/// The share of the observations between two values, linear within a bucket.
pub(crate) fn fraction(low: f64, high: f64, buckets: &[Bucket]) -> f64 {
    let Some(total) = total(buckets) else { return f64::NAN };
    if low.is_nan() || high.is_nan() || total.is_nan() {
        return f64::NAN;
    }
    if low >= high {
        return 0.0;
    }
    (below(high, buckets, total) - below(low, buckets, total)) / total
}

/// How many observations are below a value.
fn below(value: f64, buckets: &[Bucket], total: f64) -> f64 {
    let mut start = Bucket { bound: f64::NEG_INFINITY, count: 0.0 };
    // Like a quantile: the first bucket begins at zero unless its bound is not positive.
    if buckets[0].bound > 0.0 {
        start.bound = 0.0;
    }
    for &end in buckets {
        if start.bound >= value {
            return start.count.min(total);
        }
        if end.bound > value && start.bound.is_infinite() {
            // Without a lower bound everything in the bucket counts as at its upper one.
            return end.count.min(total);
        }
        if end.bound > value {
            let share = (value - start.bound) / (end.bound - start.bound);
            return (start.count + (end.count - start.count) * share).min(total);
        }
        start = end;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(pairs: &[(f64, f64)]) -> Vec<Bucket> {
        let mut buckets: Vec<_> =
            pairs.iter().map(|&(bound, count)| Bucket { bound, count }).collect();
        repair(&mut buckets);
        buckets
    }

    #[test]
    fn a_quantile_is_linear_within_its_bucket() {
        let histogram = buckets(&[(0.1, 50.0), (0.5, 90.0), (f64::INFINITY, 100.0)]);
        assert_eq!(quantile(0.25, &histogram), 0.05);
        assert!((quantile(0.7, &histogram) - 0.3).abs() < 1e-12);
        assert_eq!(quantile(0.99, &histogram), 0.5);
        assert!(quantile(0.5, &buckets(&[(0.1, 50.0)])).is_nan());
        assert!(quantile(0.5, &buckets(&[(1.0, 0.0), (f64::INFINITY, 0.0)])).is_nan());
        let negative = buckets(&[(-1.0, 5.0), (f64::INFINITY, 10.0)]);
        assert_eq!(quantile(0.1, &negative), -1.0);
    }

    #[test]
    fn counts_that_fall_are_lifted_and_equal_bounds_merged() {
        let repaired = buckets(&[(1.0, 5.0), (1.0, 2.0), (2.0, 6.0), (f64::INFINITY, 9.0)]);
        assert_eq!(repaired.iter().map(|it| it.count).collect::<Vec<_>>(), [7.0, 7.0, 9.0]);
    }

    #[test]
    fn fractions_add_up() {
        let histogram = buckets(&[(1.0, 4.0), (2.0, 6.0), (f64::INFINITY, 8.0)]);
        assert_eq!(fraction(0.0, 1.5, &histogram), 0.625);
        assert_eq!(fraction(f64::NEG_INFINITY, f64::INFINITY, &histogram), 1.0);
        assert_eq!(fraction(2.0, 1.0, &histogram), 0.0);
    }
}
