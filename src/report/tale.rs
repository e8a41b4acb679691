//! A story as text: a tree of what happened, as people know it from Argo Rollouts.

use super::number::{grouped, many, share, time};
use super::page::{Ink, Page};
use super::story::Story;
use super::{plan, tidings};
use crate::document::Look;
use crate::gate::{Gate, Metric, Patience, Verdict};
use crate::simulation::{By, Ending, Happening, Measures, Reading, Truth};
use crate::strategy::Stage;

/// Where times and texts begin.
const TIME: usize = 2;
const TEXT: usize = 11;
/// Where samples and verdicts of readings begin, after the name of the gate.
const SAMPLES: usize = 44;
const VERDICT: usize = 70;

/// The whole story.
pub(super) fn render(story: &Story<'_>, look: Look, all: bool) -> String {
    let mut page = Page::new(look);
    head(&mut page, story);
    let kept = story.kept();
    let mut skipped = Skipped::default();
    for ((at, happening), kept) in story.entries.iter().zip(kept) {
        if let Happening::Reading(reading) = happening
            && !(all || kept)
        {
            skipped.add(reading.verdict);
            continue;
        }
        skipped.tell(&mut page);
        line(&mut page, story, &at.to_string_rounded(), happening);
    }
    skipped.tell(&mut page);
    totals(&mut page, story);
    page.into_text()
}

/// An instant as a reader wants it.
trait Rounded {
    fn to_string_rounded(&self) -> String;
}

impl Rounded for clockwork::Instant {
    fn to_string_rounded(&self) -> String {
        let micros = self.since_start().micros();
        let grain = if micros < 60_000_000 { 100_000 } else { 1_000_000 };
        clockwork::Span::from_micros((micros + grain / 2) / grain * grain).to_string()
    }
}

/// Readings that are not shown, by verdict.
#[derive(Default)]
struct Skipped([u64; 5]);

impl Skipped {
    fn add(&mut self, verdict: Verdict) {
        self.0[verdict as usize] += 1;
    }

    fn tell(&mut self, page: &mut Page) {
        let words = ["passed", "failed", "were inconclusive", "had too few samples", "were errors"];
        let parts: Vec<String> = self
            .0
            .iter()
            .zip(words)
            .filter(|(count, _)| **count > 0)
            .map(|(count, word)| format!("{} more {word}", grouped(*count)))
            .collect();
        if !parts.is_empty() {
            page.put(Ink::Faint, "│").to(TEXT, 1).put(Ink::Faint, "... ");
            page.put(Ink::Faint, &parts.join(", ")).end();
        }
        *self = Self::default();
    }
}

fn head(page: &mut Page, story: &Story<'_>) {
    let it = &story.measures;
    let release = &story.scenario.releases[story.world.release];
    page.put(Ink::Strong, &format!("replication {} of {}", story.replication, story.scenario.name));
    page.to(0, 2).put(Ink::Faint, &format!("seed {}, {}", story.seed, plan::plan(story.scenario)));
    page.end();
    let ink = ink_of(it);
    page.put(Ink::Plain, &format!("a {} release, ", it.truth.word()));
    page.put(ink, &ended(story)).end().end();
    fact(page, "release", &release.name);
    for fault in story.faults() {
        fact(page, "", &fault);
    }
    let potential = it.potential as f64 / 1000.0;
    let part = potential / (it.requests as f64 / 1000.0).max(1.0);
    let harm = format!(
        "without any gate it would harm {} requests in a day ({})",
        grouped(potential.round() as u64),
        share(part)
    );
    fact(page, "", if it.potential == 0 { "it would harm nobody" } else { &harm });
    let minutes = (story.world.start / 60.0) as u64;
    let day = format!(
        "starts at {:02}:{:02}, {:.0} requests/s on average over the day",
        minutes / 60 % 24,
        minutes % 60,
        story.world.rate
    );
    fact(page, "traffic", &day);
    page.end();
}

fn fact(page: &mut Page, label: &str, text: &str) {
    page.to(TIME, 0).put(Ink::Faint, label).to(TEXT, 1).put(Ink::Plain, text).end();
}

fn ink_of(it: &Measures) -> Ink {
    match (it.truth, it.ending) {
        (Truth::Good, Ending::Promoted)
        | (Truth::Bad, Ending::RolledBack | Ending::Held | Ending::Stuck) => Ink::Good,
        (Truth::Good, _) | (Truth::Bad, Ending::Promoted) => Ink::Bad,
        (Truth::Negligible, _) => Ink::Plain,
    }
}

