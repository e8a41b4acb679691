//! What a gate reads, how much it forgives, and what it does not depend on.

use clockwork::Instant;
use coalmine::gate::{Metric as Judged, Subject, Tally, Verdict, Window};
use coalmine::planted::Bug;
use coalmine::simulation::Happening;

use super::draft::Draft;
use super::faults::Fault;
use super::harm::watchful;
use super::plan::{Gate, Metric, Patience};
use super::run::{NEW, OLD, Run};
use super::{Class, Said, as_it_is, equal, laws, require, same};

laws! {
    a_reading_is_the_sum_of_the_ticks_of_its_window: {
        number: Some(3),
        class: Class::Exact,
        bug: Bug::WindowHalfOpen,
        lean: as_it_is,
        precondition: |draft| !draft.gates.is_empty(),
        transform: same,
        check: windows_add_up,
    }
    a_gate_trips_at_the_failure_after_its_limit: {
        number: Some(6),
        class: Class::Exact,
        bug: Bug::FailureLimitOffByOne,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(400)];
            draft.gates[0].patience = Patience::Limit(1 + draft.spare / 2 % 3);
        },
        precondition: |draft| draft.has_one_authority() && !draft.gates.is_empty(),
        transform: same,
        check: trips_in_time,
    }
    a_gate_twice_is_a_gate_once: {
        number: Some(9),
        class: Class::Exact,
        bug: Bug::GatesShareACounter,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(300)];
            draft.gates[0].patience = Patience::Limit(1);
        },
        precondition: |draft| !draft.gates.is_empty(),
        transform: |draft| {
            let mut twice = draft.clone();
            twice.gates.push(draft.gates[draft.spare as usize % draft.gates.len()]);
            twice
        },
        check: same_but_for_the_log,
    }
    names_decide_nothing: {
        number: Some(13),
        class: Class::Exact,
        bug: Bug::NamesDecideTheOrder,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(300)];
            draft.gates.push(Gate { window: 2, ..Gate::of_errors(60) });
        },
        precondition: |draft| draft.gates.len() > 1,
        transform: |draft| Draft {
            names: ["zebra", "yak", "viper", "ant"],
            release: "another",
            ..draft.clone()
        },
        check: |one, other| {
            equal("measures", one.measures, other.measures)?;
            equal("timelines", &one.timeline, &other.timeline)?;
            Ok(one.first(|it| matches!(it, Happening::Tripped { .. })).is_some())
        },
    }
    versions_that_change_places_change_verdicts: {
        number: Some(22),
        class: Class::Exact,
        bug: Bug::BaselineAndReleaseSwapped,
        lean: |draft| draft.gates = vec![Gate::of_errors(50), more_errors(0)],
        precondition: |draft| !draft.gates.is_empty(),
        transform: same,
        check: verdicts_change_places,
    }
    too_few_requests_say_nothing: {
        number: Some(34),
        class: Class::Coupled,
        bug: Bug::TooFewSamplesFail,
        lean: |draft| {
            watchful(draft);
            draft.rate = 20;
            draft.gates[0].min_samples = 50;
        },
        precondition: |draft| {
            let is_limit = |gate: &Gate| matches!(gate.patience, Patience::Limit(_));
            draft.has_one_authority() && !draft.gates.is_empty()
                && draft.gates.iter().all(is_limit)
        },
        transform: |draft| {
            let more = |gate: &Gate| Gate { min_samples: 4 * gate.min_samples + 100, ..*gate };
            Draft { gates: draft.gates.iter().map(more).collect(), ..draft.clone() }
        },
        check: silence_decides_nothing,
    }
}

fn more_errors(more: u64) -> Gate {
    Gate { metric: Metric::MoreErrors(more), ..Gate::of_errors(0) }
}

fn windows_add_up(run: &Run, _: &Run) -> Said {
    let (tick, delay) = (run.scenario.tick, run.scenario.delay);
    for (at, reading) in run.readings() {
        let gate = run.scenario.judge(reading.gate);
        let to = ((at - delay).since_start() / tick) as usize;
        let from = to.saturating_sub(gate.window as usize);
        let versions = match gate.metric.of() {
            Subject::Old => OLD..NEW,
            Subject::New => NEW..NEW + 1,
            Subject::All => OLD..NEW + 1,
        };
        let sums = versions.map(|version| run.sum(version, from, to));
        let [requests, failed] = sums.fold([0, 0], |a, b| [a[0] + b[0], a[1] + b[1]]);
        equal("requests of a reading", reading.samples, requests)?;
        if matches!(gate.metric, Judged::ErrorRate(_)) && requests > 0 {
            equal("value", reading.value, Some(failed as f64 / requests as f64))?;
        }
    }
    let from = run.measures.exposed_at.since_start() / tick;
    let [met, _] = run.sum(NEW, from as usize, run.ticks());
    let last = run.measures.met - met.min(run.measures.met);
    require(met <= run.measures.met, || format!("{met} requests, {} measured", run.measures.met))?;
    // What lies in the last tick beyond the watched time is not among the counts.
    let whole = run
        .first(|it| matches!(it, Happening::Watched))
        .is_none_or(|end| (end.since_start() % tick).is_zero());
    require(!whole || last == 0, || format!("{last} requests too many"))?;
    Ok(run.readings().next().is_some())
}

