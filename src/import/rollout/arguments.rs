//! Arguments of analyses: what a template wants, what a Rollout gives, and texts filled in.

use crate::document::{Node, Place, Value};
use crate::import::typed::field;

/// Arguments by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments(Vec<(String, Argument)>);

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// This text.
    Text(String),
    /// It is in a Secret, which nothing reads here.
    Secret,
    /// Nobody gives it.
    Missing(Place),
}

/// Why a text cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfilled {
    /// The argument.
    pub(super) name: String,
    /// Whether it is in a Secret.
    pub(super) is_secret: bool,
}

impl Arguments {
    /// What an analysis of a Rollout gives.
    pub(super) fn given(outside: &Node, rollout: &Node) -> Self {
        let mut all = Self::default();
        all.lay(outside, rollout);
        all
    }

    /// The arguments of templates that are one analysis: what any of them says of each, and over it
    /// what they are given.
    pub(super) fn of_templates<'n>(
        templates: impl Iterator<Item = &'n Node>,
        given: &Self,
        rollout: &Node,
    ) -> Self {
        let mut all = Self::default();
        for spec in templates.filter_map(|template| field(template, "spec")) {
            all.lay(spec, rollout);
        }
        for (name, argument) in &given.0 {
            // What a template does not want is not given to it.
            if let Some(known) = all.0.iter_mut().find(|(known, _)| known == name)
                && !matches!(argument, Argument::Missing(_))
            {
                known.1 = argument.clone();
            }
        }
        all
    }

    /// An argument to which templates of one analysis give different values, and where they do.
    /// Source: `flattenArgs` in argo-rollouts.
    pub(super) fn torn<'n>(
        templates: impl Iterator<Item = &'n Node>,
    ) -> Option<(&'n str, [Place; 2])> {
        let mut said: Vec<(&str, &str, Place)> = Vec::new();
        let args = templates.filter_map(|template| template.find(["spec", "args"]));
        let lists = args.filter_map(|args| match &args.value {
            Value::List(items) => Some(items),
            _ => None,
        });
        for item in lists.flatten() {
            let text = |key: &str| item.get(key).and_then(Node::as_text);
            let (Some(name), Some(value)) = (text("name"), text("value")) else { continue };
            match said.iter().find(|(known, ..)| *known == name) {
                Some((_, other, place)) if *other != value => {
                    return Some((name, [*place, item.place]));
                }
                Some(_) => {}
                None => said.push((name, value, item.place)),
            }
        }
        None
    }

    fn lay(&mut self, outside: &Node, rollout: &Node) {
        let Some(Value::List(items)) = field(outside, "args").map(|list| &list.value) else {
            return;
        };
        for item in items {
            let Some(name) = item.get("name").and_then(Node::as_text) else { continue };
            let new = argument(item, rollout);
            match self.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, known @ Argument::Missing(_))) if !matches!(new, Argument::Missing(_)) => {
                    *known = new;
                }
                Some(_) => {}
                None => self.0.push((name.to_owned(), new)),
            }
        }
    }

    /// The arguments that nobody gives, and where each is wanted.
    pub(super) fn missing(&self) -> impl Iterator<Item = (&str, Place)> {
        self.0.iter().filter_map(|(name, argument)| match argument {
            Argument::Missing(place) => Some((name.as_str(), *place)),
            _ => None,
        })
    }

    /// A text with every argument filled in.
    pub(super) fn fill(&self, text: &str) -> Result<String, Unfilled> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("{{") {
            let Some((inside, after)) = tail.split_once("}}") else { break };
            filled.push_str(before);
            match inside.trim().strip_prefix("args.") {
                Some(name) => filled.push_str(self.text(name.trim())?),
                None => filled.extend(["{{", inside, "}}"]),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn text(&self, name: &str) -> Result<&str, Unfilled> {
        let argument = self.0.iter().find(|(known, _)| known == name).map(|(_, it)| it);
        match argument {
            Some(Argument::Text(text)) => Ok(text),
            Some(Argument::Secret) => Err(Unfilled { name: name.to_owned(), is_secret: true }),
            _ => Err(Unfilled { name: name.to_owned(), is_secret: false }),
        }
    }
}

/// What an item of `args` gives.
fn argument(item: &Node, rollout: &Node) -> Argument {
    if let Some(text) = item.get("value").and_then(Node::as_text) {
        return Argument::Text(text.to_owned());
    }
    let Some(from) = field(item, "valueFrom") else { return Argument::Missing(item.place) };
    if from.get("secretKeyRef").is_some() {
        return Argument::Secret;
    }
    let hash = from.get("podTemplateHashValue").and_then(Node::as_text);
    let path = from.get("fieldRef").and_then(|it| it.get("fieldPath")).and_then(Node::as_text);
    let text = match (hash, path) {
        // The hashes of both versions are given to every query.
        (Some("Latest"), _) => Some("{{latest-hash}}".to_owned()),
        (Some("Stable"), _) => Some("{{stable-hash}}".to_owned()),
        (_, Some("metadata.namespace")) => {
            Some(at_path(rollout, "metadata.namespace").unwrap_or_else(|| NAMESPACE.to_owned()))
        }
        (_, Some(path)) => at_path(rollout, path),
        _ => None,
    };
    text.map_or(Argument::Missing(item.place), Argument::Text)
}

/// What a Rollout says at a path such as `metadata.labels['env']`.
fn at_path(rollout: &Node, path: &str) -> Option<String> {
    let mut node = rollout;
    let mut rest = path;
    while !rest.is_empty() {
        let key;
        if let Some(inside) = rest.strip_prefix("['").or_else(|| rest.strip_prefix("[\"")) {
            let end = inside.find(['\'', '"'])?;
            (key, rest) = (&inside[..end], inside[end + 1..].strip_prefix(']')?);
        } else {
            let text = rest.strip_prefix('.').unwrap_or(rest);
            let end = text.find(['.', '[']).unwrap_or(text.len());
            (key, rest) = (&text[..end], &text[end..]);
        }
        node = node.get(key)?;
    }
    node.as_text().map(ToOwned::to_owned)
}

/// Where a Rollout is that does not say it.
const NAMESPACE: &str = "default";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_and_what_is_missing_has_a_name() {
        let arguments = Arguments(vec![
            ("service".to_owned(), Argument::Text("shop".to_owned())),
            ("token".to_owned(), Argument::Secret),
        ]);
        let filled = arguments.fill("a{app=\"{{args.service}}\"} {{ args.service }} {{x}}");
        assert_eq!(filled.as_deref(), Ok("a{app=\"shop\"} shop {{x}}"));
        let secret = arguments.fill("{{args.token}}");
        assert_eq!(secret, Err(Unfilled { name: "token".to_owned(), is_secret: true }));
        let unknown = arguments.fill("{{args.what}}");
        assert_eq!(unknown, Err(Unfilled { name: "what".to_owned(), is_secret: false }));
    }
}
