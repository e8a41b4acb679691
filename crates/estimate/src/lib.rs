//! Samples to intervals, quantiles, paired differences and stopping rules.
//!
//! Functions from values to values: no state, no randomness, and the same bits on every machine,
//! because everything transcendental comes from [`chance::math`]. Samples that are folded across
//! replications are integers, so the order of folding does not matter either.
//!
//! ```
//! use estimate::rates::rate;
//! use estimate::stopping::{Prefix, Rule, Stop};
//!
//! // 50 of 1000 simulated rollouts let the bad release through.
//! let escaped = rate(50, 1000, 0.95);
//! assert!(escaped.interval.contains(0.05) && escaped.interval.half_width() < 0.015);
//!
//! // Enough? Stop at the first batch border where the rate is known to two points.
//! let rule = Rule { n_min: 200, confidence: 0.95, half_width: 0.02, rare: 0.01 };
//! let borders = (1..=10).map(|batch| Prefix { n: 100 * batch, x: 5 * batch });
//! assert_eq!(rule.first(borders), Some((Prefix { n: 600, x: 30 }, Stop::Narrow)));
//! ```
//!
//! Reading order: what an estimate is, then rates, quantiles and means of simulated outcomes, when
//! to stop simulating, and last the closed forms that a simulation must agree with.

mod interval;
pub mod special;
pub mod binomial;
pub mod rates;
pub mod quantiles;
pub mod moments;
pub mod means;
pub mod pairs;
pub mod strata;
pub mod pareto;
pub mod stopping;
pub mod design;
pub mod order;
pub mod sequential;
pub mod two_sample;
pub mod thresholds;
pub mod limits;
pub mod exposure;
pub mod apdex;

pub use interval::{Estimate, Interval};
