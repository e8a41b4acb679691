//! What Argo rejects is refused, at its place; what is not simulated yet is said to be.

use super::{case, code, rollout, steps};

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
fn strategies_that_are_not_simulated_yet() {
    refused(&rollout("      {}\n"), code::UNSUPPORTED, "7:5", "is a rolling update");
    let text = rollout("      {}\n").replace("canary", "blueGreen");
    refused(&text, code::UNSUPPORTED, "7:5", "blue-green");
    let text = rollout("      {}\n").replace("canary", "later");
    refused(&text, code::REJECTED, "7:5", "no strategy");
}

#[test]
fn what_argo_rejects_as_a_whole() {
    let zero = "      maxSurge: 0\n      maxUnavailable: 0%\n";
    let text = rollout(&format!("{zero}      steps: [{{setWeight: 5}}]\n"));
    refused(&text, code::REJECTED, "8:7", "are both zero");
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
}

#[test]
fn none_or_two_of_them() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n";
    refused(service, code::NOTHING, "3:19", "no document here");
    let one = steps("{setWeight: 5}");
    refused(&format!("{one}---\n{one}"), code::SEVERAL, "3:19", "2 documents");
}
