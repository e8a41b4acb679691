//! What an autoscaler looks at, and what it is told.

use super::groups::{Pod, Sample};
use super::replicas::{Ask, Proposal};

/// A metric with its target. Amounts are thousandths, as quantities are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// `Resource`, or `ContainerResource` where a container is named.
    Resource {
        /// Of which resource.
        resource: Resource,
        /// Of which container; of all where none is named.
        container: Option<String>,
        /// How much of it.
        target: ResourceTarget,
    },
    /// `Pods`: an average over the pods.
    Pods {
        /// Its name.
        name: String,
        /// `averageValue`.
        average: i64,
    },
    /// `Object`: a number of one other object.
    Object {
        /// The kind of that object.
        kind: String,
        /// The name of the metric.
        name: String,
        /// How much.
        target: Target,
    },
    /// `External`: numbers from elsewhere, which are added up.
    External {
        /// Its name.
        name: String,
        /// How much.
        target: Target,
    },
}

/// A resource that the metrics API measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The processor.
    Cpu,
    /// Memory.
    Memory,
}

/// A target of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceTarget {
    /// `averageUtilization`, per cent of the request.
    Utilization(u32),
    /// `averageValue`.
    AverageValue(i64),
}

/// A target of a number that is not measured by pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `value`: as it is.
    Value(i64),
    /// `averageValue`: for each pod.
    AverageValue(i64),
}

/// What the metrics API said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// By pod, for metrics of resources and pods.
    Samples(Vec<Sample>),
    /// Numbers, for metrics of objects and from elsewhere.
    Values(Vec<i64>),
    /// Nothing, and why.
    Failed(String),
}

/// What the usage came to, as the status of the autoscaler shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Per cent of the request.
    pub utilization: Option<i64>,
    /// In thousandths; by pod unless the target is a plain value.
    pub milli: i64,
}

impl Resource {
    /// Its name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }

    /// What a pod requests of it, of one container or of all of them.
    pub(super) fn request(self, pod: &Pod, container: Option<&str>) -> Result<i64, String> {
        let mut asked = pod.containers.iter().filter(|it| container.is_none_or(|c| c == it.name));
        if let Some(name) = container.filter(|_| asked.clone().next().is_none()) {
            return Err(format!("container {name} not found in pod {}", pod.id));
        }
        asked.try_fold(0_i64, |sum, it| {
            let request = match self {
                Self::Cpu => it.cpu,
                Self::Memory => it.memory,
            };
            let (name, container) = (self.name(), &it.name);
            let missing = || format!("missing request for {name} in {container} of pod {}", pod.id);
            request.map(|request| sum.saturating_add(request)).ok_or_else(missing)
        })
    }
}

impl Metric {
    /// How many replicas it asks for.
    pub fn propose(&self, ask: &Ask<'_>, answer: &Answer) -> Result<Proposal, String> {
        match (self, answer) {
            (_, Answer::Failed(why)) => Err(format!("unable to get metrics for {self}: {why}")),
            (Self::Resource { resource, container, target }, Answer::Samples(samples)) => {
                if samples.is_empty() {
                    return Err(format!("unable to get metrics for {self}: no metrics returned"));
                }
                let processor = *resource == Resource::Cpu;
                match *target {
                    ResourceTarget::Utilization(percent) => {
                        ask.utilization((*resource, container.as_deref()), percent, samples)
                    }
                    ResourceTarget::AverageValue(milli) => ask.average(milli, samples, processor),
                }
            }
            (Self::Pods { average, .. }, Answer::Samples(samples)) => {
                ask.average(*average, samples, false)
            }
            (
                Self::Object { target, .. } | Self::External { target, .. },
                Answer::Values(values),
            ) => {
                let usage = values.iter().fold(0_i64, |sum, value| sum.saturating_add(*value));
                match *target {
                    Target::Value(value) => ask.value(usage, value),
                    Target::AverageValue(value) => Ok(ask.per_pod(usage, value)),
                }
            }
            (Self::Resource { .. } | Self::Pods { .. }, Answer::Values(_)) => {
                Err(format!("{self} is measured by pod, and the answer has no pods"))
            }
            (Self::Object { .. } | Self::External { .. }, Answer::Samples(_)) => {
                Err(format!("{self} is not measured by pod, and the answer is"))
            }
        }
    }

    /// The reason of `ScalingActive` when it says nothing.
    pub(super) fn failure(&self) -> &'static str {
        match self {
            Self::Resource { container: None, .. } => "FailedGetResourceMetric",
            Self::Resource { container: Some(_), .. } => "FailedGetContainerResourceMetric",
            Self::Pods { .. } => "FailedGetPodsMetric",
            Self::Object { .. } => "FailedGetObjectMetric",
            Self::External { .. } => "FailedGetExternalMetric",
        }
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Resource { resource, container, target } => {
                let container = container.as_ref().map_or("", |_| " container");
                write!(f, "{}{container} resource", resource.name())?;
                match target {
                    ResourceTarget::Utilization(_) => {
                        f.write_str(" utilization (percentage of request)")
                    }
                    ResourceTarget::AverageValue(_) => Ok(()),
                }
            }
            Self::Pods { name, .. } => write!(f, "pods metric {name}"),
            Self::Object { kind, name, .. } => write!(f, "{kind} metric {name}"),
            Self::External { name, .. } => write!(f, "external metric {name}"),
        }
    }
}
