//! Every field of a pod template that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const PLACED: &str = "pods are spread over like nodes; where they run does not matter otherwise";
const LATER: &str = "a pod that has become ready does not fail this probe later";
const SLOW: &str = "a container that is slower to start is not restarted";
const ALIVE: &str = "no container is restarted for failing this probe";
const BEGINS: &str = "what runs after the start takes no time";
const ENDS: &str = "how long it takes is not known: a pod stops serving at once";
const ROOM: &str = "pods always find room on a node";
const THROTTLED: &str = "pods are not slowed down or killed for using too much of it";

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
    ("spec.containers[].lifecycle", Inside),
    ("spec.containers[].lifecycle.postStart", Lost(BEGINS)),
    ("spec.containers[].lifecycle.preStop", Inside),
    ("spec.containers[].lifecycle.preStop.exec", Used),
    ("spec.containers[].lifecycle.preStop.httpGet", Lost(ENDS)),
    ("spec.containers[].lifecycle.preStop.sleep", Used),
    ("spec.containers[].lifecycle.preStop.tcpSocket", Lost(ENDS)),
    ("spec.containers[].lifecycle.stopSignal", Harmless),
    ("spec.containers[].livenessProbe", Lost(ALIVE)),
    ("spec.containers[].name", Harmless),
    ("spec.containers[].ports", Harmless),
    ("spec.containers[].readinessProbe", Inside),
    ("spec.containers[].readinessProbe.exec", Harmless),
    ("spec.containers[].readinessProbe.failureThreshold", Lost(LATER)),
    ("spec.containers[].readinessProbe.grpc", Harmless),
    ("spec.containers[].readinessProbe.httpGet", Harmless),
    ("spec.containers[].readinessProbe.initialDelaySeconds", Used),
    ("spec.containers[].readinessProbe.periodSeconds", Used),
    ("spec.containers[].readinessProbe.successThreshold", Used),
    ("spec.containers[].readinessProbe.tcpSocket", Harmless),
    ("spec.containers[].readinessProbe.terminationGracePeriodSeconds", Lost(LATER)),
    ("spec.containers[].readinessProbe.timeoutSeconds", Lost(LATER)),
    ("spec.containers[].resizePolicy", Harmless),
    ("spec.containers[].resources", Inside),
    ("spec.containers[].resources.claims", Lost(ROOM)),
    ("spec.containers[].resources.limits", Inside),
    ("spec.containers[].resources.limits.*", Lost(THROTTLED)),
    ("spec.containers[].resources.limits.memory", Used),
    ("spec.containers[].resources.requests", Inside),
    ("spec.containers[].resources.requests.*", Lost(ROOM)),
    ("spec.containers[].resources.requests.memory", Used),
    ("spec.containers[].securityContext", Harmless),
    ("spec.containers[].startupProbe", Inside),
    ("spec.containers[].startupProbe.exec", Harmless),
    ("spec.containers[].startupProbe.failureThreshold", Lost(SLOW)),
    ("spec.containers[].startupProbe.grpc", Harmless),
    ("spec.containers[].startupProbe.httpGet", Harmless),
    ("spec.containers[].startupProbe.initialDelaySeconds", Used),
    ("spec.containers[].startupProbe.periodSeconds", Used),
    ("spec.containers[].startupProbe.successThreshold", Used),
    ("spec.containers[].startupProbe.tcpSocket", Harmless),
    ("spec.containers[].startupProbe.terminationGracePeriodSeconds", Lost(SLOW)),
    ("spec.containers[].startupProbe.timeoutSeconds", Lost(SLOW)),
    ("spec.containers[].stdin", Harmless),
    ("spec.containers[].terminationMessagePath", Harmless),
    ("spec.containers[].terminationMessagePolicy", Harmless),
    ("spec.containers[].tty", Harmless),
    ("spec.containers[].volumeDevices", Harmless),
    ("spec.containers[].volumeMounts", Harmless),
    ("spec.containers[].workingDir", Harmless),
    ("spec.dnsConfig", Harmless),
    ("spec.dnsPolicy", Harmless),
    ("spec.enableServiceLinks", Harmless),
    ("spec.ephemeralContainers", Harmless),
    ("spec.hostAliases", Harmless),
    ("spec.hostIPC", Harmless),
    ("spec.hostNetwork", Harmless),
    ("spec.hostPID", Harmless),
    ("spec.hostUsers", Harmless),
    ("spec.hostname", Harmless),
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
    ("spec.setHostnameAsFQDN", Harmless),
    ("spec.shareProcessNamespace", Harmless),
    ("spec.subdomain", Harmless),
    ("spec.terminationGracePeriodSeconds", Used),
    ("spec.tolerations", Lost(PLACED)),
    ("spec.topologySpreadConstraints", Lost(PLACED)),
    ("spec.volumes", Harmless),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::TEMPLATE);
    }
}
