//! Whole seconds of the wall clock, in which the API server keeps its times.

use clockwork::{Instant, Span};

const SECOND: u64 = 1_000_000;

/// The wall clock of a cluster, whose seconds begin somewhere between those of the simulation.
///
/// The API keeps whole seconds: what depends on a stored time happens up to a second earlier than
/// one would think, and depends on where in a second the rollout began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WallClock {
    phase: u64,
}

impl WallClock {
    /// A clock on which the simulation starts so long after the beginning of a second.
    pub fn starting_at(phase: Span) -> Self {
        Self { phase: phase.micros() % SECOND }
    }

    /// The second in which `now` is.
    pub fn second(self, now: Instant) -> u64 {
        now.since_start().micros().saturating_add(self.phase) / SECOND
    }

    /// When a second begins; the start of the simulation if that was before it.
    pub fn beginning(self, second: u64) -> Instant {
        let micros = second.saturating_mul(SECOND).saturating_sub(self.phase);
        Instant::ZERO + Span::from_micros(micros)
    }

    /// When a pod that became ready at `ready` counts as available: so many seconds after the
    /// beginning of the second in which it became ready, and not before it was.
    ///
    /// Source: `IsPodAvailable` of Kubernetes, on transition times in whole seconds.
    ///
    /// # Example: ready 0.9 s into a second, with `minReadySeconds: 2`
    /// ```
    /// use clockwork::{Instant, Span};
    /// use coalmine::controller::kubernetes::WallClock;
    /// let ready = Instant::ZERO + Span::from_millis(900);
    /// let available = WallClock::default().available_at(ready, 2);
    /// assert_eq!(available, Instant::ZERO + Span::from_secs(2));
    /// ```
    pub fn available_at(self, ready: Instant, min_ready_seconds: u32) -> Instant {
        let second = self.second(ready).saturating_add(u64::from(min_ready_seconds));
        self.beginning(second).max(ready)
    }
}
