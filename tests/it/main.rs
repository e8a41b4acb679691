//! The one integration binary.

mod naive;
