//! How the kubelet finds out whether pods are well.

use clockwork::Span;

use super::{Pass, code};
use crate::controller::kubernetes::probe::{Probe, Probes};
use crate::fleet::{ProbeDoc, ProbesDoc};

/// The probes of a pod, if there are any.
#[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
pub(super) fn probes(doc: Option<&ProbesDoc>, pass: &mut Pass<'_>) -> Option<Option<Probes>> {
    let Some(doc) = doc else { return Some(None) };
    let mut probe = |doc: &Option<ProbeDoc>| doc.as_ref().map(|doc| probe(doc, pass));
    let (startup, readiness) = (probe(&doc.startup.0), probe(&doc.readiness.0));
    let liveness = probe(&doc.liveness.0);
    let container = doc.container;
    Some(Some(Probes {
        container,
        startup: startup.map_or(Some(None), |it| it.map(Some))?,
        readiness: readiness.map_or(Some(None), |it| it.map(Some))?,
        liveness: liveness.map_or(Some(None), |it| it.map(Some))?,
    }))
}

fn probe(doc: &ProbeDoc, pass: &mut Pass<'_>) -> Option<Probe> {
    let period = doc.period.value;
    let fits = period >= Span::from_secs(1);
    let what =
        ("a probe more often than every second", "below 1s", "write for example: period: 5s");
    pass.require(fits, code::IMPOSSIBLE, doc.period.place, what);
    fits.then_some(Probe {
        initial_delay: doc.initial_delay,
        period,
        timeout: doc.timeout,
        success_threshold: doc.success_threshold,
        failure_threshold: doc.failure_threshold,
    })
}
