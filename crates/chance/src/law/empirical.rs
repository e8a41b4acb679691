//! What was observed, or weighted choices.

use super::error::check;
use super::{Continuous, LawError};

/// Finitely many values with their probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical {
    values: Box<[f64]>,
    /// `P(X <= value)`; the last is 1.
    cumulative: Box<[f64]>,
    mean: f64,
}

impl Empirical {
    /// Every observation equally likely.
    pub fn new(observations: &[f64]) -> Result<Self, LawError> {
        Self::sorted(observations.iter().map(|&x| (x, 1.0)).collect())
    }

    /// Values in proportion to their weights, as `(value, weight)`.
    pub fn weighted(choices: &[(f64, f64)]) -> Result<Self, LawError> {
        Self::sorted(choices.to_vec())
    }

    fn sorted(mut choices: Vec<(f64, f64)>) -> Result<Self, LawError> {
        for &(value, weight) in &choices {
            check(value, true, LawError::Observation)?;
            check(weight, weight >= 0.0, LawError::Weight)?;
        }
        choices.retain(|&(_, weight)| weight > 0.0);
        if choices.is_empty() {
            return Err(LawError::Empty);
        }
        choices.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = choices.iter().map(|c| c.1).sum();
        let total = check(total, total > 0.0, LawError::TotalWeight)?;
        let mut sum = 0.0;
        let mut cumulative: Box<[f64]> = choices
            .iter()
            .map(|c| {
                sum += c.1;
                sum / total
            })
            .collect();
        cumulative[choices.len() - 1] = 1.0;
        let mean = choices.iter().map(|c| c.0 * (c.1 / total)).sum();
        Ok(Self { values: choices.iter().map(|c| c.0).collect(), cumulative, mean })
    }
}

impl Continuous for Empirical {
    fn quantile(&self, u: f64) -> f64 {
        let i = self.cumulative.partition_point(|&c| c < u);
        self.values[i.min(self.values.len() - 1)]
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn cdf(&self, x: f64) -> f64 {
        let i = self.values.partition_point(|&v| v <= x);
        if i == 0 { 0.0 } else { self.cumulative[i - 1] }
    }
}
