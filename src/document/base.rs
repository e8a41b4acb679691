//! `base:`: a document that is laid over another one.

use std::io;

use super::{
    Node, Place, Problem, Problems, Shape, SourceKind, Sources, code, merge, quoted, yaml,
};

/// How the bytes of a file are come by; the framework itself opens nothing.
pub type Read<'a> = &'a dyn Fn(&str) -> io::Result<Vec<u8>>;

/// A chain of bases longer than this is taken for a mistake.
const CHAIN_MAX: usize = 16;

/// Loads a document and everything below it.
///
/// `base:` names a file relative to the one it stands in, and is gone from the result. Fields are
/// merged by the first of `shapes` that has them.
pub fn load(
    name: &str,
    bytes: &[u8],
    read: Read<'_>,
    shapes: &[Shape],
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Node> {
    let mut loader = Loader { read, sources, problems, chain: vec![normal(name)] };
    let mut tree = loader.parse(name, bytes)?;
    let mut above = Vec::new();
    let mut name = name.to_owned();
    while let Some((base, place)) = loader.take_base(&mut tree) {
        name = beside(&name, &base);
        above.push(tree);
        tree = loader.open(&name, place)?;
    }
    Some(above.into_iter().rev().fold(tree, |base, over| merge::merge(shapes, base, over)))
}

struct Loader<'a> {
    read: Read<'a>,
    sources: &'a mut Sources,
    problems: &'a mut Problems,
    /// The files that are being loaded, each the base of the one before it.
    chain: Vec<String>,
}

impl Loader<'_> {
    fn parse(&mut self, name: &str, bytes: &[u8]) -> Option<Node> {
        yaml::parse_one(self.sources, SourceKind::File, name, bytes, self.problems)
    }

    /// Takes the name of the base out of a document.
    fn take_base(&mut self, tree: &mut Node) -> Option<(String, Place)> {
        let super::Value::Map(map) = &mut tree.value else { return None };
        let base = map.remove("base").filter(|base| !base.is_null())?;
        let Some(name) = base.as_text() else {
            let problem = Problem::error(code::WRONG_KIND, "expected the path of a file");
            let problem = problem.at(base.place, "`base` is one file");
            self.problems.push(problem.help("write for example: base: ./scenario.yaml"));
            return None;
        };
        Some((name.to_owned(), base.place))
    }

    fn open(&mut self, name: &str, place: Place) -> Option<Node> {
        let again = self.chain.iter().position(|other| *other == normal(name));
        self.chain.push(normal(name));
        if let Some(first) = again {
            self.problems.push(cycle(&self.chain[first..], place));
            return None;
        }
        if self.chain.len() > CHAIN_MAX {
            let title = format!("more than {CHAIN_MAX} files are based on each other");
            self.problems.push(Problem::error(code::BASE_CYCLE, title).at(place, "one too many"));
            return None;
        }
        match (self.read)(name) {
            Ok(bytes) => self.parse(name, &bytes),
            Err(error) => {
                let title = format!("the base {} cannot be read", quoted(name));
                let problem = Problem::error(code::BASE_READ, title);
                let problem = problem.at(place, reason(&error));
                self.problems.push(problem.help("the path is relative to the file it stands in"));
                None
            }
        }
    }
}

/// Why the system refused, in words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "nobody may read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => super::quote::clean(&error.to_string()),
    }
}

fn cycle(chain: &[String], place: Place) -> Problem {
    let names: Vec<_> = chain.iter().map(|name| super::quote::clean(name)).collect();
    Problem::error(code::BASE_CYCLE, "a file is its own base")
        .at(place, "this closes the circle")
        .help(names.join(" -> "))
}

/// A path that stands in a file, as seen from where the file's own path is.
fn beside(file: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = file.rfind('/').map_or("", |slash| &file[..=slash]);
    normal(&format!("{folder}{path}"))
}

/// The path without `.` and without `..` where a folder precedes it.
fn normal(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests;
