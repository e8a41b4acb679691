//! Deployments whose autoscaler is a twin, too, against recorded ones.
//!
//! What the autoscaler sees are the pods of the Deployment's twin, and the load that was scripted;
//! when it looks is recorded, because that is its phase and how long it took.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::hpa::{
    Answer, Container, Memory, Phase, Pod, PodId, Readiness, Sample, Seen,
};
use serde_json::Value;

use super::cases::{compare, none, rows};
use super::cluster::{Change, Cluster, Deed};
use super::live::{agree_nearly, parted};
use super::trace::{Trace, start};
use crate::conformance::kubernetes_pods::live_hpa::inputs::Inputs;

fn looks(row: &Value) -> Vec<Instant> {
    let events = row["events"].as_array().expect("events").iter();
    let looks = events.filter(|event| event["k"] == "metrics");
    let at = |event: &Value| event["t"].as_f64().expect("a time");
    looks.map(|event| start() + Span::from_secs_f64(at(event))).collect()
}

/// What the autoscaler sees of a cluster.
fn seen(cluster: &Cluster, inputs: &Inputs) -> (Vec<Pod>, Answer) {
    let now = cluster.now;
    let there: Vec<_> = cluster.containers().filter(|(_, it)| !it.is_deleted).collect();
    let ready = there.iter().filter(|(_, it)| it.ready.is_some()).count();
    let (used, idle) = inputs.usage(now - start(), ready as i64);
    let (mut pods, mut samples) = (Vec::new(), Vec::new());
    for (id, it) in there {
        let (id, running) = (id as PodId, it.created + inputs.run);
        let since = it.ready.map(|since| inputs.whole_second(since));
        let milli = if since.is_some() { Some(used) } else { idle };
        let (at, window) = (inputs.whole_second(now), inputs.window);
        samples.extend(milli.map(|milli| Sample { pod: id, milli, at, window }));
        let cpu = Some(inputs.request);
        pods.push(Pod {
            id,
            phase: if running <= now { Phase::Running } else { Phase::Pending },
            readiness: Some(Readiness { ready: since.is_some(), since: since.unwrap_or(running) }),
            started: Some(running),
            deleting: false,
            containers: vec![Container { name: "app".to_owned(), cpu, memory: None }],
        });
    }
    (pods, Answer::Samples(samples))
}

/// The cluster under its autoscaler, from the start to the end.
fn replayed(row: &Value, trace: &Trace<'_>) -> Cluster {
    let inputs = Inputs::new(row);
    let mut cluster = trace.planned();
    let mut memory = Memory::default();
    for at in looks(row) {
        cluster.run_until(at, |_| false);
        cluster.now = at;
        let (pods, answer) = seen(&cluster, &inputs);
        let replicas = cluster.twin.deployment().spec().replicas;
        let status = pods.len() as u32;
        let seen = Seen { replicas, status, pods: &pods, answers: &[answer] };
        let decision = inputs.autoscaler.step(&inputs.settings, &mut memory, &seen, at);
        if decision.desired != replicas {
            let replicas = Some(decision.desired);
            cluster.plan(at, Deed::Write(Change { replicas, ..Change::default() }));
        }
    }
    cluster.run_until(trace.end(), |_| false);
    cluster
}

#[test]
fn conformance_of_recorded_rollouts_under_an_autoscaler() {
    let name = "live-hpa.jsonl";
    none(&compare(&format!("{name} with both twins"), &rows(name), |row| {
        let trace = Trace::of(row);
        let (recorded, replayed) = (trace.recorded(), trace.replayed(&replayed(row, &trace)));
        // One state lasts 0.23 s here and was recorded for 0.26 s.
        let fine = agree_nearly(&recorded, &replayed);
        fine.then_some(()).ok_or_else(|| parted(row, &recorded, &replayed))
    }));
}
