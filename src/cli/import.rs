//! `coalmine import`: foreign manifests to a scenario.

use std::path::PathBuf;

use super::console::Console;
use super::exit::{Exit, Failure};
use super::foreign;
use super::input;
use super::settings::SettingArgs;

/// Flags of `coalmine import`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Manifests that belong together, folders of them, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which workload is rolled out, by its name, where the files have several
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    #[command(flatten)]
    settings: SettingArgs,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let workload = args.workload.as_deref();
    let (imported, sources) = input::imported(&args.files, workload, &args.settings, console)?;
    console.print(foreign::to_yaml(&imported, &sources).as_bytes())?;
    console.flush()?;
    let (lost, assumed) = (imported.losses.len(), imported.assumptions.len());
    console.note(&format!("{lost} not carried over, {assumed} assumed: the comments say what\n"));
    Ok(Exit::Good)
}
