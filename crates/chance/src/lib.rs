//! Keyed random streams, exact aggregate samplers, and the one door to transcendental functions.
#![allow(
    clippy::neg_cmp_op_on_partial_ord,
    reason = "written so that what is not a number takes the careful branch"
)]

pub mod binomial;
pub mod hypergeometric;
pub mod math;
pub mod guide;
pub mod law;
pub mod multinomial;
pub mod world;
pub mod philox;
pub mod poisson;
pub mod ticks;

mod expansion;
mod incomplete;
mod tails;

pub use law::{Continuous, Law, LawError};
pub use philox::Keyed;
