//! The page at the end of a comparison.

use super::{ComparisonReport, kinds};
use crate::cost::Cheaper;
use crate::document::Look;
use crate::experiment::{Comparative, Comparison, Contrast, Finding, Measure, Variant};
use crate::report::frame::{self, section};
use crate::report::number::{self, grouped, harmless};
use crate::report::page::{Ink, Page};
use crate::report::robust;
use crate::report::text::expectation;

/// Where values, differences, verdicts and gains begin.
const VALUE: usize = 21;
const DIFFERENCE: usize = 52;
const VERDICT: usize = 82;
const GAIN: usize = 92;

/// The whole page.
pub(super) fn render(report: &ComparisonReport, look: Look) -> String {
    let mut page = Page::new(look);
    head(&mut page, report);
    for measure in &report.shown {
        block(&mut page, report, measure);
    }
    kinds::text(&mut page, report);
    front(&mut page, report);
    break_even(&mut page, report);
    robust::text(&mut page, &report.robust, report.words(&report.names()));
    caveats(&mut page, report);
    wanted(&mut page, report);
    frame::closing(&mut page, &report.sentence, &report.next);
    page.into_text()
}

/// Only what was wanted and the sentence.
pub(super) fn brief(report: &ComparisonReport, look: Look) -> String {
    let mut page = Page::new(look);
    wanted(&mut page, report);
    page.put(Ink::Strong, &report.name).put(Ink::Plain, ": ");
    page.put(Ink::Plain, &report.sentence).end();
    page.into_text()
}

fn baseline(report: &ComparisonReport) -> &str {
    &report.comparison.variants[report.comparison.baseline].name
}

fn head(page: &mut Page, report: &ComparisonReport) {
    let it = &report.provenance;
    let variants = &report.comparison.variants;
    let many =
        format!("{} variants in the same {} worlds", variants.len(), grouped(it.replications));
    let made = frame::made(it, &report.trust, [" of each", "comparison"]);
    frame::head(page, [&report.name, &many], report.description.as_deref(), &made);
    page.end();
    for (variant, plan) in variants.iter().zip(&report.plans) {
        page.to(4, 0).put(Ink::Plain, &variant.name).to(VALUE, 1).put(Ink::Faint, plan).end();
    }
}

/// A measure of every variant.
fn block(page: &mut Page, report: &ComparisonReport, measure: &Measure) {
    let unit = measure.how.unit();
    let mut title = format!("of {}", measure.worlds.words());
    if unit == crate::experiment::Unit::Money {
        title = format!("{title}, {}", currency(report));
    }
    page.end().put(Ink::Plain, "  ").put(Ink::Strong, measure.name);
    page.to(0, 2).put(Ink::Faint, &title);
    page.to(DIFFERENCE, 2).put(Ink::Faint, &format!("less {}", baseline(report)));
    page.to(GAIN, 2).put(Ink::Faint, "gain").end();
    for variant in &report.comparison.variants {
        let finding = variant.summary.get(measure.name);
        page.to(4, 0).put(Ink::Plain, &variant.name).to(VALUE, 1);
        value(page, finding, variant);
        if let Some(contrast) = variant.contrast(measure.name) {
            difference(page, contrast);
        }
        page.end();
    }
}

fn value(page: &mut Page, finding: &Finding, variant: &Variant) {
    let Some(estimate) = &finding.estimate else {
        page.put(Ink::Faint, &format!("no {}", finding.measure.worlds.words()));
        return;
    };
    if estimate.value.is_infinite() {
        let (beyond, n) = (grouped(finding.beyond), grouped(estimate.n));
        page.put(Ink::Plain, &format!("never in {beyond} of {n}"));
        return;
    }
    let unit = finding.unit();
    page.put(Ink::Plain, &number::value(unit, estimate)).put(Ink::Plain, " ");
    page.put(Ink::Faint, &number::interval(unit, estimate));
    if finding.measure.name.starts_with("mttr") {
        let bad = variant.summary.tally.of(crate::simulation::Truth::Bad);
        page.put(Ink::Faint, &format!(" {} of {}", grouped(estimate.n), grouped(bad)));
    }
}

fn difference(page: &mut Page, contrast: &Contrast) {
    page.to(DIFFERENCE, 2);
    let Some(it) = contrast.difference.as_ref().filter(|it| it.value.is_finite()) else {
        page.put(Ink::Faint, "not known");
        return;
    };
    let unit = contrast.measure.how.unit();
    page.put(Ink::Plain, &number::signed(unit, it)).put(Ink::Plain, " ");
    page.put(Ink::Faint, &number::interval(unit, it));
    let ink = match contrast.verdict {
        Comparative::Better => Ink::Good,
        Comparative::Worse => Ink::Bad,
        Comparative::Unclear => Ink::Care,
        Comparative::Different | Comparative::Unknown => Ink::Faint,
    };
    page.to(VERDICT, 1).put(ink, contrast.verdict.word());
    if let Some(gain) = contrast.gain {
        page.to(GAIN, 1).put(Ink::Faint, &number::times(gain));
    }
}

fn front(page: &mut Page, report: &ComparisonReport) {
    let [first, second, third] = Comparison::AIMS;
    section(page, "FRONT", &format!("of {first}, {second} and {third}"));
    let variants = &report.comparison.variants;
    for variant in variants {
        page.to(4, 0).put(Ink::Plain, &variant.name).to(VALUE, 1);
        match variant.dominated_by {
            None => page.put(Ink::Good, "on the front"),
            Some(other) => {
                let behind = format!("behind {}: no better at any of them", variants[other].name);
                page.put(Ink::Plain, &behind)
            }
        };
        page.end();
    }
}

fn currency(report: &ComparisonReport) -> String {
    report.bills.first().map(|bill| bill.currency.to_string()).unwrap_or_default()
}

fn break_even(page: &mut Page, report: &ComparisonReport) {
    section(page, "COST", "of a change at the prices of the scenario, the largest parts first");
    for (variant, bill) in report.comparison.variants.iter().zip(&report.bills) {
        page.to(4, 0).put(Ink::Plain, &variant.name).to(VALUE, 1);
        page.put(Ink::Faint, &bill.parts).end();
    }
    let name = |index: usize| &report.comparison.variants[index].name;
    let money = currency(report);
    for turn in &report.comparison.turns {
        let (below, price) = (turn.at.below == Cheaper::Second, number::price(turn.at.price));
        let side = if below { "below" } else { "above" };
        let text = format!(
            "{} is the cheapest; {} would be with a {} {side} {price} {money}",
            name(turn.cheapest),
            name(turn.other),
            turn.line.key(),
        );
        page.paragraph(Ink::Plain, &text, 4);
    }
}

fn caveats(page: &mut Page, report: &ComparisonReport) {
    if !report.cautions.is_empty() {
        section(page, "TAKE CARE", "");
        for caution in &report.cautions {
            page.paragraph(Ink::Care, &harmless(caution), 4);
        }
    }
    frame::left_out(page, report.left_out, &report.losses);
    frame::assumed(page, &report.assumptions, &report.notes);
}

fn wanted(page: &mut Page, report: &ComparisonReport) {
    if report.wanted.iter().all(Vec::is_empty) {
        return;
    }
    section(page, "WANTED", "");
    for (variant, wanted) in report.comparison.variants.iter().zip(&report.wanted) {
        for it in wanted {
            expectation(page, &variant.summary, it, Some(&variant.name));
        }
    }
}
