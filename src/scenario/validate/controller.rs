//! Whose state machine runs the rollout, and whether it can.

use clockwork::Span;

use super::queries::Prometheus;
use super::{Pass, code};
use crate::controller::kubernetes::Order;
use crate::controller::kubernetes::node::Pool;
use crate::controller::{ControllerDoc, HpaDoc, KubernetesDoc, NodesDoc, kubernetes};
use crate::document::Problem;
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{Scaling, Strategy, StrategyDoc};
use crate::units::Portion;

/// The strategy under the controller that was asked for.
pub(super) fn controlled(
    doc: &ScenarioDoc,
    replicas: Option<u32>,
    prometheus: &mut Prometheus,
    strategy: Strategy,
    pass: &mut Pass<'_>,
) -> Option<Strategy> {
    let it = match &doc.controller.value {
        ControllerDoc::Ideal => return Some(strategy),
        ControllerDoc::Flagger(_) => {
            super::flagger::alone(doc, pass);
            return None;
        }
        ControllerDoc::Argo(it) => {
            return super::argo::controlled(it, doc, (replicas?, prometheus), strategy, pass);
        }
        ControllerDoc::Kubernetes(it) => it,
    };
    let (max_surge, max_unavailable) = match &doc.strategy.value {
        StrategyDoc::Rolling(it) => (it.max_surge.value, it.max_unavailable.value),
        StrategyDoc::Recreate(_) => (Portion::Count(0), Portion::Count(0)),
        StrategyDoc::BlueGreen(_) => {
            alone(it, doc, pass)?;
            let quarter = Portion::Percent(25);
            (quarter, quarter)
        }
        _ => {
            let title = format!("the controllers of Kubernetes do not run `{}`", strategy.name);
            let help = "write `controller: ideal`, or one of the strategies of a Deployment: \
                        rolling, recreate, or blueGreen with two of them";
            let problem = Problem::error(code::CONTRADICTION, title)
                .at(doc.controller.place, "a Deployment is what they know")
                .at(doc.strategy.place, "this is none")
                .help(help);
            pass.problem(problem);
            return None;
        }
    };
    let rolling = kubernetes::Strategy::RollingUpdate { max_surge, max_unavailable };
    let recreates = matches!(doc.strategy.value, StrategyDoc::Recreate(_));
    let whole = |span: Span| (span.micros() / 1_000_000) as u32;
    let spec = kubernetes::Spec {
        strategy: if recreates { kubernetes::Strategy::Recreate } else { rolling },
        min_ready_seconds: whole(strategy.min_ready),
        progress_deadline_seconds: strategy.deadline.map(whole),
        kept: strategy.kept(),
        ..kubernetes::Spec::new(replicas?, kubernetes::Template::RUNNING)
    };
    let seconds = [Some(strategy.min_ready), strategy.deadline];
    let help = "write for example: minReadySeconds: 30s, progressDeadline: 10m";
    let what = ("a time that is no whole number of seconds", "Kubernetes counts seconds", help);
    let whole = seconds.iter().flatten().all(|span| span.micros().is_multiple_of(1_000_000));
    pass.require(whole, code::IMPOSSIBLE, doc.strategy.place, what);
    let autoscaler = match it.autoscaler() {
        Some(hpa) => Some(scaling(hpa, pass)?),
        None => None,
    };
    let nodes = match it.nodes() {
        Some(nodes) => Some(room(nodes, replicas?, pass)?),
        None => None,
    };
    drained(it, nodes.as_ref(), doc, pass)?;
    let (latency, throttle) = it.pace();
    let deployment = Some(kubernetes::Setup { spec, latency, throttle });
    let (budget, orders) = (it.budget(), it.orders());
    Some(Strategy { deployment, autoscaler, nodes, budget, orders, ..strategy })
}

/// Nodes that have a place for every pod.
fn room(doc: &NodesDoc, replicas: u32, pass: &mut Pass<'_>) -> Option<Pool> {
    let (count, pods) = (doc.count.value, doc.pods.value);
    if u64::from(count) * u64::from(pods) < u64::from(replicas) {
        let title = "the nodes have no place for the pods that run";
        let problem = Problem::error(code::CONTRADICTION, title)
            .at(doc.count.place, format!("{count} nodes of {pods} pods, and {replicas} run"))
            .help(format!("write for example: count: {}", replicas.div_ceil(pods) + 1));
        pass.problem(problem);
        return None;
    }
    let pool = doc.pool();
    if let Some(unknown) = pool.failures.iter().find(|it| it.node > count) {
        let title = format!("there is no node-{}", unknown.node);
        let problem = Problem::error(code::REFERENCE, title)
            .at(doc.fail.place, format!("there are node-1 to node-{count}"));
        pass.problem(problem.help("write for example: fail: [{ at: 5m, node: 1 }]"));
        return None;
    }
    Some(pool)
}

/// What is drained is there.
fn drained(
    it: &KubernetesDoc,
    nodes: Option<&Pool>,
    doc: &ScenarioDoc,
    pass: &mut Pass<'_>,
) -> Option<()> {
    let count = nodes.map_or(0, |it| it.count);
    let unknown = it.orders().into_iter().find_map(|(_, order)| match order {
        Order::Drain(node) | Order::Uncordon(node) => Some(node).filter(|node| *node > count),
        _ => None,
    });
    let Some(node) = unknown else { return Some(()) };
    let title = format!("there is no node-{node} to drain");
    let label = match nodes {
        Some(_) => format!("there are node-1 to node-{count}"),
        None => "nodes are told apart where `nodes` says how many there are".to_owned(),
    };
    let problem = Problem::error(code::REFERENCE, title).at(doc.controller.place, label);
    pass.problem(problem.help("write for example: nodes: { count: 3, pods: 8 }"));
    None
}

/// An autoscaler whose bounds have room between them.
pub(super) fn scaling(doc: &HpaDoc, pass: &mut Pass<'_>) -> Option<Scaling> {
    let (min, max) = (doc.min.value, doc.max.value);
    if min > max {
        let problem = Problem::error(code::CONTRADICTION, "fewer pods at most than at least")
            .at(doc.min.place, format!("at least {min}"))
            .at(doc.max.place, format!("at most {max}"))
            .help(format!("write for example: hpa: {{ min: {max}, max: {min} }}"));
        pass.problem(problem);
        return None;
    }
    Some(Scaling { autoscaler: doc.autoscaler(), saturated: f64::from(doc.saturated) })
}

/// Of two Deployments neither has an autoscaler, and no order says which is meant.
fn alone(it: &KubernetesDoc, doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Option<()> {
    let says = match (it.autoscaler(), it.orders().is_empty()) {
        (None, true) => return Some(()),
        (Some(_), _) => "hpa",
        (None, false) => "kubectl",
    };
    let title = format!("`{says}` is for one Deployment, and blueGreen has two");
    let help = format!("leave `{says}` out, or use the strategy rolling");
    let problem = Problem::error(code::CONTRADICTION, title)
        .at(doc.controller.place, "which of them is not said")
        .at(doc.strategy.place, "two Deployments and a selector")
        .help(help);
    pass.problem(problem);
    None
}
