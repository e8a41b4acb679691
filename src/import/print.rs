//! An imported scenario as a file to keep: every value with where it comes from.

use std::fmt::Write;

use super::draft::plain;
use super::{Assumption, Imported, Loss};
use crate::document::{Place, Sources, print};

/// Prints the scenario with comments: what was left out, what is assumed, and behind each value
/// the line of the foreign file that says it.
pub fn to_yaml(imported: &Imported, sources: &Sources) -> String {
    let mut text = String::new();
    heading(&mut text, "Not carried over:", imported.losses.iter().map(|it| loss(it, sources)));
    let assumptions = imported.assumptions.iter().map(|it| assumption(it, sources));
    heading(&mut text, "Assumed:", assumptions);
    text + &print::resolved(&imported.document, sources)
}

fn heading(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            let _ = writeln!(text, "# {title}");
        }
        let _ = writeln!(text, "#   {line}");
    }
}

fn loss(loss: &Loss, sources: &Sources) -> String {
    format!("{} {}: {}", at(loss.place, sources), loss.what, loss.why)
}

fn assumption(assumption: &Assumption, sources: &Sources) -> String {
    let change = assumption.change.as_ref().map_or(String::new(), |flag| format!(" ({flag})"));
    format!("{} {}{change}", at(assumption.place, sources), assumption.text)
}

/// `file:line` of a place.
fn at(place: Place, sources: &Sources) -> String {
    let source = sources.get(place.source);
    format!("{}:{}", plain(source.name()), source.line_column(place.start).0)
}
