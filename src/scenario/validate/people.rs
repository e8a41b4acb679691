//! The people: laws of their times, an alert on the grid, and hours of work.

use clockwork::Span;

use super::{Pass, code};
use crate::document::{At, Origin, Problem};
use crate::gate::{Action, Bound, ErrorRate, Exceptions, Gate, Metric, Patience, Subject};
use crate::people::{
    Alert, AlertDoc, ApproveDoc, Approver, Attribution, AttributionDoc, Hours, HoursDoc, People,
    PeopleDoc,
};
use crate::units::{Share, TimeOfDay};

/// The people that a document describes, in a world that is counted every `tick`.
pub(super) fn people(doc: &PeopleDoc, tick: Span, pass: &mut Pass<'_>) -> Option<People> {
    let alert = alert(&doc.page.alert, tick, pass);
    let mut law = |at: &At<_>| pass.time(at, tick);
    let acknowledge = law(&doc.acknowledge);
    let acknowledge_at_night = law(&doc.acknowledge_at_night);
    let (diagnose, decide, act) = (law(&doc.diagnose), law(&doc.decide), law(&doc.act));
    let approver = approver(&doc.approve, tick, pass);
    let hours = hours(&doc.working_hours, pass);
    limits(doc, pass);
    Some(People {
        alert: alert?,
        acknowledge: acknowledge?,
        acknowledge_at_night: acknowledge_at_night?,
        unacknowledged: doc.unacknowledged.as_f64(),
        escalate: doc.escalate.value,
        diagnose: diagnose?,
        without_versions: doc.without_versions.value.as_f64(),
        version_metrics: doc.version_metrics,
        decide: decide?,
        act: act?,
        attribution: attribution(&doc.attribution),
        recent: doc.recent,
        hours: hours?,
        approver: approver?,
    })
}

fn limits(doc: &PeopleDoc, pass: &mut Pass<'_>) {
    let no_time = ("nobody can acknowledge in no time", "zero", "write for example: escalate: 5m");
    let takes_time = !doc.escalate.value.is_zero();
    pass.require(takes_time, code::IMPOSSIBLE, doc.escalate.place, no_time);
    let slower = doc.without_versions.value.as_f64() >= 1.0;
    let help = "write for example: withoutVersions: 2x";
    let what = ("a diagnosis that is faster without versions", "must be at least 1x", help);
    pass.require(slower, code::IMPOSSIBLE, doc.without_versions.place, what);
}

fn attribution(doc: &AttributionDoc) -> Attribution {
    Attribution {
        within_30m: doc.within_30m.as_f64(),
        within_24h: doc.within_24h.as_f64(),
        older: doc.older.as_f64(),
    }
}

fn approver(doc: &ApproveDoc, tick: Span, pass: &mut Pass<'_>) -> Option<Approver> {
    Some(Approver {
        wait: pass.time(&doc.wait, tick)?,
        waves_through: doc.waves_through.as_f64(),
        rejects: doc.rejects.as_f64(),
    })
}

fn hours(doc: &At<HoursDoc>, pass: &mut Pass<'_>) -> Option<Hours> {
    let since_midnight = |time: TimeOfDay| Span::from_mins(u64::from(time.minutes()));
    let hours = Hours::new(since_midnight(doc.value.from), since_midnight(doc.value.to));
    let help = "write for example: workingHours: { from: \"09:00\", to: \"18:00\" }";
    let what = ("people leave before they come", "`from` must be before `to`", help);
    pass.require(hours.is_some(), code::CONTRADICTION, doc.place, what);
    hours
}

fn alert(doc: &AlertDoc, tick: Span, pass: &mut Pass<'_>) -> Option<Alert> {
    let help = "write for example: error-rate: 5%";
    let what = ("an alert that never fires", "no more than all requests fail", help);
    let share = doc.error_rate.value;
    pass.require(share < Share::ONE, code::IMPOSSIBLE, doc.error_rate.place, what);
    let (window, every) =
        (on_grid("window", doc.window, tick, pass), on_grid("every", doc.every, tick, pass));
    Some(Alert { share, window: window?, every: every?, lasts: doc.lasts })
}

/// A time in whole scrapes: what somebody wrote has to be one, a default becomes one.
fn on_grid(what: &str, at: At<Span>, tick: Span, pass: &mut Pass<'_>) -> Option<Span> {
    let ticks = at.value.div_ceil(tick);
    let rounded = tick * ticks.max(1);
    if rounded == at.value || at.origin != Origin::Written {
        return Some(rounded);
    }
    let problem = Problem::error(code::GRID, format!("`{what}` is not a number of scrapes"))
        .at(at.place, format!("counts exist every {tick}"))
        .help(format!("write `{what}: {rounded}`, or change `telemetry.scrape`"));
    pass.problem(problem);
    None
}

/// The judge of all requests that pages people. It fires when every evaluation of the time that it
/// has to last fails, the first and the last included.
pub(super) fn judge(alert: &Alert, tick: Span) -> Gate {
    Gate {
        name: "alert".to_owned(),
        metric: Metric::ErrorRate(ErrorRate { of: Subject::All, bound: Bound::Over(alert.share) }),
        window: (alert.window / tick) as u32,
        interval: alert.every,
        initial_delay: alert.every,
        min_samples: 1,
        patience: Patience::Consecutive(alert.lasts.div_ceil(alert.every) as u32 + 1),
        unless: Exceptions::default(),
        action: Action::Pause,
    }
}
