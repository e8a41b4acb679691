//! `coalmine lint`: what is wrong with gates as they are written.

#![expect(clippy::disallowed_types, reason = "whether a suppression holds depends on the day")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::ValueEnum;

use super::console::Console;
use super::exit::{Exit, Failure};
use super::files::{name, read, said};
use super::output::shell;
use super::run::stdin;
use super::services::Services;
use crate::document::{Look, Node, Problem, Problems, SourceKind, Sources, yaml};
use crate::lint::{Date, Finding, Level, Rule, Traffic, lint, subjects};
use crate::units::{Quantity, Rate};

mod diff;
mod machine;

/// Flags of `coalmine lint`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Manifests and rule files, folders with all their folders, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What fails beside errors: exit code 5
    #[arg(long, value_enum, value_name = "LEVEL")]
    deny: Option<Deny>,
    /// Leave out notes
    #[arg(long)]
    no_notes: bool,
    /// Requests a second of every application, such as 40/s: numbers are those at this rate. Else
    /// a coalmine.yaml beside the files says the rate, by the name of the workload
    #[arg(long, value_name = "RATE", value_parser = rate)]
    rate: Option<Rate>,
    /// The day that suppressions are held against, such as 2027-03-31; today if not given
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// How findings are written
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    output: Format,
}

fn rate(text: &str) -> Result<Rate, String> {
    let read = Rate::parse(text).ok().filter(|rate| *rate > Rate::ZERO);
    read.ok_or_else(|| format!("write a number and a unit, for example {}", Rate::EXAMPLE))
}

/// What fails beside errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Findings that are warnings
    Warnings,
    /// Findings of any kind
    Notes,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the lines, marked
    Text,
    /// One object
    Json,
    /// For code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// What the fixes change, for `patch -p0`; those that take a decision are left out
    Diff,
}

/// A finding with its rule.
type Found = (&'static Rule, Finding);

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let files = expand(&args.files)?;
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut trees: Vec<Node> = Vec::new();
    for file in &files {
        let (bytes, name) = (read(file)?, name(file));
        let kind = SourceKind::File;
        trees.extend(yaml::parse(&mut sources, kind, &name, &bytes, &mut problems));
    }
    let today = args.today.unwrap_or_else(today);
    let traffic = match args.rate {
        Some(rate) => Traffic::of_all(rate),
        None => Traffic::of_each(Services::beside(&files, &mut sources, &mut problems).rates()),
    };
    let mut found = lint(&trees, &sources, today, &traffic);
    if args.no_notes {
        found.retain(|(rule, _)| rule.level != Level::Note);
    }
    let text = match args.output {
        Format::Text => {
            let read = Read {
                files: files.len(),
                broken: broken(&problems),
                is_anything: subjects(&trees, &sources) > 0,
            };
            text(&found, &read, &sources, console.look)
        }
        Format::Json => machine::json(&found, &sources),
        Format::Sarif => machine::sarif(&found, &sources),
        Format::Github => machine::github(&found, &sources),
        Format::Diff => diff::diff(&found, &sources),
    };
    console.print(text.as_bytes())?;
    if problems.has_errors() {
        console.flush()?;
        return Err(Failure::Problems(problems.render(&sources, console.messages)));
    }
    Ok(verdict(&found, args.deny))
}

/// What matters most of how the gates of some foreign files are written, and how to see the rest.
/// It is the same on every day: no suppression is over.
pub(super) fn foremost(files: &[String], sources: &Sources) -> Option<String> {
    let (mut texts, mut problems) = (Sources::new(), Problems::new());
    let mut trees = Vec::new();
    for source in sources.iter() {
        let is_meant = files.iter().any(|file| file == source.name());
        if is_meant && source.kind() == SourceKind::Import {
            let (kind, bytes) = (SourceKind::File, source.text().as_bytes());
            trees.extend(yaml::parse(&mut texts, kind, source.name(), bytes, &mut problems));
        }
    }
    let found = lint(&trees, &texts, Date::of_epoch(0), &Traffic::default());
    let (_, finding) = crate::lint::foremost(&found)?;
    let names: Vec<_> = files.iter().map(|file| shell(stdin(file))).collect();
    Some(format!(
        "lint: {} ({}): {}. {} in all: coalmine lint {}",
        finding.title,
        texts.position(finding.place()),
        finding.number,
        found.len(),
        names.join(" ")
    ))
}

