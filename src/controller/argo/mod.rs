//! The Argo Rollouts controller, as it is in version 1.10: its analysis engine and the arithmetic
//! of its replicas, as pure functions.
//!
//! Source: `argoproj/argo-rollouts` at 9f8d111d (2026-08-17), the function named with each item.

mod assess;
mod basic;
mod blue_green;
mod condition;
mod counters;
mod delay;
mod dry_run;
mod go;
mod metric;
mod phase;
mod progress;
mod promotion;
mod routed;
mod run;
mod schedule;
mod steps;
mod threshold;
mod validate;
mod weights;

pub use assess::{Assessment, Passed, assess};
pub use basic::{Basic, Counts, approximate, replicas_for_scale_down};
pub use blue_green::{
    AbortScaleDown, Preview, Selectors, new_replica_set_on_abort, skips_post_promotion,
    skips_pre_promotion,
};
pub use condition::{Conditions, Judgement};
pub use counters::Counters;
pub use delay::{AbortDelay, Routing, abort_scale_down_delay, pause_seconds, scale_down_delay};
pub use dry_run::dry_run;
pub use go::{DurationError, duration, nanoseconds};
pub use metric::Metric;
pub use phase::Phase;
pub use progress::{Progressing, Status, has_progressed, has_timed_out};
pub use promotion::{Promotion, full_promotion, is_within_rollback_window};
pub use routed::{Routed, is_available_for, replicas_for_weight};
pub use run::{Measured, Measurement, Part, Run, Summary, Verdict};
pub use schedule::{ERROR_RETRY, Task};
pub use steps::{Canary, CanaryScale, Standing, Step};
pub use threshold::Threshold;
pub use validate::{Draft, validate};
pub use weights::{AtDesired, Wanted, Weights, desired_weight};