fn trips_in_time(run: &Run, _: &Run) -> Said {
    let mut said = false;
    for (index, gate) in run.draft.gates.iter().enumerate() {
        let Patience::Limit(limit) = gate.patience else { continue };
        let fails =
            run.readings().filter(|(_, it)| it.gate == index && it.verdict == Verdict::Fail);
        let due = fails.map(|(at, _)| at).nth(limit as usize);
        let tripped = |it: &Happening| *it == Happening::Tripped { gate: index };
        if let Some(tripped) = run.first(tripped) {
            equal("when a gate trips", Some(tripped), due)?;
            said = true;
        }
        let ordered = run.ordered();
        let late = due.filter(|due| *due < ordered);
        require(late.is_none(), || format!("gate {index} should have acted at {late:?}"))?;
    }
    Ok(said)
}

fn same_but_for_the_log(once: &Run, twice: &Run) -> Said {
    equal("measures", once.plain(), twice.plain())?;
    equal("counts", once.counts(), twice.counts())?;
    let log = |run: &Run| {
        let mut entries = run.plain_timeline();
        entries.retain(|(_, it)| !matches!(it, Happening::Tripped { .. }));
        entries
    };
    equal("timelines", log(once), log(twice))?;
    Ok(once.readings().any(|(_, reading)| reading.verdict == Verdict::Fail))
}

/// The counts of a tick as a gate has them.
fn tally(run: &Run, tick: usize, version: usize) -> Tally {
    let [requests, failed] = run.sum(version, tick, tick + 1);
    let [slow, middle, fast] = [3, 4, 5].map(|cell| run.cell(tick, version, cell));
    Tally { requests, failed, fast, middle, slow, beyond: slow }
}

/// The same metric of the running version; nothing where it compares both.
fn of_old(metric: &Judged) -> Option<Judged> {
    let mut other = metric.clone();
    let of = match &mut other {
        Judged::Apdex(it) => &mut it.of,
        Judged::ErrorRate(it) => &mut it.of,
        Judged::SlowShare(it) => &mut it.of,
        Judged::Throughput(it) => &mut it.of,
        Judged::Alert(_) | Judged::Latency(_) | Judged::Query(_) => return None,
    };
    if *of != Subject::New || metric.compares() {
        return None;
    }
    *of = Subject::Old;
    Some(other)
}

fn verdicts_change_places(run: &Run, _: &Run) -> Said {
    let mut said = false;
    for tick in 0..run.ticks() {
        let [old, new] = [OLD, NEW].map(|version| tally(run, tick, version));
        let window = Window { old, new, seconds: run.scenario.tick.as_secs_f64() };
        let swapped = Window { old: new, new: old, ..window };
        for gate in &run.scenario.gates {
            if let Some(metric) = of_old(&gate.metric) {
                let other = coalmine::gate::Gate { metric, ..gate.clone() };
                let unless = gate.unless.baseline_errors_above.is_none();
                require(unless, || "an exception reads one version only".to_owned())?;
                equal("verdicts", gate.verdict(&window), other.verdict(&swapped))?;
                said |= old != new && new.requests > 0;
            }
            if gate.metric.compares() && old.requests.min(new.requests) > 0 {
                let both = gate.metric.fails(&window) && gate.metric.fails(&swapped);
                let zero = matches!(gate.metric, Judged::Apdex(_));
                require(!both || zero, || format!("each is worse than the other: {window:?}"))?;
            }
        }
    }
    Ok(said)
}

fn silence_decides_nothing(lax: &Run, strict: &Run) -> Said {
    for run in [lax, strict] {
        for (at, reading) in run.readings() {
            let few = reading.gate < run.scenario.gates.len()
                && reading.samples < run.scenario.gates[reading.gate].min_samples;
            require(!few || reading.verdict == Verdict::NoData, || {
                format!("{} requests at {at} say {}", reading.samples, reading.verdict.word())
            })?;
        }
    }
    let (first, second) = (lax.ordered(), strict.ordered());
    require(first <= second, || format!("{second} is before {first}"))?;
    let silent = |run: &Run| run.readings().any(|(_, it)| it.verdict == Verdict::NoData);
    Ok(silent(strict) || second != Instant::NEVER)
}
