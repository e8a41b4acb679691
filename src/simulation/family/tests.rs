//! Pods as targets: what they count is what their version counts, and each restarts alone.

use clockwork::{Instant, Span};
use expr::Value;

use crate::scenario::Scenario;
use crate::simulation::{Engine, Unrecorded};

/// Pods that leak and are killed one after the other, asked by as many queries.
fn leaking(telemetry: &str, queries: &[&str]) -> Scenario {
    let gate = |(index, query): (usize, &&str)| {
        format!("  q{index}: {{ query: '{query}', over: 1000000, failureLimit: 1000 }}\n")
    };
    let gates = queries.iter().enumerate().map(gate).collect::<Vec<_>>().concat();
    Scenario::read(&format!(
        "time: {{ watch: 0s, bake: 1m }}
telemetry: {{ service: checkout, delay: 0s, buckets: [100ms, 250ms], {telemetry} }}
people: none
fleet: {{ replicas: 6 }}
traffic: {{ rate: 60/s }}
release: {{ faults: [{{ memory-leak: {{ rate: 3000Mi/h }} }}] }}
strategy: {{ canary: {{ steps: [{{ setWeight: 50% }}, {{ pause: 30m }}] }} }}
gates:
{gates}"
    ))
    .unwrap_or_else(|problems| panic!("{problems}"))
}

fn at(seconds: u64) -> Instant {
    Instant::ZERO + Span::from_secs(seconds)
}

fn numbers(engine: &mut Engine<'_, Unrecorded>, query: usize, now: Instant) -> Vec<f64> {
    match engine.answer(query, now).expect("an answer") {
        Value::Floats(values) => values.clone(),
        Value::Float(value) => vec![*value],
        other => panic!("{other:?} is no number"),
    }
}

fn number(engine: &mut Engine<'_, Unrecorded>, query: usize, now: Instant) -> f64 {
    numbers(engine, query, now).first().copied().unwrap_or_default()
}

#[test]
fn what_pods_count_adds_up_to_what_their_version_counts() {
    let queries = [
        r#"sum(rate(http_requests_total{version="v1"}[2m]))"#,
        r#"sum(rate(http_requests_total{version="v2",status="500"}[2m]))"#,
        r#"sum(rate(http_request_duration_seconds_bucket{version="v2",le="0.1"}[2m]))"#,
        r#"sum(rate(http_request_duration_seconds_bucket{version="v2",le="0.25"}[2m]))"#,
        r#"sum(rate(http_request_duration_seconds_sum{version="v2"}[2m]))"#,
    ];
    let (whole, single) = (leaking("", &queries), leaking("targets: by-pod", &queries));
    assert!(!whole.looks_at_pods() && single.looks_at_pods());
    let (mut of_version, mut of_pods) =
        (Engine::new(&whole, Unrecorded), Engine::new(&single, Unrecorded));
    for world in 0..5 {
        of_version.simulate(7, world);
        of_pods.simulate(7, world);
        // Nobody is killed in the first minutes, and no pod is new.
        for (query, text) in queries.iter().enumerate() {
            let [version, pods] =
                [&mut of_version, &mut of_pods].map(|it| number(it, query, at(301)));
            assert!(version > 0.0, "{text}");
            assert!((version - pods).abs() < 1e-9 * version, "{version} is not {pods}");
        }
        assert_eq!(of_version.counts(), of_pods.counts(), "world {world}");
    }
}

#[test]
fn a_pod_that_is_killed_is_down_alone_and_counts_from_zero() {
    let queries = [
        r#"count(up{version="v2"})"#,
        r#"sum(up{version="v2"})"#,
        r#"sum(resets(http_requests_total{version="v2",status="200"}[30m]))"#,
        r#"sum by (pod) (rate(http_requests_total{version="v2"}[2m]))"#,
        r#"topk(2, http_requests_total{version="v2",status="200"})"#,
    ];
    let scenario = leaking("", &queries);
    let mut engine = Engine::new(&scenario, Unrecorded);
    let (mut least, mut resets) = (u32::MAX, 0.0);
    for world in 0..5 {
        engine.simulate(7, world);
        assert_eq!(number(&mut engine, 0, at(300)), 3.0);
        assert_eq!(number(&mut engine, 1, at(300)), 3.0);
        assert_eq!(numbers(&mut engine, 3, at(300)).len(), 3);
        assert_eq!(numbers(&mut engine, 4, at(300)).len(), 2);
        for scrape in 0..120 {
            // A pod that is restarted in place stays a target.
            let now = at(scrape * 15 + 1);
            let up = number(&mut engine, 1, now) as u32;
            if scrape > 20 {
                assert_eq!(number(&mut engine, 0, now), 3.0);
                least = least.min(up);
            }
        }
        resets += number(&mut engine, 2, at(1790));
    }
    assert!(least < 3, "somebody was down");
    assert!(resets >= 3.0, "{resets} restarts");
}

