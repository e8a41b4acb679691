//! The objects of all files that rules look at, and how they find each other.

use super::alerts::{self, Alert};
use super::argo::{Rollout, Template};
use super::flagger::{Canary, MetricTemplate};
use super::traffic::Traffic;
use crate::document::{Key, Node, Place, SourceId, Sources, Value};

/// An object of Kubernetes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a> {
    /// The whole document.
    pub(crate) node: &'a Node,
    /// Its kind.
    pub(crate) kind: &'a str,
    /// Its name; empty without one.
    pub(crate) name: &'a str,
}

/// Everything that was read, by what it is.
#[derive(Debug)]
pub(crate) struct Files<'a> {
    /// The documents.
    pub(crate) trees: &'a [Node],
    /// The texts.
    pub(crate) sources: &'a Sources,
    /// How many requests applications get.
    pub(super) traffic: &'a Traffic,
    /// Everything with a kind.
    pub(crate) objects: Vec<Object<'a>>,
    /// Analysis templates, of clusters too, and analysis runs.
    pub(crate) templates: Vec<Template<'a>>,
    /// Rollouts of Argo.
    pub(crate) rollouts: Vec<Rollout<'a>>,
    /// Canaries of Flagger.
    pub(crate) canaries: Vec<Canary<'a>>,
    /// Queries of Flagger.
    pub(crate) metric_templates: Vec<MetricTemplate<'a>>,
    /// Alerting and recording rules of Prometheus.
    pub(crate) alerts: Vec<Alert<'a>>,
}

impl<'a> Files<'a> {
    /// The objects of these documents.
    pub(crate) fn of(trees: &'a [Node], sources: &'a Sources, traffic: &'a Traffic) -> Self {
        let mut files = Self::new(trees, sources, traffic);
        for node in trees.iter().flat_map(items) {
            let Some(object) = Object::of(node) else {
                files.alerts.extend(alerts::of_file(node, sources));
                continue;
            };
            files.objects.push(object);
            match object.kind {
                "AnalysisTemplate" | "ClusterAnalysisTemplate" | "AnalysisRun" => {
                    files.templates.extend(Template::of(object, sources));
                }
                "Rollout" => files.rollouts.extend(Rollout::of(object)),
                "Canary" => files.canaries.extend(Canary::of(object, sources)),
                "MetricTemplate" => {
                    files.metric_templates.extend(MetricTemplate::of(object, sources));
                }
                "PrometheusRule" => {
                    let spec = object.node.get("spec");
                    files
                        .alerts
                        .extend(spec.into_iter().flat_map(|it| alerts::of_file(it, sources)));
                }
                _ => {}
            }
        }
        files
    }

    const fn new(trees: &'a [Node], sources: &'a Sources, traffic: &'a Traffic) -> Self {
        Self {
            trees,
            sources,
            traffic,
            objects: Vec::new(),
            templates: Vec::new(),
            rollouts: Vec::new(),
            canaries: Vec::new(),
            metric_templates: Vec::new(),
            alerts: Vec::new(),
        }
    }

    /// The template of that name: of the same file, else the only one there is.
    pub(crate) fn template(&self, name: &str, from: SourceId) -> Option<&Template<'a>> {
        let is_it = |it: &&Template<'_>| {
            it.object.name == name && it.object.kind != "AnalysisRun" && !name.is_empty()
        };
        found(self.templates.iter().filter(is_it), from, |it| it.object.node)
    }

    /// The query of that name: of the same file, else the only one there is.
    pub(crate) fn metric_template(
        &self,
        name: &str,
        from: SourceId,
    ) -> Option<&MetricTemplate<'a>> {
        let is_it = |it: &&MetricTemplate<'_>| it.object.name == name;
        found(self.metric_templates.iter().filter(is_it), from, |it| it.object.node)
    }
}

/// The first of the same source, else the only one.
fn found<'t, T>(
    all: impl Iterator<Item = &'t T>,
    from: SourceId,
    node: impl Fn(&T) -> &Node,
) -> Option<&'t T> {
    let all: Vec<_> = all.collect();
    let near = all.iter().find(|it| node(it).place.source == from);
    near.copied().or(if let [only] = all.as_slice() { Some(*only) } else { None })
}

impl<'a> Object<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let kind = node.get("kind").and_then(Node::as_text)?;
        let name = node.get("metadata").and_then(|it| it.get("name")).and_then(Node::as_text);
        Some(Self { node, kind, name: name.unwrap_or_default() })
    }
}

/// The documents of a tree: itself, or the items of a `List`.
fn items(tree: &Node) -> Vec<&Node> {
    match tree.get("items").map(|items| &items.value) {
        Some(Value::List(items)) => items.iter().collect(),
        _ => vec![tree],
    }
}

/// The items of a list; nothing for what is none.
pub(crate) fn list<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    match node.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The text under a key.
pub(crate) fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::as_text)
}

/// The whole number under a key, which may stand in quotes.
pub(crate) fn whole(node: &Node, key: &str) -> Option<i64> {
    text(node, key)?.parse().ok()
}

/// The key of a map as it is written.
pub(crate) fn key<'a>(node: &'a Node, key: &str) -> Option<&'a Key> {
    node.as_map()?.entry(key).map(|entry| &entry.key)
}

/// The place of a value, else that of the first key of the map that it should be in.
pub(crate) fn place_of(node: &Node, name: &str) -> Place {
    match node.get(name) {
        Some(value) => value.place,
        None => first_key(node),
    }
}

/// The place of the first key of a map; of what is no map, its own.
pub(crate) fn first_key(node: &Node) -> Place {
    let first = node.as_map().and_then(|map| map.entries().first());
    first.map_or(node.place, |entry| entry.key.place)
}
