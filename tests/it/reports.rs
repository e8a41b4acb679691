//! Committed reports are what their scenarios say now. `UPDATE_EXPECT=1` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Replications of a committed report.
const REPLICATIONS: &str = "2000";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A committed report.
struct Report {
    name: String,
    files: Vec<String>,
    command: &'static str,
    replications: Option<&'static str>,
}

/// The YAML files of a folder by name.
fn files(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join(folder))
        .expect("a folder of scenarios")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "yaml"))
        .map(|name| format!("{folder}/{name}"))
        .collect();
    names.sort();
    names
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).expect("a file")
}

/// One of each scenario and each comparison, one of the foreign manifests, one of all claims.
fn reports() -> Vec<Report> {
    let mut reports: Vec<_> = files("scenarios").into_iter().map(of).collect();
    for name in ["rollout", "my-app", "my-app-comparison", "template"] {
        reports.push(Report {
            name: name.to_owned(),
            files: files(&format!("scenarios/{name}")),
            command: "run",
            replications: Some(REPLICATIONS),
        });
    }
    reports.push(Report {
        name: "checkout".to_owned(),
        files: files("scenarios/kubernetes/checkout"),
        command: "run",
        replications: Some(REPLICATIONS),
    });
    // A claim says itself how many worlds it takes to judge it.
    reports.push(Report {
        name: "claims".to_owned(),
        files: vec!["scenarios/claims".to_owned()],
        command: "run",
        replications: None,
    });
    reports
}

/// The report of a file; what is expected holds at the number of worlds that the file asks for.
fn of(file: String) -> Report {
    let (text, stem) = (text(&file), Path::new(&file).file_stem().expect("a name"));
    let is_comparison = text.contains("\nkind: Compare\n");
    let has_own = text.contains("\nreplications: ");
    Report {
        name: stem.to_str().expect("a plain name").to_owned(),
        files: vec![file],
        command: if is_comparison { "compare" } else { "run" },
        replications: (!has_own).then_some(REPLICATIONS),
    }
}

fn markdown(report: &Report) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.current_dir(root()).arg(report.command).args(&report.files).args(["-o", "markdown"]);
    if let Some(replications) = report.replications {
        command.args(["-n", replications]);
    }
    let said = command.output().expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    // What is expected holds, and a claim is as it is written down; the first scenario shows gates
    // that are not good enough.
    let name = &report.name;
    let wanted = i32::from(name == "first");
    assert_eq!(said.status.code(), Some(wanted), "reports/{name}.md is not as wanted: {messages}");
    String::from_utf8(said.stdout).expect("text")
}

#[test]
fn every_scenario_has_the_report_that_it_gives_now() {
    for report in reports() {
        let name = &report.name;
        let path = root().join("reports").join(format!("{name}.md"));
        let now = markdown(&report);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::create_dir_all(root().join("reports")).expect("a folder of reports");
            std::fs::write(&path, &now).expect("written");
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(kept, now, "reports/{name}.md: UPDATE_EXPECT=1 accepts the change");
    }
}

#[test]
fn no_report_is_left_of_a_scenario_that_is_gone() {
    let names: Vec<String> = reports().iter().map(|it| format!("{}.md", it.name)).collect();
    for entry in std::fs::read_dir(root().join("reports")).expect("a folder of reports") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        // Stories are kept in a folder of their own.
        let is_stories = ["argo", "flagger", "kubernetes", "telemetry"].contains(&name.as_str());
        assert!(is_stories || names.contains(&name), "reports/{name} is of no scenario");
    }
}

/// The rows of the table of scenarios: the question, the file, what it shows.
fn rows() -> Vec<Vec<String>> {
    let page = text("scenarios/README.md");
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells =
        |row: &str| row.trim_matches('|').split(" | ").map(|it| it.trim().to_owned()).collect();
    rows.map(cells).collect()
}

#[test]
fn the_table_of_scenarios_has_each_of_them_with_its_question() {
    let mut listed = Vec::new();
    for row in rows() {
        let [question, file, shows] = row.as_slice() else { panic!("not three cells: {row:?}") };
        let name = file.trim_matches('`');
        let text = text(&format!("scenarios/{name}"));
        let description = text.lines().find_map(|line| line.strip_prefix("description: "));
        assert_eq!(Some(question.as_str()), description, "scenarios/{name} asks something else");
        assert!(text.starts_with('#'), "scenarios/{name} does not say what is learnt");
        assert!(shows.ends_with('.'), "what scenarios/{name} shows is a sentence");
        listed.push(format!("scenarios/{name}"));
    }
    listed.sort();
    assert_eq!(listed, files("scenarios"), "scenarios/README.md is not of these files");
}
