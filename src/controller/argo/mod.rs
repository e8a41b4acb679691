//! The Argo Rollouts controller, as it is in version 1.10 unless another is said: its analysis
//! engine and the arithmetic of its replicas, as pure functions, and the twin that is made of
//! them.
//!
//! Source: `argoproj/argo-rollouts` at 9f8d111d (2026-08-17), the function named with each item.

mod analyse;
mod assess;
mod basic;
mod blue_green;
mod command;
mod condition;
mod counters;
mod delay;
mod dry_run;
mod experiment;
mod go;
mod metric;
mod phase;
mod plan;
mod progress;
mod promotion;
mod reconcile;
mod routed;
mod routes;
mod run;
mod saying;
mod schedule;
mod steps;
mod switch;
mod threshold;
mod trial;
mod twin;
mod validate;
mod version;
mod watch;
mod weights;

pub use assess::{Assessment, Passed, assess};
pub use basic::{Basic, Counts, approximate, replicas_for_scale_down};
pub use blue_green::{
    AbortScaleDown, Preview, Selectors, new_replica_set_on_abort, skips_post_promotion,
    skips_pre_promotion,
};
pub use command::Command;
pub use condition::{Conditions, Judgement};
pub use counters::Counters;
pub use delay::{AbortDelay, Routing, abort_scale_down_delay, pause_seconds, scale_down_delay};
pub use dry_run::dry_run;
pub use go::{DurationError, duration, nanoseconds};
pub use metric::Metric;
pub use phase::Phase;
pub use plan::{Analysis, AutoPromotion, BlueGreen, Doing, Judged, Plan};
pub use progress::{Progressing, Status, has_progressed, has_timed_out};
pub use promotion::{Promotion, full_promotion, is_within_rollback_window};
pub use routed::{Routed, is_available_for, replicas_for_weight};
pub use run::{Measured, Measurement, Part, Run, Summary, Verdict};
pub use saying::{Saying, Which};
pub use schedule::{ERROR_RETRY, Task};
pub use steps::{Canary, CanaryScale, Standing, Step};
pub use threshold::Threshold;
pub use twin::Twin;
pub use validate::{Draft, validate};
pub use version::Version;
pub use weights::{AtDesired, Wanted, Weights, desired_weight};
