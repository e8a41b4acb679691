//! Routes of their own: requests with a header, and copies of requests.
//!
//! Source: `reconcileTrafficRouting`: they are set where pods of the new version are available, and
//! are removed with the last of them, after an abort and after the promotion.

use super::plan::Doing;
use super::twin::Twin;
use crate::controller::delivery::{Action, Seen};
use crate::units::Share;

/// Routes of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Routes {
    /// The share of the requests that a header sends to the new version.
    pub(super) header: Share,
    /// The share of the requests that is copied to it.
    mirror: Share,
    /// The same as it was ordered last.
    copied: Share,
}

impl Routes {
    pub(super) const NONE: Self =
        Self { header: Share::ZERO, mirror: Share::ZERO, copied: Share::ZERO };
}

impl Twin<'_> {
    /// Sets the route of this step, or removes all.
    pub(super) fn set_routes(&mut self, seen: &Seen) {
        let is_there = seen.pods[self.new].available > 0;
        if self.is_stable() || self.is_aborted || self.is_promoted_in_full || !is_there {
            (self.routes.header, self.routes.mirror) = (Share::ZERO, Share::ZERO);
            return;
        }
        match self.doing() {
            Some(Doing::Header(share)) => self.routes.header = share,
            Some(Doing::Mirror(share)) => self.routes.mirror = share,
            _ => {}
        }
    }

    /// Has requests copied as the routes say, if they are not yet.
    pub(super) fn copy(&mut self, actions: &mut Vec<Action>) {
        let Routes { mirror, copied, .. } = self.routes;
        if mirror != copied {
            self.routes.copied = mirror;
            actions.push(Action::Copy(mirror));
        }
    }

    /// The parts of the traffic of the new version, those of the header before the weight.
    pub(super) fn with_header(&self, parts: u64) -> u64 {
        let (all, header) = (Share::ONE.parts(), self.routes.header.parts());
        let rest = u128::from(all - header) * u128::from(parts) / u128::from(all);
        header + u64::try_from(rest).unwrap_or(0)
    }
}
