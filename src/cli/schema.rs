//! `coalmine schema`: what files and results look like, for editors and other tools.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::console::Console;
use super::exit::{Exit, Failure};
use crate::document::{Decode, Shape, schema};
use crate::experiment::MEASURES;
use crate::report::{comparison_schema, result_schema};
use crate::scenario::{ClaimFileDoc, CompareDoc, ScenarioDoc};

/// Flags of `coalmine schema`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Of what
    #[arg(value_enum, default_value_t = Of::Scenario)]
    of: Of,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Scenario files
    Scenario,
    /// What `run -o json` writes
    Result,
    /// What `compare -o json` writes
    Comparison,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let schema = match args.of {
        Of::Scenario => scenario(),
        Of::Result => result_schema(),
        Of::Comparison => comparison_schema(),
    };
    console.print(format!("{schema:#}\n").as_bytes())?;
    Ok(Exit::Good)
}

/// The schema of scenario files: the document, and what is wanted of it.
fn scenario() -> Value {
    let id = "https://coalmine.dev/schema/scenario-v1.json";
    let mut schema = schema::schema(id, "A scenario of coalmine", ScenarioDoc::shape());
    let bound = |name: &str, definition: &str| {
        let property = json!({
            "description": definition,
            "type": "string",
            "pattern": "^\\s*(<=|>=)\\s*\\S+\\s*$",
        });
        (name.to_owned(), property)
    };
    let measures = MEASURES.iter().map(|measure| bound(measure.name, measure.definition));
    let properties: serde_json::Map<String, Value> = measures.collect();
    let expect = json!({
        "description": "What is wanted of the measures, such as `false-rollback: <= 1%`.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    schema["$defs"]["ScenarioDoc"]["properties"]["expect"] = expect;
    let base = json!({
        "description": "A scenario file that this one is laid over.",
        "type": "string",
    });
    schema["$defs"]["ScenarioDoc"]["properties"]["base"] = base;
    also(&mut schema, "Compare", CompareDoc::shape(), "Several variants in the same worlds.");
    also(&mut schema, "Claim", ClaimFileDoc::shape(), "A statement, tried in several cases.");
    // What several variants have in common need not be whole.
    schema["$defs"]["ScenarioDoc"]["required"] = json!([]);
    schema
}

/// What another kind of document says beside a scenario.
fn also(schema: &mut Value, kind: &str, shape: Shape, doc: &str) {
    let mut other = schema::schema("", "", shape);
    let Value::Object(defs) = other["$defs"].take() else { return };
    for (name, mut def) in defs {
        let is_root = other["$ref"] == json!(format!("#/$defs/{name}"));
        if is_root {
            let Value::Object(properties) = def["properties"].take() else { continue };
            for (key, property) in properties {
                schema["$defs"]["ScenarioDoc"]["properties"][key] = property;
            }
        } else if schema["$defs"].get(&name).is_none() {
            schema["$defs"][name] = def;
        }
    }
    if let Value::Array(kinds) = &mut schema["$defs"]["KindDoc"]["oneOf"] {
        kinds.push(json!({ "const": kind, "description": doc }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_scenarios_knows_what_can_be_expected() {
        let schema = scenario();
        let properties = &schema["$defs"]["ScenarioDoc"]["properties"];
        assert!(properties["strategy"].is_object());
        assert!(properties["expect"]["properties"]["false-rollback"].is_object());
        assert!(properties["variants"].is_object() && properties["claim"].is_object());
        assert_eq!(schema["$defs"]["KindDoc"]["oneOf"].as_array().map(Vec::len), Some(3));
        assert!(schema["$defs"]["ClaimDoc"]["properties"]["verdict"].is_object());
    }
}
