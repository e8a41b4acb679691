//! Recorded rollouts and load steps under an autoscaler.

pub(crate) mod inputs;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::hpa::{
    Answer, Container, Memory, Phase, Pod, PodId, Readiness, Sample, Seen,
};
use serde_json::Value;

use self::inputs::Inputs;
use super::{Tally, rows};

/// When what was there before the recording became so.
const START: Instant = Instant::ZERO;
/// How long that was before the recording: no window of an autoscaler reaches back so far.
const BEFORE: f64 = 1_000.0;

fn at(value: &Value) -> Instant {
    let seconds = value.as_f64().unwrap_or_else(|| panic!("{value} is not a time"));
    START + Span::from_secs_f64(BEFORE + seconds)
}

/// A pod as it was recorded.
struct Recorded {
    version: String,
    ordinal: u64,
    created: Instant,
    ready: Option<Instant>,
    deleted: Instant,
    gone: Instant,
}

/// The pods of a recording, and the replicas that were wanted at each time.
struct Recording {
    pods: Vec<Recorded>,
    wanted: Vec<(Instant, u32)>,
}

impl Recording {
    fn new(row: &Value) -> Self {
        let mut recording = Self { pods: Vec::new(), wanted: Vec::new() };
        for event in row["events"].as_array().expect("events") {
            match event["k"].as_str().expect("a kind") {
                "metrics" => {
                    // Who is measured and was never created was there before.
                    for usage in event["usage_m"].as_array().expect("usages") {
                        recording.pod(&usage[0], &usage[1]);
                    }
                }
                "dep" => {
                    let spec = event["spec"].as_u64().expect("replicas") as u32;
                    recording.wanted.push((at(&event["t"]), spec));
                }
                "pod" => recording.event(event),
                _ => {}
            }
        }
        recording
    }

    fn pod(&mut self, version: &Value, ordinal: &Value) -> &mut Recorded {
        let version = version.as_str().expect("a version").to_owned();
        let ordinal = ordinal.as_u64().expect("an ordinal");
        let is = |it: &Recorded| it.version == version && it.ordinal == ordinal;
        let place = self.pods.iter().position(is).unwrap_or_else(|| {
            let never = Instant::NEVER;
            let (created, ready) = (START, Some(START));
            self.pods.push(Recorded {
                version,
                ordinal,
                created,
                ready,
                deleted: never,
                gone: never,
            });
            self.pods.len() - 1
        });
        &mut self.pods[place]
    }

    fn event(&mut self, event: &Value) {
        let now = at(&event["t"]);
        let pod = self.pod(&event["v"], &event["i"]);
        match event["ev"].as_str().expect("what happened") {
            "created" => (pod.created, pod.ready) = (now, None),
            "ready" => pod.ready = Some(at(&event["ltt"])),
            "deleting" => pod.deleted = now,
            "gone" => pod.gone = now,
            other => panic!("`{other}` happens to no pod here"),
        }
    }

    /// The pods at a time, each with its own number.
    fn pods(&self, inputs: &Inputs, now: Instant) -> Vec<Pod> {
        let there = self.pods.iter().enumerate();
        let there = there.filter(|(_, it)| it.created <= now && now < it.gone);
        there.map(|(id, it)| seen_pod(id as PodId, it, inputs, now)).collect()
    }
}

fn seen_pod(id: PodId, pod: &Recorded, inputs: &Inputs, now: Instant) -> Pod {
    let running = pod.created + inputs.run;
    // A transition time in whole seconds may be before the readiness that it is of.
    let since = pod.ready.filter(|since| *since <= now);
    let readiness = Readiness { ready: since.is_some(), since: since.unwrap_or(running) };
    let cpu = Some(inputs.request);
    Pod {
        id,
        phase: if running <= now { Phase::Running } else { Phase::Pending },
        readiness: Some(readiness),
        started: Some(running),
        deleting: pod.deleted <= now,
        containers: vec![Container { name: "app".to_owned(), cpu, memory: None }],
    }
}

