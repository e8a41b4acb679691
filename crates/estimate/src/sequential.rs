//! Tests that may be looked at after every observation without inflating their false alarms.

use chance::math::{exp, lgamma, ln, ln_1p, sqrt};

/// Whether an interval bounds both sides or one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// The error probability is spent on one side.
    One,
    /// The error probability is split over both sides.
    Two,
}

/// The mixing parameter that makes [`asymptotic_half_width`] narrowest near `tuning` observations.
///
/// `sqrt((-2 ln a + ln(-2 ln a + 1)) / tuning)` with `a = alpha`, or `2 alpha` on one side
/// (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, as used by `GrowthBook`).
pub fn asymptotic_mixing(alpha: f64, tuning: f64, sides: Sides) -> f64 {
    let spent = match sides {
        Sides::One => 2.0 * alpha,
        Sides::Two => alpha,
    };
    let twice_log = -2.0 * ln(spent);
    sqrt((twice_log + ln_1p(twice_log)) / tuning)
}

/// Half the width of an asymptotic confidence sequence around a mean with standard error `se`
/// after `n` observations: valid at every `n` at once.
///
/// With `m = n rho^2`: `se sqrt(2 (m + 1) / m * L)`, where `L = ln(sqrt(m + 1) / alpha)` on two
/// sides and `ln(1 + sqrt(m + 1) / (2 alpha))` on one.
pub fn asymptotic_half_width(se: f64, n: u64, alpha: f64, tuning: f64, sides: Sides) -> f64 {
    let rho = asymptotic_mixing(alpha, tuning, sides);
    let mixed = n as f64 * rho * rho;
    let log = match sides {
        Sides::One => ln_1p(sqrt(mixed + 1.0) / (2.0 * alpha)),
        Sides::Two => ln(sqrt(mixed + 1.0) / alpha),
    };
    se * sqrt(2.0 * (mixed + 1.0) / mixed * log)
}

/// How much more likely the data are under the alternative: the logarithm of a mixture likelihood
/// ratio, a martingale while there is no effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// ln of the factor; positive speaks against "no effect".
    pub log_factor: f64,
}

impl Evidence {
    /// The Bayes factor itself.
    pub fn factor(self) -> f64 {
        exp(self.log_factor)
    }

    /// A p-value that holds at any stopping time: `min(1, 1 / factor)` (Ville's inequality).
    pub fn always_valid_p(self) -> f64 {
        exp(-self.log_factor.max(0.0))
    }

    /// Whether a test of level `alpha` stops here: `factor >= 1 / alpha`.
    pub fn rejects(self, alpha: f64) -> bool {
        self.log_factor >= -ln(alpha)
    }
}

/// The mixture sequential probability ratio test of a normal difference: the effect is mixed over
/// Normal(0, `mixing`), and `variance` is the variance of the observed `difference` (Robbins 1970;
/// Johari, Pekelis and Walsh 2015).
///
/// `sqrt(V / (V + t)) exp(d^2 t / (2 V (V + t)))`.
pub fn normal_mixture(difference: f64, variance: f64, mixing: f64) -> Evidence {
    let total = variance + mixing;
    let fit = difference * difference * mixing / (2.0 * variance * total);
    Evidence { log_factor: fit - ln_1p(mixing / variance) / 2.0 }
}

/// Half the width of the interval that inverts [`normal_mixture`] at level `alpha`:
/// `sqrt(V (V + t) / t * ln((V + t) / (alpha^2 V)))`.
pub fn normal_mixture_half_width(variance: f64, mixing: f64, alpha: f64) -> f64 {
    let total = variance + mixing;
    sqrt(variance * total / mixing * (ln_1p(mixing / variance) - 2.0 * ln(alpha)))
}

/// The sequential binomial test of canary counts: `x` of `n` events fell on the canary, which gets
/// the share `share` of the traffic; the alternative mixes that share over Beta(`prior`) (Lindon
/// and Malek 2022).
///
/// `B(a + x, b + n - x) / B(a, b) / (p^x (1 - p)^(n - x))`.
pub fn binomial_mixture(x: u64, n: u64, share: f64, prior: (f64, f64)) -> Evidence {
    let (events, others) = (x as f64, (n - x) as f64);
    let (a, b) = prior;
    let mixed = ln_beta(a + events, b + others) - ln_beta(a, b);
    Evidence { log_factor: mixed - events * ln(share) - others * ln_1p(-share) }
}

