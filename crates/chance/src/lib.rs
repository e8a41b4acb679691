//! Keyed random streams, exact aggregate samplers, and the one door to transcendental functions.
