//! The schema says what the decoder accepts.

use super::super::Decode;
use super::super::tests::ServiceDoc;
use super::*;

fn service() -> Value {
    schema("https://example.org/service.json", "A service", ServiceDoc::shape())
}

#[test]
fn a_record_lists_its_fields_and_nothing_else() {
    let schema = service();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$ref"], "#/$defs/ServiceDoc");
    let fleet = &schema["$defs"]["FleetDoc"];
    assert_eq!(fleet["additionalProperties"], false);
    assert_eq!(fleet["description"], "Pods of the service and what they can carry.");
    let replicas = &fleet["properties"]["replicas"];
    assert_eq!(replicas["default"], 10);
    assert_eq!(
        (&replicas["anyOf"][0]["minimum"], &replicas["anyOf"][0]["maximum"]),
        (&json!(1), &json!(100_000))
    );
    let description = "Number of pods of the running version.\n\n\
        The default is assumed: a small service; the truth may be 5 to 20.";
    assert_eq!(replicas["description"], description);
    assert_eq!(replicas["anyOf"][0]["type"], json!(["integer", "string"]));
    assert_eq!(schema["$defs"]["ServiceDoc"]["required"], json!(["strategy"]));
    assert_eq!(schema["$defs"]["ServiceDocPatch"]["required"], Value::Null);
}

#[test]
fn a_sum_is_one_of_its_members_and_bare_words() {
    let schema = service();
    let members = schema["$defs"]["StrategyDoc"]["oneOf"].as_array().expect("a list");
    let words: Vec<_> = members.iter().filter_map(|member| member["const"].as_str()).collect();
    assert_eq!(words, ["canary", "allAtOnce", "not-at-all"]);
    assert_eq!(members[0]["properties"]["canary"]["$ref"], "#/$defs/CanaryDoc");
    assert_eq!(members[0]["required"], json!(["canary"]));
}

#[test]
fn generic_records_are_defined_once_per_quantity() {
    let schema = service();
    let names: Vec<_> = schema["$defs"].as_object().expect("a map").keys().cloned().collect();
    assert!(names.contains(&"Lognormal-duration".to_owned()), "{names:?}");
    assert!(names.contains(&"Lognormal-rate".to_owned()), "{names:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let schema = service();
    let text = schema.to_string();
    for part in text.split("\"#/$defs/").skip(1) {
        let name = part.split('"').next().expect("a name");
        assert!(schema["$defs"].get(name).is_some_and(Value::is_object), "{name}");
    }
}
