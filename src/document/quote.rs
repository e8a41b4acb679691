//! Foreign text in messages: short, on one line, and harmless to a terminal.

/// Texts longer than this are clipped.
const CHARS_MAX: usize = 60;

/// Paths longer than this are clipped.
const PATH_MAX: usize = 160;

/// Names of sources longer than this are clipped.
const NAME_MAX: usize = 4096;

/// The text between backquotes, clipped, with control characters escaped.
pub fn quoted(text: &str) -> String {
    format!("`{}`", clean(text))
}

/// The text clipped, with control characters escaped.
pub(super) fn clean(text: &str) -> String {
    clipped(text, CHARS_MAX)
}

/// The name of a source, whole enough to be opened, with control characters escaped.
pub(super) fn source_name(name: &str) -> String {
    clipped(name, NAME_MAX)
}

/// A path of a document between backquotes, clipped later than other texts.
pub(super) fn quoted_path(path: &str) -> String {
    format!("`{}`", clipped(path, PATH_MAX))
}

fn clipped(text: &str, chars_max: usize) -> String {
    let mut clipped: String = text.chars().take(chars_max).flat_map(escape).collect();
    if text.chars().nth(chars_max).is_some() {
        clipped.push_str("...");
    }
    clipped
}

/// The text with control characters escaped, except for line breaks.
pub(super) fn printable(text: &str) -> String {
    let keep = |c| if c == '\n' { vec![c] } else { escape(c) };
    text.chars().flat_map(keep).collect()
}

fn escape(c: char) -> Vec<char> {
    if is_harmless(c) { vec![c] } else { c.escape_default().collect() }
}

/// Neither a control character nor one that changes the direction or joins of the text around it.
pub(super) fn is_harmless(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    );
    !c.is_control() && !invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_clipped_and_escaped() {
        assert_eq!(quoted("a\u{1b}[31m\n"), "`a\\u{1b}[31m\\n`");
        assert_eq!(quoted("\u{202e}evil"), "`\\u{202e}evil`");
        assert_eq!(quoted("größe"), "`größe`");
        assert_eq!(quoted(&"x".repeat(100)), format!("`{}...`", "x".repeat(60)));
        assert_eq!(printable("a\nb\u{7}"), "a\nb\\u{7}");
    }
}
