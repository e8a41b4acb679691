//! The page at the end of a run.

use super::frame::{self, asked, section};
use super::number::{self, grouped, harmless};
use super::page::{Ink, Page};
use super::{End, Report, robust};
use super::{harm, kinds};
use crate::document::Look;
use crate::experiment::{Expectation, Finding, Standing, Summary};
use crate::simulation::{Ending, Truth};

/// Where values, intervals and remarks begin.
const VALUE: usize = 29;
const INTERVAL: usize = 41;
const REMARK: usize = 60;

/// The whole page.
pub(super) fn render(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    head(&mut page, report);
    let summary = &report.summary;
    outcome(&mut page, summary);
    good(&mut page, summary);
    bad(&mut page, summary);
    kinds::text(&mut page, summary);
    if summary.tally.of(Truth::Bad) > 0 {
        kinds::curves(&mut page, summary);
        harm::blast(&mut page, summary);
        harm::detection(&mut page, summary);
        harm::recovery(&mut page, summary);
        harm::exposure(&mut page, summary);
    }
    rollout(&mut page, summary);
    cost(&mut page, report);
    robust::text(&mut page, &report.robust, report.words());
    caveats(&mut page, report);
    wanted(&mut page, report);
    frame::closing(&mut page, &report.conclusion.sentence, &[]);
    if let Some(lint) = &report.lint {
        page.paragraph(Ink::Care, &harmless(lint), 2);
    }
    frame::next(&mut page, &report.next);
    page.into_text()
}

/// Only what was wanted and the sentence.
pub(super) fn brief(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    wanted(&mut page, report);
    page.put(Ink::Strong, &report.name).put(Ink::Plain, ": ");
    page.put(Ink::Plain, &report.conclusion.sentence).end();
    if report.provenance.end != End::Complete {
        let made = grouped(report.provenance.replications);
        page.put(Ink::Care, &format!("{made} replications{}", asked(&report.provenance))).end();
    }
    page.into_text()
}

fn head(page: &mut Page, report: &Report) {
    let made = frame::made(&report.provenance, &report.trust, ["", "scenario"]);
    frame::head(page, [&report.name, &report.plan], report.description.as_deref(), &made);
}

/// A label, a value with its interval, and what it is of.
pub(super) fn row(page: &mut Page, label: &str, finding: &Finding, remark: &str) {
    page.to(4, 0).put(Ink::Plain, label);
    let Some(estimate) = &finding.estimate else {
        let none = format!("no {}", finding.measure.worlds.words());
        page.to(VALUE, 1).put(Ink::Faint, &none).end();
        return;
    };
    let unit = finding.unit();
    if estimate.value.is_infinite() {
        let (beyond, n) = (grouped(finding.beyond), grouped(estimate.n));
        page.to(VALUE, 1).put(Ink::Plain, &format!("never in {beyond} of {n}")).end();
        return;
    }
    let value = number::value(unit, estimate);
    page.to(VALUE + 11_usize.saturating_sub(value.chars().count()), 1).put(Ink::Plain, &value);
    page.to(INTERVAL, 1).put(Ink::Faint, &number::interval(unit, estimate));
    page.to(REMARK, 2).put(Ink::Plain, remark).end();
}

/// The counts behind a rate: worlds, not weighted.
fn counts(finding: &Finding) -> String {
    let events = finding.events.unwrap_or_default();
    format!("{} of {} worlds", grouped(events), grouped(finding.n()))
}

pub(super) fn rate(page: &mut Page, label: &str, finding: &Finding) {
    row(page, label, finding, &counts(finding));
}

fn outcome(page: &mut Page, summary: &Summary) {
    let kinds = summary.kinds.iter().filter(|kind| kind.tally.all() > 0).count();
    let each = if kinds > 1 { ", as many of each kind of release" } else { "" };
    section(page, "OUTCOME", &format!("of all changes, from {} worlds{each}", grouped(summary.n)));
    for ending in Ending::ALL {
        if ending == Ending::Stuck && summary.tally.ended(ending) == 0 {
            continue;
        }
        let finding = summary.get(&ending.word().replace(' ', "-"));
        let of = |truth: Truth| (summary.tally.share(truth, ending), truth.word());
        let parts: Vec<_> = [Truth::Good, Truth::Negligible, Truth::Bad]
            .into_iter()
            .map(of)
            .filter(|(part, _)| *part > 0.0)
            .map(|(part, word)| format!("{:.1}% {word}", part * 100.0))
            .collect();
        row(page, ending.word(), finding, &parts.join(", "));
    }
}

/// Who stopped which share of the releases of a truth.
fn by_gates(page: &mut Page, summary: &Summary, truth: Truth, endings: &[Ending]) {
    let all = summary.tally.share_of(truth);
    let by = summary.decisions.iter().filter_map(|by| {
        let part: f64 = endings.iter().map(|ending| by.tally.share(truth, *ending)).sum();
        (part > 0.0).then(|| format!("{} {}", by.name, number::share(part / all)))
    });
    let by: Vec<_> = by.collect();
    if !by.is_empty() {
        page.paragraph(Ink::Plain, &format!("by {}", by.join(", ")), 6);
    }
}

