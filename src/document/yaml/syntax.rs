//! What the parser says, in the words of somebody who has to mend the file.

use saphyr_parser::ScanError;

use super::super::quote::clean;
use super::super::{Place, Problem, SourceId, code};

/// What the parser's sentence contains, what is wrong at the place, and what to do.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("tab", "a tab stands where a line is indented", "indent with spaces"),
    ("unprintable", "a control character", "remove it"),
    (
        "mapping values are not allowed",
        "a `:` cannot stand here",
        "put a text that contains `: ` in quotes, or write the `:` that is missing in the line \
         above",
    ),
    (
        "indentation in quoted scalar",
        "this quote is not closed, or the next line of the text is not indented",
        "close the quote",
    ),
    ("while scanning a quoted scalar", "this quote is not closed", "close the quote"),
    (
        "unknown escape character",
        "a backslash stands before a character that it does not escape",
        "use single quotes, in which a backslash is only a backslash",
    ),
    (
        "invalid trailing content after double-quoted",
        "the quoted text has ended before this",
        "put the whole text in quotes; inside of them write \\\" for \"",
    ),
    (
        "invalid indentation",
        "inside a bracket, and indented less than what the bracket belongs to",
        "indent it further, or close the bracket before it",
    ),
    (
        "flow mapping, did not find expected ','",
        "a `,` or a `}` is missing before this",
        "separate entries by `,` and close every bracket",
    ),
    (
        "flow sequence, expected ','",
        "a `,` or a `]` is missing before this",
        "separate items by `,` and close every bracket",
    ),
    (
        "did not find expected key",
        "indented neither like the keys of a map above it nor like what is in them",
        "indent all keys of a map alike, and all `-` of a list",
    ),
    (
        "expected '-' indicator",
        "indented like the `-` of the list above it",
        "indent all keys of a map alike, and all `-` of a list",
    ),
    ("simple key expect", "a key stands above this without its `:`", "write `: ` after every key"),
    (
        "unknown anchor",
        "no `&` above has this name",
        "write the value out, or put a text that begins with `*` in quotes",
    ),
    ("misplaced bracket", "this bracket was never opened", "remove it, or open it before"),
    (
        "unexpected character",
        "no text can begin with this character unless it is in quotes",
        "put the text in quotes",
    ),
];

/// Whether the parser complains about a line inside a bracket that is indented too little.
pub(super) fn is_indentation(error: &ScanError) -> bool {
    matches!(error.info(), "invalid indentation" | "invalid indentation in flow construct")
}

/// The problem of a text that is not YAML; `open` is the last bracket that has no end.
pub(super) fn problem(error: &ScanError, place: Place, open: Option<Place>) -> Problem {
    let known = SENTENCES.iter().find(|(part, ..)| is_said(error.info(), part));
    let problem = Problem::error(code::SYNTAX, "the text is not YAML");
    let Some((_, label, help)) = known else {
        return problem
            .at(place, clean(error.info()))
            .help("check the quotes, brackets and indentation here and in the line above");
    };
    let problem = problem.at(place, *label);
    let about_brackets = help.contains("bracket") && error.info() != "misplaced bracket";
    let open = open.filter(|_| about_brackets);
    open.into_iter().fold(problem, |problem, open| problem.at(open, "the bracket")).help(*help)
}

/// The problem of a text that a merge left behind, if it is one.
pub(super) fn conflict(text: &str, source: SourceId, offset: usize) -> Option<Problem> {
    const MARKS: [&str; 3] = ["<<<<<<< ", "=======", ">>>>>>> "];
    let has = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    if !MARKS.into_iter().all(has) {
        return None;
    }
    let mut lines = text.split_inclusive('\n');
    let before: usize =
        lines.by_ref().take_while(|line| !line.starts_with(MARKS[0])).map(str::len).sum();
    let start = before + offset;
    let problem = Problem::error(code::SYNTAX, "the text is not YAML")
        .at(Place::new(source, start, start + 7), "a merge left both versions here");
    Some(problem.help("keep one version of these lines, without the marks"))
}

/// The problem of the first line that another tool would replace, such as
/// `{{- if .Values.canary }}`.
pub(super) fn template(text: &str, source: SourceId, offset: usize) -> Option<Problem> {
    let place = line(text, (source, offset), |line| line.trim_start().starts_with("{{"))?;
    let place = Place { end: place.start + 2, ..place };
    let problem = Problem::error(code::SYNTAX, "the text is a template of another tool")
        .at(place, "no YAML until that tool has run");
    Some(problem.help("run it first, for example: helm template . | coalmine run -"))
}

/// The problem of a text that is not all there yet: before the parser fails it has a line of three
/// dots inside a map.
pub(super) fn left_out(before: &str, source: SourceId, offset: usize) -> Option<Problem> {
    let is_left_out = |line: &str| line.starts_with(' ') && line.trim() == "...";
    let place = line(before, (source, offset), is_left_out)?;
    let problem = Problem::error(code::SYNTAX, "the text is not YAML");
    let problem = problem.at(place, "something is left out here");
    Some(problem.help("write what `...` stands for, or remove the line"))
}

/// The first line that is so, without what surrounds it.
fn line(
    text: &str,
    (source, offset): (SourceId, usize),
    is_it: impl Fn(&str) -> bool,
) -> Option<Place> {
    let mut at = offset;
    text.split_inclusive('\n').find_map(|line| {
        let (start, mark) = (at + line.len() - line.trim_start().len(), line.trim());
        at += line.len();
        is_it(line).then(|| Place::new(source, start, start + mark.len()))
    })
}

/// Where a tab indents a line: the parser may be at the end of the line above it.
pub(super) fn tab(text: &str, place: Place, offset: usize) -> Option<Place> {
    let at = place.start.checked_sub(offset)?;
    if text.get(at..)?.starts_with('\t') {
        return Some(place);
    }
    let next = at + text[at..].find('\n')? + 1;
    let line = text[next..].lines().next()?;
    let tab = line.find('\t').filter(|tab| line[..*tab].trim().is_empty())?;
    let start = next + tab + offset;
    Some(Place { start, end: start + 1, ..place })
}

/// Whether a sentence contains a part, as words.
fn is_said(sentence: &str, part: &str) -> bool {
    let starts = |at: usize| !sentence[..at].ends_with(|c: char| c.is_alphanumeric());
    sentence.match_indices(part).any(|(at, _)| starts(at))
}
