//! Every field of a foreign document is accounted for: used, harmless, or lost with a reason.

use super::Loss;
use super::draft::plain;
use crate::document::{Node, Place, Value, closest, quoted};

/// What becomes of a field and everything below it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// It decides something in the scenario.
    Used,
    /// What it holds is accounted for one by one.
    Inside,
    /// Nothing that is simulated could depend on it.
    Harmless,
    /// It is left out, and this is what that means.
    Lost(&'static str),
}

/// Fields by path: `[]` is any item of a list, `*` any key.
pub(super) type Table = &'static [(&'static str, Fate)];

/// What becomes of a tree whose fields the tables know: the keys of what is used or harmless, and
/// the losses; a field that they do not know is one.
///
/// `path` is what the tree is called in the messages.
pub(super) fn account(tree: &Node, path: &str, tables: &[Table]) -> (Vec<Place>, Vec<Loss>) {
    let mut walk = Walk { tables, known: Vec::new(), losses: Vec::new() };
    walk.inside(tree, path, "");
    (walk.known, walk.losses)
}

struct Walk<'t> {
    tables: &'t [Table],
    known: Vec<Place>,
    losses: Vec<Loss>,
}

impl Walk<'_> {
    /// Accounts for everything in a map or a list; `pattern` is where it is in the table.
    fn inside(&mut self, node: &Node, path: &str, pattern: &str) {
        match &node.value {
            Value::Null => {}
            Value::Scalar(_) => self.lose(path, node.place, "not understood here".to_owned()),
            Value::List(items) => {
                let pattern = format!("{pattern}[]");
                for (index, item) in items.iter().enumerate() {
                    self.inside(item, &format!("{path}.{index}"), &pattern);
                }
            }
            Value::Map(map) => {
                for entry in map.entries().iter().filter(|entry| !entry.node.is_null()) {
                    let path = join(path, &plain(&entry.key.text));
                    self.field(&entry.node, &path, pattern, &entry.key.text, entry.key.place);
                }
            }
        }
    }

    fn field(&mut self, node: &Node, path: &str, outside: &str, key: &str, place: Place) {
        let [exact, any] = [join(outside, key), join(outside, "*")];
        let found = self.fate(&exact).map(|fate| (exact, fate));
        match found.or_else(|| self.fate(&any).map(|fate| (any, fate))) {
            Some((_, Fate::Used | Fate::Harmless)) => self.known.push(place),
            Some((pattern, Fate::Inside)) => self.inside(node, path, &pattern),
            Some((_, Fate::Lost(why))) => self.lose(path, place, why.to_owned()),
            None => self.lose(path, place, self.unknown(outside, key)),
        }
    }

    fn fate(&self, pattern: &str) -> Option<Fate> {
        self.tables.iter().copied().flatten().find(|entry| entry.0 == pattern).map(|entry| entry.1)
    }

    fn unknown(&self, outside: &str, key: &str) -> String {
        let field = |path: &'static str| {
            let inside = path.strip_prefix(outside)?;
            let field = if outside.is_empty() { inside } else { inside.strip_prefix('.')? };
            (!field.contains(['.', '*', '['])).then_some(field)
        };
        let fields = self.tables.iter().copied().flatten().filter_map(|(path, _)| field(path));
        match closest(key, fields) {
            Some(meant) => format!("not understood; did you mean {}?", quoted(meant)),
            None => "not understood".to_owned(),
        }
    }

    fn lose(&mut self, what: &str, place: Place, why: String) {
        self.losses.push(Loss { what: what.to_owned(), place, why });
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Fails unless every field of some tables together can be reached, and is decided once.
#[cfg(test)]
pub(super) fn check_all(tables: &[Table]) {
    let table: Vec<_> = tables.iter().copied().flatten().collect();
    for (path, _) in &table {
        let Some((outside, _)) = path.rsplit_once('.') else { continue };
        let outside = outside.trim_end_matches("[]");
        let known = table.iter().find(|(path, _)| *path == outside);
        assert!(matches!(known, Some((_, Fate::Inside))), "{path} is never reached");
    }
    let mut paths: Vec<_> = table.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), table.len(), "a field is decided twice");
}

/// The same of one table.
#[cfg(test)]
pub(super) fn check(table: Table) {
    check_all(&[table]);
}
