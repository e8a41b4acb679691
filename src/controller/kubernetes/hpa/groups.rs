//! Which pods count when usage is averaged.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};

use super::Settings;

/// A pod's own number.
pub type PodId = u64;

/// A pod as an autoscaler sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pod {
    /// Its number, by which samples are found.
    pub id: PodId,
    /// `status.phase`.
    pub phase: Phase,
    /// Its condition `Ready`, once it has one.
    pub readiness: Option<Readiness>,
    /// `status.startTime`: when the kubelet accepted it.
    pub started: Option<Instant>,
    /// Whether it was told to stop.
    pub deleting: bool,
    /// Its containers, sidecars among them, and what they request.
    pub containers: Vec<Container>,
}

/// The phase of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No container has run.
    Pending,
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
}

/// The condition `Ready` of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it is ready.
    pub ready: bool,
    /// `lastTransitionTime`.
    pub since: Instant,
}

/// What a container requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Processor, thousandths of a core.
    pub cpu: Option<i64>,
    /// Memory, thousandths of a byte, which is how quantities are counted.
    pub memory: Option<i64>,
}

/// What was measured of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Whose.
    pub pod: PodId,
    /// How much, in thousandths.
    pub milli: i64,
    /// When.
    pub at: Instant,
    /// Over which time.
    pub window: Span,
}

/// The pods of a metric, by what is done with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// How many have a sample that counts.
    pub ready: usize,
    /// Not started, or too fresh to be believed.
    pub unready: Vec<PodId>,
    /// Without a sample.
    pub missing: Vec<PodId>,
    /// Stopping or failed: as if they were not there.
    pub ignored: Vec<PodId>,
}

impl Groups {
    /// Sorts the pods; `processor` is whether the metric is the use of the processor, which is
    /// high while a pod starts.
    pub fn new(
        pods: &[Pod],
        samples: &[Sample],
        processor: bool,
        (settings, now): (&Settings, Instant),
    ) -> Self {
        let samples: BTreeMap<_, _> = samples.iter().map(|sample| (sample.pod, sample)).collect();
        let mut groups = Self::default();
        for pod in pods {
            let sample = samples.get(&pod.id);
            if pod.deleting || pod.phase == Phase::Failed {
                groups.ignored.push(pod.id);
            } else if pod.phase == Phase::Pending {
                groups.unready.push(pod.id);
            } else if let Some(sample) = sample {
                if processor && is_fresh(pod, sample, settings, now) {
                    groups.unready.push(pod.id);
                } else {
                    groups.ready += 1;
                }
            } else {
                groups.missing.push(pod.id);
            }
        }
        groups
    }

    /// Whether a sample of this pod counts from the start.
    pub(super) fn counts(&self, pod: PodId) -> bool {
        !self.ignored.contains(&pod) && !self.unready.contains(&pod)
    }
}

/// Whether what the processor of a pod does says nothing of its load yet.
fn is_fresh(pod: &Pod, sample: &Sample, settings: &Settings, now: Instant) -> bool {
    let (Some(readiness), Some(started)) = (pod.readiness, pod.started) else { return true };
    if started + settings.cpu_initialization > now {
        // A whole window has to be measured after it became ready.
        !readiness.ready || sample.at < readiness.since + sample.window
    } else {
        // Not ready, and as it seems never was.
        !readiness.ready && started + settings.initial_readiness > readiness.since
    }
}
