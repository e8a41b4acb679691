//! How files look: their size, their lines, their first sentence and their words.

use super::nothing;
use super::source::{File, files, rust};

/// The most lines of a file.
const LINES_MAX: usize = 400;

/// Longer files, how long each may be, and why it is one file.
const LONGER: [(&str, usize, &str); 1] =
    [("crates/chance/src/ticks.rs", 510, "opening, cutting and reading tiles keep one invariant")];

/// The most columns of a line.
const COLUMNS_MAX: usize = 100;

/// Words that hide what a thing is, and marks of unfinished work. Split, so that this file can be
/// read as well.
const HIDING: [&str; 6] = [
    concat!("ut", "il"),
    concat!("ut", "ils"),
    concat!("help", "er"),
    concat!("help", "ers"),
    concat!("man", "ager"),
    concat!("man", "agers"),
];
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HA", "CK"),
    concat!("todo", "!("),
    concat!("unimpl", "emented!("),
    concat!("db", "g!("),
];

/// Hosts and places that belong to a machine, not to the project.
const PLACES: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("crates", ".io"),
    concat!("py", "pi.org"),
    concat!("npm", "js"),
    concat!("docker", ".io"),
    concat!("gh", "cr.io"),
];

/// Files that say such things because others wrote them. What is broken on purpose is not ours
/// either.
const FOREIGN: [&str; 5] = [
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "tests/data/flagger_corpus.txt",
    "tests/data/k8s/live-hpa.jsonl",
];

#[test]
fn a_file_fits_a_page_or_says_why() {
    let files = rust();
    nothing(files.iter().filter_map(|file| {
        let lines = file.text.lines().count();
        let longer = LONGER.iter().find(|(path, ..)| *path == file.path);
        let most = longer.map_or(LINES_MAX, |(_, most, _)| *most);
        let why = "split it, or name it here with a reason";
        (lines > most).then(|| format!("{}: {lines} lines, {most} at most: {why}", file.path))
    }));
    nothing(LONGER.iter().filter_map(|(path, _, reason)| {
        let file = files.iter().find(|file| file.path == *path);
        let is_short = file.is_none_or(|file| file.text.lines().count() <= LINES_MAX);
        is_short.then(|| format!("{path} is not too long, and needs no exception: {reason}"))
    }));
}

#[test]
fn a_line_fits_the_screen_unless_a_text_is_long() {
    nothing(rust().iter().flat_map(|file| {
        let without = file.without_texts();
        let long = without.lines().map(|line| line.chars().count()).enumerate();
        let long: Vec<_> = long.filter(|(_, columns)| *columns > COLUMNS_MAX).collect();
        long.into_iter()
            .map(|(line, columns)| format!("{}:{}: {columns} columns", file.path, line + 1))
    }));
}

#[test]
fn a_file_begins_with_a_sentence() {
    nothing(rust().iter().filter_map(|file| {
        let lines = file.text.lines().map_while(|line| line.strip_prefix("//!"));
        let first: Vec<_> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
        let is_sentence = first.join(" ").ends_with(['.', '?', ':']);
        (!is_sentence).then(|| format!("{}: its first line says what it is", file.path))
    }));
}

#[test]
fn no_word_hides_what_a_thing_is_and_no_mark_says_unfinished() {
    nothing(ours().iter().flat_map(|file| {
        file.text.lines().enumerate().flat_map(move |(line, text)| {
            let bare = |word: &str| text.split(|c: char| !c.is_alphanumeric()).any(|it| it == word);
            let hiding = HIDING.iter().filter(|word| {
                text.split(|c: char| !c.is_alphanumeric()).any(|it| it.eq_ignore_ascii_case(word))
            });
            let unfinished = UNFINISHED
                .iter()
                .filter(|word| if word.ends_with('(') { text.contains(*word) } else { bare(word) });
            let found: Vec<_> = hiding.chain(unfinished).collect();
            found.into_iter().map(move |it| format!("{}:{}: `{it}`", file.path, line + 1))
        })
    }));
}

#[test]
fn no_file_names_a_place_of_somebody_s_machine() {
    nothing(ours().iter().flat_map(|file| {
        file.text.lines().enumerate().flat_map(move |(line, text)| {
            let found = PLACES.iter().filter(|place| text.contains(*place));
            found.map(move |place| format!("{}:{}: `{place}`", file.path, line + 1))
        })
    }));
}

#[test]
fn only_the_counting_allocator_is_unsafe() {
    let word = concat!("un", "safe");
    nothing(rust().iter().filter(|file| file.path != "tests/alloc.rs").filter_map(|file| {
        let code = file.code();
        let mut said = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        said.any(|it| it == word).then(|| format!("{}: says {word}", file.path))
    }));
}

/// The files that we wrote, and meant.
fn ours() -> Vec<File> {
    let is_ours = |it: &File| !FOREIGN.contains(&it.path.as_str()) && !it.is_in("tests/broken");
    files().into_iter().filter(is_ours).collect()
}
