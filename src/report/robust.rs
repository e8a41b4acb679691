//! How wrong the numbers can be: simulation error, what was assumed, and what would reverse it.

mod data;

pub(super) use data::{json, schema};

use estimate::{Estimate, Interval};

use super::frame::section;
use super::number::{self, grouped, harmless};
use super::page::{Ink, Page};
use crate::experiment::robust::{
    Influence, Reversal, Reversed, Robustness, Shift, Spread, Subject, Unlooked,
};
use crate::experiment::{Standing, Unit};
use crate::units::Currency;

/// What was found out about the assumptions, or why nothing was.
pub type Found = Result<Robustness, Unlooked>;

/// What the words of a report are.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    /// The names of the variants; none when there is one policy.
    pub(super) names: &'a [&'a str],
    /// What money is counted in.
    pub(super) currency: Currency,
}

impl Words<'_> {
    /// Which variant, when there are several.
    fn of(&self, policy: usize) -> String {
        match self.names {
            [_] | [] => String::new(),
            names => format!(" of `{}`", names[policy]),
        }
    }

    /// A number of a unit, with what money is counted in.
    fn said(&self, unit: Unit, number: String) -> String {
        if unit == Unit::Money { format!("{number} {}", self.currency) } else { number }
    }
}

/// The title of the section.
const TITLE: &str = "HOW WRONG CAN THIS BE";

/// The section of a page; variants have names when there are several.
pub(super) fn text(page: &mut Page, found: &Found, words: Words<'_>) {
    match found {
        Err(Unlooked::Off) => {}
        Err(why) => {
            section(page, TITLE, "");
            page.paragraph(Ink::Faint, &unlooked(*why), 4);
        }
        Ok(it) => {
            section(page, TITLE, "simulation error in brackets; one assumption or form at a time");
            let mut lines = lines(it, words);
            let made = lines.pop();
            for line in lines {
                page.paragraph(Ink::Plain, &harmless(&line.replace('`', "")), 4);
            }
            page.paragraph(Ink::Faint, &made.unwrap_or_default(), 4);
        }
    }
}

/// The same as a list for a comment.
pub(super) fn markdown(found: &Found, words: Words<'_>) -> String {
    let (title, lines) = match found {
        Err(Unlooked::Off) => return String::new(),
        Err(why) => ("", vec![unlooked(*why)]),
        Ok(it) => (" (one assumption or form at a time)", lines(it, words)),
    };
    let lines = lines.iter().map(|line| format!("- {}\n", super::markdown::plain_but_code(line)));
    format!("\n**How wrong can this be**{title}\n\n{}", lines.collect::<String>())
}

/// Why there is nothing to tell.
fn unlooked(why: Unlooked) -> String {
    match why {
        Unlooked::Off => "not looked at: --robust off".to_owned(),
        Unlooked::Nothing => "nothing was assumed that has a range".to_owned(),
        Unlooked::TooFew(needed) => format!(
            "assumptions not looked at: for a quarter of the work it takes {} replications; \
             --robust 64 does it anyway",
            grouped(needed)
        ),
        Unlooked::Stopped => "assumptions not looked at: stopped before".to_owned(),
    }
}

/// Everything in sentences; the last one says what was done for it.
fn lines(it: &Robustness, words: Words<'_>) -> Vec<String> {
    let mut lines: Vec<String> = it.spreads.iter().map(|it| spread(it, words)).collect();
    let most: Vec<_> = it.influences.iter().map(|it| influence(it, words)).collect();
    lines.push(match most.as_slice() {
        [] => "matters most: no assumption moves these certainly".to_owned(),
        most => format!("matters most: {}", most.join("; ")),
    });
    lines.extend(it.reversals.iter().map(|it| reversal(it, words)));
    if it.reversals.is_empty() {
        lines.push(
            match it.conclusions {
                0 => "reversed by: the simulation error leaves every conclusion open as it is",
                _ => "reversed by: no single assumption within its range",
            }
            .to_owned(),
        );
    }
    lines.push(made(it));
    lines
}

