//! Comments that say which findings are known: `# coalmine: allow RULE until 2027-03-31: REASON`.
//!
//! Such a comment is about the line that it stands on, or else about the next one, and about
//! everything that is indented below it; before the first line of a document it is about all of it.

use std::fmt;
use std::str::FromStr;

use super::change::Change;
use super::finding::{Finding, Rule};
use super::rules;
use crate::document::{Place, SourceId, Sources, closest, quoted};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i64,
    month: u8,
    day: u8,
}

impl Date {
    /// The day that so many seconds after the beginning of 1970 fall on.
    pub fn of_epoch(seconds: u64) -> Self {
        // Days are counted from 1 March of year 0, in eras of 400 years.
        let days = (seconds / 86_400) as i64 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let is_late = month >= 10;
        Self {
            year: era * 400 + year + i64::from(is_late),
            month: (if is_late { month - 9 } else { month + 3 }) as u8,
            day: day as u8,
        }
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let mut parts = text.split('-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            let is_short = year.len() == 4 && month.len() == 2 && day.len() == 2;
            let all_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            if !is_short || !all_digits || parts.next().is_some() {
                return None;
            }
            Some(Self {
                year: year.parse().ok()?,
                month: month.parse().ok()?,
                day: day.parse().ok()?,
            })
        };
        let days = |it: &Self| match it.month {
            4 | 6 | 9 | 11 => 30,
            2 if it.year % 4 == 0 && (it.year % 100 != 0 || it.year % 400 == 0) => 29,
            2 => 28,
            _ => 31,
        };
        let is_day = |it: &Self| (1..=12).contains(&it.month) && (1..=days(it)).contains(&it.day);
        read().filter(is_day).ok_or_else(|| "expected a date such as 2027-03-31".to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What a comment says.
struct Suppression<'a> {
    /// From the mark to the end of the comment.
    place: Place,
    rule: &'a str,
    /// Where that stands.
    named: Place,
    until: Option<Date>,
    reason: &'a str,
    /// The bytes that it is about.
    covers: (usize, usize),
}

/// Takes out what comments allow, and adds what is wrong with the comments.
pub(super) fn apply(
    findings: Vec<(&'static Rule, Finding)>,
    files: &[SourceId],
    sources: &Sources,
    today: Date,
) -> Vec<(&'static Rule, Finding)> {
    let suppressions: Vec<_> = files.iter().flat_map(|id| read(*id, sources)).collect();
    let mut is_used = vec![false; suppressions.len()];
    let mut left: Vec<_> = findings
        .into_iter()
        .filter(|(rule, finding)| {
            let mut is_allowed = false;
            for (suppression, is_used) in suppressions.iter().zip(&mut is_used) {
                if suppression.is_about(rule, finding.place()) {
                    *is_used = true;
                    is_allowed |= suppression.holds(today);
                }
            }
            !is_allowed
        })
        .collect();
    let all = suppressions.iter().zip(is_used);
    left.extend(all.filter_map(|(it, is_used)| it.complaint(is_used, today)));
    left
}

const MARK: &str = "# coalmine:";

fn read(id: SourceId, sources: &Sources) -> Vec<Suppression<'_>> {
    let text = sources.get(id).text();
    let mut found = Vec::new();
    for (at, _) in text.match_indices(MARK) {
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let said = text[at + MARK.len()..end].trim();
        let Some(said) = said.strip_prefix("allow") else { continue };
        let (head, reason) = said.split_once(": ").unwrap_or((said.trim_end_matches(':'), ""));
        let (rule, until) = head.split_once(" until ").unwrap_or((head, ""));
        let part = |part: &str| {
            let from = part.as_ptr().addr() - text.as_ptr().addr();
            Place::new(id, from, from + part.len())
        };
        found.push(Suppression {
            place: Place::new(id, at, at + text[at..end].trim_end().len()),
            rule: rule.trim(),
            named: part(rule.trim()),
            until: until.trim().parse().ok(),
            reason: reason.trim(),
            covers: covered(text, at),
        });
    }
    found
}

/// From the line of a comment, or the next one if nothing else stands there, to the last line that
/// is indented more; the whole document for what stands before it.
fn covered(text: &str, at: usize) -> (usize, usize) {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let is_alone = text[begin..at].trim().is_empty();
    let mut lines = text[begin..].split_inclusive('\n').scan(begin, |start, line| {
        let this = *start;
        *start += line.len();
        Some((this, line))
    });
    let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let first = if is_alone { lines.find(|(_, line)| !is_empty(line)) } else { lines.next() };
    let Some((start, line)) = first else { return (at, text.len()) };
    let head = text[..begin].rsplit("\n---").next().unwrap_or_default();
    let head = head.strip_prefix("---").unwrap_or(head);
    let is_first = is_alone && head.lines().all(is_empty);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let depth = indent(line);
    let is_inside = |line: &str| {
        is_empty(line) || indent(line) > depth || (is_first && !line.starts_with("---"))
    };
    let last = lines.take_while(|(_, line)| is_inside(line)).last();
    (start, last.map_or(start + line.len(), |(at, line)| at + line.len()))
}

impl Suppression<'_> {
    fn is_about(&self, rule: &Rule, place: Place) -> bool {
        let (from, to) = self.covers;
        let is_here = place.source == self.place.source && (from..to).contains(&place.start);
        is_here && self.rule == rule.id
    }

    fn holds(&self, today: Date) -> bool {
        !self.reason.is_empty() && self.until.is_some_and(|until| until >= today)
    }

    /// What is wrong with it.
    fn complaint(&self, is_used: bool, today: Date) -> Option<(&'static Rule, Finding)> {
        let example = format!("# coalmine: allow {} until 2027-03-31: why it is fine", self.rule);
        if super::rule(self.rule).is_none() {
            let near = closest(self.rule, super::RULES.iter().map(|it| it.id));
            let fix =
                near.map_or("run: coalmine help rules".to_owned(), |it| format!("write: {it}"));
            let title = format!("no rule is called {}", quoted(self.rule));
            let number = format!("of {} rules it allows 0", super::RULES.len());
            let mut finding = Finding::new(self.place, title, "allows nothing", number, fix);
            if let Some(near) = near {
                finding = finding.by(Change::Text(self.named, near.to_owned()));
            }
            return Some((&rules::suppression::UNKNOWN, finding));
        }
        let Some(until) = self.until.filter(|_| !self.reason.is_empty()) else {
            let (title, missing) = if self.reason.is_empty() {
                ("a suppression has no reason", "nobody will know why")
            } else {
                ("a suppression has no date", "it would hold for ever")
            };
            let number = "it suppresses 0 findings until it has a date and a reason";
            let finding =
                Finding::new(self.place, title, missing, number, format!("write: {example}"));
            return Some((&rules::suppression::INCOMPLETE, finding));
        };
        if until < today {
            let title = format!("a suppression ended on {until}");
            let number = format!("today is {today}: what it allowed is reported again");
            let fix = "mend what it allows, or give it a new date and a reason that still holds";
            let finding = Finding::new(self.place, title, "no longer holds", number, fix);
            return Some((&rules::suppression::EXPIRED, finding));
        }
        if is_used {
            return None;
        }
        let title = format!("nothing here is found by {}", self.rule);
        let finding =
            Finding::new(self.place, title, "allows nothing", "0 findings", "remove the comment");
        let finding = finding.by(Change::Text(self.place, String::new()));
        Some((&rules::suppression::UNUSED, finding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (seconds, date) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_795_564_800, "2026-11-25"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(Date::of_epoch(seconds + 3_600).to_string(), date);
            assert_eq!(date.parse(), Ok(Date::of_epoch(seconds)));
        }
        for text in ["2027-13-01", "2027-02-29", "27-01-01", "2027-1-1", "soon", "2027-01-01-01"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_comment_covers_what_is_indented_below_it() {
        let text = "a:\n  # coalmine: allow x\n  - b: 1\n    c: 2\n  - d: 3\n";
        let at = text.find('#').expect("a comment");
        let (from, to) = covered(text, at);
        assert_eq!(&text[from..to], "  - b: 1\n    c: 2\n");
        let text = "# coalmine: allow x\na: 1\nb:\n  c: 2\n---\nd: 3\n";
        let (from, to) = covered(text, 0);
        assert_eq!(&text[from..to], "a: 1\nb:\n  c: 2\n");
        let text = "a: 1 # coalmine: allow x\nb: 2\n";
        let (from, to) = covered(text, 5);
        assert_eq!(&text[from..to], "a: 1 # coalmine: allow x\n");
    }
}
