//! Claims on the command line: the ledger, its exit codes, and what stands beside it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

const CLAIM: &str = "
kind: Claim
claim: { text: a canary of a tenth exposes a tenth, section: Canary, verdict: VERDICT, because: so }
fleet: { replicas: 10, pod: { startup: 0s, cold: none }, nodes: none }
traffic: { rate: 100/s, modulation: none }
noise: none
people: none
time: { watch: 30m, bake: 0s }
replications: 200
strategy: { canary: { steps: [ { setWeight: 10% }, { pause: 10m } ] } }
release: { faults: [ { error-spike: { add: 20% } } ] }
expect: { peak-share.mean: <= 10% }
cases:
  a-gate: { gates: { errors: { metric: error-rate, over: 1%, window: 2m, interval: 30s } } }
  no-gate: {}
";

const UNTRIED: &str = "
kind: Claim
claim: { text: names take minutes, section: DNS, verdict: untried, because: no names }
";

fn run(args: &[&str], text: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(args).env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that refuses its flags does not read.
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

fn claim(verdict: &str) -> String {
    CLAIM.replace("VERDICT", verdict)
}

#[test]
fn a_claim_that_is_as_written_down_is_good_and_another_one_fails() {
    let (code, text, _) = run(&["run", "-"], &claim("depends"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 claim tried: 1 depends"), "{text}");
    assert!(text.contains("a-gate") && text.contains("no-gate"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let (code, text, _) = run(&["run", "-", "-q"], &claim("holds"));
    assert_eq!(code, Some(1));
    assert!(text.contains("written down as holds"), "{text}");
}

#[test]
fn a_claim_that_the_worlds_do_not_decide_is_undecided() {
    let few = claim("refuted").replace("peak-share.mean: <= 10% }", "bad: '>= 99.9%' }");
    let (code, text, _) = run(&["run", "-", "-n", "20"], &few);
    assert_eq!(code, Some(3), "{text}");
}

#[test]
fn a_claim_that_is_not_tried_is_listed_with_the_reason() {
    let (code, text, _) = run(&["run", "-"], UNTRIED);
    assert_eq!(code, Some(0));
    assert!(text.contains("NOT TRIED YET") && text.contains("no names"), "{text}");
    let (code, text, _) = run(&["run", "-", "-o", "markdown"], UNTRIED);
    assert_eq!(code, Some(0));
    assert!(text.contains("### Not tried yet"), "{text}");
}

#[test]
fn the_ledger_is_data_beside_the_results() {
    let (_, text, _) = run(&["run", "-", "-o", "json"], &claim("depends"));
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["results"], serde_json::json!([]));
    let claim = &document["ledger"]["claims"][0];
    assert_eq!((&claim["verdict"], &claim["recorded"]), (&"depends".into(), &"depends".into()));
    assert_eq!(claim["cases"][0]["standing"], "held");
    assert_eq!(claim["cases"][1]["expectations"][0]["seen"]["name"], "peak-share.mean");
}

#[test]
fn a_ledger_is_no_table_and_a_claim_no_variant() {
    let (code, _, message) = run(&["run", "-", "-o", "csv"], &claim("depends"));
    assert_eq!(code, Some(2));
    assert!(message.contains("a ledger is no table"), "{message}");
    let (code, _, message) = run(&["compare", "-"], &claim("depends"));
    assert_eq!(code, Some(2));
    assert!(message.contains("is a claim"), "{message}");
}

#[test]
fn a_case_can_be_told_as_a_story() {
    let story = ["explain", "-", "--variant", "a-gate", "--replication", "0"];
    let (code, text, message) = run(&story, &claim("depends"));
    assert_eq!(code, Some(0), "{message}");
    assert!(text.contains("rolled back"), "{text}");
}
