//! Rules on files of other projects: which file each finds something in, if any.

#![expect(clippy::print_stdout, reason = "a test says what it compared")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::pages::committed;
use super::*;

/// Every YAML file of a folder and its folders, by path.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            found.push(path);
        }
    }
}

/// The ids of the rules that find something in a file; nothing if it is not YAML.
fn found_in(file: &Path) -> Option<Vec<&'static str>> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let bytes = std::fs::read(file).expect("bytes");
    let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", &bytes, &mut problems);
    let found = lint(&trees, &sources, today(), &Traffic::default());
    for (rule, finding) in &found {
        let source = sources.get(finding.place().source);
        let is_shown = !source.at(finding.place()).is_empty();
        assert!(is_shown, "{}: {} at nothing", file.display(), rule.id);
        // What is printed must not panic, whatever the file is.
        assert!(!finding.problem(rule).render(&sources, Look::Plain).is_empty());
    }
    (!problems.has_errors()).then(|| found.iter().map(|(rule, _)| rule.id).collect())
}

#[test]
fn conformance_every_rule_has_a_real_file_or_none() {
    let Some(folder) = std::env::var_os("COALMINE_CONFORMANCE").map(PathBuf::from) else {
        println!("corpus: skipped, COALMINE_CONFORMANCE does not name a folder with it");
        return;
    };
    let corpus = folder.join("corpus");
    let mut all = Vec::new();
    files(&corpus, &mut all);
    let mut folders = BTreeMap::<String, [usize; 2]>::new();
    let mut seen = BTreeMap::<&str, (String, usize)>::new();
    for file in &all {
        let path = file.strip_prefix(&corpus).expect("inside").to_string_lossy().into_owned();
        let name = path.split('/').next().unwrap_or_default().to_owned();
        let counts = folders.entry(name).or_default();
        counts[1] += 1;
        let Some(mut ids) = found_in(file) else { continue };
        counts[0] += 1;
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            seen.entry(id).or_insert((path.clone(), 0)).1 += 1;
        }
    }
    for (name, [read, all]) in &folders {
        println!("corpus/{name}: {read} of {all} agree ({} unsupported)", all - read);
    }
    let mut table = String::new();
    for rule in RULES {
        let line = match seen.get(rule.id) {
            Some((file, 1)) => format!("{}: {file}\n", rule.id),
            Some((file, files)) => format!("{}: {file} and {} more\n", rule.id, files - 1),
            None => format!("{}: none found\n", rule.id),
        };
        table.push_str(&line);
    }
    committed("tests/data/lint/seen.txt", &table);
}