fn good(page: &mut Page, summary: &Summary) {
    section(page, "GOOD RELEASES", &share_of(summary, "good"));
    let finding = summary.get("false-rollback");
    rate(page, "rolled back by mistake", finding);
    by_gates(page, summary, Truth::Good, &[Ending::RolledBack]);
    if summary.get("false-hold").events.is_some_and(|events| events > 0) {
        rate(page, "held by mistake", summary.get("false-hold"));
    }
    if summary.get("false-rollback.per-reading").estimate.is_some() {
        row(page, "  per reading of a gate", summary.get("false-rollback.per-reading"), "");
    }
    row(page, "  per week", summary.get("false-rollback.per-week"), "");
    row(page, "time to live, median", summary.get("time-to-live.median"), "");
    row(page, "time to live, p95", summary.get("time-to-live.p95"), "");
}

/// A rate that is told where it happens.
pub(super) fn seen(page: &mut Page, label: &str, finding: &Finding) {
    if finding.events.is_some_and(|events| events > 0) {
        rate(page, label, finding);
    }
}

fn share_of(summary: &Summary, name: &str) -> String {
    let finding = summary.get(name);
    let share = finding.estimate.map_or(0.0, |estimate| estimate.value);
    format!("{} of all changes, {}", number::share(share), counts(finding))
}

fn bad(page: &mut Page, summary: &Summary) {
    section(page, "BAD RELEASES", &share_of(summary, "bad"));
    let caught = summary.get("caught");
    rate(page, "caught before promotion", caught);
    by_gates(page, summary, Truth::Bad, &[Ending::RolledBack, Ending::Held]);
    seen(page, "  before any harm", summary.get("prevented"));
    rate(page, "missed", summary.get("missed"));
    seen(page, "  and taken back later", summary.get("taken-back"));
    seen(page, "  and healed by itself", summary.get("self-healed"));
    rate(page, "rollbacks that were right", summary.get("right-rollback"));
    row(page, "harm prevented", summary.get("harm-prevented"), "of a day of them without gates");
}

/// What the strategy itself does to users, whatever the release is.
fn rollout(page: &mut Page, summary: &Summary) {
    section(page, "ROLLOUT", "its own harm and cost in means per change, whatever the release is");
    let rows = [
        ("requests harmed", "rollout-harm.requests.mean"),
        ("  failed", "rollout-harm.failures.mean"),
        ("  too slow", "rollout-harm.slowed.mean"),
        ("users harmed", "rollout-harm.users.mean"),
        ("pods above steady, hours", "pods-above.mean"),
        ("most pods at one time", "peak-pods.mean"),
        ("time of people", "people.mean"),
    ];
    for (label, name) in rows {
        row(page, label, summary.get(name), "");
    }
    let tries = summary.get("attempts.mean");
    if tries.estimate.is_some_and(|it| it.value > 1.0) {
        row(page, "attempts", tries, "");
    }
}

fn cost(page: &mut Page, report: &Report) {
    let (summary, bill) = (&report.summary, &report.bill);
    section(page, "COST", &format!("of a change at the prices of the scenario, {}", bill.currency));
    row(page, "mean", summary.get("cost.mean"), &bill.parts);
    row(page, "p95", summary.get("cost.p95"), "");
    row(page, "error budget, mean", summary.get("error-budget.mean"), "of 30 days");
    row(page, "  of a bad release", summary.get("error-budget.bad.mean"), "");
}

fn caveats(page: &mut Page, report: &Report) {
    frame::left_out(page, report.left_out, &report.losses);
    frame::assumed(page, &report.assumptions, &report.notes);
    if !report.assumptions.is_empty() {
        let all = report.assumptions.iter();
        let all = all.map(|it| format!("{} {}", it.path, it.value).replace(' ', "\u{a0}"));
        let text = all.collect::<Vec<_>>().join(", ");
        page.paragraph(Ink::Faint, &harmless(&text), 4);
    }
}

fn wanted(page: &mut Page, report: &Report) {
    if report.wanted.is_empty() {
        return;
    }
    section(page, "WANTED", "");
    for it in &report.wanted {
        expectation(page, &report.summary, it, None);
    }
}

/// What was wanted, what was seen, and how that stands; of a variant when there are several.
pub(super) fn expectation(
    page: &mut Page,
    summary: &Summary,
    (wanted, standing): &(Expectation, Standing),
    of: Option<&str>,
) {
    let (ink, glyph) = match standing {
        Standing::Held => (Ink::Good, "✔"),
        Standing::Violated => (Ink::Bad, "✖"),
        Standing::Undecided => (Ink::Care, "?"),
    };
    let whose = of.map_or_else(String::new, |name| format!("{name}: "));
    let (name, sign) = (wanted.measure.name, wanted.side.sign());
    let finding = summary.finding(wanted.measure);
    let seen = finding.and_then(|it| Some(number::with_interval(it.unit(), &it.estimate?)));
    page.to(4, 0).put(ink, glyph).put(Ink::Plain, " ");
    page.put(Ink::Plain, &format!("{whose}{name} {sign} {}", wanted.text));
    page.to(46, 2).put(Ink::Plain, "seen ");
    page.put(Ink::Plain, seen.as_deref().unwrap_or("nothing to judge by"));
    page.to(82, 2).put(ink, standing.word()).end();
}
