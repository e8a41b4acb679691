//! Every field of a `VirtualService` and an `HTTPRoute` that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const FAULT: &str = "no fault is injected on the way: releases have faults of their own";
const AGAIN: &str = "a request that fails is not sent again";

/// The fields of such a document.
pub(super) fn of(kind: &str) -> Table {
    if kind == "HTTPRoute" { HTTP_ROUTE } else { VIRTUAL_SERVICE }
}

/// An `HTTPRoute` whose split has become the steps of a Rollout.
const HTTP_ROUTE: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.hostnames", Harmless),
    ("spec.parentRefs", Harmless),
    ("spec.rules", Inside),
    ("spec.rules[].backendRefs", Used),
    ("spec.rules[].matches", Used),
    ("spec.rules[].name", Harmless),
    ("spec.rules[].retry", Lost(AGAIN)),
];

/// A `VirtualService` whose split has become the steps of a Rollout.
const VIRTUAL_SERVICE: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.exportTo", Harmless),
    ("spec.gateways", Harmless),
    ("spec.hosts", Harmless),
    ("spec.http", Inside),
    ("spec.http[].fault", Lost(FAULT)),
    ("spec.http[].match", Used),
    ("spec.http[].name", Harmless),
    ("spec.http[].retries", Lost(AGAIN)),
    ("spec.http[].route", Used),
    ("spec.tcp", Used),
    ("spec.tls", Used),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::VIRTUAL_SERVICE);
        crate::import::fields::check(super::HTTP_ROUTE);
    }
}
