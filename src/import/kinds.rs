//! Documents that come with the one that is imported, and what leaving them out means.

const ROUTE: &str = "routes are not read: a weight reaches the traffic exactly, or as whole pods";
const ACCESS: &str = "not needed: nothing that is simulated depends on it";
const ANALYSIS: &str = "no analysis of the workload names it";
const ANOTHER: &str = "another workload: only one is rolled out here";
const NO_SPLIT: &str = "no route of it splits requests between two versions";
const KUSTOMIZE: &str = "not applied: `kustomize build | coalmine run -` reads what it makes";
const FLAGGER: &str = "another Canary: only one workload is rolled out here";

/// Kinds of other documents with a sentence each; a group is the part of the `apiVersion` before
/// the slash, and the core group has no name.
const KINDS: &[(&str, &str, &str)] = &[
    ("", "ConfigMap", ACCESS),
    ("", "Namespace", ACCESS),
    ("", "Secret", ACCESS),
    ("", "Service", "not needed: every request reaches a ready pod of the version it is sent to"),
    ("", "ServiceAccount", ACCESS),
    ("apps", "DaemonSet", ANOTHER),
    ("apps", "Deployment", ANOTHER),
    ("apps", "ReplicaSet", ANOTHER),
    ("apps", "StatefulSet", ANOTHER),
    ("argoproj.io", "AnalysisRun", "a run of the past; the simulation begins with a new release"),
    ("argoproj.io", "AnalysisTemplate", ANALYSIS),
    ("argoproj.io", "ClusterAnalysisTemplate", ANALYSIS),
    ("argoproj.io", "Experiment", "an experiment of its own: only steps of the Rollout are tried"),
    ("argoproj.io", "Rollout", ANOTHER),
    ("autoscaling", "HorizontalPodAutoscaler", "the number of pods does not follow the load"),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler", "pods keep what they have"),
    ("batch", "CronJob", ANOTHER),
    ("batch", "Job", ANOTHER),
    ("flagger.app", "Canary", FLAGGER),
    ("flagger.app", "MetricTemplate", "no metric of the Canary names it"),
    ("gateway.networking.k8s.io", "Gateway", ROUTE),
    ("gateway.networking.k8s.io", "HTTPRoute", ROUTE),
    ("keda.sh", "ScaledObject", "the number of pods does not follow the load"),
    ("kustomize.config.k8s.io", "Kustomization", KUSTOMIZE),
    ("monitoring.coreos.com", "PodMonitor", ACCESS),
    ("monitoring.coreos.com", "PrometheusRule", "its alerts call nobody: `people.page` does"),
    ("monitoring.coreos.com", "ServiceMonitor", ACCESS),
    ("networking.istio.io", "DestinationRule", ROUTE),
    ("networking.istio.io", "Gateway", ROUTE),
    ("networking.istio.io", "VirtualService", ROUTE),
    ("networking.k8s.io", "Ingress", ROUTE),
    ("networking.k8s.io", "NetworkPolicy", ACCESS),
    ("policy", "PodDisruptionBudget", "nobody drains a node during the rollout"),
    ("rbac.authorization.k8s.io", "ClusterRole", ACCESS),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", ACCESS),
    ("rbac.authorization.k8s.io", "Role", ACCESS),
    ("rbac.authorization.k8s.io", "RoleBinding", ACCESS),
    ("split.smi-spec.io", "TrafficSplit", ROUTE),
];

/// Kinds of documents that describe a rollout which nothing here can carry out, and why.
const UNSUPPORTED: [(&str, &str, &str); 3] = [
    ("gateway.networking.k8s.io", "HTTPRoute", NO_SPLIT),
    ("networking.istio.io", "DestinationRule", "it names versions, and sends no request to one"),
    ("networking.istio.io", "VirtualService", NO_SPLIT),
];

/// Why a document of this kind cannot be imported although it describes a rollout.
pub(super) fn unsupported(api_version: &str, kind: &str) -> Option<&'static str> {
    let group = group(api_version);
    UNSUPPORTED.iter().find(|entry| entry.0 == group && entry.1 == kind).map(|entry| entry.2)
}

/// What to give with a document of one of these kinds, so that there is a rollout.
pub(super) fn wanted(kind: &str) -> &'static str {
    match kind {
        "DestinationRule" => {
            "give the file of the VirtualService as well that sends requests to its subsets, or that \
             of the Rollout"
        }
        "HTTPRoute" => {
            "write two `backendRefs` with weights, or give the file of the Rollout as well"
        }
        _ => "write two destinations with weights, or give the file of the Rollout as well",
    }
}

/// The group of an `apiVersion`: what stands before the slash.
pub(super) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// What leaving out a document of this kind means, if the kind is known.
pub(super) fn meaning(api_version: &str, kind: &str) -> Option<&'static str> {
    let group = group(api_version);
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
