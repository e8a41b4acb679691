//! The files of the project, and their Rust with comments and texts told apart.

use std::path::{Path, PathBuf};

/// The folder of the project.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project.
pub(super) struct File {
    /// Its path from the root, with slashes.
    pub(super) path: String,
    /// What stands in it.
    pub(super) text: String,
}

/// Every text file of the project, by path; what is built and what is hidden by git is left out.
pub(super) fn files() -> Vec<File> {
    let mut paths = Vec::new();
    collect(root(), &mut paths);
    let mut files: Vec<_> = paths.into_iter().filter_map(|path| File::read(&path)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 100, "the project has more files than {}", files.len());
    files
}

/// Every file of Rust.
pub(super) fn rust() -> Vec<File> {
    files().into_iter().filter(|file| file.has_end("rs")).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, ".git" | "target" | "proptest-regressions") {
                collect(&path, paths);
            }
        } else if name != ".git" {
            // In a second working tree that is a file which says where the first one is.
            paths.push(path);
        }
    }
}

impl File {
    fn read(path: &Path) -> Option<Self> {
        // What is no text has no words.
        let text = std::fs::read_to_string(path).ok()?;
        let path = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
        Some(Self { path, text })
    }

    /// Whether its name ends so.
    pub(super) fn has_end(&self, end: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == end)
    }

    /// Whether it stands in a folder.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The name without its end.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }

    /// The top-level module it belongs to, of a file in `src`.
    pub(super) fn module(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let module = rest.split(['/', '.']).next()?;
        (!matches!(module, "lib" | "main")).then_some(module)
    }

    /// Its Rust without comments and without what stands in texts.
    pub(super) fn code(&self) -> String {
        parts(&self.text).filter(|(part, _)| *part == Part::Code).map(|(_, c)| c).collect()
    }

    /// Its Rust without what stands in texts.
    pub(super) fn without_texts(&self) -> String {
        parts(&self.text).filter(|(part, _)| *part != Part::Text).map(|(_, c)| c).collect()
    }
}

/// What a character of Rust belongs to. The ends of lines are always code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    Text,
}

/// Every character with its part.
fn parts(text: &str) -> impl Iterator<Item = (Part, char)> {
    let chars: Vec<char> = text.chars().collect();
    let mut parts = vec![Part::Code; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (part, end) = match rest {
            ['/', '/', ..] => (Part::Comment, until(rest, "\n")),
            ['/', '*', ..] => (Part::Comment, until(rest, "*/")),
            ['"', ..] => (Part::Text, quoted(rest)),
            ['r', '"' | '#', ..] if !is_word(&chars, at) => (Part::Text, raw(rest)),
            ['\'', '\\', _, ..] => (Part::Text, 3 + until(&rest[3..], "'")),
            ['\'', _, '\'', ..] => (Part::Text, 3),
            _ => (Part::Code, 1),
        };
        let end = (at + end).min(chars.len());
        parts[at..end].fill(part);
        at = end;
    }
    let line_ends_are_code = |(c, part)| if c == '\n' { (Part::Code, c) } else { (part, c) };
    chars.into_iter().zip(parts).map(line_ends_are_code)
}

/// Whether the character before `at` belongs to a word.
fn is_word(chars: &[char], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| chars[before].is_alphanumeric() || chars[before] == '_')
}

/// The length up to the end of `mark`.
fn until(chars: &[char], mark: &str) -> usize {
    let mark: Vec<char> = mark.chars().collect();
    let found = chars.windows(mark.len()).position(|window| window == mark);
    found.map_or(chars.len(), |found| found + mark.len())
}

/// The length of a text in quotes.
fn quoted(chars: &[char]) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of a raw text, or of the letter when it is none.
fn raw(chars: &[char]) -> usize {
    let hashes = chars[1..].iter().take_while(|c| **c == '#').count();
    if chars.get(1 + hashes) != Some(&'"') {
        return 1;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    2 + hashes + until(&chars[2 + hashes..], &end)
}

/// The words of a text: letters and digits, split where a name in camel or snake case is.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[test]
fn comments_and_texts_are_told_apart() {
    let text =
        "a // b \"c\"\nlet d = \"e // \\\" f\"; 'g': r#\"h \" i\"# /* j */ k('\"', '\\'', l)";
    let file = File { path: "src/x/y.rs".to_owned(), text: text.to_owned() };
    assert_eq!(file.code(), "a \nlet d = ; :   k(, , l)");
    assert_eq!(file.without_texts(), "a // b \"c\"\nlet d = ; :  /* j */ k(, , l)");
    assert_eq!((file.module(), file.stem()), (Some("x"), "y"));
    assert_eq!(
        words("Default errorSpike x_faults").collect::<Vec<_>>().join(" "),
        "default error spike x faults"
    );
}
