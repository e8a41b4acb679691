//! The loop of the kubelet around one run of a container, attempt by attempt.
//!
//! The kubelet itself takes no time here. When it finds that the container has started, readiness
//! is probed at once. Its other looks at a pod that is not ready, at least once a minute, would
//! probe once more and are left out.

use clockwork::Instant;

use super::attempts::Ticker;
use super::worker::{Attempt, Container, Pod, State, Worker};
use super::{Course, Kind, Life, Outcome, Probed};

/// A worker with its ticker.
#[derive(Clone, Copy, Debug)]
struct Running {
    kind: Kind,
    probed: Probed,
    worker: Worker,
    ticker: Ticker,
    /// When it does something next.
    next: Instant,
    /// What it will have been told then, when it is asking.
    asking: Option<Outcome>,
    /// The tick after the last attempt began: nobody takes it before the answer is there.
    waiting: Instant,
}

impl Running {
    fn new(kind: Kind, probed: Probed, seen: Instant) -> Self {
        let ticker = probed.ticker();
        let worker = Worker::new(kind, probed.probe);
        // What it did before there was a container does not matter.
        let next = ticker.from(seen);
        Self { kind, probed, worker, ticker, next, asking: None, waiting: next }
    }

    /// An attempt, which may end at once.
    fn attempt(&mut self, pod: &Pod, now: Instant) {
        match self.worker.begin(Some(pod), now) {
            Attempt::Ask => {
                let (outcome, takes) = self.probed.health.answer(&self.probed.probe, now);
                self.asking = Some(outcome);
                self.next = now + takes;
                self.waiting = self.ticker.after(now);
            }
            Attempt::Skip => self.next = self.ticker.after(now),
            Attempt::Stop => self.next = Instant::NEVER,
        }
    }
}

/// What is known while time goes on.
struct Replay<'a> {
    life: &'a Life,
    workers: Vec<Running>,
    started: bool,
    course: Course,
}

impl Life {
    /// What comes of it until `end`, one attempt after the other.
    pub fn replay(&self, end: Instant) -> Course {
        let all = [
            (Kind::Startup, self.startup),
            (Kind::Readiness, self.readiness),
            (Kind::Liveness, self.liveness),
        ];
        let workers = all.into_iter().filter_map(|(kind, probed)| {
            probed.map(|probed| Running::new(kind, probed, self.seen))
        });
        let mut replay = Replay {
            life: self,
            workers: workers.collect(),
            started: false,
            course: Course::default(),
        };
        replay.run(end);
        replay.course
    }
}

impl Replay<'_> {
    fn run(&mut self, end: Instant) {
        let (seen, deleted) = (self.life.seen, self.life.deleted.max(self.life.seen));
        if seen > end {
            return;
        }
        self.look(seen);
        let mut told = false;
        while self.course.killed.is_none() {
            let first = self.workers.iter().enumerate().min_by_key(|(_, it)| (it.next, it.kind));
            let (place, now) = first.map_or((0, Instant::NEVER), |(place, it)| (place, it.next));
            if now.min(if told { Instant::NEVER } else { deleted }) > end || first.is_none() {
                return;
            }
            if !told && deleted <= now {
                told = true;
                // Only readiness is probed from now on.
                self.workers.retain(|it| it.kind == Kind::Readiness);
                self.look(deleted);
            } else {
                self.act(place, now);
            }
        }
    }

    fn pod(&self, now: Instant) -> Pod {
        let since = self.life.stored_start();
        let container =
            Container { run: 1, state: State::Running { since }, started: self.started };
        let deleting = now >= self.life.deleted;
        Pod { ended: false, deleting, restarts: true, container: Some(container) }
    }

    /// A worker's time has come: it asks, or hears the answer.
    fn act(&mut self, place: usize, now: Instant) {
        let pod = self.pod(now);
        let running = &mut self.workers[place];
        let Some(outcome) = running.asking.take() else {
            running.attempt(&pod, now);
            return;
        };
        let before = running.worker.result();
        running.worker.end(outcome);
        running.next = running.waiting.max(now);
        let (kind, after) = (running.kind, running.worker.result());
        if before == after {
            return;
        }
        match (kind, after) {
            (Kind::Readiness, Some(Outcome::Success)) => self.course.ready = Some(now),
            (Kind::Readiness, _) => {
                self.course.unready = Some(now);
                self.workers.retain(|it| it.kind != Kind::Readiness);
            }
            (Kind::Startup | Kind::Liveness, Some(Outcome::Failure)) => {
                self.course.killed = Some((kind, now));
            }
            _ => self.look(now),
        }
    }

    /// The kubelet looks whether the container has started.
    fn look(&mut self, now: Instant) {
        let startup = self.workers.iter().find(|it| it.kind == Kind::Startup);
        let started = startup.is_none_or(|it| it.worker.result() == Some(Outcome::Success));
        if !started || self.started {
            return;
        }
        self.started = true;
        self.course.started = Some(now);
        match self.workers.iter_mut().find(|it| it.kind == Kind::Readiness) {
            // Readiness is probed at once, and every period from then on.
            Some(readiness) => {
                (readiness.ticker, readiness.next) = (readiness.ticker.restarted(now), now);
            }
            None => self.course.ready = Some(now),
        }
    }
}
