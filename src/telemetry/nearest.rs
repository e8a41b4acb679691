//! Why a selector selects nothing, and what was probably meant.

use std::collections::BTreeSet;

use promql::ast::Selector;
use promql::{MatchKind, NAME};

use super::{Series, is_response_time};
use crate::document::closest;

/// A sentence on what is missing, and what to do.
pub(super) fn missing(selector: &Selector, all: &[Series]) -> (String, String) {
    let Some(metric) = selector.metric.as_ref().map(|name| name.text.as_str()) else {
        let what = "no series has these labels".to_owned();
        return (what, "begin with the name of a metric".to_owned());
    };
    let of: Vec<&Series> = all.iter().filter(|it| it.labels.get(NAME) == metric).collect();
    if of.is_empty() {
        return (format!("no series is called `{metric}`"), other_name(metric, all));
    }
    let unmet = selector
        .matchers
        .iter()
        .find(|it| !of.iter().any(|series| it.matcher.is_met(series.labels.get(&it.label.text))));
    let Some(unmet) = unmet else {
        let what = format!("no series of `{metric}` meets all of these conditions");
        return (what, "each of them alone is met by some series".to_owned());
    };
    let label = unmet.label.text.as_str();
    let values: BTreeSet<&str> =
        of.iter().map(|it| it.labels.get(label)).filter(|value| !value.is_empty()).collect();
    if values.is_empty() {
        let labels: BTreeSet<&str> =
            of.iter().flat_map(|it| it.labels.iter().map(|(label, _)| label)).collect();
        let near = closest(label, labels.iter().copied());
        let help = near.map_or_else(
            || format!("it has {}", list(labels.iter().filter(|it| **it != NAME).copied())),
            |near| format!("it has `{near}`"),
        );
        let value = unmet.matcher.value();
        let add = format!("{help}; or write `telemetry: {{ labels: [\"{label}={value}\"] }}`");
        return (format!("`{metric}` has no label `{label}`"), add);
    }
    let is = if unmet.matcher.kind() == MatchKind::Equal { "is never" } else { "never meets" };
    let what = format!("`{label}` {is} {}", unmet.matcher);
    // What is the same of both versions may be called otherwise as a whole.
    let other = if values.len() == 1 && unmet.matcher.kind() == MatchKind::Equal {
        let value = unmet.matcher.value();
        format!(
            "if your series are called so, write `telemetry: {{ labels: [\"{label}={value}\"] }}`"
        )
    } else {
        "`telemetry` says what things are called".to_owned()
    };
    (what, format!("it is {}; {other}", list(values)))
}

fn other_name(metric: &str, all: &[Series]) -> String {
    let names: BTreeSet<&str> = all.iter().map(|it| it.labels.get(NAME)).collect();
    if let Some(near) = closest(metric, names.iter().copied()) {
        return format!("`{near}` is one");
    }
    if is_response_time(metric) {
        let gauge = format!("telemetry: {{ gauges: [{metric}] }}");
        return format!("if it is a gauge of the mean response time of each pod, write `{gauge}`");
    }
    let rename = format!("telemetry: {{ rename: [\"http_requests_total={metric}\"] }}");
    // Those of the same exporter first: they begin with the same word.
    let word = |name: &str| name.split('_').next().map(ToOwned::to_owned);
    let alike: Vec<&str> =
        names.iter().copied().filter(|name| word(name) == word(metric)).collect();
    let shown = if alike.is_empty() { list(names) } else { list(alike) };
    format!("there are {shown}; or write `{rename}`")
}

/// A few names.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let shown = names.len().min(12);
    let more = if shown < names.len() { " and others" } else { "" };
    format!("{}{more}", names[..shown].join(", "))
}
