//! What becomes of a Deployment of Kubernetes.

use super::{case, container, deployment};

#[test]
fn a_deployment_is_a_rolling_update_with_the_defaults_of_kubernetes() {
    let case = case(&deployment(""));
    case.decodes();
    assert_eq!(case.at("name"), Some("shop"));
    assert_eq!(case.at("fleet.replicas"), Some("1"));
    assert_eq!(case.at("strategy.rolling.maxSurge"), Some("25%"));
    assert_eq!(case.at("strategy.rolling.maxUnavailable"), Some("25%"));
    assert_eq!(case.at("controller"), Some("kubernetes"));
    assert!(case.assumes("pods are replaced by a RollingUpdate, the default of Kubernetes"));
    assert!(case.assumes("one pod: Kubernetes' default, as replicas is not given"));
    assert!(case.assumes("nothing judges the release"));
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
}

#[test]
fn batches_and_times_are_taken_over() {
    let fields = "  replicas: 12\n  minReadySeconds: 10\n  progressDeadlineSeconds: 90\n  \
                  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 3, maxUnavailable: 0% } }\n";
    let case = case(&deployment(fields));
    case.decodes();
    for (path, expected) in [
        ("fleet.replicas", "12"),
        ("strategy.rolling.maxSurge", "3"),
        ("strategy.rolling.maxUnavailable", "0%"),
        ("strategy.rolling.minReadySeconds", "10s"),
        ("strategy.rolling.progressDeadline", "1m30s"),
    ] {
        assert_eq!(case.at(path), Some(expected), "{path}");
    }
}

#[test]
fn all_pods_go_first_where_it_says_so() {
    let case = case(&deployment("  strategy: { type: Recreate }\n  progressDeadlineSeconds: 60\n"));
    case.decodes();
    assert_eq!(case.at("strategy.recreate.progressDeadline"), Some("1m"));
}

#[test]
fn a_deadline_of_a_lifetime_is_a_month() {
    let case = case(&deployment("  progressDeadlineSeconds: 2147483647\n"));
    case.decodes();
    assert_eq!(case.at("strategy.rolling.progressDeadline"), Some("30d"));
}

#[test]
fn probes_are_taken_over_with_their_numbers() {
    let probe = "readinessProbe: { grpc: { port: 1 }, initialDelaySeconds: 15, periodSeconds: 5, \
                 successThreshold: 3, timeoutSeconds: 2, failureThreshold: 0 }";
    let late = case(&container(probe));
    late.decodes();
    for (key, expected) in [
        ("initialDelay", Some("15s")),
        ("period", Some("5s")),
        ("timeout", Some("2s")),
        ("successThreshold", Some("3")),
        ("failureThreshold", None),
    ] {
        assert_eq!(late.at(&format!("fleet.pod.probes.readiness.{key}")), expected, "{key}");
    }
    assert!(late.losses().is_empty(), "{:#?}", late.losses());
    // A delay of a probe is no part of the start-up: it would count twice.
    assert_eq!(late.at("fleet.pod.startup"), None);
    assert!(late.assumes("how long a pod takes until it can serve is not said"));

    let unprobed = case(&container("tty: true"));
    unprobed.decodes();
    assert_eq!(unprobed.at("fleet.pod.probes.readiness"), Some("none"));
    assert!(unprobed.assumes("Kubernetes sends a pod requests as soon as its container runs"));

    let endless = container("readinessProbe: { exec: {}, successThreshold: 9999 }");
    let endless = case(&endless);
    endless.decodes();
    assert_eq!(endless.at("fleet.pod.probes.readiness.successThreshold"), Some("1000"));
    assert!(endless.losses()[0].contains("a thousand"), "{:#?}", endless.losses());
}

#[test]
fn a_pod_starts_fast_enough_for_the_probe_that_would_kill_it() {
    let alive = "livenessProbe: { grpc: { port: 1 }, initialDelaySeconds: 8, failureThreshold: 6 }";
    let hasty = case(&container(alive));
    hasty.decodes();
    // 2 s for the container, 8 s of delay, and five times 10 s: half of two minutes.
    assert_eq!(hasty.at("fleet.pod.startup.lognormal.median"), Some("6s"));
    assert_eq!(hasty.at("fleet.pod.startup.lognormal.p95"), Some("20s"));
    assert_eq!(hasty.at("fleet.pod.restart.lognormal.median"), Some("4s"));
    assert!(hasty.assumes("its livenessProbe kills a container that takes longer than 1m"));
    let slow = format!("{alive}, startupProbe: {{ grpc: {{ port: 1 }}, failureThreshold: 30 }}");
    let slow = case(&container(&slow));
    slow.decodes();
    assert_eq!(slow.at("fleet.pod.startup"), None);
    assert_eq!(slow.at("fleet.pod.probes.startup.failureThreshold"), Some("30"));
    assert!(slow.assumes("its startupProbe kills a container that takes longer than 4m52s"));
}

