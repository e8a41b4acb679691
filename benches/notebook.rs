//! The plain gate against a notebook that vectorises it with numpy, in the same run.
//!
//! `PYTHON` names the interpreter, `python3` if it is not set. Without numpy there is nothing to
//! compare with, and a line says so.

#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use coalmine::scenario::Scenario;
use coalmine::simulation::{Ending, Engine, Unrecorded};
use serde_json::Value;

const SCENARIO: &str = include_str!("../scenarios/bench/plain-gate.yaml");
const PASSES: u64 = 5;
const REPLICATIONS: u64 = 200_000;

fn main() -> io::Result<()> {
    // As the other benches do: only `cargo bench` measures.
    if !std::env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let ours = engine();
    let Some(theirs) = notebook()? else {
        return writeln!(out, "skipped: needs a python3 with numpy (PYTHON names another one)");
    };
    for it in [&ours, &theirs] {
        let Measured { name, seconds, replications, rolled_back } = it;
        let rate = 1.0 / seconds;
        writeln!(out, "{name}: {rate:.0} rollouts/s, {rolled_back} of {replications} rolled back")?;
    }
    writeln!(out, "ratio: {:.2}", theirs.seconds / ours.seconds)?;
    let apart = ours.apart(&theirs);
    writeln!(out, "shares of rollbacks: {apart:.1} standard errors apart")?;
    assert!(apart.abs() < 5.0, "the two do not simulate the same gate");
    Ok(())
}

/// The fastest pass, and what all passes saw.
struct Measured {
    name: String,
    /// Per replication.
    seconds: f64,
    replications: u64,
    rolled_back: u64,
}

impl Measured {
    /// The difference of the shares of rollbacks in standard errors.
    fn apart(&self, other: &Self) -> f64 {
        let all = (self.replications + other.replications) as f64;
        let share = (self.rolled_back + other.rolled_back) as f64 / all;
        let of = |it: &Self| it.rolled_back as f64 / it.replications as f64;
        let weights = 1.0 / self.replications as f64 + 1.0 / other.replications as f64;
        (of(self) - of(other)) / (share * (1.0 - share) * weights).sqrt()
    }
}

fn engine() -> Measured {
    let scenario = Scenario::read(SCENARIO).unwrap_or_else(|problems| panic!("{problems}"));
    let mut engine = Engine::new(&scenario, Unrecorded);
    let (mut seconds, mut rolled_back) = (f64::INFINITY, 0);
    for pass in 0..PASSES {
        let began = Instant::now();
        for index in pass * REPLICATIONS..(pass + 1) * REPLICATIONS {
            rolled_back += u64::from(engine.simulate(0, index).ending == Ending::RolledBack);
        }
        seconds = seconds.min(began.elapsed().as_secs_f64() / REPLICATIONS as f64);
    }
    let replications = PASSES * REPLICATIONS;
    Measured { name: "coalmine, one thread".to_owned(), seconds, replications, rolled_back }
}

/// What the notebook says; nothing without Python or numpy.
fn notebook() -> io::Result<Option<Measured>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/notebook.py");
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let said = match Command::new(python).arg(file).output() {
        Ok(said) if said.status.success() => said.stdout,
        Ok(failed) => return Err(io::Error::other(String::from_utf8_lossy(&failed.stderr))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let said: Value = serde_json::from_slice(&said)?;
    let number = |name: &str| said[name].as_u64().unwrap_or_default();
    Ok(said["numpy"].as_str().map(|version| Measured {
        name: format!("notebook, numpy {version}"),
        seconds: said["seconds"].as_f64().unwrap_or(f64::NAN),
        replications: number("replications"),
        rolled_back: number("rolledBack"),
    }))
}
