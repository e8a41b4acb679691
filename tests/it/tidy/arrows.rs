//! Who may say whose name.

use super::nothing;
use super::source::{File, rust, words};

/// The modules of `src` in reading order, and those whose names each may say. A module that is not
/// here does not exist.
const ARROWS: [(&str, &[&str]); 20] = [
    (ANYWHERE, &[]),
    ("units", &[]),
    ("document", &["units"]),
    ("traffic", &["units", "document"]),
    ("fleet", &["units", "document", "traffic"]),
    ("baseline", &["units", "document", "traffic", "fleet"]),
    ("fault", &["units", "document", "traffic", "fleet", "baseline"]),
    ("gate", &["units", "document"]),
    ("telemetry", &["units", "document"]),
    ("controller", &["units", "document", "fleet", "gate"]),
    ("strategy", &["units", "document", "traffic", "fleet", "gate", "telemetry", "controller"]),
    ("people", &["units", "document"]),
    ("cost", &["units", "document"]),
    (
        "scenario",
        &[
            "units",
            "document",
            "traffic",
            "fleet",
            "baseline",
            "fault",
            "gate",
            "telemetry",
            "controller",
            "strategy",
            "people",
            "cost",
        ],
    ),
    ("import", &["units", "document", "telemetry", "controller", "strategy", "scenario"]),
    ("lint", &["units", "document", "telemetry", "controller", "import"]),
    (
        "simulation",
        &[
            "units",
            "traffic",
            "fleet",
            "baseline",
            "fault",
            "gate",
            "telemetry",
            "controller",
            "strategy",
            "people",
            "cost",
            "scenario",
        ],
    ),
    ("experiment", &["units", "document", "gate", "strategy", "cost", "scenario", "simulation"]),
    (
        "report",
        &[
            "units",
            "document",
            "fault",
            "gate",
            "telemetry",
            "controller",
            "strategy",
            "people",
            "cost",
            "scenario",
            "simulation",
            "experiment",
        ],
    ),
    (
        "cli",
        &[
            "units",
            "document",
            "gate",
            "telemetry",
            "scenario",
            "import",
            "lint",
            "simulation",
            "experiment",
            "report",
        ],
    ),
];

/// Whose name everybody may say: bugs that tests plant are where they would be made.
const ANYWHERE: &str = "planted";

/// Words that a module must not say at all, so that comparisons stay honest.
const ABSENCES: [(&str, &[&str]); 3] = [
    ("src/strategy", &["fault", "faults", "spike", "regression"]),
    ("src/gate", &["fault", "faults", "canary", "strategy", "fleet", "pods", "world"]),
    ("src/fault", &["strategy", "strategies", "canary", "rollout", "gate", "gates"]),
];

/// Words of deployments, which the machinery does not know.
const DEPLOYMENTS: [&str; 14] = [
    "canary",
    "canaries",
    "rollout",
    "rollouts",
    "rollback",
    "pod",
    "pods",
    "fleet",
    "deployment",
    "deployments",
    "replica",
    "replicas",
    "kubernetes",
    "argo",
];

#[test]
fn arrows_point_one_way() {
    let mut complaints = Vec::new();
    for file in rust() {
        let Some(module) = file.module() else { continue };
        let row = ARROWS.iter().find(|(name, _)| *name == module);
        let allowed = row.map_or(&[][..], |(_, allowed)| *allowed);
        for said in named_modules(&file.code()) {
            if said != module && said != ANYWHERE && !allowed.contains(&said.as_str()) {
                complaints.push(format!("{}: {module} must not say crate::{said}", file.path));
            }
        }
    }
    nothing(complaints);
}

#[test]
fn the_table_of_arrows_has_no_circle_and_no_gap() {
    let names: Vec<_> = ARROWS.iter().map(|(name, _)| *name).collect();
    for (index, (name, allowed)) in ARROWS.iter().enumerate() {
        let is_before = |other: &&str| names[..index].contains(other);
        assert!(allowed.iter().all(is_before), "{name} may say only what stands before it");
    }
    let files = rust();
    let lib = files.iter().find(|file| file.path == "src/lib.rs").expect("a library").code();
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(modules.collect::<Vec<_>>(), names, "src/lib.rs has the modules in reading order");
}

#[test]
fn no_module_climbs_over_its_own_roof() {
    let climbs = |file: &File| {
        let depth = file.path.split('/').count() - 1 - usize::from(file.stem() == "mod");
        let code = file.code();
        // What is tested inside of a file is one module deeper.
        let (own, tests) = code.split_once("mod tests {").unwrap_or((&code, ""));
        [(own, depth), (tests, depth + 1)]
            .iter()
            .any(|(code, depth)| code.contains(&"super::".repeat(*depth)))
    };
    let files = rust().into_iter().filter(|file| file.module().is_some() && climbs(file));
    nothing(files.map(|file| format!("{}: say crate:: instead of so many super::", file.path)));
}

#[test]
fn a_strategy_names_no_fault_a_gate_sees_telemetry_a_fault_names_no_strategy() {
    nothing(ABSENCES.iter().flat_map(|(folder, banned)| said_in(folder, banned)));
}

#[test]
fn the_machinery_knows_nothing_of_deployments() {
    nothing(
        ["clockwork", "chance", "estimate", "expr", "promql"]
            .iter()
            .flat_map(|name| said_in(&format!("crates/{name}/src"), &DEPLOYMENTS)),
    );
}

/// Where a folder's code says one of these words; comments may.
fn said_in(folder: &str, banned: &[&str]) -> Vec<String> {
    let files: Vec<_> = rust().into_iter().filter(|file| file.is_in(folder)).collect();
    assert!(!files.is_empty(), "{folder} has no files");
    let said = |file: &File| {
        let said = words(&file.code()).find(|word| banned.contains(&word.as_str()));
        said.map(|word| format!("{}: says `{word}`", file.path))
    };
    files.iter().filter_map(said).collect()
}

/// The modules after every `crate::` of some code, groups included.
fn named_modules(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, mark) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + mark.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(identifier(rest));
            continue;
        };
        let mut depth = 1;
        let end = group.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        names.extend(first_level(&group[..end.unwrap_or(group.len())]));
    }
    names.retain(|name| name.starts_with(char::is_lowercase));
    names
}

/// The first name of every member of a group.
fn first_level(group: &str) -> Vec<String> {
    let mut depth = 0;
    let members = group.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    members.map(|member| identifier(member.trim_start())).filter(|it| !it.is_empty()).collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn groups_of_uses_are_read() {
    let code = "use crate::units::Share; $crate::x; use crate::{gate::{Gate, Metric}, fault, T};";
    assert_eq!(named_modules(code), ["units", "gate", "fault"]);
}