/// The day of the clock.
fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Date::of_epoch(since.map_or(0, |it| it.as_secs()))
}

fn verdict(found: &[Found], deny: Option<Deny>) -> Exit {
    let has = |level| found.iter().any(|(rule, _)| rule.level == level);
    let is_denied = match deny {
        None => false,
        Some(Deny::Warnings) => has(Level::Warning),
        Some(Deny::Notes) => has(Level::Warning) || has(Level::Note),
    };
    if has(Level::Error) {
        Exit::Failed
    } else if is_denied {
        Exit::Denied
    } else {
        Exit::Good
    }
}

/// What was looked at.
struct Read {
    files: usize,
    /// Files with something that could not be read.
    broken: usize,
    /// Whether rules are about anything in them.
    is_anything: bool,
}

/// How many files have something that could not be read.
fn broken(problems: &Problems) -> usize {
    let places = problems.iter().filter_map(Problem::place);
    places.map(|place| place.source).collect::<BTreeSet<_>>().len()
}

/// Every finding with its lines, and how many there are.
fn text(found: &[Found], read: &Read, sources: &Sources, look: Look) -> String {
    let mut text = String::new();
    for (rule, finding) in found {
        text.push_str(&finding.problem(rule).render(sources, look));
        text.push_str("\n\n");
    }
    let mut levels = BTreeMap::<Level, usize>::new();
    for (rule, _) in found {
        *levels.entry(rule.level).or_default() += 1;
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let counted = levels.iter().map(|(level, n)| format!("{n} {}{}", level.as_str(), plural(*n)));
    let counted: Vec<_> = counted.collect();
    let all = match (counted.is_empty(), read.is_anything) {
        (true, true) => "nothing found".to_owned(),
        (true, false) => "nothing to look at".to_owned(),
        (false, _) => counted.join(", "),
    };
    let broken = match read.broken {
        0 => String::new(),
        broken if broken == read.files => ", which could not be read whole".to_owned(),
        broken => format!(", {broken} of which could not be read whole"),
    };
    let missing = if read.is_anything || read.broken > 0 || !found.is_empty() {
        ""
    } else {
        ": no rollout, analysis, canary, Deployment, rule file or scenario"
    };
    let files = read.files;
    let hint =
        found.first().map(|(rule, _)| format!("explain a rule: coalmine help {}\n", rule.id));
    let hint = hint.unwrap_or_default();
    format!("{text}{all} in {files} file{}{broken}{missing}\n{hint}", plural(files))
}

/// The files themselves, and of every folder its YAML files, those of its folders too, by name.
fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for file in files {
        if file.as_os_str() == "-" || !file.is_dir() {
            all.push(file.clone());
        } else {
            walk(file, &mut all)?;
        }
    }
    if all.is_empty() {
        let help = "name a file, or a folder with files that end in .yaml or .yml".to_owned();
        return Err(Failure::Nothing("there is nothing to lint here".to_owned(), help));
    }
    Ok(all)
}

fn walk(folder: &Path, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error| Failure::Io(format!("cannot read {}", said(folder)), error);
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        inside.push(entry.map_err(failed)?);
    }
    inside.sort_by_key(std::fs::DirEntry::file_name);
    for entry in inside {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
        // Links to folders may go round in circles.
        let is_folder = entry.file_type().is_ok_and(|it| it.is_dir());
        if is_folder && !is_hidden {
            walk(&path, all)?;
        } else if is_yaml && path.is_file() {
            all.push(path);
        }
    }
    Ok(())
}
