//! From a quantity that varies to the law of its number.

use chance::Law;
use chance::law::{
    Empirical, Exponential, Fixed, LawError, LogUniform, Lognormal, Normal, Uniform,
};
use clockwork::Span;

use crate::document::{Choices, Distribution, Varying};
use crate::units::{ByteRate, Bytes, Count, Factor, Rate, Share};

/// A quantity as a number: seconds, a share of one, requests per second, times as much, bytes,
/// bytes per second.
pub trait Magnitude {
    /// The number.
    fn magnitude(&self) -> f64;
}

impl Magnitude for Span {
    fn magnitude(&self) -> f64 {
        self.as_secs_f64()
    }
}

impl Magnitude for Share {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

impl Magnitude for Rate {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

impl Magnitude for Factor {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

impl Magnitude for Count {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

impl Magnitude for Bytes {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

impl Magnitude for ByteRate {
    fn magnitude(&self) -> f64 {
        self.as_f64()
    }
}

/// The law of a varying quantity; an error names the parameter that cannot be.
pub fn law<T: Magnitude>(varying: &Varying<T>) -> Result<Law, LawError> {
    let distribution = match varying {
        Varying::Fixed(value) => return Fixed::new(value.magnitude()).map(Law::from),
        Varying::Drawn(distribution) => distribution,
    };
    Ok(match distribution {
        Distribution::Lognormal(it) => {
            Lognormal::from_median_p95(it.median.magnitude(), it.p95.magnitude())?.into()
        }
        Distribution::Normal(it) => Normal::new(it.mean.magnitude(), it.sd.magnitude())?.into(),
        Distribution::Uniform(it) => Uniform::new(it.from.magnitude(), it.to.magnitude())?.into(),
        Distribution::Loguniform(it) => {
            LogUniform::new(it.from.magnitude(), it.to.magnitude())?.into()
        }
        Distribution::Exponential(it) => Exponential::new(it.mean.magnitude())?.into(),
        Distribution::Choices(Choices(choices)) => {
            let weighted: Vec<_> = choices
                .iter()
                .map(|(value, weight)| (value.magnitude(), f64::from(*weight)))
                .collect();
            Empirical::weighted(&weighted)?.into()
        }
    })
}
