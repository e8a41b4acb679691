//! What the exact samplers share: a distribution function kept as two tails, and the search in it.

/// `P(X <= k)` and `P(X > k)`: the smaller is relatively accurate, the larger its complement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tails {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

impl Tails {
    pub(crate) fn from_lower(lower: f64) -> Self {
        let lower = lower.clamp(0.0, 1.0);
        Self { lower, upper: 1.0 - lower }
    }

    pub(crate) fn from_upper(upper: f64) -> Self {
        let upper = upper.clamp(0.0, 1.0);
        Self { lower: 1.0 - upper, upper }
    }

    /// The tails of the mirrored variable.
    pub(crate) fn swapped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }

    /// Whether `P(X <= k) >= u`, decided in the tail `u` is in: `1 - u` is exact above one half.
    pub(crate) fn reach(self, u: f64) -> bool {
        if u <= 0.5 { self.lower >= u } else { self.upper <= 1.0 - u }
    }
}

/// The smallest `k <= last` whose tails reach `u`, or `last`: steps that double away from `guess`,
/// then halve.
pub(crate) fn smallest_reaching(
    u: f64,
    guess: u64,
    last: u64,
    tails: impl Fn(u64) -> Tails,
) -> u64 {
    let reaches = |k: u64| k >= last || tails(k).reach(u);
    let (mut short, mut enough) = (guess.min(last), guess.min(last));
    let mut step = 1_u64;
    if reaches(enough) {
        loop {
            if enough == 0 {
                return 0;
            }
            short = enough.saturating_sub(step);
            if !reaches(short) {
                break;
            }
            enough = short;
            step = step.saturating_mul(2);
        }
    } else {
        while !reaches(enough) {
            short = enough;
            enough = enough.saturating_add(step);
            step = step.saturating_mul(2);
        }
        enough = enough.min(last);
    }
    while enough - short > 1 {
        let middle = short + (enough - short) / 2;
        if reaches(middle) {
            enough = middle;
        } else {
            short = middle;
        }
    }
    enough
}

/// `1 + r(0) + r(0) r(1) + ...` until a term no longer counts or is 0.
#[inline]
pub(crate) fn ratio_series(mut ratio: impl FnMut(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut j) = (1.0_f64, 1.0_f64, 0.0_f64);
    loop {
        term *= ratio(j);
        sum += term;
        j += 1.0;
        // Also stops on NaN. The ratios fall, so what is left is a small multiple of this term.
        if !(term > sum * 1e-19) {
            return sum;
        }
    }
}

/// The integer below `x`, for `|x| < 2^63`: two instructions where `f64::floor` is a call unless
/// the target has SSE 4.1. What is larger, and NaN, comes out too small to pass for a part.
#[inline]
fn floor(x: f64) -> f64 {
    let toward_zero = x as i64 as f64;
    if toward_zero > x { toward_zero - 1.0 } else { toward_zero }
}

/// The integer below `base + rest` and the distance to it, with `base` too large to hold `rest`.
#[inline]
pub(crate) fn floor_of_sum(base: f64, rest: f64) -> (f64, f64) {
    let whole = floor(base);
    let part = (base - whole) + rest;
    let floor = floor(part);
    (whole + floor, part - floor)
}
