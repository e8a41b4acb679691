//! When a pod is ready: after the first probe that can succeed.

use clockwork::Span;

use super::Part;
use crate::document::{Node, Place};
use crate::import::build;
use crate::import::draft::{Draft, rejected};
use crate::import::typed::{field, whole};

/// What a probe does; each has exactly one.
const HANDLERS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];

const PERIOD: u32 = 10;

/// What a probe says of time, in seconds.
#[derive(Clone, Copy)]
struct Probe {
    delay: u32,
    period: u32,
    successes: u32,
    place: Place,
}

/// When a container is ready: at the first probe that can succeed, or at a later one.
struct Ready {
    first: u32,
    period: u32,
    place: Place,
}

/// `startup` and `restart`, where a probe cannot succeed at once.
pub(super) fn startup(
    spec: &Part<'_>,
    containers: &[Part<'_>],
    draft: &mut Draft<'_>,
) -> Vec<(&'static str, Node)> {
    let ready: Vec<_> = containers.iter().filter_map(|it| ready(it, draft)).collect();
    let Some(last) = ready.iter().max_by_key(|ready| ready.first) else {
        if !containers.is_empty() {
            let text = "no container has a readinessProbe: Kubernetes sends it requests as soon \
                        as it runs, here a pod gets them when its start-up time is over";
            let place = build::key_place(spec.node, "containers");
            draft.assume(text, place, Some("--set fleet.pod.startup=20s".to_owned()));
        }
        return Vec::new();
    };
    let place = last.place;
    let change = Some("--set fleet.pod.startup=20s".to_owned());
    if last.first == 0 {
        let text = "the probes begin at once: how long a pod takes to become ready is assumed";
        draft.assume(text, place, change);
        return Vec::new();
    }
    let seconds = |count: u32| Span::from_secs(u64::from(count));
    let (from, to) = (seconds(last.first), seconds(last.first) + seconds(last.period));
    let text = format!(
        "a pod is ready {from} to {to} after its order or restart: no probe can succeed before \
         {from}, and one that comes too early is repeated after {}",
        seconds(last.period)
    );
    draft.assume(text, place, change);
    let end = |span: Span| build::text(span.min(Span::MAX).to_string(), place);
    let law = || {
        let range = build::map([("from", end(from)), ("to", end(to))], place);
        build::map([("uniform", range)], place)
    };
    vec![("startup", law()), ("restart", law())]
}

/// When a container is ready, if it is probed at all.
fn ready(container: &Part<'_>, draft: &mut Draft<'_>) -> Option<Ready> {
    let liveness = container.inside("livenessProbe");
    if let Some(part) = liveness {
        probe(&part, draft);
    }
    let startup = container.inside("startupProbe").map(|part| probe(&part, draft));
    let readiness = container.inside("readinessProbe").map(|part| probe(&part, draft));
    let place = readiness.or(startup)?.place;
    let delay = [startup, readiness].into_iter().flatten().map(|it| it.delay).max()?;
    let period = [startup, readiness].into_iter().flatten().map(|it| it.period).max()?;
    let again = readiness.map_or(0, |it| (it.successes - 1).saturating_mul(it.period));
    Some(Ready { first: delay.saturating_add(again), period, place })
}

/// The times of a probe, zero where that means a default; reports what the API server rejects.
fn probe(part: &Part<'_>, draft: &mut Draft<'_>) -> Probe {
    let mut number = |key| whole(part.node, key, draft);
    let delay = number("initialDelaySeconds").map_or(0, |it| it.value);
    let period = number("periodSeconds").map_or(0, |it| it.value);
    let successes = number("successThreshold");
    number("failureThreshold");
    number("timeoutSeconds");
    if let Some(given) = successes.filter(|it| it.value > 1)
        && !part.path.ends_with("readinessProbe")
    {
        let title = "only a readinessProbe may need more than one success";
        let problem = rejected(title, given.place, "must be 1");
        draft.problem(problem.help("write: successThreshold: 1"));
    }
    handler(part, draft);
    Probe {
        delay,
        period: if period == 0 { PERIOD } else { period },
        successes: successes.map_or(1, |it| it.value.max(1)),
        place: part.place,
    }
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
