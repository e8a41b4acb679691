//! `coalmine lint` and `coalmine help`: exit codes, formats, suppressions, and what is no YAML.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A metric that warns: its answer is compared with nothing.
const WARNS: &str = "
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: smoke
    provider: {web: {url: 'http://canary/health'}}
";

/// A metric that cannot fail.
const FAILS: &str = "
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: smoke
    count: 2
    interval: 10s
    failureLimit: 2
    successCondition: result.ok
    provider: {web: {url: 'http://canary/health'}}
";

fn lint(args: &[&str], text: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.arg("lint").args(args).arg("-").env_remove("NO_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A command that refuses its flags reads nothing.
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn errors_fail_and_warnings_fail_where_they_are_denied() {
    let code = |args: &[&str], text: &str| lint(args, text).status.code();
    assert_eq!(code(&[], "kind: Service\n"), Some(0));
    assert_eq!(code(&[], WARNS), Some(0));
    assert_eq!(code(&["--deny", "warnings"], WARNS), Some(5));
    assert_eq!(code(&["--deny", "warnings"], FAILS), Some(1));
    assert_eq!(code(&[], FAILS), Some(1));
    assert_eq!(code(&[], "a: [\n"), Some(2));
    assert_eq!(code(&["--today", "tomorrow"], WARNS), Some(2));
}

#[test]
fn a_finding_is_printed_with_its_line_its_number_and_a_fix() {
    let text = printed(&lint(&[], FAILS));
    for part in ["error[count-never-fails]", "<stdin>:9:19", "2 of 2", "write: failureLimit: 1"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(text.ends_with("1 error in 1 file\nexplain a rule: coalmine help count-never-fails\n"));
    let nothing = printed(&lint(&[], "kind: Service\n"));
    assert!(nothing.starts_with("nothing to look at in 1 file: no rollout, "), "{nothing}");
    assert_eq!(printed(&lint(&[], "kind: Rollout\n")), "nothing found in 1 file\n");
    let broken = printed(&lint(&[], "a: [\n"));
    assert_eq!(broken, "nothing to look at in 1 file, which could not be read whole\n");
}

/// A gate whose number depends on the traffic.
const FEW: &str = "
kind: Canary
metadata: {name: shop}
spec:
  analysis:
    interval: 1m
    threshold: 1
    stepWeight: 5
    maxWeight: 50
    metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}]
";

#[test]
fn numbers_are_those_at_the_rate_that_is_given() {
    let number = |args: &[&str]| {
        let text = printed(&lint(&[args, &["-o", "json"]].concat(), FEW));
        let found: Value = serde_json::from_str(&text).expect("json");
        let found = found["findings"].as_array().expect("findings").clone();
        let few = found.iter().find(|it| it["rule"] == "one-failure-trips");
        few.map(|it| it["number"].as_str().expect("a number").to_owned())
    };
    let table = number(&[]).expect("a finding");
    assert!(table.contains(" at 1/s, ") && table.contains(" at 1000/s"), "{table}");
    let one = number(&["--rate", "40/s"]).expect("a finding");
    assert!(one.contains(" at 40/s at weight 5 %") && !one.contains("at 10/s"), "{one}");
    // With so many requests no single failure decides.
    assert_eq!(number(&["--rate", "2000/s"]), None);
    assert_eq!(lint(&["--rate", "many"], FEW).status.code(), Some(2));
    let folder = std::env::temp_dir().join(format!("coalmine-lint-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let services = "kind: Services\nservices: { shop: { traffic: { rate: 40/s } } }\n";
    std::fs::write(folder.join("coalmine.yaml"), services).expect("written");
    std::fs::write(folder.join("canary.yaml"), FEW).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    let said = printed(&command.arg("lint").arg(&folder).output().expect("the binary runs"));
    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(said.contains(&one), "{said}");
}

/// `UPDATE_EXPECT=1` rewrites what is kept.
#[test]
fn what_is_said_at_a_rate_is_as_kept() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lint");
    for name in ["canary", "success-rate"] {
        for (format, end) in [("text", "txt"), ("json", "json")] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
            let command = command.current_dir(&folder).args(["lint", &format!("{name}.yaml")]);
            let command = command.args(["--rate", "40/s", "-o", format]);
            let now = printed(&command.output().expect("the binary runs"));
            let kept = folder.join(format!("{name}.at-40.{end}"));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::write(&kept, &now).expect("written");
            }
            let kept = std::fs::read_to_string(&kept).unwrap_or_default();
            assert_eq!(kept, now, "{name}.{end}: UPDATE_EXPECT=1 accepts the change");
        }
    }
}

