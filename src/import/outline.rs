//! The scenario document that every import fills in.

use clockwork::Span;

use super::build;
use super::draft::{Draft, Foreign};
use super::typed::Given;
use crate::document::{Name, Node, Origin, Place, quoted};

/// What an import found.
pub(super) struct Outline<'a> {
    /// The document that is imported.
    pub(super) workload: Foreign<'a>,
    /// Whose state machine runs the rollout.
    pub(super) controller: Controller,
    /// `fleet.replicas`.
    pub(super) replicas: Node,
    /// `fleet.pod`, if the file says anything of it.
    pub(super) pod: Option<Node>,
    /// The kind of the strategy and what is inside.
    pub(super) strategy: (&'static str, Node),
    /// `time.bake`, if the file says it.
    pub(super) bake: Option<Node>,
    /// `telemetry`, if the file says anything of it.
    pub(super) telemetry: Option<Node>,
    /// `gates`, if any are offered.
    pub(super) gates: Option<Node>,
}

/// Whose state machine runs an imported rollout.
pub(super) enum Controller {
    /// That of Flagger, with what is said of it.
    Flagger(Vec<(&'static str, Node)>),
    /// Argo Rollouts, with what is said of it beside the steps.
    Argo(Node),
    /// The controllers of Kubernetes, with what is said of them.
    Kubernetes(Vec<(&'static str, Node)>),
}

impl Controller {
    /// `controller`, said where the workload says its kind.
    fn document(self, place: Place) -> Node {
        match self {
            Self::Argo(argo) => {
                let at = argo.place;
                build::map([("argo", argo)], at)
            }
            Self::Flagger(said) => with("flagger", said, place),
            Self::Kubernetes(said) => with("kubernetes", said, place),
        }
    }
}

/// A controller with what is said of it, if anything is.
fn with(controller: &str, said: Vec<(&'static str, Node)>, place: Place) -> Node {
    match said.first().map(|(_, node)| node.place) {
        None => build::text(controller, place),
        Some(at) => build::map([(controller, build::map(said, at))], at),
    }
}

impl Outline<'_> {
    /// The document, with what every import assumes.
    pub(super) fn document(self, draft: &mut Draft<'_>) -> Node {
        let node = self.workload.node;
        let kind = node.get("kind").map_or(node.place, |kind| kind.place);
        let controller = self.controller.document(kind);
        let (alternative, inside) = self.strategy;
        let place = inside.place;
        let header = |text: &str| Node { origin: Origin::Default, ..build::text(text, place) };
        let strategy = build::map([(alternative, inside)], place);
        let fleet = [("replicas", Some(self.replicas)), ("pod", self.pod)];
        let fleet = fleet.into_iter().filter_map(|(key, node)| Some((key, node?)));
        let bake = self.bake.map(|bake| {
            let place = bake.place;
            build::map([("bake", bake)], place)
        });
        let name = name(&self.workload, draft).unwrap_or_else(|| header("imported"));
        let entries = [
            ("apiVersion", Some(header("coalmine/v1"))),
            ("kind", Some(header("Scenario"))),
            ("name", Some(name)),
            ("controller", Some(controller)),
            ("time", bake),
            ("telemetry", self.telemetry),
            ("fleet", Some(build::map(fleet, place))),
            ("strategy", Some(strategy)),
            ("gates", self.gates),
        ];
        let entries = entries.into_iter().filter_map(|(key, node)| Some((key, node?)));
        build::map(entries, node.place)
    }
}

/// The name of the workload as a name of ours.
fn name(workload: &Foreign<'_>, draft: &mut Draft<'_>) -> Option<Node> {
    let (text, place) = (workload.name, workload.name_place());
    if Name::new(text).is_some() {
        return Some(build::text(text, place));
    }
    let name = respelt(text)?;
    let said = format!("{} is called {name} here", quoted(text));
    draft.assume(said, place, Some(format!("--set name={name}")));
    Some(build::text(name.as_str(), place))
}

/// The letters, digits and dashes of a name.
pub(super) fn respelt(text: &str) -> Option<Name> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let all: String = text.chars().map(plain).collect();
    let words: Vec<_> = all.split('-').filter(|word| !word.is_empty()).collect();
    let short: String = words.join("-").chars().take(63).collect();
    Name::new(short.trim_end_matches('-'))
}

/// Seconds that a file says, as a duration; more than a scenario can say becomes the most.
pub(super) fn seconds(given: Given) -> Node {
    let span = Span::from_secs(u64::from(given.value)).min(Span::MAX);
    build::text(span.to_string(), given.place)
}