#[test]
fn pods_that_are_scraped_at_their_own_moments_count_as_much() {
    let query = [r#"sum(increase(http_requests_total{version="v1"}[10m]))"#];
    let (whole, spread) = (leaking("", &query), leaking("targets: by-pod, phases: spread", &query));
    let mut engines = [&whole, &spread].map(|it| Engine::new(it, Unrecorded));
    let mut sums = [0.0; 2];
    for world in 0..40 {
        for (engine, sum) in engines.iter_mut().zip(&mut sums) {
            engine.simulate(11, world);
            *sum += number(engine, 0, at(1200));
        }
    }
    // Forty times some 18,000 requests, of which a window may see a tick's worth more or less.
    assert!((sums[0] / sums[1] - 1.0).abs() < 0.01, "{sums:?}");
    assert!(sums[0] != sums[1]);
}

#[test]
fn a_cluster_knows_the_memory_and_the_restarts_of_pods_that_leak() {
    let queries = [
        "max(container_memory_working_set_bytes / container_spec_memory_limit_bytes)",
        "sum(increase(kube_pod_container_status_restarts_total[10m]))",
        r#"sum(kube_pod_status_ready{condition="true"})"#,
        "kube_deployment_status_replicas_available",
        "kube_deployment_status_replicas_unavailable",
        r#"count(kube_pod_container_status_last_terminated_reason{reason="OOMKilled"})"#,
        r#"max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])"#,
        r#"sum(rate(container_cpu_usage_seconds_total{pod=~"checkout-6d9f7c5b84-.*"}[5m]))"#,
    ];
    let scenario = leaking("", &queries);
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(7, 0);
    let of = |engine: &mut Engine<'_, Unrecorded>, query, seconds| {
        numbers(engine, query, at(seconds)).first().copied()
    };
    // 400 of 650 MiB at the start; 250 MiB are lost in five minutes.
    let begin = of(&mut engine, 0, 1).expect("a share");
    assert!((begin - 400.0 / 650.0).abs() < 1e-9, "{begin}");
    let most = (0..40).filter_map(|scrape| of(&mut engine, 0, scrape * 15 + 1)).fold(0.0, f64::max);
    assert!(most > 0.93 && most <= 1.0, "{most}");
    assert_eq!(of(&mut engine, 5, 61), None, "nobody was killed yet");
    // All three pods have been killed again and again.
    assert!(of(&mut engine, 1, 1500).expect("restarts") > 3.0);
    assert_eq!(of(&mut engine, 5, 1500), Some(3.0));
    assert!(numbers(&mut engine, 6, at(1500)).contains(&1.0));
    for scrape in 0..100 {
        let now = scrape * 15 + 1;
        let [ready, available, missing] =
            [2, 3, 4].map(|query| of(&mut engine, query, now).expect("a number"));
        assert_eq!(ready, available, "at {now} s");
        assert!(available + missing >= 6.0, "at {now} s");
    }
    // Half of 60 requests a second, of which a core serves as many as a pod.
    let busy = of(&mut engine, 7, 1000).expect("a rate");
    let expected = 30.0 / scenario.fleet.per_pod;
    assert!((busy / expected - 1.0).abs() < 0.3, "{busy} cores, {expected} expected");
}

