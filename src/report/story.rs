//! One world from beginning to end.

use std::collections::BTreeSet;

use clockwork::Instant;
use serde_json::{Map, Value, json};

use super::data::{measures, pretty};
use super::number::{share, time};
use super::{tale, tidings};
use crate::document::Look;
use crate::gate::Verdict;
use crate::scenario::Scenario;
use crate::simulation::{By, Engine, Happening, Measures, Reading, Timeline, Unrecorded, World};

/// The version of the format of stories.
const SCHEMA: &str = "coalmine/story/v1";

/// One replication: its world, what happened, and what it came to.
#[derive(Clone, Debug)]
pub struct Story<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// The seed.
    pub seed: u64,
    /// Which replication.
    pub replication: u64,
    /// What was drawn for it.
    pub world: World,
    /// Its numbers: the same as in a run.
    pub measures: Measures,
    /// What happened when.
    pub entries: Vec<(Instant, Happening)>,
}

impl<'s> Story<'s> {
    /// Simulates a replication again, with everything written down.
    ///
    /// # Panics
    /// When writing it down changes what happens, which would be a bug of the engine.
    pub fn of(scenario: &'s Scenario, seed: u64, replication: u64) -> Self {
        let measures = Engine::new(scenario, Unrecorded).simulate(seed, replication);
        let mut engine = Engine::new(scenario, Timeline::default());
        let told = engine.simulate(seed, replication);
        // Readings that are sure to pass are counted ahead of a decision that cancels them.
        let same = Measures { readings: measures.readings, ..told };
        assert_eq!(same, measures, "telling the story of replication {replication} changed it");
        let mut world = World::empty();
        world.draw(scenario, seed, replication);
        let entries = in_order(engine.record.entries);
        Self { scenario, seed, replication, world, measures, entries }
    }

    /// The faults that were drawn, each in words.
    pub fn faults(&self) -> Vec<String> {
        let faults = &self.scenario.releases[self.world.release].faults;
        let severities = faults.iter().zip(self.world.severities()).enumerate();
        let told = severities.map(|(index, (fault, severity))| {
            let signature = &severity.signature;
            let mut what = Vec::new();
            if signature.errors > 0.0 {
                what.push(format!("{} of requests fail", share(signature.errors)));
            }
            if signature.slow > 0.0 {
                let (part, factor) = (share(signature.slow), signature.factor);
                what.push(format!("{part} of requests take {factor:.2} times as long"));
            }
            if severity.users < 1.0 {
                what.push(format!("all of {} of the users", share(severity.users)));
            }
            what.push(self.onset(index));
            if !fault.onset.ramp.is_zero() {
                what.push(format!("growing for {}", fault.onset.ramp));
            }
            format!("{}: {}", fault.kind.name(), what.join(", "))
        });
        told.collect()
    }

    /// When a fault began.
    fn onset(&self, index: usize) -> String {
        let began = self.entries.iter().find_map(|(at, happening)| {
            let it = matches!(happening, Happening::FaultBegan { fault } if *fault == index);
            it.then_some(*at - self.measures.exposed_at)
        });
        match began {
            None => "never while this was watched".to_owned(),
            Some(after) if after.is_zero() => "from the first traffic on".to_owned(),
            Some(after) => format!("from {} after the first traffic on", time(after.as_secs_f64())),
        }
    }

    /// As text for people; with `all`, every reading.
    pub fn text(&self, look: Look, all: bool) -> Vec<u8> {
        tale::render(self, look, all).into_bytes()
    }

    /// As one JSON document.
    pub fn json(&self) -> Vec<u8> {
        let mut head = self.head();
        let entries: Vec<Value> = self.entries.iter().map(|entry| self.entry(entry)).collect();
        head.insert("entries".to_owned(), Value::Array(entries));
        head.insert("measures".to_owned(), Value::Object(self.numbers()));
        pretty(&Value::Object(head))
    }

    /// One line for the world, one for everything that happened, and one for its measures.
    pub fn jsonl(&self) -> Vec<u8> {
        let head = std::iter::once(Value::Object(self.head()));
        let entries = self.entries.iter().map(|entry| self.entry(entry));
        let measures = std::iter::once(json!({ "measures": self.numbers() }));
        let lines = head.chain(entries).chain(measures);
        lines.flat_map(|line| format!("{line}\n").into_bytes()).collect()
    }

    fn head(&self) -> Map<String, Value> {
        let head = json!({
            "schema": SCHEMA,
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replication": self.replication,
            "release": self.scenario.releases[self.world.release].name,
            "faults": self.faults(),
            "requestsPerSecond": self.world.rate,
            "startOfDay": self.world.start,
        });
        if let Value::Object(map) = head { map } else { Map::new() }
    }

    fn numbers(&self) -> Map<String, Value> {
        let kinds: Vec<&str> = self.scenario.releases.iter().map(|it| it.name.as_str()).collect();
        let gates: Vec<&str> = self.scenario.gates.iter().map(|it| it.name.as_str()).collect();
        measures(&self.measures, &kinds, &gates)
    }

