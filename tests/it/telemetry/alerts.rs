//! Alerts of rule files, unchanged, as gates and as what pages people.

use std::path::PathBuf;

use coalmine::document::{Problems, SourceKind, Sources, yaml};
use coalmine::scenario::Scenario;
use coalmine::simulation::{By, Ending, Engine, Happening, Timeline, Unrecorded};
use coalmine::telemetry::{alerts, rules};

use super::SEED;

/// A scenario whose release fails often and is slow, judged by one alert of a rule file.
fn judged(rules: &str, alert: &str, release: &str) -> Result<Scenario, String> {
    let indented: String = rules
        .lines()
        .filter(|line| !line.starts_with("---"))
        .flat_map(|line| ["  ", line, "\n"])
        .collect();
    Scenario::read(&format!(
        "time: {{ watch: 0s, bake: 20m }}
telemetry: {{ service: myservice }}
people: none
traffic: {{ rate: 200/s }}
baseline: {{ utilisation: 5% }}
release: {release}
strategy: {{ canary: {{ steps: [{{ setWeight: 50% }}, {{ pause: 20m }}] }} }}
gates: {{ alert: {{ alert: '{alert}' }} }}
rules:
{indented}"
    ))
}

/// Releases that nobody should miss: one fails, one is slow, the pods of one are killed.
const BROKEN: [&str; 3] = [
    "{ faults: [{ error-spike: { add: 60% } }] }",
    "{ faults: [{ latency-regression: { factor: 80x, share: 10% } }] }",
    "{ faults: [{ memory-leak: { rate: 6Gi/h } }] }",
];

/// Alerts about what a release can cause, by a part of their names.
const ABOUT: [&str; 7] =
    ["5xx", "Errors", "ErrorRate", "Latency", "latency", "ErrorBudget", "OomKiller"];

/// Alerts about errors that never fire, whatever happens: their two sides have different labels, so
/// no series of one finds one of the other.
const NEVER: [&str; 1] = ["EnvoyHighClusterUpstream5xxErrorRate"];

/// Whether a rule file is valid, by its name.
fn expected(folder: &std::path::Path) -> Vec<(String, bool)> {
    let text = std::fs::read_to_string(folder.join("INDEX.json")).expect("the index is there");
    let json: serde_json::Value = serde_json::from_str(&text).expect("the index is JSON");
    let files = json.as_array().or(json["files"].as_array()).expect("a list of files");
    let pair = |file: &serde_json::Value| {
        let name = file["file"].as_str()?;
        let valid = file["expect"].as_str()?.starts_with("valid");
        name.starts_with("prometheus/").then(|| (name.to_owned(), valid))
    };
    files.iter().filter_map(pair).collect()
}

