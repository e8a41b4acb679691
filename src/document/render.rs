//! Problems as text for people, with the lines they are about.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Label, Problem, Problems, Severity, Source, Sources, quote};

/// Whether text is for a terminal with colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Only characters.
    Plain,
    /// With colours and weights.
    Coloured,
}

/// Lines longer than this are named but not shown.
const LINE_MAX: usize = 1000;
/// Labels further apart than this are shown apart.
const LINES_MAX: usize = 200;
/// More problems than this are counted but not shown.
const PROBLEMS_MAX: usize = 50;

impl Problems {
    /// Every problem with the lines it is about, in the order of the text.
    pub fn render(&self, sources: &Sources, look: Look) -> String {
        let shown = self.iter().take(PROBLEMS_MAX);
        let mut texts: Vec<_> = shown.map(|problem| problem.render(sources, look)).collect();
        if self.len() > PROBLEMS_MAX {
            texts.push(format!("and {} more problems", self.len() - PROBLEMS_MAX));
        }
        let mut text = texts.join("\n\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

impl Problem {
    /// The problem with the lines it is about, without a line break at its end.
    pub fn render(&self, sources: &Sources, look: Look) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(quote::printable(&self.title)).id(self.code);
        let mut group = Group::with_title(title);
        for (index, labels) in by_source(&self.labels).into_iter().enumerate() {
            let source = sources.get(labels[0].place.source);
            match excerpt(source, labels) {
                Some(lines) => group = group.element(shown(source, lines, labels, index == 0)),
                None => group = group.elements(named(source, labels)),
            }
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(quote::printable(note)));
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(quote::printable(help)));
        }
        let renderer = match look {
            Look::Plain => Renderer::plain(),
            Look::Coloured => Renderer::styled(),
        };
        renderer.render(&[group])
    }
}

/// Labels that can be shown in one piece of text.
fn by_source(labels: &[Label]) -> Vec<&[Label]> {
    let together = |a: &Label, b: &Label| a.place.source == b.place.source;
    labels.chunk_by(together).collect()
}

/// The first and the last line that labels are about, unless that is too much to be shown.
fn excerpt(source: &Source, labels: &[Label]) -> Option<(usize, usize)> {
    let lines = || labels.iter().map(|label| source.line_of(label.place.start));
    let (first, last) = (lines().min()?, lines().max()?);
    let text = &source.text()[source.lines(first, last)];
    let too_much = last - first > LINES_MAX || text.lines().any(|line| line.len() > LINE_MAX);
    (!too_much).then_some((first, last))
}

/// Lines of a source with what is said about them.
fn shown<'a>(
    source: &'a Source,
    (first, last): (usize, usize),
    labels: &'a [Label],
    primary: bool,
) -> Element<'a> {
    let range = source.lines(first, last);
    let text = &source.text()[range.clone()];
    let mut snippet =
        Snippet::source(text).path(quote::source_name(source.name())).line_start(first);
    for (index, label) in labels.iter().enumerate() {
        let main = primary && index == 0;
        let kind = if main { AnnotationKind::Primary } else { AnnotationKind::Context };
        let span = span_in(text, label, range.start);
        snippet = snippet.annotation(kind.span(span).label(quote::printable(&label.text)));
    }
    snippet.into()
}

/// Where labels are, and what is said about it, when the lines are too much to be shown.
fn named<'a>(source: &'a Source, labels: &'a [Label]) -> Vec<Element<'a>> {
    let one = |label: &'a Label| {
        let (line, column) = source.line_column(label.place.start);
        let origin = Origin::path(quote::source_name(source.name())).line(line).char_column(column);
        let text = source.at(label.place);
        let said = format!("{}: {}", quote::quoted(text), quote::printable(&label.text));
        [origin.into(), Level::NOTE.message(said).into()]
    };
    labels.iter().flat_map(one).collect()
}

/// The part of a place that is in its first line, within an excerpt.
fn span_in(excerpt: &str, label: &Label, offset: usize) -> std::ops::Range<usize> {
    let start = excerpt.floor_char_boundary(label.place.start.saturating_sub(offset));
    let end = excerpt.ceil_char_boundary(label.place.end.saturating_sub(offset).max(start));
    let line_end = excerpt[start..].find(['\n', '\r']).map_or(excerpt.len(), |at| start + at);
    let text = excerpt[start..end.min(line_end).max(start)].trim_end();
    start..start + text.len()
}