    fn entry(&self, (at, happening): &(Instant, Happening)) -> Value {
        let gate = |gate: usize| self.scenario.gates[gate].name.as_str();
        let mut entry = match happening {
            Happening::Stage { stage } => {
                let does = super::plan::stage(
                    &self.scenario.strategy.stages[*stage],
                    &self.scenario.gates,
                );
                json!({ "event": "stage", "stage": stage, "does": does })
            }
            Happening::Settled { share, pods } => {
                json!({ "event": "settled", "share": share, "podsOld": pods[0], "podsNew": pods[1] })
            }
            Happening::FaultBegan { fault } => json!({ "event": "fault", "fault": fault }),
            Happening::Reading(reading) => self.reading(reading),
            Happening::Tripped { gate: it } => json!({ "event": "tripped", "gate": gate(*it) }),
            Happening::RollbackOrdered { by: By::Gate(it) } => {
                json!({ "event": "rollback", "gate": gate(usize::from(*it)) })
            }
            Happening::Held { gate: it } => json!({ "event": "held", "gate": it.map(gate) }),
            Happening::Baking => json!({ "event": "baking" }),
            Happening::Ended { ending } => json!({ "event": "ended", "ending": ending.word() }),
            Happening::Watched => json!({ "event": "watched" }),
            other => tidings::data(other),
        };
        entry["at"] = json!(at.since_start().as_secs_f64());
        entry
    }

    fn reading(&self, reading: &Reading) -> Value {
        json!({
            "event": "reading",
            "gate": self.scenario.judge(reading.gate).name,
            "value": reading.value,
            "bound": reading.bound,
            "samples": reading.samples,
            "baseline": reading.baseline,
            "verdict": reading.verdict.word(),
            "failures": reading.failures,
        })
    }

    /// Which entries a short version shows: everything but the inside of runs of readings of one
    /// gate that did not fail, uninterrupted by anything else.
    pub(super) fn kept(&self) -> Vec<bool> {
        let mut kept = vec![true; self.entries.len()];
        // By gate: the verdict of the run in progress, how long it is, and its last entry.
        let mut runs: Vec<Option<(Verdict, u32, usize)>> =
            vec![None; self.scenario.gates.len() + 1];
        for (index, (_, happening)) in self.entries.iter().enumerate() {
            let Happening::Reading(reading) = happening else {
                runs.fill(None);
                continue;
            };
            let run = &mut runs[reading.gate];
            *run = match *run {
                Some((verdict, length, last))
                    if verdict == reading.verdict && verdict != Verdict::Fail =>
                {
                    kept[last] &= length == 1;
                    Some((verdict, length + 1, index))
                }
                _ => Some((reading.verdict, 1, index)),
            };
        }
        kept
    }
}

/// What was written down, in the order in which it happened.
///
/// Gates are walked one after the other, and one that has looked past another one's call takes
/// these readings again: the last one counts, and none is left after the order to go back.
fn in_order(entries: Vec<(Instant, Happening)>) -> Vec<(Instant, Happening)> {
    let ordered = entries.iter().find_map(|(at, happening)| {
        matches!(happening, Happening::RollbackOrdered { .. }).then_some(*at)
    });
    let last = ordered.unwrap_or(Instant::NEVER);
    let mut seen = BTreeSet::new();
    let mut kept: Vec<_> = entries
        .into_iter()
        .rev()
        .filter(|(at, happening)| match happening {
            Happening::Reading(reading) => *at <= last && seen.insert((*at, reading.gate)),
            _ => true,
        })
        .collect();
    kept.reverse();
    kept.sort_by_key(|(at, _)| *at);
    let together = |a: &(Instant, Happening), b: &(Instant, Happening)| {
        a.0 == b.0 && gate_of(&a.1).is_some() && gate_of(&b.1).is_some()
    };
    kept.chunk_by_mut(together).for_each(|readings| readings.sort_by_key(|(_, it)| gate_of(it)));
    kept
}

/// The gate that takes a reading.
fn gate_of(happening: &Happening) -> Option<usize> {
    if let Happening::Reading(reading) = happening { Some(reading.gate) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::reference;
    use crate::simulation::Ending;

    #[test]
    fn a_story_ends_in_the_measures_of_the_run() {
        for name in ["canary", "noisy", "everyone"] {
            let scenario = reference::scenario(name);
            let mut engine = Engine::new(&scenario, Unrecorded);
            for replication in 0..40 {
                let story = Story::of(&scenario, 3, replication);
                assert_eq!(story.measures, engine.simulate(3, replication));
                assert!(!story.text(Look::Plain, false).is_empty());
            }
        }
    }

    #[test]
    fn time_never_goes_back_and_no_reading_is_told_twice() {
        let scenario = reference::scenario("noisy");
        for replication in 0..60 {
            let story = Story::of(&scenario, 1, replication);
            assert!(story.entries.is_sorted_by_key(|(at, _)| *at));
            let readings = story.entries.iter().filter_map(|(at, it)| match it {
                Happening::Reading(reading) => Some((*at, reading.gate)),
                _ => None,
            });
            let mut readings: Vec<_> = readings.collect();
            let all = readings.len();
            readings.sort_unstable();
            readings.dedup();
            assert_eq!(readings.len(), all, "replication {replication}");
        }
    }

    #[test]
    fn the_short_version_keeps_failures_and_the_ends_of_runs() {
        let scenario = reference::scenario("canary");
        let mut stories = (0..).map(|replication| Story::of(&scenario, 0, replication));
        let promoted = |story: &Story<'_>| story.measures.ending == Ending::Promoted;
        let story = stories.find(promoted).expect("one of them is promoted");
        let kept = story.kept();
        for ((_, happening), kept) in story.entries.iter().zip(&kept) {
            match happening {
                Happening::Reading(reading) if reading.verdict != Verdict::Fail => {}
                _ => assert!(kept),
            }
        }
        assert!(kept.iter().filter(|kept| !**kept).count() > 10);
        let all = String::from_utf8(story.text(Look::Plain, true)).expect("text");
        let short = String::from_utf8(story.text(Look::Plain, false)).expect("text");
        assert!(all.lines().count() > short.lines().count());
        assert!(short.contains("more passed"), "{short}");
    }
}
