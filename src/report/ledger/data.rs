//! A ledger as data.

use serde_json::{Value, json};

use super::{Case, Entry, Ledger};
use crate::report::data::{finding, provenance, standing};

/// The ledger as one JSON value; keys are sorted, an open end of an interval is null.
pub(super) fn value(ledger: &Ledger) -> Value {
    let untried = ledger.untried.iter().map(|it| {
        json!({
            "name": it.name,
            "text": it.text,
            "section": it.section,
            "because": it.because,
        })
    });
    json!({
        "claims": ledger.entries.iter().map(entry).collect::<Vec<_>>(),
        "untried": untried.collect::<Vec<_>>(),
        "count": ledger.count(),
    })
}

fn entry(it: &Entry) -> Value {
    json!({
        "name": it.name,
        "text": it.text,
        "section": it.section,
        "verdict": it.computed().word(),
        "recorded": it.recorded.word(),
        "because": it.because,
        "cases": it.cases.iter().map(case).collect::<Vec<_>>(),
        "provenance": provenance(&it.provenance),
    })
}

fn case(it: &Case) -> Value {
    let wanted = it.wanted.iter().map(|wanted| {
        let mut value = standing(wanted);
        let seen = it.summary.finding(wanted.0.measure).map(finding);
        value.as_object_mut().expect("a map").insert("seen".to_owned(), json!(seen));
        value
    });
    json!({
        "name": it.name,
        "plan": it.plan,
        "standing": it.standing().word(),
        "expectations": wanted.collect::<Vec<_>>(),
    })
}
