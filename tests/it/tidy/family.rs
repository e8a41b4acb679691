//! One file and one line: every member of a family is in its family's list.

use std::collections::{BTreeMap, BTreeSet};

use coalmine::document::Code;
use coalmine::fault::FaultKind;
use coalmine::gate::Metric;
use coalmine::strategy::Strategy;

use super::nothing;
use super::source::{File, rust, words};

/// A folder with one member per file.
struct Family {
    folder: &'static str,
    /// The names of its members in a scenario.
    names: &'static [&'static str],
    /// Its files that are no members.
    others: &'static [&'static str],
}

const FAMILIES: [Family; 3] = [
    Family {
        folder: "src/fault",
        names: FaultKind::NAMES,
        others: &["mod", "document", "signature"],
    },
    Family {
        folder: "src/gate",
        names: Metric::NAMES,
        others: &["mod", "document", "bound", "window"],
    },
    Family {
        folder: "src/strategy",
        names: Strategy::NAMES,
        others: &["mod", "delivery", "document", "rollout"],
    },
];

/// Folders whose members are known by what they define, and how the list calls them.
const LISTED: [(&str, &str, &str); 3] = [
    ("src/import", "pub(super) const IMPORTER: Importer", "IMPORTER"),
    ("src/cli", "pub(super) struct Args", "Args"),
    ("src/lint/rules", "pub(crate) const RULE: Rule", "RULE"),
];

#[test]
fn every_file_of_a_family_is_in_its_list_and_every_name_has_a_file() {
    nothing(FAMILIES.iter().flat_map(|family| {
        let files = directly_in(family.folder);
        let files: BTreeSet<_> = files.iter().map(|file| file.stem().to_owned()).collect();
        let names = family.names.iter().map(|name| words(name).collect::<Vec<_>>().join("_"));
        let expected: BTreeSet<_> =
            names.chain(family.others.iter().map(|&other| other.to_owned())).collect();
        let differing: Vec<_> = files.symmetric_difference(&expected).cloned().collect();
        let folder = family.folder;
        differing.into_iter().map(move |name| {
            format!(
                "{folder}/{name}.rs: a file without a name in \
            the list, or a name without a file"
            )
        })
    }));
}

#[test]
fn names_stand_in_alphabetical_order() {
    for family in &FAMILIES {
        assert!(family.names.is_sorted(), "{}: {:?}", family.folder, family.names);
    }
}

#[test]
fn every_importer_and_every_command_is_in_its_list() {
    nothing(LISTED.iter().flat_map(|(folder, definition, name)| {
        let files = directly_in(folder);
        let list = files.iter().find(|file| file.stem() == "mod").expect("a list").code();
        let members: Vec<_> = files.iter().filter(|file| file.text.contains(definition)).collect();
        assert!(!members.is_empty(), "{folder} has no members");
        let missing =
            members.into_iter().map(|file| (&file.path, format!("{}::{name}", file.stem())));
        let missing: Vec<_> = missing.filter(|(_, entry)| !list.contains(entry)).collect();
        let missing =
            missing.into_iter().map(|(path, entry)| format!("{path}: {entry} is missing"));
        missing.collect::<Vec<_>>()
    }));
}

/// A code of a problem as a source defines it.
struct Definition {
    module: String,
    name: String,
    code: String,
}

#[test]
fn every_code_of_a_problem_is_in_a_table_and_is_used() {
    let tables: [&[Code]; 8] = [
        coalmine::document::CODES,
        coalmine::telemetry::CODES,
        coalmine::scenario::CODES,
        coalmine::scenario::VARIANT_CODES,
        coalmine::scenario::CLAIM_CODES,
        coalmine::scenario::MIX_CODES,
        coalmine::import::CODES,
        coalmine::experiment::CODES,
    ];
    let tables = tables.concat();
    let listed: BTreeSet<_> = tables.iter().map(|code| code.code).collect();
    assert_eq!(listed.len(), tables.len(), "a code means one thing");

    let files: Vec<_> = rust().into_iter().filter(|it| it.module().is_some()).collect();
    let mut complaints = Vec::new();
    let mut defined = Vec::new();
    let mut used = BTreeMap::<String, String>::new();
    for file in files.iter().filter(|file| !is_test(file)) {
        let own = file.text.split("mod tests {").next().unwrap_or_default();
        let module = file.module().unwrap_or_default();
        used.entry(module.to_owned()).or_default().push_str(&file.code());
        for (line, text) in own.lines().enumerate() {
            let Some(code) = literal(text) else { continue };
            match definition(text, module, code) {
                Some(definition) => defined.push(definition),
                None => {
                    complaints.push(format!("{}:{}: {code} has no name", file.path, line + 1));
                }
            }
        }
    }
    for Definition { module, name, code } in &defined {
        if !listed.contains(code.as_str()) {
            complaints.push(format!("src/{module}: {code} is in no table"));
        }
        if !mentions(&used[module], name) {
            complaints.push(format!("src/{module}: {code} ({name}) is never reported"));
        }
    }
    let defined: BTreeSet<_> = defined.iter().map(|it| it.code.as_str()).collect();
    complaints.extend(listed.difference(&defined).map(|code| format!("{code}: not in a source")));
    nothing(complaints);
}

/// The code of a problem that stands in a line as a text.
fn literal(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("\"E")?;
    let (digits, _) = rest.split_once('"')?;
    let is_code = digits.len() == 4 && digits.chars().all(|c| c.is_ascii_digit());
    let from = line.len() - rest.len() - 1;
    is_code.then(|| &line[from..from + 5])
}

/// `NAME = "E0001"` or `const NAME: &str = "E0001"`.
fn definition(line: &str, module: &str, code: &str) -> Option<Definition> {
    let (before, _) = line.split_once(" = \"")?;
    let before = before.trim_end_matches(": &str").trim();
    let name = before.rsplit(' ').next()?;
    let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let (module, name, code) = (module.to_owned(), name.to_owned(), code.to_owned());
    is_name.then_some(Definition { module, name, code })
}

/// Whether some code says a name elsewhere than in its definition and in the table.
fn mentions(code: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        let is_listed = before.ends_with("const ") || before.ends_with("Code { code: ");
        is_whole && !is_listed && !after.starts_with(" =")
    })
}

fn is_test(file: &File) -> bool {
    file.path.ends_with("tests.rs") || file.path.contains("/tests/")
}

fn directly_in(folder: &str) -> Vec<File> {
    let files = rust()
        .into_iter()
        .filter(|file| file.is_in(folder) && !file.path[folder.len() + 1..].contains('/'));
    files.collect()
}