#[test]
fn what_can_be_read_is_linted_although_another_document_is_broken() {
    let output = lint(&[], &format!("{FAILS}---\na: [\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output).contains("count-never-fails"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0002"));
}

#[test]
fn a_suppression_holds_until_its_day() {
    let text = format!("# coalmine: allow condition-missing until 2027-03-31: a ping\n{WARNS}");
    let on = |day: &str| printed(&lint(&["--today", day], &text));
    assert_eq!(on("2027-03-31"), "nothing found in 1 file\n");
    let late = on("2027-04-01");
    assert!(late.contains("[condition-missing]"), "{late}");
    assert!(late.contains("[suppression-expired]"), "{late}");
}

#[test]
fn other_programs_can_read_the_findings() {
    let json = |format| {
        let text = printed(&lint(&["-o", format], FAILS));
        serde_json::from_str::<Value>(&text).expect("json")
    };
    let finding = &json("json")["findings"][0];
    assert_eq!(finding["rule"], "count-never-fails");
    assert_eq!(finding["labels"][0]["line"], 9);
    assert_eq!(finding["fix"], "write: failureLimit: 1");
    let run = &json("sarif")["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "count-never-fails");
    let at = run["results"][0]["ruleIndex"].as_u64().expect("an index") as usize;
    assert_eq!(run["tool"]["driver"]["rules"][at]["id"], "count-never-fails");
    let edit = &json("json")["findings"][0]["edits"][0];
    assert_eq!((&edit["line"], &edit["text"]), (&9.into(), &"1".into()));
    let replaced = &run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replaced["insertedContent"]["text"], "1");
    let diff = printed(&lint(&["-o", "diff"], FAILS));
    assert!(diff.contains("\n-    failureLimit: 2\n+    failureLimit: 1\n"), "{diff}");
    assert!(diff.starts_with("--- <stdin>\n+++ <stdin>\n@@ -6,6 +6,6 @@\n"), "{diff}");
    let github = printed(&lint(&["-o", "github"], FAILS));
    assert!(github.starts_with("::error file=<stdin>,line=9,endLine=9,col=19,title=count-never"));
    assert_eq!(github.lines().count(), 1);
}

#[test]
fn help_explains_every_rule_with_an_example() {
    let help = |topic: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
        command.args(["help", topic]).output().expect("the binary runs")
    };
    let list = printed(&help("rules"));
    let rules: Vec<_> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(rules.len() >= 30, "{list}");
    for rule in rules {
        let page = printed(&help(rule));
        assert!(page.starts_with(rule) && page.contains("Found in:\n\n    "), "{page}");
    }
    let errors = printed(&help("errors"));
    assert!(errors.lines().count() > 30 && errors.contains("E0304  the controller"), "{errors}");
    assert_eq!(printed(&help("e0304")).lines().count(), 1);
    let unknown = help("count-never-fail");
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("did you mean count-never-fails?"), "{said}");
}

#[test]
fn the_readme_and_the_changelog_count_the_rules() {
    let wanted = format!("{} rules", coalmine::lint::RULES.len());
    for file in ["README.md", "CHANGELOG.md"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(path).expect("a page");
        assert!(text.contains(&wanted), "{file} does not say: {wanted}");
    }
}
