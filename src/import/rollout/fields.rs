//! Every field of a Rollout that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const PACE: &str = "pods are not replaced at this pace: each step's pods are ordered at once";
const KEPT: &str = "old and new pods are kept and removed as the ideal controller does";
const PLACED: &str = "pods are spread over like nodes; where they run does not matter otherwise";
const PROBES: &str = "a pod is ready after its start-up time and never fails its probes later";
const ROUTES: &str = "requests are split by weight alone: no route of its own exists";

/// A Rollout; its pod template, its steps' waits and its limits are read elsewhere.
pub(super) const ROLLOUT: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.replicas", Used),
    ("spec.selector", Harmless),
    ("spec.template", Used),
    ("spec.workloadRef", Inside),
    ("spec.workloadRef.apiVersion", Used),
    ("spec.workloadRef.kind", Used),
    ("spec.workloadRef.name", Used),
    ("spec.workloadRef.scaleDown", Harmless),
    ("spec.analysis", Harmless),
    ("spec.restartAt", Harmless),
    ("spec.revisionHistoryLimit", Harmless),
    ("spec.minReadySeconds", Lost("a pod counts as available as soon as it is ready")),
    ("spec.paused", Lost("the rollout begins although it is paused")),
    ("spec.progressDeadlineAbort", Lost("a rollout that makes no progress is not aborted")),
    ("spec.progressDeadlineSeconds", Lost("a rollout that makes no progress is not noticed")),
    ("spec.rollbackWindow", Lost("every release goes through all steps")),
    ("spec.strategy", Inside),
    ("spec.strategy.blueGreen", Used),
    ("spec.strategy.canary", Inside),
    ("spec.strategy.canary.abortScaleDownDelaySeconds", Lost(KEPT)),
    ("spec.strategy.canary.analysis", Used),
    ("spec.strategy.canary.antiAffinity", Lost(PLACED)),
    ("spec.strategy.canary.canaryMetadata", Harmless),
    ("spec.strategy.canary.canaryService", Used),
    ("spec.strategy.canary.dynamicStableScale", Lost(KEPT)),
    ("spec.strategy.canary.maxSurge", Lost(PACE)),
    ("spec.strategy.canary.maxUnavailable", Lost(PACE)),
    ("spec.strategy.canary.minPodsPerReplicaSet", Lost(KEPT)),
    ("spec.strategy.canary.pingPong", Used),
    ("spec.strategy.canary.replicaProgressThreshold", Lost("a step waits for all of its pods")),
    ("spec.strategy.canary.scaleDownDelayRevisionLimit", Lost(KEPT)),
    ("spec.strategy.canary.scaleDownDelaySeconds", Lost(KEPT)),
    ("spec.strategy.canary.stableMetadata", Harmless),
    ("spec.strategy.canary.stableService", Used),
    ("spec.strategy.canary.steps", Inside),
    ("spec.strategy.canary.steps[].analysis", Used),
    ("spec.strategy.canary.steps[].experiment", Used),
    ("spec.strategy.canary.steps[].pause", Inside),
    ("spec.strategy.canary.steps[].pause.duration", Used),
    ("spec.strategy.canary.steps[].plugin", Lost("the plugin does not run and takes no time")),
    (
        "spec.strategy.canary.steps[].replicaProgressThreshold",
        Lost("the step waits for all of its pods"),
    ),
    (
        "spec.strategy.canary.steps[].setCanaryScale",
        Lost("the new version gets as many pods as its weight needs"),
    ),
    ("spec.strategy.canary.steps[].setHeaderRoute", Lost(ROUTES)),
    (
        "spec.strategy.canary.steps[].setMirrorRoute",
        Lost("no request is mirrored: the new version sees its weight of the traffic only"),
    ),
    ("spec.strategy.canary.steps[].setWeight", Used),
    ("spec.strategy.canary.trafficRouting", Inside),
    ("spec.strategy.canary.trafficRouting.alb", Inside),
    (
        "spec.strategy.canary.trafficRouting.alb.stickinessConfig",
        Lost("users are not kept on a version; `--set traffic.users.sticky=true` does"),
    ),
    ("spec.strategy.canary.trafficRouting.alb.*", Harmless),
    ("spec.strategy.canary.trafficRouting.ambassador", Harmless),
    ("spec.strategy.canary.trafficRouting.apisix", Harmless),
    ("spec.strategy.canary.trafficRouting.appMesh", Harmless),
    ("spec.strategy.canary.trafficRouting.istio", Harmless),
    ("spec.strategy.canary.trafficRouting.managedRoutes", Used),
    ("spec.strategy.canary.trafficRouting.maxTrafficWeight", Used),
    ("spec.strategy.canary.trafficRouting.nginx", Inside),
    ("spec.strategy.canary.trafficRouting.nginx.additionalIngressAnnotations", Lost(ROUTES)),
    ("spec.strategy.canary.trafficRouting.nginx.canaryIngressAnnotations", Lost(ROUTES)),
    ("spec.strategy.canary.trafficRouting.nginx.*", Harmless),
    ("spec.strategy.canary.trafficRouting.plugins", Harmless),
    ("spec.strategy.canary.trafficRouting.smi", Harmless),
    ("spec.strategy.canary.trafficRouting.traefik", Harmless),
];

