//! Recorded rollouts: what was done, and what the controllers of a real cluster made of it.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{
    Action, Latency, Spec, Strategy, Template, Throttle, WallClock,
};
use serde_json::Value;

use super::cases::{number, rolling, spec};
use super::cluster::{Behaviour, Change, Cluster, Deed, Flap, Observed};

/// `spec.replicas` by version.
pub(super) type Sizes = BTreeMap<u64, u32>;
/// Sizes, and how long they lasted; the last for ever.
pub(super) type Path = Vec<(Sizes, Span)>;

/// When every recorded rollout starts, so that there is time for the version before it.
pub(super) fn start() -> Instant {
    Instant::ZERO + Span::from_secs(1_000)
}

/// A recorded rollout.
pub(super) struct Trace<'row> {
    pub(super) row: &'row Value,
    inputs: &'row Value,
}

fn seconds(value: &Value) -> Option<Span> {
    value.as_f64().map(Span::from_secs_f64)
}

impl<'row> Trace<'row> {
    pub(super) fn of(row: &'row Value) -> Self {
        Self { row, inputs: &row["inputs"] }
    }

    pub(super) fn name(&self) -> &str {
        self.row["name"].as_str().expect("a name")
    }

    /// When the recording ends.
    pub(super) fn end(&self) -> Instant {
        start() + seconds(&self.row["duration"]).expect("a duration")
    }

    /// The template of a version. Its number decides between ReplicaSets of the same second, so it
    /// is the place in the order that was recorded.
    fn template(&self, version: u64) -> Template {
        let order = self.row["rs_order"].as_array().map_or(&[][..], Vec::as_slice);
        let place = order.iter().position(|it| *it == version.to_string().as_str());
        let number = place.map_or(100 + version, |place| place as u64);
        Template(u32::try_from(number).expect("a few"))
    }

    fn version(&self, template: Template) -> u64 {
        let versions = self.inputs["versions"].as_object().expect("versions");
        let mut versions = versions.keys().map(|it| it.parse().expect("a number"));
        versions.find(|it| self.template(*it) == template).expect("one of them")
    }

    fn spec(&self) -> Spec {
        let or = |key: &str, default| self.inputs.get(key).map_or(default, number);
        let plain = spec(self.inputs, self.template(1));
        Spec {
            strategy: match self.inputs["strategy"].as_str() {
                Some("Recreate") => Strategy::Recreate,
                _ => plain.strategy,
            },
            min_ready_seconds: or("minReadySeconds", 0),
            progress_deadline_seconds: Some(or("progressDeadlineSeconds", 600)),
            ..plain
        }
    }

    fn throttle(&self) -> Option<Throttle> {
        let qps = self.inputs.get("kcm_qps")?;
        Some(Throttle { qps: number(qps), burst: number(&self.inputs["kcm_burst"]) })
    }

    /// Requests that wait come on the ticks of a bucket, and so do the pods that they create: who
    /// is first is a matter of the milliseconds that a watch takes.
    fn delay(&self) -> Span {
        Span::from_millis(if self.throttle().is_some() { 5 } else { 0 })
    }

    fn behaviours(&self) -> BTreeMap<Template, Behaviour> {
        let versions = self.inputs["versions"].as_object().expect("versions");
        let each = versions.iter().map(|(version, said)| {
            let template = self.template(version.parse().expect("a number"));
            let ready = match &said["ready"] {
                Value::Array(list) => list.iter().map(seconds).collect::<Vec<_>>(),
                one => vec![seconds(one)],
            };
            let ready = ready.into_iter().map(|it: Option<Span>| it.map(|it| it + self.delay()));
            let ready = ready.collect();
            let half = Span::from_millis(500);
            let term = seconds(&said["term"]).or(seconds(&self.inputs["term"])).unwrap_or(half);
            (template, Behaviour { ready, flap: said["flap"].as_str().map(flap), term })
        });
        each.collect()
    }

