//! Nobody who looks, and nothing that lies elsewhere or later, changes what happens.

use coalmine::planted::Bug;
use coalmine::simulation::{Engine, Happening, Timeline};

use super::draft::Draft;
use super::plan::{Gate, Metric};
use super::run::Run;
use super::{Class, Said, as_it_is, equal, laws, require, same};

laws! {
    a_gate_that_never_fires_changes_nothing: {
        number: Some(8),
        class: Class::Exact,
        bug: Bug::ReaderChangesACount,
        lean: |draft| draft.all = false,
        precondition: |draft| !draft.all,
        transform: watched,
        check: unchanged,
    }
    a_world_depends_on_its_seed_and_its_index_alone: {
        number: Some(10),
        class: Class::Exact,
        bug: Bug::WorldsRemember,
        lean: as_it_is,
        precondition: |_| true,
        transform: same,
        check: |run, _| {
            let mut fresh = Engine::new(&run.scenario, Timeline::default());
            equal("measures", fresh.simulate(run.seed, run.world), run.measures)?;
            equal("timeline", &fresh.record.entries, &run.timeline)?;
            equal("measures when nobody is told", run.quiet, run.measures)?;
            Ok(run.world > 0)
        },
    }
    a_shorter_watch_is_the_beginning_of_a_longer_one: {
        number: Some(36),
        class: Class::Exact,
        bug: Bug::BakeWithinTheWatch,
        lean: |draft| {
            draft.faults.clear();
            (draft.watch, draft.bake) = (120, 240);
        },
        precondition: |_| true,
        transform: |draft| Draft { watch: 2 * draft.watch, ..draft.clone() },
        check: begins_alike,
    }
    the_bounds_of_good_and_bad_decide_nothing: {
        number: None,
        class: Class::Exact,
        bug: Bug::PeopleSeeTheTruth,
        lean: super::people::attentive,
        precondition: |draft| draft.people.is_some(),
        transform: |draft| Draft { truth: [9_000, 10_000], ..draft.clone() },
        check: |one, other| {
            equal("timelines", &one.timeline, &other.timeline)?;
            let blind = |run: &Run| coalmine::simulation::Measures {
                truth: one.measures.truth,
                ..run.measures
            };
            equal("measures", blind(one), blind(other))?;
            Ok(one.first(|it| matches!(it, Happening::Judged { .. })).is_some())
        },
    }
}

/// One more gate, whose bound nothing can pass.
fn watched(draft: &Draft) -> Draft {
    let metrics = [
        Metric::Errors(10_000),
        Metric::ErrorsOfOld(10_000),
        Metric::ErrorsOfAll(10_000),
        Metric::Latency(3_600_000),
        Metric::Apdex(0),
        Metric::Throughput(0),
    ];
    let spare = draft.spare / 2;
    let gate = Gate {
        metric: metrics[spare as usize % metrics.len()],
        window: 1 + spare % 9,
        interval: 5 + spare % 50,
        initial_delay: spare % 70,
        ..Gate::of_errors(0)
    };
    let mut watched = draft.clone();
    watched.gates.push(gate);
    watched
}

fn unchanged(alone: &Run, watched: &Run) -> Said {
    equal("measures", alone.plain(), watched.plain())?;
    equal("counts", alone.counts(), watched.counts())?;
    equal("timelines", alone.plain_timeline(), watched.plain_timeline())?;
    let quiet = |run: &Run| coalmine::simulation::Measures { readings: 0, ..run.quiet };
    equal("measures when nobody is told", quiet(alone), quiet(watched))?;
    let added = alone.draft.gates.len();
    Ok(watched.readings().any(|(_, reading)| reading.gate == added))
}

fn begins_alike(short: &Run, long: &Run) -> Said {
    let end = short.first(|it| matches!(it, Happening::Watched)).unwrap_or_default();
    let until = |run: &Run| {
        let entries = run.timeline.iter().filter(|(at, _)| *at < end);
        entries.cloned().collect::<Vec<_>>()
    };
    equal("what happens until then", until(short), until(long))?;
    let counts = short.counts();
    let beginning = long.counts().get(..counts.len());
    require(beginning == Some(counts), || "counts differ".to_owned())?;
    Ok(true)
}
