//! One pass over a document: where it is, and what it has found wrong.

use super::{Node, Path, Place, Problem, Problems, quote};

/// One decoding pass: the path it is at and every problem so far.
#[derive(Debug)]
pub struct Pass<'a> {
    problems: &'a mut Problems,
    path: Path,
    /// The key or list item that each part of the path was entered by.
    entered: Vec<Place>,
}

impl<'a> Pass<'a> {
    /// A pass at the root of a document.
    pub const fn new(problems: &'a mut Problems) -> Self {
        Self { problems, path: Path::root(), entered: Vec::new() }
    }

    /// Adds a problem; the pass goes on.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The path of the value being read.
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// Reads something one step down: under a key, or in a list.
    pub fn within<T>(
        &mut self,
        segment: &str,
        place: Place,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.path.push(segment);
        self.entered.push(place);
        let value = read(self);
        self.entered.pop();
        self.path.pop();
        value
    }

    /// The value being read, as messages call it.
    pub fn here(&self) -> String {
        if self.path.is_root() {
            return "the document".to_owned();
        }
        quote::quoted_path(&self.path.to_string())
    }

    /// Where to point when something is missing in a node: its key, or its beginning.
    pub fn entrance(&self, node: &Node) -> Place {
        let first_key = |node: &Node| Some(node.as_map()?.entries().first()?.key.place);
        self.entered.last().copied().or_else(|| first_key(node)).unwrap_or(node.place)
    }
}
