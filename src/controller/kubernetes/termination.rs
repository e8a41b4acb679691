//! How a container ends that was told to stop, and what is lost meanwhile.
//!
//! Restated from `killContainer` of the kubelet, Kubernetes 1.36.

use clockwork::{Instant, Span};

/// After the hook a container has at least this long to end, whatever its grace period was.
const LEAST: Span = Span::from_secs(2);

/// How a container ends when it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shutdown {
    /// `terminationGracePeriodSeconds`, of the pod or of the probe that kills it. With zero the API
    /// server forgets the pod at once, and the container has its two seconds all the same.
    pub grace: Span,
    /// How long its `preStop` hook runs.
    pub pre_stop: Span,
    /// For how long it takes new connections after `SIGTERM`.
    pub lame_duck: Span,
    /// How long it takes to end after `SIGTERM`; a container that ignores it has
    /// [`Span::MAX`].
    pub drain: Span,
}

impl Default for Shutdown {
    /// Thirty seconds of grace, and a container that ends at once.
    fn default() -> Self {
        let zero = Span::ZERO;
        Self { grace: Span::from_secs(30), pre_stop: zero, lame_duck: zero, drain: zero }
    }
}

/// When a container ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// `SIGTERM`.
    pub sigterm: Instant,
    /// Whether the hook was cut off.
    pub hook_cut: bool,
    /// It takes no new connections any more.
    pub deaf: Instant,
    /// It has ended.
    pub ended: Instant,
    /// Whether by `SIGKILL`: what it had not answered then is lost.
    pub killed: bool,
}

impl Shutdown {
    /// A container that the kubelet begins to stop at `told`.
    pub fn ending(&self, told: Instant) -> Ending {
        self.ending_in_turn(told, told)
    }

    /// A sidecar, which gets its `SIGTERM` only at `turn`, when what needs it has ended, or when
    /// its grace period is over.
    pub fn ending_in_turn(&self, told: Instant, turn: Instant) -> Ending {
        let second = Span::from_secs(1);
        let hook = self.pre_stop.min(self.grace);
        // What the hook and the turn took is counted in whole seconds.
        let left = self.grace - (hook - hook % second);
        let waited = (turn - (told + hook)).min(left);
        let left = left - (waited - waited % second);
        let sigterm = told + hook + waited;
        let patience = left.max(LEAST);
        let killed = self.drain > patience;
        let ended = sigterm + self.drain.min(patience);
        Ending {
            sigterm,
            hook_cut: self.pre_stop > self.grace,
            deaf: ended.min(sigterm + self.lame_duck),
            ended,
            killed,
        }
    }
}

/// When all containers of a pod have ended: sidecars after the others, the last one first.
pub fn pod_ended(told: Instant, containers: &[Shutdown], sidecars: &[Shutdown]) -> Instant {
    let ended = containers.iter().map(|it| it.ending(told).ended).max().unwrap_or(told);
    sidecars.iter().rev().fold(ended, |turn, sidecar| sidecar.ending_in_turn(told, turn).ended)
}

impl Ending {
    /// For how long requests go to it that it does not take: until the last router knows that the
    /// pod was deleted, `spread` after the deletion at `deleted`.
    ///
    /// That is `max(0, spread - preStop - lame duck)` where the grace period has room for both.
    pub fn lost(&self, deleted: Instant, spread: Span) -> Span {
        (deleted + spread) - self.deaf
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Span {
        Span::from_secs(seconds)
    }

    #[test]
    fn a_hook_that_takes_all_the_grace_leaves_two_seconds() {
        let all = Shutdown { pre_stop: seconds(60), drain: seconds(60), ..Shutdown::default() };
        let ending = all.ending(Instant::ZERO);
        assert_eq!(ending.sigterm, Instant::ZERO + seconds(30));
        assert_eq!(ending.ended, Instant::ZERO + seconds(32));
        assert!(ending.hook_cut && ending.killed);
    }

    #[test]
    fn the_hook_counts_within_the_grace_in_whole_seconds() {
        let hook = Span::from_millis(5_900);
        let slow = Shutdown { pre_stop: hook, drain: seconds(60), ..Shutdown::default() };
        // Five of the thirty seconds are used up, not 5.9.
        assert_eq!(slow.ending(Instant::ZERO).ended, Instant::ZERO + hook + seconds(25));
    }

    #[test]
    fn sidecars_end_after_the_others_the_last_first() {
        let plain = Shutdown { drain: seconds(3), ..Shutdown::default() };
        assert_eq!(pod_ended(Instant::ZERO, &[plain], &[plain, plain]), Instant::ZERO + seconds(9));
    }
}