#[test]
fn a_pod_has_the_probes_of_the_container_that_says_when_it_is_ready() {
    let two = container("livenessProbe: { grpc: { port: 1 } }").replace(
        "      containers:\n",
        "      containers:\n        - { name: proxy, image: proxy, readinessProbe: { grpc: { port: 2 }, \
         periodSeconds: 3 }, livenessProbe: { grpc: { port: 2 } } }\n",
    );
    let two = case(&two);
    two.decodes();
    assert_eq!(two.at("fleet.pod.probes.readiness.period"), Some("3s"));
    let losses = two.losses();
    let expected = "spec.template.spec.containers.1.livenessProbe: a pod has the probes of one";
    assert!(losses.len() == 1 && losses[0].starts_with(expected), "{losses:#?}");
}

#[test]
fn a_limit_of_memory_is_where_a_pod_is_killed() {
    let memory = |resources: &str| case(&container(&format!("resources: {resources}")));
    let both = memory("{ limits: { memory: 768Mi, cpu: 2 }, requests: { memory: 512Mi } }");
    both.decodes();
    assert_eq!(both.at("fleet.pod.memory.limit"), Some("768Mi"));
    assert_eq!(both.at("fleet.pod.memory.baseline"), Some("512Mi"));
    assert!(both.assumes("killed at its limit of 768Mi, and a healthy pod uses what it requests"));
    assert!(both.losses()[0].starts_with("spec.template.spec.containers.0.resources.limits.cpu: "));
    let equal = memory("{ limits: { memory: 1G }, requests: { memory: 1G } }");
    equal.decodes();
    assert_eq!(equal.at("fleet.pod.memory.limit"), Some("1G"));
    assert_eq!(equal.at("fleet.pod.memory.baseline"), Some("572Mi"));
    let none = memory("{ requests: { memory: 1Gi } }");
    none.decodes();
    assert_eq!(none.at("fleet.pod.memory"), None);
    assert!(none.losses()[0].ends_with("it does not say where the container is killed"));
    assert!(none.assumes("no limit on memory is given"));
    memory("{ limits: { memory: 1 } }").decodes();
}

#[test]
fn a_hook_before_the_end_lets_a_pod_serve_on() {
    let hook = |hook: &str| format!("lifecycle: {{ preStop: {hook} }}");
    for sleeps in ["{ sleep: { seconds: 15 } }", "{ exec: { command: [sleep, \"15\"] } }"] {
        let case = case(&container(&hook(sleeps)));
        case.decodes();
        assert_eq!(case.at("fleet.pod.termination.preStop"), Some("15s"));
        assert_eq!(case.at("fleet.pod.termination.takes"), Some("20s"));
        assert!(case.assumes("serves for 15s more after it was told to stop (preStop)"));
    }
    let grace =
        |text: &str| text.replace("restartPolicy: Always", "terminationGracePeriodSeconds: 10");
    let endless = container(&hook("{ sleep: { seconds: 2147483647 } }"));
    let endless = grace(&endless).replace("Seconds: 10", "Seconds: 2147483647");
    case(&endless).decodes();
    let cut = case(&grace(&container(&hook("{ sleep: { seconds: 60 } }"))));
    assert_eq!(cut.at("fleet.pod.termination.preStop"), Some("10s"));
    assert_eq!(cut.at("fleet.pod.termination.takes"), Some("12s"));
    assert!(cut.assumes("preStop is cut to the grace period"));
    let other = case(&container(&hook("{ exec: { command: [nginx, -s, quit] } }")));
    assert_eq!(other.at("fleet.pod.termination"), None);
    assert!(
        other.losses()[0].ends_with("how long it takes is not known: a pod stops serving at once")
    );
    let patient = case(&grace(&deployment("")));
    assert_eq!(patient.at("fleet.pod.termination"), None);
    assert!(patient.assumes("within its grace period of 10s"));
    let hasty = case(&grace(&deployment("")).replace("Seconds: 10", "Seconds: 3"));
    hasty.decodes();
    assert_eq!(hasty.at("fleet.pod.termination.takes"), Some("3s"));
}