fn spread(it: &Spread, words: Words<'_>) -> String {
    let unit = it.measure.how.unit();
    // With as many digits as the value itself.
    let said = |value: f64| {
        let Interval { low, high } = it.value.interval;
        let less = value - it.value.value;
        let interval = Interval { low: low + less, high: high + less };
        words.said(unit, number::value(unit, &Estimate { value, interval, ..it.value }))
    };
    let ends = |ends: [(&str, Option<(f64, &Shift)>); 2]| {
        let moved = |(word, end): (&str, Option<(f64, &Shift)>)| {
            end.map(|(value, shift)| format!("{word} {} with {}", said(value), short(shift)))
        };
        let ends: Vec<String> = ends.into_iter().filter_map(moved).collect();
        if ends.is_empty() { "not certainly moved".to_owned() } else { ends.join(", ") }
    };
    let [low, high] = [&it.low, &it.high].map(|end| end.as_ref().map(|it| (it.0, &it.1)));
    let ranges = ends([("down to", low), ("up to", high)]);
    let forms = forms(it).map_or_else(String::new, |both| {
        format!("; other forms: {}", ends([("down to", both[0]), ("up to", both[1])]))
    });
    let value = words.said(unit, number::with_interval(unit, &it.value));
    format!("`{}`{} {value}: {ranges}{forms}", it.measure.name, words.of(it.policy))
}

/// The lowest and the highest value in other forms, where they certainly differ; nothing when no
/// form was tried.
fn forms(it: &Spread) -> Option<[Option<(f64, &Shift)>; 2]> {
    let certain = || it.forms.iter().filter(|form| form.certain);
    let below = certain().filter(|form| form.value < it.value.value);
    let above = certain().filter(|form| form.value > it.value.value);
    let low = below.min_by(|a, b| a.value.total_cmp(&b.value));
    let high = above.max_by(|a, b| a.value.total_cmp(&b.value));
    (!it.forms.is_empty()).then(|| [low, high].map(|form| form.map(|it| (it.value, &it.shift))))
}

fn influence(it: &Influence, words: Words<'_>) -> String {
    let unit = it.measure.how.unit();
    let by = number::signed(unit, &it.difference);
    let interval = number::interval(unit, &it.difference);
    let by = words.said(unit, format!("{by} {interval}"));
    format!("{}: `{}`{} {by}", whole(&it.shift), it.measure.name, words.of(it.policy))
}

fn reversal(it: &Reversal, words: Words<'_>) -> String {
    let sure = if it.certain { "certainly" } else { "by the point estimate" };
    format!("reversed by: {}; then {}, {sure}", whole(&it.shift), outcome(&it.of, words))
}

/// What would be concluded instead.
fn outcome(of: &Reversed, words: Words<'_>) -> String {
    match of {
        Reversed::Wanted { wanted, now, value } => {
            let then = if *now == Standing::Held { "violated" } else { "held" };
            let unit = wanted.measure.how.unit();
            let seen = words.said(unit, number::alone(unit, *value));
            let (name, sign) = (wanted.measure.name, wanted.side.sign());
            format!("`{name}` {sign} {} is {then} with {seen}", wanted.text)
        }
        Reversed::Subject { then, .. } => match then {
            Subject::FalseRollbacks => "more good releases are rolled back than bad ones missed",
            Subject::Misses => "more bad releases are missed than good ones rolled back",
            Subject::AllWell => "no bad release is missed and no good one rolled back",
        }
        .to_owned(),
        Reversed::Lead { aim, now, then } => {
            let [then, now] = [then, now].map(|place| words.names[*place]);
            format!("`{then}` is better than `{now}` at `{}`", aim.name)
        }
    }
}

/// The assumption and its other value.
fn short(shift: &Shift) -> String {
    format!("`{}` {}", shift.path, shift.to)
}

/// The assumption with both values.
fn whole(shift: &Shift) -> String {
    format!("`{}` {} instead of {}", shift.path, shift.to, shift.from)
}

/// What was done for it.
fn made(it: &Robustness) -> String {
    let most = match it.plan.close {
        None => String::new(),
        Some(_) => format!(", {} at the {} that matter most", grouped(it.plan.fine), it.close),
    };
    let forms = match it.forms {
        0 => String::new(),
        forms => format!(" and {}", number::many(forms as u64, "other form", "other forms")),
    };
    let gone = match it.impossible {
        0 => String::new(),
        gone => format!(", {gone} ends are not possible here"),
    };
    let reckoned = match it.reckoned {
        0 => String::new(),
        some => format!(", all worlds for {some} that are only reckoned with"),
    };
    let stopped = if it.whole { "" } else { " (stopped before it was done)" };
    format!(
        "{} assumptions{forms}, {} of the same worlds again for each end{most}{reckoned}: {} \
         replications{gone}{stopped}",
        it.assumptions,
        grouped(it.plan.coarse),
        grouped(it.replications),
    )
}
