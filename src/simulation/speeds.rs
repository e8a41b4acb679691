//! How fast the pods of a version are relative to each other, and the tails of many at once.

use std::ops::Range;

use chance::math;

use super::components::Component;
use crate::baseline::Latency;

/// Powers of the series.
const TERMS: usize = 8;

/// Pods that are further than this from the others, in deviations of the logarithm of a response
/// time, are added one by one: with eight powers the series leaves out less than 1e-9 of the rest.
const NEAR: f64 = 0.3;

/// The speeds of the pods of a version, as far as somebody asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Speeds {
    /// Logarithms of the latency multiples, by pod.
    pub(super) ln: Vec<f64>,
    /// Sums of the powers of those before a pod that are near the middle.
    sums: Vec<[f64; TERMS + 1]>,
    /// The pods that are not, in order.
    far: Vec<usize>,
}

impl Speeds {
    /// From so many pods on their tails are added by the series.
    pub(super) const MANY: usize = 12;

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.ln.clear();
        self.sums.clear();
        self.far.clear();
    }

    /// One more pod, where a response time has `sigma` as the deviation of its logarithm.
    pub(super) fn push(&mut self, ln: f64, sigma: f64) {
        if self.sums.is_empty() {
            self.sums.push([0.0; TERMS + 1]);
        }
        let mut sums = self.sums[self.ln.len()];
        let near = ln / sigma;
        if near.abs() <= NEAR {
            let mut power = 1.0;
            for sum in &mut sums {
                *sum += power;
                power *= near;
            }
        } else {
            self.far.push(self.ln.len());
        }
        self.sums.push(sums);
        self.ln.push(ln);
    }

    /// Pods of which all speeds are known.
    pub(super) fn many(&self, pods: Range<usize>) -> Many<'_> {
        let [before, until] = [pods.start, pods.end].map(|pod| &self.sums[pod]);
        let from = self.far.partition_point(|pod| *pod < pods.start);
        let to = self.far.partition_point(|pod| *pod < pods.end);
        let powers = std::array::from_fn(|k| until[k] - before[k]);
        Many { powers, far: &self.far[from..to], ln: &self.ln }
    }
}

/// Many pods of a version.
pub(super) struct Many<'a> {
    /// Sums of the powers of those near the middle.
    powers: [f64; TERMS + 1],
    /// The others.
    far: &'a [usize],
    ln: &'a [f64],
}

impl Many<'_> {
    /// Adds their tails: `cdf(m + d)` by Taylor's series in `d` for those near the middle.
    pub(super) fn add(
        &self,
        out: &mut [f64],
        latency: Latency,
        limits: &[f64],
        parts: &[Component],
        ln_factor: f64,
        share: f64,
    ) {
        let table = math::NormalTable::new();
        let unit = 1.0 / latency.sigma;
        for (part, ln_slower) in parts {
            for (sum, limit) in out.iter_mut().zip(limits) {
                let middle = (latency.mu + ln_factor + ln_slower - limit) * unit;
                let far = self.far.iter().map(|pod| table.cdf(middle + self.ln[*pod] * unit));
                let far: f64 = far.sum();
                let near = series(table.cdf(middle), middle, &self.powers);
                *sum += share * part * (far + near);
            }
        }
    }
}

/// The sum over pods of `cdf(m + d)`, from `cdf(m)` and the sums of powers of `d`: the k-th
/// derivative of the normal density is `(-1)^k He_k(m)` times it.
fn series(cdf: f64, m: f64, powers: &[f64; TERMS + 1]) -> f64 {
    const DENSITY: f64 = 0.398_942_280_401_432_7;
    let density = DENSITY * math::exp(-m * m / 2.0);
    // He_0 and He_1 with the signs of the derivatives.
    let (mut before, mut hermite) = (1.0, -m);
    let mut sum = powers[1];
    let mut factorial = 1.0;
    for (k, power) in powers.iter().enumerate().skip(2) {
        let n = k as f64;
        factorial *= n;
        sum += hermite * power / factorial;
        let next = -m * hermite - (n - 1.0) * before;
        (before, hermite) = (hermite, next);
    }
    powers[0] * cdf + density * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::law::POINTS;

    #[test]
    fn many_pods_are_added_as_exactly_as_one_by_one() {
        let latency = Latency { mu: -3.0, sigma: 0.6 };
        let speeds: Vec<f64> = (0..60).map(|pod| f64::from(pod % 13 - 6) * 0.03).collect();
        let outlier = [speeds.as_slice(), &[0.4]].concat();
        for speeds in [speeds, outlier] {
            for step in 0..160 {
                let ln_factor = f64::from(step - 80) * 0.05;
                let limits = [-1.6, -0.2];
                let (mut one, mut many) = ([0.0; POINTS], [0.0; POINTS]);
                for (sum, limit) in one.iter_mut().zip(&limits) {
                    let tail = |ln: &f64| latency.slower(*limit, ln_factor + ln);
                    *sum = speeds.iter().map(tail).sum();
                }
                let mut all = Speeds::default();
                for ln in &speeds {
                    all.push(*ln, latency.sigma);
                }
                let pods = all.many(0..speeds.len());
                pods.add(&mut many, latency, &limits, &[(1.0, 0.0)], ln_factor, 1.0);
                for (one, many) in one.iter().zip(&many) {
                    assert!((one - many).abs() < 60.0 * 1.3e-9, "{one} {many} at {ln_factor}");
                }
            }
        }
    }
}
