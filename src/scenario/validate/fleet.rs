//! The pods: laws of their times, what they carry and what they may have.

use super::load::Load;
use super::{Pass, code};
use crate::fleet::{Cold, Fleet, Memory, NodeNoise, Termination};
use crate::scenario::document::ScenarioDoc;
use crate::units::Bytes;

/// The pods that a document describes, with the load that they carry.
pub(super) fn fleet(
    doc: &ScenarioDoc,
    load: &Load,
    noise: bool,
    pass: &mut Pass<'_>,
) -> Option<Fleet> {
    let pod = &doc.fleet.pod;
    let startup = pass.law(&pod.startup.value, pod.startup.place);
    let restart = pass.law(&pod.restart.value, pod.restart.place);
    let cold = pod.cold.0.as_ref().map(|cold| {
        pass.require(
            !cold.decay.value.is_zero(),
            code::IMPOSSIBLE,
            cold.decay.place,
            ("a pod that warms in no time is not cold", "zero", "write `cold: none`"),
        );
        Cold::new(cold.latency.as_f64(), cold.decay.value.as_secs_f64())
    });
    let memory = pod.memory.value.clone();
    let label = format!("`baseline` {} must be below `limit` {}", memory.baseline, memory.limit);
    let help = format!("write for example: memory: {}", below(memory.limit));
    let what = ("a healthy pod is at its limit", label.as_str(), help.as_str());
    pass.require(memory.baseline < memory.limit, code::CONTRADICTION, pod.memory.place, what);
    let what = ("a pod without connections", "zero", "write for example: pool: 10");
    pass.require(pod.pool.value.get() > 0, code::IMPOSSIBLE, pod.pool.place, what);
    let nodes = nodes(doc, pass);
    let ending = &pod.termination;
    Some(Fleet {
        replicas: load.replicas,
        startup: startup?,
        cold: cold.filter(|cold| cold.latency > 1.0),
        per_pod: load.per_pod,
        utilisation: load.utilisation,
        nodes: nodes.filter(|_| noise),
        memory: Memory { baseline: memory.baseline.as_f64(), limit: memory.limit.as_f64() },
        pool: pod.pool.value.as_f64(),
        restart: restart?,
        termination: Termination {
            deaf: ending.propagation - ending.pre_stop,
            takes: ending.takes,
        },
    })
}

/// A memory that a healthy pod stays below: 60 % of the limit, in whole mebibytes.
fn below(limit: Bytes) -> String {
    let baseline = Bytes::new(((limit.get() / 5 * 3) >> 20) << 20);
    if baseline.get() == 0 {
        return "{ baseline: 400Mi, limit: 650Mi }".to_owned();
    }
    format!("{{ baseline: {baseline}, limit: {limit} }}")
}

fn nodes(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Option<NodeNoise> {
    let nodes = doc.fleet.nodes.value.0.as_ref()?;
    let slow = [nodes.from.as_f64(), nodes.to.as_f64()];
    let help = "write for example: nodes: { from: 1.2x, to: 1.6x }";
    let what = ("slow nodes that are not slow", "needs 1x <= `from` <= `to`", help);
    pass.require(
        1.0 <= slow[0] && slow[0] <= slow[1],
        code::CONTRADICTION,
        doc.fleet.nodes.place,
        what,
    );
    Some(NodeNoise { sd: nodes.sd.as_f64(), outliers: nodes.outliers.as_f64(), slow })
}
