//! Nothing of a manifest is dropped silently: every leaf of every document of the corpus is taken
//! over, known not to matter, listed as lost, or part of a file that is refused with a code.

use coalmine::document::{Node, Place, Value};
use coalmine::import::Imported;

use super::{Fate, File, directory, fate, files, kind, say, trees};

/// What became of the leaves of a file.
#[derive(Default)]
struct Tally {
    taken: usize,
    lost: usize,
    /// Paths of those that nobody speaks of.
    silent: Vec<String>,
}

#[test]
fn conformance_every_leaf_of_a_manifest_is_accounted_for() {
    let Some(all) = files("kubernetes") else { return };
    let (mut agree, mut refused, mut complaints) = (0, 0, Vec::new());
    for File { name, text, .. } in &all {
        let names = match fate(text, None) {
            Fate::Refused(problems) => {
                let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
                say(&format!("{name}: refused, {}", codes.join(", ")));
                refused += 1;
                continue;
            }
            Fate::Imported(_) => [vec![None], deployments(text)].concat(),
        };
        let before = complaints.len();
        for workload in names {
            let Fate::Imported(imported) = fate(text, workload.as_deref()) else {
                complaints.push(format!("{name}: {workload:?} is refused"));
                continue;
            };
            let Tally { taken, lost, silent } = tally(text, &imported);
            let what = workload.as_deref().unwrap_or("all of it");
            say(&format!(
                "{name}: {what}: {taken} leaves taken, {lost} lost, {} silent",
                silent.len()
            ));
            assert!(taken + lost > 3, "{name}: a workload says something");
            complaints.extend(silent.iter().map(|path| format!("{name}: {path}")));
        }
        agree += usize::from(before == complaints.len());
    }
    say(&format!("corpus/kubernetes: {agree} of {} agree ({refused} unsupported)", all.len()));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A field that nobody has thought of is found by the tally, unless the import speaks of it.
#[test]
fn a_leaf_that_nobody_speaks_of_is_found() {
    let Fate::Imported(mut imported) = fate(super::DEPLOYMENT, None) else { panic!("it imports") };
    assert!(tally(super::DEPLOYMENT, &imported).silent.is_empty());
    imported.accounted.clear();
    let silent = tally(super::DEPLOYMENT, &imported).silent;
    assert!(silent.contains(&"Deployment web: spec.replicas".to_owned()), "{silent:?}");
}

/// Deployments, a budget, an autoscaler and Services of public projects run together, unchanged.
#[test]
fn conformance_deployments_with_their_surroundings_run() {
    let Some(directory) = directory() else { return };
    let folder = directory.join("corpus/kubernetes");
    let groups: [(&[&str], &str); 3] = [
        (&["podinfo__kustomize__deployment", "podinfo__kustomize__hpa", BUDGET], "podinfo"),
        (
            &["kube-prometheus__manifests__prometheusAdapter-deployment", BUDGET],
            "prometheus-adapter",
        ),
        (&["microservices-demo__kubernetes-manifests__frontend"], "frontend"),
    ];
    let mut agree = 0;
    for (names, workload) in groups {
        let mut text = String::new();
        for name in names {
            let path = folder.join(format!("{name}.yaml"));
            let Ok(one) = std::fs::read_to_string(&path) else {
                say(&format!("skipped: {name}.yaml is not there"));
                continue;
            };
            text.extend(["---\n", &one, "\n"]);
        }
        let report = super::run(&["run", "-", "-n", "20", "-o", "json", "--robust", "off"], &text);
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let result = &report["results"][0];
        assert!(result.to_string().contains(workload), "{result}");
        assert!(super::measured(&report.to_string()).as_object().is_some_and(|it| it.len() > 3));
        agree += 1;
    }
    say(&format!("corpus/kubernetes runs: {agree} of {} agree (0 unsupported)", groups.len()));
}

const BUDGET: &str = "kube-prometheus__manifests__prometheusAdapter-podDisruptionBudget";

fn deployments(text: &str) -> Vec<Option<String>> {
    let all = trees(text).into_iter().filter(|tree| kind(tree) == Some("Deployment"));
    let name = |tree: Node| Some(tree.get("metadata")?.get("name")?.as_text()?.to_owned());
    all.filter_map(name).map(Some).collect()
}

fn tally(text: &str, imported: &Imported) -> Tally {
    let mut tally = Tally::default();
    for tree in trees(text).iter().filter(|tree| !tree.is_null()) {
        let name = tree.get("metadata").and_then(|metadata| metadata.get("name"));
        let title = name.and_then(Node::as_text).map_or_else(
            || kind(tree).unwrap_or_default().to_owned(),
            |name| format!("{} {name}", kind(tree).unwrap_or_default()),
        );
        let is_lost = |place: Place| imported.losses.iter().any(|it| it.place == place);
        let whole = imported
            .losses
            .iter()
            .any(|loss| loss.what == title && name.is_none_or(|name| name.place == loss.place));
        walk(
            tree,
            &title,
            (false, whole),
            &mut |path, (taken, lost)| match (taken, lost) {
                (_, true) => tally.lost += 1,
                (true, false) => tally.taken += 1,
                (false, false) => tally.silent.push(path.to_owned()),
            },
            &|key, node| (imported.accounted.contains(&key), is_lost(key) || is_lost(node)),
        );
    }
    tally
}

/// Tells of every leaf whether it, or something around it, was taken, and whether it was lost.
fn walk(
    node: &Node,
    path: &str,
    (taken, lost): (bool, bool),
    tell: &mut impl FnMut(&str, (bool, bool)),
    ask: &impl Fn(Place, Place) -> (bool, bool),
) {
    match &node.value {
        Value::Null => {}
        Value::Scalar(_) => tell(path, (taken, lost)),
        Value::Map(map) => {
            for entry in map.entries() {
                let found = ask(entry.key.place, entry.node.place);
                let separator = if path.contains(": ") { "." } else { ": " };
                let path = format!("{path}{separator}{}", entry.key.text);
                walk(&entry.node, &path, (taken || found.0, lost || found.1), tell, ask);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let found = ask(item.place, item.place);
                let path = format!("{path}.{index}");
                walk(item, &path, (taken || found.0, lost || found.1), tell, ask);
            }
        }
    }
}
