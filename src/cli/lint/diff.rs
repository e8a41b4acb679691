//! Fixes as a difference that `patch -p0` and `git apply -p0` read.

use std::fmt::Write;

use super::Found;
use crate::document::{SourceId, Sources};
use crate::lint::{Edit, edited, together};

/// So many pairs of lines are compared; what is larger is taken out and put in as a whole.
const PAIRS_MAX: usize = 1 << 22;

/// Unchanged lines around a change.
const AROUND: usize = 3;

/// What the fixes of all findings change, file by file. Of fixes that exclude each other the first
/// is taken: the next difference has the other one, if it is still needed. A finding whose fix
/// needs somebody who knows what is meant changes nothing.
pub(super) fn diff(found: &[Found], sources: &Sources) -> String {
    let mut edits = together(found.iter().map(|(_, it)| it.edits(sources)));
    edits.sort_by_key(|it| (it.place.source, it.place.start));
    let mut out = String::new();
    for part in edits.chunk_by(|a, b| a.place.source == b.place.source) {
        out.push_str(&of_file(part[0].place.source, part, sources));
    }
    out
}

fn of_file(id: SourceId, edits: &[Edit], sources: &Sources) -> String {
    let source = sources.get(id);
    let (old, new) = (source.text(), edited(source.text(), edits));
    let changes = changes(&lines(old), &lines(&new));
    let mut out = format!("--- {0}\n+++ {0}\n", source.name());
    for hunk in hunks(&changes) {
        let count = |mark: char| hunk.iter().filter(|it| it.mark == ' ' || it.mark == mark).count();
        let (from, to) = (hunk[0].old + 1, hunk[0].new + 1);
        // Writing to a text cannot fail.
        let _ = writeln!(out, "@@ -{from},{} +{to},{} @@", count('-'), count('+'));
        for line in hunk {
            let _ = write!(out, "{}{}", line.mark, line.text);
            if !line.text.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// A line of one text or of both.
struct Line<'t> {
    /// `-` of the old text alone, `+` of the new one alone, else a space.
    mark: char,
    text: &'t str,
    /// Where it is in both texts, or would be.
    old: usize,
    new: usize,
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Both texts as one, by a longest common sequence of lines.
fn changes<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let begin = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - begin;
    let (tail, other) = (old.iter().rev(), new.iter().rev());
    let end = tail.zip(other).take(rest).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[begin..old.len() - end], &new[begin..new.len() - end]);
    let is_large = a.len().saturating_mul(b.len()) > PAIRS_MAX;
    let (n, m) = if is_large { (0, 0) } else { (a.len(), b.len()) };
    let mut longest = vec![vec![0_u32; m + 1]; n + 1];
    for (i, x) in a[..n].iter().enumerate().rev() {
        for (j, y) in b[..m].iter().enumerate().rev() {
            let next = longest[i + 1][j].max(longest[i][j + 1]);
            longest[i][j] = if x == y { longest[i + 1][j + 1] + 1 } else { next };
        }
    }
    let line = |mark, text, old, new| Line { mark, text, old, new };
    let mut all: Vec<_> = (0..begin).map(|at| line(' ', old[at], at, at)).collect();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (old, new) = (begin + i, begin + j);
        if i < a.len() && j < b.len() && a[i] == b[j] {
            all.push(line(' ', a[i], old, new));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || i < a.len() && (is_large || longest[i + 1][j] >= longest[i][j + 1])
        {
            all.push(line('-', a[i], old, new));
            i += 1;
        } else {
            all.push(line('+', b[j], old, new));
            j += 1;
        }
    }
    let (from, to) = (old.len() - end, new.len() - end);
    all.extend((0..end).map(|at| line(' ', old[from + at], from + at, to + at)));
    all
}

/// The changes with the lines around them; what is near each other is together.
fn hunks<'l, 't>(lines: &'l [Line<'t>]) -> Vec<&'l [Line<'t>]> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.mark != ' ') {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(lines.len()));
        match spans.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => spans.push((from, to)),
        }
    }
    spans.into_iter().map(|(from, to)| &lines[from..to]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stay_are_between_those_that_change() {
        let marks = |old: &str, new: &str| -> String {
            changes(&lines(old), &lines(new)).iter().map(|it| it.mark).collect()
        };
        assert_eq!(marks("a\nb\nc\n", "a\nx\nc\n"), " -+ ");
        assert_eq!(marks("a\nb\n", "a\nb\nc\n"), "  +");
        assert_eq!(marks("a\nb\na\n", "a\n"), " --");
        assert_eq!(marks("a\n", "a\n"), " ");
        let numbers: Vec<_> = (0..20).map(|it| it.to_string()).collect();
        let far = numbers.join("\n") + "\n";
        let new = far.replace("2\n3\n", "x\n3\n").replace("16\n", "y\n");
        assert_eq!(hunks(&changes(&lines(&far), &lines(&new))).len(), 2);
    }
}
