//! `coalmine new`: commented scenarios to start from.

use clap::ValueEnum;

use super::console::Console;
use super::exit::{Exit, Failure};

/// Flags of `coalmine new`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Which strategy
    #[arg(value_enum, default_value_t = Starter::Canary)]
    strategy: Starter,
}

/// What there is a starter of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Starter {
    /// A growing share of the traffic
    Canary,
    /// The whole fleet at once
    AllAtOnce,
}

impl Starter {
    const fn text(self) -> &'static str {
        match self {
            Self::Canary => include_str!("new/canary.yaml"),
            Self::AllAtOnce => include_str!("new/all-at-once.yaml"),
        }
    }
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    console.print(args.strategy.text().as_bytes())?;
    Ok(Exit::Good)
}
