//! The one integration binary.

mod naive;
mod import;
mod closed_forms;
mod readers;
