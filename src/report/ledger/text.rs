//! The ledger for a terminal.

use super::{Case, Entry, Ledger, Untried};
use crate::document::Look;
use crate::experiment::Verdict;
use crate::report::frame::{again, section};
use crate::report::number::harmless;
use crate::report::page::{Ink, Page};
use crate::report::text::expectation;

/// Where texts and plans begin.
const TEXT: usize = 11;
const PLAN: usize = 29;

/// The whole ledger.
pub(super) fn render(ledger: &Ledger, look: Look) -> String {
    let mut page = Page::new(look);
    page.put(Ink::Strong, "CLAIMS").to(0, 2);
    page.put(Ink::Plain, "what simulated worlds make of them, intervals 95 %").end();
    for entry in &ledger.entries {
        page.end();
        title(&mut page, entry);
        page.paragraph(Ink::Plain, &harmless(&entry.because), TEXT);
        for case in &entry.cases {
            one(&mut page, case);
        }
        page.paragraph(Ink::Faint, &made(entry), 4);
    }
    if !ledger.untried.is_empty() {
        section(&mut page, "NOT TRIED YET", "");
        ledger.untried.iter().for_each(|it| untried(&mut page, it));
    }
    page.end().paragraph(Ink::Strong, &ledger.count(), 2);
    page.into_text()
}

/// One line for each claim, and the count.
pub(super) fn brief(ledger: &Ledger, look: Look) -> String {
    let mut page = Page::new(look);
    ledger.entries.iter().for_each(|entry| title(&mut page, entry));
    page.put(Ink::Strong, &ledger.count()).end();
    page.into_text()
}

fn title(page: &mut Page, entry: &Entry) {
    let complaint = entry.complaint();
    let ink = match (entry.computed(), &complaint) {
        (Verdict::Undecided, _) => Ink::Care,
        (_, Some(_)) => Ink::Bad,
        (_, None) => Ink::Good,
    };
    page.put(ink, entry.computed().word()).to(TEXT, 1).put(Ink::Strong, &entry.name);
    if let Some(complaint) = complaint {
        page.to(0, 2).put(ink, &complaint);
    }
    page.end();
    let said = format!("\"{}\" ({})", harmless(&entry.text), harmless(&entry.section));
    page.paragraph(Ink::Faint, &said, TEXT);
}

fn one(page: &mut Page, case: &Case) {
    page.to(4, 0).put(Ink::Plain, &case.name).to(PLAN, 2).put(Ink::Faint, &case.plan).end();
    for wanted in &case.wanted {
        expectation(page, &case.summary, wanted, None);
    }
}

fn made(entry: &Entry) -> String {
    again(&entry.provenance, " of each", "claim")
}

fn untried(page: &mut Page, it: &Untried) {
    let said = format!("\"{}\" ({})", harmless(&it.text), harmless(&it.section));
    page.paragraph(Ink::Faint, &said, 4);
    page.paragraph(Ink::Plain, &harmless(&it.because), TEXT);
}
