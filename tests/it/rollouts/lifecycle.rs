//! Promotions, rollbacks, pauses, delays and deadlines.

use clockwork::Span;
use coalmine::controller::argo::{
    AbortDelay, AbortScaleDown, Canary, Counts, Preview, Progressing, Routing, Selectors, Standing,
    Status, Step, abort_scale_down_delay, full_promotion, has_progressed, has_timed_out,
    is_within_rollback_window, new_replica_set_on_abort, pause_seconds, scale_down_delay,
    skips_post_promotion, skips_pre_promotion,
};
use serde_json::Value;

use super::cases::{compare, equal, flag, number, optional, text, threshold};

fn routing(input: &Value) -> Routing {
    match input["strategy"].as_str() {
        Some("blueGreen") => Routing::BlueGreen,
        Some("canary") if flag(&input["trafficRouting"]) => Routing::RoutedCanary,
        _ => Routing::None,
    }
}

#[test]
fn conformance_delays() {
    compare("delay_defaults", |case| {
        let (input, expected) = (&case["in"], &case["expect"]);
        let (routing, written) = (routing(input), optional(&input["value"]));
        if case["fn"] == "scaleDownDelay" {
            return equal(scale_down_delay(routing, written), number(expected));
        }
        let is_explicit = flag(&expected["wasSet"]);
        let expected = AbortDelay { seconds: optional(&expected["seconds"]), is_explicit };
        equal(abort_scale_down_delay(routing, written), expected)
    });
}

#[test]
fn conformance_pauses() {
    compare("pause_duration", |case| {
        let found = match &case["in"] {
            Value::Null => Some(0),
            Value::String(text) => pause_seconds(text),
            other => pause_seconds(&other.to_string()),
        };
        equal(found.map_or(-1, i64::from), case["expect"].as_i64().ok_or("no seconds")?)
    });
}

#[test]
fn conformance_promotions() {
    compare("should_full_promote", |case| {
        let input = &case["in"];
        let canary = Canary::new(number(&input["replicas"]), vec![Step::SetWeight(100)]);
        let standing = Standing { step: 1, ..Standing::default() };
        let available = number(&input["canaryAvailable"]);
        let new = Some(Counts { spec: available, available });
        let threshold = threshold(&input["threshold"]);
        let found = full_promotion(&canary, standing, new, threshold, false);
        let found = found.map(|it| it.to_string()).unwrap_or_default();
        equal(found.as_str(), text(&case["expect"]))
    });
}

#[test]
fn conformance_rollback_windows() {
    compare("rollback_window", |case| {
        let input = &case["in"];
        // Number 4 of the six versions belongs to an experiment.
        let versions = [0, 1, 2, 3, 5];
        let found = is_within_rollback_window(
            &number(&input["stable"]),
            optional(&input["new"]).as_ref(),
            &versions,
            number(&input["revisions"]),
        );
        equal(found, flag(&case["expect"]))
    });
}

fn status(value: &Value, strategy: &str) -> Status {
    let owned = |name: &str| text(&value[name]).to_owned();
    let strategy = match strategy {
        "blueGreen" => Progressing::BlueGreen {
            active: owned("activeSelector"),
            preview: owned("previewSelector"),
        },
        _ => Progressing::Canary {
            stable: owned("stableRS"),
            step: optional(&value["currentStepIndex"]).map(|step| step as usize),
            steps: owned("stepHash"),
        },
    };
    let [replicas, updated, ready, available] =
        ["replicas", "updated", "ready", "available"].map(|name| number(&value[name]));
    Status { replicas, updated, ready, available, strategy }
}

#[test]
fn conformance_progress() {
    compare("rollout_progressing", |case| {
        let strategy = text(&case["strategy"]);
        let [before, after] = ["old", "new"].map(|name| status(&case["in"][name], strategy));
        equal(has_progressed(&before, &after), flag(&case["expect"]))
    });
}

#[test]
fn conformance_deadlines() {
    compare("rollout_timed_out", |case| {
        let input = &case["in"];
        let seconds = |name: &str| optional(&input[name]).map(|it| Span::from_secs(u64::from(it)));
        let condition = input["reason"].as_str().zip(seconds("ageSeconds"));
        let deadline = seconds("progressDeadlineSeconds").ok_or("no deadline")?;
        equal(has_timed_out(condition, deadline), flag(&case["expect"]))
    });
}

#[test]
fn conformance_previews() {
    compare("bluegreen_new_rs_replicas", |case| {
        let input = &case["in"];
        let preview = Preview {
            replicas: 10,
            preview_replicas: Some(1),
            current: text(&input["currentPodHash"]),
            is_accepted: flag(&input["scaleUpPreviewCheckPoint"]),
            is_paused: false,
            is_promoted_in_full: flag(&input["promoteFull"]),
        };
        let active = Some(text(&input["activeSelector"])).filter(|it| !it.is_empty());
        let selectors = Selectors { active, stable: "bar", new: Some("foo") };
        equal(preview.replicas(selectors), number(&case["expect"]))
    });
}

#[test]
fn conformance_analyses_around_a_promotion() {
    compare("bluegreen_skip_pre_promotion", |case| {
        let input = &case["in"];
        let some = |text: &'static str, value: &Value| {
            let text = value.as_str().unwrap_or(text).to_owned();
            Some(text).filter(|it| !it.is_empty())
        };
        let (active, new) = (some("", &input["active"]), some("new", &input["newHash"]));
        let stable = text(&input["stable"]);
        let selectors = Selectors { active: active.as_deref(), stable, new: new.as_deref() };
        // "spec2/avail1" is two wanted pods of which one is available.
        let digits = |text: &str| -> Vec<u32> {
            text.split('/')
                .filter_map(|it| it.trim_start_matches(char::is_alphabetic).parse().ok())
                .collect()
        };
        let version = digits(input["new"].as_str().unwrap_or("0/0"));
        let version = Counts { spec: version[0], available: version[1] };
        let has_run = input["currentAr"].as_bool().unwrap_or(false);
        let found = if case["fn"] == "pre" {
            let preview = optional(&input["previewReplicaCount"]).unwrap_or(2);
            skips_pre_promotion(selectors, has_run, version, preview)
        } else {
            skips_post_promotion(selectors, has_run, version, 2)
        };
        equal(found, flag(&case["expect"]))
    });
}

#[test]
fn conformance_new_versions_after_an_abort() {
    compare("reconcile_new_rs_abort_delay", |case| {
        let (input, expected) = (&case["in"], &case["expect"]);
        let spec = number(&input["newReplicas"]);
        // Below zero is not written.
        let delay = optional(&input["abortScaleDownDelaySeconds"]);
        let delay = abort_scale_down_delay(Routing::BlueGreen, delay);
        let passed = flag(&input["abortScaleDownDelayPassed"]);
        let deadline = flag(&input["abortScaleDownAnnotated"]).then_some(passed);
        let new = Counts { spec, available: spec };
        let wanted = number(&input["rolloutReplicas"]);
        let found = new_replica_set_on_abort(new, wanted, flag(&input["abort"]), delay, deadline);
        let scaled = match found {
            AbortScaleDown::Scale(replicas) => Some(replicas),
            AbortScaleDown::Keep | AbortScaleDown::Schedule(_) => None,
        };
        equal(scaled, optional(&expected["newReplicas"]))?;
        equal(scaled.is_some(), flag(&expected["scaled"]))
    });
}
