//! How long a pod may take to start: files do not say it, but their probes kill what is slower.

use clockwork::Span;

use super::Probe;
use crate::document::{Node, Place};
use crate::import::build;
use crate::import::draft::Draft;

/// `fleet.pod.startup` and `restart` unless said otherwise: median and 95th percentile.
const STARTUP: [Span; 2] = [Span::from_secs(12), Span::from_secs(40)];
const RESTART: [Span; 2] = [Span::from_secs(8), Span::from_secs(25)];

/// The default of `fleet.pod.probes.container`.
const CONTAINER: Span = Span::from_secs(2);

/// Of pods that start as assumed fewer than one of a thousand takes longer.
///
/// 12 s times exp(3.15 sd), with sd = ln(40 / 12) / 1.645 of the logarithm.
const LONG: Span = Span::from_secs(120);

const FITS: &str = "as fast as its probes need it to be";
const CHANGE: &str = "--set fleet.pod.startup=20s";

/// `startup` and `restart` where pods that start as assumed would be killed by the probe that
/// watches the start. Whoever wrote the file has pods that come up: so they are assumed to be
/// faster, such that 999 of 1000 survive.
pub(super) fn startup(
    killer: Option<(&str, &Probe)>,
    place: Place,
    draft: &mut Draft<'_>,
) -> Vec<(&'static str, Node)> {
    let change = Some(CHANGE.to_owned());
    let Some((name, probe)) = killer else {
        let text = "how long a pod takes until it can serve is not said: half of them 12s";
        draft.assume(text, place, change);
        return Vec::new();
    };
    let patience = CONTAINER + Span::from_secs(probe.patience);
    if patience >= LONG {
        let text = format!(
            "how long a pod takes until it can serve is not said: half of them 12s; its {name} \
             kills a container that takes longer than {patience}"
        );
        draft.assume(text, probe.place, change);
        return Vec::new();
    }
    // To a tenth of a second, and never nothing.
    let tenths = |span: Span| {
        let share = span.micros() / 100_000 * patience.micros() / LONG.micros();
        Span::from_millis(share.max(1) * 100)
    };
    let [median, p95] = STARTUP.map(tenths);
    let text = format!(
        "a pod can serve {median} after its order, 5% of them later than {p95}: its {name} kills \
         a container that takes longer than {patience}"
    );
    draft.assume(text, probe.place, change);
    let law = |[median, p95]: [Span; 2]| {
        let end = |span: Span| build::assumed(span.to_string(), FITS, probe.place);
        let ends = build::map([("median", end(median)), ("p95", end(p95))], probe.place);
        build::map([("lognormal", ends)], probe.place)
    };
    vec![("startup", law([median, p95])), ("restart", law(RESTART.map(tenths)))]
}
