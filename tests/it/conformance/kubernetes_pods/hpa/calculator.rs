//! How many replicas a metric asks for, and which pods count.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::hpa::{
    Answer, Ask, Container, Groups, Metric, Phase, Pod, PodId, Readiness, Resource, ResourceTarget,
    Sample, Settings, Target, Tolerances,
};
use serde_json::Value;

use super::super::literal::{count, instant, now, number, span};
use super::super::same;

/// The settings of the tests, which are not the defaults.
fn settings() -> Settings {
    Settings {
        cpu_initialization: Span::from_mins(2),
        initial_readiness: Span::from_secs(10),
        ..Settings::default()
    }
}

/// A number that an entry of Go's composite literals has by place or by name.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn groups(case: &Value) -> Result<(), String> {
    let mut names = Vec::new();
    let pods: Vec<_> = list(&case["pods"])
        .iter()
        .map(|pod| {
            names.push(pod["ObjectMeta"]["Name"].as_str().expect("a name").to_owned());
            grouped(names.len() as PodId - 1, pod)
        })
        .collect();
    let id = |name: &str| names.iter().position(|it| it == name).map(|place| place as PodId);
    let samples: Vec<_> = case["metrics"]
        .as_object()
        .expect("metrics")
        .iter()
        .filter(|(name, _)| *name != "_type")
        .map(|(name, metric)| {
            let at = metric.get("Timestamp").map_or(Instant::ZERO, instant);
            let window = metric.get("Window").map_or(Span::ZERO, span);
            let pod = id(name.trim_matches('"')).expect("a pod");
            Sample { pod, milli: number(&metric["Value"]) as i64, at, window }
        })
        .collect();
    let processor = match case["resource"]["_expr"].as_str() {
        Some("v1.ResourceCPU") => true,
        Some("v1.ResourceMemory") => false,
        other => return Err(format!("resource {other:?}")),
    };
    let seen = Groups::new(&pods, &samples, processor, (&settings(), now()));
    let expected = |key: &str| {
        let names = list(&case[key]["args"]).iter().map(|name| name.as_str().expect("a name"));
        names.map(|name| id(name).expect("a pod")).collect()
    };
    let expected = Groups {
        ready: count(&case["expectReadyPodCount"]) as usize,
        unready: expected("expectUnreadyPods"),
        missing: expected("expectMissingPods"),
        ignored: expected("expectIgnoredPods"),
    };
    same("groups", &seen, &expected)
}

fn phase(value: &Value) -> Phase {
    match value["_expr"].as_str() {
        Some("v1.PodPending") => Phase::Pending,
        Some("v1.PodRunning") => Phase::Running,
        Some("v1.PodSucceeded") => Phase::Succeeded,
        Some("v1.PodFailed") => Phase::Failed,
        _ => panic!("{value} is not a phase"),
    }
}

fn grouped(id: PodId, pod: &Value) -> Pod {
    let status = &pod["Status"];
    let readiness = list(&status["Conditions"]).first().map(|condition| Readiness {
        ready: condition["Status"]["_expr"] == "v1.ConditionTrue",
        since: instant(&condition["LastTransitionTime"]),
    });
    Pod {
        id,
        phase: phase(&status["Phase"]),
        readiness,
        started: status.get("StartTime").map(instant),
        deleting: pod["ObjectMeta"].get("DeletionTimestamp").is_some(),
        containers: Vec::new(),
    }
}

/// When a pod of the tests was created: just now, before the time of initialisation, or never.
fn created(value: Option<&Value>) -> Instant {
    match value.and_then(|value| value["_call"].as_str()) {
        Some("hotCPUCreationTime") => now(),
        Some("coolCPUCreationTime") => now() - Span::from_mins(3),
        None => Instant::ZERO,
        Some(other) => panic!("`{other}` is not a time of creation"),
    }
}

/// A quantity of processor: cores, or thousandths with an `m`.
fn request(value: &Value) -> i64 {
    if let Value::String(cores) = value {
        return (cores.parse::<f64>().expect("a decimal number") * 1_000.0).round() as i64;
    }
    let text = value["_expr"].as_str().expect("an expression");
    let inner = text.strip_prefix("fmt.Sprint(").and_then(|it| it.strip_suffix(") + \"m\""));
    let inner = inner.unwrap_or_else(|| panic!("`{text}` is not a request"));
    number(&Value::String(inner.to_owned())) as i64
}

fn pods(case: &Value) -> Vec<Pod> {
    let phases = list(&case["podPhase"]);
    // Failed pods are not among the current replicas.
    let pods = phases.len().max(count(&case["currentReplicas"]) as usize);
    let pod = |place: usize| {
        let started = created(case["podStartTime"].get(place));
        let ready = case["podReadiness"].get(place);
        let ready = ready.is_none_or(|ready| ready["_expr"] == "v1.ConditionTrue");
        let cpu = case["resource"]["requests"].get(place).map(request);
        let container = |name: &str| Container { name: name.to_owned(), cpu, memory: None };
        Pod {
            id: place as PodId,
            phase: phases.get(place).map_or(Phase::Running, phase),
            readiness: Some(Readiness { ready, since: started }),
            started: Some(started),
            deleting: case["podDeletionTimestamp"][place] == true,
            containers: vec![container("container1"), container("container2")],
        }
    };
    (0..pods).map(pod).collect()
}

