//! Analysis templates and rollouts of Argo as rules see them; fields and defaults are those of
//! `analysis_types.go` and `types.go` in argo-rollouts 1.10.

use clockwork::Span;

use super::condition::{Condition, Judge};
use super::objects::{Object, list, text, whole};
use super::query::Query;
use crate::controller::argo::{duration, pause_seconds};
use crate::document::{Node, Scalar, Sources, Value};

/// An analysis template or an analysis run.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) spec: &'a Node,
    pub(crate) metrics: Vec<Metric<'a>>,
}

/// A metric of a template.
#[derive(Debug)]
pub(crate) struct Metric<'a> {
    pub(crate) node: &'a Node,
    pub(crate) name: &'a str,
    /// From the end of a measurement to the next.
    pub(crate) interval: Option<Span>,
    pub(crate) initial_delay: Option<Span>,
    /// How many measurements are made; nothing without an end.
    pub(crate) count: Option<i64>,
    pub(crate) failure_limit: i64,
    pub(crate) inconclusive_limit: i64,
    pub(crate) error_limit: i64,
    /// The kind of provider.
    pub(crate) provider: &'a str,
    /// The query, if Prometheus is asked.
    pub(crate) query: Option<Query>,
    pub(crate) success: Option<Condition>,
    pub(crate) failure: Option<Condition>,
    /// Both conditions together, if they can be read.
    pub(crate) judge: Option<Judge>,
}

/// A rollout.
#[derive(Debug)]
pub(crate) struct Rollout<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) spec: &'a Node,
    /// `strategy.canary`, if it is one.
    pub(crate) canary: Option<&'a Node>,
    /// `strategy.blueGreen`, if it is one.
    pub(crate) blue_green: Option<&'a Node>,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) analyses: Vec<Analysis<'a>>,
}

/// A step of a canary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) node: &'a Node,
    pub(crate) kind: StepKind,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// The weight of the new version, in percent of the most.
    Weight(u32),
    /// A pause; without an end nothing.
    Pause(Option<Span>),
    /// An analysis that must succeed.
    Analysis,
    /// Anything else.
    Other,
}

/// Where a rollout asks for an analysis.
#[derive(Debug)]
pub(crate) struct Analysis<'a> {
    pub(crate) node: &'a Node,
    /// The step that it belongs to; for one in the background, the step that it begins with.
    pub(crate) step: usize,
    pub(crate) is_background: bool,
    /// Of a blue-green rollout, whether it comes after the switch.
    pub(crate) promotion: Option<Promotion>,
    /// The names of the templates.
    pub(crate) templates: Vec<&'a Node>,
}

/// On which side of the switch of a blue-green rollout an analysis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promotion {
    Before,
    After,
}

/// What a whole run costs in measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    /// From the step that the analysis begins with to the end of the last pause.
    pub(crate) lasts: Span,
    /// Whether a pause without an end is in between.
    pub(crate) is_open: bool,
}

impl<'a> Template<'a> {
    pub(super) fn of(object: Object<'a>, sources: &Sources) -> Option<Self> {
        let spec = object.node.get("spec")?;
        let fill = |name: &str| argument(spec, name.strip_prefix("args.")?);
        let metrics = list(spec, "metrics").iter();
        let metrics = metrics.map(|node| Metric::of(node, sources, &fill)).collect();
        Some(Self { object, spec, metrics })
    }
}

/// The value of an argument, as far as a template says it.
fn argument(spec: &Node, name: &str) -> Option<String> {
    let arg = list(spec, "args").iter().find(|arg| text(arg, "name") == Some(name))?;
    text(arg, "value").map(str::to_owned)
}

impl<'a> Metric<'a> {
    fn of(node: &'a Node, sources: &Sources, fill: &dyn Fn(&str) -> Option<String>) -> Self {
        let number = |key: &str, default: i64| whole(node, key).unwrap_or(default);
        let span = |key: &str| text(node, key).and_then(|it| duration(it).ok());
        let provider = node.get("provider").and_then(Node::as_map);
        let provider = provider.and_then(|map| map.entries().first());
        let query = provider.filter(|it| it.key.text == "prometheus");
        let query = query.and_then(|it| it.node.get("query"));
        let condition =
            |key: &str| node.get(key).and_then(|node| Condition::of(node, sources, fill));
        let (success, failure) = (condition("successCondition"), condition("failureCondition"));
        let interval = span("interval");
        let count = match (node.get("count"), number("count", 0)) {
            (None, 0) if interval.is_none() => Some(1),
            (_, 0) => None,
            (_, count) => Some(count),
        };
        Self {
            node,
            name: text(node, "name").unwrap_or_default(),
            interval,
            initial_delay: span("initialDelay"),
            count,
            failure_limit: number("failureLimit", 0),
            inconclusive_limit: number("inconclusiveLimit", 0),
            error_limit: number("consecutiveErrorLimit", 4),
            provider: provider.map_or("", |it| it.key.text.as_str()),
            query: query.and_then(|node| Query::of(node, sources, fill)),
            judge: Judge::of(success.as_ref(), failure.as_ref()),
            success,
            failure,
        }
    }

