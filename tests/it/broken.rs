//! Scenario files with a mistake that somebody makes, one each, and what the binary says of them.
//!
//! `tests/broken/table.txt` lists every file; `UPDATE_EXPECT=1` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// No problem is shown with a line longer than this.
const LINE_MAX: usize = 1000;

/// What only a programmer could read.
const RUST: [&str; 20] = [
    "Some(",
    "None",
    "Ok(",
    "Err(",
    "Error {",
    "f64",
    "u32",
    "u64",
    "usize",
    "&str",
    "String",
    "Vec<",
    "::",
    "serde",
    "saphyr",
    "panicked",
    "unwrap",
    ".rs:",
    "os error",
    "not yet implemented",
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken"))
}

/// Every broken file by name.
fn files() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("an entry").file_name().into_string().expect("a plain name")
    };
    let is_yaml = |name: &String| Path::new(name).extension().is_some_and(|end| end == "yaml");
    let mut names: Vec<_> = entries.map(name).filter(is_yaml).collect();
    names.sort();
    names
}

/// Runs the binary in at most 200 MB of memory and one second of its own time.
fn run(file: &str) -> Output {
    let binary = env!("CARGO_BIN_EXE_coalmine");
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        let limited = "ulimit -v 204800 && ulimit -t 1 && exec \"$0\" \"$@\"";
        shell.args(["-c", limited, binary]);
        shell
    } else {
        Command::new(binary)
    };
    command.args(["run", file, "-n", "10"]).current_dir(folder()).stdin(Stdio::null());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1").output().expect("it runs")
}

/// One problem of a message.
struct Said<'a> {
    code: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    text: &'a str,
}

/// The problems of a message, each with its text.
fn said(message: &str) -> Vec<Said<'_>> {
    message.split("\n\n").map(one).collect()
}

fn one(text: &str) -> Said<'_> {
    let code = text.strip_prefix("error[").and_then(|rest| rest.split(']').next());
    let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let mut parts = place.unwrap_or_else(|| panic!("no place: {text}")).rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse().ok()).expect("a number");
    let (column, line) = (number(), number());
    let code = code.unwrap_or_else(|| panic!("no code: {text}"));
    Said { code, file: parts.next().expect("a file"), line, column, text }
}

/// Where each problem is; the file only where it is another one.
fn places(file: &str, said: &[Said<'_>]) -> String {
    let place = |it: &Said<'_>| {
        let other = if it.file == file { String::new() } else { format!("{}:", it.file) };
        format!("{} {other}{}:{}", it.code, it.line, it.column)
    };
    said.iter().map(place).collect::<Vec<_>>().join(", ")
}

/// Fails unless the message of a problem helps.
fn check(file: &str, said: &Said<'_>) {
    let text = said.text;
    assert!(text.contains("help: "), "{file}: no help\n{text}");
    let bytes = fs::read(folder().join(said.file)).expect("the file that is named");
    let source = String::from_utf8_lossy(&bytes).into_owned();
    let line = source.lines().nth(said.line - 1).unwrap_or_default().trim();
    assert!(said.column <= source.len() + 1);
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{202e}');
    let is_whole = line.len() < 80 && line.chars().all(plain);
    if is_whole {
        assert!(text.contains(line), "{file}: `{line}` is not shown\n{text}");
    } else {
        let begins = |line: &str| {
            let numbered = line.trim_start().strip_prefix(&said.line.to_string());
            numbered.is_some_and(|rest| rest.starts_with(" | ")) || line.contains("note: `")
        };
        assert!(text.lines().any(begins), "{file}: the line is not shown\n{text}");
    }
    assert!(text.lines().all(|line| line.len() < LINE_MAX), "{file}: too long\n{text}");
}

#[test]
fn every_broken_file_is_told_what_is_wrong_with_it() {
    let files = files();
    assert!(files.len() >= 60, "{} files", files.len());
    let mut messages = BTreeMap::new();
    let mut table = "\
# What `coalmine run FILE -n 10` says of each file: file | exit code | code line:column, ... | title
# UPDATE_EXPECT=1 cargo test --test it broken:: writes this table
"
    .to_owned();
    for file in files {
        let output = run(&file);
        let message = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(output.stdout.is_empty(), "{file}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(!message.is_empty(), "{file}: silence, and it ended with {}", output.status);
        let all = said(&message);
        for said in &all {
            check(&file, said);
        }
        for part in RUST {
            // Three colons are drawn before a second file.
            let shown = message.replace(":::", "");
            assert!(!shown.contains(part), "{file}: `{part}`\n{message}");
        }
        let hidden = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200b}'..='\u{202e}');
        assert!(!message.contains(hidden), "{file}: {}", message.escape_debug());
        let title = message.lines().next().unwrap_or_default();
        let code = output.status.code().expect("an exit code, and no signal");
        assert_eq!(code, 2, "{file}\n{message}");
        writeln!(table, "{file} | {code} | {} | {title}", places(&file, &all)).expect("a text");
        let same = messages.insert(message.replace(&file, ""), file.clone());
        assert!(same.is_none(), "{file} and {same:?} are told the same");
    }
    let path = folder().join("table.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &table).expect("written");
    }
    let expected = fs::read_to_string(&path).expect("tests/broken/table.txt");
    let expected: Vec<_> = expected.lines().collect();
    let differ: Vec<_> = table.lines().filter(|line| !expected.contains(line)).collect();
    assert!(differ.is_empty(), "not in the table:\n{}", differ.join("\n"));
    assert_eq!(table.lines().count(), expected.len(), "the table has a file that is gone");
}

#[test]
fn one_run_shows_every_problem() {
    for file in ["everything.yaml", "everything-of-the-whole.yaml"] {
        let message = String::from_utf8(run(file).stderr).expect("UTF-8");
        assert!(said(&message).len() > 6, "{message}");
    }
}
