//! Estimates of a mixture from samples of its classes: each class is sampled on its own and has a
//! weight, and what is asked is known of some members of each sample.
//!
//! Where one class has all members, every interval is that of a single sample.

mod means;
mod quantiles;
mod rates;

pub use means::{certain_ratio, difference, difference_of_ratios, mean, ratio};
pub use quantiles::{Sorted, quantile_interval};
pub use rates::{Trials, correlation, difference_of_rates, rate};

/// What is known of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum<T> {
    /// Its weight in the mixture, in any unit that all classes share.
    pub weight: f64,
    /// The size of its sample, members or not.
    pub n: u64,
    /// What its members say.
    pub members: T,
}

impl<T> Stratum<T> {
    /// What one of its sample stands for.
    fn each(&self) -> f64 {
        self.weight / self.n as f64
    }

    /// Whether it has a part in the mixture that anything is known of.
    fn counts(&self) -> bool {
        self.n > 0 && self.weight > 0.0
    }

    /// The same class with something else that is known of it.
    fn with<U>(&self, members: U) -> Stratum<U> {
        Stratum { weight: self.weight, n: self.n, members }
    }
}

/// The variance of being one of so many members of a sample of `n`.
fn membership(members: u64, n: u64) -> f64 {
    let share = members as f64 / n as f64;
    share * (1.0 - share)
}
