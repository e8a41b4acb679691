//! A ledger as a page that is committed beside its scenarios.

use std::fmt::Write;

use super::{Case, Entry, Ledger, Untried};
use crate::experiment::Standing;
use crate::report::frame::again_in_full;
use crate::report::markdown::{plain, plain_but_code};
use crate::report::number;

pub(super) fn page(ledger: &Ledger) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_page(&mut out, ledger);
    out
}

fn write_page(out: &mut String, ledger: &Ledger) -> std::fmt::Result {
    writeln!(out, "## Claims\n\n{}.\n", ledger.count())?;
    writeln!(
        out,
        "A claim *holds* when it is so in every case that it was tried in, is *refuted* when it is \
         so in none, and *depends* when it is so in some.\n"
    )?;
    writeln!(out, "| claim | where | verdict |\n|---|---|---|")?;
    for entry in &ledger.entries {
        let (text, section) = (plain(&entry.text), plain(&entry.section));
        let link = format!("[\"{text}\"](#{})", entry.name);
        writeln!(out, "| {link} | {section} | **{}** |", entry.computed().word())?;
    }
    ledger.entries.iter().try_for_each(|entry| one(out, entry))?;
    untried(out, &ledger.untried)
}

fn one(out: &mut String, entry: &Entry) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", plain(&entry.name))?;
    writeln!(out, "> \"{}\" ({})\n", plain(&entry.text), plain(&entry.section))?;
    write!(out, "**{}**", entry.computed().word())?;
    if let Some(complaint) = entry.complaint() {
        write!(out, " ({complaint})")?;
    }
    writeln!(out, ": {}\n", plain_but_code(&entry.because))?;
    writeln!(out, "| case | what the claim says | seen | |\n|---|---|---|---|")?;
    entry.cases.iter().try_for_each(|case| rows(out, case))?;
    writeln!(
        out,
        "\n<details><summary>How this was made</summary>\n\n{}, intervals 95 %.\n",
        again_in_full(&entry.provenance, " of each case", "claim"),
    )?;
    for case in &entry.cases {
        writeln!(out, "- {}: {}", plain(&case.name), plain(&case.plan))?;
    }
    writeln!(out, "\n</details>")
}

fn rows(out: &mut String, case: &Case) -> std::fmt::Result {
    for (index, (wanted, standing)) in case.wanted.iter().enumerate() {
        let name = if index == 0 { plain(&case.name) } else { String::new() };
        let glyph = match standing {
            Standing::Held => "✔",
            Standing::Violated => "✖",
            Standing::Undecided => "?",
        };
        let finding = case.summary.finding(wanted.measure);
        let seen = finding.and_then(|it| Some(number::with_interval(it.unit(), &it.estimate?)));
        let seen = seen.unwrap_or_else(|| "nothing to judge by".to_owned());
        let (sign, text) = (wanted.side.sign().replace('<', "&lt;"), plain(&wanted.text));
        writeln!(out, "| {name} | `{}` {sign} {text} | {seen} | {glyph} |", wanted.measure.name)?;
    }
    Ok(())
}

fn untried(out: &mut String, untried: &[Untried]) -> std::fmt::Result {
    if untried.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Not tried yet\n\n| claim | where | why not |\n|---|---|---|")?;
    for it in untried {
        let (text, section) = (plain(&it.text), plain(&it.section));
        writeln!(out, "| \"{text}\" | {section} | {} |", plain_but_code(&it.because))?;
    }
    Ok(())
}
