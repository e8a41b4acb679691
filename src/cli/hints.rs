//! What to keep in mind about a comparison, and what to try next.

use super::input::{Group, Job};
use super::output::shell;
use super::run::stdin;
use super::settings::SettingArgs;
use crate::experiment::{Comparative, Comparison};
use crate::report::digest;
use crate::simulation::{Measures, Truth};

/// What a change must not make worse.
pub(super) const SAFETY: [&str; 4] =
    ["false-rollback", "caught", "blast-radius.users.mean", "rollout-harm.users.mean"];

/// Parts of a document that belong to the world and not to what is released how.
const WORLD: [&str; 8] =
    ["release", "releases", "traffic", "baseline", "noise", "slo", "truth", "telemetry"];

/// Variants that do not live in the same world, or in one without noise.
pub(super) fn cautions(group: &Group) -> Vec<String> {
    let part = |job: &Job, key: &str| digest(&job.tree.clone().split(&[key]).1);
    let baseline = &group.jobs[group.baseline];
    let mut cautions = Vec::new();
    for job in &group.jobs {
        let differs = |key: &&&str| part(job, key) != part(baseline, key);
        let keys: Vec<&str> = WORLD.iter().filter(differs).copied().collect();
        if !keys.is_empty() {
            cautions.push(format!(
                "{} does not live in the world of {}: `{}` differs, and so may the numbers",
                job.scenario.name,
                baseline.scenario.name,
                keys.join("`, `")
            ));
        }
    }
    if baseline.scenario.baseline.noise.is_none() {
        cautions.push("a world without noise: nothing is recommended under it".to_owned());
    }
    cautions
}

/// The story of the world in which the most users are harmed under one variant and spared by
/// another.
pub(super) fn next(
    settings: &SettingArgs,
    group: &Group,
    samples: &[Vec<Measures>],
) -> Vec<String> {
    let harmed = |variant: usize, world: usize| samples[variant][world].users_harmed;
    let bad = |world: &usize| samples[group.baseline][*world].truth == Truth::Bad;
    let spread = |world: &usize| {
        let of = (0..samples.len()).map(|variant| harmed(variant, *world));
        of.clone().max().unwrap_or(0) - of.min().unwrap_or(0)
    };
    let worlds = (0..samples[0].len()).filter(bad);
    let Some(world) = worlds.rev().max_by_key(spread).filter(|world| spread(world) > 0) else {
        return Vec::new();
    };
    let worst = (0..samples.len()).rev().max_by_key(|variant| harmed(*variant, world));
    let Some(job) = worst.map(|variant| &group.jobs[variant]) else { return Vec::new() };
    let variant = &job.scenario.name;
    let is_file = group.jobs.iter().all(|other| other.files == job.files);
    let mut words: Vec<String> = job.files.iter().map(|file| shell(stdin(file))).collect();
    words.extend(settings.again().iter().map(|flag| shell(flag)));
    if is_file {
        words.push(format!("--variant {}", shell(variant)));
    }
    vec![format!("coalmine explain {} --replication {world}", words.join(" "))]
}

/// Whether a change makes anything worse, in one sentence.
pub(super) fn change(comparison: &Comparison) -> String {
    let after = &comparison.variants[1];
    let of = |wanted: Comparative| {
        let names = SAFETY
            .into_iter()
            .filter(|name| after.contrast(name).is_some_and(|contrast| contrast.verdict == wanted));
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let (worse, better) = (of(Comparative::Worse), of(Comparative::Better));
    match (worse.as_str(), better.as_str()) {
        ("", "") => "The change makes nothing certainly better or worse.".to_owned(),
        ("", better) => format!("The change makes {better} better, and nothing certainly worse."),
        (worse, "") => format!("The change makes {worse} worse, and nothing better."),
        (worse, better) => format!("The change makes {worse} worse, and {better} better."),
    }
}
