//! What the pages of a run and of a comparison have in common: their heads, what they leave out,
//! and how they end.

use super::number::{grouped, harmless};
use super::page::{Ink, Page};
use super::{End, Provenance, Trust};
use crate::document::Assumption;
use crate::experiment::NOT_MODELLED;

/// The name with what stands beside it, the question, and what makes the same bytes again.
pub(super) fn head(
    page: &mut Page,
    [name, beside]: [&str; 2],
    description: Option<&str>,
    made: &str,
) {
    page.put(Ink::Strong, name).to(0, 2).put(Ink::Plain, beside).end();
    if let Some(description) = description {
        page.paragraph(Ink::Plain, &harmless(description), 0);
    }
    page.paragraph(Ink::Faint, made, 0);
}

/// What makes the same bytes again, of a scenario or of a comparison.
pub(super) fn made(it: &Provenance, trust: &Trust, [of_each, what]: [&str; 2]) -> String {
    format!("{}, intervals 95 %, {}", again(it, of_each, what), trust.words())
}

/// The same without what it is worth.
pub(super) fn again(it: &Provenance, of_each: &str, what: &str) -> String {
    format!(
        "{} replications{}{of_each}, seed {}, {what} {}, engine {} ({})",
        grouped(it.replications),
        asked(it),
        it.seed,
        &it.scenario[..8],
        it.version,
        &it.fingerprint[..8],
    )
}

/// The same in full, for a page of Markdown.
pub(super) fn again_in_full(it: &Provenance, of_each: &str, what: &str) -> String {
    format!(
        "{} replications{of_each} ({}), seed {}, {what} `{}`, engine {} `{}`",
        grouped(it.replications),
        it.end.word(),
        it.seed,
        it.scenario,
        it.version,
        it.fingerprint,
    )
}

/// Why there are as many replications as there are.
pub(super) fn asked(it: &Provenance) -> String {
    match (it.end, it.asked) {
        (End::Complete, _) => String::new(),
        (End::Known, _) => " (both rates are known)".to_owned(),
        (End::Unknown, _) => " (the rates are not known well enough)".to_owned(),
        (End::TimeLimit, Some(asked)) => format!(" of {} (time limit)", grouped(asked)),
        (End::TimeLimit, None) => " (time limit)".to_owned(),
        (End::Interrupted, Some(asked)) => format!(" of {} (interrupted)", grouped(asked)),
        (End::Interrupted, None) => " (interrupted)".to_owned(),
    }
}

/// The title of a part of the page.
pub(super) fn section(page: &mut Page, title: &str, remark: &str) {
    page.end().put(Ink::Plain, "  ").put(Ink::Strong, title);
    if !remark.is_empty() {
        page.to(0, 2).put(Ink::Faint, remark);
    }
    page.end();
}

/// What is not modelled, and what was not kept of foreign files.
pub(super) fn left_out(page: &mut Page, of_the_mix: Option<&str>, losses: &[String]) {
    let names: Vec<_> = NOT_MODELLED.iter().map(|(name, _)| *name).collect();
    section(page, "NOT MODELLED", "");
    page.paragraph(Ink::Faint, &names.join(", "), 4);
    if let Some(left_out) = of_the_mix {
        page.paragraph(Ink::Faint, &format!("of the default mix of releases: {left_out}"), 4);
    }
    if !losses.is_empty() {
        section(page, "NOT KEPT OF THE FILES", "");
        for loss in losses {
            page.paragraph(Ink::Care, &harmless(loss), 4);
        }
    }
}

/// How much was assumed, and what foreign files do not say.
pub(super) fn assumed(page: &mut Page, assumptions: &[Assumption], notes: &[String]) {
    if assumptions.is_empty() && notes.is_empty() {
        return;
    }
    let count = format!("{} values; --print-resolved says why", assumptions.len());
    section(page, "ASSUMED", &count);
    for note in notes {
        page.paragraph(Ink::Care, &harmless(note), 4);
    }
}

/// The sentence, and what to try next.
pub(super) fn closing(page: &mut Page, sentence: &str, next: &[String]) {
    page.end().paragraph(Ink::Strong, sentence, 2);
    self::next(page, next);
}

/// What to try next.
pub(super) fn next(page: &mut Page, next: &[String]) {
    for (index, next) in next.iter().enumerate() {
        page.to(2, 0).put(Ink::Faint, if index == 0 { "next: " } else { "      " });
        page.put(Ink::Plain, &harmless(next)).end();
    }
}
