//! The doors: standard output is the result, standard error the progress, the exit code a meaning.

mod exit;
mod console;
mod settings;
mod effort;
mod files;
mod input;
mod foreign;
mod services;
mod output;
mod progress;
mod panic;
mod robust;
mod run;
mod claims;
mod compare;
mod hints;
mod explain;
mod export_series;
mod import;
mod lint;
mod help;
mod schema;
mod new;
mod selftest;
mod papers;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use console::Console;
use exit::{Exit, Failure};

/// The exit codes, for the end of the help.
const EXIT_CODES: &str = "\
Exit codes:
  0    good
  1    an expectation was violated, a change is worse, a claim is not as written down, or lint
       found an error
  2    the input is wrong
  3    undecided: an interval has the bound inside, or a rate is not known well enough
  4    nothing ran
  5    lint warned, and warnings are denied
  70   a bug of coalmine
  74   could not read or write
  130  interrupted; what was simulated until then is reported";

#[derive(Debug, Parser)]
#[command(
    name = "coalmine",
    version,
    about = "Unit tests for your rollback gates",
    long_about = "Unit tests for your rollback gates: runs a rollout policy against thousands of \
                  simulated releases and says what the gates miss and what they break.",
    after_long_help = EXIT_CODES,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Cli {
    /// When to colour: a terminal without `NO_COLOR` gets colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
    #[command(subcommand)]
    command: Option<Command>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate many releases under one rollout policy and print a verdict
    Run(run::Args),
    /// Hold several variants against each other in the same worlds
    Compare(compare::Args),
    /// Tell one world as a story: what happened, what the gates saw, and why they acted
    Explain(explain::Args),
    /// Print the series that Prometheus would have of one world
    ExportSeries(export_series::Args),
    /// Print the scenario that foreign manifests describe
    Import(import::Args),
    /// Find what is wrong with gates as they are written: a place, a number and a fix each
    Lint(lint::Args),
    /// Explain a rule of lint or the code of an error, or list all of them
    Help(help::Args),
    /// Print the JSON Schema of scenario files or of results
    Schema(schema::Args),
    /// Print a commented scenario to start from
    New(new::Args),
    /// Check that this machine computes what every machine computes
    Selftest,
    /// Print a script that completes commands and flags
    Completions(papers::Args),
    /// Print the manual page
    Man,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let exit = panic::caught(&args, || run(&args));
    ExitCode::from(exit.code())
}

fn run(args: &[OsString]) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody reads what cannot be written.
            let _ = error.print();
            return if error.use_stderr() { Exit::Wrong } else { Exit::Good };
        }
    };
    let mut console = Console::new(cli.color);
    let result = match cli.command {
        None => help(&mut console),
        Some(Command::Run(args)) => run::run(&args, &mut console),
        Some(Command::Compare(args)) => compare::run(&args, &mut console),
        Some(Command::Explain(args)) => explain::run(&args, &mut console),
        Some(Command::ExportSeries(args)) => export_series::run(&args, &mut console),
        Some(Command::Import(args)) => import::run(&args, &mut console),
        Some(Command::Lint(args)) => lint::run(&args, &mut console),
        Some(Command::Help(args)) => help::run(&args, &mut console),
        Some(Command::Schema(args)) => schema::run(&args, &mut console),
        Some(Command::New(args)) => new::run(&args, &mut console),
        Some(Command::Selftest) => selftest::run(&mut console),
        Some(Command::Completions(args)) => papers::completions(&args, &mut console),
        Some(Command::Man) => papers::man(&mut console),
    };
    result.and_then(|exit| console.flush().map(|()| exit)).unwrap_or_else(|failure| {
        console.note(&failure.text());
        failure.exit()
    })
}

fn help(console: &mut Console) -> Result<Exit, Failure> {
    let help = Cli::command().render_long_help().to_string();
    console.print(help.as_bytes())?;
    Ok(Exit::Nothing)
}
