//! The one integration binary.

mod naive;
mod import;
