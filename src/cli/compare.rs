//! `coalmine compare`: several variants in the same worlds, held against each other.

use std::path::PathBuf;

use clockwork::Digest;

use super::console::Console;
use super::effort::EffortArgs;
use super::exit::{Exit, Failure};
use super::hints::{SAFETY, cautions, change, next};
use super::input::{self, Group, Input, Job};
use super::output::{self, Format};
use super::progress::{self, Deadline, Watcher};
use super::robust::Main;
use super::run::print_resolved;
use super::settings::SettingArgs;
use crate::document::{Look, assumptions, quoted};
use crate::experiment::{
    Comparative, Comparison, Measure, Standing, Workers, reference, replicate_all,
};
use crate::report::{
    self, ComparisonReport, End, MeanBill, Provenance, SHOWN, Trust, digest, plan, sentence, shown,
};
use crate::scenario::NOT_MODELLED;
use crate::simulation::Measures;

/// Flags of `coalmine compare`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Comparisons, or scenarios that are the variants of one
    #[arg(value_name = "FILE", required_unless_present = "before")]
    files: Vec<PathBuf>,
    /// What there was: a scenario, manifests or a folder of them; with --after
    #[arg(long, value_name = "PATH", requires = "after", conflicts_with = "files")]
    before: Option<PathBuf>,
    /// What there is now; fails when it is certainly worse
    #[arg(long, value_name = "PATH", requires = "before")]
    after: Option<PathBuf>,
    /// The variant that the others are held against
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Measures to show, by name or by its beginning, or all
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    measures: Vec<String>,
    #[command(flatten)]
    settings: SettingArgs,
    /// How many worlds
    #[arg(short = 'n', long, value_name = "N")]
    replications: Option<u64>,
    #[command(flatten)]
    effort: EffortArgs,
    /// Print the complete scenario of every variant, and do not run it
    #[arg(long)]
    print_resolved: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let on_stdout = output::to_stdout(&args.effort.output)?;
    let groups = groups(args, console)?;
    if args.print_resolved {
        return Ok(Exit::Good);
    }
    progress::listen();
    let (workers, deadline) = (args.effort.workers()?, args.effort.deadline());
    let mut reports = Vec::new();
    for group in &groups {
        if !progress::is_interrupted() {
            let shown = console.is_watched() && !args.effort.quiet;
            reports.extend(compare(args, group, &workers, deadline, shown)?);
        }
    }
    if reports.is_empty() {
        if progress::is_interrupted() {
            return Ok(Exit::Interrupted);
        }
        let help = "allow more replications or more time".to_owned();
        return Err(Failure::Nothing("not one world was simulated".to_owned(), help));
    }
    let brief = args.effort.quiet;
    for output in &args.effort.output {
        if let Some(file) = &output.file {
            output::write(file, &render(output.format, &reports, Look::Plain, false)?)?;
        }
    }
    let format = on_stdout.unwrap_or(Format::Text);
    console.print(&render(format, &reports, console.look, brief)?)?;
    let verdict = |it: &ComparisonReport| verdict(it, args.before.is_some());
    Ok(reports.iter().map(verdict).max().unwrap_or(Exit::Nothing))
}

/// What is to be compared: comparisons as they are, and scenarios as the variants of one.
fn groups(args: &Args, console: &mut Console) -> Result<Vec<Group>, Failure> {
    let (settings, n) = (&args.settings, args.replications);
    if let (Some(before), Some(after)) = (&args.before, &args.after) {
        let before = input::load(std::slice::from_ref(before), settings, n, console)?;
        let after = input::load(std::slice::from_ref(after), settings, n, console)?;
        let alone = |input: Input| Ok(input.without_comparisons()?.without_claims()?.jobs);
        return pairs(alone(before)?, alone(after)?, console);
    }
    let input = input::load(&args.files, settings, n, console)?.without_claims()?;
    let Input { sources, jobs, mut groups, .. } = input;
    if args.print_resolved {
        for group in &groups {
            print_resolved(&group.jobs, &sources, console)?;
        }
        print_resolved(&jobs, &sources, console)?;
    }
    if jobs.len() == 1 {
        let what = "one scenario, and nothing to compare it with".to_owned();
        let help = "name a second one, or a file of `kind: Compare`".to_owned();
        return Err(Failure::Usage(what, help));
    }
    if let Some(first) = jobs.first() {
        let worlds = |job: &Job| (job.doc.seed, job.doc.replications);
        if let Some(other) = jobs.iter().find(|job| worlds(job) != worlds(first)) {
            let (one, two) = (&first.scenario.name, &other.scenario.name);
            let what = format!("{} and {} ask for other worlds", quoted(one), quoted(two));
            let help = "say what holds for both: --seed 0 -n 10000".to_owned();
            return Err(Failure::Usage(what, help));
        }
        let name = "comparison".to_owned();
        groups.push(Group { name, jobs, baseline: 0, measures: None });
    }
    for group in &mut groups {
        if let Some(name) = &args.baseline {
            let names = || group.jobs.iter().map(|job| job.scenario.name.as_str());
            let Some(place) = names().position(|known| known == name) else {
                let what = format!("there is no variant {}", quoted(name));
                let names: Vec<_> = names().collect();
                return Err(Failure::Usage(what, format!("variants: {}", names.join(", "))));
            };
            group.baseline = place;
        }
    }
    Ok(groups)
}

