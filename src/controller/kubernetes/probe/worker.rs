//! One probe of one container, as the kubelet runs it.

use clockwork::{Instant, Span};

use super::{Kind, Outcome, Probe};

/// What the kubelet knows of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Whether it has ended: its phase is `Succeeded` or `Failed`.
    pub ended: bool,
    /// Whether it was told to stop.
    pub deleting: bool,
    /// Whether a container that ended is started again: its `restartPolicy` is not `Never`.
    pub restarts: bool,
    /// The container, once it has been created.
    pub container: Option<Container>,
}

/// What the kubelet knows of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// Which run of it this is.
    pub run: u64,
    /// What it does.
    pub state: State,
    /// Whether its startup probe has succeeded, or there is none.
    pub started: bool,
}

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does not run yet.
    Waiting,
    /// It runs since then, in whole seconds of the wall clock.
    Running {
        /// When it started.
        since: Instant,
    },
    /// It has ended.
    Ended,
}

/// What a worker does when its time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It asks the container.
    Ask,
    /// Not this time.
    Skip,
    /// It ends.
    Stop,
}

/// One probe of one container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker {
    kind: Kind,
    probe: Probe,
    /// The run of the container that it knows.
    run: Option<u64>,
    /// What the last attempt came to, and how often in a row.
    last: Option<(Outcome, u32)>,
    on_hold: bool,
    result: Option<Outcome>,
}

impl Worker {
    /// A worker that has not seen a container yet.
    pub fn new(kind: Kind, probe: Probe) -> Self {
        Self { kind, probe, run: None, last: None, on_hold: false, result: None }
    }

    /// What it takes the container for; nothing while that is not known.
    pub fn result(&self) -> Option<Outcome> {
        self.result
    }

    /// Its time has come; `pod` is what the kubelet knows, if anything.
    pub fn begin(&mut self, pod: Option<&Pod>, now: Instant) -> Attempt {
        let Some(pod) = pod else { return Attempt::Skip };
        if pod.ended {
            return Attempt::Stop;
        }
        let Some(container) = pod.container else { return Attempt::Skip };
        if self.run != Some(container.run) {
            self.run = Some(container.run);
            self.on_hold = false;
            self.result = match self.kind {
                Kind::Startup => None,
                Kind::Readiness => Some(Outcome::Failure),
                Kind::Liveness => Some(Outcome::Success),
            };
        }
        if self.on_hold {
            return Attempt::Skip;
        }
        let State::Running { since } = container.state else {
            self.result = Some(Outcome::Failure);
            let over = container.state == State::Ended && !pod.restarts;
            return if over { Attempt::Stop } else { Attempt::Skip };
        };
        if pod.deleting && self.kind != Kind::Readiness {
            self.result = Some(Outcome::Success);
            return Attempt::Stop;
        }
        let whole = (now - since) / Span::from_secs(1);
        let early = Span::from_secs(whole) < self.probe.initial_delay;
        // Either startup is probed or the others are.
        if early || container.started == (self.kind == Kind::Startup) {
            return Attempt::Skip;
        }
        Attempt::Ask
    }

    /// It was told something. A probe that could not be made says nothing and is not told.
    pub fn end(&mut self, outcome: Outcome) {
        let run = match self.last {
            Some((last, run)) if last == outcome => run + 1,
            _ => 1,
        };
        self.last = Some((outcome, run));
        let threshold = match outcome {
            Outcome::Success => self.probe.success_threshold,
            Outcome::Failure => self.probe.failure_threshold,
        };
        if run < threshold {
            return;
        }
        self.result = Some(outcome);
        let decided = match self.kind {
            Kind::Startup => true,
            Kind::Readiness => false,
            Kind::Liveness => outcome == Outcome::Failure,
        };
        if decided {
            self.on_hold = true;
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::ZERO;

    fn pod(run: u64, started: bool) -> Pod {
        let container = Container { run, state: State::Running { since: START }, started };
        Pod { ended: false, deleting: false, restarts: true, container: Some(container) }
    }

    fn later(seconds: u64) -> Instant {
        START + Span::from_secs(seconds)
    }

    #[test]
    fn after_it_has_killed_it_waits_for_the_next_run() {
        let probe = Probe { failure_threshold: 2, ..Probe::default() };
        let mut worker = Worker::new(Kind::Liveness, probe);
        for expected in [Outcome::Success, Outcome::Failure] {
            assert_eq!(worker.begin(Some(&pod(1, true)), later(10)), Attempt::Ask);
            worker.end(Outcome::Failure);
            assert_eq!(worker.result(), Some(expected));
        }
        assert_eq!(worker.begin(Some(&pod(1, true)), later(20)), Attempt::Skip);
        assert_eq!(worker.begin(Some(&pod(2, true)), later(30)), Attempt::Ask);
        // And its failures are counted anew.
        worker.end(Outcome::Failure);
        assert_eq!(worker.result(), Some(Outcome::Success));
    }

    #[test]
    fn a_startup_probe_that_has_decided_is_not_made_again_for_the_same_run() {
        let mut worker = Worker::new(Kind::Startup, Probe::default());
        assert_eq!(worker.begin(Some(&pod(1, false)), later(1)), Attempt::Ask);
        worker.end(Outcome::Success);
        assert_eq!(worker.begin(Some(&pod(1, false)), later(11)), Attempt::Skip);
        assert_eq!(worker.begin(Some(&pod(2, false)), later(21)), Attempt::Ask);
        assert_eq!(worker.result(), None, "of this run nothing is known yet");
    }

    #[test]
    fn the_initial_delay_is_over_at_the_whole_second() {
        let delay = Span::from_secs(3);
        let mut worker =
            Worker::new(Kind::Readiness, Probe { initial_delay: delay, ..Probe::default() });
        let early = later(3) - Span::from_micros(1);
        assert_eq!(worker.begin(Some(&pod(1, true)), early), Attempt::Skip);
        assert_eq!(worker.begin(Some(&pod(1, true)), later(3)), Attempt::Ask);
    }
}
