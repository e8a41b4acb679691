//! Whoever looks harder, earlier or longer never finds later.

use clockwork::{Instant, Span};
use coalmine::gate::{Patience as Forgives, Verdict};
use coalmine::planted::Bug;
use coalmine::simulation::{By, Ending, Happening};

use super::draft::{After, Draft};
use super::faults::{Fault, Kind};
use super::harm::watchful;
use super::plan::{Gate, Metric, Patience, Plan, Routing, Step};
use super::run::{Run, secs};
use super::{Class, Said, equal, laws, require};

laws! {
    a_stricter_bound_never_detects_later_and_never_exposes_more: {
        number: Some(5),
        class: Class::Coupled,
        bug: Bug::BoundUpsideDown,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(300)];
        },
        precondition: |draft| draft.has_one_authority() && !draft.gates.is_empty(),
        transform: |draft| Draft {
            gates: draft.gates.iter().map(stricter).collect(),
            ..draft.clone()
        },
        check: |lax, strict| never_later(strict, lax),
    }
    less_patience_never_detects_later: {
        number: Some(6),
        class: Class::Coupled,
        bug: Bug::FailureLimitForgives,
        lean: on_the_edge,
        precondition: |draft| draft.has_one_authority() && all_have_limits(draft),
        transform: |draft| Draft {
            gates: draft.gates.iter().map(less_patient).collect(),
            ..draft.clone()
        },
        check: |patient, hasty| never_later(hasty, patient),
    }
    a_larger_defect_is_never_detected_later: {
        number: Some(7),
        class: Class::Coupled,
        bug: Bug::SeverityUpsideDown,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike([100, 4_000][draft.spare as usize / 2 % 2])];
            draft.people = None;
        },
        precondition: |draft| {
            draft.has_one_authority() && draft.people.is_none() && is_one_spike(draft)
                && !draft.gates.is_empty() && draft.gates.iter().all(is_monotone)
        },
        transform: |draft| {
            let mut larger = draft.clone();
            if let Some(Fault { kind: Kind::Spike { add, .. }, .. }) = larger.faults.first_mut() {
                *add = (*add * 3).min(10_000);
            }
            larger
        },
        check: |small, large| {
            let (small, large) = (small.ordered(), large.ordered());
            require(large <= small, || format!("the larger one at {large}, not by {small}"))?;
            Ok(large != Instant::NEVER)
        },
    }
    an_earlier_start_of_a_gate_never_detects_later: {
        number: Some(20),
        class: Class::Coupled,
        bug: Bug::DelayBetweenReadings,
        lean: watchful,
        precondition: |draft| draft.has_one_authority() && !draft.gates.is_empty(),
        transform: |draft| {
            let later = |gate: &Gate| Gate {
                initial_delay: gate.initial_delay + 2 * gate.interval,
                ..*gate
            };
            Draft { gates: draft.gates.iter().map(later).collect(), ..draft.clone() }
        },
        check: readings_are_nested,
    }
    a_longer_bake_is_the_same_until_the_shorter_one_is_over: {
        number: Some(21),
        class: Class::Coupled,
        bug: Bug::BakeFromTheStart,
        lean: |draft| {
            draft.faults.clear();
            draft.gates.retain(|gate| matches!(gate.metric, Metric::Latency(_)));
        },
        precondition: |_| true,
        transform: |draft| Draft { bake: draft.bake + 90, ..draft.clone() },
        check: same_until_promoted,
    }
    what_was_known_first_is_what_led_to_the_order: {
        number: Some(27),
        class: Class::Exact,
        bug: Bug::DetectionCountedFromOrder,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(500)];
            draft.gates[0].patience = Patience::Limit(2);
            draft.people = None;
        },
        precondition: |draft| {
            draft.people.is_none() && draft.after == After::Abandon && !draft.gates.is_empty()
        },
        transform: super::same,
        check: knowledge_comes_first,
    }
}

fn stricter(gate: &Gate) -> Gate {
    let metric = match gate.metric {
        Metric::Errors(over) => Metric::Errors(over / 2),
        Metric::ErrorsOfOld(over) => Metric::ErrorsOfOld(over / 2),
        Metric::ErrorsOfAll(over) => Metric::ErrorsOfAll(over / 2),
        Metric::MoreErrors(more) => Metric::MoreErrors(more / 2),
        Metric::TimesErrors(times) => Metric::TimesErrors(times - 3),
        Metric::Latency(limit) => Metric::Latency(limit - 110),
        Metric::SlowShare(than, over) => Metric::SlowShare(than - 120, over / 2),
        Metric::Apdex(under) => Metric::Apdex(under + 6),
        Metric::Throughput(under) => Metric::Throughput(under * 2),
    };
    Gate { metric, ..*gate }
}

/// Fewer failures are forgiven, or readings are taken more often, the old ones among them.
fn less_patient(gate: &Gate) -> Gate {
    match gate.patience {
        Patience::Limit(limit) if limit > 0 && gate.window.is_multiple_of(2) => {
            Gate { patience: Patience::Limit(limit - 1), ..*gate }
        }
        _ => {
            let times = if gate.interval.is_multiple_of(2) { 2 } else { 3 };
            Gate { interval: gate.interval / times, ..*gate }
        }
    }
}

