//! `coalmine explain`: one world as a story.

use std::path::PathBuf;

use super::console::Console;
use super::exit::{Exit, Failure};
use super::input::{self, Group, Input, Job};
use super::output::{self, Format, Output};
use super::settings::SettingArgs;
use crate::document::{Look, quoted};
use crate::report::Story;

/// One replication of one scenario.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct OneArgs {
    /// A scenario, foreign manifests that belong together, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Which replication, counted from 0
    #[arg(long, value_name = "N")]
    pub(super) replication: u64,
    /// Which variant of a comparison, or which case of a claim
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Option<String>,
}

/// Flags of `coalmine explain`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Print every reading
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    settings: SettingArgs,
    /// text, json or jsonl; json=FILE writes a file; several times for several
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    output: Vec<Output>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let format = output::to_stdout(&args.output)?.unwrap_or(Format::Text);
    let input = input::load(&args.one.files, &args.settings, None, console)?;
    let job = chosen(input, args.one.variant.as_deref())?;
    let story = Story::of(&job.scenario, job.doc.seed.get(), args.one.replication);
    for output in &args.output {
        if let Some(file) = &output.file {
            output::write(file, &render(&story, output.format, Look::Plain, args.all)?)?;
        }
    }
    console.print(&render(&story, format, console.look, args.all)?)?;
    Ok(Exit::Good)
}

/// The one scenario there is, or the variant of that name of the one comparison there is; the cases
/// of a claim are variants as well.
pub(super) fn chosen(input: Input, variant: Option<&str>) -> Result<Job, Failure> {
    let Input { mut jobs, mut groups, claims, .. } = input;
    groups.extend(claims.into_iter().map(|claim| Group {
        name: claim.name,
        jobs: claim.cases,
        baseline: 0,
        measures: None,
    }));
    let count = jobs.len() + groups.len();
    if count != 1 {
        let what = format!("{count} scenarios, and one story to tell");
        let help = "name one scenario, or the manifests of one rollout".to_owned();
        return Err(Failure::Usage(what, help));
    }
    let Some(group) = groups.pop() else {
        return match variant {
            Some(name) => {
                let what = format!("there is no variant {}: this is one scenario", quoted(name));
                Err(Failure::Usage(what, "leave out --variant".to_owned()))
            }
            None => jobs.pop().ok_or(Failure::Closed),
        };
    };
    let names: Vec<_> = group.jobs.iter().map(|job| job.scenario.name.clone()).collect();
    let found = group.jobs.into_iter().find(|job| Some(job.scenario.name.as_str()) == variant);
    found.ok_or_else(|| {
        let what = match variant {
            Some(name) => format!("there is no variant {}", quoted(name)),
            None => "a story is about one variant of a comparison".to_owned(),
        };
        Failure::Usage(what, format!("write --variant and one of {}", names.join(", ")))
    })
}

fn render(story: &Story<'_>, format: Format, look: Look, all: bool) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Text => Ok(story.text(look, all)),
        Format::Json => Ok(story.json()),
        Format::Jsonl => Ok(story.jsonl()),
        Format::Csv | Format::Markdown => {
            let what = "a story is no table".to_owned();
            Err(Failure::Usage(what, "use -o text, -o json or -o jsonl".to_owned()))
        }
    }
}
