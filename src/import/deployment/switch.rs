//! Two Deployments and a Service whose selector has the label in which they differ: blue and green.

use super::{GATE, NO_GATE, autoscaler, budget, fields, rules, service, spec};
use crate::document::{Entry, Node, Value};
use crate::import::draft::{Draft, Foreign, plain};
use crate::import::outline::{Controller, Outline};
use crate::import::pace::Pace;
use crate::import::replicas::replicas;
use crate::import::selector::{has_all, label, labels};
use crate::import::typed::field;
use crate::import::{Importer, build, pods};

/// Reads the Deployment that is not selected yet.
pub(in crate::import) const SWITCH: Importer =
    Importer { api_version: "apps/v1", kind: "Deployment", controller: "Kubernetes", import };

/// Labels that tell versions of one thing apart; the last part of their keys.
const VERSIONS: [&str; 9] = [
    "color",
    "colour",
    "deployment",
    "environment",
    "release",
    "revision",
    "slot",
    "track",
    "version",
];

const DELAY: &str = "2s";
const SWITCHED: &str = "endpoints reach the proxies of a cluster";
const NOT_UPDATED: &str = "neither Deployment is updated: the selector of the Service changes";
const ONE_OF_TWO: &str = "it scales one of two Deployments: their numbers of pods do not follow the \
                          load here";
const ALIKE: &str = "the pods of both versions are like those of the release";

/// Two versions of a Deployment and what chooses one.
pub(in crate::import) struct Pair<'a> {
    /// The Deployment that the Service selects.
    old: Foreign<'a>,
    /// The other one, by its place among all documents.
    pub(in crate::import) new: usize,
    service: Foreign<'a>,
    /// The label in which they differ, as the selector has it.
    label: &'a Entry,
}

/// The pair that the documents are, if they are one.
pub(in crate::import) fn pair<'a>(documents: &[Foreign<'a>]) -> Option<Pair<'a>> {
    let is_one = |it: &&(usize, &Foreign<'_>)| it.1.kind == "Deployment";
    let all: Vec<_> = documents.iter().enumerate().collect();
    let all: Vec<_> = all.iter().filter(is_one).collect();
    let [one, other] = all.as_slice() else { return None };
    let services = documents.iter().filter(|it| it.kind == "Service" && it.api_version == "v1");
    services.into_iter().find_map(|service| {
        let selector = service.at("spec.selector")?;
        let selected = [one, other].map(|it| has_all(pod_labels(it.1), selector));
        let (old, new) = match selected {
            [true, false] => (one, other),
            [false, true] => (other, one),
            _ => return None,
        };
        let label = difference(selector, pod_labels(new.1))?;
        Some(Pair { old: *old.1, new: new.0, service: *service, label })
    })
}

fn pod_labels<'a>(deployment: &Foreign<'a>) -> Option<&'a Node> {
    deployment.at("spec.template").and_then(labels)
}

