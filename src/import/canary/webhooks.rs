//! Who is asked over HTTP, and what load tests they start.

use super::analysis::Entries;
use crate::controller::flagger::HookKind;
use crate::document::{Node, Value, quoted};
use crate::import::draft::{Draft, rejected};
use crate::import::typed::{field, found, whole};
use crate::import::{build, go};

/// Whether a webhook is content with all that it is asked about.
const CONTENT: &str = "webhooks are content and answer at once";

/// `webhooks` of `strategy.flagger`, if there are any.
pub(super) fn webhooks(
    spec: &Node,
    analysis: &Node,
    draft: &mut Draft<'_>,
) -> Option<(&'static str, Node)> {
    let node = field(analysis, "webhooks")?;
    let Value::List(items) = &node.value else {
        let problem = rejected("`webhooks` is a list", node.place, "no list");
        draft.problem(problem.help("write for example: webhooks: [{ name: test, url: .. }]"));
        return None;
    };
    let webhooks: Vec<_> = items.iter().filter_map(|item| webhook(spec, item, draft)).collect();
    if !webhooks.is_empty() {
        let change = "--set strategy.flagger.webhooks.0.status=500";
        let place = build::key_place(analysis, "webhooks");
        draft.assume(CONTENT, place, Some(change.to_owned()));
    }
    Some(("webhooks", build::list(webhooks, node.place)))
}

fn webhook(spec: &Node, item: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let name = field(item, "name").and_then(|it| Some((it.as_text()?, it.place)));
    let (name, place) = name.unwrap_or(("webhook", item.place));
    let mut entries: Entries = vec![("name", build::text(name, place))];
    let kind = field(item, "type");
    if let Some(kind) = kind {
        let text = kind.as_text().unwrap_or_default();
        if !text.is_empty() && HookKind::ALL.iter().all(|(name, _)| *name != text) {
            let title = format!("there is no webhook of the type {}", found(kind));
            let kinds: Vec<_> = HookKind::ALL.iter().map(|(name, _)| *name).collect();
            let problem = rejected(title, kind.place, "not a type");
            draft.problem(problem.help(format!("types: {}", kinds.join(", "))));
            return None;
        }
        if !text.is_empty() {
            entries.push(("type", build::text(text, kind.place)));
        }
    }
    let text = kind.and_then(Node::as_text).unwrap_or_default();
    entries.extend(answers(text, item, draft));
    if let Some(timeout) = field(item, "timeout") {
        let Some(span) = go::span(timeout) else {
            let title = "the `timeout` of a webhook is a time";
            let problem = rejected(title, timeout.place, format!("{} is none", found(timeout)));
            draft.problem(problem.help("write for example: timeout: 10s"));
            return None;
        };
        entries.push(("timeout", build::text(span.to_string(), timeout.place)));
    }
    if let Some(retries) = whole(item, "retries", draft) {
        entries.push(("retries", build::text(retries.value.to_string(), retries.place)));
    }
    entries.extend(load(spec, item, draft).map(|load| ("load", load)));
    Some(build::map(entries, item.place))
}

/// What a webhook answers, where that is not yes at once: the load tester of Flagger has gates that
/// people open and close. Source: Flagger, *Webhooks*, manual gating.
fn answers(kind: &str, item: &Node, draft: &mut Draft<'_>) -> Entries {
    let url = field(item, "url").unwrap_or(item);
    let no = ("status", build::text("403", url.place));
    let is = |end: &str| url.as_text().is_some_and(|it| it.trim_end_matches('/').ends_with(end));
    if kind == HookKind::Rollback.name() {
        // Content would be a rollback.
        return vec![no];
    }
    if is("/gate/halt") {
        draft.assume("the gate is closed and stays so", url.place, None);
        return vec![no];
    }
    if is("/gate/check") {
        let after = draft.options.resume_after;
        let said = format!("somebody opens the gate {after} after the change");
        draft.assume(said, url.place, Some("--resume-after 30m".to_owned()));
        return vec![no, ("opens", build::text(after.to_string(), url.place))];
    }
    Entries::new()
}

/// The load test that a webhook starts, if all of its requests go to the canary.
fn load(spec: &Node, item: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let command = field(field(item, "metadata")?, "cmd")?;
    let words: Vec<&str> = command.as_text()?.split_whitespace().collect();
    if words.first() != Some(&"hey") {
        return None;
    }
    let after = |flag: &str| {
        let at = words.iter().position(|word| *word == flag)?;
        words.get(at + 1).copied()
    };
    let name = field(spec, "targetRef").and_then(|it| field(it, "name")).and_then(Node::as_text);
    let service = field(spec, "service").and_then(|it| field(it, "name")).and_then(Node::as_text);
    let names = [service, name].into_iter().flatten();
    let url = words.last()?.trim_matches(['\'', '"']);
    let host = url.split("://").nth(1).unwrap_or_default();
    let is_canary = names.map(|name| format!("{name}-canary")).any(|it| host.starts_with(&it));
    if !is_canary {
        let why = format!("requests to {} are none of the canary alone", quoted(host));
        draft.assume(why, command.place, None);
        return None;
    }
    // So many workers, each of which sends so many requests a second.
    let each: u32 = after("-q").and_then(|it| it.parse().ok())?;
    let workers: u32 = after("-c").map_or(Some(50), |it| it.parse().ok())?;
    let lasts = after("-z").and_then(go::duration)?;
    let rate = format!("{}/s", u64::from(each) * u64::from(workers));
    let entries = [
        ("rate", build::text(rate, command.place)),
        ("lasts", build::text(lasts.to_string(), command.place)),
    ];
    Some(build::map(entries, command.place))
}
