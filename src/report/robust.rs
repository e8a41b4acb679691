//! How wrong the numbers can be: simulation error, what was assumed, and what would reverse it.

use estimate::{Estimate, Interval};
use serde_json::{Map, Value, json};

use super::data::numbers;
use super::number::{self, grouped, harmless};
use super::page::{Ink, Page};
use super::text::section;
use crate::experiment::robust::{
    Influence, Reversal, Reversed, Robustness, Shift, Spread, Subject, Unlooked,
};
use crate::experiment::{Measure, Standing};

/// What was found out about the assumptions, or why nothing was.
pub type Found = Result<Robustness, Unlooked>;

/// The title of the section.
const TITLE: &str = "HOW WRONG CAN THIS BE";

/// The section of a page; variants have names when there are several.
pub(super) fn text(page: &mut Page, found: &Found, names: &[&str]) {
    match found {
        Err(Unlooked::Off) => {}
        Err(why) => {
            section(page, TITLE, "");
            page.paragraph(Ink::Faint, &unlooked(*why), 4);
        }
        Ok(it) => {
            section(page, TITLE, "simulation error in brackets; one assumption at a time");
            let mut lines = lines(it, names);
            let made = lines.pop();
            for line in lines {
                page.paragraph(Ink::Plain, &harmless(&line.replace('`', "")), 4);
            }
            page.paragraph(Ink::Faint, &made.unwrap_or_default(), 4);
        }
    }
}

/// The same as a list for a comment.
pub(super) fn markdown(found: &Found, names: &[&str]) -> String {
    let (title, lines) = match found {
        Err(Unlooked::Off) => return String::new(),
        Err(why) => ("", vec![unlooked(*why)]),
        Ok(it) => (" (one assumption at a time)", lines(it, names)),
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
fn lines(it: &Robustness, names: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = it.spreads.iter().map(|it| spread(it, names)).collect();
    let most: Vec<_> = it.influences.iter().map(|it| influence(it, names)).collect();
    lines.push(match most.as_slice() {
        [] => "matters most: no assumption moves these certainly".to_owned(),
        most => format!("matters most: {}", most.join("; ")),
    });
    lines.extend(it.reversals.iter().map(|it| reversal(it, names)));
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

fn of(policy: usize, names: &[&str]) -> String {
    match names {
        [_] | [] => String::new(),
        names => format!(" of `{}`", names[policy]),
    }
}

fn spread(it: &Spread, names: &[&str]) -> String {
    let unit = it.measure.how.unit();
    // With as many digits as the value itself.
    let said = |value: f64| {
        let Interval { low, high } = it.value.interval;
        let less = value - it.value.value;
        let interval = Interval { low: low + less, high: high + less };
        number::value(unit, &Estimate { value, interval, ..it.value })
    };
    let ends = [("down to", &it.low), ("up to", &it.high)];
    let ends: Vec<String> = ends
        .into_iter()
        .filter_map(|(word, end)| {
            let (value, shift) = end.as_ref()?;
            Some(format!("{word} {} with {}", said(*value), short(shift)))
        })
        .collect();
    let ends = if ends.is_empty() { "not certainly moved".to_owned() } else { ends.join(", ") };
    let value = number::with_interval(unit, &it.value);
    format!("`{}`{} {value}: {ends}", it.measure.name, of(it.policy, names))
}

fn influence(it: &Influence, names: &[&str]) -> String {
    let unit = it.measure.how.unit();
    let by = number::signed(unit, &it.difference);
    let interval = number::interval(unit, &it.difference);
    let of = of(it.policy, names);
    format!("{}: `{}`{of} {by} {interval}", whole(&it.shift), it.measure.name)
}

fn reversal(it: &Reversal, names: &[&str]) -> String {
    let sure = if it.certain { "certainly" } else { "by the point estimate" };
    format!("reversed by: {}; then {}, {sure}", whole(&it.shift), outcome(&it.of, names))
}

/// What would be concluded instead.
fn outcome(of: &Reversed, names: &[&str]) -> String {
    match of {
        Reversed::Wanted { wanted, now, value } => {
            let then = if *now == Standing::Held { "violated" } else { "held" };
            let seen = number::alone(wanted.measure.how.unit(), *value);
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
            format!("`{}` is better than `{}` at `{}`", names[*then], names[*now], aim.name)
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
        "{} assumptions, {} of the same worlds again at each end{most}{reckoned}: {} replications{gone}{stopped}",
        it.assumptions,
        grouped(it.plan.coarse),
        grouped(it.replications),
    )
}

/// The same as data.
pub(super) fn json(found: &Found, names: &[&str]) -> Value {
    let it = match found {
        Ok(it) => it,
        Err(why) => {
            let (word, needed) = match why {
                Unlooked::Off => ("off", None),
                Unlooked::Nothing => ("nothing-assumed", None),
                Unlooked::TooFew(needed) => ("too-few-replications", Some(needed)),
                Unlooked::Stopped => ("stopped", None),
            };
            return json!({ "end": word, "needed": needed });
        }
    };
    let spreads = it.spreads.iter().map(|it| {
        let end = |end: &Option<(f64, Shift)>| {
            end.as_ref().map(|(value, shift)| {
                let mut data = shifted(shift);
                data.insert("value".to_owned(), json!(value));
                data
            })
        };
        let mut data = measured(it.measure, it.policy, names);
        data.extend(numbers(Some(&it.value)));
        data.insert("lowest".to_owned(), json!(end(&it.low)));
        data.insert("highest".to_owned(), json!(end(&it.high)));
        data
    });
    let influences = it.influences.iter().map(|it| {
        let mut data = shifted(&it.shift);
        data.extend(measured(it.measure, it.policy, names));
        data.extend(numbers(Some(&it.difference)));
        data
    });
    let reversals = it.reversals.iter().map(|it| {
        let mut data = shifted(&it.shift);
        data.insert("certain".to_owned(), json!(it.certain));
        data.insert("then".to_owned(), json!(outcome(&it.of, names).replace('`', "")));
        data
    });
    json!({
        "end": if it.whole { "complete" } else { "stopped" },
        "assumptions": it.assumptions,
        "impossibleEnds": it.impossible,
        "worldsAtEachEnd": it.plan.coarse,
        "worldsWhereItMatters": it.plan.fine,
        "lookedAtClosely": it.close,
        "reckoned": it.reckoned,
        "replications": it.replications,
        "conclusions": it.conclusions,
        "spreads": spreads.collect::<Vec<_>>(),
        "influences": influences.collect::<Vec<_>>(),
        "reversals": reversals.collect::<Vec<_>>(),
    })
}

fn measured(measure: &Measure, policy: usize, names: &[&str]) -> Map<String, Value> {
    let variant = if names.len() > 1 { json!(names[policy]) } else { Value::Null };
    let all = [
        ("measure", json!(measure.name)),
        ("unit", json!(measure.how.unit().word())),
        ("variant", variant),
    ];
    all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn shifted(shift: &Shift) -> Map<String, Value> {
    let all = [("path", &shift.path), ("from", &shift.from), ("to", &shift.to)];
    all.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
}
