//! What becomes of each kind of release, and of small and large faults.

use std::fmt::Write;

use serde_json::{Value, json};

use super::data::{endings, finding};
use super::frame::section;
use super::markdown::plain;
use super::number::{self, grouped};
use super::page::{Ink, Page};
use crate::experiment::{Bin, Curve, Finding, Kind, Summary};
use crate::scenario::SizeUnit;
use crate::simulation::Truth;

/// What a page tells of every kind.
const COLUMNS: [(usize, &str, &str); 3] = [
    (33, "rolled back by mistake", "false-rollback"),
    (57, "caught", "caught"),
    (79, "harm prevented", "harm-prevented"),
];

/// The kinds, one line each.
pub(super) fn text(page: &mut Page, summary: &Summary) {
    page.end().put(Ink::Plain, "  ").put(Ink::Strong, "BY KIND");
    page.to(18, 2).put(Ink::Faint, "share").to(26, 2).put(Ink::Faint, "worlds");
    for (column, title, _) in COLUMNS {
        page.to(column, 1).put(Ink::Faint, title);
    }
    page.end();
    for kind in seen(summary) {
        page.to(4, 0).put(Ink::Plain, &kind.name);
        page.to(18, 1).put(Ink::Plain, &number::share(kind.weight));
        page.to(26, 1).put(Ink::Plain, &grouped(kind.tally.all()));
        for (column, _, name) in COLUMNS {
            page.to(column, 1);
            cell(page, kind.finding(name));
        }
        page.end();
    }
}

/// The kinds that were simulated.
fn seen(summary: &Summary) -> impl Iterator<Item = &Kind> {
    summary.kinds.iter().filter(|kind| kind.tally.all() > 0)
}

/// A number with its interval, where there is one.
pub(super) fn cell(page: &mut Page, finding: Option<&Finding>) {
    let Some((unit, estimate)) = finding.and_then(|it| Some((it.unit(), it.estimate?))) else {
        page.put(Ink::Faint, "-");
        return;
    };
    let (value, interval) = number::short(unit, &estimate);
    page.put(Ink::Plain, &value).put(Ink::Plain, " ").put(Ink::Faint, &interval);
}

/// Where the quarters of a page begin.
const QUARTERS: [usize; 4] = [22, 42, 62, 82];

/// What is caught and what that prevents, by the size of the fault.
pub(super) fn curves(page: &mut Page, summary: &Summary) {
    let kinds = || told(&summary.kinds);
    if kinds().next().is_none() {
        return;
    }
    section(page, "BY SEVERITY", "quarters of the drawn sizes, the bad of them");
    for (kind, curve) in kinds() {
        page.to(4, 0).put(Ink::Plain, &format!("{}, {}", kind.name, curve.field));
        for (column, bin) in QUARTERS.into_iter().zip(&curve.bins) {
            page.to(column, 1).put(Ink::Faint, &range(curve, bin));
        }
        page.end();
        for (label, name) in [("caught", "caught"), ("harm prevented", "harm-prevented")] {
            page.to(6, 0).put(Ink::Plain, label);
            for (column, bin) in QUARTERS.into_iter().zip(&curve.bins) {
                page.to(column, 1);
                cell(page, bin.finding(name));
            }
            page.end();
        }
    }
}

/// The kinds with bad releases whose sizes vary.
pub(super) fn told(kinds: &[Kind]) -> impl Iterator<Item = (&Kind, &Curve)> {
    let bad = kinds.iter().filter(|kind| kind.tally.of(Truth::Bad) > 0);
    bad.filter_map(|kind| Some((kind, kind.curve.as_ref()?)))
}

/// From where to where the sizes of a part are.
pub(super) fn range(curve: &Curve, bin: &Bin) -> String {
    let said = |size: f64| size_of(curve.unit, size);
    match (bin.from.map(said), bin.to.map(said)) {
        (None, None) => "all".to_owned(),
        (None, Some(to)) => format!("up to {to}"),
        (Some(from), None) => format!("from {from}"),
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from} to {to}"),
    }
}

