//! Quantities of the world, which may be fixed or drawn.

use super::{Decode, Entry, Node, Pass, Problem, Shape, Value, code, record, sum};
use crate::units::Quantity;

record! {
    /// Lognormal, told by what dashboards show.
    pub struct Lognormal<T> {
        /// Half of the draws are below it.
        median: T,
        /// One in twenty draws is above it.
        p95: T,
    }
}

record! {
    /// Normal; draws that are not possible are drawn again.
    pub struct Normal<T> {
        /// The mean of the draws.
        mean: T,
        /// Their standard deviation.
        sd: T,
    }
}

record! {
    /// Between two values.
    pub struct Between<T> {
        /// The lowest value.
        from: T,
        /// The highest value.
        to: T,
    }
}

record! {
    /// Exponential.
    pub struct Exponential<T> {
        /// The mean of the draws.
        mean: T,
    }
}

sum! {
    /// How a quantity of the world is drawn.
    pub enum Distribution<T> {
        /// The logarithm is normal: durations and sizes that cannot be negative.
        lognormal => Lognormal(Lognormal<T>),
        /// Symmetric around its mean.
        normal => Normal(Normal<T>),
        /// Every value between two is equally likely.
        uniform => Uniform(Between<T>),
        /// Every order of magnitude between two is equally likely.
        loguniform => Loguniform(Between<T>),
        /// Waiting times without memory.
        exponential => Exponential(Exponential<T>),
        /// One of a few values, each with its weight.
        choices => Choices(Choices<T>),
    }
}

/// The keys of all distributions.
pub(super) const DISTRIBUTIONS: [&str; 6] =
    ["lognormal", "normal", "uniform", "loguniform", "exponential", "choices"];

/// A few values, each with its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices<T>(pub Vec<(T, u32)>);

/// A quantity of the world: fixed, or drawn from a distribution.
#[derive(Clone, Debug, PartialEq)]
pub enum Varying<T> {
    /// Always this.
    Fixed(T),
    /// Drawn.
    Drawn(Distribution<T>),
}

impl<T: Quantity> Decode for Varying<T> {
    fn shape() -> Shape {
        Shape::Varying(T::shape, Distribution::<T>::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if !matches!(node.value, Value::Map(_)) {
            return T::decode(node, pass).map(Self::Fixed);
        }
        let distribution = Distribution::<T>::decode(node, pass)?;
        if let Some((what, why, help)) = distribution.contradiction() {
            pass.report(Problem::error(code::DISTRIBUTION, what).at(node.place, why).help(help));
            return None;
        }
        Some(Self::Drawn(distribution))
    }
}

impl<T: Quantity> Distribution<T> {
    /// What is wrong with the parameters together, why, and what to do.
    fn contradiction(&self) -> Option<(&'static str, &'static str, String)> {
        let above_zero = |key: &str| format!("give `{key}` a value above zero");
        Some(match self {
            Self::Lognormal(it) if it.median.is_zero() => {
                let why = "a lognormal quantity is above zero";
                ("`median` is zero", why, above_zero("median"))
            }
            Self::Lognormal(it) if it.p95 < it.median => {
                let help = format!("did you mean median: {}, p95: {}?", it.p95, it.median);
                ("`p95` is below `median`", "the 95th percentile is at least the median", help)
            }
            Self::Uniform(it) | Self::Loguniform(it) if it.to < it.from => {
                let help = format!("did you mean from: {}, to: {}?", it.to, it.from);
                ("`to` is below `from`", "the range runs from low to high", help)
            }
            Self::Loguniform(it) if it.from.is_zero() => {
                let why = "there is no end of orders of magnitude above zero";
                ("`from` is zero", why, above_zero("from") + ", or write `uniform`")
            }
            Self::Exponential(it) if it.mean.is_zero() => {
                ("`mean` is zero", "it would always be zero", above_zero("mean"))
            }
            Self::Choices(Choices(choices)) if choices.iter().all(|(_, weight)| *weight == 0) => {
                let help = format!("write for example: choices: {{ {}: 1 }}", T::EXAMPLE);
                ("no choice has a weight", "at least one weight is above zero", help)
            }
            _ => return None,
        })
    }
}

impl<T: Decode> Decode for Choices<T> {
    fn shape() -> Shape {
        Shape::Weights(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let Some(map) = node.as_map() else {
            super::decode::wrong_kind(Self::shape(), node, pass);
            return None;
        };
        let choices: Vec<_> = map.entries().iter().map(|entry| choice(entry, pass)).collect();
        choices.into_iter().collect::<Option<_>>().map(Self)
    }
}

/// A choice is a key that reads as the quantity, and its weight.
fn choice<T: Decode>(Entry { key, node }: &Entry, pass: &mut Pass<'_>) -> Option<(T, u32)> {
    let text = super::Scalar { text: key.text.clone(), quoted: true };
    let value = T::decode(&Node::written(Value::Scalar(text), key.place), pass);
    let weight = pass.within(&key.text, key.place, |pass| u32::decode(node, pass));
    value.zip(weight)
}
