//! Probes of the kubelet: when a container is started, ready, and killed for not being alive.
//!
//! [`Worker`] is one probe as the kubelet runs it, [`Life::replay`] is the loop of all three around
//! a container, and [`Life::course`] is what comes of it in closed form. Restated from
//! `pkg/kubelet/prober` of Kubernetes 1.36.

mod attempts;
mod course;
mod probes;
mod replay;
mod worker;

pub use course::Course;
pub use probes::{Probes, Run, Up};
pub use worker::{Attempt, Container, Pod, State, Worker};

use clockwork::{Instant, Span};

use self::attempts::Ticker;
use super::availability::WallClock;

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Until it succeeds the others do not run, and failing for too long kills.
    Startup,
    /// Whether requests are sent.
    Readiness,
    /// Failing for too long kills.
    Liveness,
}

/// What a probe came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The container answered well.
    Success,
    /// It did not, or not in time.
    Failure,
}

/// A probe as a manifest has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// `initialDelaySeconds`.
    pub initial_delay: Span,
    /// `periodSeconds`, at least one.
    pub period: Span,
    /// `timeoutSeconds`: an answer that takes longer is a failure.
    pub timeout: Span,
    /// `successThreshold`: so many successes in a row count; 1 unless it is for readiness.
    pub success_threshold: u32,
    /// `failureThreshold`: so many failures in a row count.
    pub failure_threshold: u32,
}

impl Default for Probe {
    /// The defaults of the API: every 10 s, 1 s to answer, one success or three failures.
    fn default() -> Self {
        Self {
            initial_delay: Span::ZERO,
            period: Span::from_secs(10),
            timeout: Span::from_secs(1),
            success_threshold: 1,
            failure_threshold: 3,
        }
    }
}

/// When a probe would succeed: from one instant on, until another.
///
/// What matters is the instant at which it asks. An answer takes its time, and one that takes
/// longer than the timeout is a failure after the timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// It succeeds from here on.
    pub from: Instant,
    /// And fails again from here on; never is [`Instant::NEVER`].
    pub until: Instant,
    /// How long a good answer takes.
    pub answers_in: Span,
    /// How long a failure takes; a container that hangs never answers.
    pub fails_in: Span,
}

impl Health {
    /// It succeeds and fails at once.
    pub fn between(from: Instant, until: Instant) -> Self {
        Self { from, until, answers_in: Span::ZERO, fails_in: Span::ZERO }
    }

    /// What a probe that asks at `at` comes to, and how long that takes.
    pub fn answer(&self, probe: &Probe, at: Instant) -> (Outcome, Span) {
        let good = self.from <= at && at < self.until && self.answers_in <= probe.timeout;
        if good {
            (Outcome::Success, self.answers_in)
        } else {
            (Outcome::Failure, self.fails(probe))
        }
    }

    /// How long a failure takes.
    fn fails(&self, probe: &Probe) -> Span {
        let slow = self.answers_in > probe.timeout;
        if slow { probe.timeout } else { self.fails_in.min(probe.timeout) }
    }
}

/// A probe of a container with all that decides when it asks and what it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probed {
    /// The probe.
    pub probe: Probe,
    /// Any tick of its ticker, which started with the pod and not with the container: its phase.
    pub tick: Instant,
    /// What it hears.
    pub health: Health,
}

impl Probed {
    /// Its ticker; the API server takes no period below a second.
    fn ticker(&self) -> Ticker {
        Ticker::new(self.tick, self.probe.period.max(Span::from_secs(1)))
    }
}

/// One run of a container and its probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// When the runtime started it.
    pub started: Instant,
    /// When the kubelet saw that: it lists the containers every second.
    pub seen: Instant,
    /// The wall clock, of which the kubelet stores whole seconds.
    pub clock: WallClock,
    /// `startupProbe`.
    pub startup: Option<Probed>,
    /// `readinessProbe`.
    pub readiness: Option<Probed>,
    /// `livenessProbe`.
    pub liveness: Option<Probed>,
    /// When the pod is told to stop: then only readiness is still probed.
    pub deleted: Instant,
}

impl Life {
    /// The start as the kubelet stores it: the whole second of the wall clock before it.
    pub fn stored_start(&self) -> Instant {
        self.clock.beginning(self.clock.second(self.started))
    }

    /// Before this a probe does not ask.
    fn allowed(&self, probe: &Probe) -> Instant {
        self.seen.max(self.stored_start() + probe.initial_delay)
    }
}
