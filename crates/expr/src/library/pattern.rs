//! Regular expressions of the original: those of RE2.

use regex::{Regex, RegexBuilder};

/// A regular expression in the syntax of RE2, which is that of Go.
///
/// ```
/// use expr::Pattern;
/// assert!(Pattern::parse("success-.*")?.is_match("my-success-rate"));
/// assert!(Pattern::parse("*").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// A compiled pattern, or what is wrong with it.
    pub fn parse(pattern: &str) -> Result<Pattern, String> {
        regex(pattern).map(Pattern)
    }

    /// Whether a piece of the text fits.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn regex(pattern: &str) -> Result<Regex, String> {
    // Far more than any pattern of a condition takes, and far less than a machine has.
    const BYTES_MAX: usize = 1 << 20;
    let built = RegexBuilder::new(&with_plain_classes(pattern))
        .size_limit(BYTES_MAX)
        .dfa_size_limit(BYTES_MAX)
        .nest_limit(100)
        .build();
    built.map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("`{pattern}` is no regular expression: {reason}")
    })
}

/// The pattern with what RE2 takes literally in classes, and `regex` as classes in classes or as
/// operations on them, written as literals.
fn with_plain_classes(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    let mut is_class = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                plain.push(c);
                plain.extend(rest.next());
            }
            '[' if is_class && !rest.as_str().starts_with(':') => plain.push_str("\\["),
            '[' if is_class => {
                // A class by name, as in `[[:alpha:]]`.
                let end = rest.as_str().find(":]").map_or(0, |end| end + 2);
                plain.push(c);
                plain.push_str(&rest.as_str()[..end]);
                rest = rest.as_str()[end..].chars();
            }
            '[' => {
                is_class = true;
                plain.push(c);
                // A bracket that closes before anything is open is a literal.
                for literal in ["^", "]"] {
                    if let Some(after) = rest.as_str().strip_prefix(literal) {
                        plain.push_str(if literal == "]" { "\\]" } else { literal });
                        rest = after.chars();
                    }
                }
            }
            ']' if is_class => {
                is_class = false;
                plain.push(c);
            }
            '&' | '~' if is_class => plain.extend(['\\', c]),
            _ => plain.push(c),
        }
    }
    plain
}