/// Readings fail and pass by turns.
fn on_the_edge(draft: &mut Draft) {
    watchful(draft);
    draft.faults = vec![Fault::spike(100)];
    draft.gates[0].patience = Patience::Limit(2);
    draft.gates[0].window = 1 + draft.spare / 2 % 2;
    let steps = vec![Step::Weight(20), Step::Pause(400)];
    draft.plan = Plan::Canary { routing: Routing::Weights(0), steps };
    draft.noise = false;
}

fn all_have_limits(draft: &Draft) -> bool {
    let is_limit = |gate: &Gate| matches!(gate.patience, Patience::Limit(_));
    !draft.gates.is_empty() && draft.gates.iter().all(is_limit)
}

fn is_one_spike(draft: &Draft) -> bool {
    matches!(draft.faults[..], [Fault { kind: Kind::Spike { .. }, ramp: 0, .. }])
}

/// A gate whose readings can only become worse with more failures: a ratio without a least number
/// of requests, of which a failure takes no more than it brings.
fn is_monotone(gate: &Gate) -> bool {
    matches!(gate.metric, Metric::Errors(_))
        && gate.min_samples <= 1
        && gate.traffic_below.is_none()
}

fn never_later(strict: &Run, lax: &Run) -> Said {
    let (one, other) = (strict.ordered(), lax.ordered());
    require(one <= other, || format!("ordered at {one} and not by {other}"))?;
    let peaks = [strict.measures.peak_share, lax.measures.peak_share];
    require(peaks[0] <= peaks[1], || format!("peak shares {peaks:?}"))?;
    // A fleet that is replaced starts pods anew on the way back, whose times are drawn anew.
    if strict.draft.plan.is_split_by_weights() {
        let seconds = [strict.exposure(), lax.exposure()];
        require(seconds[0] <= seconds[1] + 1e-6, || format!("exposed for {seconds:?}"))?;
    }
    Ok(one != Instant::NEVER)
}

fn readings_are_nested(early: &Run, late: &Run) -> Said {
    let (first, second) = (early.ordered(), late.ordered());
    require(first <= second, || format!("ordered at {first} and not by {second}"))?;
    for run in [early, late] {
        for (index, gate) in run.scenario.gates.iter().enumerate() {
            let own = run.readings().filter(|(_, reading)| reading.gate == index);
            let expected = run.measures.exposed_at + gate.initial_delay;
            for (number, (at, _)) in own.enumerate() {
                equal("a reading", at, expected + gate.interval * number as u64)?;
            }
        }
    }
    let known: Vec<_> =
        early.readings().map(|(at, it)| (at, it.gate, it.value, it.verdict)).collect();
    for (at, it) in late.readings().filter(|(at, _)| *at < first) {
        let reading = (at, it.gate, it.value, it.verdict);
        require(known.contains(&reading), || format!("{reading:?} is not among the early ones"))?;
    }
    Ok(late.readings().next().is_some())
}

fn same_until_promoted(short: &Run, long: &Run) -> Said {
    let promoted = |it: &Happening| matches!(it, Happening::Ended { ending: Ending::Promoted });
    let end = short.first(promoted);
    let until = |run: &Run| {
        let entries = run.timeline.iter();
        let before = entries.filter(|(at, _)| end.is_none_or(|end| *at < end));
        before.cloned().collect::<Vec<_>>()
    };
    equal("what happens until then", until(short), until(long))?;
    for run in [short, long] {
        let baking = run.all(|it| matches!(it, Happening::Baking));
        for end in run.all(promoted) {
            let begun = baking.iter().rfind(|at| **at <= end).copied();
            equal("a promotion", Some(end), begun.map(|at| at + run.scenario.bake))?;
        }
    }
    Ok(end.is_some())
}

/// The first reading that a gate counts against a rollout that it stops at `order`.
fn first_failure(run: &Run, gate: usize, order: Instant) -> Option<Instant> {
    let mut first = None;
    let until = run.readings().filter(|(at, it)| it.gate == gate && *at <= order);
    for (at, reading) in until {
        match (reading.verdict, run.scenario.gates[gate].patience) {
            (Verdict::Fail, _) => first = first.or(Some(at)),
            (Verdict::Pass, Forgives::Consecutive(_)) => first = None,
            _ => {}
        }
    }
    first
}

fn knowledge_comes_first(run: &Run, _: &Run) -> Said {
    let m = &run.measures;
    let (Some(order), Some(by)) = (m.ordered_at, m.by) else { return Ok(false) };
    let gates = 0..run.scenario.gates.len();
    let known = match by {
        By::Gate(_) if run.draft.all => gates.filter_map(|it| first_failure(run, it, order)).min(),
        By::Gate(gate) => first_failure(run, usize::from(gate), order),
        By::Strategy => Some(order),
        By::Person | By::Analysis(_) => return Ok(false),
    };
    let began = m.harm_began.unwrap_or_default();
    equal("what was known", m.detected_at, known.map(|at| at.max(began)))?;
    if let (Some(began), Some(detected)) = (m.harm_began, m.detected_at)
        && began <= order
    {
        let ended = m.harm_ended.unwrap_or(Instant::NEVER).max(order);
        let spans = [detected - began, order - detected, ended - order];
        let all = spans.into_iter().fold(Span::ZERO, Span::saturating_add);
        equal("detect, decide and act, recover", all, ended - began)?;
    }
    Ok(matches!(by, By::Gate(_)) && m.ordered_at.is_some_and(|at| at - Instant::ZERO > secs(0)))
}
