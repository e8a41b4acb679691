//! Guide tables: the quantiles of a discrete law whose parameters repeat, in a few nanoseconds.

use crate::{binomial, poisson};

/// The widest support that is tabled.
pub const WIDEST: usize = 4096;
/// The tables cover `u` from this to its complement; the rare rest asks the quantile function.
const EDGE: f64 = 1e-6;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Discrete {
    Poisson { lambda: f64 },
    Binomial { n: u64, p: f64 },
}

impl Discrete {
    fn quantile(self, u: f64) -> u64 {
        match self {
            Self::Poisson { lambda } => poisson::quantile(lambda, u),
            Self::Binomial { n, p } => binomial::quantile(n, p, u),
        }
    }

    fn cdf(self, k: u64) -> f64 {
        match self {
            Self::Poisson { lambda } => poisson::cdf(lambda, k),
            Self::Binomial { n, p } => binomial::cdf(n, p, k),
        }
    }
}

/// A discrete law with its quantiles tabled: the answers of its quantile function, bit for bit.
///
/// The guide table of H. Chen and Y. Asau (1974): cell `i` of `(0, 1)` holds the first value it
/// can have, and the search goes up from there, about one step on average. The thresholds are the
/// largest `u` at which the quantile function still answers `k`, found by bisection of it.
#[derive(Clone, Debug)]
pub struct Guide {
    law: Discrete,
    first: u64,
    scale: f64,
    cells: Box<[u16]>,
    thresholds: Box<[f64]>,
}

impl Guide {
    /// The quantiles of the Poisson law of mean `lambda`.
    pub fn poisson(lambda: f64) -> Self {
        Self::new(Discrete::Poisson { lambda })
    }

    /// The quantiles of the binomial law of `n` trials of chance `p`.
    pub fn binomial(n: u64, p: f64) -> Self {
        Self::new(Discrete::Binomial { n, p })
    }

    /// Whether there is a table; a support wider than [`WIDEST`] has none and the quantile
    /// function answers.
    pub fn is_tabled(&self) -> bool {
        !self.cells.is_empty()
    }

    /// The quantile at `u`.
    #[inline]
    pub fn quantile(&self, u: f64) -> u64 {
        // Written so that NaN takes the careful branch.
        if !(u > EDGE && u < 1.0 - EDGE) {
            return self.law.quantile(u);
        }
        let Some(&cell) = self.cells.get((u * self.scale) as usize) else {
            return self.law.quantile(u);
        };
        let mut k = usize::from(cell);
        while self.thresholds[k] < u {
            k += 1;
        }
        self.first + k as u64
    }

    fn new(law: Discrete) -> Self {
        let (first, last) = (law.quantile(EDGE), law.quantile(1.0 - EDGE));
        let mut guide =
            Self { law, first, scale: 0.0, cells: Box::default(), thresholds: Box::default() };
        if last - first >= WIDEST as u64 {
            return guide;
        }
        guide.thresholds = (first..=last).map(|k| threshold(law, k)).collect();
        // The last answers all that is left below the edge.
        if let Some(top) = guide.thresholds.last_mut() {
            *top = 1.0;
        }
        let cells = (2 * guide.thresholds.len()).next_power_of_two();
        guide.scale = cells as f64;
        guide.cells = index(&guide.thresholds, cells);
        guide
    }
}

/// For each cell the first value whose threshold is not below the cell.
fn index(thresholds: &[f64], cells: usize) -> Box<[u16]> {
    let mut k = 0;
    (0..cells)
        .map(|i| {
            while thresholds[k] < i as f64 / cells as f64 {
                k += 1;
            }
            k as u16
        })
        .collect()
}

/// The largest `u` whose quantile is at most `k`. Bits of positive numbers sort like the numbers,
/// so the bisection ends on neighbours.
fn threshold(law: Discrete, k: u64) -> f64 {
    let about = law.cdf(k);
    let holds = |bits: u64| law.quantile(f64::from_bits(bits)) <= k;
    let (bottom, top) = (0, (1.0 - EDGE / 2.0).to_bits());
    let (mut low, mut high) = (about.to_bits().min(top), about.to_bits().min(top));
    let mut step = 1;
    if holds(low) {
        while high < top && holds(high) {
            (low, high) = (high, (high + step).min(top));
            step *= 2;
        }
        if holds(high) {
            return f64::from_bits(high);
        }
    } else {
        while low > bottom && !holds(low) {
            (low, high) = (low.saturating_sub(step), low);
            step *= 2;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::from_bits(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keyed;

    fn agrees(law: Discrete, draws: u32) {
        let guide = Guide::new(law);
        assert!(guide.is_tabled());
        let keyed = Keyed::new(5, 0);
        for i in 0..draws {
            let u = keyed.uniform(i, 0, 1);
            assert_eq!(guide.quantile(u), law.quantile(u), "{law:?} at {u}");
        }
        for &t in &guide.thresholds {
            for u in [t.next_down(), t, t.next_up()] {
                assert_eq!(guide.quantile(u), law.quantile(u), "{law:?} at {u}");
            }
        }
        for u in [f64::NAN, -1.0, 0.0, 1e-300, EDGE, 1.0 - EDGE, 1.0 - 1e-16, 1.0, 2.0] {
            assert_eq!(guide.quantile(u), law.quantile(u), "{law:?} at {u}");
        }
    }

    #[test]
    fn answers_are_those_of_the_quantile_function() {
        for lambda in [0.0, 1e-12, 0.3, 6.0, 9.99, 10.0, 30.0, 4000.0] {
            agrees(Discrete::Poisson { lambda }, 150_000);
        }
        for (n, p) in [(0, 0.5), (1, 0.3), (8, 0.5), (65, 0.5), (300, 0.001), (6000, 0.995)] {
            agrees(Discrete::Binomial { n, p }, 150_000);
        }
    }

    #[test]
    fn a_wide_support_is_left_to_the_quantile_function() {
        let guide = Guide::poisson(1e8);
        assert!(!guide.is_tabled());
        assert_eq!(guide.quantile(0.3), poisson::quantile(1e8, 0.3));
    }
}
