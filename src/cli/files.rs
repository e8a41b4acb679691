//! The files and folders that are named, and their bytes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::foreign;
use crate::document::{Node, Problems, SourceKind, Sources, quoted, yaml};

/// The files themselves, and of every folder its YAML files by name.
pub(super) fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for file in files {
        if file.as_os_str() == "-" || !file.is_dir() {
            all.push(file.clone());
            continue;
        }
        let failed = |error| Failure::Io(format!("cannot read {}", said(file)), error);
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(file).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
            if is_yaml && path.is_file() {
                inside.push(path);
            }
        }
        inside.sort();
        all.extend(inside);
    }
    if all.is_empty() {
        let help = "name a file, or a folder with files that end in .yaml".to_owned();
        return Err(Failure::Nothing("there is nothing to run here".to_owned(), help));
    }
    Ok(all)
}

/// The bytes of a file, and one more than a document may have.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = yaml::BYTES_MAX as u64 + 1;
    let read = if file.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::Io(format!("cannot read {}", said(file)), error))?;
    Ok(bytes)
}

/// A file in a message.
pub(super) fn said(file: &Path) -> String {
    quoted(&file.to_string_lossy())
}

/// A file as it is named where a problem is.
pub(super) fn name(file: &Path) -> String {
    if file.as_os_str() == "-" { "<stdin>".to_owned() } else { file.to_string_lossy().into_owned() }
}

/// Whether every document of a text is a foreign one; a broken text is taken for our own.
pub(super) fn is_foreign(bytes: &[u8]) -> bool {
    let (trees, _) = trees(bytes);
    !trees.is_empty() && foreign::are_foreign(&trees)
}

/// Whether a text is not even YAML.
pub(super) fn is_broken(bytes: &[u8]) -> bool {
    trees(bytes).1.has_errors()
}

pub(super) fn trees(bytes: &[u8]) -> (Vec<Node>, Problems) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut trees = yaml::parse(&mut sources, SourceKind::File, "", bytes, &mut problems);
    trees.retain(|tree| !tree.is_null());
    (trees, problems)
}
