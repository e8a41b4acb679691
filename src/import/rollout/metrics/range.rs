//! The ends of a range of instants, as expressions say them.

use clockwork::Span;

use crate::import::go;

/// How long ago an instant is: `now()`, or that less a duration.
pub(super) fn ago(text: &str) -> Option<Span> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let rest = text.strip_prefix("now()")?;
    if rest.is_empty() {
        return Some(Span::ZERO);
    }
    let inside = rest.strip_prefix("-duration(")?.strip_suffix(')')?;
    let quote = inside.chars().next().filter(|it| ['"', '\''].contains(it))?;
    go::duration(inside.strip_prefix(quote)?.strip_suffix(quote)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_now_or_earlier() {
        assert_eq!(ago("now()"), Some(Span::ZERO));
        assert_eq!(ago("now() - duration(\"5m\")"), Some(Span::from_mins(5)));
        assert_eq!(ago("now()-duration('1m30s')"), Some(Span::from_secs(90)));
        for text in ["", "now", "now() + duration(\"5m\")", "date(\"2026\")", "now() - 5m"] {
            assert_eq!(ago(text), None, "{text}");
        }
    }
}