/// The only label of a selector that pods have with another value, if it names versions.
fn difference<'a>(selector: &'a Node, labels: Option<&Node>) -> Option<&'a Entry> {
    let entries = selector.as_map()?.entries();
    let value = |it: &Entry| label(labels, &it.key.text).map(ToOwned::to_owned);
    let mut different = entries.iter().filter(|it| value(it).as_deref() != it.node.as_text());
    let (Some(entry), None) = (different.next(), different.next()) else { return None };
    let name = entry.key.text.rsplit('/').next().unwrap_or_default();
    let (old, new) = (entry.node.as_text()?, value(entry)?);
    let is_colour =
        [old, new.as_str()].iter().all(|it| it.contains("blue") || it.contains("green"));
    (VERSIONS.contains(&name) || is_colour).then_some(entry)
}

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let Pair { old, service, label, .. } = pair(draft.documents())?;
    draft.account(workload.node, "", fields::DEPLOYMENT);
    let spec = spec(&workload, draft)?;
    let template = rules::check(&workload, spec, draft);
    running(&old, template, draft);
    let replicas = replicas(old, "Kubernetes'", draft);
    fleets(&workload, &old, replicas.as_ref(), draft);
    autoscaler::lose_all(ONE_OF_TWO, draft);
    let pods = replicas.as_ref().and_then(Node::as_text).and_then(|it| it.parse().ok());
    let labels = pod_labels(&old);
    service::services(&old, labels, draft);
    let pdb = budget::budget(&old, labels, pods, draft).map(|it| ("pdb", it));
    if field(spec, "strategy").is_some() {
        draft.lose("spec.strategy", build::key_place(spec, "strategy"), NOT_UPDATED);
    }
    let pod = template.and_then(|template| pods::pod(template, "spec.template", draft));
    draft.assume(NO_GATE, build::key_place(workload.node, "kind"), Some(GATE.to_owned()));
    let place = label.node.place;
    let (key, value) = (plain(&label.key.text), label.node.as_text().unwrap_or_default());
    let text = format!(
        "{} selects {key}: {}, so {} runs and {} is the release: all traffic moves when the \
         selector changes, {DELAY} later, as soon as its pods are available",
        service.title(),
        plain(value),
        old.title(),
        workload.title(),
    );
    draft.assume(text, place, Some("--set strategy.blueGreen.promote=approve".to_owned()));
    let delay = build::map([("delay", build::assumed(DELAY, SWITCHED, place))], place);
    let pace = Pace::of(spec, draft);
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    let outline = Outline {
        telemetry: None,
        workload,
        controller: Controller::Kubernetes(pdb.into_iter().collect()),
        replicas: replicas?,
        pod,
        strategy: ("blueGreen", build::map([("switch", delay)].into_iter().chain(times), place)),
        bake: None,
        gates: None,
    };
    Some(outline.document(draft))
}

/// Accounts for the Deployment that runs.
fn running<'a>(old: &Foreign<'a>, template: Option<&Node>, draft: &mut Draft<'a>) {
    draft.take_one(old);
    draft.account_for(old, fields::DEPLOYMENT);
    if let (Some(one), Some(other)) = (old.at("spec.template.spec"), template)
        && !field(other, "spec").is_some_and(|other| is_same(one, other))
    {
        let place = old.at("spec").map_or(one.place, |spec| build::key_place(spec, "template"));
        draft.lose(format!("{} spec.template", old.title()), place, ALIKE);
    }
    if let Some(spec) = old.at("spec").filter(|spec| field(spec, "strategy").is_some()) {
        let place = build::key_place(spec, "strategy");
        draft.lose(format!("{} spec.strategy", old.title()), place, NOT_UPDATED);
    }
}

/// Both fleets have as many pods here.
fn fleets(new: &Foreign<'_>, old: &Foreign<'_>, replicas: Option<&Node>, draft: &mut Draft<'_>) {
    let given = new.at("spec.replicas");
    let wanted = replicas.and_then(Node::as_text);
    if let Some(other) = given.filter(|it| it.as_text() != wanted) {
        let why = format!("its fleet has as many pods as that of {}", old.title());
        draft.lose("spec.replicas", other.place, why);
    }
}

/// Whether two pods are alike for all that is simulated: images and what they are told may differ.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(one), Value::Map(two)) => {
            let told = ["args", "command", "env", "envFrom", "image", "name"];
            let entries = one.entries().iter().filter(|it| !told.contains(&it.key.text.as_str()));
            let count = |map: &crate::document::Map| {
                map.entries().iter().filter(|it| !told.contains(&it.key.text.as_str())).count()
            };
            count(one) == count(two)
                && entries
                    .into_iter()
                    .all(|it| two.get(&it.key.text).is_some_and(|other| is_same(&it.node, other)))
        }
        (Value::List(one), Value::List(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_same(one, two))
        }
        _ => one.as_text() == other.as_text(),
    }
}
