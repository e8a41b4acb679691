//! Exact sums of whole numbers, from which means and variances are made at the end.

/// The count, sum and sum of squares of some whole numbers, exact in any order of folding.
///
/// `n` values of size up to `m` fit when `4 n m^2 < 2^127`: 2^29 values of a year in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// How many values.
    pub n: u64,
    /// Their sum.
    pub sum: i128,
    /// The sum of their squares.
    pub sum_squares: u128,
}

impl Moments {
    /// Adds one value.
    pub fn push(&mut self, value: i64) {
        self.n += 1;
        self.sum += i128::from(value);
        self.sum_squares += u128::from(value.unsigned_abs()) * u128::from(value.unsigned_abs());
    }

    /// Adds the values of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_squares += other.sum_squares;
    }

    /// The mean, or `None` without values.
    pub fn mean(&self) -> Option<f64> {
        let centre = self.centre()?;
        Some(centre.0 as f64 + centre.1 as f64 / self.n as f64)
    }

    /// The unbiased variance, divisor n - 1, or `None` with fewer than two values.
    pub fn variance(&self) -> Option<f64> {
        let (whole, rest) = self.centre().filter(|_| self.n > 1)?;
        let squares = self.sum_squares as i128 - whole * (self.sum + rest);
        Some(spread(squares, rest, rest, self.n))
    }

    /// The mean as a whole number and a remainder in `0..n`: sums about a whole centre are whole,
    /// so nothing is lost to cancellation.
    fn centre(&self) -> Option<(i128, i128)> {
        let n = i128::from(self.n);
        (n > 0).then(|| (self.sum.div_euclid(n), self.sum.rem_euclid(n)))
    }
}

impl FromIterator<i64> for Moments {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let mut moments = Self::default();
        for value in values {
            moments.push(value);
        }
        moments
    }
}

/// The moments of pairs of whole numbers, such as one measure of two strategies in one world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedMoments {
    /// The moments of the first of each pair.
    pub first: Moments,
    /// The moments of the second of each pair.
    pub second: Moments,
    /// The sum of the products.
    pub sum_products: i128,
}

impl PairedMoments {
    /// Adds one pair.
    pub fn push(&mut self, first: i64, second: i64) {
        self.first.push(first);
        self.second.push(second);
        self.sum_products += i128::from(first) * i128::from(second);
    }

    /// Adds the pairs of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.first.merge(&other.first);
        self.second.merge(&other.second);
        self.sum_products += other.sum_products;
    }

    /// How many pairs.
    pub fn n(&self) -> u64 {
        self.first.n
    }

    /// The unbiased covariance, divisor n - 1, or `None` with fewer than two pairs.
    pub fn covariance(&self) -> Option<f64> {
        let (a, a_rest) = self.first.centre().filter(|_| self.n() > 1)?;
        let (b, b_rest) = self.second.centre()?;
        let products = self.sum_products - a * self.second.sum - b * a_rest;
        Some(spread(products, a_rest, b_rest, self.n()))
    }

    /// The moments of the differences first - second.
    pub fn differences(&self) -> Moments {
        let squares = self.first.sum_squares + self.second.sum_squares;
        Moments {
            n: self.n(),
            sum: self.first.sum - self.second.sum,
            sum_squares: (squares as i128 - 2 * self.sum_products) as u128,
        }
    }
}

impl FromIterator<(i64, i64)> for PairedMoments {
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(pairs: I) -> Self {
        let mut moments = Self::default();
        for (first, second) in pairs {
            moments.push(first, second);
        }
        moments
    }
}

/// `(products - a b / n) / (n - 1)` for a sum of products about whole centres whose remainders
/// are `a` and `b`, below `n` each.
fn spread(products: i128, a: i128, b: i128, n: u64) -> f64 {
    let correction = a * b;
    let count = i128::from(n);
    let whole = products - correction.div_euclid(count);
    let fraction = correction.rem_euclid(count) as f64 / n as f64;
    (whole as f64 - fraction) / (n - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_samples_by_hand() {
        let moments = Moments::from_iter([2, 4, 4, 4, 5, 5, 7, 9]);
        assert_eq!(moments.mean(), Some(5.0));
        assert!((moments.variance().expect("eight values") - 32.0 / 7.0).abs() < 1e-15);
        assert_eq!(Moments::default().mean(), None);
        assert_eq!(Moments::from_iter([-3]).mean(), Some(-3.0));
        assert_eq!(Moments::from_iter([-3]).variance(), None);
    }

    #[test]
    fn a_large_offset_costs_no_digits() {
        let year = 31_536_000_000_000;
        let moments = Moments::from_iter([year, year + 1, year + 3, -2 + year]);
        assert!((moments.variance().expect("four values") - 13.0 / 3.0).abs() < 1e-14);
        assert!((moments.mean().expect("four values") - year as f64 - 0.5).abs() < 1e-2);
    }

    #[test]
    fn covariance_by_hand() {
        let pairs = PairedMoments::from_iter([(1, 2), (2, 4), (4, 5), (-1, -3)]);
        // Centres 1.5 and 2: (-0.5)(0) + (0.5)(2) + (2.5)(3) + (-2.5)(-5) = 21.
        assert!((pairs.covariance().expect("four pairs") - 7.0).abs() < 1e-14);
        assert_eq!(pairs.differences(), Moments::from_iter([-1, -2, -1, 2]));
        assert_eq!(PairedMoments::from_iter([(1, 2)]).covariance(), None);
    }

    proptest! {
        #[test]
        fn folding_order_does_not_matter(
            values in prop::collection::vec((any::<i32>(), any::<i32>()), 0..40),
            cut in 0_usize..40,
        ) {
            let wide = |&(a, b): &(i32, i32)| (i64::from(a), i64::from(b));
            let cut = cut.min(values.len());
            let mut right: PairedMoments = values[cut..].iter().map(wide).collect();
            right.merge(&values[..cut].iter().map(wide).collect());
            let whole: PairedMoments = values.iter().map(wide).collect();
            prop_assert_eq!(whole, right);
        }

        #[test]
        fn a_variable_covaries_with_itself(values in prop::collection::vec(any::<i32>(), 2..40)) {
            let pairs: PairedMoments =
                values.iter().map(|&v| (i64::from(v), i64::from(v))).collect();
            prop_assert_eq!(pairs.covariance(), pairs.first.variance());
            prop_assert_eq!(pairs.differences().variance(), Some(0.0));
        }
    }
}
