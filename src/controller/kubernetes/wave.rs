//! Pods that a ReplicaSet creates or deletes together.

use clockwork::Instant;

use super::action::Action;
use super::client::{Client, Ticket};

/// The most pods that one sync creates or deletes.
///
/// Source: `BurstReplicas` of the ReplicaSet controller.
pub(super) const BURST: u32 = 500;

/// The batches in which so many pods are created: 1, 2, 4, 8 and so on, each when the one before
/// is through, so that a pod which nobody may create is asked for once and not five hundred times.
///
/// Source: `slowStartBatch` of the ReplicaSet controller.
///
/// # Example
/// ```
/// use coalmine::controller::kubernetes::slow_start;
/// assert_eq!(slow_start(12, 1).collect::<Vec<_>>(), [1, 2, 4, 5]);
/// ```
pub fn slow_start(pods: u32, first: u32) -> impl Iterator<Item = u32> {
    let (mut left, mut batch) = (pods, first.max(1));
    std::iter::from_fn(move || {
        let size = batch.min(left);
        (left, batch) = (left - size, batch.saturating_mul(2));
        (size > 0).then_some(size)
    })
}

/// What a wave does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Create,
    Delete,
}

impl Way {
    pub(super) fn order(self, slot: usize, pods: u32) -> Action {
        match self {
            Self::Create => Action::CreatePods { slot, pods },
            Self::Delete => Action::DeletePods { slot, pods },
        }
    }
}

/// Pods that are created or deleted as fast as the client may, while their ReplicaSet waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wave {
    pub(super) way: Way,
    /// Pods that are not asked for yet.
    left: u32,
    /// The size of the next batch.
    batch: u32,
    /// Requests of this batch that wait for their token, and the token of the first.
    open: u32,
    next: Ticket,
}

impl Wave {
    /// Starts a wave: what is deleted is one batch.
    pub(super) fn start(way: Way, pods: u32, client: &mut Client, now: Instant) -> Self {
        let open = if way == Way::Create { pods.min(1) } else { pods };
        let next = client.ask(open, now);
        Self { way, left: pods - open, batch: open.saturating_mul(2), open, next }
    }

    /// The pods whose turn it is now.
    pub(super) fn take(&mut self, client: &mut Client, now: Instant) -> u32 {
        if client.never_waits() {
            let pods = self.open + self.left;
            (self.open, self.left) = (0, 0);
            return pods;
        }
        let mut pods = 0;
        loop {
            while self.open > 0 && client.has(self.next, now) {
                (self.open, self.next) = (self.open - 1, client.after(self.next));
                pods += 1;
            }
            if self.open > 0 || self.left == 0 {
                return pods;
            }
            self.open = self.batch.min(self.left);
            self.left -= self.open;
            self.batch = self.batch.saturating_mul(2);
            self.next = client.ask(self.open, now);
        }
    }

    /// Whether all its pods are through.
    pub(super) fn is_over(&self) -> bool {
        self.open == 0 && self.left == 0
    }

    /// When its next pod is.
    pub(super) fn wake(&self, client: &Client) -> Instant {
        client.when(self.next)
    }
}
