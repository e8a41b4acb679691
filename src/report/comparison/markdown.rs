//! A comparison as a table for a comment on a pull request.

use std::fmt::Write;

use super::{ComparisonReport, kinds};
use crate::experiment::{Comparative, Variant};
use crate::report::frame::again_in_full;
use crate::report::markdown::{plain, plain_but_code};
use crate::report::number::{self, grouped, harmless};
use crate::report::robust;

pub(super) fn page(report: &ComparisonReport) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_page(&mut out, report);
    out
}

fn write_page(out: &mut String, report: &ComparisonReport) -> std::fmt::Result {
    let comparison = &report.comparison;
    writeln!(out, "### {}\n", plain(&report.name))?;
    if let Some(description) = &report.description {
        writeln!(out, "{}\n", plain(description))?;
    }
    writeln!(out, "**{}**\n", plain_but_code(&report.sentence))?;
    let names = comparison.variants.iter().map(|it| plain(&it.name));
    writeln!(out, "| | {} |", names.collect::<Vec<_>>().join(" | "))?;
    writeln!(out, "|---|{}", "---|".repeat(comparison.variants.len()))?;
    for measure in &report.shown {
        let cells = comparison.variants.iter().map(|variant| cell(variant, measure.name));
        let cells: Vec<_> = cells.collect();
        let of = measure.worlds.words();
        writeln!(out, "| `{}` of {of} | {} |", measure.name, cells.join(" | "))?;
    }
    kinds::markdown(out, report)?;
    write!(out, "{}", robust::markdown(&report.robust, report.words(&report.names())))?;
    writeln!(out, "\n<details><summary>How this was made</summary>\n")?;
    writeln!(
        out,
        "{}; differences are paired and against `{}`, intervals 95 %, {}.\n",
        again_in_full(&report.provenance, " of each in the same worlds", "comparison"),
        comparison.variants[comparison.baseline].name,
        report.trust.words(),
    )?;
    for (variant, plan) in comparison.variants.iter().zip(&report.plans) {
        writeln!(out, "- {}: {}", plain(&variant.name), plain(plan))?;
    }
    for caution in &report.cautions {
        writeln!(out, "- take care: {}", plain(caution))?;
    }
    for loss in &report.losses {
        writeln!(out, "- not kept: {}", plain(loss))?;
    }
    for note in &report.notes {
        writeln!(out, "- assumed: {}", plain(note))?;
    }
    if let Some(next) = report.next.first() {
        writeln!(out, "\nNext: `{}`", harmless(next).replace('`', "'"))?;
    }
    writeln!(out, "\n</details>")
}

/// The value with its interval, and below it the difference.
fn cell(variant: &Variant, name: &str) -> String {
    let finding = variant.summary.get(name);
    let Some(estimate) = &finding.estimate else {
        return format!("no {}", finding.measure.worlds.words());
    };
    let unit = finding.unit();
    let value = if estimate.value.is_infinite() {
        format!("never in {} of {}", grouped(finding.beyond), grouped(estimate.n))
    } else {
        number::with_interval(unit, estimate)
    };
    let contrast = variant.contrast(name);
    let less = contrast.and_then(|it| Some((it.verdict, it.difference?)));
    let Some((verdict, less)) = less.filter(|(_, it)| it.value.is_finite()) else { return value };
    let glyph = match verdict {
        Comparative::Better => " ✔",
        Comparative::Worse => " ✖",
        _ => "",
    };
    let interval = number::interval(unit, &less);
    format!("{value}<br>{} {interval}{glyph}", number::signed(unit, &less))
}
