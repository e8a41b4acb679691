//! A series, and what it counts.

use promql::Labels;

/// A series of one version of the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its labels, its name among them.
    pub labels: Labels,
    /// Whose it is: 0 the running version's, 1 the release's.
    pub version: usize,
    /// The first pod of the version, where every pod has its own: one stands for all, unless
    /// somebody looks at each.
    pub pod: Option<String>,
    /// What it is of.
    pub source: Source,
}

/// What the samples of a series are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Requests so far.
    Requests(Outcome),
    /// Requests so far that were answered within so many seconds; a failure is answered at once.
    Within(f64, Outcome),
    /// Time that all requests so far took, in units of which so many are a second, as far as the
    /// classes of response times tell: each class takes its mean on the running version, and
    /// failures take no time.
    Seconds(Outcome, f64),
    /// The mean response time of the requests that were answered well in the latest interval with
    /// any, in units of which so many are a second.
    Mean(f64),
    /// Whether the last scrape succeeded: 1 or 0.
    Up,
    /// What the cluster knows of one pod.
    Pod(Fact),
    /// What the cluster knows of the pods of a version, or of both.
    Replicas(Replicas, Option<usize>),
}

/// What a cluster knows of a pod.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// This number, as long as the pod exists.
    Is(f64),
    /// This number while its container runs.
    Has(f64),
    /// Whether it is ready, or whether it is not.
    Ready(bool),
    /// How often its container was restarted.
    Restarts,
    /// Whether its container waits for its next start; nothing while it runs.
    Waits,
    /// Whether its container ended at the limit of its memory; nothing before.
    Killed,
    /// The memory of its container, bytes.
    Memory,
    /// The most memory that it may have, bytes.
    MemoryLimit,
    /// What a healthy container needs, bytes.
    MemoryRequest,
    /// Processor time so far, seconds: a pod that is saturated keeps one core busy.
    Busy,
}

/// Numbers of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replicas {
    /// This is one, whatever happens.
    One,
    /// That are wanted.
    Wanted,
    /// That exist and were not told to stop.
    Exist,
    /// Of those, the ones that are ready.
    Ready,
    /// Of those, the ones that have been ready for long enough.
    Available,
    /// Of those that exist, the ones that are not available.
    Unavailable,
    /// Of those that exist, the ones of the version that is rolled out.
    Updated,
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of them.
    Any,
    /// Those that were answered well.
    Good,
    /// Those that failed.
    Failed,
}

impl Series {
    /// The labels that name the pod.
    pub fn pod_labels(&self) -> impl Iterator<Item = &str> {
        let named =
            |(label, value): (_, &str)| (self.pod.as_deref() == Some(value)).then_some(label);
        self.labels.iter().filter_map(named)
    }

    /// What the series of the pod of that number is called.
    pub fn labels_of(&self, number: u32) -> Labels {
        let mut labels = self.labels.clone();
        if let Some(first) = &self.pod {
            let name = super::pods::pod(first, number);
            self.pod_labels().for_each(|label| labels.set(label, &name));
        }
        labels
    }
}

impl Source {
    /// Whether it only grows while a process lives.
    pub fn is_counter(self) -> bool {
        match self {
            Self::Up | Self::Mean(_) | Self::Replicas(..) => false,
            Self::Pod(fact) => matches!(fact, Fact::Restarts | Fact::Busy),
            Self::Requests(_) | Self::Within(..) | Self::Seconds(..) => true,
        }
    }

    /// Whether it says something of one pod that is no part of a sum over its version.
    pub fn is_of_one_pod(self) -> bool {
        matches!(self, Self::Up | Self::Mean(_) | Self::Pod(_))
    }

    /// What it has come to from what it was by what was counted since: a counter adds up, and a
    /// gauge shows the latest, as long as there is any.
    pub fn on(self, last: f64, more: f64) -> f64 {
        match self {
            Self::Mean(_) if more > 0.0 => more,
            Self::Mean(_) => last,
            _ => last + more,
        }
    }

    /// What a sample is of what was counted: times are counted in microseconds, whole ones where
    /// they are added up, so that no sum of them is rounded.
    pub fn sample(self, counted: f64) -> f64 {
        match self {
            Self::Seconds(_, unit) | Self::Mean(unit) => counted * unit / 1e6,
            _ => counted,
        }
    }

    /// The limit of a response time that divides what it counts from the rest, seconds.
    pub fn limit(self) -> Option<f64> {
        match self {
            Self::Within(limit, Outcome::Any | Outcome::Good) if limit < super::PATIENCE => {
                Some(limit)
            }
            _ => None,
        }
    }
}
