//! What comes of a container's probes, in closed form.

use clockwork::Instant;

use super::attempts::{Attempts, Ticker};
use super::{Kind, Life, Probed};

/// What comes of a run of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// When it counts as started, and is probed for readiness and for being alive.
    pub started: Option<Instant>,
    /// When it first turns ready.
    pub ready: Option<Instant>,
    /// When it turns unready after that.
    pub unready: Option<Instant>,
    /// When it is to be killed, and by which probe.
    pub killed: Option<(Kind, Instant)>,
}

/// What one probe comes to, if it is left alone.
struct Verdicts {
    /// Enough failures in a row before any success.
    fails: Option<Instant>,
    /// Enough successes in a row.
    succeeds: Option<Instant>,
    /// Enough failures in a row after successes.
    fails_later: Option<Instant>,
}

impl Probed {
    /// What comes of attempts from `first` on: failing, succeeding and failing again, each stretch
    /// beginning with the first attempt after the health changed.
    fn verdicts(&self, first: Instant, ticker: Ticker) -> Verdicts {
        let (probe, health) = (&self.probe, &self.health);
        let (fails, answers) = (health.fails(probe), health.answers_in);
        let slow = answers > probe.timeout;
        let from = if slow { Instant::NEVER } else { health.from };
        let stretch = |first, takes| Attempts::new(ticker, first, takes);
        let failing = stretch(first, fails);
        let failures = failing.before(from);
        let good = stretch(failing.start(failures), answers);
        let successes = if slow { 0 } else { good.before(health.until) };
        let worse = || stretch(good.start(successes), fails);
        let enough = |count: u64, threshold: u32| count >= u64::from(threshold.max(1));
        let (up, down) = (probe.success_threshold, probe.failure_threshold);
        let never_good = successes == 0;
        Verdicts {
            fails: (enough(failures, down) || never_good).then(|| failing.end(down)),
            succeeds: enough(successes, up).then(|| good.end(up)),
            fails_later: (!never_good).then(|| worse().end(down)),
        }
    }
}

impl Life {
    /// What comes of it.
    pub fn course(&self) -> Course {
        if let (None, Some(readiness), None) = (&self.startup, &self.readiness, &self.liveness)
            && self.seen < Instant::NEVER
        {
            // Most pods: nobody kills them, and what they come to is told at once.
            let (ready, unready) = readiness.turns_ready(self.seen, self.allowed(&readiness.probe));
            return Course { started: Some(self.seen), ready, unready, killed: None }.known();
        }
        let mut course = Course::default();
        match self.startup_verdict() {
            Ok(started) => course.started = Some(started),
            Err(killed) => course.killed = Some((Kind::Startup, killed)),
        }
        let Some(started) = course.started.filter(|at| *at < Instant::NEVER) else {
            return course.known();
        };
        match &self.readiness {
            None => course.ready = Some(started),
            Some(readiness) => {
                let (ready, unready) =
                    readiness.turns_ready(started, self.allowed(&readiness.probe));
                (course.ready, course.unready) = (ready, unready);
            }
        }
        if let Some(liveness) = &self.liveness {
            let first = started.max(self.allowed(&liveness.probe));
            let verdicts = liveness.verdicts(liveness.ticker().from(first), liveness.ticker());
            let killed = verdicts.fails.or(verdicts.fails_later).filter(|at| *at < self.deleted);
            course.killed = killed.map(|at| (Kind::Liveness, at));
        }
        course.known()
    }

    /// When it counts as started, or when it is killed for not having done so.
    fn startup_verdict(&self) -> Result<Instant, Instant> {
        let Some(startup) = &self.startup else { return Ok(self.seen) };
        let first = startup.ticker().from(self.allowed(&startup.probe));
        let verdicts = startup.verdicts(first, startup.ticker());
        // Failures before it might have succeeded come first; those after come too late.
        let early = |at: &Instant| verdicts.succeeds.is_none_or(|good| *at <= good);
        let killed = verdicts.fails.filter(early).or(match verdicts.succeeds {
            None => verdicts.fails_later,
            Some(_) => None,
        });
        let told = self.deleted.max(self.seen);
        match (killed, verdicts.succeeds) {
            (Some(at), _) if at < told => Err(at),
            (None, Some(at)) if at < told => Ok(at),
            // A pod that stops is not asked whether it has started.
            _ => Ok(told),
        }
    }
}

impl Probed {
    /// When a container turns ready whose readiness is probed at once at `trigger`, which restarts
    /// the ticker, and when unready after that. Nothing is asked before `allowed`.
    ///
    /// The kubelet does so when a container counts as started, and when it has turned unready.
    pub fn turns_ready(
        &self,
        trigger: Instant,
        allowed: Instant,
    ) -> (Option<Instant>, Option<Instant>) {
        let ticker = self.ticker().restarted(trigger);
        let verdicts = self.verdicts(ticker.from(trigger.max(allowed)), ticker);
        let ready = verdicts.succeeds;
        (ready, ready.and(verdicts.fails_later))
    }
}

impl Course {
    /// What is ever, and not later than the end.
    fn known(mut self) -> Self {
        self.killed = self.killed.filter(|(_, at)| *at < Instant::NEVER);
        let end = self.killed.map_or(Instant::NEVER, |(_, at)| at);
        let known = |at: &Instant| *at <= end && *at < Instant::NEVER;
        self.started = self.started.filter(known);
        self.ready = self.ready.filter(known);
        self.unready = self.unready.filter(known);
        self
    }
}
