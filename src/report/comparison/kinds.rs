//! What the variants make of each kind of release, and of small and large faults.

use std::fmt::Write;

use super::ComparisonReport;
use crate::experiment::{Finding, Kind, Variant};
use crate::report::kinds::{cell, range, said, upper};
use crate::report::markdown::plain;
use crate::report::number::{self, grouped};
use crate::report::page::{Ink, Page};
use crate::simulation::Truth;

/// Where the columns of a variant begin: what is caught, what that prevents, and by size.
const CAUGHT: usize = 21;
const PREVENTED: usize = 42;
const QUARTERS: [usize; 4] = [63, 72, 81, 90];

/// The kinds with the variants below each.
pub(super) fn text(page: &mut Page, report: &ComparisonReport) {
    let variants = &report.comparison.variants;
    let baseline = &variants[report.comparison.baseline].summary.kinds;
    for (place, kind) in baseline.iter().enumerate().filter(|(_, kind)| kind.tally.all() > 0) {
        head(page, kind);
        for variant in variants {
            if let Some(kind) = variant.summary.kinds.get(place) {
                page.to(4, 0).put(Ink::Plain, &variant.name);
                row(page, kind);
                page.end();
            }
        }
    }
}

fn is_bad(kind: &Kind) -> bool {
    kind.tally.of(Truth::Bad) > 0
}

fn head(page: &mut Page, kind: &Kind) {
    let curve = kind.curve.as_ref().filter(|_| is_bad(kind));
    let by = curve.map_or_else(String::new, |it| format!("; quarters by {}", it.field));
    let (share, worlds) = (number::share(kind.weight), grouped(kind.tally.all()));
    page.end().put(Ink::Plain, "  ").put(Ink::Strong, &kind.name);
    page.to(0, 2).put(Ink::Faint, &format!("{share} of releases, {worlds} worlds{by}")).end();
    if !is_bad(kind) {
        page.to(CAUGHT, 0).put(Ink::Faint, "rolled back by mistake").end();
        return;
    }
    page.to(CAUGHT, 0).put(Ink::Faint, "caught").to(PREVENTED, 1).put(Ink::Faint, "harm prevented");
    for (column, bin) in QUARTERS.into_iter().zip(curve.iter().flat_map(|it| &it.bins)) {
        let to = curve.and_then(|it| upper(it, bin)).unwrap_or_else(|| "above".to_owned());
        page.to(column, 1).put(Ink::Faint, &to);
    }
    page.end();
}

fn row(page: &mut Page, kind: &Kind) {
    if !is_bad(kind) {
        page.to(CAUGHT, 1);
        cell(page, kind.finding("false-rollback"));
        return;
    }
    page.to(CAUGHT, 1);
    cell(page, kind.finding("caught"));
    page.to(PREVENTED, 1);
    cell(page, kind.finding("harm-prevented"));
    for (column, bin) in QUARTERS.into_iter().zip(kind.curve.iter().flat_map(|it| &it.bins)) {
        let prevented =
            bin.finding("harm-prevented").and_then(|it| Some((it.unit(), it.estimate?)));
        let said =
            prevented.map_or_else(|| "-".to_owned(), |(unit, it)| number::short(unit, &it).0);
        page.to(column, 1).put(Ink::Plain, &said);
    }
}

/// What becomes of each kind, as tables for a comment.
pub(super) fn markdown(out: &mut String, report: &ComparisonReport) -> std::fmt::Result {
    let variants = &report.comparison.variants;
    let names: Vec<_> = variants.iter().map(|it| plain(&it.name)).collect();
    writeln!(out, "\n| by kind | share | worlds | {} |", names.join(" | "))?;
    writeln!(out, "|---|--:|--:|{}", "---|".repeat(names.len()))?;
    let baseline = &variants[report.comparison.baseline].summary.kinds;
    for (place, kind) in baseline.iter().enumerate().filter(|(_, kind)| kind.tally.all() > 0) {
        let measures: &[_] = if is_bad(kind) {
            &[("caught", "caught"), ("harm prevented", "harm-prevented")]
        } else {
            &[("false rollbacks", "false-rollback")]
        };
        for (label, name) in measures {
            let cells = line(variants, |it| it.summary.kinds.get(place)?.finding(name));
            let (share, worlds) = (number::share(kind.weight), grouped(kind.tally.all()));
            writeln!(out, "| {}: {label} | {share} | {worlds} | {cells} |", plain(&kind.name))?;
        }
    }
    writeln!(out, "\n| harm prevented by severity | worlds | {} |", names.join(" | "))?;
    writeln!(out, "|---|--:|{}", "---|".repeat(names.len()))?;
    for (place, kind) in baseline.iter().enumerate().filter(|(_, kind)| is_bad(kind)) {
        for (at, bin) in kind.curve.iter().flat_map(|it| it.bins.iter().enumerate()) {
            let of = |it: &'_ Variant| {
                let curve = it.summary.kinds.get(place)?.curve.as_ref()?;
                curve.bins.get(at)?.finding("harm-prevented").copied()
            };
            let found: Vec<Option<Finding>> = variants.iter().map(of).collect();
            let cells: Vec<_> = found.iter().map(|it| said(it.as_ref())).collect();
            let range = kind.curve.as_ref().map_or_else(String::new, |it| range(it, bin));
            let (name, field) = (plain(&kind.name), kind.curve.as_ref().map_or("", |it| it.field));
            let (worlds, cells) = (grouped(bin.worlds), cells.join(" | "));
            writeln!(out, "| {name}: `{field}` {range} | {worlds} | {cells} |")?;
        }
    }
    Ok(())
}

fn line<'a>(variants: &'a [Variant], of: impl Fn(&'a Variant) -> Option<&'a Finding>) -> String {
    variants.iter().map(|it| said(of(it))).collect::<Vec<_>>().join(" | ")
}
