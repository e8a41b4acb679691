//! How long a container that has ended waits before it is started again.

use clockwork::Instant;

use super::back_off::{BackOff, Wait};

/// The waiting time of `CrashLoopBackOff`: nothing after the first exit, then 10 s, doubled up to
/// five minutes, counted from the exit; forgotten when a run has lasted ten minutes from the
/// decision to start it.
///
/// Source: `doBackOff` of the Kubernetes kubelet.
///
/// # Example: three exits right after the start
/// ```
/// use clockwork::{Instant, Span};
/// let mut waits = coalmine::fleet::CrashLoop::default();
/// let first = waits.start_after(Instant::ZERO);
/// assert_eq!(first, Instant::ZERO);
/// assert_eq!(waits.start_after(first), first + Span::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrashLoop {
    /// What the next exit has to wait.
    wait: Wait,
}

impl CrashLoop {
    /// When a container that ended at `exit` is started again.
    pub fn start_after(&mut self, exit: Instant) -> Instant {
        self.start_after_by(&BackOff::CONTAINER, exit)
    }

    /// The same with another setting of the kubelet, `crashLoopBackOff.maxContainerRestartPeriod`.
    pub fn start_after_by(&mut self, by: &BackOff, exit: Instant) -> Instant {
        let start = self.wait.over_after(by, exit);
        self.wait.grow(by, exit, start);
        start
    }
}
