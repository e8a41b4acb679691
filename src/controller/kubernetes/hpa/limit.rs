//! Bounds and rates that hold the replicas back.

use clockwork::Instant;

use super::behavior::{Behavior, Policy, Rules, Select, Size};
use super::condition::Condition;
use super::memory::{Memory, within};

/// What is left of a wish, and what limited it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    /// So many replicas.
    pub replicas: u32,
    /// The condition `ScalingLimited`.
    pub condition: Condition,
}

const FAST_UP: (&str, &str) =
    ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate");
const FAST_DOWN: (&str, &str) = (
    "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate",
);
const TOO_MANY: (&str, &str) =
    ("TooManyReplicas", "the desired replica count is more than the maximum replica count");
const TOO_FEW: (&str, &str) =
    ("TooFewReplicas", "the desired replica count is less than the minimum replica count");
const WITHIN: (&str, &str) =
    ("DesiredWithinRange", "the desired count is within the acceptable range");

impl Limited {
    fn to(replicas: i64, wanted: u32, (reason, message): (&'static str, &'static str)) -> Self {
        let replicas = replicas.clamp(0, i64::from(i32::MAX)) as u32;
        Self { replicas, condition: Condition::new(replicas != wanted, reason, message) }
    }
}

/// Without a behavior: at most twice as many, or four.
pub fn by_rules(current: u32, wanted: u32, [min, max]: [u32; 2]) -> Limited {
    let fast = current.saturating_mul(2).max(4);
    if wanted < min {
        Limited::to(min.into(), wanted, TOO_FEW)
    } else if wanted > max.min(fast) {
        let why = if max > fast { FAST_UP } else { TOO_MANY };
        Limited::to(max.min(fast).into(), wanted, why)
    } else {
        Limited::to(wanted.into(), wanted, WITHIN)
    }
}

/// With a behavior: as far as its policies allow after what has changed in their periods.
pub fn by_behavior(
    (current, wanted): (u32, u32),
    [min, max]: [u32; 2],
    (behavior, memory): (&Behavior, &Memory),
    now: Instant,
) -> Limited {
    let now_there = i64::from(current);
    if wanted > current {
        let fast = farthest(&behavior.up, true, now_there, memory, now).max(now_there);
        let most = fast.min(max.into());
        if i64::from(wanted) > most {
            let why = if i64::from(max) > fast { FAST_UP } else { TOO_MANY };
            return Limited::to(most, wanted, why);
        }
    } else if wanted < current {
        let fast = farthest(&behavior.down, false, now_there, memory, now).min(now_there);
        let least = fast.max(min.into());
        if i64::from(wanted) < least {
            let why = if i64::from(min) < fast { FAST_DOWN } else { TOO_FEW };
            return Limited::to(least, wanted, why);
        }
    }
    Limited::to(wanted.into(), wanted, WITHIN)
}

/// How far the rules of a direction let the replicas go.
fn farthest(rules: &Rules, up: bool, current: i64, memory: &Memory, now: Instant) -> i64 {
    let start = |policy: &Policy| {
        let changed = |changes| within(changes, policy.period, now);
        current - changed(&memory.ups) + changed(&memory.downs)
    };
    let allowed = |policy: &Policy| match (policy.size, up) {
        (Size::Pods(pods), true) => start(policy) + i64::from(pods),
        (Size::Pods(pods), false) => start(policy) - i64::from(pods),
        // Rounded up, or one pod would never become two.
        (Size::Percent(percent), true) => {
            (start(policy) as f64 * (1.0 + f64::from(percent) / 100.0)).ceil() as i64
        }
        (Size::Percent(percent), false) => {
            (start(policy) as f64 * (1.0 - f64::from(percent) / 100.0)) as i64
        }
    };
    let all = rules.policies.iter().map(allowed);
    let farthest = match (rules.select, up) {
        (Select::Disabled, _) => None,
        (Select::Max, true) | (Select::Min, false) => all.max(),
        (Select::Min, true) | (Select::Max, false) => all.min(),
    };
    farthest.unwrap_or(current)
}
