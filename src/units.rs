//! Quantities that are read from and printed with their units; the unit is part of the type.
//!
//! The printed text of a quantity is canonical and parses back to the same value.

mod quantity;
mod decimal;
mod share;
mod factor;
mod rate;
mod bytes;
mod byte_rate;
mod count;
mod portion;
mod money;
mod time_of_day;
mod span;
mod spread;

pub use clockwork::Span;

pub use byte_rate::ByteRate;
pub use bytes::Bytes;
pub use count::Count;
pub use factor::Factor;
pub use money::{Currency, Money};
pub use portion::Portion;
pub use quantity::{Quantity, Reason, Rejection};
pub use rate::Rate;
pub use share::Share;
pub use spread::Spread;
pub use time_of_day::TimeOfDay;