/// A release that replaces all pods, in several ways.
fn replacing(strategy: &str, controller: &str, telemetry: &str) -> Scenario {
    Scenario::read(
        &format!(
            "time: {{ watch: 0s, bake: 2m }}
telemetry: {{ delay: 0s, {telemetry} }}
people: none
{controller}
fleet: {{ replicas: 8 }}
traffic: {{ rate: 80/s }}
strategy: {strategy}
gates:
  new: {{ query: 'sum(http_requests_total{{version=\"v2\"}})', over: 1G, failureLimit: 1000 }}
  up: {{ query: 'sum(up{{version=\"v2\"}})', over: 1000, failureLimit: 1000 }}
  ready: {{ query: 'kube_replicaset_status_ready_replicas{{replicaset=~\".*95\"}}', over: 1000 }}
"
        )
        .replace("1G", "1000000000"),
    )
    .unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn no_request_of_a_version_is_lost_between_its_pods() {
    let kubernetes = "controller: kubernetes";
    for (strategy, controller) in [
        ("{ rolling: { maxSurge: 2 } }", ""),
        ("{ rolling: { maxSurge: 2 } }", kubernetes),
        ("{ blueGreen: {} }", ""),
        ("{ canary: { routing: pods, steps: [{ setWeight: 25% }, { pause: 5m }] } }", ""),
        ("{ allAtOnce: {} }", ""),
    ] {
        let whole = replacing(strategy, controller, "targets: as-asked");
        let single = replacing(strategy, controller, "targets: by-pod");
        let mut engines = [&whole, &single].map(|it| Engine::new(it, Unrecorded));
        let mut most = 0.0_f64;
        for world in 0..3 {
            for engine in &mut engines {
                engine.simulate(5, world);
            }
            for scrape in 0..40 {
                let [version, pods] =
                    engines.each_mut().map(|engine| number(engine, 0, at(15 * scrape)));
                assert_eq!(version, pods, "{strategy} {controller} at scrape {scrape}");
                let [up, ready] = [1, 2].map(|it| number(&mut engines[1], it, at(15 * scrape)));
                assert_eq!(up, ready, "{strategy} {controller} at scrape {scrape}");
                most = most.max(up);
            }
        }
        assert_eq!(most, 8.0, "{strategy}");
    }
}

/// What several pods of a healthy release have counted after ten minutes.
fn dealt(fault: &str, replicas: u32) -> Scenario {
    let text = format!(
        "time: {{ watch: 0s, bake: 10m }}
telemetry: {{ delay: 0s }}
noise: none
people: none
fleet: {{ replicas: {replicas}, pod: {{ startup: 0s, pool: 4 }} }}
traffic: {{ rate: 20/s, modulation: none }}
release: {{ faults: [{fault}] }}
strategy: {{ allAtOnce: {{}} }}
gates:
  good: {{ query: 'http_requests_total{{version=\"v2\",status=\"200\"}}', over: 1000000 }}
  failed:
    query: 'rate(http_requests_total{{version=\"v2\",status=\"500\"}}[1m])'
    over: 1000000
    failureLimit: 1000
  restarts:
    query: 'kube_pod_container_status_restarts_total{{pod=~\".*-7b8c6d4f95-.*\"}}'
    over: 1000000
    failureLimit: 1000
"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn requests_fall_on_pods_as_on_any_of_them() {
    let scenario = dealt("", 5);
    let mut engine = Engine::new(&scenario, Unrecorded);
    let (worlds, mut sum) = (1500, 0.0);
    for world in 0..worlds {
        engine.simulate(3, world);
        let counts = numbers(&mut engine, 0, at(90));
        assert_eq!(counts.len(), 5);
        let mean = counts.iter().sum::<f64>() / 5.0;
        sum += counts.iter().map(|count| (count - mean).powi(2) / mean).sum::<f64>();
    }
    // Pearson's statistic of a multinomial of five: its mean is 4, its variance 8.
    let (mean, error) = (sum / worlds as f64, (8.0 / worlds as f64).sqrt());
    println!("chi-square of five pods: {mean:.3}, expected 4, error {error:.3}");
    assert!((mean - 4.0).abs() < 4.0 * error, "{mean}");
}

#[test]
fn a_pod_that_stalls_fails_for_itself() {
    let fault = "{ pool-exhaustion: { leaks: 0.5%, restart: none } }";
    let scenario = dealt(fault, 4);
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(3, 0);
    // Pods that stall get as many requests as before and fail them all.
    let last = numbers(&mut engine, 1, at(590));
    let failing = last.iter().filter(|rate| **rate > 4.0).count();
    assert!(failing > 0, "{last:?}");
    assert!(last.iter().all(|rate| *rate < 8.0), "{last:?}");
}

#[test]
fn containers_that_cannot_start_are_restarted_with_growing_waits() {
    let scenario = dealt("{ crash-loop: { chance: 100% } }", 4);
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(3, 0);
    let restarts: Vec<f64> =
        (0..10).map(|minute| number(&mut engine, 2, at(60 * minute + 1))).collect();
    assert!(restarts.windows(2).all(|pair| pair[0] <= pair[1]), "{restarts:?}");
    // At once, then after 10, 20, 40, 80, 160 and 300 seconds.
    assert!((5.0..=7.0).contains(&restarts[9]), "{restarts:?}");
}
