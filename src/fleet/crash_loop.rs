//! How long a container that has ended waits before it is started again.

use clockwork::{Instant, Span};

const FIRST: Span = Span::from_secs(10);
const MOST: Span = Span::from_mins(5);
const FORGOTTEN: Span = Span::from_mins(10);

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
    /// What the next exit has to wait, and when that was decided.
    entry: Option<(Span, Instant)>,
}

impl CrashLoop {
    /// When a container that ended at `exit` is started again.
    pub fn start_after(&mut self, exit: Instant) -> Instant {
        let known = self.entry.filter(|(_, decided)| exit - *decided <= FORGOTTEN);
        let start = known.map_or(exit, |(wait, _)| exit + wait);
        let next = known.map_or(FIRST, |(wait, _)| (wait * 2).min(MOST));
        self.entry = Some((next, start));
        start
    }
}
