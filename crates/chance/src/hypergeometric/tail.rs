//! An urn in its smallest symmetric form, its probabilities, tails and cumulants.

use crate::binomial::ln_pmf;
use crate::math::exp;
use crate::tails::{Tails, ratio_series};

/// The most factors of the probability of an empty draw that are multiplied out.
const FACTORS: u64 = 64;
/// The factors multiplied before a division: this many of any `u64` stay finite.
const CHUNK: u64 = 12;

/// A draw as `X = origin + Z` or, mirrored, `origin - Z`, where `Z` counts the `few` marked in
/// `many` draws and `few <= many <= total / 2`: its support is `0..=few`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Urn {
    pub(super) total: u64,
    pub(super) few: u64,
    pub(super) many: u64,
    pub(super) origin: u64,
    pub(super) mirrored: bool,
}

impl Urn {
    #[inline]
    pub(super) fn new(total: u64, marked: u64, drawn: u64) -> Self {
        let (marked, drawn) = (marked.min(total), drawn.min(total));
        let (most_marked, most_drawn) = (marked > total / 2, drawn > total / 2);
        let x = if most_marked { total - marked } else { marked };
        let y = if most_drawn { total - drawn } else { drawn };
        let (origin, mirrored) = match (most_marked, most_drawn) {
            (false, false) => (0, false),
            (true, false) => (drawn, true),
            (false, true) => (marked, true),
            (true, true) => (marked - y, false),
        };
        Self { total, few: x.min(y), many: x.max(y), origin, mirrored }
    }

    pub(super) fn to_inner(self, k: u64) -> Option<u64> {
        let z = if self.mirrored { self.origin.checked_sub(k) } else { k.checked_sub(self.origin) };
        z.filter(|&z| z <= self.few)
    }

    #[inline]
    pub(super) fn to_outer(self, z: u64) -> u64 {
        if self.mirrored { self.origin - z } else { self.origin + z }
    }

    /// The smallest and the largest value of `X`.
    #[inline]
    pub(super) fn support(self) -> (u64, u64) {
        if self.mirrored {
            (self.origin - self.few, self.origin)
        } else {
            (self.origin, self.origin + self.few)
        }
    }

    #[inline]
    pub(super) fn clamp(self, k: u64) -> u64 {
        let (first, last) = self.support();
        k.clamp(first, last)
    }

    /// Variance, the same for `X` and `Z`.
    #[inline]
    pub(super) fn variance(self) -> f64 {
        let (n, a, b) = (self.total as f64, self.few as f64, self.many as f64);
        if self.total < 2 {
            return 0.0;
        }
        a * (b / n) * ((n - a) / n) * ((n - b) / (n - 1.0))
    }

    /// Mean of `X`: its whole part and the rest, which is in [0, 1].
    #[inline]
    pub(super) fn mean(self) -> (u64, f64) {
        let (whole, rest) = if let Some(product) = self.few.checked_mul(self.many) {
            (product / self.total, product % self.total)
        } else {
            let product = u128::from(self.few) * u128::from(self.many);
            let total = u128::from(self.total);
            ((product / total) as u64, (product % total) as u64)
        };
        let part = rest as f64 / self.total as f64;
        if self.mirrored {
            // few <= total / 2, so that the mean is below few and the subtraction stays above 0.
            (self.origin - whole - 1, 1.0 - part)
        } else {
            (self.origin + whole, part)
        }
    }

    /// Skewness and excess kurtosis of `X`.
    #[inline]
    pub(super) fn shape(self, variance: f64) -> (f64, f64) {
        let (n, a, b) = (self.total as f64, self.few as f64, self.many as f64);
        if self.total < 4 {
            return (0.0, 0.0);
        }
        let sign = if self.mirrored { -1.0 } else { 1.0 };
        let skew = sign * ((n - 2.0 * a) / n) * ((n - 2.0 * b) / (n - 2.0)) / variance.sqrt();
        let (f, g) = (a / n * ((n - a) / n), b / n * ((n - b) / n));
        // Numerator and denominator of the excess over n^5: no power of n is ever formed.
        let sizes = (1.0 + 1.0 / n) - 6.0 * (f + g);
        let excess = sizes / variance + 6.0 * f * g * (5.0 - 6.0 / n) / (f * g * n);
        (skew, excess * (n / (n - 2.0)) * (n / (n - 3.0)))
    }

    /// `P(Z = 0) = C(total-few, many) / C(total, many)`.
    #[inline]
    pub(super) fn empty(self) -> f64 {
        if self.few > FACTORS {
            return self.pmf(0);
        }
        let (mut product, mut above, mut below) = (1.0, 1.0, 1.0);
        for i in 0..self.few {
            above *= (self.total - self.many - i) as f64;
            below *= (self.total - i) as f64;
            if i % CHUNK == CHUNK - 1 {
                product *= above / below;
                (above, below) = (1.0, 1.0);
            }
        }
        product * (above / below)
    }

    /// `P(Z = z)` as a quotient of binomial probabilities (C. Loader, 2000), whose common chance
    /// cancels.
    pub(super) fn pmf(self, z: u64) -> f64 {
        if z > self.few {
            return 0.0;
        }
        if self.few == 0 {
            return 1.0;
        }
        let chance = self.many as f64 / self.total as f64;
        let marked = ln_pmf(self.few, chance, z);
        let plain = ln_pmf(self.total - self.few, chance, self.many - z);
        exp(marked + plain - ln_pmf(self.total, chance, self.many))
    }

    /// Tails of `X` at `k`.
    pub(super) fn tails(self, k: u64) -> Tails {
        let (first, last) = self.support();
        if k >= last {
            return Tails::from_upper(0.0);
        }
        if k < first {
            return Tails::from_lower(0.0);
        }
        if self.mirrored {
            return self.inner_tails(self.origin - k - 1).swapped();
        }
        self.inner_tails(k - self.origin)
    }

    /// Tails of `Z` at `z < few`.
    fn inner_tails(self, z: u64) -> Tails {
        let (few, many, x) = (self.few as f64, self.many as f64, z as f64);
        let rest = self.total as f64 - few - many;
        if (x + 1.0) * self.total as f64 >= few * many {
            let series = ratio_series(|j| {
                let y = x + 1.0 + j;
                (few - y) * (many - y) / ((y + 1.0) * (rest + y + 1.0))
            });
            return Tails::from_upper(self.pmf(z + 1) * series);
        }
        let series = ratio_series(|j| {
            let y = x - j;
            y * (rest + y) / ((few - y + 1.0) * (many - y + 1.0))
        });
        Tails::from_lower(self.pmf(z) * series)
    }
}
