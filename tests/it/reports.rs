//! Committed reports are what their scenarios say now. `UPDATE_EXPECT=1` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Replications of a committed report.
const REPLICATIONS: &str = "2000";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The name of each report with the files that it is of.
fn reports() -> Vec<(String, Vec<String>)> {
    let names = |folder: &str| {
        let mut names: Vec<String> = std::fs::read_dir(root().join(folder))
            .expect("a folder of scenarios")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .filter(|name| Path::new(name).extension().is_some_and(|end| end == "yaml"))
            .map(|name| format!("{folder}/{name}"))
            .collect();
        names.sort();
        names
    };
    let stem = |file: &String| Path::new(file).file_stem().unwrap().to_str().unwrap().to_owned();
    let mut reports: Vec<_> =
        names("scenarios").into_iter().map(|file| (stem(&file), vec![file])).collect();
    reports.push(("rollout".to_owned(), names("scenarios/rollout")));
    reports
}

fn markdown(files: &[String]) -> String {
    let said = Command::new(env!("CARGO_BIN_EXE_coalmine"))
        .current_dir(root())
        .arg("run")
        .args(files)
        .args(["-n", REPLICATIONS, "-o", "markdown"])
        .output()
        .expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(matches!(said.status.code(), Some(0 | 1 | 3)), "{files:?}: {messages}");
    String::from_utf8(said.stdout).expect("text")
}

#[test]
fn every_scenario_has_the_report_that_it_gives_now() {
    for (name, files) in reports() {
        let path = root().join("reports").join(format!("{name}.md"));
        let now = markdown(&files);
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
    let names: Vec<String> = reports().into_iter().map(|(name, _)| format!("{name}.md")).collect();
    for entry in std::fs::read_dir(root().join("reports")).expect("a folder of reports") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(names.contains(&name), "reports/{name} is of no scenario");
    }
}
