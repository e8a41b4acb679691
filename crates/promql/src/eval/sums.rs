//! Sums that lose nothing to rounding, means that do not overflow, and quantiles.

/// A sum with what rounding took from it (Neumaier 1974), which infinities end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    #[inline]
    pub(crate) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - sum) + value;
        } else {
            self.lost += (value - sum) + self.sum;
        }
        self.sum = sum;
    }

    #[inline]
    pub(crate) fn value(self) -> f64 {
        self.sum + self.lost
    }

    fn scaled(self, factor: f64) -> Self {
        Self { sum: self.sum * factor, lost: self.lost * factor }
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = Self::default();
        values.into_iter().for_each(|value| sum.add(value));
        sum
    }
}

/// A mean: of a sum as long as that is finite, then of the mean so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mean {
    count: f64,
    sum: Sum,
    is_incremental: bool,
}

impl Mean {
    #[inline]
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if !self.is_incremental {
            let mut sum = self.sum;
            sum.add(value);
            if !sum.sum.is_infinite() || self.count == 1.0 {
                self.sum = sum;
                // The first value alone may be infinite.
                self.is_incremental = sum.sum.is_infinite();
                return;
            }
            self.is_incremental = true;
            self.sum = Sum {
                sum: self.sum.sum / (self.count - 1.0),
                lost: self.sum.lost / (self.count - 1.0),
            };
        }
        self.add_to_mean(value);
    }

    fn add_to_mean(&mut self, value: f64) {
        let mean = self.sum.sum;
        if mean.is_infinite() {
            let is_same = value.is_infinite() && (mean > 0.0) == (value > 0.0);
            if is_same || value.is_finite() {
                return;
            }
        }
        let mut scaled = self.sum.scaled((self.count - 1.0) / self.count);
        scaled.add(value / self.count);
        self.sum = scaled;
    }

    #[inline]
    pub(crate) fn value(self) -> f64 {
        if self.is_incremental {
            return self.sum.value();
        }
        self.sum.sum / self.count + self.sum.lost / self.count
    }
}

/// The quantile between the closest ranks; not-a-number is the least.
///
/// Leaves the values in order.
pub(crate) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    values.sort_unstable_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
    let last = values.len() - 1;
    let rank = q * last as f64;
    let low = (rank.floor() as usize).min(last);
    let weight = rank - rank.floor();
    values[low] * (1.0 - weight) + values[(low + 1).min(last)] * weight
}

/// The larger of two, not-a-number if either is that.
pub(crate) fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The smaller of two, not-a-number if either is that.
pub(crate) fn smaller(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_what_rounding_takes() {
        let sum = |values: &[f64]| values.iter().copied().collect::<Sum>().value();
        assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn a_mean_does_not_overflow() {
        let mean = |values: &[f64]| {
            let mut mean = Mean::default();
            for &value in values {
                mean.add(value);
            }
            mean.value()
        };
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(mean(&[f64::MAX, f64::MAX]), f64::MAX);
        assert_eq!(mean(&[1.0, f64::INFINITY, 5.0]), f64::INFINITY);
        assert_eq!(mean(&[f64::NEG_INFINITY]), f64::NEG_INFINITY);
        assert!(mean(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn a_quantile_lies_between_ranks() {
        assert_eq!(quantile(0.5, &mut [3.0, 1.0, 2.0, 10.0]), 2.5);
        assert_eq!(quantile(1.0, &mut [3.0, 1.0]), 3.0);
        assert_eq!(quantile(-0.1, &mut [1.0]), f64::NEG_INFINITY);
        assert_eq!(quantile(1.1, &mut [1.0]), f64::INFINITY);
        assert!(quantile(0.0, &mut [1.0, f64::NAN]).is_nan());
    }
}
