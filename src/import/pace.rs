//! When a pod counts as available, and when a rollout counts as stuck.

use super::build;
use super::draft::{Draft, rejected};
use super::outline::seconds;
use super::typed::{Given, whole};
use crate::document::Node;

/// The default of `progressDeadlineSeconds`.
const DEADLINE: u32 = 600;
/// Longer deadlines are shortened to this: the largest number means that there is none.
const MONTH: u32 = 30 * 24 * 3600;

const NEVER: &str = "a deadline so late that it is none";

/// What a workload says of its pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// `minReadySeconds`.
    pub(super) min_ready: Option<Given>,
    /// `progressDeadlineSeconds`.
    pub(super) deadline: Option<Given>,
}

impl Pace {
    /// The pace of a workload; reports a deadline that no pod can meet.
    pub(super) fn of(spec: &Node, draft: &mut Draft<'_>) -> Self {
        let min_ready = whole(spec, "minReadySeconds", draft);
        let deadline = whole(spec, "progressDeadlineSeconds", draft);
        let (ready, most) =
            (min_ready.map_or(0, |it| it.value), deadline.map_or(DEADLINE, |it| it.value));
        if most <= ready {
            let place = match (deadline, min_ready) {
                (None, Some(_)) => build::key_place(spec, "minReadySeconds"),
                _ => build::key_place(spec, "progressDeadlineSeconds"),
            };
            let title = "`progressDeadlineSeconds` is not above `minReadySeconds`";
            let label = "no pod becomes available before the deadline";
            let help = format!("write for example: progressDeadlineSeconds: {}", ready + DEADLINE);
            draft.problem(rejected(title, place, label).help(help));
        }
        Self { min_ready, deadline }
    }

    /// `minReadySeconds` of a strategy.
    pub(super) fn min_ready(self) -> Option<(&'static str, Node)> {
        self.min_ready.map(|given| ("minReadySeconds", seconds(given)))
    }

    /// `progressDeadline` of a strategy; a month stands for every deadline that nobody waits for.
    pub(super) fn deadline(self) -> Option<(&'static str, Node)> {
        self.deadline.map(|given| {
            let node = if given.value > MONTH {
                build::assumed("30d", NEVER, given.place)
            } else {
                seconds(given)
            };
            ("progressDeadline", node)
        })
    }
}
