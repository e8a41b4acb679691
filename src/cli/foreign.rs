//! Foreign manifests on the way in.

use std::path::Path;

use clockwork::Span;

use super::exit::Failure;
use super::files::{name, said};
use super::output::shell;
use super::services::Services;
use crate::document::{Assumed, Key, Map, Node, Origin, Problems, Range, Scalar, Sources, Value};
use crate::import::{self, Assumption, Imported, Loss, Options};

pub(super) use crate::import::{are_foreign, mixed, to_yaml};

/// What is assumed of traffic that nobody speaks of.
const RATE: &str = "100/s";

/// How much there may be instead.
const RATES: Range = Range { low: "20/s", high: "500/s" };

/// Makes a scenario document of all foreign documents together.
pub(super) fn import(
    trees: &[Node],
    resume_after: Option<Span>,
    workload: Option<&str>,
    services: &Services,
    problems: &mut Problems,
) -> Option<Imported> {
    let resume_after = resume_after.unwrap_or(Options::DEFAULT.resume_after);
    let options = Options { resume_after, workload, metrics: services.metrics() };
    let imported = import::import(trees, options, problems)?;
    Some(Imported { document: services.lay_over(imported.document), ..imported })
}

/// A file that is no foreign manifest.
pub(super) fn none(file: &Path) -> Failure {
    let what = format!("{} is no foreign manifest", said(file));
    let run = format!("a scenario is run as it is: coalmine run {}", shell(&name(file)));
    Failure::Usage(what, format!("a manifest has `apiVersion` and `kind`; {run}"))
}

/// What was left out, each with its place and what that means.
pub(super) fn losses(imported: &Imported, sources: &Sources) -> Vec<String> {
    let told = |it: &Loss| format!("{} {}: {}", sources.position(it.place), it.what, it.why);
    imported.losses.iter().map(told).collect()
}

/// What the files do not say, each with its place and the flag that changes it.
pub(super) fn told(assumptions: &[Assumption], sources: &Sources) -> Vec<String> {
    let told = |it: &Assumption| {
        let change = it.change.as_ref().map(|flag| format!(" ({flag} changes it)"));
        let change = change.unwrap_or_default();
        format!("{} {}{change}", sources.position(it.place), it.text)
    };
    assumptions.iter().map(told).collect()
}

/// The document with what is assumed where no file and no flag says it: the traffic, and what
/// becomes of metrics that nothing has.
pub(super) fn settled(document: Node, problems: &mut Problems) -> (Node, Vec<Assumption>) {
    let mut document = with_traffic(document);
    let assumptions = import::settle(&mut document, problems);
    (document, assumptions)
}

/// The document with an assumed rate of traffic where no file and no flag says one: manifests
/// never do.
fn with_traffic(mut document: Node) -> Node {
    let place = document.place;
    let assumed = Assumed {
        why: "manifests do not say how much traffic there is: --rate does",
        range: Some(&RATES),
    };
    let Value::Map(map) = &mut document.value else { return document };
    let capacity = map.get("fleet").and_then(|fleet| fleet.get("capacity")?.get("perPod"));
    let mut traffic = match map.get("traffic") {
        Some(Node { value: Value::Map(traffic), .. }) => traffic.clone(),
        _ => Map::default(),
    };
    if traffic.get("rate").is_none() && capacity.is_none() {
        let scalar = Value::Scalar(Scalar { text: RATE.to_owned(), quoted: false });
        let rate = Node { value: scalar, place, origin: Origin::Assumed(assumed) };
        traffic.insert(Key::new("rate", place), rate);
        let node = Node::written(Value::Map(traffic), place);
        map.insert(Key::new("traffic", place), node);
    }
    document
}