/// What there was and what there is now, scenario by scenario.
fn pairs(
    before: Vec<Job>,
    mut after: Vec<Job>,
    console: &mut Console,
) -> Result<Vec<Group>, Failure> {
    let alone = before.len() == 1 && after.len() == 1;
    let mut groups = Vec::new();
    for mut old in before {
        let name = old.scenario.name.clone();
        let same = after.iter().position(|new| alone || new.scenario.name == name);
        let Some(mut new) = same.map(|place| after.remove(place)) else {
            console.note(&format!("note: {} is gone, and not compared\n", quoted(&name)));
            continue;
        };
        "before".clone_into(&mut old.scenario.name);
        "after".clone_into(&mut new.scenario.name);
        groups.push(Group { name, jobs: vec![old, new], baseline: 0, measures: None });
    }
    for new in after {
        let name = quoted(&new.scenario.name);
        console.note(&format!("note: {name} is new, and not compared\n"));
    }
    if groups.is_empty() {
        let what = "nothing of what there was is there now".to_owned();
        let help = "scenarios are compared by their names".to_owned();
        return Err(Failure::Nothing(what, help));
    }
    Ok(groups)
}

fn compare(
    args: &Args,
    group: &Group,
    workers: &Workers,
    deadline: Deadline,
    watched: bool,
) -> Result<Option<ComparisonReport>, Failure> {
    let first = &group.jobs[0];
    let (seed, asked) = (first.doc.seed.get(), first.doc.replications.get());
    let scenarios: Vec<_> = group.jobs.iter().map(|job| &job.scenario).collect();
    let watcher = Watcher::new(&group.name, Some(asked), watched, deadline);
    let samples = replicate_all(&scenarios, seed, 0..asked, workers, &watcher);
    drop(watcher);
    let made = samples[0].len() as u64;
    if made == 0 {
        return Ok(None);
    }
    let end = if made == asked { End::Complete } else { Watcher::stopped_by() };
    let variants: Vec<_> = scenarios
        .iter()
        .zip(&samples)
        .map(|(scenario, sample)| (scenario.name.as_str(), *scenario, sample.as_slice()))
        .collect();
    let comparison = Comparison::of(&variants, group.baseline);
    let provenance = provenance(group, (made, asked), end);
    let main = Main { effort: &args.effort, workers, deadline, watched, end };
    Ok(Some(report(args, group, comparison, &samples, (provenance, main))?))
}

fn provenance(group: &Group, (made, asked): (u64, u64), end: End) -> Provenance {
    let mut all = Digest::new();
    for job in &group.jobs {
        all.bytes(job.scenario.name.as_bytes());
        all.bytes(digest(&job.tree).to_string().as_bytes());
    }
    let mut files: Vec<String> = group.jobs.iter().flat_map(|job| job.files.clone()).collect();
    files.dedup();
    Provenance {
        files,
        version: env!("CARGO_PKG_VERSION"),
        fingerprint: reference::FINGERPRINT,
        scenario: all.to_string(),
        seed: group.jobs[0].doc.seed.get(),
        replications: made,
        asked: Some(asked),
        end,
    }
}

