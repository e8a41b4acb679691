//! What Argo rejects is refused, at its place; what is not simulated yet is said to be.

use super::{blue_green, case, code, container, deployment, rollout, steps};

/// The code and the `line:column` of the only problem.
#[track_caller]
fn refused(text: &str, code: &str, at: &str, title: &str) {
    let case = case(text);
    let problems: Vec<_> = case.problems.iter().collect();
    let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
    assert!(problem.title.contains(title), "{}", problem.title);
    assert_eq!(problem.code, code);
    let place = problem.place().expect("a place");
    assert_eq!(case.sources.position(place), format!("rollout.yaml:{at}"));
}

#[test]
fn weights_outside_of_the_range() {
    refused(&steps("{setWeight: 101}"), code::REJECTED, "9:27", "from 0 to 100");
    refused(&steps("{setWeight: -1}"), code::REJECTED, "9:27", "from 0 to 100");
    refused(&steps("{setWeight: 40%}"), code::REJECTED, "9:27", "a weight is a whole number");
}

#[test]
fn durations_that_go_does_not_read() {
    for duration in ["1z", "\"20000000000\"", "1d", "-5", "-10s", "1.5", "20000000000"] {
        let text = steps(&format!("{{pause: {{duration: {duration}}}}}"));
        refused(&text, code::REJECTED, "9:34", "is not a duration");
    }
}

#[test]
fn steps_of_no_kind_or_of_two() {
    refused(&steps("{setWeight: 5, pause: {}}"), code::REJECTED, "9:30", "step 0 is two steps");
    refused(&steps("{setWeigth: 5}"), code::REJECTED, "9:16", "step 0 is no step");
    refused(&steps("{pause: }"), code::REJECTED, "9:16", "step 0 is no step");
    refused(&steps("{}"), code::REJECTED, "9:15", "step 0 is no step");
}

#[test]
fn a_rollout_without_a_strategy_or_with_two() {
    let text = rollout("      {}\n").replace("canary", "later");
    refused(&text, code::REJECTED, "7:5", "no strategy");
    let two = steps("{setWeight: 5}") + "    blueGreen: { activeService: a }\n";
    refused(&two, code::REJECTED, "10:5", "one strategy");
}

#[test]
fn what_argo_rejects_as_a_whole() {
    let zero = "      maxSurge: 0\n      maxUnavailable: 0%\n";
    let text = rollout(&format!("{zero}      steps: [{{setWeight: 5}}]\n"));
    refused(&text, code::REJECTED, "8:17", "are both zero");
    let text = rollout("      steps: [{setCanaryScale: {weight: 5}}]\n");
    refused(&text, code::REJECTED, "8:16", "needs `trafficRouting`");
    let text = steps("{setWeight: 5}").replace("replicas: 20", "replicas: many");
    refused(&text, code::REJECTED, "5:13", "`replicas` is a whole number");
}

#[test]
fn services_that_select_other_pods() {
    let text = rollout("      canaryService: a\n      steps: [{setWeight: 5}]\n")
        + "  template: { metadata: { labels: { app: shop } } }\n---\n\
           apiVersion: v1\nkind: Service\nmetadata: { name: a }\n\
           spec: { selector: { app: other } }\n";
    refused(&text, code::REJECTED, "15:26", "does not select its pods");
    let help = |text: &str| case(text).problems.iter().next().expect("a problem").help[0].clone();
    assert_eq!(help(&text), "write: app: shop");
    let other = text.replace("{ app: other }", "{ tier: web }");
    assert_eq!(help(&other), "add to the labels of the pods: tier: web");
}

#[test]
fn none_or_two_of_them() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n";
    refused(service, code::NOTHING, "3:19", "no document here");
    let one = steps("{setWeight: 5}");
    refused(&format!("{one}---\n{one}"), code::SEVERAL, "3:19", "2 documents");
}

#[test]
fn other_versions() {
    let old = deployment("").replace("apps/v1", "extensions/v1beta1");
    refused(&old, code::NOTHING, "1:13", "`extensions/v1beta1` has no Deployment");
    let set = deployment("").replace("apps/v1", "apps/v1beta2").replace("Deployment", "DaemonSet");
    refused(&set, code::NOTHING, "1:13", "`apps/v1beta2` has no DaemonSet");
}

