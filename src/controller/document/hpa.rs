//! What a scenario says of a `HorizontalPodAutoscaler`.

use clockwork::Span;

use crate::controller::kubernetes::hpa::{
    Autoscaler, Behavior, Metric, Policy, Resource, ResourceTarget, Rules, Select, Size,
};
use crate::document::{At, Maybe, record, sum, word};

record! {
    /// Pods follow the use of the processor.
    pub struct HpaDoc {
        /// Fewest replicas.
        min: At<u32> ["1" to "100_000"] = "1",
        /// Most replicas.
        max: At<u32> ["1" to "100_000"],
        /// The use of the processor that it aims at, per cent of what pods request.
        cpu: u32 ["1" to "10_000"] = "80",
        /// The use of the processor of a saturated pod, per cent of what it requests.
        saturated: u32 ["1" to "10_000"] = "100"
            assumed "pods request what they use at most" from "50" to "200",
        /// How fast it follows; without it the older rules of the controller hold.
        behavior: Maybe<BehaviorDoc> = "none",
    }
}

record! {
    /// Other bounds of a copy of an autoscaler; what is not given is as there.
    pub struct BoundsDoc {
        /// Fewest replicas.
        min: Option<At<u32>>,
        /// Most replicas.
        max: Option<At<u32>>,
    }
}

record! {
    /// How fast an autoscaler follows.
    pub struct BehaviorDoc {
        /// Upwards.
        scaleUp => up: RulesDoc = "{}",
        /// Downwards.
        scaleDown => down: RulesDoc = "{}",
    }
}

record! {
    /// One direction. What is not given is as in Kubernetes.
    pub struct RulesDoc {
        /// For how long an earlier recommendation holds the replicas back.
        stabilizationWindow => stabilization: Option<Span>,
        /// Which policy counts where there are several.
        selectPolicy => select: SelectDoc = "Max",
        /// How much in which time.
        policies: Option<Vec<PolicyDoc>>,
    }
}

word! {
    /// Which policy counts.
    pub enum SelectDoc {
        /// The one that allows the largest change.
        "Max" => Max,
        /// The one that allows the smallest.
        "Min" => Min,
        /// None: there is no scaling in this direction.
        "Disabled" => Disabled,
    }
}

record! {
    /// How much in which time.
    pub struct PolicyDoc {
        /// How much.
        change: ChangeDoc,
        /// In which time.
        period: Span,
    }
}

sum! {
    /// The size of a change.
    pub enum ChangeDoc {
        /// Such a share of the replicas at the start of the period, per cent.
        percent => Percent(u32),
        /// So many pods.
        pods => Pods(u32),
    }
}

impl HpaDoc {
    /// The autoscaler.
    pub fn autoscaler(&self) -> Autoscaler {
        let cpu = Metric::Resource {
            resource: Resource::Cpu,
            container: None,
            target: ResourceTarget::Utilization(self.cpu),
        };
        let behavior = self.behavior.0.as_ref();
        Autoscaler {
            min: self.min.value,
            max: self.max.value,
            metrics: vec![cpu],
            behavior: behavior.map(|it| Behavior {
                up: it.up.over(Rules::up()),
                down: it.down.over(Rules::down()),
            }),
        }
    }
}

impl RulesDoc {
    fn over(&self, rules: Rules) -> Rules {
        let policy = |it: &PolicyDoc| Policy {
            size: match it.change {
                ChangeDoc::Pods(pods) => Size::Pods(pods),
                ChangeDoc::Percent(percent) => Size::Percent(percent),
            },
            period: it.period,
        };
        let policies = self.policies.as_ref().map(|list| list.iter().map(policy).collect());
        Rules {
            stabilization: self.stabilization.or(rules.stabilization),
            select: match self.select {
                SelectDoc::Max => Select::Max,
                SelectDoc::Min => Select::Min,
                SelectDoc::Disabled => Select::Disabled,
            },
            policies: policies.unwrap_or(rules.policies),
            tolerance: rules.tolerance,
        }
    }
}