#[test]
fn what_a_deployment_says_and_cannot_be_kept_is_listed() {
    let case =
        case(&deployment("  paused: true\n  revisionHistoryLimit: 0\n  progresDeadline: 5\n"));
    let losses = case.losses();
    assert_eq!(losses.len(), 3, "{losses:#?}");
    assert_eq!(losses[0], "spec.paused: the rollout begins although it is paused");
    assert!(losses[1].starts_with("spec.revisionHistoryLimit: people can bring"));
    assert!(losses[2].starts_with("spec.progresDeadline: not understood"));
    let harmless = deployment("  paused: false\n  revisionHistoryLimit: 5\n");
    assert!(super::case(&harmless).losses().is_empty());
}

#[test]
fn a_stateful_set_is_replaced_pod_by_pod_each_when_the_other_is_gone() {
    let text = deployment("  replicas: 5\n  serviceName: shop\n  volumeClaimTemplates: []\n")
        .replace("kind: Deployment", "kind: StatefulSet");
    let whole = case(&text);
    whole.decodes();
    for (path, expected) in [
        ("fleet.replicas", "5"),
        ("strategy.rolling.maxSurge", "0"),
        ("strategy.rolling.maxUnavailable", "1"),
        ("strategy.rolling.podReplacementPolicy", "TerminationComplete"),
        ("strategy.rolling.progressDeadline", "10m"),
    ] {
        assert_eq!(whole.at(path), Some(expected), "{path}");
    }
    assert!(whole.assumes("the pods of a StatefulSet are replaced in turn, each when the other"));
    assert_eq!(whole.losses().len(), 1, "{:#?}", whole.losses());
    let update = |fields: &str| case(&format!("{text}  updateStrategy: {{ {fields} }}\n"));
    let part = update("rollingUpdate: { partition: 3, maxUnavailable: 2 }");
    part.decodes();
    assert_eq!(part.at("strategy.rolling.maxUnavailable"), Some("2"));
    assert_eq!(part.at("strategy.rolling.partition"), Some("3"));
    assert!(part.assumes("the partition lets 2 pods have the release, from ordinal 3 on"));
    let none = update("rollingUpdate: { partition: 9 }");
    assert!(none.assumes("the partition leaves all pods as they are"));
    let hand = update("type: OnDelete");
    hand.decodes();
    assert_eq!(hand.at("strategy.rolling.updateStrategy"), Some("OnDelete"));
    assert!(hand.assumes("a pod of this StatefulSet is replaced when somebody deletes it"));
    assert_eq!(hand.losses().len(), 1, "{:#?}", hand.losses());
    let wrong = update("type: Recreate");
    let problem = wrong.problems.iter().next().expect("a problem");
    assert_eq!(problem.title, "there is no update strategy `Recreate` of a StatefulSet");
}

#[test]
fn a_daemon_set_has_a_pod_on_each_of_ten_nodes() {
    let text = deployment("").replace("kind: Deployment", "kind: DaemonSet");
    let whole = case(&text);
    whole.decodes();
    assert_eq!(whole.at("fleet.replicas"), Some("10"));
    assert_eq!(whole.at("strategy.rolling.podReplacementPolicy"), Some("TerminationComplete"));
    assert!(whole.assumes("10 pods, one on each of 10 nodes"));
    let update = |fields: &str| {
        case(&format!("{text}  updateStrategy: {{ rollingUpdate: {{ {fields} }} }}\n"))
    };
    let beside = update("maxSurge: 2, maxUnavailable: 0");
    beside.decodes();
    assert_eq!(beside.at("strategy.rolling.maxSurge"), Some("2"));
    assert_eq!(beside.at("strategy.rolling.podReplacementPolicy"), None);
    let both = update("maxSurge: 2");
    let problem = both.problems.iter().next().expect("a problem");
    assert_eq!(problem.title, "`maxSurge` needs `maxUnavailable: 0` beside it");
    let share = update("maxUnavailable: 15%");
    assert!(share.losses().iter().any(|it| it.contains("rounded up by a DaemonSet")));
}
