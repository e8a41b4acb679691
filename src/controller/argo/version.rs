//! Which version of Argo Rollouts it is, as far as versions decide otherwise.

use std::fmt;

/// A version of Argo Rollouts.
///
/// Source: the release notes, and pull requests 4604 (analyses of unsaturated versions) and 4898
/// (aborts that the pods to be removed hold up) of `argoproj/argo-rollouts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 1.6: a rollback within the window skips steps, and no metric counts successes.
    V1_6,
    /// 1.7: the same as far as it is simulated.
    V1_7,
    /// 1.8: metrics count successes in a row.
    V1_8,
    /// 1.9: enough pods can be less than all, and an analysis goes on when pods fall out.
    V1_9,
    /// 1.10: a version has no more pods than there are replicas, and an abort is not held up.
    #[default]
    V1_10,
}

impl Version {
    /// Whether metrics have `consecutiveSuccessLimit` and `rangeQuery`, and a `failureLimit` can be
    /// left out.
    pub fn counts_successes(self) -> bool {
        self >= Self::V1_8
    }

    /// Whether `replicaProgressThreshold` exists.
    pub fn knows_thresholds(self) -> bool {
        self >= Self::V1_9
    }

    /// Whether an analysis of a blue-green rollout goes on when the new version is not whole any
    /// more; before, it was told to end, and what is told to end succeeds.
    pub fn keeps_analyses(self) -> bool {
        self >= Self::V1_9
    }

    /// Whether `minPodsPerReplicaSet` is at most the number of replicas.
    pub fn caps_pods(self) -> bool {
        self >= Self::V1_10
    }

    /// Whether pods that are removed after a delay that is written no longer hold the weight up.
    pub fn frees_aborts(self) -> bool {
        self >= Self::V1_10
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
            Self::V1_8 => "1.8",
            Self::V1_9 => "1.9",
            Self::V1_10 => "1.10",
        })
    }
}