fn ended(story: &Story<'_>) -> String {
    let it = &story.measures;
    let by = match it.by {
        Some(By::Gate(gate)) => {
            format!(" by the gate {}", story.scenario.gates[usize::from(gate)].name)
        }
        Some(By::Person) => " by a person".to_owned(),
        Some(By::Strategy) if story.scenario.strategy.delivery.is_some() => {
            " by its controller".to_owned()
        }
        Some(By::Strategy) => " by its own test".to_owned(),
        Some(By::Analysis(source)) => format!(" by the analysis {}", source_name(story, source)),
        None => String::new(),
    };
    let mistake = if it.truth == Truth::Good && it.ending != Ending::Promoted {
        ", by mistake"
    } else if it.truth == Truth::Bad && it.ending == Ending::Promoted {
        ", and nobody noticed"
    } else {
        ""
    };
    format!("{}{by} after {}{mistake}", it.ending.word(), it.ended_at.to_string_rounded())
}

fn line(page: &mut Page, story: &Story<'_>, at: &str, happening: &Happening) {
    let gates = &story.scenario.gates;
    let gate = |gate: usize| gates[gate].name.as_str();
    let (ink, glyph, text) = match happening {
        Happening::Reading(it) => return reading(page, story, at, it),
        Happening::Stage { stage } => {
            let stages = &story.scenario.strategy.stages;
            let glyph = if matches!(stages[*stage], Stage::SetWeight(_)) { "▶" } else { "॥" };
            let does = plan::stage(&stages[*stage], gates);
            (Ink::Strong, glyph, format!("stage {}/{}  {does}", stage + 1, stages.len()))
        }
        Happening::Settled { share: part, pods: [old, new] } => {
            let pods = many(u64::from(*new), "new pod", "new pods");
            let text = format!("{} of the traffic on {pods}, {old} old", share(*part));
            (Ink::Plain, "•", text)
        }
        Happening::FaultBegan { fault } => {
            let faults = &story.scenario.releases[story.world.release].faults;
            (Ink::Bad, "⚠", format!("{} begins", faults[*fault].kind.name()))
        }
        Happening::Tripped { gate: it } => {
            let earlier = story.entries.iter().map(|(_, it)| it);
            let last =
                earlier.take_while(|it| !std::ptr::eq(*it, happening)).filter_map(|earlier| {
                    let Happening::Reading(reading) = earlier else { return None };
                    (reading.gate == *it).then_some(reading.verdict)
                });
            let forgives = forgives(&gates[*it], last.last());
            (Ink::Bad, "✖", format!("{} trips: {forgives}", gate(*it)))
        }
        Happening::RollbackOrdered { by: By::Gate(it) } => {
            let name = gate(usize::from(*it));
            (Ink::Bad, "↩", format!("{name} orders the old version back"))
        }
        Happening::RollbackOrdered { by: By::Analysis(source) } => {
            let name = source_name(story, *source);
            (Ink::Bad, "↩", format!("{name} ends the analysis: the rollout is aborted"))
        }
        Happening::Measured { source, answer, opinion } => {
            let ink = if opinion.is_bad { Ink::Bad } else { Ink::Good };
            let problem = opinion.problem.as_ref();
            let problem = problem.map_or_else(String::new, |it| format!(" ({it})"));
            let name = source_name(story, *source as u8);
            (ink, "◆", format!("{name} = {answer}  {}{problem}", opinion.word))
        }
        Happening::Held { gate: None } if story.scenario.strategy.delivery.is_some() => {
            (Ink::Care, "॥", "the rollout waits for somebody".to_owned())
        }
        Happening::Held { gate: Some(it) } => {
            (Ink::Care, "॥", format!("{} stops the rollout where it is", gate(*it)))
        }
        Happening::Held { gate: None } => {
            (Ink::Care, "॥", "the pause ran out: the rollout stops where it is".to_owned())
        }
        Happening::Baking => {
            let text = format!("every stage is done, the gates watch for {}", story.scenario.bake);
            (Ink::Strong, "▶", text)
        }
        Happening::Ended { ending } => ending_line(story, *ending),
        Happening::Watched => {
            (Ink::Faint, "■", format!("watched for {} more", story.scenario.watch))
        }
        other => tidings::told(other),
    };
    page.put(ink, glyph).to(TIME, 1).put(Ink::Plain, at).to(TEXT, 1).put(ink, &text).end();
}

/// What a controller of its own measures there.
fn source_name<'s>(story: &Story<'s>, source: u8) -> &'s str {
    let delivery = story.scenario.strategy.delivery.as_ref();
    let source = delivery.and_then(|it| it.sources.get(usize::from(source)));
    source.map_or("?", |source| &source.name)
}

fn ending_line(story: &Story<'_>, ending: Ending) -> (Ink, &'static str, String) {
    match ending {
        Ending::Promoted => (ink_of(&story.measures), "✔", "promoted".to_owned()),
        Ending::RolledBack => {
            (ink_of(&story.measures), "✔", "rolled back: the old version serves all".to_owned())
        }
        Ending::Held => (Ink::Care, "॥", "held until somebody decides".to_owned()),
        Ending::Stuck => (Ink::Care, "॥", "stuck until somebody decides".to_owned()),
    }
}