fn report(
    args: &Args,
    group: &Group,
    comparison: Comparison,
    samples: &[Vec<Measures>],
    (provenance, main): (Provenance, Main<'_>),
) -> Result<ComparisonReport, Failure> {
    let jobs = &group.jobs;
    let summaries = comparison.variants.iter().map(|it| &it.summary);
    let bills: Vec<_> = summaries
        .zip(jobs)
        .map(|(summary, job)| MeanBill::of(summary.ledger.as_ref(), &job.scenario.prices))
        .collect();
    let wanted = comparison.variants.iter().zip(jobs).map(|(variant, job)| {
        let standing =
            |it: &crate::experiment::Expectation| (it.clone(), it.standing(&variant.summary));
        job.wanted.iter().map(standing).collect()
    });
    let wanted = wanted.collect();
    let default_mix = jobs.iter().any(|it| it.doc.release.is_none() && it.doc.releases.is_none());
    let said = |list: fn(&Job) -> &Vec<String>| {
        let all = jobs
            .iter()
            .flat_map(|job| list(job).iter().map(|text| format!("{}: {text}", job.scenario.name)));
        all.collect()
    };
    let sentence = if args.before.is_some() {
        change(&comparison)
    } else {
        sentence(&comparison, &bills[0].currency.to_string())
    };
    Ok(ComparisonReport {
        trust: Trust::of(&jobs[group.baseline].tree),
        robust: main.robustness_of_all(jobs, samples, &comparison),
        name: group.name.clone(),
        description: jobs[group.baseline].doc.description.clone(),
        plans: jobs.iter().map(|job| plan(&job.scenario)).collect(),
        cautions: cautions(group),
        next: next(&args.settings, group, samples),
        assumptions: assumptions(&jobs[group.baseline].tree),
        notes: said(|job| &job.assumptions),
        losses: said(|job| &job.losses),
        left_out: default_mix.then_some(NOT_MODELLED),
        shown: measures(args, group)?,
        provenance,
        comparison,
        bills,
        wanted,
        sentence,
    })
}

/// The measures to show: those of the flag, else of the file, else the usual ones.
fn measures(args: &Args, group: &Group) -> Result<Vec<&'static Measure>, Failure> {
    let flag: Vec<&str> = args.measures.iter().map(String::as_str).collect();
    let file = group.measures.iter().flatten().map(|it| it.value.as_str());
    let file: Vec<&str> = file.collect();
    let wanted = match (flag.as_slice(), file.as_slice()) {
        ([], []) => SHOWN,
        ([], file) => file,
        (flag, _) => flag,
    };
    shown(wanted).map_err(|name| {
        let what = format!("there is no measure {}", quoted(name));
        Failure::Usage(what, "coalmine schema result lists all of them".to_owned())
    })
}

fn verdict(report: &ComparisonReport, is_change: bool) -> Exit {
    let has = |standing: Standing| report.wanted.iter().flatten().any(|it| it.1 == standing);
    let worse = |name: &&str| {
        let variants = report.comparison.variants.iter();
        let mut contrasts = variants.filter_map(|variant| variant.contrast(name));
        contrasts.any(|contrast| contrast.verdict == Comparative::Worse)
    };
    if report.provenance.end == End::Interrupted {
        Exit::Interrupted
    } else if has(Standing::Violated) || is_change && SAFETY.iter().any(worse) {
        Exit::Failed
    } else if has(Standing::Undecided) {
        Exit::Undecided
    } else {
        Exit::Good
    }
}

fn render(
    format: Format,
    reports: &[ComparisonReport],
    look: Look,
    brief: bool,
) -> Result<Vec<u8>, Failure> {
    let pages = |page: fn(&ComparisonReport, Look) -> Vec<u8>| {
        let pages: Vec<_> = reports.iter().map(|report| page(report, look)).collect();
        pages.join(&b"\n\n"[..])
    };
    Ok(match format {
        Format::Text if brief => pages(ComparisonReport::brief),
        Format::Text => pages(ComparisonReport::text),
        Format::Markdown => pages(|report, _| report.markdown()),
        Format::Json => report::comparisons_json(reports),
        Format::Csv => {
            // One head for all of them.
            let tables = reports.iter().map(ComparisonReport::csv).enumerate();
            let rows = tables.flat_map(|(index, table)| {
                let head = table.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
                table[if index == 0 { 0 } else { head }..].to_vec()
            });
            rows.collect()
        }
        Format::Jsonl => {
            let what = "a comparison has no line per world".to_owned();
            let help = "run each variant: coalmine run FILE -o jsonl; or use -o json".to_owned();
            return Err(Failure::Usage(what, help));
        }
    })
}