/// What the recording calls the utilisation.
const UTILIZATION: &str = concat!("ut", "il");

/// What an autoscaler says of itself, in the words of the recording.
#[derive(Clone, Debug, PartialEq)]
struct Status {
    current: u64,
    desired: u64,
    utilization: i64,
    average: String,
    conditions: [String; 3],
}

impl Status {
    fn recorded(event: &Value) -> Self {
        let condition = |key: &str| event["cond"][key].as_str().expect("a condition").to_owned();
        Self {
            current: event["current"].as_u64().expect("replicas"),
            desired: event["desired"].as_u64().expect("replicas"),
            utilization: event[UTILIZATION].as_i64().expect("per cent"),
            average: event["avg"].as_str().expect("a quantity").to_owned(),
            conditions: ["AbleToScale", "ScalingActive", "ScalingLimited"].map(condition),
        }
    }
}

/// Each step of the autoscaler on what the recorded one saw: the pods and the answer of the
/// metrics API. How many steps there were.
fn steps(row: &Value) -> Result<usize, String> {
    let inputs = Inputs::new(row);
    let recording = Recording::new(row);
    let events = row["events"].as_array().expect("events");
    let mut memory = Memory::default();
    let mut last: Option<Status> = None;
    let mut count = 0;
    for (place, event) in events.iter().enumerate().filter(|(_, it)| it["k"] == "metrics") {
        let now = at(&event["t"]);
        let later = events[place + 1..].iter().take_while(|it| it["k"] != "metrics");
        let status = later.filter(|it| it["k"] == "hpa").last().map(Status::recorded);
        let recorded = status.or(last.clone()).ok_or("no status was recorded")?;
        let pods = recording.pods(&inputs, now);
        let sample = |usage: &Value| {
            let id = recording
                .pods
                .iter()
                .position(|it| usage[0] == *it.version && usage[1] == it.ordinal);
            let milli = usage[2].as_i64()?;
            let (at, window) = (inputs.whole_second(now), inputs.window);
            Some(Sample { pod: id.expect("a pod") as PodId, milli, at, window })
        };
        let usages = event["usage_m"].as_array().expect("usages");
        let answers = [Answer::Samples(usages.iter().filter_map(sample).collect())];
        let wanted = recording.wanted.iter().rfind(|(at, _)| *at <= now).expect("replicas");
        let current = wanted.1;
        let seen = Seen { replicas: current, status: current, pods: &pods, answers: &answers };
        let decision = inputs.autoscaler.step(&inputs.settings, &mut memory, &seen, now);
        let said = |condition: &Option<_>| condition.as_ref().map_or(String::new(), brief);
        let conditions = &memory.conditions;
        let usage = decision.usages[0].ok_or_else(|| format!("{:?}", decision.error))?;
        let status = Status {
            current: current.into(),
            desired: decision.desired.into(),
            utilization: usage.utilization.expect("a utilisation"),
            average: format!("{}m", usage.milli),
            conditions: [
                said(&conditions.able_to_scale),
                said(&conditions.scaling_active),
                said(&conditions.scaling_limited),
            ],
        };
        if status != recorded {
            return Err(format!("at {}: {status:?}, recorded {recorded:?}", event["t"]));
        }
        last = Some(recorded);
        count += 1;
    }
    Ok(count)
}

fn brief(condition: &coalmine::controller::kubernetes::hpa::Condition) -> String {
    condition.brief()
}

#[test]
fn conformance_of_the_autoscaler_with_recorded_ones() {
    let file = "k8s/live-hpa.jsonl";
    let Some(rows) = rows(file) else { return };
    let mut tally = Tally::default();
    let mut all = 0;
    for row in &rows {
        let name = row["name"].as_str().expect("a name");
        let seen = steps(row).map(|steps| all += steps);
        tally.case(name, seen);
    }
    println!("{file}: status and decision of {all} steps");
    tally.report(file);
}
