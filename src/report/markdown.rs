//! A compact table for a comment on a pull request.

use std::fmt::Write;

use super::frame::again_in_full;
use super::number::{self, grouped, harmless};
use super::{Report, kinds, robust};
use crate::experiment::{NOT_MODELLED, Standing};

/// What a comment shows.
const ROWS: &[(&str, &str)] = &[
    ("false rollbacks of good releases", "false-rollback"),
    ("bad releases caught", "caught"),
    ("rollbacks that were right", "right-rollback"),
    ("users harmed by a bad release, mean", "blast-radius.users.mean"),
    ("users harmed by a bad release, p95", "blast-radius.users.p95"),
    ("time to detect, median", "detect.median"),
    ("time under harm, mean", "time-harmed.mean"),
    ("time to live of a good release, median", "time-to-live.median"),
];

/// Reports as Markdown.
pub fn markdown(reports: &[&Report]) -> Vec<u8> {
    let pages: Vec<String> = reports.iter().map(|report| page(report)).collect();
    pages.join("\n").into_bytes()
}

fn page(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_page(&mut out, report);
    out
}

fn write_page(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "### {}\n", plain(&report.name))?;
    writeln!(out, "{}\n", plain_but_code(&report.conclusion.sentence))?;
    if !report.wanted.is_empty() {
        writeln!(out, "| wanted | seen | |\n|---|---|---|")?;
        for (wanted, standing) in &report.wanted {
            let finding = report.summary.finding(wanted.measure);
            let seen = finding.and_then(|it| Some(number::with_interval(it.unit(), &it.estimate?)));
            let glyph = match standing {
                Standing::Held => "✔ held",
                Standing::Violated => "✖ violated",
                Standing::Undecided => "? undecided",
            };
            let (sign, text) = (wanted.side.sign().replace('<', "&lt;"), plain(&wanted.text));
            let seen = seen.unwrap_or_else(|| "nothing to judge by".to_owned());
            writeln!(out, "| `{}` {sign} {text} | {seen} | {glyph} |", wanted.measure.name)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "| measure | value | 95 % interval | n |\n|---|--:|---|--:|")?;
    for (label, name) in ROWS {
        let finding = report.summary.get(name);
        match &finding.estimate {
            Some(estimate) => writeln!(
                out,
                "| {label} | {} | {} | {} |",
                number::value(finding.unit(), estimate),
                number::interval(finding.unit(), estimate),
                grouped(estimate.n),
            )?,
            None => writeln!(out, "| {label} | - | no {} | 0 |", finding.measure.worlds.words())?,
        }
    }
    kinds::markdown(out, &report.summary)?;
    write!(out, "{}", robust::markdown(&report.robust, report.words()))?;
    fine_print(out, report)
}

fn fine_print(out: &mut String, report: &Report) -> std::fmt::Result {
    let absent: Vec<&str> = NOT_MODELLED.iter().map(|(what, _)| *what).collect();
    writeln!(out, "\n<details><summary>How this was made</summary>\n")?;
    writeln!(
        out,
        "{}, {}, {}.\n",
        plain(&report.plan),
        again_in_full(&report.provenance, "", "scenario"),
        report.trust.words()
    )?;
    writeln!(out, "Not modelled: {}.\n", absent.join(", "))?;
    for loss in &report.losses {
        writeln!(out, "- not kept: {}", plain(loss))?;
    }
    for note in &report.notes {
        writeln!(out, "- assumed: {}", plain(note))?;
    }
    for it in &report.assumptions {
        writeln!(
            out,
            "- assumed: `{}` {} ({})",
            plain(&it.path),
            plain(&it.value),
            plain(&it.why)
        )?;
    }
    if let Some(lint) = &report.lint {
        writeln!(out, "\n{}", plain(lint))?;
    }
    if let Some(next) = report.next.first() {
        writeln!(out, "\nNext: `{}`", harmless(next).replace('`', "'"))?;
    }
    writeln!(out, "\n</details>")
}

/// Text that is only text: no markup, no mention, no line break.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The same, where names already stand between backquotes.
pub(super) fn plain_but_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts =
        parts.map(
            |(index, part)| {
                if index % 2 == 1 { format!("`{}`", harmless(part)) } else { plain(part) }
            },
        );
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_no_markup() {
        assert_eq!(plain("a|b <script> @team"), "a\\|b &lt;script> @\u{200b}team");
        assert_eq!(plain_but_code("`a_b` is_x"), "`a_b` is\\_x");
    }
}
