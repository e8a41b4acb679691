//! What `coalmine.yaml` says of a metric that nothing here measures: what it measures, and, beside
//! that, in which form, and how it is judged.
//!
//! ```yaml
//! metrics:
//!   errors: { error-rate: {} }
//!   smoke: { measure: { success-rate: {} }, successCondition: result >= 0.95 }
//! ```
//!
//! Conditions that are said there replace those of the file.

use expr::Shape;

use super::{CONDITIONS, Entries, Metric};
use crate::document::{Node, Problem, UNKNOWN_FIELD, closest, quoted};
use crate::import::draft::Draft;
use crate::import::typed::field;
use crate::import::{build, code, mapping};

/// What may stand beside `measure`.
const FIELDS: [&str; 5] = ["window", "whole", "result", "successCondition", "failureCondition"];

/// What a mapping measures.
pub(super) fn measure(mapped: &Node) -> &Node {
    mapped.get("measure").unwrap_or(mapped)
}

/// Fields of a metric that its mapping says, and what its value is in the conditions: a list where
/// they ask for one, else a number, as most providers give it.
pub(super) fn beside(metric: &Metric<'_>, name: &str, draft: &mut Draft<'_>) -> Option<Entries> {
    let Some(mapped) = draft.options.metric(name) else { return Some(Entries::new()) };
    let mut entries = Entries::new();
    let said = mapped.get("measure").and_then(|_| mapped.as_map());
    for entry in said.map_or(&[][..], |map| map.entries()) {
        let key = entry.key.text.as_str();
        match FIELDS.into_iter().find(|field| *field == key) {
            Some(field) => entries.push((field, entry.node.clone())),
            None if key == "measure" => {}
            None => {
                let title = format!("a mapped metric has no field {}", quoted(key));
                let problem = Problem::error(UNKNOWN_FIELD, title);
                let problem = problem.at(entry.key.place, "not understood");
                let near = closest(key, FIELDS).map(|it| format!("did you mean `{it}`? "));
                let near = near.unwrap_or_default();
                draft
                    .problem(problem.help(format!("{near}fields: measure, {}", FIELDS.join(", "))));
                return None;
            }
        }
    }
    if entries.iter().all(|(key, _)| *key != "result") && is_number(metric, name, &entries, draft)?
    {
        entries.push(("result", build::text("scalar", mapped.place)));
    }
    Some(entries)
}

/// Whether the conditions want a number; nothing where they want neither a number nor a list.
fn is_number(
    metric: &Metric<'_>,
    name: &str,
    said: &Entries,
    draft: &mut Draft<'_>,
) -> Option<bool> {
    let mut conditions = Vec::new();
    let is_said = said.iter().any(|(key, _)| CONDITIONS.contains(key));
    for key in CONDITIONS {
        let ours = said.iter().find(|(field, _)| *field == key).map(|(_, node)| node);
        let theirs = || field(metric.node, key).filter(|_| !is_said);
        let Some(node) = ours.or_else(theirs) else { continue };
        let text = if is_said { node.as_text()?.to_owned() } else { metric.filled(node, draft)? };
        // What is no condition at all is said where the scenario is read.
        conditions.extend(expr::Condition::parse(&text).ok().map(|code| (code, node)));
    }
    let fits = |shape: Shape| conditions.iter().all(|(code, _)| code.check(shape).is_ok());
    if fits(Shape::Float) || !fits(Shape::Floats) {
        let wrong = conditions.iter().find(|(code, _)| code.check(Shape::Float).is_err());
        let Some((_, node)) = wrong else { return Some(true) };
        let title = format!("the condition of metric {} is about no number", quoted(name));
        let problem = Problem::error(code::UNMEASURED, title);
        let problem = problem.at(node.place, "what `coalmine.yaml` maps it to is a number");
        let help = "{ measure: { success-rate: {} }, successCondition: result >= 0.95 }";
        draft.problem(problem.help(mapping(name, help)));
        return None;
    }
    Some(false)
}
