//! `coalmine selftest`: does this machine compute what every machine computes?

use super::console::Console;
use super::exit::{Exit, Failure};
use crate::experiment::reference::{FINGERPRINT, REPLICATIONS, SCENARIOS, fingerprint};

pub(super) fn run(console: &mut Console) -> Result<Exit, Failure> {
    let found = fingerprint().to_string();
    let same = found == FINGERPRINT;
    let version = env!("CARGO_PKG_VERSION");
    let what = format!("{} scenarios, {REPLICATIONS} replications of each", SCENARIOS.len());
    let verdict = if same {
        "this machine computes what it should".to_owned()
    } else {
        format!("expected {FINGERPRINT}: results of this machine cannot be compared with others")
    };
    console.print(format!("coalmine {version} {found}  ({what}): {verdict}\n").as_bytes())?;
    Ok(if same { Exit::Good } else { Exit::Failed })
}
