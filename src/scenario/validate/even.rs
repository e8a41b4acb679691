//! Even arrivals: a world without any variation, whose requests are whole.

use clockwork::Span;

use super::{Pass, code, steps};
use crate::document::Varying;
use crate::scenario::document::{NoiseDoc, ScenarioDoc};
use crate::traffic::{ArrivalsDoc, ShapeDoc};

/// Even arrivals serve exactly the mean: nothing may make the mean change or break a request.
pub(super) fn even(doc: &ScenarioDoc, tick: Span, rate: Option<f64>, pass: &mut Pass<'_>) {
    if doc.traffic.arrivals.value != ArrivalsDoc::Even {
        return;
    }
    let place = doc.traffic.arrivals.place;
    let mut need = |holds: bool, what: &str, help: &str| {
        pass.require(holds, code::EVEN, place, (what, "even arrivals", help));
    };
    need(doc.noise == NoiseDoc::None, "even arrivals and noise", "write `noise: none`");
    let steady = doc.traffic.modulation.value.0.is_none();
    need(steady, "even arrivals and modulation", "write `traffic.modulation: none`");
    let constant = doc.traffic.shape == ShapeDoc::Constant;
    need(constant, "even arrivals and a shape", "write `traffic.shape: constant`");
    need(doc.fleet.pod.cold.0.is_none(), "even arrivals and cold pods", "write `pod.cold: none`");
    need(
        !doc.traffic.users.sticky,
        "even arrivals and sticky users",
        "write `users.sticky: false`",
    );
    let started = match &doc.fleet.pod.startup.value {
        Varying::Fixed(span) => (*span % tick).is_zero(),
        Varying::Drawn(_) => false,
    };
    need(started, "even arrivals and a start-up off the grid", "write `pod.startup: 0s`");
    let whole = |weight: f64| {
        rate.is_some_and(|rate| {
            let requests = rate * tick.as_secs_f64() * weight;
            (requests - requests.round()).abs() < 1e-6
        })
    };
    let weights = steps::weights(doc);
    let all = weights.iter().chain([&1.0]).all(|weight| whole(*weight) && whole(1.0 - weight));
    need(
        all,
        "a tick does not have a whole number of requests",
        "choose rate x weight x scrape interval whole, with a fixed rate",
    );
}
