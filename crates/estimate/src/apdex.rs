//! The Apdex score: (satisfied + tolerating / 2) / all, with the tolerable limit at four targets.

use chance::math::sqrt;

/// The distribution of an Apdex score of independent requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apdex {
    /// Its mean, 0 to 1.
    pub mean: f64,
    /// Its standard deviation over `n` requests.
    pub sd: f64,
}

/// The score of `n` requests of which a share `satisfied` answers within the target T and a share
/// `tolerated` within 4T, the satisfied included; multiply both by `1 - e` when errors frustrate.
///
/// Mean `(F(T) + F(4T)) / 2`, variance `(F(T) + (F(4T) - F(T)) / 4 - mean^2) / n`.
pub fn apdex(satisfied: f64, tolerated: f64, n: u64) -> Apdex {
    let mean = f64::midpoint(satisfied, tolerated);
    let variance = satisfied + (tolerated - satisfied) / 4.0 - mean * mean;
    Apdex { mean, sd: sqrt(variance.max(0.0) / n as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chance::math::exp;

    #[test]
    fn exponential_latency() {
        let within = |t: f64| 1.0 - exp(-t / 0.2);
        let score = apdex(within(0.5), within(2.0), 100);
        assert!((score.mean - 0.9589348007231693).abs() < 1e-14);
        assert!((score.sd - 0.013736429307374943).abs() < 1e-14);
    }
}
