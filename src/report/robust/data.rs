//! How wrong the numbers can be, as data, and the JSON Schema of that.

use serde_json::{Map, Value, json};

use super::{Found, Words, outcome};
use crate::experiment::Measure;
use crate::experiment::robust::{Formed, Shift, Unlooked};
use crate::report::data::numbers;
use crate::report::schema::{UNITS, object};

/// The same as data.
pub(in crate::report) fn json(found: &Found, words: Words<'_>) -> Value {
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
        let mut data = measured(it.measure, it.policy, words);
        data.extend(numbers(Some(&it.value)));
        data.insert("lowest".to_owned(), json!(end(&it.low)));
        data.insert("highest".to_owned(), json!(end(&it.high)));
        data.insert("forms".to_owned(), json!(it.forms.iter().map(formed).collect::<Vec<_>>()));
        data
    });
    let influences = it.influences.iter().map(|it| {
        let mut data = shifted(&it.shift);
        data.extend(measured(it.measure, it.policy, words));
        data.extend(numbers(Some(&it.difference)));
        data
    });
    let reversals = it.reversals.iter().map(|it| {
        let mut data = shifted(&it.shift);
        data.insert("certain".to_owned(), json!(it.certain));
        data.insert("then".to_owned(), json!(outcome(&it.of, words).replace('`', "")));
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
        "forms": it.forms,
        "currency": words.currency.to_string(),
        "replications": it.replications,
        "conclusions": it.conclusions,
        "spreads": spreads.collect::<Vec<_>>(),
        "influences": influences.collect::<Vec<_>>(),
        "reversals": reversals.collect::<Vec<_>>(),
    })
}

fn measured(measure: &Measure, policy: usize, words: Words<'_>) -> Map<String, Value> {
    let names = words.names;
    let variant = if names.len() > 1 { json!(names[policy]) } else { Value::Null };
    let all = [
        ("measure", json!(measure.name)),
        ("unit", json!(measure.how.unit().word())),
        ("variant", variant),
    ];
    all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn formed(form: &Formed) -> Map<String, Value> {
    let mut data = shifted(&form.shift);
    let all =
        [("why", json!(form.why)), ("value", json!(form.value)), ("certain", json!(form.certain))];
    data.extend(all.into_iter().map(|(key, value)| (key.to_owned(), value)));
    data
}

fn shifted(shift: &Shift) -> Map<String, Value> {
    let all = [("path", &shift.path), ("from", &shift.from), ("to", &shift.to)];
    all.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
}

/// The schema of it; without `spreads` nothing was tried again, and `end` says why.
pub(in crate::report) fn schema() -> Value {
    let ends = ["complete", "stopped", "off", "nothing-assumed", "too-few-replications"];
    let counts = [
        "assumptions",
        "impossibleEnds",
        "worldsAtEachEnd",
        "worldsWhereItMatters",
        "lookedAtClosely",
        "reckoned",
        "forms",
        "replications",
        "conclusions",
    ];
    let mut properties: Map<String, Value> =
        counts.iter().map(|name| ((*name).to_owned(), json!({ "type": "integer" }))).collect();
    let list = |of: Value| json!({ "type": "array", "items": of });
    let others = [
        ("end", json!({ "enum": ends })),
        ("needed", json!({ "type": ["integer", "null"] })),
        ("currency", json!({ "type": "string", "description": "Of all money." })),
        ("spreads", list(spread())),
        ("influences", list(object(&[shift(), number()].concat()))),
        ("reversals", list(reversal())),
    ];
    properties.extend(others.into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    json!({ "type": "object", "required": ["end"], "properties": properties })
}

type Fields = Vec<(&'static str, Value)>;

fn text() -> Value {
    json!({ "type": "string" })
}

/// What is assumed otherwise.
fn shift() -> Fields {
    vec![("path", text()), ("from", text()), ("to", text())]
}

/// A measure of a policy with a number.
fn number() -> Fields {
    let bound = || json!({ "type": ["number", "null"] });
    vec![
        ("measure", text()),
        ("unit", json!({ "enum": UNITS })),
        ("variant", json!({ "type": ["string", "null"] })),
        ("value", bound()),
        ("low", bound()),
        ("high", bound()),
        ("confidence", bound()),
        ("n", json!({ "type": "integer" })),
    ]
}

fn spread() -> Value {
    let value = ("value", json!({ "type": "number", "description": "What it would be." }));
    let mut end = object(&[shift(), vec![value.clone()]].concat());
    end["type"] = json!(["object", "null"]);
    end["description"] = json!("Null when nothing moves it there certainly.");
    let certain = ("certain", json!({ "type": "boolean" }));
    let form = object(&[shift(), vec![("why", text()), value, certain]].concat());
    let ends = vec![
        ("lowest", end.clone()),
        ("highest", end),
        ("forms", json!({ "type": "array", "items": form })),
    ];
    object(&[number(), ends].concat())
}

fn reversal() -> Value {
    let then = json!({ "type": "string", "description": "What would be concluded." });
    let rest = vec![("certain", json!({ "type": "boolean" })), ("then", then)];
    object(&[shift(), rest].concat())
}