#[test]
fn numbers_that_the_api_server_rejects() {
    let title = "`replicas` is a whole number, zero or more";
    for (value, column) in [("-1", 13), ("\"3\"", 13), ("1e12", 13), ("1000000000000", 13)] {
        let text = deployment(&format!("  replicas: {value}\n"));
        refused(&text, code::REJECTED, &format!("12:{column}"), title);
    }
    let late = deployment("  minReadySeconds: 600\n");
    refused(&late, code::REJECTED, "12:3", "is not above `minReadySeconds`");
}

#[test]
fn batches_that_the_api_server_rejects() {
    let batches = |text: &str| deployment(&format!("  strategy: {{ rollingUpdate: {text} }}\n"));
    let zero = batches("{ maxSurge: 0, maxUnavailable: 0% }");
    refused(&zero, code::REJECTED, "12:42", "are both zero");
    let all = batches("{ maxUnavailable: 150% }");
    refused(&all, code::REJECTED, "12:48", "at most 100 %");
    for value in ["-1", "1.5", "\"3\"", "2.5%", "many"] {
        let text = batches(&format!("{{ maxSurge: {value} }}"));
        refused(&text, code::REJECTED, "12:42", "a number of pods or a whole percentage");
    }
    let both = deployment("  strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }\n");
    refused(&both, code::REJECTED, "12:31", "`Recreate` has no batches");
    let other = deployment("  strategy: { type: RollingUpdates }\n");
    refused(&other, code::REJECTED, "12:21", "there is no strategy `RollingUpdates`");
}

#[test]
fn pods_that_the_api_server_rejects() {
    let probe = |text: &str| container(&format!("readinessProbe: {text}"));
    refused(&probe("{ periodSeconds: 5 }"), code::REJECTED, "11:38", "asks for nothing");
    let two = probe("{ exec: { command: [a] }, grpc: { port: 1 } }");
    refused(&two, code::REJECTED, "11:80", "is two probes");
    let late = probe("{ grpc: { port: 1 }, initialDelaySeconds: -5 }");
    refused(&late, code::REJECTED, "11:96", "`initialDelaySeconds` is a whole number");
    let alive = container("livenessProbe: { grpc: { port: 1 }, successThreshold: 2 }");
    refused(&alive, code::REJECTED, "11:92", "only a readinessProbe");
    let ended = probe("{ grpc: { port: 1 }, terminationGracePeriodSeconds: 5 }");
    refused(&ended, code::REJECTED, "11:75", "a readinessProbe ends no container");
    let memory = container("resources: { limits: { memory: 512MB } }");
    refused(&memory, code::REJECTED, "11:69", "`512MB` is not an amount");
    let more = container("resources: { limits: { memory: 1Gi }, requests: { memory: 2Gi } }");
    refused(&more, code::REJECTED, "11:96", "more memory than its limit");
}

#[test]
fn a_deployment_without_pods_of_its_own() {
    let template = "  template:\n";
    let at = deployment("").find(template).expect("a template");
    refused(&deployment("")[..at], code::REJECTED, "5:3", "no pod template");
    let unselected = deployment("").replace("  selector:", "  # ");
    refused(&unselected, code::REJECTED, "6:3", "nothing selects");
    let others = deployment("").replace("matchLabels: { app: shop }", "matchLabels: { app: till }");
    refused(&others, code::REJECTED, "5:35", "does not select its own pods");
    let empty = deployment("").replace("        - { name: shop, image: shop }", "        []");
    refused(&empty, code::REJECTED, "11:9", "a pod without containers");
}

#[test]
fn what_argo_rejects_of_a_switch() {
    let none = blue_green("      previewService: b\n");
    refused(&none, code::REJECTED, "7:5", "needs an `activeService`");
    let same = blue_green("      activeService: a\n      previewService: a\n");
    refused(&same, code::REJECTED, "9:23", "two versions need two Services");
    let word = blue_green("      activeService: a\n      autoPromotionEnabled: maybe\n");
    refused(&word, code::REJECTED, "9:29", "`autoPromotionEnabled` is");
    let less = blue_green("      activeService: a\n      scaleDownDelaySeconds: -1\n");
    refused(&less, code::REJECTED, "9:30", "`scaleDownDelaySeconds` is a whole number");
}
