//! Twins of real controllers: pure functions of what they remember, what they see and the time.

pub mod kubernetes;
