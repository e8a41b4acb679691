//! The probes of a pod, and when it comes up under them.

use clockwork::{Instant, Span};

use super::super::availability::WallClock;
use super::{Health, Life, Probe, Probed};
use crate::fleet::CrashLoop;

/// After so many restarts without ever being ready a pod is taken to fail for ever.
const RESTARTS_MAX: u32 = 30;

/// What the kubelet does with a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Probes {
    /// Time from the creation of a pod until its container is started.
    pub container: Span,
    /// `startupProbe`.
    pub startup: Option<Probe>,
    /// `readinessProbe`; without it a container is ready when the kubelet sees that it runs.
    pub readiness: Option<Probe>,
    /// `livenessProbe`.
    pub liveness: Option<Probe>,
}

/// One run of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Time from its start until it can serve.
    pub boot: Span,
    /// Time from its start until the kubelet sees that: it lists the containers every second.
    pub seen: Span,
}

/// A pod that has come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Up {
    /// When it is ready: requests are sent from here on.
    pub ready: Instant,
    /// When it can serve. Requests before that fail.
    pub serves: Instant,
}

impl Probes {
    /// When a pod that is created at `created` comes up. Each restart of its container is another
    /// run; a pod that is killed by a probe again and again never does.
    ///
    /// # Example: a container that serves after 12 s, probed every 5 s from its start on
    /// ```
    /// use clockwork::{Instant, Span};
    /// use coalmine::controller::kubernetes::WallClock;
    /// use coalmine::controller::kubernetes::probe::{Probe, Probes, Run};
    /// let every = Probe { period: Span::from_secs(5), ..Probe::default() };
    /// let probes = Probes { readiness: Some(every), ..Probes::default() };
    /// let run = |_| Run { boot: Span::from_secs(12), seen: Span::ZERO };
    /// let up = probes.comes_up(Instant::ZERO, run, WallClock::default()).expect("it does");
    /// assert_eq!(up.serves, Instant::ZERO + Span::from_secs(12));
    /// assert_eq!(up.ready, Instant::ZERO + Span::from_secs(15));
    /// ```
    pub fn comes_up(
        &self,
        created: Instant,
        run: impl Fn(u32) -> Run,
        clock: WallClock,
    ) -> Option<Up> {
        let mut waits = CrashLoop::default();
        let mut started = created + self.container;
        for restart in 0..=RESTARTS_MAX {
            let Run { boot, seen } = run(restart);
            let serves = started + boot;
            let health = Health::between(serves, Instant::NEVER);
            let probed =
                |probe: Option<Probe>| probe.map(|probe| Probed { probe, tick: created, health });
            let life = Life {
                started,
                seen: started + seen,
                clock,
                startup: probed(self.startup),
                readiness: probed(self.readiness),
                liveness: probed(self.liveness),
                deleted: Instant::NEVER,
            };
            let course = life.course();
            match course.killed {
                Some((_, at)) => started = waits.start_after(at),
                None => return course.ready.map(|ready| Up { ready, serves }),
            }
        }
        None
    }
}
