//! The standard Rollout: what analyses without one of their own are tried in.
//!
//! It is the example of Argo's documentation of background analyses: four weights with ten minutes
//! each, and everything that was found runs beside them from the second weight on.

pub(super) mod arguments;
pub(super) mod mesh;

use std::borrow::Cow;

use super::mend::{VERSION, with};
use super::{Assumption, build};
use crate::document::{Map, Node, Origin, Place, Value, quoted};

/// Pods of the standard Rollout: each of its weights is a whole number of them.
const PODS: &str = "10";
/// Its weights, in percent.
const WEIGHTS: [&str; 4] = ["20", "40", "60", "80"];
/// How long each of them lasts.
const PAUSE: &str = "10m";
/// The step from which on the analyses run: the second weight.
const FROM: usize = 2;

const WHY: &str = "the standard Rollout says so";

/// Kinds that a Rollout names or makes, and that do not describe one.
const KINDS: [&str; 4] =
    ["AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment"];

/// Documents without a Rollout, in one.
pub(super) struct Standard {
    /// The documents as they are meant now, and last the Rollout.
    pub(super) documents: Vec<Node>,
    /// Which of them became a part of the Rollout itself.
    pub(super) inside: Vec<usize>,
    /// What was assumed for that.
    pub(super) said: Vec<Assumption>,
    /// Where everything of the Rollout stands that no file says.
    place: Place,
}

/// The documents in a standard Rollout, if there is something to try in one.
pub(super) fn standard(documents: &[Cow<'_, Node>]) -> Option<Standard> {
    let is_one = |it: &Node| text(it, "apiVersion") == VERSION && KINDS.contains(&text(it, "kind"));
    let is_split = |it: &&Cow<'_, Node>| mesh::split(it).is_some();
    let first =
        documents.iter().find(|it| is_one(it)).or_else(|| documents.iter().find(is_split))?;
    let at = super::draft::Foreign::of(first).name_place();
    let place = Place::new(at.source, at.start, at.start);
    let mut all = Standard { documents: Vec::new(), inside: Vec::new(), said: Vec::new(), place };
    all.documents.extend(documents.iter().map(|it| template(it)));
    let roots = all.roots();
    all.tell(&roots);
    let rollout = all.rollout(&roots);
    all.documents.push(rollout);
    Some(all)
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::as_text).unwrap_or_default()
}

fn name(document: &Node) -> &str {
    document.get("metadata").map_or("", |it| text(it, "name"))
}

fn is_template(document: &Node) -> bool {
    text(document, "kind").ends_with("AnalysisTemplate")
}

/// An `AnalysisRun` is a template whose arguments are given.
fn template(document: &Node) -> Node {
    if !KINDS.contains(&text(document, "kind")) {
        return document.clone();
    }
    let is_run = text(document, "kind") == "AnalysisRun";
    let at = |key| document.get(key).map_or(document.place, |it| it.place);
    let kind = build::text("AnalysisTemplate", at("kind"));
    let document = if is_run { with(document, "kind", kind) } else { document.clone() };
    if !name(&document).is_empty() {
        return document;
    }
    let metadata = document.get("metadata").cloned();
    let metadata = metadata.unwrap_or_else(|| build::map([], document.place));
    let generated = text(&metadata, "generateName").trim_end_matches('-').to_owned();
    let named = if generated.is_empty() { "unnamed".to_owned() } else { generated };
    let place = metadata.place;
    let metadata = with(&metadata, "name", build::text(named, place));
    with(&document, "metadata", metadata)
}

impl Standard {
    /// The templates that run beside the steps: those that nothing else here names.
    fn roots(&self) -> Vec<usize> {
        let named: Vec<&str> = self.documents.iter().flat_map(names).collect();
        let is_root = |(_, it): &(usize, &Node)| is_template(it) && !named.contains(&name(it));
        self.documents.iter().enumerate().filter(is_root).map(|(index, _)| index).collect()
    }

    fn say(&mut self, text: String, place: Place, change: &str) {
        let change = (!change.is_empty()).then(|| change.to_owned());
        self.said.push(Assumption { text, place, change });
    }