    fn deed(&self, action: &Value) -> Deed {
        let template = || self.template(action["v"].as_u64().expect("a version"));
        let count = || number(&action["count"]);
        let change = Change {
            template: action.get("v").map(|_| template()),
            replicas: action.get("replicas").map(number),
            ..Change::default()
        };
        match action["do"].as_str().expect("what to do") {
            "template" | "scale" | "template+scale" => Deed::Write(change),
            "pause" => Deed::Write(Change { paused: Some(true), ..change }),
            "resume" => Deed::Write(Change { paused: Some(false), ..change }),
            "strategy" => Deed::Write(Change { strategy: Some(rolling(action)), ..change }),
            "break" => Deed::Break(template(), count()),
            "heal" => Deed::Heal(template(), count()),
            "kill" => Deed::Kill(template(), count()),
            other => panic!("`{other}` is nothing that is done to a cluster"),
        }
    }

    fn cluster(&self, created: Instant) -> Cluster {
        let run = seconds(&self.inputs["run"]).unwrap_or(Span::from_millis(100));
        let phase = seconds(&self.row["t0_phase"]).unwrap_or_default();
        let clock = WallClock::starting_at(phase);
        let latency = Latency { deployment: self.delay(), replica_set: self.delay() };
        let delays = (latency, self.throttle());
        Cluster::new(self.spec(), created, clock, delays, run, self.behaviours())
    }

    /// The same rollout on the twin, by the script of its pods and actions.
    pub(super) fn replay(&self) -> Cluster {
        let actions = self.inputs["actions"].as_array().expect("actions").iter();
        self.replay_with(actions.map(|action| &action["at"]), BTreeMap::new())
    }

    /// The same with the times at which pods and actions really came: what a cluster of the real
    /// world adds to the script is its latency, and whom it chose among equal pods.
    pub(super) fn replay_observed(&self) -> Cluster {
        let events = || self.row["events"].as_array().expect("events").iter();
        let mut observed: BTreeMap<_, Observed> = BTreeMap::new();
        for event in events().filter(|event| event["k"] == "pod") {
            let version = event["v"].as_str().and_then(|it| it.parse().ok());
            let template = self.template(version.expect("a version"));
            let pod = observed.entry((template, number(&event["i"]))).or_default();
            let at = start() + seconds(&event["t"]).expect("a time");
            match event["ev"].as_str() {
                Some("ready") => pod.ready = pod.ready.or(Some(at)),
                Some("deleting") => pod.deleted = Some(at),
                _ => {}
            }
        }
        let acts = events().filter(|event| event["k"] == "act");
        self.replay_with(acts.map(|act| &act["t"]), observed)
    }

    /// The same by the script, with the whole seconds that the API stored of pods that were ready
    /// once: a pod of the script that is ready just before one may be ready just after it.
    pub(super) fn replay_stored(&self) -> Cluster {
        let mut observed: BTreeMap<_, Observed> = BTreeMap::new();
        let events = self.row["events"].as_array().expect("events").iter();
        for event in events.filter(|it| it["ev"] == "ready" || it["ev"] == "unready") {
            let version = event["v"].as_str().and_then(|it| it.parse().ok());
            let template = self.template(version.expect("a version"));
            let pod = observed.entry((template, number(&event["i"]))).or_default();
            let stored = event["ltt"].as_f64().map(since);
            // Whose readiness comes and goes has no one second.
            let first = event["ev"] == "ready" && pod.deleted.is_none() && pod.stored.is_none();
            (pod.stored, pod.deleted) = (stored.filter(|_| first), Some(start()));
        }
        for pod in observed.values_mut() {
            pod.deleted = None;
        }
        let actions = self.inputs["actions"].as_array().expect("actions").iter();
        self.replay_with(actions.map(|action| &action["at"]), observed)
    }

    /// The cluster before anything happens, with everything planned.
    pub(super) fn planned(&self) -> Cluster {
        let actions = self.inputs["actions"].as_array().expect("actions").iter();
        self.planned_with(actions.map(|action| &action["at"]), BTreeMap::new())
    }

