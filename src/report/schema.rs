//! The JSON Schema of results.

use serde_json::{Value, json};

use super::data::{COMPARISON_SCHEMA, RESULT_SCHEMA};
use crate::cost::Line;
use crate::experiment::{Comparative, MEASURES, Standing, Verdict};

/// The schema of what `-o json` writes.
pub fn result_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://coalmine.dev/schema/result-v1.json",
        "title": "Results of coalmine",
        "type": "object",
        "required": ["schema", "results"],
        "properties": {
            "schema": { "const": RESULT_SCHEMA },
            "results": { "type": "array", "items": { "$ref": "#/$defs/result" } },
            "ledger": ledger(),
        },
        "$defs": {
            "result": result(),
            "provenance": provenance(),
            "measure": measure(),
            "kind": kind(),
            "endings": endings(),
        },
    })
}

/// The schema of what `coalmine compare -o json` writes.
pub fn comparison_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://coalmine.dev/schema/comparison-v1.json",
        "title": "Comparisons of coalmine",
        "type": "object",
        "required": ["schema", "comparisons"],
        "properties": {
            "schema": { "const": COMPARISON_SCHEMA },
            "comparisons": { "type": "array", "items": { "$ref": "#/$defs/comparison" } },
        },
        "$defs": {
            "comparison": comparison(),
            "variant": variant(),
            "difference": difference(),
            "provenance": provenance(),
            "measure": measure(),
            "kind": kind(),
            "endings": endings(),
        },
    })
}

fn comparison() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let turn = object(&[
        ("line", json!({ "enum": Line::ALL.map(Line::key) })),
        ("price", json!({ "type": "number" })),
        ("cheapest", json!({ "type": "string" })),
        ("other", json!({ "type": "string" })),
        ("otherIsCheaper", json!({ "enum": ["above", "below"] })),
    ]);
    object(&[
        ("name", json!({ "type": "string" })),
        ("description", json!({ "type": ["string", "null"] })),
        ("provenance", json!({ "$ref": "#/$defs/provenance" })),
        ("trust", trust()),
        ("robustness", super::robust::schema()),
        ("baseline", json!({ "type": "string" })),
        ("aims", texts.clone()),
        ("variants", json!({ "type": "array", "items": { "$ref": "#/$defs/variant" } })),
        ("breakEven", json!({ "type": "array", "items": turn })),
        ("sentence", json!({ "type": "string" })),
        ("cautions", texts.clone()),
        ("next", texts.clone()),
        ("notes", texts.clone()),
        ("losses", texts),
    ])
}

fn variant() -> Value {
    let list = |of: &str| json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } });
    object(&[
        ("name", json!({ "type": "string" })),
        ("plan", json!({ "type": "string" })),
        ("measures", list("measure")),
        ("differences", list("difference")),
        ("kinds", list("kind")),
        ("dominatedBy", json!({ "type": ["string", "null"] })),
        ("cost", cost()),
        ("expectations", json!({ "type": "array", "items": expectation() })),
    ])
}

/// A variant less the baseline.
fn difference() -> Value {
    let number = |text: &str| json!({ "type": ["number", "null"], "description": text });
    let verdicts = [
        Comparative::Better,
        Comparative::Worse,
        Comparative::Unclear,
        Comparative::Different,
        Comparative::Unknown,
    ];
    object(&[
        ("name", json!({ "type": "string" })),
        ("unit", json!({ "type": "string" })),
        ("verdict", json!({ "enum": verdicts.map(Comparative::word) })),
        ("gain", number("How many times more worlds it would take without common ones.")),
        ("value", number("Null where one of the two has no number.")),
        ("low", number("Lower end of the paired interval.")),
        ("high", number("Upper end of the paired interval.")),
        ("confidence", number("Coverage of the interval.")),
        ("n", json!({ "type": "integer" })),
    ])
}

fn result() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let list = |of: &str| json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } });
    json!({
        "type": "object",
        "required": [
            "name", "plan", "provenance", "conclusion", "expectations", "endings", "measures",
            "kinds", "stoppedBy", "assumptions", "losses", "notModelled",
        ],
        "properties": {
            "name": { "type": "string" },
            "description": { "type": ["string", "null"] },
            "plan": { "type": "string", "description": "The strategy and its gates in words." },
            "provenance": { "$ref": "#/$defs/provenance" },
            "trust": trust(),
            "robustness": super::robust::schema(),
            "conclusion": object(&[
                ("sentence", json!({ "type": "string" })),
                ("example", json!({ "type": ["integer", "null"] })),
            ]),
            "lint": { "type": ["string", "null"] },
            "next": texts,
            "expectations": { "type": "array", "items": expectation() },
            "endings": { "$ref": "#/$defs/endings" },
            "measures": list("measure"),
            "kinds": list("kind"),
            "stoppedBy": { "type": "array", "items": object(&[
                ("who", json!({ "type": "string" })),
                ("gate", json!({ "type": ["string", "null"] })),
                ("endings", json!({ "$ref": "#/$defs/endings" })),
            ]) },
            "cost": cost(),
            "assumptions": { "type": "array", "items": texts_of(&["path", "value", "why"]) },
            "notes": texts,
            "losses": texts,
            "leftOutOfTheDefaultReleases": { "type": ["string", "null"] },
            "notModelled": { "type": "array", "items": texts_of(&["what", "why"]) },
        },
    })
}

