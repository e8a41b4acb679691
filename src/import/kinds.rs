//! Documents that come with the one that is imported, and what leaving them out means.

const ROUTE: &str = "routes are not read: a weight reaches the traffic exactly, or as whole pods";
const ACCESS: &str = "not needed: nothing that is simulated depends on it";
const ANALYSIS: &str = "its metrics are not evaluated yet; a native gate is offered in its place";

/// Kinds of other documents with a sentence each; a group is the part of the `apiVersion` before
/// the slash, and the core group has no name.
const KINDS: &[(&str, &str, &str)] = &[
    ("", "ConfigMap", ACCESS),
    ("", "Namespace", ACCESS),
    ("", "Secret", ACCESS),
    ("", "Service", "not needed: every request reaches a ready pod of the version it is sent to"),
    ("", "ServiceAccount", ACCESS),
    ("apps", "Deployment", "no workloadRef of the Rollout names it"),
    ("argoproj.io", "AnalysisRun", "a run of the past; the simulation begins with a new release"),
    ("argoproj.io", "AnalysisTemplate", ANALYSIS),
    ("argoproj.io", "ClusterAnalysisTemplate", ANALYSIS),
    ("argoproj.io", "Experiment", "experiments are not simulated"),
    ("autoscaling", "HorizontalPodAutoscaler", "the number of pods does not follow the load"),
    ("gateway.networking.k8s.io", "Gateway", ROUTE),
    ("gateway.networking.k8s.io", "HTTPRoute", ROUTE),
    ("networking.istio.io", "DestinationRule", ROUTE),
    ("networking.istio.io", "Gateway", ROUTE),
    ("networking.istio.io", "VirtualService", ROUTE),
    ("networking.k8s.io", "Ingress", ROUTE),
    ("policy", "PodDisruptionBudget", "nobody drains a node during the rollout"),
    ("rbac.authorization.k8s.io", "Role", ACCESS),
    ("rbac.authorization.k8s.io", "RoleBinding", ACCESS),
    ("split.smi-spec.io", "TrafficSplit", ROUTE),
];

/// What leaving out a document of this kind means, if the kind is known.
pub(super) fn meaning(api_version: &str, kind: &str) -> Option<&'static str> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    KINDS.iter().find(|entry| entry.0 == group && entry.1 == kind).map(|entry| entry.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_found_by_group() {
        assert!(KINDS.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert!(meaning("v1", "Service").is_some());
        assert!(meaning("networking.istio.io/v1beta1", "VirtualService").is_some());
        assert!(meaning("serving.knative.dev/v1", "Service").is_none());
    }
}
