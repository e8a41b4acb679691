//! Cases that have no subject here, and why.

/// The file, the index or name of a case, and why it is left out.
pub(super) const LEFT_OUT: [(&str, &str, &str); 2] = [
    (
        "generate_metric_tasks",
        "invalid initial delay",
        "a delay that is no duration is refused by `validate`, so that no run has one",
    ),
    ("next_reconcile_time", "3", "the second metric has a delay that is no duration, as above"),
];
