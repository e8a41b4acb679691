//! How the kubelet finds out whether a container is well, and how long it may take to start.

mod start;

use super::Part;
use crate::document::{Node, Place};
use crate::import::build;
use crate::import::draft::{Draft, rejected};
use crate::import::outline::seconds;
use crate::import::typed::{Given, field, whole};

/// What a probe does; each has exactly one.
const HANDLERS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];

const PERIOD: u32 = 10;
const FAILURES: u32 = 3;

/// So many answers in a row are the most that a scenario can say.
const THRESHOLD_MAX: u32 = 1000;

const ONE: &str = "a pod has the probes of one container here";
const MOST: &str = "more answers in a row than a scenario can ask for: a thousand";

const UNPROBED: &str = "no container has a readinessProbe: Kubernetes sends a pod requests as \
                        soon as its container runs, and those that come before it can serve fail";

const PROBED: &str = "--set 'fleet.pod.probes.readiness={ period: 10s }'";

/// A probe of a container.
struct Probe {
    /// What a scenario says of it.
    document: Node,
    /// How long a container that never succeeds lives at least, in seconds.
    patience: u64,
    place: Place,
}

/// The probes of a container.
#[derive(Default)]
struct Probes {
    startup: Option<Probe>,
    readiness: Option<Probe>,
    liveness: Option<Probe>,
}

/// `probes`, and `startup` and `restart` where the assumed ones would not survive them.
pub(super) fn probes(
    spec: &Part<'_>,
    containers: &[Part<'_>],
    draft: &mut Draft<'_>,
) -> Vec<(&'static str, Node)> {
    let mut all: Vec<_> = containers.iter().map(|it| Probes::of(it, draft)).collect();
    let chosen = all.iter().position(|it| it.readiness.is_some()).unwrap_or(0);
    for (index, container) in containers.iter().enumerate().filter(|(index, _)| *index != chosen) {
        all[index].lose(container, draft);
    }
    if containers.is_empty() {
        return Vec::new();
    }
    let Probes { startup, readiness, liveness } = all.swap_remove(chosen);
    let place = build::key_place(spec.node, "containers");
    if readiness.is_none() {
        draft.assume(UNPROBED, place, Some(PROBED.to_owned()));
    }
    let killer = match (&startup, &liveness) {
        (Some(startup), _) => Some(("startupProbe", startup)),
        (None, liveness) => liveness.as_ref().map(|liveness| ("livenessProbe", liveness)),
    };
    let mut entries = start::startup(killer, place, draft);
    let none = build::text("none", place);
    let document = |probe: Option<Probe>| probe.map(|it| it.document);
    let probes = [
        ("startup", document(startup)),
        ("readiness", Some(document(readiness).unwrap_or(none))),
        ("liveness", document(liveness)),
    ];
    let probes = probes.into_iter().filter_map(|(key, probe)| Some((key, probe?)));
    entries.push(("probes", build::map(probes, place)));
    entries
}

impl Probes {
    fn of(container: &Part<'_>, draft: &mut Draft<'_>) -> Self {
        let mut read = |key| container.inside(key).map(|part| probe(&part, draft));
        let liveness = read("livenessProbe");
        let readiness = read("readinessProbe");
        Self { startup: read("startupProbe"), readiness, liveness }
    }

    /// All of them are left out.
    fn lose(&self, container: &Part<'_>, draft: &mut Draft<'_>) {
        let probes = [
            ("startupProbe", &self.startup),
            ("readinessProbe", &self.readiness),
            ("livenessProbe", &self.liveness),
        ];
        for (key, probe) in probes {
            if let Some(probe) = probe {
                draft.lose(format!("{}.{key}", container.path), probe.place, ONE);
            }
        }
    }
}

/// A probe, zero where that means a default; reports what the API server rejects.
fn probe(part: &Part<'_>, draft: &mut Draft<'_>) -> Probe {
    let mut number = |key| whole(part.node, key, draft);
    let delay = number("initialDelaySeconds");
    let [period, timeout] = ["periodSeconds", "timeoutSeconds"].map(&mut number);
    let [successes, failures] = ["successThreshold", "failureThreshold"].map(&mut number);
    check(part, successes, draft);
    let times = [("initialDelay", delay), ("period", period), ("timeout", timeout)];
    let times = times.into_iter().filter_map(|(key, given)| {
        let given = given.filter(|it| it.value > 0)?;
        Some((key, seconds(given)))
    });
    let counts = [("successThreshold", successes), ("failureThreshold", failures)];
    let counts: Vec<_> = counts
        .into_iter()
        .filter_map(|(key, given)| {
            let Given { value, place } = given.filter(|it| it.value > 0)?;
            if value > THRESHOLD_MAX {
                draft.lose(format!("{}.{key}", part.path), place, MOST);
            }
            Some((key, build::text(value.min(THRESHOLD_MAX).to_string(), place)))
        })
        .collect();
    let document = build::map(times.chain(counts), part.place);
    let or = |given: Option<Given>, default: u32| {
        u64::from(given.map(|it| it.value).filter(|it| *it > 0).unwrap_or(default))
    };
    let patience = or(delay, 0) + (or(failures, FAILURES) - 1) * or(period, PERIOD);
    Probe { document, patience, place: part.place }
}

/// What the API server rejects of a probe beside its numbers.
fn check(part: &Part<'_>, successes: Option<Given>, draft: &mut Draft<'_>) {
    let is_readiness = part.path.ends_with("readinessProbe");
    if let Some(given) = successes.filter(|it| it.value > 1 && !is_readiness) {
        let title = "only a readinessProbe may need more than one success";
        let problem = rejected(title, given.place, "must be 1");
        draft.problem(problem.help("write: successThreshold: 1"));
    }
    let grace = "terminationGracePeriodSeconds";
    if is_readiness && field(part.node, grace).is_some() {
        let title = "a readinessProbe ends no container";
        let place = build::key_place(part.node, grace);
        let problem = rejected(title, place, "has no grace period");
        draft.problem(problem.help("leave it out, or move it to the livenessProbe"));
    }
    handler(part, draft);
}

/// A probe does exactly one thing.
fn handler(part: &Part<'_>, draft: &mut Draft<'_>) {
    let mut given: Vec<_> =
        HANDLERS.into_iter().filter(|it| field(part.node, it).is_some()).collect();
    given.sort_by_key(|key| build::key_place(part.node, key));
    let name = part.path.rsplit('.').next().unwrap_or_default();
    let problem = match given.as_slice() {
        [_] => return,
        [] => rejected(
            format!("this {name} asks for nothing"),
            part.place,
            format!("needs one of {}", HANDLERS.join(", ")),
        )
        .help("write for example: httpGet: { path: /ready, port: 8080 }"),
        [first, second, ..] => {
            let title = format!("this {name} is two probes");
            let problem = rejected(title, build::key_place(part.node, second), "the second one");
            let problem = problem.at(build::key_place(part.node, first), "the first one");
            problem.help(format!("keep `{first}` or `{second}`"))
        }
    };
    draft.problem(problem);
}
