//! How long the steps take that are not carried out.

use clockwork::Span;

use crate::document::{Node, Place, Value};
use crate::import::draft::{Draft, Foreign};
use crate::import::go;

/// How long an inline analysis takes when nothing fails, and where that is said: its longest
/// metric takes `initialDelay + (count - 1) x interval`. Nothing if a template is not among the
/// files, or does not say.
pub(super) fn analysis(node: &Node, draft: &Draft<'_>) -> Option<(Span, Place)> {
    let templates = templates(node, draft)?;
    let metrics = templates.iter().flat_map(|template| metrics(template));
    let times: Option<Vec<_>> = metrics.map(time).collect();
    times?.into_iter().max_by_key(|(span, _)| *span).filter(|(span, _)| !span.is_zero())
}

/// How long an experiment runs at least, and where that is said.
pub(super) fn experiment(node: &Node) -> Option<(Span, Place)> {
    let duration = node.get("duration")?;
    Some((go::span(duration)?, duration.place))
}

/// The templates that an analysis names; nothing if one of them is not among the files.
pub(super) fn templates<'a>(node: &Node, draft: &Draft<'a>) -> Option<Vec<Foreign<'a>>> {
    let Some(Value::List(references)) = node.get("templates").map(|list| &list.value) else {
        return None;
    };
    references.iter().map(|reference| template(reference, draft)).collect()
}

/// The template that a reference names.
pub(super) fn template<'a>(reference: &Node, draft: &Draft<'a>) -> Option<Foreign<'a>> {
    let cluster = reference.get("clusterScope").and_then(Node::as_text) == Some("true");
    let kind = if cluster { "ClusterAnalysisTemplate" } else { "AnalysisTemplate" };
    let name = reference.get("templateName").and_then(Node::as_text)?;
    draft.document(kind, name).map(|(_, document)| document)
}

/// The metrics of a template.
pub(super) fn metrics<'a>(template: &Foreign<'a>) -> &'a [Node] {
    match template.node.get("spec").and_then(|spec| spec.get("metrics")).map(|list| &list.value) {
        Some(Value::List(metrics)) => metrics,
        _ => &[],
    }
}

/// How long a metric takes, and where that is said; nothing if it goes on for ever.
fn time(metric: &Node) -> Option<(Span, Place)> {
    let delay = match metric.get("initialDelay") {
        Some(delay) => go::span(delay)?,
        None => Span::ZERO,
    };
    let Some(interval) = metric.get("interval") else { return Some((delay, metric.place)) };
    let count = u64::try_from(go::int_or_string(metric.get("count")?)?).ok()?;
    let more = count.checked_sub(1)?;
    Some((delay + go::span(interval)?.saturating_mul(more), interval.place))
}
