//! Stories of a Canary in a small cluster: what is said, and when.

mod cluster;
mod kinds;
mod laws;
mod scaled;

use clockwork::Span;

use super::{Analysis, Canary, Check, HookKind, Limits, Webhook};
use cluster::{Cluster, plan};

/// A canary that grows by a fifth up to three fifths, asked for its success rate.
fn canary() -> Canary {
    let analysis =
        Analysis { threshold: 2, step_weight: 20, max_weight: 60, ..Analysis::default() };
    Canary { analysis, checks: vec![success()], ..Canary::default() }
}

fn success() -> Check {
    let limits = Some(Limits { min: Some(99.0), max: None });
    Check { name: "request-success-rate".to_owned(), limits, ..Check::default() }
}

fn hook(kind: HookKind, status: u16) -> Webhook {
    Webhook { kind, status, ..Webhook::default() }
}

#[track_caller]
fn tells(canary: Canary, answer: impl Fn(Span) -> f64, story: &[&str]) {
    let plan = plan(canary);
    let told = Cluster::new(&plan).tell(Span::from_mins(40), |_, now| answer(now));
    assert_eq!(told, story, "{told:#?}");
}

#[test]
fn a_good_release_takes_a_tick_to_be_seen_and_four_beyond_its_weights() {
    tells(
        canary(),
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 primary 80 %, canary 20 %",
            "2:30 primary 60 %, canary 40 %",
            "3:30 primary 40 %, canary 60 %",
            "4:30 copying the template of the canary to the primary",
            "4:30 phase Promoting",
            "5:30 primary 100 %, canary 0 %",
            "5:30 phase Finalising",
            "6:30 scaling down the canary",
            "6:30 phase Succeeded",
            "6:30 Promoted",
        ],
    );
}

#[test]
fn failed_checks_add_up_and_the_rollback_comes_a_tick_after_the_last_of_them() {
    tells(
        canary(),
        |now| if now.as_secs_f64() as u64 == 210 { 99.0 } else { 98.9 },
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 primary 80 %, canary 20 %",
            "2:30 halt advancement: failed checks 1 of 2",
            "3:30 primary 60 %, canary 40 %",
            "4:30 halt advancement: failed checks 2 of 2",
            "5:30 primary 100 %, canary 0 %",
            "5:30 scaling down the canary",
            "5:30 phase Failed",
            "5:30 Abort(Metric { source: 0, known: Instant(150000000) })",
            "5:30 Back",
        ],
    );
}

#[test]
fn weights_that_do_not_grow_stick() {
    let analysis = Analysis { step_weights: vec![20, 10, 50], ..Analysis::default() };
    tells(
        Canary { analysis, ..canary() },
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 primary 80 %, canary 20 %",
            "12:30 Stuck",
        ],
    );
}

#[test]
fn who_matches_gets_the_canary_for_so_many_ticks() {
    let analysis = Analysis { iterations: 2, has_match: true, ..Analysis::default() };
    tells(
        Canary { analysis, ..canary() },
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 iteration 1 of 2",
            "1:30 primary 0 %, canary 100 %",
            "2:30 iteration 2 of 2",
            "2:30 primary 0 %, canary 100 %",
            "3:30 copying the template of the canary to the primary",
            "3:30 phase Promoting",
            "4:30 primary 100 %, canary 0 %",
            "4:30 phase Finalising",
            "5:30 scaling down the canary",
            "5:30 phase Succeeded",
            "5:30 Promoted",
        ],
    );
}

#[test]
fn blue_and_green_with_copies() {
    let analysis = Analysis { iterations: 2, is_mirrored: true, ..Analysis::default() };
    tells(
        Canary { analysis, ..canary() },
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 iteration 1 of 2",
            "1:30 primary 100 %, canary 0 %, copies to the canary",
            "2:30 iteration 2 of 2",
            "3:30 iteration 3 of 2",
            "3:30 primary 0 %, canary 100 %",
            "4:30 copying the template of the canary to the primary",
            "4:30 phase Promoting",
            "5:30 primary 100 %, canary 0 %",
            "5:30 phase Finalising",
            "6:30 scaling down the canary",
            "6:30 phase Succeeded",
            "6:30 Promoted",
        ],
    );
}

#[test]
fn a_webhook_that_takes_long_keeps_one_tick_of_those_that_come_meanwhile() {
    let slow = Webhook {
        takes: Span::from_secs(150),
        timeout: Span::from_mins(5),
        ..hook(HookKind::PreRollout, 200)
    };
    let analysis = Analysis { step_weight: 100, ..Analysis::default() };
    tells(
        Canary { analysis, webhooks: vec![slow], ..canary() },
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "4:00 primary 0 %, canary 100 %",
            "4:00 copying the template of the canary to the primary",
            "4:00 phase Promoting",
            "4:30 primary 100 %, canary 0 %",
            "4:30 phase Finalising",
            "5:30 scaling down the canary",
            "5:30 phase Succeeded",
            "5:30 Promoted",
        ],
    );
}

