//! The same scenario and seed give the same bytes: once more, on more threads, on another
//! processor. `scripts/determinism` compares builds as well.

use std::process::Command;

/// One with everything that varies, and one of foreign files.
const WHAT: [&[&str]; 2] = [
    &["scenarios/first.yaml"],
    &["scenarios/rollout/checkout.yaml", "scenarios/rollout/checkout-analysis.yaml"],
];

/// The result of some files as JSON, and how the command ended.
fn result(files: &[&str], jobs: &str, variables: &[(&str, &str)]) -> (Vec<u8>, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.arg("run").args(files).args(["-n", "600", "--seed", "7", "-o", "json", "-j", jobs]);
    command.envs(variables.iter().copied());
    let said = command.output().expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(matches!(said.status.code(), Some(0 | 1 | 3)), "{:?}: {messages}", said.status);
    (said.stdout, said.status.code())
}

#[test]
fn a_run_is_the_same_once_more() {
    for files in WHAT {
        let first = result(files, "1", &[]);
        assert!(first.0.len() > 1_000);
        assert_eq!(first, result(files, "1", &[]), "{files:?}");
    }
}

#[test]
fn a_run_is_the_same_on_any_number_of_threads() {
    for files in WHAT {
        let one = result(files, "1", &[]);
        for jobs in ["2", "3", "16"] {
            assert_eq!(one, result(files, jobs, &[]), "{files:?} with {jobs} threads");
        }
    }
}

#[test]
fn a_run_is_the_same_on_a_processor_without_fused_arithmetic() {
    // Other systems than Linux with glibc do not know the variable, and then nothing changes.
    let old = ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4,-AVX512F");
    for files in WHAT {
        assert_eq!(result(files, "2", &[]), result(files, "2", &[old]), "{files:?}");
    }
}

#[test]
fn a_run_is_the_same_in_another_country() {
    let there = [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu"), ("COLUMNS", "40")];
    for files in WHAT {
        assert_eq!(result(files, "2", &[]), result(files, "2", &there), "{files:?}");
    }
}
