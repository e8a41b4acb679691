//! The README shows what its commands print. `UPDATE_EXPECT=1` rewrites it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Before a block of output: the command that printed it.
const MARK: &str = "<!-- output of: coalmine ";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// What a command prints.
fn output(arguments: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments.split(' '));
    let said = command.output().expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(matches!(said.status.code(), Some(0 | 1 | 3)), "{arguments}: {messages}");
    String::from_utf8(said.stdout).expect("text")
}

/// Some lines of an output, such as `1-20 31-40`; what is left out is marked.
fn excerpt(output: &str, lines: &str) -> String {
    let parts = lines.split(' ').map(|part| {
        let (from, to) = part.split_once('-').expect("lines from-to");
        let [from, to] = [from, to].map(|line| line.parse::<usize>().expect("a number"));
        let lines = output.lines().skip(from - 1).take(to + 1 - from);
        lines.flat_map(|line| [line, "\n"]).collect::<String>()
    });
    parts.collect::<Vec<_>>().join("  ...\n")
}

/// The README with every block of output as the command prints it now.
fn renewed(readme: &str) -> String {
    let mut parts = readme.split(MARK);
    let mut renewed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (arguments, rest) = part.split_once(" -->\n```text").expect("a block after a mark");
        let (_, rest) = rest.split_once("\n```\n").expect("an end of the block");
        let output = match arguments.split_once(", lines ") {
            Some((arguments, lines)) => excerpt(&output(arguments), lines),
            None => output(arguments),
        };
        let output = output.trim_matches('\n');
        renewed.extend([MARK, arguments, " -->\n```text\n", output, "\n```\n", rest]);
    }
    renewed
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    let readme = std::fs::read_to_string(file()).expect("a README");
    assert!(readme.contains(MARK), "no block of output");
    let renewed = renewed(&readme);
    if renewed != readme && std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file(), renewed).expect("written");
        return;
    }
    for (line, (old, new)) in readme.lines().zip(renewed.lines()).enumerate() {
        assert_eq!(old, new, "README.md:{}: UPDATE_EXPECT=1 accepts the change", line + 1);
    }
    assert_eq!(readme.len(), renewed.len(), "UPDATE_EXPECT=1 accepts the change");
}

#[test]
fn the_first_command_of_the_readme_is_the_one_whose_output_is_shown() {
    let readme = std::fs::read_to_string(file()).expect("a README");
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run --release -- "));
    let command = command.expect("a command to begin with");
    let shown = [" -->", ", lines "].map(|end| readme.contains(&format!("{MARK}{command}{end}")));
    assert!(shown.contains(&true), "no output of `{command}`");
}

#[test]
fn the_scenario_of_the_readme_runs() {
    let readme = std::fs::read_to_string(file()).expect("a README");
    let scenario = block(&readme, "kind: Scenario");
    let read = coalmine::scenario::Scenario::read(scenario);
    let scenario = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert!(!scenario.gates.is_empty());
}

/// The block of YAML that says so.
fn block<'r>(readme: &'r str, says: &str) -> &'r str {
    let blocks = readme.split("```yaml\n").skip(1);
    let mut blocks = blocks.filter_map(|rest| Some(rest.split_once("```\n")?.0));
    blocks.find(|block| block.contains(says)).expect("such a block")
}

#[test]
fn the_services_of_the_readme_are_laid_over_manifests() {
    let readme = std::fs::read_to_string(file()).expect("a README");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("services-of-the-readme");
    std::fs::create_dir_all(&folder).expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/my-app");
    let rollout = std::fs::read_to_string(root.join("rollout.yaml")).expect("a Rollout");
    std::fs::write(folder.join("rollout.yaml"), rollout).expect("written");
    let template = std::fs::read_to_string(root.join("success-rate.yaml")).expect("a template");
    // Its metric is one of those that the README maps.
    let (before, _) = template.split_once("      prometheus:").expect("a provider");
    let template = before.replace("- name: success-rate", "- name: smoke") + "      job: {}\n";
    std::fs::write(folder.join("success-rate.yaml"), template).expect("written");
    std::fs::write(folder.join("coalmine.yaml"), block(&readme, "kind: Services"))
        .expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    let command = command.current_dir(folder).args(["run", ".", "--print-resolved"]);
    let said = command.output().expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(0), "{messages}");
    let text = String::from_utf8(said.stdout).expect("text");
    for part in ["rate: 40/s", "rate: 0.2%", "people: none", "success-rate:", "result >= 0.95"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_help() {
    let readme = std::fs::read_to_string(file()).expect("a README");
    let (_, rest) = readme.split_once("| code | meaning |\n").expect("a table of exit codes");
    let codes = |text: &str, before: &str| -> Vec<String> {
        let rows = text.lines().skip_while(|line| !line.starts_with(before));
        let rows = rows.take_while(|line| line.starts_with(before));
        rows.filter_map(|row| row.trim_matches(['|', ' ']).split(' ').next().map(str::to_owned))
            .filter(|code| code.parse::<u8>().is_ok())
            .collect()
    };
    let help = output("--help");
    let (_, help) = help.split_once("Exit codes:\n").expect("exit codes in the help");
    assert_eq!(codes(rest, "|"), codes(help, "  "));
    assert!(codes(rest, "|").len() > 5);
}