    /// Whether any condition is written.
    pub(crate) fn is_judged(&self) -> bool {
        self.success.is_some() || self.failure.is_some()
    }

    /// The time from the first error to the abort: retries come every 10 s, whatever the interval
    /// is (`DefaultErrorRetryInterval`).
    pub(crate) fn error_budget(&self) -> Span {
        Span::from_secs(10).saturating_mul(self.error_limit.max(0) as u64)
    }

    /// The condition that is written first.
    pub(crate) fn condition(&self) -> Option<&Condition> {
        self.success.as_ref().or(self.failure.as_ref())
    }
}

impl<'a> Rollout<'a> {
    pub(super) fn of(object: Object<'a>) -> Option<Self> {
        let spec = object.node.get("spec")?;
        let strategy = spec.get("strategy");
        let canary = strategy.and_then(|it| it.get("canary"));
        let blue_green = strategy.and_then(|it| it.get("blueGreen"));
        let steps: Vec<_> = canary.map(|it| list(it, "steps")).unwrap_or_default().iter().collect();
        let steps: Vec<_> = steps.into_iter().map(Step::of).collect();
        let mut analyses = Vec::new();
        if let Some(node) = canary.and_then(|it| it.get("analysis")) {
            let step = whole(node, "startingStep").unwrap_or(0).max(0) as usize;
            analyses.push(Analysis::of(node, step, true));
        }
        for (index, step) in steps.iter().enumerate() {
            analyses.extend(step.node.get("analysis").map(|it| Analysis::of(it, index, false)));
        }
        for (key, when) in [
            ("prePromotionAnalysis", Promotion::Before),
            ("postPromotionAnalysis", Promotion::After),
        ] {
            let node = blue_green.and_then(|it| it.get(key));
            let promotion = Some(when);
            analyses.extend(node.map(|it| Analysis { promotion, ..Analysis::of(it, 0, false) }));
        }
        Some(Self { object, spec, canary, blue_green, steps, analyses })
    }

    /// The pods that are wanted; one if nothing is said.
    pub(crate) fn replicas(&self) -> Option<u32> {
        match self.spec.get("replicas") {
            None => Some(1),
            Some(node) => node.as_text()?.parse().ok(),
        }
    }

    /// Whether weights are those of the traffic, not of the pods.
    pub(crate) fn is_routed(&self) -> bool {
        self.canary.is_some_and(|it| it.get("trafficRouting").is_some())
    }

    /// The steps that set a weight, each with its index.
    pub(crate) fn weights(&self) -> impl Iterator<Item = (usize, u32, &'a Node)> {
        self.steps.iter().enumerate().filter_map(|(index, step)| match step.kind {
            StepKind::Weight(weight) => Some((index, weight, step.node)),
            _ => None,
        })
    }

    /// The weight that holds at a step.
    pub(crate) fn weight_at(&self, step: usize) -> u32 {
        let before = self.weights().take_while(|(index, ..)| *index <= step);
        before.last().map_or(0, |(_, weight, _)| weight)
    }

    /// How long the pauses from a step on last.
    pub(crate) fn watch(&self, from: usize) -> Watch {
        let mut watch = Watch { lasts: Span::ZERO, is_open: false };
        for step in self.steps.iter().skip(from) {
            match step.kind {
                StepKind::Pause(Some(lasts)) => watch.lasts += lasts,
                StepKind::Pause(None) => watch.is_open = true,
                _ => {}
            }
        }
        watch
    }
}

impl<'a> Step<'a> {
    fn of(node: &'a Node) -> Self {
        let has = |key: &str| node.as_map().is_some_and(|map| map.get(key).is_some());
        let kind = if let Some(weight) = whole(node, "setWeight") {
            StepKind::Weight(weight.clamp(0, i64::from(u32::MAX)) as u32)
        } else if has("pause") {
            StepKind::Pause(node.get("pause").and_then(|it| it.get("duration")).and_then(pause))
        } else if has("analysis") {
            StepKind::Analysis
        } else {
            StepKind::Other
        };
        Self { node, kind }
    }
}

/// The length of a pause.
fn pause(node: &Node) -> Option<Span> {
    let Value::Scalar(Scalar { text, .. }) = &node.value else { return None };
    u64::try_from(pause_seconds(text)?).ok().map(Span::from_secs)
}

impl<'a> Analysis<'a> {
    fn of(node: &'a Node, step: usize, is_background: bool) -> Self {
        let templates = list(node, "templates").iter();
        let templates = templates.filter_map(|it| it.get("templateName")).collect();
        Self { node, step, is_background, promotion: None, templates }
    }
}
