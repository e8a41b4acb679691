//! Recorded endpoints of rollouts: what an `EndpointSlice` said of every pod.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::endpoint::{Endpoint, Life};
use serde_json::Value;

use super::{Tally, rows};

/// Updates later than this were slow.
const LATE: Span = Span::from_millis(50);
/// The most of them that may be.
const SLOW: f64 = 0.05;

type States = Vec<(Instant, Option<Endpoint>)>;

fn seconds(value: &Value) -> Span {
    Span::from_secs_f64(value.as_f64().unwrap_or_else(|| panic!("{value} is not a time")))
}

/// What was recorded of the endpoints, and the pods that they are of: created, ready and deleted
/// when it was recorded, the rest from the inputs.
fn recorded(row: &Value) -> BTreeMap<(String, u64), (Life, States)> {
    let inputs = &row["inputs"];
    let mut pods = BTreeMap::new();
    for event in row["events"].as_array().expect("events") {
        let kind = event["k"].as_str().expect("a kind");
        if kind != "pod" && kind != "ep" {
            continue;
        }
        let version = event["v"].as_str().expect("a version");
        let own = |key: &str| inputs["versions"][version].get(key).or(inputs.get(key));
        let name = (version.to_owned(), event["i"].as_u64().expect("an ordinal"));
        let never = Instant::NEVER;
        // What was there before is ready from the start.
        let before = Life {
            address: Instant::ZERO,
            turns: vec![Instant::ZERO],
            deleted: never,
            gone: never,
        };
        let (life, states) = pods.entry(name).or_insert((before, States::new()));
        let at = Instant::ZERO + seconds(&event["t"]);
        if kind == "ep" {
            let is = |key: &str| event[key] == true;
            let (ready, serving, terminating) = (is("ready"), is("serving"), is("terminating"));
            states.push((at, (!is("gone")).then_some(Endpoint { ready, serving, terminating })));
            continue;
        }
        match event["ev"].as_str().expect("what happened") {
            "created" => {
                life.address = at + seconds(own("run").expect("`run`"));
                life.turns.clear();
            }
            "deleting" => {
                life.deleted = at;
                life.gone = at + seconds(own("term").expect("`term`"));
                let unready = own("term_unready").filter(|it| !it.is_null());
                if let Some(unready) = unready.filter(|_| event["was_ready"] == true) {
                    life.turns.push(at + seconds(unready));
                }
            }
            // What turns unready because it stops is a consequence, and calculated.
            "unready" if event["why"] == "terminating" => {}
            "ready" | "unready" => life.turns.push(at),
            "gone" => {}
            other => panic!("`{other}` happens to no pod"),
        }
    }
    pods
}

/// The states in their order; how many updates there were, and how many were slow.
fn compared(row: &Value, updates: &mut [usize; 2]) -> Result<(), String> {
    let end = Instant::ZERO + seconds(&row["duration"]);
    for ((version, ordinal), (life, states)) in recorded(row) {
        let mut expected = life.endpoints(false);
        // Changes at the start and after the end were not recorded.
        expected.retain(|(at, _)| Instant::ZERO < *at && *at + LATE < end);
        let order = |states: &States| states.iter().map(|(_, it)| *it).collect::<Vec<_>>();
        let seen = order(&expected);
        if order(&states) != seen {
            return Err(format!("pod {ordinal} of {version}: {seen:?}, recorded {states:?}"));
        }
        updates[0] += expected.len();
        let slow = |((at, _), (seen, _)): &(&(Instant, _), &(Instant, _))| {
            (*at - *seen).max(*seen - *at) > LATE
        };
        updates[1] += expected.iter().zip(&states).filter(slow).count();
    }
    Ok(())
}

#[test]
fn conformance_of_endpoints_with_recorded_rollouts() {
    let file = "k8s/live-endpointslices.jsonl";
    let Some(rows) = rows(file) else { return };
    let mut tally = Tally::default();
    let mut updates = [0; 2];
    for row in &rows {
        let name = row["name"].as_str().expect("a name");
        tally.case(name, compared(row, &mut updates));
    }
    tally.report(file);
    let [all, slow] = updates;
    println!("{file}: {slow} of {all} updates were more than 50 ms off");
    assert!(slow as f64 <= SLOW * all as f64, "{slow} of {all} updates were slow");
}
