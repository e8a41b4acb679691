//! What can be wrong with the parameters of a law.

use std::fmt;

/// A parameter outside of its range, with its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LawError {
    /// A fixed value is not finite.
    Value(f64),
    /// A lower bound is not finite or, on a logarithmic scale, not positive.
    Low(f64),
    /// An upper bound is not finite or is below the lower bound.
    High(f64),
    /// A mean is not finite or, of a positive law, not positive.
    Mean(f64),
    /// A standard deviation is not finite or is negative.
    Deviation(f64),
    /// A median is not finite or not positive.
    Median(f64),
    /// An upper percentile is not finite or is below the median.
    Percentile(f64),
    /// A shape is not finite or not positive.
    Shape(f64),
    /// A scale is not finite or not positive.
    Scale(f64),
    /// The first exponent of a beta law is not finite or not positive.
    Alpha(f64),
    /// The second exponent of a beta law is not finite or not positive.
    Beta(f64),
    /// There is nothing to choose from.
    Empty,
    /// An observation is not finite.
    Observation(f64),
    /// A weight is not finite or is negative.
    Weight(f64),
    /// The weights do not add up to a positive finite number.
    TotalWeight(f64),
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(v) => write!(f, "a fixed value must be finite, not {v}"),
            Self::Low(v) => write!(f, "the lower bound {v} is not finite, or not positive"),
            Self::High(v) => write!(f, "the upper bound {v} is not finite, or below the lower"),
            Self::Mean(v) => write!(f, "the mean {v} is not finite, or not positive"),
            Self::Deviation(v) => write!(f, "a standard deviation must be at least 0, not {v}"),
            Self::Median(v) => write!(f, "the median must be above 0, not {v}"),
            Self::Percentile(v) => write!(f, "the percentile {v} is below the median"),
            Self::Shape(v) => write!(f, "the shape must be above 0, not {v}"),
            Self::Scale(v) => write!(f, "the scale must be above 0, not {v}"),
            Self::Alpha(v) => write!(f, "the exponent alpha must be above 0, not {v}"),
            Self::Beta(v) => write!(f, "the exponent beta must be above 0, not {v}"),
            Self::Empty => write!(f, "there must be at least one value"),
            Self::Observation(v) => write!(f, "an observation must be finite, not {v}"),
            Self::Weight(v) => write!(f, "a weight must be at least 0, not {v}"),
            Self::TotalWeight(v) => write!(f, "the weights must add up above 0, not to {v}"),
        }
    }
}

impl std::error::Error for LawError {}

/// `value` when `valid` and finite, else the error.
pub(super) fn check(value: f64, valid: bool, error: fn(f64) -> LawError) -> Result<f64, LawError> {
    if value.is_finite() && valid { Ok(value) } else { Err(error(value)) }
}
