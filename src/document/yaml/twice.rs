//! Keys that stand twice: in a map, or because documents were put together without a `---` between
//! them, as `cat a.yaml b.yaml` does it.

use super::super::{Key, Place, Problem, code, quoted};

/// What every manifest says once, and so what says that another one has begun.
const ONCE: [&str; 2] = ["apiVersion", "kind"];

/// Where a document begins inside of another.
pub(super) struct Start {
    /// Which entry of the outermost map is its first.
    pub(super) entry: usize,
    /// The key of that entry.
    pub(super) place: Place,
    /// The same key of the document before.
    before: Place,
}

/// Where documents begin among the keys of an outermost map, beside the first of them. `is_first`
/// says whether a byte is the first of a line.
pub(super) fn starts<'k>(
    keys: impl Iterator<Item = &'k Key>,
    is_first: impl Fn(usize) -> bool,
) -> Vec<Start> {
    let mut found = Vec::new();
    let mut said: [Option<Place>; ONCE.len()] = [None; ONCE.len()];
    for (entry, key) in keys.enumerate() {
        let Some(which) = ONCE.iter().position(|once| *once == key.text) else { continue };
        if let Some(before) = said[which].filter(|_| is_first(key.place.start)) {
            found.push(Start { entry, place: key.place, before });
            said = [None; ONCE.len()];
        }
        said[which] = said[which].or(Some(key.place));
    }
    found
}

impl Start {
    /// What is wrong, and how it is mended.
    pub(super) fn problem(&self) -> Problem {
        Problem::error(code::DUPLICATE_KEY, "a document begins inside of another one")
            .at(self.place, "there is no `---` above this line")
            .at(self.before, "the document before begins here")
            .help("write `---` into a line of its own above it")
            .help("or give the files by their names: coalmine run a.yaml b.yaml")
    }
}

/// A key stands twice in a map.
pub(super) fn problem(key: &Key, first: Place) -> Problem {
    Problem::error(
        code::DUPLICATE_KEY,
        format!("the key {} stands twice in a map", quoted(&key.text)),
    )
    .at(key.place, "the second one")
    .at(first, "the first one")
    .help("remove one of them")
}