    fn tell(&mut self, roots: &[usize]) {
        let place = self.place;
        let weights = WEIGHTS.join(", ");
        let has_weights = !roots.is_empty() || self.experiments().next().is_some();
        let steps = if has_weights { format!(", with setWeight {weights}") } else { String::new() };
        let text = format!(
            "no file has a Rollout: this is tried in a standard one of {PODS} pods{steps} and \
             {PAUSE} at each step, as in Argo's documentation of analyses"
        );
        self.say(text, place, "--set 'strategy.canary.steps=[{ setWeight: 10% }, { pause: 1h }]'");
        let names: Vec<String> =
            roots.iter().map(|it| quoted(name(&self.documents[*it]))).collect();
        if !names.is_empty() {
            let step = FROM + self.experiments().count();
            let text = format!("the background analysis is {}", names.join(", "));
            let change = format!("--set controller.argo.background.startingStep={step}");
            self.say(format!("{text}, from the second weight on"), place, &change);
        }
    }

    fn experiments(&self) -> impl Iterator<Item = usize> + '_ {
        let is_one = |it: &(usize, &Node)| text(it.1, "kind") == "Experiment";
        self.documents.iter().enumerate().filter(is_one).map(|(index, _)| index)
    }

    fn text(&self, text: &str) -> Node {
        build::text(text, self.place)
    }

    fn map<'k>(&self, entries: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
        build::map(entries, self.place)
    }

    /// The Rollout itself.
    fn rollout(&mut self, roots: &[usize]) -> Node {
        let place = self.place;
        let experiments: Vec<usize> = self.experiments().collect();
        let mut steps: Vec<Node> = Vec::new();
        let args = self.args();
        for index in &experiments {
            let empty = build::map([], place);
            let spec = self.documents[*index].get("spec").cloned().unwrap_or(empty);
            steps.push(self.map([("experiment", given(spec, &args))]));
        }
        let is_mesh = roots.is_empty() && experiments.is_empty();
        let (routing, moves) = if is_mesh { self.split() } else { (Vec::new(), self.weights()) };
        steps.extend(moves);
        let mut canary = vec![("steps", build::list(steps, place))];
        canary.extend(routing);
        if !roots.is_empty() {
            let from = FROM + experiments.len();
            let analysis = self.analysis(roots, from, args);
            canary.push(("analysis", analysis));
        }
        self.inside.extend(experiments);
        let spec = self.map([
            ("replicas", self.text(PODS)),
            ("strategy", self.map([("canary", self.map(canary))])),
        ]);
        let (service, namespace) = self.host(roots).unwrap_or_default();
        let labels = self.map([("app", self.text(&service))]);
        let template = self.map([("metadata", self.map([("labels", labels)]))]);
        let spec = if service.is_empty() { spec } else { with(&spec, "template", template) };
        let mut metadata = vec![("name", self.first_name(roots))];
        if !namespace.is_empty() {
            metadata.push(("namespace", self.text(&namespace)));
        }
        self.map([
            ("apiVersion", self.text(VERSION)),
            ("kind", self.text("Rollout")),
            ("metadata", self.map(metadata)),
            ("spec", spec),
        ])
    }

    fn pause(&self) -> Node {
        self.map([("pause", self.map([("duration", self.text(PAUSE))]))])
    }

    /// The weights with a pause after each.
    fn weights(&self) -> Vec<Node> {
        let step = |weight| [self.map([("setWeight", self.text(weight))]), self.pause()];
        WEIGHTS.into_iter().flat_map(step).collect()
    }

    /// The split of a `VirtualService` or an `HTTPRoute` as routing and steps.
    fn split(&mut self) -> (Vec<(&'static str, Node)>, Vec<Node>) {
        let found = self.documents.iter().enumerate();
        let found = found.filter_map(|(index, it)| Some((index, mesh::split(it)?)));
        let found: Vec<(usize, mesh::Split<'_>)> = found.collect();
        let Some((_, first)) = found.first() else { return (Vec::new(), self.weights()) };
        let keys = first.router.iter().rev();
        let router = keys.fold(self.map([]), |inside, key| self.map([(*key, inside)]));
        let mut routing = vec![("trafficRouting", router)];
        if let Some([stable, canary]) = first.hosts {
            routing.push(("stableService", stable.clone()));
            routing.push(("canaryService", canary.clone()));
        }
        let (text, steps) = match (first.weight, first.header) {
            (Some((weight @ 1..100, at)), _) => {
                let step = build::text(weight.to_string(), at);
                let text = format!("a canary goes to {weight}%, as the second destination has");
                (text, vec![build::map([("setWeight", step)], at), self.pause()])
            }
            (None, Some(header)) => {
                let one = self.map([("replicas", self.text("1"))]);
                let name = ("name", self.text("split"));
                let route = build::map([name, ("match", header.clone())], header.place);
                let steps = vec![
                    self.map([("setCanaryScale", one)]),
                    self.map([("setHeaderRoute", route)]),
                    self.pause(),
                ];
                ("a canary has one pod, for the requests that match".to_owned(), steps)
            }
            _ => ("the weights of it are those before a release".to_owned(), self.weights()),
        };
        let place = first.place;
        let inside: Vec<usize> = found.iter().map(|(index, _)| *index).collect();
        self.inside.extend(inside);
        self.say(text, place, "");
        (routing, steps)
    }

    /// The Rollout is called as what is tried in it.
    fn first_name(&self, roots: &[usize]) -> Node {
        let first = roots.first().copied().or_else(|| self.inside.first().copied());
        let document = first.map(|it| &self.documents[it]);
        let found = document.and_then(|it| it.get("metadata")?.get("name")).cloned();
        found.unwrap_or_else(|| self.text("standard"))
    }

    /// `analysis`: every template that nothing else names, and the arguments that they want.
    fn analysis(&self, roots: &[usize], from: usize, args: Vec<Node>) -> Node {
        let mut templates = Vec::new();
        for index in roots {
            let document = &self.documents[*index];
            let mut entries = vec![("templateName", self.text(name(document)))];
            if text(document, "kind") == "ClusterAnalysisTemplate" {
                entries.push(("clusterScope", self.text("true")));
            }
            templates.push(self.map(entries));
        }
        let place = self.place;
        let from = self.text(&from.to_string());
        let mut entries =
            vec![("templates", build::list(templates, place)), ("startingStep", from)];
        if !args.is_empty() {
            entries.push(("args", build::list(args, place)));
        }
        self.map(entries)
    }

    /// The arguments that nobody gives, as `args` gives them.
    fn args(&mut self) -> Vec<Node> {
        let mut args = Vec::new();
        for argument in arguments::wanted(&self.documents) {
            let text = format!("the argument `{}` is {}", argument.name, argument.value);
            self.say(text, argument.place, argument.change);
            let name = build::text(argument.name, argument.place);
            let value = build::text(argument.value, argument.place);
            args.push(build::map([("name", name), ("value", value)], argument.place));
        }
        args
    }

    /// The service and its namespace, as an argument that is given says them.
    fn host(&mut self, roots: &[usize]) -> Option<(String, String)> {
        let found = roots.iter().find_map(|it| arguments::host(&self.documents[*it]))?;
        let (service, namespace, place) = found;
        let text = format!("the service is {service}, in {namespace}, as an argument says");
        // The queries have what the argument says: another name would not be found.
        self.say(text, place, "");
        Some((service, namespace))
    }

    /// A scenario that was made of it: what no file says is assumed.
    pub(super) fn marked(&self, mut document: Node) -> Node {
        self.mark(&mut document);
        document
    }

    fn mark(&self, node: &mut Node) {
        if node.place == self.place && node.origin == Origin::Written {
            node.origin = Origin::assumed(WHY);
        }
        match &mut node.value {
            Value::Null | Value::Scalar(_) => {}
            Value::List(items) => items.iter_mut().for_each(|item| self.mark(item)),
            Value::Map(map) => {
                let mut marked = Map::default();
                for entry in map.entries() {
                    let mut node = entry.node.clone();
                    self.mark(&mut node);
                    marked.insert(entry.key.clone(), node);
                }
                *map = marked;
            }
        }
    }
}

/// The `spec` of an Experiment whose analyses get these arguments beside their own.
fn given(spec: Node, args: &[Node]) -> Node {
    let Some(Value::List(items)) = spec.get("analyses").map(|it| &it.value) else { return spec };
    let place = spec.get("analyses").map_or(spec.place, |it| it.place);
    let with_args = |item: &Node| {
        let own = match item.get("args").map(|it| &it.value) {
            Some(Value::List(own)) => own.as_slice(),
            _ => &[],
        };
        let is_new = |it: &&Node| own.iter().all(|known| text(known, "name") != text(it, "name"));
        let all = own.iter().chain(args.iter().filter(is_new)).cloned().collect();
        with(item, "args", build::list(all, item.place))
    };
    let items = if args.is_empty() { return spec } else { items.iter().map(with_args).collect() };
    with(&spec, "analyses", build::list(items, place))
}

/// The templates that a document names.
fn names(document: &Node) -> impl Iterator<Item = &str> {
    let lists = ["templates", "analyses"];
    let lists = lists.into_iter().filter_map(|key| document.get("spec")?.get(key));
    let items = lists.flat_map(|list| match &list.value {
        Value::List(items) => items.as_slice(),
        _ => &[],
    });
    items.filter_map(|item| item.get("templateName").and_then(Node::as_text))
}
