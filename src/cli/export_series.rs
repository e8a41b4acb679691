//! `coalmine export-series`: what Prometheus would have of one world.

use super::console::Console;
use super::exit::{Exit, Failure};
use super::explain::{OneArgs, chosen};
use super::input;
use super::settings::SettingArgs;
use crate::report;
use crate::simulation::{Engine, Unrecorded};
use crate::telemetry::{Series, Source};

/// Flags of `coalmine export-series`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    one: OneArgs,
    #[command(flatten)]
    settings: SettingArgs,
    /// openmetrics, or promtool: a file for `promtool test rules`
    #[arg(short, long, value_enum, default_value_t = Notation::Openmetrics, value_name = "FORMAT")]
    output: Notation,
}

/// A notation of series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Notation {
    Openmetrics,
    Promtool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let input = input::load(&args.one.files, &args.settings, None, console)?;
    let job = chosen(input, args.one.variant.as_deref())?;
    let scenario = &job.scenario;
    if args.output == Notation::Promtool && scenario.telemetry.spread && scenario.looks_at_pods() {
        let what = "a file for promtool has samples at whole intervals only".to_owned();
        let help = "--set telemetry.phases=together, or -o openmetrics".to_owned();
        return Err(Failure::Usage(what, help));
    }
    let series = read_or_counts(scenario.read_series(), &scenario.telemetry.series());
    let mut engine = Engine::new(scenario, Unrecorded);
    engine.simulate(job.doc.seed.get(), args.one.replication);
    let exported = engine.export(&series);
    let interval = (scenario.tick.micros() / 1000) as i64;
    console.print(&match args.output {
        Notation::Openmetrics => report::openmetrics(&exported),
        Notation::Promtool => report::promtool(&exported, interval),
    })?;
    Ok(Exit::Good)
}

/// What the queries and alerts of a scenario read, each once; where there are none, every series
/// that counts requests.
fn read_or_counts<'a>(read: impl Iterator<Item = &'a Series>, all: &[Series]) -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    for one in read {
        if !series.iter().any(|known| known.labels == one.labels) {
            series.push(one.clone());
        }
    }
    if series.is_empty() {
        let counts = all.iter().filter(|it| matches!(it.source, Source::Requests(_)));
        series.extend(counts.filter(|it| it.labels.get("le").is_empty()).cloned());
    }
    series
}
