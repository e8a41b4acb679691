//! How much of a version is enough.

use super::basic::Counts;

/// How much of a version is enough to go on (`replicaProgressThreshold`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Available pods in percent of those that are wanted.
    Percent(u32),
    /// Available pods.
    Pods(u32),
}

impl Threshold {
    /// Whether enough of a version is available: by default, all of what is wanted and no more.
    ///
    /// Source: `ReplicaProgressThresholdMet`.
    pub fn is_met(threshold: Option<Self>, version: Option<Counts>, desired: u32) -> bool {
        let Some(Counts { spec, available }) = version else { return false };
        match threshold {
            None => spec == desired && available == desired,
            Some(Self::Pods(pods)) => available >= pods,
            Some(Self::Percent(percent)) => {
                desired == 0
                    || u64::from(available) * 100 >= u64::from(percent) * u64::from(desired)
            }
        }
    }
}
