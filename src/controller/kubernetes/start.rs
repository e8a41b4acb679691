//! How a pod starts: node, images, containers, one after the other.
//!
//! Restated from the scheduler and the kubelet, Kubernetes 1.36. How long each stage takes, and
//! where periodic loops stand, are arguments.

use clockwork::{Instant, Span};

use super::availability::WallClock;
use super::probe::Life;
use crate::fleet::{BackOff, Wait};

/// The kubelet lists the containers of its node this often.
const RELIST: Span = Span::from_secs(1);

/// What the pods of a node share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Any instant at which the kubelet lists its containers: the phase of that loop.
    pub relist: Instant,
    /// Images are pulled one at a time, `serializeImagePulls`: when the next pull can begin.
    pub pulls_from: Instant,
}

impl Node {
    /// When the kubelet sees what happened at `at`.
    pub fn sees(&self, at: Instant) -> Instant {
        let phase = self.relist.since_start() % RELIST;
        let over = (at.since_start() + (RELIST - phase)) % RELIST;
        if over.is_zero() { at } else { at + (RELIST - over) }
    }
}

/// How an image comes to a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    /// How long it takes; nothing for an image that is there.
    pub takes: Span,
    /// How often it fails before.
    pub failures: u32,
    /// How long each failure takes.
    pub fails_in: Span,
    /// How much later than allowed the kubelet tries again: it looks at the pod every ten to
    /// fifteen seconds then.
    pub late: Span,
}

impl Pull {
    /// When the image is there, if it is asked for at `at`.
    pub fn done(&self, node: &mut Node, at: Instant) -> Instant {
        if self.takes.is_zero() && self.failures == 0 {
            return at;
        }
        let mut wait = Wait::default();
        let mut from = at;
        for _ in 0..self.failures {
            let failed = node.pulls_from.max(from) + self.fails_in;
            node.pulls_from = failed;
            wait.grow(&BackOff::IMAGE, failed, failed);
            from = failed + wait.long() + self.late;
        }
        let done = node.pulls_from.max(from) + self.takes;
        node.pulls_from = done;
        done
    }
}

/// A container that runs to its end before the others start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Init {
    /// Its image.
    pub image: Pull,
    /// From the image to its first instruction.
    pub create: Span,
    /// How long it runs.
    pub runs: Span,
}

/// How long the stages of a start take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// Until the scheduler has chosen a node and the kubelet knows.
    pub scheduling: Span,
    /// The sandbox: namespaces, network, volumes.
    pub sandbox: Span,
    /// Init containers, in order.
    pub init: Vec<Init>,
    /// The image of the container.
    pub image: Pull,
    /// From the image to the container's first instruction.
    pub create: Span,
}

/// When a container started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The pod has an address.
    pub address: Instant,
    /// The container runs.
    pub running: Instant,
    /// The kubelet knows.
    pub seen: Instant,
}

impl Stages {
    /// The start of a pod that was created at `created`, on a node.
    pub fn start(&self, node: &mut Node, created: Instant) -> Started {
        let sandbox = created + self.scheduling + self.sandbox;
        // The end of an init container is seen like everything else: at the next relist.
        let ready = self.init.iter().fold(sandbox, |at, init| {
            let ends = init.image.done(node, at) + init.create + init.runs;
            node.sees(ends)
        });
        let running = self.image.done(node, ready) + self.create;
        Started { address: node.sees(sandbox), running, seen: node.sees(running) }
    }
}

impl Started {
    /// The run of the container that begins so: without probes, and never told to stop.
    pub fn life(&self, clock: WallClock) -> Life {
        Life {
            started: self.running,
            seen: self.seen,
            clock,
            startup: None,
            readiness: None,
            liveness: None,
            deleted: Instant::NEVER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::probe::{Health, Probe, Probed};
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::ZERO + Span::from_millis(millis)
    }

    #[test]
    fn images_are_pulled_one_after_the_other() {
        let mut node = Node { relist: at(300), pulls_from: Instant::ZERO };
        let image = Pull { takes: Span::from_secs(4), ..Pull::default() };
        let stages = Stages { image, create: Span::from_millis(500), ..Stages::default() };
        let starts = [stages.start(&mut node, at(1_000)), stages.start(&mut node, at(1_000))];
        assert_eq!(starts.map(|it| it.running), [at(5_500), at(9_500)]);
        assert_eq!(starts.map(|it| it.seen), [at(6_300), at(10_300)]);
    }

    #[test]
    fn a_pull_that_fails_is_tried_again_after_ten_and_twenty_seconds() {
        let mut node = Node { relist: Instant::ZERO, pulls_from: Instant::ZERO };
        let takes = Span::from_secs(2);
        let pull = Pull { takes, failures: 2, fails_in: Span::from_secs(1), late: Span::ZERO };
        assert_eq!(pull.done(&mut node, Instant::ZERO), at(34_000));
    }

    #[test]
    fn each_init_container_costs_a_look() {
        let mut node = Node { relist: Instant::ZERO, pulls_from: Instant::ZERO };
        let init = Init { runs: Span::from_millis(100), ..Init::default() };
        let stages = Stages { init: vec![init; 3], ..Stages::default() };
        let start = stages.start(&mut node, Instant::ZERO);
        assert_eq!(start.running, at(3_000));
        // It answers half a second after it started, and is asked at once and every ten seconds.
        let probe = Probe::default();
        let health = Health::between(at(3_500), Instant::NEVER);
        let readiness = Probed { probe, tick: Instant::ZERO, health };
        let ready = |readiness| {
            let life = start.life(WallClock::default());
            Life { readiness: Some(readiness), ..life }.course().ready
        };
        assert_eq!(ready(readiness), Some(at(13_000)));
        let quick = Probe { period: Span::from_secs(1), ..probe };
        assert_eq!(ready(Probed { probe: quick, ..readiness }), Some(at(4_000)));
    }
}
