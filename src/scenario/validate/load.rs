//! Rate, replicas, capacity and utilisation: any three say the fourth, and all four must agree.

use chance::law::Fixed;
use chance::{Continuous, Law};

use super::{Pass, code};
use crate::document::Problem;
use crate::scenario::document::ScenarioDoc;
use crate::units::{Quantity, Rate};

/// What a scenario's load comes to.
pub(super) struct Load {
    pub(super) rate: Law,
    /// The rate, when it does not vary between worlds.
    pub(super) rate_fixed: Option<f64>,
    pub(super) replicas: u32,
    pub(super) per_pod: f64,
    pub(super) utilisation: f64,
}

/// What is assumed where nothing is said.
const REPLICAS: u32 = 10;
const UTILISATION: f64 = 0.6;

pub(super) fn load(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Option<Load> {
    let (fleet, baseline) = (&doc.fleet, &doc.baseline);
    let rate = match &doc.traffic.rate {
        Some(rate) => Some((pass.law(&rate.value, rate.place)?, rate.place)),
        None => None,
    };
    let per_pod = fleet.capacity.per_pod.map(|at| at.value.as_f64());
    let utilisation = baseline.utilisation.map(|at| at.value.as_f64());
    if let Some(replicas) = fleet.replicas {
        let fits = (1..=super::REPLICAS_MAX).contains(&replicas.value);
        let help = "write a number from 1 to 10000";
        let what = ("this many pods cannot be simulated", "not from 1 to 10000", help);
        pass.require(fits, code::LIMIT, replicas.place, what);
    }
    let of_rate = rate.as_ref().map(|(law, place)| (law.mean(), *place));
    let of_pod = fleet.capacity.per_pod.map(|at| (at.value.as_f64(), at.place));
    let of_busy = baseline.utilisation.map(|at| (at.value.as_f64(), at.place));
    for (given, what) in [
        (of_rate, ("no request arrives", "zero", "write for example: rate: 100/s")),
        (of_pod, ("a pod that carries nothing", "zero", "write for example: perPod: 150/s")),
        (of_busy, ("a fleet without load", "zero", "write for example: utilisation: 60%")),
    ] {
        if let Some((value, place)) = given {
            pass.require(value > 0.0 && value.is_finite(), code::IMPOSSIBLE, place, what);
        }
    }
    if let Some(at) = baseline.utilisation {
        let what =
            ("a fleet this busy cannot answer", "must be below 95 %", "write for example: 60%");
        pass.require(at.value.as_f64() < crate::fleet::SATURATED, code::IMPOSSIBLE, at.place, what);
    }
    let mean = rate.as_ref().map(|(law, _)| law.mean());
    let replicas = fleet.replicas.map_or(REPLICAS, |at| at.value);
    let pods = f64::from(replicas);
    let (mean, per_pod, utilisation) = match (mean, per_pod, utilisation) {
        (Some(mean), Some(per_pod), Some(busy)) => {
            agree(doc, mean, pods * per_pod * busy, pass);
            (mean, per_pod, busy)
        }
        (Some(mean), Some(per_pod), None) => (mean, per_pod, mean / (pods * per_pod)),
        (Some(mean), None, busy) => {
            let busy = busy.unwrap_or(UTILISATION);
            (mean, mean / (pods * busy), busy)
        }
        (None, Some(per_pod), busy) => {
            let busy = busy.unwrap_or(UTILISATION);
            (pods * per_pod * busy, per_pod, busy)
        }
        (None, None, _) => {
            missing(doc, pass);
            return None;
        }
    };
    if replicas > 0
        && utilisation >= crate::fleet::SATURATED
        && let Some(at) = fleet.capacity.per_pod
    {
        let title = "the fleet is saturated before the rollout begins";
        let label = format!("{replicas} pods of this carry less than {mean} requests a second");
        let help = "raise `perPod` or `replicas`, or lower `traffic.rate`";
        pass.problem(Problem::error(code::CONTRADICTION, title).at(at.place, label).help(help));
    }
    let law = match rate {
        Some((law, _)) => law,
        None => Fixed::new(mean).ok()?.into(),
    };
    let rate_fixed = matches!(law, Law::Fixed(_)).then_some(mean);
    Some(Load { rate: law, rate_fixed, replicas, per_pod, utilisation })
}

/// All four are given and must agree within 1 %.
fn agree(doc: &ScenarioDoc, rate: f64, carried: f64, pass: &mut Pass<'_>) {
    if (rate / carried - 1.0).abs() <= 0.01 || doc.fleet.replicas.is_none() {
        return;
    }
    let Some(at) = &doc.traffic.rate else { return };
    let said = Rate::per_second(carried).map_or_else(String::new, |rate| rate.to_string());
    let title = "rate, replicas, perPod and utilisation do not agree";
    let label = format!("replicas x perPod x utilisation is {said}");
    let help = format!("write `rate: {said}`, or leave one of the four out");
    pass.problem(Problem::error(code::CONTRADICTION, title).at(at.place, label).help(help));
}

fn missing(doc: &ScenarioDoc, pass: &mut Pass<'_>) {
    let title = "nothing says how many requests arrive";
    let problem = Problem::error(code::MISSING, title)
        .at(doc.strategy.place, "this strategy needs traffic")
        .help(format!("write for example: traffic: {{ rate: {} }}", Rate::EXAMPLE));
    pass.problem(problem);
}
