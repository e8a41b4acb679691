//! Laws of one real value, all drawn by inversion.

pub mod beta;
mod empirical;
mod error;
mod exponential;
pub mod gamma;
mod lognormal;
mod mixture;
mod normal;
pub mod order_statistic;
mod uniform;

pub use beta::Beta;
pub use empirical::Empirical;
pub use error::LawError;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use lognormal::Lognormal;
pub use mixture::Mixture;
pub use normal::Normal;
pub use uniform::{Fixed, LogUniform, Uniform};

/// A law of one real value.
pub trait Continuous {
    /// The smallest `x` with `P(X <= x) >= u`, for `u` in (0, 1); never falls as `u` rises, but
    /// for the rounding of the iterated ones (gamma, beta, mixture).
    fn quantile(&self, u: f64) -> f64;

    /// The mean.
    fn mean(&self) -> f64;

    /// `P(X <= x)`.
    fn cdf(&self, x: f64) -> f64;
}

/// Any of the laws, with parameters that were checked when it was made.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is the law of its name")]
pub enum Law {
    Fixed(Fixed),
    Uniform(Uniform),
    LogUniform(LogUniform),
    Normal(Normal),
    Lognormal(Lognormal),
    Exponential(Exponential),
    Gamma(Gamma),
    Beta(Beta),
    Empirical(Empirical),
    Mixture(Mixture),
}

/// Makes every variant a conversion, and the trait a choice among them.
macro_rules! laws {
    ($($name:ident),*) => {
        $(impl From<$name> for Law {
            fn from(law: $name) -> Self {
                Self::$name(law)
            }
        })*

        impl Continuous for Law {
            #[inline]
            fn quantile(&self, u: f64) -> f64 {
                match self { $(Self::$name(law) => law.quantile(u)),* }
            }

            fn mean(&self) -> f64 {
                match self { $(Self::$name(law) => law.mean()),* }
            }

            fn cdf(&self, x: f64) -> f64 {
                match self { $(Self::$name(law) => law.cdf(x)),* }
            }
        }
    };
}

laws!(Fixed, Uniform, LogUniform, Normal, Lognormal, Exponential, Gamma, Beta, Empirical, Mixture);