#[test]
fn a_webhook_that_fails_counts_as_a_check_and_the_metrics_are_not_asked() {
    let failing = hook(HookKind::Rollout, 500);
    tells(
        Canary { webhooks: vec![failing], ..canary() },
        |_| panic!("nobody asks"),
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 primary 80 %, canary 20 %",
            "2:30 webhook 0 is not content",
            "2:30 halt advancement: failed checks 1 of 2",
            "3:30 webhook 0 is not content",
            "3:30 halt advancement: failed checks 2 of 2",
            "4:30 primary 100 %, canary 0 %",
            "4:30 scaling down the canary",
            "4:30 phase Failed",
            "4:30 Abort(Webhook { known: Instant(150000000) })",
            "4:30 Back",
        ],
    );
}

#[test]
fn gates_that_open_later_are_waited_for() {
    let opens = |kind, mins| Webhook { opens: Some(Span::from_mins(mins)), ..hook(kind, 403) };
    let webhooks = vec![opens(HookKind::ConfirmRollout, 1), opens(HookKind::ConfirmPromotion, 6)];
    let analysis = Analysis { step_weight: 100, ..Analysis::default() };
    tells(
        Canary { analysis, webhooks, ..canary() },
        |_| 100.0,
        &[
            "0:30 phase Waiting",
            "1:30 new revision detected: scaling up the canary",
            "1:30 phase Progressing",
            "2:30 primary 0 %, canary 100 %",
            "3:30 phase WaitingPromotion",
            "6:30 copying the template of the canary to the primary",
            "6:30 phase Promoting",
            "7:30 primary 100 %, canary 0 %",
            "7:30 phase Finalising",
            "8:30 scaling down the canary",
            "8:30 phase Succeeded",
            "8:30 Promoted",
        ],
    );
}

#[test]
fn a_gate_that_never_opens_holds_the_release() {
    let webhooks = vec![hook(HookKind::ConfirmRollout, 403)];
    tells(Canary { webhooks, ..canary() }, |_| 100.0, &["0:30 phase Waiting", "0:30 Hold"]);
}

#[test]
fn somebody_who_wants_a_rollback_gets_it_with_the_next_tick() {
    let webhooks =
        vec![Webhook { opens: Some(Span::from_mins(2)), ..hook(HookKind::Rollback, 403) }];
    tells(
        Canary { webhooks, ..canary() },
        |_| 100.0,
        &[
            "0:30 new revision detected: scaling up the canary",
            "0:30 phase Progressing",
            "1:30 primary 80 %, canary 20 %",
            "2:30 primary 100 %, canary 0 %",
            "2:30 scaling down the canary",
            "2:30 phase Failed",
            "2:30 Abort(Deadline)",
            "2:30 Back",
        ],
    );
}

#[test]
fn whoever_takes_a_release_back_waits_for_an_analysis_of_what_was_there_before() {
    let plan = plan(canary());
    let mut cluster = Cluster::new(&plan);
    let told = cluster.tell(Span::from_mins(10), |_, _| 100.0);
    assert_eq!(told.last().map(String::as_str), Some("6:30 Promoted"));
    cluster.order_back(Span::from_mins(20));
    let told = cluster.tell(Span::from_mins(60), |_, _| 100.0);
    let times: Vec<_> = told.iter().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(times.first(), Some(&("20:30", "new revision detected: scaling up the canary")));
    assert!(times.contains(&("24:30", "copying the template of the canary to the primary")));
    assert_eq!(told.iter().filter(|line| line.ends_with(" Back")).count(), 1, "{told:#?}");
    assert_eq!(cluster.share, crate::units::Share::ZERO);
}

#[test]
fn an_analysis_that_stands_in_the_way_of_a_way_back_is_skipped() {
    let plan = plan(canary());
    let mut cluster = Cluster::new(&plan);
    cluster.tell(Span::from_mins(10), |_, _| 100.0);
    cluster.order_back(Span::from_mins(20));
    let told = cluster.tell(Span::from_mins(60), |_, _| 50.0);
    assert!(told.iter().any(|line| line.ends_with("phase Failed")), "{told:#?}");
    assert_eq!(told.iter().filter(|line| line.ends_with(" Back")).count(), 1, "{told:#?}");
    assert_eq!(cluster.share, crate::units::Share::ZERO);
    assert_eq!(cluster.pods().map(|pods| pods.replicas), [cluster::REPLICAS, 0]);
}
