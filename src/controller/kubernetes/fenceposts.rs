//! How many pods a rolling update may have too many, and how many may be missing.

use super::spec::Strategy;
use crate::planted::{self, Bug};
use crate::units::Portion;

/// `maxSurge` and `maxUnavailable`, resolved for a number of replicas.
///
/// # Example: the defaults for ten replicas
/// ```
/// use coalmine::controller::kubernetes::Fenceposts;
/// use coalmine::units::Portion;
/// let quarter = Portion::Percent(25);
/// let fenceposts = Fenceposts::resolve(quarter, quarter, 10);
/// assert_eq!((fenceposts.surge, fenceposts.unavailable), (3, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fenceposts {
    /// Pods above the replicas.
    pub surge: u32,
    /// Pods below the replicas, which may be more than there are.
    pub unavailable: u32,
}

impl Fenceposts {
    /// The surge is rounded up, what is unavailable is rounded down; where both come to nothing
    /// one pod may be missing, or no pod could ever be replaced.
    ///
    /// Source: `ResolveFenceposts` of the Deployment controller.
    pub fn resolve(max_surge: Portion, max_unavailable: Portion, replicas: u32) -> Self {
        let surge = if planted::is(Bug::SurgeRoundedDown) {
            max_surge.of_rounded_down(replicas)
        } else {
            max_surge.of_rounded_up(replicas)
        };
        let missing = if planted::is(Bug::UnavailableRoundedUp) {
            max_unavailable.of_rounded_up(replicas)
        } else {
            max_unavailable.of_rounded_down(replicas)
        };
        let unavailable = if surge == 0 && missing == 0 { 1 } else { missing };
        Self { surge, unavailable }
    }

    /// The same, with no more pods missing than there are.
    ///
    /// Source: `MaxUnavailable` of the Deployment controller.
    pub fn within(max_surge: Portion, max_unavailable: Portion, replicas: u32) -> Self {
        let resolved = Self::resolve(max_surge, max_unavailable, replicas);
        Self { unavailable: resolved.unavailable.min(replicas), ..resolved }
    }

    /// What a strategy allows: a `Recreate` knows neither surge nor missing pods.
    ///
    /// Source: `MaxSurge` and `MaxUnavailable` of the Deployment controller.
    pub fn of(strategy: Strategy, replicas: u32) -> Self {
        match strategy {
            Strategy::RollingUpdate { max_surge, max_unavailable } => {
                Self::within(max_surge, max_unavailable, replicas)
            }
            Strategy::Recreate => Self::default(),
        }
    }

    /// The available pods below which a rolling update does not go.
    pub fn min_available(self, replicas: u32) -> u32 {
        replicas.saturating_sub(self.unavailable)
    }
}
