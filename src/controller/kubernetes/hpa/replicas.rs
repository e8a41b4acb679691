//! How many replicas a metric asks for.

use std::collections::BTreeMap;

use clockwork::Instant;

use super::Settings;
use super::groups::{Groups, Phase, Pod, PodId, Sample};
use super::metric::{Resource, Usage};

/// How far usage may be from the target without consequences, in shares of the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerances {
    /// Below it.
    pub down: f64,
    /// Above it.
    pub up: f64,
}

impl Tolerances {
    /// Whether usage that is `ratio` times the target is near enough.
    pub fn allow(&self, ratio: f64) -> bool {
        1.0 - self.down <= ratio && ratio <= 1.0 + self.up
    }
}

/// What all metrics are asked under.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// `spec.replicas` of the target, for metrics by pod and plain values.
    pub current: u32,
    /// `status.replicas` of the target, for averages of numbers that are not measured by pod.
    pub status: u32,
    /// The pods that the target's selector finds.
    pub pods: &'a [Pod],
    /// How far usage may be from the target.
    pub tolerances: Tolerances,
    /// Flags of the controller.
    pub settings: &'a Settings,
    /// The time.
    pub now: Instant,
}

/// What a metric asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// So many replicas.
    pub replicas: u32,
    /// Because of such usage.
    pub usage: Usage,
}

/// Usage by pod, and the target for it.
trait Rule {
    /// Usage as a multiple of the target, and usage.
    fn ratio(&self, usages: &[(PodId, i64)]) -> Result<(f64, Usage), String>;
    /// What a pod without a sample is taken to use when there seem to be too many pods.
    fn full(&self, pod: PodId) -> i64;
}

struct Utilization {
    requests: BTreeMap<PodId, i64>,
    target: u32,
}

struct Average {
    target: i64,
}

impl Rule for Utilization {
    fn ratio(&self, usages: &[(PodId, i64)]) -> Result<(f64, Usage), String> {
        let (mut used, mut requested, mut pods) = (0_i64, 0_i64, 0);
        for (pod, milli) in usages {
            let Some(request) = self.requests.get(pod) else { continue };
            used = used.saturating_add(*milli);
            requested = requested.saturating_add(*request);
            pods += 1;
        }
        if requested == 0 {
            return Err("no metrics returned matched known pods".to_owned());
        }
        // Whole per cent: the fraction is cut off before it is compared.
        let utilization = used.saturating_mul(100) / requested;
        let usage = Usage { utilization: Some(utilization), milli: used / pods };
        Ok((utilization as f64 / f64::from(self.target), usage))
    }

    fn full(&self, pod: PodId) -> i64 {
        self.requests.get(&pod).map_or(0, |it| *it).saturating_mul(i64::from(self.target.max(100)))
            / 100
    }
}

impl Rule for Average {
    fn ratio(&self, usages: &[(PodId, i64)]) -> Result<(f64, Usage), String> {
        let used = usages.iter().fold(0_i64, |sum, (_, milli)| sum.saturating_add(*milli));
        let milli = used / usages.len() as i64;
        Ok((milli as f64 / self.target as f64, Usage { utilization: None, milli }))
    }

    fn full(&self, _: PodId) -> i64 {
        self.target
    }
}

/// A real number of replicas, rounded up; what no field can hold becomes the most it can.
fn rounded_up(replicas: f64) -> u32 {
    replicas.ceil().clamp(0.0, f64::from(i32::MAX)) as u32
}

