//! `-o`: which renderer writes where.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::exit::Failure;
use crate::document::quoted;

/// What a result is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Jsonl,
    Csv,
    Markdown,
}

impl Format {
    const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("csv", Self::Csv),
        ("markdown", Self::Markdown),
    ];
}

/// A format, and the file it is written to; the standard output without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// What it is written as.
    pub(super) format: Format,
    /// Where it is written.
    pub(super) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, file) = match text.split_once('=') {
            Some((word, file)) => (word, Some(file)),
            None => (text, None),
        };
        let names = Format::ALL.map(|(name, _)| name).join(", ");
        let format = Format::ALL.iter().find(|(name, _)| *name == word);
        let (_, format) = format.ok_or_else(|| format!("expected one of {names}"))?;
        if file == Some("") {
            return Err(format!("expected a file after the sign, such as {word}=out.{word}"));
        }
        let file = file.filter(|file| *file != "-").map(PathBuf::from);
        Ok(Self { format: *format, file })
    }
}

/// What is written to the standard output, if anything is asked for.
pub(super) fn to_stdout(outputs: &[Output]) -> Result<Option<Format>, Failure> {
    let mut here = outputs.iter().filter(|output| output.file.is_none());
    let first = here.next().map(|output| output.format);
    if here.next().is_some() {
        let what = "two formats for the standard output".to_owned();
        let help = "write one of them to a file: -o json=result.json".to_owned();
        return Err(Failure::Usage(what, help));
    }
    Ok(first)
}

/// Writes a file whole or not at all.
pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let special = file.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir());
    let written = if special { std::fs::write(file, bytes) } else { replace(file, bytes) };
    let what = || format!("cannot write {}", quoted(&file.to_string_lossy()));
    written.map_err(|error| Failure::Io(what(), error))
}

/// Writes a new file beside it and gives that its name.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = file.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    if file.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // A link stays a link.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let hidden = format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id());
    let new = target.with_file_name(hidden);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&new)
        .and_then(|mut open| open.write_all(bytes).and_then(|()| open.sync_all()))
        .and_then(|()| std::fs::rename(&new, &target));
    if written.is_err() {
        // What is left of it must not stay.
        let _ = std::fs::remove_file(&new);
    }
    written
}

/// An argument as a shell reads it.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:%@+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_format_and_perhaps_a_file() {
        let read = |text: &str| text.parse::<Output>();
        assert_eq!(read("json").expect("a format").file, None);
        let file = read("csv=a=b.csv").expect("a format").file;
        assert_eq!(file, Some(PathBuf::from("a=b.csv")));
        assert_eq!(read("text=-").expect("a format").file, None);
        assert!(read("html").expect_err("unknown").contains("markdown"));
        assert!(read("json=").is_err());
    }

    #[test]
    fn arguments_are_quoted_for_a_shell() {
        assert_eq!(shell("a/b-c.yaml"), "a/b-c.yaml");
        assert_eq!(shell("it's"), "'it'\\''s'");
        assert_eq!(shell(""), "''");
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = std::env::temp_dir().join(format!("coalmine-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("out.json");
        for text in ["first", "second"] {
            write(&file, text.as_bytes()).expect("written");
            assert_eq!(std::fs::read_to_string(&file).expect("read"), text);
        }
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1);
        assert!(write(&folder, b"x").is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