/// The claims that were tried, and those that were not.
fn ledger() -> Value {
    let text = || json!({ "type": "string" });
    let verdict = || json!({ "enum": Verdict::ALL.map(Verdict::word) });
    let mut bound = expectation();
    bound["properties"]["seen"] = json!({ "$ref": "#/$defs/measure" });
    let case = object(&[
        ("name", text()),
        ("plan", text()),
        ("standing", json!({ "enum": STANDINGS.map(Standing::word) })),
        ("expectations", json!({ "type": "array", "items": bound })),
    ]);
    let claim = object(&[
        ("name", text()),
        ("text", text()),
        ("section", text()),
        ("verdict", verdict()),
        ("recorded", verdict()),
        ("because", text()),
        ("cases", json!({ "type": "array", "items": case })),
        ("provenance", json!({ "$ref": "#/$defs/provenance" })),
    ]);
    let untried = texts_of(&["name", "text", "section", "because"]);
    object(&[
        ("claims", json!({ "type": "array", "items": claim })),
        ("untried", json!({ "type": "array", "items": untried })),
        ("count", text()),
    ])
}

/// The mean of each line of the ledger and what it costs.
fn cost() -> Value {
    let line = object(&[
        ("line", json!({ "enum": Line::ALL.map(Line::key) })),
        ("amount", json!({ "type": "number", "description": "Hours, requests or users." })),
        ("cost", json!({ "type": "number" })),
    ]);
    object(&[
        ("currency", json!({ "type": "string" })),
        ("lines", json!({ "type": "array", "items": line })),
    ])
}

pub(super) fn object(fields: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    let properties: serde_json::Map<String, Value> = properties.collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn texts_of(names: &[&str]) -> Value {
    let fields: Vec<_> = names.iter().map(|name| (*name, json!({ "type": "string" }))).collect();
    object(&fields)
}

/// How a measure may stand to a bound.
const STANDINGS: [Standing; 3] = [Standing::Held, Standing::Violated, Standing::Undecided];

fn expectation() -> Value {
    let standings = STANDINGS.map(Standing::word);
    object(&[
        ("measure", json!({ "type": "string" })),
        ("comparison", json!({ "enum": ["<=", ">="] })),
        ("bound", json!({ "type": "number", "description": "In the unit of the measure." })),
        ("text", json!({ "type": "string" })),
        ("standing", json!({ "enum": standings })),
    ])
}

fn provenance() -> Value {
    object(&[
        ("files", json!({ "type": "array", "items": { "type": "string" } })),
        ("engine", texts_of(&["version", "fingerprint"])),
        ("scenario", json!({ "type": "string", "description": "Digest of what holds." })),
        ("seed", json!({ "type": "integer" })),
        ("replications", json!({ "type": "integer" })),
        ("asked", json!({ "type": ["integer", "null"] })),
        (
            "end",
            json!({
                "enum": ["complete", "known", "not-known", "time-limit", "interrupted"],
            }),
        ),
    ])
}

/// What the numbers rest on.
fn trust() -> Value {
    object(&[
        ("level", json!({ "enum": ["L0"] })),
        ("basis", json!({ "enum": ["assumed", "stated"] })),
        ("stated", json!({ "type": "array", "items": { "type": "string" } })),
    ])
}

/// What measures are counted in.
pub(super) const UNITS: [&str; 7] =
    ["share", "seconds", "requests", "users", "pod-hours", "count", "money"];

/// How worlds become one number.
const KINDS: [&str; 7] = ["rate", "mean", "quantile", "worst", "saved", "per-reading", "per-week"];

fn measure() -> Value {
    let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
    let number = |text: &str| json!({ "type": ["number", "null"], "description": text });
    object(&[
        ("name", json!({ "enum": names })),
        ("definition", json!({ "type": "string" })),
        ("unit", json!({ "enum": UNITS })),
        ("worlds", json!({ "type": "string" })),
        ("kind", json!({ "enum": KINDS })),
        ("quantile", number("Which quantile, 0 to 1.")),
        ("value", number("Null without worlds, or beyond the time that was watched.")),
        ("low", number("Lower end of the interval; null when the sample cannot bound it.")),
        ("high", number("Upper end of the interval; null when the sample cannot bound it.")),
        ("confidence", number("Coverage of the interval, as achieved where that is known.")),
        ("n", json!({ "type": "integer", "description": "Worlds that it rests on." })),
        ("events", json!({ "type": ["integer", "null"], "description": "For a rate." })),
        (
            "beyond",
            json!({
                "type": "integer",
                "description": "Worlds in which it is more than the watched time can show.",
            }),
        ),
    ])
}

fn kind() -> Value {
    let size = json!({ "type": ["number", "null"] });
    let measures = json!({ "type": "array", "items": { "$ref": "#/$defs/measure" } });
    let bin = object(&[
        ("from", size.clone()),
        ("to", size),
        ("text", json!({ "type": "string" })),
        ("worlds", json!({ "type": "integer" })),
        ("measures", measures.clone()),
    ]);
    let mut curve = object(&[
        ("fault", json!({ "type": "string" })),
        ("field", json!({ "type": "string", "description": "What says its size." })),
        ("unit", json!({ "enum": super::kinds::UNITS })),
        ("bins", json!({ "type": "array", "items": bin })),
    ]);
    curve["type"] = json!(["object", "null"]);
    curve["description"] = json!("By quarters of the law of its size; null when it is fixed.");
    object(&[
        ("name", json!({ "type": "string" })),
        ("share", json!({ "type": "number", "description": "Of all releases." })),
        ("worlds", json!({ "type": "integer" })),
        ("endings", json!({ "$ref": "#/$defs/endings" })),
        ("measures", measures),
        ("severity", curve),
    ])
}

fn endings() -> Value {
    let count = || json!({ "type": "integer" });
    let endings = ["promoted", "rolledBack", "held", "stuck"].map(|name| (name, count()));
    let row = object(&endings);
    object(&[("good", row.clone()), ("negligible", row.clone()), ("bad", row)])
}
