//! Unit tests for your rollback gates.
