//! The real binary: exit codes, streams, files, and the same bytes for any number of threads.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const CANARY: &str = "
fleet: { replicas: 10, pod: { startup: 0s, cold: none }, nodes: none }
traffic: { rate: 100/s, modulation: none }
noise: none
time: { watch: 30m, bake: 0s }
replications: 600
strategy: { canary: { steps: [ { setWeight: 10% }, { pause: 10m } ] } }
releases:
  good: { weight: 50% }
  broken: { weight: 50%, faults: [ { error-spike: { add: 20% } } ] }
gates:
  errors: { metric: error-rate, over: 1%, window: 2m, interval: 30s }
";

const ROLLOUT: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: shop }
spec:
  replicas: 5
  template: { spec: { containers: [ { name: a, image: a } ] } }
  strategy: { canary: { steps: [ { setWeight: 20 }, { pause: {} } ] } }
";

/// A folder of its own that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("coalmine-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).expect("written");
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn run(args: &[&str]) -> Output {
    command(args).output().expect("the binary runs")
}

fn fed(args: &[&str], text: &str) -> Output {
    let pipes =
        command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = pipes.expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that refuses its flags does not read.
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn a_run_is_text_on_stdout_and_silence_on_stderr() {
    let output = fed(&["run", "-"], CANARY);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    let text = out(&output);
    for part in ["OUTCOME", "BAD RELEASES", "NOT MODELLED", "ASSUMED", "seed 0"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn expectations_decide_the_exit_code() {
    let verdict = |expect: &str| {
        let output = fed(&["run", "-", "-q", "--set", expect], CANARY);
        (code(&output), out(&output))
    };
    assert_eq!(verdict("expect.caught='>= 90%'").0, 0);
    let (violated, text) = verdict("expect.caught='<= 10%'");
    assert_eq!(violated, 1);
    assert!(text.contains("violated"), "{text}");
    assert_eq!(verdict("expect.bad='<= 50%'").0, 3);
    let (wrong, _) = verdict("expect.cauht='<= 10%'");
    assert_eq!(wrong, 2);
}

#[test]
fn wrong_input_is_two_and_says_where() {
    let output = fed(&["run", "-"], "strategy: allAtOnce\ntraffic: { rate: 5 }\ngatez: {}\n");
    assert_eq!(code(&output), 2);
    assert_eq!(out(&output), "");
    let text = err(&output);
    assert!(text.contains("<stdin>:2:18") && text.contains("did you mean `gates`"), "{text}");
    let output = fed(&["run", "-", "--rate", "5"], CANARY);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("--rate:1:1"), "{}", err(&output));
    assert_eq!(code(&run(&["run"])), 2);
    assert_eq!(code(&run(&["run", "x.yaml", "-o", "html"])), 2);
    assert_eq!(code(&fed(&["run", "-", "-o", "json", "-o", "csv"], CANARY)), 2);
}

#[test]
fn nothing_ran_is_four_and_io_is_seventy_four() {
    assert_eq!(code(&run(&[])), 4);
    assert!(out(&run(&[])).contains("Usage:"));
    let folder = Folder::new("nothing");
    assert_eq!(code(&run(&["run", &folder.path("")])), 4);
    assert_eq!(code(&fed(&["run", "-", "-n", "0"], CANARY)), 4);
    let output = run(&["run", &folder.path("absent.yaml")]);
    assert_eq!(code(&output), 74);
    assert!(err(&output).contains("there is no such file"), "{}", err(&output));
    let inside = folder.path("absent/out.json");
    assert_eq!(code(&fed(&["run", "-", "-o", &format!("json={inside}")], CANARY)), 74);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for format in ["json", "jsonl", "csv", "markdown", "text"] {
        let with = |jobs| fed(&["run", "-", "-o", format, "-j", jobs, "--seed", "5"], CANARY);
        let (one, two) = (with("1"), with("2"));
        assert_eq!(code(&one), 0, "{}", err(&one));
        assert!(!one.stdout.is_empty());
        assert_eq!(out(&one), out(&two), "{format}");
    }
    let auto = |jobs| out(&fed(&["run", "-", "-o", "json", "-j", jobs, "-n", "auto"], CANARY));
    assert_eq!(auto("1"), auto("2"));
}

#[test]
fn json_is_whole_and_jsonl_has_every_world() {
    let output = fed(&["run", "-", "-o", "json"], CANARY);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(json["schema"], "coalmine/result/v1");
    let result = &json["results"][0];
    assert_eq!(result["provenance"]["replications"], 600);
    for measure in result["measures"].as_array().expect("measures") {
        assert!(measure["n"].is_u64() && measure["definition"].is_string(), "{measure}");
    }
    let lines = out(&fed(&["run", "-", "-o", "jsonl"], CANARY));
    assert_eq!(lines.lines().count(), 600);
    for (index, line) in lines.lines().enumerate() {
        let world: serde_json::Value = serde_json::from_str(line).expect("json");
        assert_eq!(world["replication"], index);
    }
}

#[test]
fn results_match_their_schema_at_least_in_their_names() {
    let schema = run(&["schema", "result"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("json");
    let drawn = CANARY.replace("add: 20%", "add: { uniform: { from: 5%, to: 20% } }");
    let output = fed(&["run", "-", "-o", "json"], &drawn);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    let result = &json["results"][0];
    same(&schema["$defs"]["result"], result);
    same(&schema["$defs"]["provenance"], &result["provenance"]);
    same(&schema["$defs"]["measure"], &result["measures"][0]);
    same(&schema["$defs"]["kind"], &result["kinds"][0]);
    same(&schema["$defs"]["endings"], &result["endings"]);
    let curve = |it: &serde_json::Value| it["properties"]["severity"].clone();
    let curve = curve(&schema["$defs"]["kind"]);
    let kinds = result["kinds"].as_array().expect("kinds");
    let drawn = kinds.iter().find(|it| it["severity"].is_object()).expect("a size that varies");
    same(&curve, &drawn["severity"]);
    same(&curve["properties"]["bins"]["items"], &drawn["severity"]["bins"][0]);
}

/// A schema has the names that a value has.
#[track_caller]
fn same(schema: &serde_json::Value, value: &serde_json::Value) {
    let keys = |it: &serde_json::Value| it.as_object().map(|it| it.keys().cloned().collect());
    let (known, found): (Option<Vec<String>>, Option<Vec<String>>) =
        (keys(&schema["properties"]), keys(value));
    assert!(found.is_some() && known == found, "{known:?} is not {found:?}");
}

#[test]
fn comparisons_match_their_schema_at_least_in_their_names() {
    let schema = run(&["schema", "comparison"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("json");
    let text =
        format!("kind: Compare\nvariants: {{ one: {{}}, two: {{ combine: all }} }}\n{CANARY}");
    let arguments = ["compare", "-", "-n", "60", "--robust", "6", "-o", "json"];
    let json: serde_json::Value =
        serde_json::from_slice(&fed(&arguments, &text).stdout).expect("json");
    let comparison = &json["comparisons"][0];
    let of = &schema["$defs"]["comparison"];
    same(of, comparison);
    same(&schema["$defs"]["variant"], &comparison["variants"][0]);
    same(&schema["$defs"]["kind"], &comparison["variants"][0]["kinds"][0]);
    let (robust, found) =
        (&of["properties"]["robustness"]["properties"], &comparison["robustness"]);
    let known: Vec<_> = robust.as_object().expect("a map").keys().collect();
    let unknown = found.as_object().expect("a map").keys().find(|key| !known.contains(key));
    assert_eq!((unknown, &found["currency"]), (None, &serde_json::json!("USD")));
    let spread = &robust["spreads"]["items"];
    same(spread, &found["spreads"][0]);
    same(&spread["properties"]["forms"]["items"], &found["spreads"][0]["forms"][0]);
    for list in ["influences", "reversals"] {
        if let Some(first) = found[list].get(0) {
            same(&robust[list]["items"], first);
        }
    }
}

#[test]
fn files_are_written_whole_beside_the_text() {
    let folder = Folder::new("files");
    let scenario = folder.file("a.yaml", CANARY);
    let (json, csv) = (folder.path("out.json"), folder.path("out.csv"));
    let args = ["run", &scenario, "-o", &format!("json={json}"), "-o", &format!("csv={csv}")];
    let output = run(&args);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("OUTCOME"));
    let rows = fs::read_to_string(&csv).expect("written");
    assert!(rows.starts_with("scenario,release,measure") && rows.contains("\na,,caught,share"));
    assert!(fs::read_to_string(&json).expect("written").ends_with("}\n"));
    let left = fs::read_dir(&folder.0).expect("a folder").count();
    assert_eq!(left, 3, "no temporary file is left");
}

#[test]
fn a_folder_is_its_scenarios_in_order_and_manifests_are_imported() {
    let folder = Folder::new("folder");
    folder.file("b.yaml", CANARY);
    folder.file("a.yaml", CANARY);
    folder.file("notes.txt", "not a scenario");
    let output = run(&["run", &folder.path(""), "-q", "-n", "300"]);
    let text = out(&output);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(text.find("a: ").expect("a") < text.find("b: ").expect("b"), "{text}");
    let manifest = folder.file("shop.yml", ROLLOUT);
    let output = run(&["run", &manifest, "-n", "300", "--rate", "50/s"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("shop"));
    let output = run(&["import", &manifest]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let again = fed(&["run", "-", "-n", "300", "-q"], &out(&output));
    assert_eq!(code(&again), 0, "{}", err(&again));
    assert_eq!(code(&fed(&["import", "-"], CANARY)), 2);
}

#[test]
fn flags_beat_the_file_and_are_named_as_the_source() {
    let output = fed(&["run", "-", "--print-resolved", "--rate", "70/s", "--seed", "9"], CANARY);
    let text = out(&output);
    let line = |key: &str| text.lines().find(|line| line.trim_start().starts_with(key));
    let rate = line("rate: 70/s").unwrap_or_else(|| panic!("{text}"));
    assert!(rate.ends_with("# --rate"), "{rate}");
    assert!(line("seed: 9").is_some_and(|line| line.ends_with("# --seed")));
    assert!(line("- pause: 10m").is_some_and(|line| line.contains("<stdin>")));
    let again = fed(&["run", "-", "--print-resolved"], &text);
    assert_eq!(code(&again), 0, "{}", err(&again));
}

#[test]
fn explain_tells_the_world_that_the_run_counted() {
    let lines = out(&fed(&["run", "-", "-o", "jsonl"], CANARY));
    for replication in [0, 7, 300] {
        let number = replication.to_string();
        let args = ["explain", "-", "--replication", &number, "-o", "json"];
        let story: serde_json::Value =
            serde_json::from_slice(&fed(&args, CANARY).stdout).expect("json");
        let world = lines.lines().nth(replication).expect("a line");
        let world: serde_json::Value = serde_json::from_str(world).expect("json");
        for (key, value) in story["measures"].as_object().expect("measures") {
            assert_eq!(&world[key], value, "{key}");
        }
    }
    let text = |all: &[&str]| {
        let args = [&["explain", "-", "--replication", "4"], all].concat();
        out(&fed(&args, CANARY))
    };
    assert!(text(&["--all"]).lines().count() > text(&[]).lines().count());
    assert!(text(&[]).contains("setWeight 10%"), "{}", text(&[]));
}

#[test]
fn nobody_listening_is_no_error() {
    let mut child = command(&["run", "-", "-o", "jsonl", "-n", "3000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(CANARY.as_bytes()).expect("fed");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}

#[test]
fn a_time_limit_reports_what_is_there() {
    let args = ["run", "-", "--time-limit", "1ms", "-n", "50_000_000", "-o", "json"];
    let output = fed(&args, CANARY);
    match code(&output) {
        0 => {
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
            let it = &json["results"][0]["provenance"];
            assert_eq!(it["end"], "time-limit");
            assert!(it["replications"].as_u64().is_some_and(|n| n > 0 && n % 256 == 0), "{it}");
        }
        other => assert_eq!(other, 4, "{}", err(&output)),
    }
}

#[test]
fn starters_run_and_schemas_are_json() {
    for starter in ["canary", "all-at-once"] {
        let text = out(&run(&["new", starter]));
        let output = fed(&["run", "-", "-n", "200", "-q"], &text);
        assert!(matches!(code(&output), 0 | 1 | 3), "{starter}: {}", err(&output));
    }
    for of in ["scenario", "result"] {
        let output = run(&["schema", of]);
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
        assert!(schema["$schema"].is_string());
    }
}

#[test]
fn the_papers_are_made_of_the_commands() {
    assert!(out(&run(&["completions", "bash"])).contains("coalmine"));
    let man = out(&run(&["man"]));
    assert!(man.contains(".TH") && man.contains("replications"), "{man}");
    assert!(out(&run(&["--help"])).contains("Exit codes:"));
    assert_eq!(code(&run(&["--version"])), 0);
}

#[test]
fn this_machine_computes_what_every_machine_computes() {
    let output = run(&["selftest"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}

#[test]
fn colour_is_asked_for() {
    let args = ["run", "-", "-n", "300", "--color", "always"];
    assert!(out(&fed(&args, CANARY)).contains('\u{1b}'));
    let plain = fed(&["run", "-", "-n", "300", "--color", "never"], CANARY);
    assert!(!out(&plain).contains('\u{1b}'));
}