/// Where the sizes of a part end; nothing for the last.
pub(super) fn upper(curve: &Curve, bin: &Bin) -> Option<String> {
    bin.to.map(|to| format!("<{}", size_of(curve.unit, to)))
}

/// A size with two digits that count.
fn size_of(unit: SizeUnit, size: f64) -> String {
    let digits = |size: f64| {
        let places = [10.0, 1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5];
        let decimals = places.iter().take_while(|place| size < **place).count();
        format!("{size:.decimals$}")
    };
    let bytes = |size: f64| {
        let units = [(1u64 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];
        let unit = units.into_iter().find(|(least, _)| size >= *least as f64);
        unit.map_or_else(
            || format!("{}B", digits(size)),
            |(least, name)| format!("{}{name}", digits(size / least as f64)),
        )
    };
    match unit {
        SizeUnit::Share => format!("{}%", digits(size * 100.0)),
        SizeUnit::Factor => format!("{}x", digits(size)),
        SizeUnit::Bytes => bytes(size),
        SizeUnit::BytesPerSecond => format!("{}/h", bytes(size * 3600.0)),
    }
}

/// What becomes of each kind, as tables for a comment.
pub(super) fn markdown(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(out, "\n| by kind | share | worlds | false rollbacks | caught | harm prevented |")?;
    writeln!(out, "|---|--:|--:|---|---|---|")?;
    for kind in seen(summary) {
        let cells = COLUMNS.map(|(_, _, name)| said(kind.finding(name)));
        let (share, worlds) = (number::share(kind.weight), grouped(kind.tally.all()));
        writeln!(out, "| {} | {share} | {worlds} | {} |", plain(&kind.name), cells.join(" | "))?;
    }
    if told(&summary.kinds).next().is_none() {
        return Ok(());
    }
    writeln!(out, "\n| bad releases by severity | worlds | caught | harm prevented |")?;
    writeln!(out, "|---|--:|---|---|")?;
    for (kind, curve) in told(&summary.kinds) {
        for bin in &curve.bins {
            let cells = Curve::MEASURES.map(|name| said(bin.finding(name)));
            let (name, size) = (plain(&kind.name), range(curve, bin));
            let (field, worlds) = (curve.field, grouped(bin.worlds));
            writeln!(out, "| {name}: `{field}` {size} | {worlds} | {} |", cells.join(" | "))?;
        }
    }
    Ok(())
}

/// A number with its interval in a table.
pub(super) fn said(finding: Option<&Finding>) -> String {
    let known = finding.and_then(|it| Some(number::short(it.unit(), &it.estimate?)));
    known.map_or_else(|| "-".to_owned(), |(value, interval)| format!("{value} {interval}"))
}

/// A kind as data.
pub(super) fn json(kind: &Kind) -> Value {
    let curve = kind.curve.as_ref().map(|curve| {
        let bins = curve.bins.iter().map(|bin| {
            json!({
                "from": bin.from,
                "to": bin.to,
                "text": range(curve, bin),
                "worlds": bin.worlds,
                "measures": bin.findings.iter().map(finding).collect::<Vec<_>>(),
            })
        });
        json!({
            "fault": curve.fault,
            "field": curve.field,
            "unit": unit(curve.unit),
            "bins": bins.collect::<Vec<_>>(),
        })
    });
    json!({
        "name": kind.name,
        "share": kind.weight,
        "worlds": kind.tally.all(),
        "endings": endings(&kind.tally),
        "measures": kind.findings.iter().map(finding).collect::<Vec<_>>(),
        "severity": curve,
    })
}

/// Every unit of sizes, in data.
pub(super) const UNITS: [&str; 4] = ["share", "factor", "bytes", "bytes-per-second"];

fn unit(unit: SizeUnit) -> &'static str {
    UNITS[unit as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_they_are_written() {
        assert_eq!(size_of(SizeUnit::Share, 0.006_324), "0.63%");
        assert_eq!(size_of(SizeUnit::Factor, 2.4), "2.4x");
        assert_eq!(size_of(SizeUnit::BytesPerSecond, 41_943_040.0 / 3600.0), "40Mi/h");
        assert_eq!(size_of(SizeUnit::Bytes, 12.0), "12B");
    }
}