fn sample(pod: usize, milli: i64) -> Sample {
    Sample { pod: pod as PodId, milli, at: now(), window: Span::from_mins(1) }
}

/// What the metrics API answers of a resource: of one container, or of both.
fn usage(resource: &Value, container: Option<&str>) -> Vec<Sample> {
    let levels = &resource["levels"];
    let alike = levels["_call"] == "makePodMetricLevels";
    let each = list(if alike { &levels["args"] } else { levels });
    // Pods that are named differently are none that anybody knows.
    let first = if resource.get("podNames").is_some() { 1_000 } else { 0 };
    let of = |level: &Value, place: &str| level.get(place).map(|it| number(it) as i64);
    let level = |level: &Value| match (alike, container) {
        (true, None) => Some(2 * number(level) as i64),
        (true, Some(_)) => Some(number(level) as i64),
        (false, Some("container1")) => of(level, "0"),
        (false, Some("container2")) => of(level, "1"),
        (false, _) => Some(of(level, "0").unwrap_or(0) + of(level, "1").unwrap_or(0)),
    };
    let samples = each.iter().enumerate();
    samples.filter_map(|(place, it)| level(it).map(|milli| sample(first + place, milli))).collect()
}

fn tolerances(case: &Value) -> Tolerances {
    let given = |place: &str| case["tolerances"].get(place).and_then(Value::as_f64);
    Tolerances { down: given("0").unwrap_or(0.1), up: given("1").unwrap_or(0.1) }
}

/// The metric of a case and what the metrics API answers.
fn metric(case: &Value) -> (Metric, Answer) {
    let container = case["container"].as_str();
    if let Some(resource) = case.get("resource") {
        assert_eq!(resource["name"]["_expr"], "v1.ResourceCPU", "of no other resource");
        let target = ResourceTarget::Utilization(count(&resource["targetUtilization"]));
        let samples = Answer::Samples(usage(resource, container));
        let container = container.map(str::to_owned);
        return (Metric::Resource { resource: Resource::Cpu, container, target }, samples);
    }
    let metric = &case["metric"];
    let name = metric["name"].as_str().expect("a name").to_owned();
    let levels: Vec<_> = list(&metric["levels"]).iter().map(|it| number(it) as i64).collect();
    let value = |key| number(&metric[key]) as i64;
    let (total, each) = ("targetUsage", "perPodTargetUsage");
    let object =
        |target| Metric::Object { kind: "Deployment".to_owned(), name: name.clone(), target };
    let external = |target| Metric::External { name: name.clone(), target };
    let metric = match metric["metricType"].as_str() {
        Some("podMetric") => {
            let samples = levels.iter().enumerate().map(|(pod, it)| sample(pod, *it)).collect();
            return (Metric::Pods { name, average: value(total) }, Answer::Samples(samples));
        }
        None | Some("objectMetric") => object(Target::Value(value(total))),
        Some("objectPerPodMetric") => object(Target::AverageValue(value(each))),
        Some("externalMetric") => external(Target::Value(value(total))),
        Some("externalPerPodMetric") => external(Target::AverageValue(value(each))),
        Some(other) => panic!("`{other}` is not a type of metric"),
    };
    (metric, Answer::Values(levels))
}

pub(super) fn replicas(case: &Value) -> Result<(), String> {
    let case = case.get("replicaCalcTestCase").unwrap_or(case);
    let current = count(&case["currentReplicas"]);
    let (pods, settings) = (pods(case), settings());
    let ask = Ask {
        current,
        status: current,
        pods: &pods,
        tolerances: tolerances(case),
        settings: &settings,
        now: now(),
    };
    let (metric, answer) = metric(case);
    let seen = metric.propose(&ask, &answer);
    if let Some(error) = case.get("expectedError") {
        // Its wording is not compared, only what it is about.
        let about = error["args"][0].as_str().expect("a message");
        return match seen {
            Err(why) if why.contains(about.rsplit(": ").next().unwrap_or(about)) => Ok(()),
            Err(why) if about.contains("no metrics returned") && why.contains("no metrics") => {
                Ok(())
            }
            other => Err(format!("{other:?}, expected the error `{about}`")),
        };
    }
    let seen = seen?;
    same("replicas", &seen.replicas, &count(&case["expectedReplicas"]))?;
    let (measured, value) = (case.get("resource").is_some(), case.get("resource"));
    let usage = value.map_or(&case["metric"]["expectedUsage"], |it| &it["expectedValue"]);
    same("usage", &i128::from(seen.usage.milli), &number(usage))?;
    let expected = measured.then(|| number(&case["resource"]["expectedUtilization"]) as i64);
    same("utilisation", &seen.usage.utilization, &expected)
}