/// How much was too much for a gate, of which the last reading said so.
fn forgives(gate: &Gate, last: Option<Verdict>) -> String {
    let more = |limit: u32, what: &str| match limit {
        0 => format!("the first {what} reading"),
        limit => format!("more than {limit} {what} readings"),
    };
    match (last, gate.patience) {
        (Some(Verdict::Error), _) => {
            let run = gate.error_limit().unwrap_or_default() + 1;
            format!("{run} readings in a row are errors")
        }
        (Some(Verdict::Inconclusive), _) => {
            more(gate.inconclusive_limit().unwrap_or_default(), "inconclusive")
        }
        (_, Patience::Limit(limit)) => more(limit, "failed"),
        (_, Patience::Consecutive(1)) => "a failed reading".to_owned(),
        (_, Patience::Consecutive(run)) => format!("{run} failed readings in a row"),
    }
}

fn reading(page: &mut Page, story: &Story<'_>, at: &str, it: &Reading) {
    let gate = story.scenario.judge(it.gate);
    let name = story.scenario.gates.iter().map(|gate| gate.name.len()).max().unwrap_or(0);
    let (ink, glyph) = match it.verdict {
        Verdict::Pass => (Ink::Good, "✔"),
        Verdict::Fail => (Ink::Bad, "✖"),
        Verdict::Inconclusive => (Ink::Care, "?"),
        Verdict::NoData => (Ink::Faint, "◌"),
        Verdict::Error => (Ink::Care, "!"),
    };
    page.put(Ink::Faint, "│").to(TIME, 1).put(Ink::Faint, at);
    page.to(TEXT, 1).put(Ink::Plain, &gate.name).to(TEXT + name, 0);
    let measured = it.value.map(|value| plan::measured(gate, value, it.bound));
    let nothing = match (&gate.metric, it.verdict) {
        (Metric::Alert(_), Verdict::Fail) => "it fires",
        (Metric::Alert(_), _) => "it does not fire",
        (Metric::Query(_), _) => "no value",
        _ => "no requests",
    };
    page.to(0, 2).put(Ink::Plain, measured.as_deref().unwrap_or(nothing));
    let samples = match it.baseline {
        Some(old) => format!("n {} (old {})", grouped(it.samples), grouped(old)),
        None => format!("n {}", grouped(it.samples)),
    };
    page.to(TEXT + name + SAMPLES, 2).put(Ink::Faint, &samples);
    page.to(TEXT + name + VERDICT, 2).put(ink, glyph).put(ink, " ");
    page.put(ink, &verdict(it, gate.patience)).end();
}

fn verdict(it: &Reading, patience: Patience) -> String {
    if it.verdict != Verdict::Fail {
        return it.verdict.word().to_owned();
    }
    let trips_at = match patience {
        Patience::Limit(limit) => u64::from(limit) + 1,
        Patience::Consecutive(run) => u64::from(run),
    };
    format!("fail {}/{trips_at}", it.failures)
}

fn totals(page: &mut Page, story: &Story<'_>) {
    let it = &story.measures;
    let count = |thousandths: u64| grouped((thousandths as f64 / 1000.0).round() as u64);
    page.end();
    let met = format!(
        "{} requests met the new version, {} while it was harmful",
        grouped(it.met),
        count(it.met_harmful)
    );
    fact(page, "exposed", &met);
    let users =
        format!("{} of {} active users met it", count(it.users_met), count(it.users_active));
    fact(page, "", &users);
    let harmed = format!(
        "{} requests harmed by the defect: {} failed, {:.1} too slow",
        count(it.harmed()),
        grouped(it.failed),
        it.slowed as f64 / 1000.0
    );
    fact(page, "harmed", &harmed);
    let blast = it.users_harmed as f64 / it.users_active.max(1) as f64;
    let users = format!("{} users, {} of the active ones", count(it.users_harmed), share(blast));
    fact(page, "", &users);
    fact(page, "", &format!("{} requests would have failed anyway", grouped(it.baseline_failed)));
    fact(page, "time", &times(it));
}

/// Harm, detection, order and end, each after the one before.
fn times(it: &Measures) -> String {
    let Some(began) = it.harm_began else { return "no harm was done".to_owned() };
    let under = format!("{} under harm", time(it.time_harmed.as_secs_f64()));
    let (Some(detected), Some(ordered)) = (it.detected_at, it.ordered_at) else {
        return format!("{under}, never detected");
    };
    format!(
        "{under}: detected {} after it began, ordered {} later, over {} later",
        time((detected - began).as_secs_f64()),
        time((ordered - detected).as_secs_f64()),
        time((it.ended_at - ordered).as_secs_f64())
    )
}
