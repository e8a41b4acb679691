//! What bad releases do, on the page at the end of a run: how far it reaches, when it is noticed,
//! when it is over, and whom it meets.

use super::frame::section;
use super::number::{self, grouped};
use super::page::{Ink, Page};
use super::text::{rate, row, seen};
use crate::experiment::{How, Summary};
use crate::simulation::Truth;

pub(super) fn blast(page: &mut Page, summary: &Summary) {
    let columns = [15, 41, 67, 93];
    let names = ["mean", "median", "p95", "worst"];
    page.end().put(Ink::Plain, "  ").put(Ink::Strong, "BLAST RADIUS");
    for (column, name) in columns.into_iter().zip(names) {
        page.to(column, 1).put(Ink::Faint, name);
    }
    page.end();
    let rows = [
        ("users", "blast-radius.users"),
        ("requests", "blast-radius.requests"),
        ("peak", "peak-share"),
    ];
    for (label, measure) in rows {
        page.to(4, 0).put(Ink::Plain, label);
        for (column, name) in columns.into_iter().zip(names) {
            let finding = summary.get(&format!("{measure}.{name}"));
            let Some(estimate) = &finding.estimate else { continue };
            let unit = finding.unit();
            page.to(column, 1);
            if matches!(finding.measure.how, How::Worst(_)) {
                page.put(Ink::Plain, &number::alone(unit, estimate.value));
            } else {
                page.put(Ink::Plain, &number::value(unit, estimate)).put(Ink::Plain, " ");
                page.put(Ink::Faint, &number::interval(unit, estimate));
            }
        }
        page.end();
    }
}

pub(super) fn detection(page: &mut Page, summary: &Summary) {
    section(page, "DETECTION", "from the beginning of harm, of bad releases that did harm");
    rate(page, "detected and acted on", summary.get("detected"));
    row(
        page,
        "time to detect, median",
        summary.get("detect.median"),
        "undetected counts as longest",
    );
    row(page, "time to detect, p95", summary.get("detect.p95"), "");
    let harmed = summary.get("time-harmed.mean");
    row(
        page,
        "time under harm, mean",
        harmed,
        &format!("of all {} bad worlds, 24h", grouped(harmed.n())),
    );
    rate(page, "still harming at the end", summary.get("unresolved"));
    seen(page, "watched too short", summary.get("cut-off"));
}

pub(super) fn recovery(page: &mut Page, summary: &Summary) {
    let resolved = summary.get("mttr.mean").n();
    let bad = summary.tally.of(Truth::Bad);
    let of =
        format!("of {} resolved of {} bad releases, in worlds", grouped(resolved), grouped(bad));
    section(page, "RECOVERY", &of);
    if resolved == 0 {
        return;
    }
    let rows = [
        ("time to restore, mean", "time-to-restore.mean"),
        ("  detect", "detect.mean"),
        ("  decide", "decide.mean"),
        ("  act", "act.mean"),
        ("  recover", "recover.mean"),
        ("MTTR, mean", "mttr.mean"),
        ("MTTR, median", "mttr.median"),
        ("MTTR, p95", "mttr.p95"),
    ];
    for (label, name) in rows {
        let remark = if label == "MTTR, mean" { "decide + act + recover" } else { "" };
        row(page, label, summary.get(name), remark);
    }
}

pub(super) fn exposure(page: &mut Page, summary: &Summary) {
    section(page, "EXPOSURE", "means per bad release, in 24h from its first traffic");
    let rows = [
        ("requests met it", "met.requests.mean"),
        ("while it was harmful", "met-harmful.requests.mean"),
        ("requests harmed", "harmed.requests.mean"),
        ("  failed by the defect", "failures.defect.mean"),
        ("  too slow by the defect", "slowed.defect.mean"),
        ("failed anyway", "failures.baseline.mean"),
        ("users met it", "met.users.mean"),
        ("users harmed", "harmed.users.mean"),
        ("harm without any gate", "potential.requests.mean"),
    ];
    for (label, name) in rows {
        row(page, label, summary.get(name), "");
    }
}
