//! `coalmine.yaml` beside foreign files says once what they cannot say.

use std::path::Path;
use std::process::{Command, Output};

const SERVICES: &str = "apiVersion: coalmine/v1
kind: Services
services:
  \"*\": { baseline: { errors: { rate: 0.2% } } }
  my-app: { traffic: { rate: 40/s } }
";

/// The shipped application with such a file beside it.
fn resolved(folder: &str, services: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    for file in ["rollout.yaml", "success-rate.yaml"] {
        let from = root.join("scenarios/my-app").join(file);
        std::fs::copy(from, folder.join(file)).expect("copied");
    }
    std::fs::write(folder.join("coalmine.yaml"), services).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.current_dir(folder).args(["run", ".", "--print-resolved"]);
    command.output().expect("the program starts")
}

#[test]
fn what_a_service_is_like_is_laid_over_its_manifests() {
    let said = resolved("services", SERVICES);
    let text = String::from_utf8(said.stdout).expect("text");
    let has = |value: &str, from: &str| {
        text.lines().any(|line| line.contains(value) && line.contains(from))
    };
    assert!(has("rate: 40/s", "coalmine.yaml:5"), "{text}");
    assert!(has("rate: 0.2%", "coalmine.yaml:4"), "{text}");
}

#[test]
fn a_misspelt_field_of_a_service_is_an_error_with_its_place() {
    let said = resolved("misspelt-services", &SERVICES.replace("traffic:", "trafic:"));
    let messages = String::from_utf8(said.stderr).expect("text");
    assert_eq!(said.status.code(), Some(2), "{messages}");
    assert!(messages.contains("coalmine.yaml:5:13"), "{messages}");
    assert!(messages.contains("did you mean `traffic`?"), "{messages}");
}