    fn replay_with<'a>(
        &self,
        times: impl Iterator<Item = &'a Value>,
        observed: BTreeMap<(Template, u32), Observed>,
    ) -> Cluster {
        let mut cluster = self.planned_with(times, observed);
        cluster.run_until(self.end(), |_| false);
        cluster
    }

    /// Version 1 is there for a while before anything happens.
    fn planned_with<'a>(
        &self,
        times: impl Iterator<Item = &'a Value>,
        observed: BTreeMap<(Template, u32), Observed>,
    ) -> Cluster {
        let available = |it: &Cluster| it.twin.deployment().is_complete();
        let mut before = self.cluster(Instant::ZERO);
        before.run_until(start(), available);
        assert!(available(&before), "{}: version 1 is never there", self.name());
        let settles = Span::from_millis(1_300) + before.now.since_start();
        let mut cluster = self.cluster(start() - settles);
        cluster.observed = observed;
        let actions = self.inputs["actions"].as_array().expect("actions").iter();
        for (action, at) in actions.zip(times) {
            let at = start() + seconds(at).expect("a time");
            cluster.plan(at, self.deed(action));
        }
        cluster
    }

    /// The sizes that the twin went through, from the start on.
    pub(super) fn replayed(&self, cluster: &Cluster) -> Path {
        let named = |sizes: &BTreeMap<Template, u32>| {
            sizes.iter().map(|(template, size)| (self.version(*template), *size)).collect()
        };
        let states = cluster.path.iter().map(|(at, sizes)| ((*at).max(start()), named(sizes)));
        lasting(states.collect(), self.end())
    }

    /// The sizes that were recorded.
    pub(super) fn recorded(&self) -> Path {
        let samples = self.row["samples"].as_array().expect("samples").iter();
        let states = samples.map(|sample| {
            let sets = sample["rs"].as_object().expect("ReplicaSets").iter();
            let sizes = sets.map(|(version, set)| {
                (version.parse().expect("a number"), number(&set["desired"]))
            });
            (start() + seconds(&sample["t"]).expect("a time"), sizes.collect())
        });
        lasting(states.collect(), self.end())
    }
}

/// What the twin's controllers said after the start with words that begin so, and when.
pub(super) fn said(cluster: &Cluster, beginning: &str) -> Vec<(f64, String)> {
    let after = cluster.log.iter().filter(|moment| moment.at >= start());
    let said = after.map(|moment| (since_start(moment.at), moment.action.to_string()));
    let said = said.filter_map(|(at, text)| Some((at, text.strip_prefix(beginning)?.into())));
    said.collect()
}

/// When pods were created or deleted after the start.
pub(super) fn pods(cluster: &Cluster, created: bool) -> Vec<f64> {
    let after = cluster.log.iter().filter(|moment| moment.at >= start());
    let each = after.filter_map(|moment| match moment.action {
        Action::CreatePods { pods, .. } if created => Some((moment.at, pods)),
        Action::DeletePods { pods, .. } if !created => Some((moment.at, pods)),
        _ => None,
    });
    each.flat_map(|(at, pods)| (0..pods).map(move |_| since_start(at))).collect()
}

/// An instant by its seconds since the start, which may be before it.
fn since(seconds: f64) -> Instant {
    let span = Span::from_secs_f64(seconds.abs());
    if seconds < 0.0 { start() - span } else { start() + span }
}

fn since_start(at: Instant) -> f64 {
    (at - start()).as_secs_f64()
}

fn flap(text: &str) -> Flap {
    let numbers: Vec<f64> = text.split(',').map(|it| it.parse().expect("a number")).collect();
    let [up, down, cycles, every] = numbers[..] else { panic!("`{text}` has four numbers") };
    Flap {
        up: Span::from_secs_f64(up),
        down: Span::from_secs_f64(down),
        cycles: cycles as u32,
        every: every as u32,
    }
}

/// How long each state lasted.
fn lasting(mut states: Vec<(Instant, Sizes)>, end: Instant) -> Path {
    states.dedup_by(|later, earlier| later.1 == earlier.1);
    let next = states.iter().skip(1).map(|(at, _)| *at).chain([end]);
    let ends: Vec<_> = next.collect();
    states.into_iter().zip(ends).map(|((at, sizes), next)| (sizes, next - at)).collect()
}

/// The states that lasted at least so long, and the last.
pub(super) fn stable(path: &Path, least: Span) -> Vec<Sizes> {
    let is_last = |place| place + 1 == path.len();
    let long = path.iter().enumerate().filter(|(place, it)| it.1 >= least || is_last(*place));
    let mut states: Vec<_> = long.map(|(_, (sizes, _))| sizes.clone()).collect();
    states.dedup();
    states
}

/// Whether some states occur in others in the same order.
pub(super) fn occur(states: &[Sizes], others: &[Sizes]) -> bool {
    let mut others = others.iter();
    states.iter().all(|state| others.any(|other| other == state))
}
