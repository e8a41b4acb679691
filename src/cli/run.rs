//! `coalmine run`: many releases under one policy, and a verdict.

use std::path::PathBuf;
use std::str::FromStr;

use super::claims;
use super::console::Console;
use super::effort::EffortArgs;
use super::exit::{Exit, Failure};
use super::input::{self, Input, Job};
use super::lint::foremost;
use super::output::{self, Format, shell};
use super::progress::{self, Deadline, Watcher};
use super::robust::Main;
use super::settings::SettingArgs;
use crate::document::{Key, Look, Sources, Value, assumptions, print};
use crate::experiment::{
    Diagnosis, Precision, Sample, Standing, Summary, Workers, reference, replicate,
    replicate_until_known,
};
use crate::gate::Patience;
use crate::report::{
    self, Conclusion, End, Ledger, MeanBill, Provenance, Report, Trust, digest, plan,
};
use crate::scenario::NOT_MODELLED;
use crate::simulation::Measures;
use crate::units::Quantity;

/// Flags of `coalmine run`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Scenarios, claims, foreign manifests, folders of them, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    /// How many worlds, or auto: until both rates are known well enough
    #[arg(short = 'n', long, value_name = "N|auto")]
    replications: Option<Replications>,
    #[command(flatten)]
    effort: EffortArgs,
    /// Print the complete scenario, every value with its source, and do not run it
    #[arg(long)]
    print_resolved: bool,
}

/// How many replications are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replications {
    Count(u64),
    Auto,
}

impl FromStr for Replications {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        <u64 as Quantity>::parse(text).map(Self::Count).map_err(|refusal| {
            let instead = refusal.instead.first().map_or("a whole number", String::as_str);
            format!("write {instead}, or auto")
        })
    }
}

/// A finished experiment.
struct Finished {
    report: Report,
    sample: Sample<Measures>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let on_stdout = output::to_stdout(&args.effort.output)?;
    let count = match args.replications {
        Some(Replications::Count(count)) => Some(count),
        Some(Replications::Auto) | None => None,
    };
    let input = input::load(&args.files, &args.settings, count, console)?;
    let Input { jobs, claims, sources, .. } = input.without_comparisons()?;
    if args.print_resolved {
        let cases = claims.into_iter().flat_map(|claim| claim.cases);
        let all: Vec<Job> = jobs.into_iter().chain(cases).collect();
        return print_resolved(&all, &sources, console);
    }
    let formats = args.effort.output.iter().map(|output| output.format);
    claims::refuse(&claims, formats)?;
    progress::listen();
    let (workers, deadline) = (args.effort.workers()?, args.effort.deadline());
    let mut finished = Vec::new();
    for job in &jobs {
        if !progress::is_interrupted() {
            let shown = console.is_watched();
            let mut one = experiment(args, job, &workers, deadline, shown);
            one.report.lint = foremost(&job.files, &sources);
            finished.push(one);
        }
    }
    finished.retain(|it| !it.sample.is_empty());
    let shown = console.is_watched() && !args.effort.quiet;
    let ledger = claims::ledger(&claims, &workers, deadline, shown);
    if finished.is_empty() && ledger.is_empty() {
        if progress::is_interrupted() {
            return Ok(Exit::Interrupted);
        }
        let help = "allow more replications or more time".to_owned();
        return Err(Failure::Nothing("not one world was simulated".to_owned(), help));
    }
    for output in &args.effort.output {
        if let Some(file) = &output.file {
            output::write(file, &render(output.format, &finished, &ledger, Look::Plain, false))?;
        }
    }
    let format = on_stdout.unwrap_or(Format::Text);
    console.print(&render(format, &finished, &ledger, console.look, args.effort.quiet))?;
    let verdicts = finished.iter().map(|it| verdict(&it.report));
    Ok(verdicts.chain(claims::verdict(&ledger)).max().unwrap_or(Exit::Nothing))
}

fn verdict(report: &Report) -> Exit {
    let has = |wanted: Standing| report.wanted.iter().any(|(_, standing)| *standing == wanted);
    if report.provenance.end == End::Interrupted {
        Exit::Interrupted
    } else if has(Standing::Violated) {
        Exit::Failed
    } else if has(Standing::Undecided) || report.provenance.end == End::Unknown {
        Exit::Undecided
    } else {
        Exit::Good
    }
}

pub(super) fn print_resolved(
    jobs: &[Job],
    sources: &Sources,
    console: &mut Console,
) -> Result<Exit, Failure> {
    for (index, job) in jobs.iter().enumerate() {
        if index > 0 {
            console.print(b"---\n")?;
        }
        let mut tree = job.tree.clone();
        if let (Value::Map(map), Some(expect)) = (&mut tree.value, &job.expect) {
            map.insert(Key::new("expect", expect.place), expect.clone());
        }
        console.print(print::resolved(&tree, sources).as_bytes())?;
    }
    Ok(Exit::Good)
}