/// `ln B(a, b)`.
fn ln_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// Wald's sequential probability ratio test of an error rate `p0` against `p1` > `p0`.
///
/// The log likelihood ratio moves by [`Sprt::step_error`] or [`Sprt::step_success`] per request;
/// the test rejects `p0` above [`Sprt::upper`] and accepts it below [`Sprt::lower`] (Wald 1945).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sprt {
    /// The error rate of a good release.
    pub p0: f64,
    /// The error rate of a bad release.
    pub p1: f64,
    /// The probability of rejecting a good release.
    pub alpha: f64,
    /// The probability of accepting a bad release.
    pub beta: f64,
}

impl Sprt {
    /// The bound above which `p0` is rejected: `ln((1 - beta) / alpha)`.
    pub fn upper(&self) -> f64 {
        ln((1.0 - self.beta) / self.alpha)
    }

    /// The bound below which `p0` is accepted: `ln(beta / (1 - alpha))`.
    pub fn lower(&self) -> f64 {
        ln(self.beta / (1.0 - self.alpha))
    }

    /// What an error adds: `ln(p1 / p0)`.
    pub fn step_error(&self) -> f64 {
        ln(self.p1 / self.p0)
    }

    /// What a success adds, a negative number: `ln((1 - p1) / (1 - p0))`.
    pub fn step_success(&self) -> f64 {
        ln_1p(-self.p1) - ln_1p(-self.p0)
    }

    /// The mean number of requests when the error rate is `p0`, without overshoot.
    pub fn mean_requests_good(&self) -> f64 {
        let end = self.alpha * self.upper() + (1.0 - self.alpha) * self.lower();
        end / self.drift(self.p0)
    }

    /// The mean number of requests when the error rate is `p1`, without overshoot.
    pub fn mean_requests_bad(&self) -> f64 {
        let end = (1.0 - self.beta) * self.upper() + self.beta * self.lower();
        end / self.drift(self.p1)
    }

    /// The mean step at the error rate `p`.
    fn drift(&self, p: f64) -> f64 {
        p * self.step_error() + (1.0 - p) * self.step_success()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left / right - 1.0).abs() < 1e-11, "{left} is not {right}");
    }

    #[test]
    fn confidence_sequences() {
        close(asymptotic_mixing(0.05, 5000.0, Sides::Two), 0.03984006677137368);
        close(asymptotic_mixing(0.05, 5000.0, Sides::One), 0.03557768852889753);
        close(asymptotic_half_width(0.01, 1000, 0.05, 5000.0, Sides::Two), 0.03363887725782781);
        close(asymptotic_half_width(0.01, 1000, 0.05, 5000.0, Sides::One), 0.03152422454674439);
    }

    #[test]
    fn normal_mixtures() {
        let evidence = normal_mixture(0.004, 1e-6, 1e-5);
        close(evidence.factor(), 434.31915165698973);
        close(evidence.always_valid_p(), 0.0023024543039026875);
        assert!(evidence.rejects(0.01) && !evidence.rejects(0.001));
        close(normal_mixture_half_width(1e-6, 1e-5, 0.01), 0.003573382040763625);
    }

    #[test]
    fn the_interval_ends_where_the_test_rejects() {
        let end = normal_mixture_half_width(1e-6, 1e-5, 0.03);
        assert!(normal_mixture(end * 1.000001, 1e-6, 1e-5).rejects(0.03));
        assert!(!normal_mixture(end * 0.999999, 1e-6, 1e-5).rejects(0.03));
    }

    #[test]
    fn binomial_mixtures() {
        close(binomial_mixture(12, 100, 0.05, (5.0, 95.0)).log_factor, 1.5463738287216273);
        let little = binomial_mixture(25, 200, 0.1, (1.0, 1.0));
        close(little.log_factor, -2.1896161657742255);
        assert_eq!(little.always_valid_p().to_bits(), 1_f64.to_bits());
        assert!(binomial_mixture(0, 0, 0.1, (1.0, 1.0)).log_factor.abs() < 1e-15);
    }

    #[test]
    fn sprt() {
        let sprt = Sprt { p0: 0.01, p1: 0.02, alpha: 0.05, beta: 0.2 };
        close(sprt.upper(), 2.772588722239781);
        close(sprt.lower(), -1.5581446180465497);
        close(sprt.step_error(), std::f64::consts::LN_2);
        close(sprt.step_success(), -0.010152371464017962);
        close(sprt.mean_requests_bad(), 487.13014050954854);
        close(sprt.mean_requests_good(), 430.08857387263714);
    }
}
