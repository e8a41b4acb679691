//! Single steps of the Deployment controller against the real functions, on random states.

use coalmine::controller::kubernetes::{
    Counts, Deployment, Fenceposts, ReplicaSet, ReplicaSets, Status, Template,
};
use serde_json::{Map, Value, json};

use super::cases::{compare, none, number, portion, rolling, rows, spec};

/// The template of a row's ReplicaSet: its place, which is also the order of the names.
fn template(row: &Value, name: &str) -> Template {
    let sets = row["rs"].as_array().expect("ReplicaSets");
    let mut names: Vec<_> = sets.iter().map(|set| set["name"].as_str().expect("a name")).collect();
    names.sort_unstable();
    let place = names.iter().position(|it| *it == name).expect("one of them");
    Template(u32::try_from(place).expect("a few"))
}

fn replica_set(row: &Value, set: &Value) -> ReplicaSet {
    // Times count from the first, one before it may be -1.
    let created = set["created"].as_i64().expect("a number") + 1;
    let name = set["name"].as_str().expect("a name");
    let replicas = number(&set["spec"]);
    let status = Counts { replicas, available: number(&set["available"]), ..Counts::default() };
    ReplicaSet {
        replicas,
        status,
        desired_annotation: Some(number(&set["ann_desired"])),
        max_annotation: Some(number(&set["ann_max"])),
        ..ReplicaSet::new(template(row, name), created.unsigned_abs())
    }
}

/// The Deployment of a row; the template of none of its ReplicaSets if none is the new one.
fn deployment(row: &Value) -> Deployment {
    let mut sets = ReplicaSets::default();
    let mut wanted = Template(u32::MAX);
    for set in row["rs"].as_array().expect("ReplicaSets") {
        let replica_set = replica_set(row, set);
        if set["new"] == true {
            wanted = replica_set.template;
        }
        sets.insert(replica_set);
    }
    let replicas = sets.iter().map(|set| set.replicas).sum();
    Deployment::stored(spec(row, wanted), sets, Status { replicas, ..Status::default() })
}

fn by_name(row: &Value, deployment: &Deployment, of: impl Fn(&ReplicaSet) -> Value) -> Value {
    let names = row["rs"].as_array().expect("ReplicaSets").iter().map(|set| set["name"].clone());
    let each = names.map(|name| {
        let name = name.as_str().expect("a name");
        let sets = deployment.replica_sets();
        let slot = sets.with_template(template(row, name)).expect("it is still there");
        (name.to_owned(), of(&sets[slot]))
    });
    Value::Object(each.collect::<Map<_, _>>())
}

fn equal(row: &Value, seen: &Value, wanted: &Value) -> Result<(), String> {
    (seen == wanted).then_some(()).ok_or_else(|| format!("{row}: {seen}"))
}

#[test]
fn conformance_of_fenceposts() {
    let name = "oracle-fenceposts.jsonl";
    none(&compare(name, &rows(name), |row| {
        let replicas = number(&row["replicas"]);
        let (surge, missing) = (portion(&row["maxSurge"]), portion(&row["maxUnavailable"]));
        let resolved = Fenceposts::resolve(surge, missing, replicas);
        let of = Fenceposts::of(rolling(row), replicas);
        let mut seen = row.clone();
        seen["surge"] = json!(resolved.surge);
        seen["unavailable"] = json!(resolved.unavailable);
        seen["MaxSurge"] = json!(of.surge);
        seen["MaxUnavailable"] = json!(of.unavailable);
        seen["MinAvailable"] = json!(of.min_available(replicas));
        equal(row, &seen, row)
    }));
}

#[test]
fn conformance_of_a_rolling_step() {
    let name = "oracle-rolling-step.jsonl";
    none(&compare(name, &rows(name), |row| {
        let (mut deployment, mut actions) = (deployment(row), Vec::new());
        let up = deployment.scale_up_new(&mut actions);
        let down = !up && deployment.scale_down_old(&mut actions);
        let sizes = by_name(row, &deployment, |set| json!(set.replicas));
        let seen = json!([sizes, up, down]);
        let scaled_down = row["scaled_down"].as_bool().unwrap_or(false);
        equal(row, &seen, &json!([row["out"], row["scaled_up"], scaled_down]))
    }));
}

#[test]
fn conformance_of_scaling_in_proportion() {
    let name = "oracle-proportional-scale.jsonl";
    none(&compare(name, &rows(name), |row| {
        let (mut deployment, mut actions) = (deployment(row), Vec::new());
        deployment.scale_in_proportion(&mut actions);
        let sizes = by_name(row, &deployment, |set| json!(set.replicas));
        let text = |number: Option<u32>| number.expect("annotated").to_string();
        let annotations = by_name(row, &deployment, |set| {
            json!([text(set.desired_annotation), text(set.max_annotation)])
        });
        equal(row, &json!([sizes, annotations]), &json!([row["out"], row["out_ann"]]))
    }));
}
