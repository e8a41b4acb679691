//! What a pod template says of the pods of a scenario.

mod fields;
mod memory;
mod probes;
mod termination;

use super::build;
use super::draft::Draft;
use super::typed::field;
use crate::document::{Node, Place, Value};

/// A pod template, or a part of it, with its path for messages.
#[derive(Clone, Debug)]
struct Part<'a> {
    node: &'a Node,
    path: String,
    /// Where its key stands.
    place: Place,
}

impl<'a> Part<'a> {
    /// A field of it that is given.
    fn inside(&self, key: &str) -> Option<Self> {
        let node = field(self.node, key)?;
        let path = format!("{}.{key}", self.path);
        Some(Self { node, path, place: build::key_place(self.node, key) })
    }

    /// The items of a list that is a field of it.
    fn items(&self, key: &str) -> Vec<Self> {
        let Some(list) = self.inside(key) else { return Vec::new() };
        let Value::List(items) = &list.node.value else { return Vec::new() };
        let item = |(index, node): (usize, &'a Node)| {
            let place = node.place;
            Self { node, path: format!("{}.{index}", list.path), place }
        };
        items.iter().enumerate().map(item).collect()
    }
}

/// `fleet.pod`, as far as a template says anything of it; `path` is what messages call it.
pub(super) fn pod<'a>(template: &'a Node, path: &str, draft: &mut Draft<'a>) -> Option<Node> {
    draft.account(template, path, &[fields::TEMPLATE]);
    let template = Part { node: template, path: path.to_owned(), place: template.place };
    let spec = template.inside("spec")?;
    let containers = spec.items("containers");
    let mut entries = probes::probes(&spec, &containers, draft);
    entries.extend(memory::memory(&containers, draft).map(|node| ("memory", node)));
    let ending = termination::termination(&spec, &containers, draft);
    entries.extend(ending.map(|node| ("termination", node)));
    (!entries.is_empty()).then(|| build::map(entries, spec.place))
}