impl Ask<'_> {
    /// For a target in per cent of what the pods request.
    pub fn utilization(
        &self,
        (resource, container): (Resource, Option<&str>),
        target: u32,
        samples: &[Sample],
    ) -> Result<Proposal, String> {
        let (groups, usages) = self.group(samples, resource == Resource::Cpu)?;
        let requests: Result<_, _> = self
            .pods
            .iter()
            .map(|pod| resource.request(pod, container).map(|request| (pod.id, request)))
            .collect();
        self.by_pod(&groups, usages, &Utilization { requests: requests?, target })
    }

    /// For a target that is an average over the pods.
    pub fn average(
        &self,
        target: i64,
        samples: &[Sample],
        processor: bool,
    ) -> Result<Proposal, String> {
        let (groups, usages) = self.group(samples, processor)?;
        self.by_pod(&groups, usages, &Average { target })
    }

    /// For a plain value: in proportion to the pods that are ready, or from nothing.
    pub fn value(&self, usage: i64, target: i64) -> Result<Proposal, String> {
        let ratio = usage as f64 / target as f64;
        let usage = Usage { utilization: None, milli: usage };
        if self.current == 0 {
            return Ok(Proposal { replicas: rounded_up(ratio), usage });
        }
        if self.tolerances.allow(ratio) {
            return Ok(Proposal { replicas: self.current, usage });
        }
        self.any_pods()?;
        let is_ready = |pod: &&Pod| {
            pod.phase == Phase::Running && pod.readiness.is_some_and(|readiness| readiness.ready)
        };
        let ready = self.pods.iter().filter(is_ready).count();
        Ok(Proposal { replicas: rounded_up(ratio * ready as f64), usage })
    }

    /// For a value that is shared by the pods.
    pub fn per_pod(&self, usage: i64, target: i64) -> Proposal {
        let ratio = usage as f64 / (target as f64 * f64::from(self.status));
        let enough = self.tolerances.allow(ratio);
        let replicas = if enough { self.status } else { rounded_up(usage as f64 / target as f64) };
        let each = if self.status == 0 { 0.0 } else { usage as f64 / f64::from(self.status) };
        Proposal { replicas, usage: Usage { utilization: None, milli: each.ceil() as i64 } }
    }

    fn any_pods(&self) -> Result<(), String> {
        if self.pods.is_empty() {
            return Err("no pods returned by selector while calculating replica count".to_owned());
        }
        Ok(())
    }

    /// The pods by what is done with them, and the usage of those that count.
    fn group(
        &self,
        samples: &[Sample],
        processor: bool,
    ) -> Result<(Groups, Vec<(PodId, i64)>), String> {
        self.any_pods()?;
        let groups = Groups::new(self.pods, samples, processor, (self.settings, self.now));
        let counted = samples.iter().filter(|sample| groups.counts(sample.pod));
        let usages: Vec<_> = counted.map(|sample| (sample.pod, sample.milli)).collect();
        if usages.is_empty() {
            let nothing = "did not receive metrics for targeted pods (pods might be unready)";
            return Err(nothing.to_owned());
        }
        Ok((groups, usages))
    }

    /// Proportional to usage; pods of which little is known are assumed to be what argues against
    /// a change, and a change that this turns around is none.
    fn by_pod(
        &self,
        groups: &Groups,
        mut usages: Vec<(PodId, i64)>,
        rule: &impl Rule,
    ) -> Result<Proposal, String> {
        let (ratio, usage) = rule.ratio(&usages)?;
        let propose = |replicas| Ok(Proposal { replicas, usage });
        let unready = ratio > 1.0 && !groups.unready.is_empty();
        if !unready && groups.missing.is_empty() {
            let enough = self.tolerances.allow(ratio);
            let wanted = rounded_up(ratio * groups.ready as f64);
            return propose(if enough { self.current } else { wanted });
        }
        if ratio < 1.0 {
            usages.extend(groups.missing.iter().map(|pod| (*pod, rule.full(*pod))));
        } else if ratio > 1.0 {
            usages.extend(groups.missing.iter().map(|pod| (*pod, 0)));
        }
        if unready {
            usages.extend(groups.unready.iter().map(|pod| (*pod, 0)));
        }
        let (again, _) = rule.ratio(&usages)?;
        let turned = (ratio < 1.0 && again > 1.0) || (ratio > 1.0 && again < 1.0);
        if self.tolerances.allow(again) || turned {
            return propose(self.current);
        }
        let wanted = rounded_up(again * usages.len() as f64);
        let against =
            (again < 1.0 && wanted > self.current) || (again > 1.0 && wanted < self.current);
        propose(if against { self.current } else { wanted })
    }
}