fn experiment(
    args: &Args,
    job: &Job,
    workers: &Workers,
    deadline: Deadline,
    shown: bool,
) -> Finished {
    let scenario = &job.scenario;
    let seed = job.doc.seed.get();
    let auto = args.replications == Some(Replications::Auto);
    let asked = (!auto).then(|| job.doc.replications.get());
    let watcher = Watcher::new(&scenario.name, asked, shown && !args.effort.quiet, deadline);
    let (sample, end) = if let Some(asked) = asked {
        let values = replicate(scenario, seed, 0..asked, workers, &watcher);
        let whole = values.len() as u64 == asked;
        let end = if whole { End::Complete } else { Watcher::stopped_by() };
        (Sample { seed, values }, end)
    } else {
        let (sample, precision) = replicate_until_known(scenario, seed, workers, &watcher);
        let end = match precision {
            Precision::Reached => End::Known,
            Precision::NotReached => End::Unknown,
            Precision::Stopped => Watcher::stopped_by(),
        };
        (sample, end)
    };
    drop(watcher);
    let watched = shown && !args.effort.quiet;
    let main = Main { effort: &args.effort, workers, deadline, watched, end };
    let report = report(args, job, &sample, asked, main);
    Finished { report, sample }
}

fn report(
    args: &Args,
    job: &Job,
    sample: &Sample<Measures>,
    asked: Option<u64>,
    main: Main<'_>,
) -> Report {
    let scenario = &job.scenario;
    let summary = Summary::of(scenario, &sample.values);
    let diagnosis = Diagnosis::of(scenario, sample, &summary);
    let conclusion = Conclusion::of(scenario, &summary, &diagnosis);
    let wanted = job.wanted.iter().map(|it| (it.clone(), it.standing(&summary))).collect();
    let default_mix = job.doc.release.is_none() && job.doc.releases.is_none();
    Report {
        name: scenario.name.clone(),
        description: job.doc.description.clone(),
        plan: plan(scenario),
        provenance: Provenance {
            files: job.files.clone(),
            version: env!("CARGO_PKG_VERSION"),
            fingerprint: reference::FINGERPRINT,
            scenario: digest(&job.tree).to_string(),
            seed: sample.seed,
            replications: sample.len(),
            asked,
            end: main.end,
        },
        lint: None,
        next: next(args, job, &diagnosis, &conclusion),
        trust: Trust::of(&job.tree),
        robust: main.robustness(&[(job, &sample.values, &summary)], None),
        bill: MeanBill::of(summary.ledger.as_ref(), &scenario.prices),
        summary,
        wanted,
        conclusion,
        assumptions: assumptions(&job.tree),
        notes: report::sight(scenario).into_iter().chain(job.assumptions.clone()).collect(),
        losses: job.losses.clone(),
        left_out: default_mix.then_some(NOT_MODELLED),
    }
}

/// What to try next: the story of a world that shows the sentence, and one setting that may help.
fn next(args: &Args, job: &Job, diagnosis: &Diagnosis, conclusion: &Conclusion) -> Vec<String> {
    let mut flags: Vec<String> = job.files.iter().map(|file| shell(stdin(file))).collect();
    flags.extend(args.settings.again().iter().map(|flag| shell(flag)));
    let flags = flags.join(" ");
    let mut next = Vec::new();
    if let Some(example) = conclusion.example {
        next.push(format!("coalmine explain {flags} --replication {example}"));
    }
    if let Some(setting) = remedy(job, diagnosis) {
        next.push(format!("coalmine run {flags} --set {setting}"));
    }
    next
}

pub(super) fn stdin(file: &str) -> &str {
    if file == "<stdin>" { "-" } else { file }
}

/// Where a gate is wrong more often than releases are missed: a later first reading when it is
/// wrong early, one more failure forgiven when it is not.
fn remedy(job: &Job, diagnosis: &Diagnosis) -> Option<String> {
    let it = diagnosis.false_rollback.as_ref()?;
    if it.all <= diagnosis.missed() {
        return None;
    }
    let gate = job.scenario.gates.get(it.gate)?;
    if 2.0 * it.early >= it.by_gate && gate.initial_delay <= it.window {
        return Some(format!("gates.{}.initialDelay={}", gate.name, it.window + gate.interval));
    }
    Some(match gate.patience {
        Patience::Limit(limit) => format!("gates.{}.failureLimit={}", gate.name, limit + 1),
        Patience::Consecutive(run) => format!("gates.{}.consecutive={}", gate.name, run + 1),
    })
}

fn render(
    format: Format,
    finished: &[Finished],
    ledger: &Ledger,
    look: Look,
    brief: bool,
) -> Vec<u8> {
    let reports: Vec<&Report> = finished.iter().map(|it| &it.report).collect();
    let ledgers = (!ledger.is_empty()).then_some(ledger);
    let together = |mut pages: Vec<Vec<u8>>, last: fn(&Ledger, Look) -> Vec<u8>, between: &[u8]| {
        pages.extend(ledgers.map(|it| last(it, look)));
        pages.join(between)
    };
    match format {
        Format::Text if brief => {
            let lines = reports.iter().map(|report| report.brief(look)).collect();
            together(lines, Ledger::brief, b"")
        }
        Format::Text => {
            let pages = reports.iter().map(|report| report.text(look)).collect();
            together(pages, Ledger::text, b"\n\n")
        }
        Format::Json => report::json(&reports, ledgers),
        Format::Csv => report::csv(&reports),
        Format::Markdown => {
            let pages = reports.iter().map(|report| report::markdown(&[*report])).collect();
            together(pages, |ledger, _| ledger.markdown(), b"\n")
        }
        Format::Jsonl => {
            let lines = |it: &Finished| report::jsonl(&it.report, &it.sample.values);
            finished.iter().flat_map(lines).collect()
        }
    }
}
