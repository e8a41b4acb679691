//! The normal distribution function from a table, for averages over many.

use std::sync::LazyLock;

use super::{normal_cdf, normal_density};

/// Nodes lie this far apart.
const STEPS: f64 = 64.0;
/// The table covers this much to both sides.
const REACH: f64 = 8.5;

/// Values and slopes at the nodes.
static TABLE: LazyLock<Vec<[f64; 2]>> = LazyLock::new(|| {
    (0..=(2.0 * REACH * STEPS) as usize)
        .map(|i| {
            let x = i as f64 / STEPS - REACH;
            [normal_cdf(x), normal_density(x) / STEPS]
        })
        .collect()
});

/// A view of the table that is looked up once for many values.
#[derive(Clone, Copy, Debug)]
pub struct NormalTable(&'static [[f64; 2]]);

impl NormalTable {
    /// The table.
    pub fn new() -> Self {
        Self(&TABLE)
    }

    /// `P(Z <= x)` by a cubic through values and slopes; absolute error below `3e-10`, and a few
    /// times faster than [`normal_cdf`].
    #[inline]
    pub fn cdf(self, x: f64) -> f64 {
        let place = (x + REACH) * STEPS;
        // A NaN is not within either, and takes the careful branch.
        if !(0.0..2.0 * REACH * STEPS).contains(&place) {
            return normal_cdf(x);
        }
        let index = place as usize;
        let t = place - index as f64;
        let ([a, da], [b, db]) = (self.0[index], self.0[index + 1]);
        let rise = b - a;
        a + t * (da + t * ((3.0 * rise - 2.0 * da - db) + t * (da + db - 2.0 * rise)))
    }
}

impl Default for NormalTable {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_function() {
        let table = NormalTable::new();
        for i in -90_000..90_000 {
            let x = f64::from(i) * 1e-4;
            let error = (table.cdf(x) - normal_cdf(x)).abs();
            assert!(error < 3e-10, "{error} at {x}");
        }
        assert!(table.cdf(f64::NAN).is_nan());
        assert!(table.cdf(40.0) == 1.0 && table.cdf(-40.0) == 0.0);
    }
}
