//! Flags of every command that makes many replications: how fast, how long, and what for.

use std::num::NonZeroUsize;
use std::time::Duration;

use clockwork::Span;

use super::exit::Failure;
use super::output::Output;
use super::progress::Deadline;
use crate::experiment::Workers;
use crate::experiment::robust::Effort;
use crate::units::Quantity;

/// How fast, how long, and what for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct EffortArgs {
    /// Threads [default: one per core]; the result does not depend on it
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Stop at the next border after this time, such as 30s; reports what is there
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time_limit: Option<Duration>,
    /// text, json, jsonl, csv or markdown; json=FILE writes a file; several times for several
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(super) output: Vec<Output>,
    /// Worlds that are tried again under other assumptions: auto, off, or so many for each of them
    #[arg(long, value_name = "auto|off|N", default_value = "auto")]
    pub(super) robust: Effort,
    /// Print only what was wanted and the sentence, and no progress
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl EffortArgs {
    /// The threads that were asked for.
    pub(super) fn workers(&self) -> Result<Workers, Failure> {
        let started = |error| Failure::Io("cannot start threads".to_owned(), error);
        Workers::new(self.jobs).map_err(started)
    }

    /// The deadline, counted from now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.time_limit)
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let help =
        |_| format!("write a number and a unit, for example {}", <Span as Quantity>::EXAMPLE);
    let span = <Span as Quantity>::parse(text).map_err(help)?;
    Ok(Duration::from_micros(span.micros()))
}