#[test]
fn conformance_of_rule_files() {
    let Some(folder) = std::env::var_os("COALMINE_CONFORMANCE") else {
        println!("skipped: COALMINE_CONFORMANCE is not set");
        return;
    };
    let folder = PathBuf::from(folder).join("corpus");
    let files = expected(&folder);
    let (mut agree, mut run, mut fired) = (0, 0, 0);
    for (file, valid) in &files {
        let text = std::fs::read_to_string(folder.join(file)).expect("the file is there");
        let (mut sources, mut problems) = (Sources::default(), Problems::default());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, file, text.as_bytes(), &mut problems);
        let groups = tree.and_then(|tree| rules::read(&tree, &mut problems));
        assert_eq!(groups.is_some(), *valid, "{file}");
        agree += 1;
        let Some(groups) = groups else { continue };
        for alert in alerts(&groups) {
            let scenarios = match BROKEN
                .into_iter()
                .map(|release| judged(&text, alert, release))
                .collect::<Result<Vec<_>, _>>()
            {
                Ok(scenarios) => scenarios,
                Err(problem) => {
                    assert!(problem.contains("E0141"), "{file}: {alert}: {problem}");
                    let why = problem.lines().next().unwrap_or_default();
                    println!("  {alert}: {}", why.trim_start_matches("error[E0141]: "));
                    continue;
                }
            };
            let fires = [0, 1, 2].map(|release| {
                let mut engine = Engine::new(&scenarios[release], Unrecorded);
                let mut fires = || engine.simulate(SEED, 0).ending == Ending::RolledBack;
                let (once, again) = (fires(), fires());
                assert_eq!(once, again, "{alert} says the same once more");
                once
            });
            let back = fires.contains(&true);
            (run, fired) = (run + 1, fired + u32::from(back));
            println!("  {alert}: {}", if back { "fires" } else { "does not fire" });
            let is_about = ABOUT.iter().any(|part| alert.contains(part)) && !alert.contains("4xx");
            let never = NEVER.contains(&alert);
            assert!(!(back && never), "{alert} fires after all");
            assert!(
                back || never || !is_about,
                "{file}: {alert} misses a release that nobody should"
            );
        }
    }
    println!("corpus/prometheus: {agree} of {} agree (0 unsupported)", files.len());
    println!("{run} alerts are evaluated, {fired} of them fire for a broken release");
    assert!(run >= 27 && fired >= 13);
}

const RULES: &str = "groups:
- name: symptoms
  interval: 30s
  rules:
  - record: service:errors:ratio2m
    expr: sum(rate(errors_total[2m])) / sum(rate(requests_total[2m]))
  - alert: HighErrors
    expr: service:errors:ratio2m > 0.2
    for: 2m
    keep_firing_for: 3m
";

#[test]
fn an_alert_waits_for_its_time_and_not_for_another_reason() {
    let release = "{ faults: [{ error-spike: { add: 90% } }] }";
    let scenario = judged(RULES, "HighErrors", release).expect("a scenario");
    let mut engine = Engine::new(&scenario, Timeline::default());
    let measures = engine.simulate(SEED, 0);
    assert_eq!(measures.ending, Ending::RolledBack);
    let exposed = measures.exposed_at;
    let ordered = measures.ordered_at.expect("an order") - exposed;
    // Half of the traffic fails at 90 %: after a minute or so the ratio is above, two minutes later
    // the alert fires, at an evaluation of its group.
    let waited = ordered.as_secs_f64();
    assert!((150.0..240.0).contains(&waited), "{waited}");
    let fine = judged(RULES, "HighErrors", "{}").expect("a scenario");
    let mut engine = Engine::new(&fine, Unrecorded);
    assert!((0..20).all(|world| engine.simulate(SEED, world).ending == Ending::Promoted));
}

#[test]
fn an_alert_of_the_rules_pages_people_who_act() {
    let text = format!(
        "time: {{ watch: 2h, bake: 20m }}
telemetry: {{ service: myservice }}
traffic: {{ rate: 200/s }}
release: {{ faults: [{{ error-spike: {{ add: 90% }} }}] }}
people: {{ page: {{ rule: HighErrors }} }}
strategy: {{ canary: {{ steps: [{{ setWeight: 50% }}, {{ pause: 90m }}] }} }}
rules:
{}",
        RULES.lines().flat_map(|line| ["  ", line, "\n"]).collect::<String>()
    );
    let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut engine = Engine::new(&scenario, Timeline::default());
    let mut back = 0;
    for world in 0..10 {
        engine.record.entries.clear();
        let measures = engine.simulate(SEED, world);
        let happened = |what: &Happening| engine.record.entries.iter().any(|(_, it)| it == what);
        assert!(happened(&Happening::AlertFires), "world {world}");
        let by_person = happened(&Happening::RollbackOrdered { by: By::Person });
        back += u32::from(by_person && measures.ending == Ending::RolledBack);
        assert!(!by_person || happened(&Happening::AlertOver), "world {world}");
    }
    assert!(back >= 5, "{back} of ten");
}
