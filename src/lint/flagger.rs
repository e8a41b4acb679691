//! Canaries and metric templates of Flagger as rules see them; fields and defaults are those of
//! `canary.go` in Flagger 1.44.

use clockwork::Span;

use super::objects::{Object, list, text, whole};
use super::query::Query;
use crate::controller::argo::duration;
use crate::controller::flagger::{self, Provider};
use crate::document::{Node, Sources};

/// A canary.
#[derive(Debug)]
pub(crate) struct Canary<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) spec: &'a Node,
    /// `analysis`, if there is one.
    pub(crate) analysis: Option<&'a Node>,
    /// The same for the scheduler.
    pub(crate) plan: flagger::Analysis,
    /// From one tick to the next.
    pub(crate) interval: Span,
    pub(crate) metrics: Vec<Check<'a>>,
}

/// A metric of a canary.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) node: &'a Node,
    pub(crate) name: &'a str,
    /// The name of the metric template that it is measured by.
    pub(crate) template: Option<&'a Node>,
    /// A query of its own.
    pub(crate) query: Option<Query>,
}

/// A query that canaries refer to.
#[derive(Debug)]
pub(crate) struct MetricTemplate<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) query: Option<Query>,
}

/// Ticks come no faster than this (`GetAnalysisInterval`).
pub(crate) const INTERVAL_MIN: Span = Span::from_secs(10);

/// A tick where nothing else can be read.
const INTERVAL: Span = Span::from_mins(1);

impl<'a> Canary<'a> {
    pub(super) fn of(object: Object<'a>, sources: &Sources) -> Option<Self> {
        let spec = object.node.get("spec")?;
        let analysis = spec.get("analysis").or_else(|| spec.get("canaryAnalysis"));
        let metrics = analysis.map(|it| list(it, "metrics")).unwrap_or_default();
        let interval = analysis.and_then(|it| text(it, "interval"));
        let interval = interval.and_then(|it| duration(it).ok()).filter(|it| !it.is_zero());
        Some(Self {
            object,
            spec,
            analysis,
            plan: plan(spec, analysis),
            interval: interval.unwrap_or(INTERVAL).max(INTERVAL_MIN),
            metrics: metrics.iter().map(|node| Check::of(node, sources)).collect(),
        })
    }

    /// The ticks from the first one with a weight to the promotion, if all checks pass.
    pub(crate) fn ticks(&self) -> Option<u64> {
        if self.plan.iterations() > 0 {
            return Some(u64::from(self.plan.iterations()));
        }
        let (mut weight, mut ticks) = (0, 0);
        while weight < self.plan.max_weight() {
            let step = self.plan.next_step(weight);
            if step == 0 {
                return None;
            }
            weight = weight.saturating_add(step);
            ticks += 1;
        }
        Some(ticks)
    }

    /// The first weight of the canary.
    pub(crate) fn first_weight(&self) -> u32 {
        self.plan.next_step(0).min(100)
    }
}

impl<'a> Check<'a> {
    fn of(node: &'a Node, sources: &Sources) -> Self {
        let interval = text(node, "interval").unwrap_or("1m").to_owned();
        let fill = |name: &str| (name == "interval").then(|| interval.clone());
        Self {
            node,
            name: text(node, "name").unwrap_or_default(),
            template: node.get("templateRef").and_then(|it| it.get("name")),
            query: node.get("query").and_then(|it| Query::of(it, sources, &fill)),
        }
    }

    /// The window of the query.
    pub(crate) fn window(&self) -> Option<Span> {
        text(self.node, "interval").and_then(|it| duration(it).ok())
    }

    /// The least and the largest value that pass, as they are written.
    pub(crate) fn range(&self) -> [Option<&'a Node>; 2] {
        let range = self.node.get("thresholdRange");
        ["min", "max"].map(|key| range.and_then(|it| it.get(key)))
    }
}

impl<'a> MetricTemplate<'a> {
    pub(super) fn of(object: Object<'a>, sources: &Sources) -> Option<Self> {
        let spec = object.node.get("spec")?;
        let provider = spec.get("provider").and_then(|it| text(it, "type"));
        let is_prometheus = provider == Some("prometheus");
        let fill = |name: &str| (name == "interval").then(|| "1m".to_owned());
        let query = spec.get("query").filter(|_| is_prometheus);
        Some(Self { object, query: query.and_then(|it| Query::of(it, sources, &fill)) })
    }
}

fn plan(spec: &Node, analysis: Option<&Node>) -> flagger::Analysis {
    let number = |key: &str| {
        let number = analysis.and_then(|it| whole(it, key)).unwrap_or(0);
        // More than that is no weight and no number of ticks.
        number.clamp(0, 10_000) as u32
    };
    let steps = analysis.map(|it| list(it, "stepWeights")).unwrap_or_default();
    let is = |node: Option<&Node>, key: &str| node.is_some_and(|it| text(it, key) == Some("true"));
    let kubernetes = text(spec, "provider") == Some("kubernetes");
    flagger::Analysis {
        provider: if kubernetes { Provider::Kubernetes } else { Provider::Mesh },
        threshold: number("threshold"),
        max_weight: number("maxWeight"),
        step_weight: number("stepWeight"),
        step_weights: steps
            .iter()
            .filter_map(|it| it.as_text()?.parse().ok())
            .map(|it: u32| it.min(10_000))
            .collect(),
        step_weight_promotion: number("stepWeightPromotion"),
        iterations: number("iterations"),
        has_match: analysis.is_some_and(|it| !list(it, "match").is_empty()),
        is_mirrored: is(analysis, "mirror"),
        is_skipped: is(Some(spec), "skipAnalysis"),
        is_suspended: is(Some(spec), "suspend"),
    }
}
