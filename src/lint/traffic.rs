//! How many requests applications get, as far as somebody says it.

use std::collections::BTreeMap;

use super::gate::{Gate, Owner};
use super::number::{RATES, by_rate};
use super::objects::Files;
use crate::units::Rate;

/// Every application that nobody names.
const ANY: &str = "*";

/// Requests a second of applications, all versions of each together.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    by_name: BTreeMap<String, f64>,
}

impl Traffic {
    /// Every application gets so many.
    pub fn of_all(rate: Rate) -> Self {
        Self::of_each([(ANY.to_owned(), rate)])
    }

    /// Applications get so many, by the name of their workload; `*` is every other one.
    pub fn of_each(rates: impl IntoIterator<Item = (String, Rate)>) -> Self {
        // No number is exact where there are no requests.
        let some = rates.into_iter().filter(|(_, rate)| rate.as_f64() > 0.0);
        Self { by_name: some.map(|(name, rate)| (name, rate.as_f64())).collect() }
    }

    fn of(&self, name: Option<&str>) -> Option<f64> {
        let known = name.and_then(|name| self.by_name.get(name));
        known.or_else(|| self.by_name.get(ANY)).copied()
    }
}

impl Files<'_> {
    /// Requests a second of the application that a gate is about, if somebody says it.
    pub(crate) fn rate(&self, gate: &Gate<'_>) -> Option<f64> {
        let name = match gate.owner {
            Owner::Argo(template, _) => {
                let users = self.users(template);
                users.first().map(|(rollout, _)| rollout.object.name)
            }
            Owner::Flagger(canary) => Some(canary.object.name),
            Owner::Alert => None,
        };
        self.traffic.of(name)
    }

    /// The same, or what a rule decides by where nobody says it.
    pub(crate) fn rate_or(&self, gate: &Gate<'_>, otherwise: f64) -> f64 {
        self.rate(gate).unwrap_or(otherwise)
    }

    /// What a number is at the rate of a gate; at several where nobody says it.
    pub(crate) fn by_rate(&self, gate: &Gate<'_>, number: impl Fn(f64) -> String) -> String {
        self.by_rate_of(gate, &RATES, number)
    }

    /// The same with other rates than the usual ones.
    pub(crate) fn by_rate_of(
        &self,
        gate: &Gate<'_>,
        rates: &[f64],
        number: impl Fn(f64) -> String,
    ) -> String {
        match self.rate(gate) {
            Some(rate) => by_rate(&[rate], number),
            None => by_rate(rates, number),
        }
    }

    /// Requests a second of the application that a workload of this name runs.
    pub(crate) fn rate_of(&self, name: &str) -> Option<f64> {
        self.traffic.of(Some(name))
    }
}
