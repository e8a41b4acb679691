//! Queries in files of public projects: rules and metrics of gates.

use saphyr_parser::{Event, Parser};
use std::path::Path;

/// A query, and the file that it stands in.
pub(crate) struct Found {
    pub(crate) file: String,
    pub(crate) text: String,
}

/// Every query of the files of rules and of gates, placeholders filled in.
pub(crate) fn queries(folder: &Path) -> Vec<Found> {
    let folders = ["prometheus", "argo", "flagger"];
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|name| {
            let folder = folder.join("corpus").join(name);
            let entries = std::fs::read_dir(&folder);
            let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            entries.map(|entry| entry.expect("an entry").path())
        })
        .collect();
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_rule = path.parent().is_some_and(|folder| folder.ends_with("prometheus"));
        for text in values(&text, if is_rule { "expr" } else { "query" }) {
            found.push(Found { file: file.clone(), text: filled(&text) });
        }
    }
    found
}

/// The texts that stand under a key, up to where the file is no YAML any more.
fn values(text: &str, key: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut is_key = false;
    for event in Parser::new_from_str(text).map_while(Result::ok) {
        let Event::Scalar(value, ..) = event.0 else {
            is_key = false;
            continue;
        };
        if is_key {
            values.push(value.into_owned());
            is_key = false;
        } else {
            is_key = value == key;
        }
    }
    values
}

/// The text with something in place of each `{{ placeholder }}`: a minute in a window, a number
/// behind an operator, else a word.
fn filled(text: &str) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        filled.push_str(if before.ends_with('[') { "1m" } else { "x" });
        rest = after.split_once("}}").map_or("", |(_, rest)| rest);
    }
    filled + rest
}