/// The template of the pods.
pub(super) const TEMPLATE: Table = &[
    ("apiVersion", Harmless),
    ("kind", Harmless),
    ("metadata", Harmless),
    ("spec", Inside),
    ("spec.activeDeadlineSeconds", Lost("pods do not end by themselves")),
    ("spec.affinity", Lost(PLACED)),
    ("spec.automountServiceAccountToken", Harmless),
    ("spec.containers", Inside),
    ("spec.containers[].args", Harmless),
    ("spec.containers[].command", Harmless),
    ("spec.containers[].env", Harmless),
    ("spec.containers[].envFrom", Harmless),
    ("spec.containers[].image", Harmless),
    ("spec.containers[].imagePullPolicy", Harmless),
    ("spec.containers[].lifecycle", Lost("pods stop at once, and no request is lost by that")),
    ("spec.containers[].livenessProbe", Lost(PROBES)),
    ("spec.containers[].name", Harmless),
    ("spec.containers[].ports", Harmless),
    ("spec.containers[].readinessProbe", Lost(PROBES)),
    (
        "spec.containers[].resources",
        Lost("pods always find room, and are not slowed down or killed for using too much"),
    ),
    ("spec.containers[].securityContext", Harmless),
    ("spec.containers[].startupProbe", Lost(PROBES)),
    ("spec.containers[].terminationMessagePath", Harmless),
    ("spec.containers[].terminationMessagePolicy", Harmless),
    ("spec.containers[].volumeMounts", Harmless),
    ("spec.containers[].workingDir", Harmless),
    ("spec.dnsConfig", Harmless),
    ("spec.dnsPolicy", Harmless),
    ("spec.enableServiceLinks", Harmless),
    ("spec.ephemeralContainers", Harmless),
    ("spec.hostAliases", Harmless),
    ("spec.hostNetwork", Harmless),
    ("spec.imagePullSecrets", Harmless),
    ("spec.initContainers", Lost("their time is part of `fleet.pod.startup`, which is assumed")),
    ("spec.nodeName", Lost(PLACED)),
    ("spec.nodeSelector", Lost(PLACED)),
    ("spec.preemptionPolicy", Harmless),
    ("spec.priority", Harmless),
    ("spec.priorityClassName", Harmless),
    ("spec.readinessGates", Lost("a pod is ready without waiting for other conditions")),
    ("spec.restartPolicy", Harmless),
    ("spec.runtimeClassName", Harmless),
    ("spec.schedulerName", Harmless),
    ("spec.securityContext", Harmless),
    ("spec.serviceAccount", Harmless),
    ("spec.serviceAccountName", Harmless),
    ("spec.shareProcessNamespace", Harmless),
    (
        "spec.terminationGracePeriodSeconds",
        Lost("pods stop at once, and no request is lost by that"),
    ),
    ("spec.tolerations", Lost(PLACED)),
    ("spec.topologySpreadConstraints", Lost(PLACED)),
    ("spec.volumes", Harmless),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_something_follows_it() {
        for table in [ROLLOUT, TEMPLATE] {
            for (path, _) in table {
                let Some((outside, _)) = path.rsplit_once('.') else { continue };
                let outside = outside.trim_end_matches("[]");
                let known = table.iter().find(|(path, _)| *path == outside);
                assert!(matches!(known, Some((_, Inside))), "{path} is never reached");
            }
        }
    }

    #[test]
    fn no_field_is_decided_twice() {
        for table in [ROLLOUT, TEMPLATE] {
            let mut paths: Vec<_> = table.iter().map(|(path, _)| path).collect();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), table.len());
        }
    }
}
