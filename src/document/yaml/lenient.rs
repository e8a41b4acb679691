//! Brackets that are closed further left than the standard allows, which most tools accept:
//!
//! ```text
//! - steps: [
//!   { setWeight: 5% },
//! ]
//! ```
//!
//! White space has no meaning inside a bracket, so such lines are read as if they were indented.

use saphyr_parser::Parser;

use super::syntax::is_indentation;

/// How far a line is moved to the right.
const SPACES: usize = 256;

/// A text that costs more than this to mend, in bytes read, stays as it is.
const COST_MAX: usize = 16 << 20;

/// Where spaces were put into a text, counted in characters of the new one, in order.
#[derive(Debug, Default)]
pub(super) struct Indents(Vec<usize>);

impl Indents {
    /// The same character of the text without the spaces.
    pub(super) fn original(&self, character: usize) -> usize {
        let before = self.0.partition_point(|start| *start + SPACES <= character);
        let inside = self.0.get(before).map_or(0, |start| character.saturating_sub(*start));
        character - before * SPACES - inside
    }
}

/// The text with every such line indented; nothing if it is not YAML even then.
pub(super) fn indented(text: &str) -> Option<(String, Indents)> {
    let mut chars: Vec<char> = text.chars().collect();
    let mut indents = Indents::default();
    let mut cost = 0;
    loop {
        let new: String = chars.iter().collect();
        cost += new.len();
        if cost > COST_MAX {
            return None;
        }
        let Some(error) = Parser::new_from_str(&new).find_map(Result::err) else {
            return Some((new, indents));
        };
        let at = error.marker().index().min(chars.len());
        let start = chars[..at].iter().rposition(|c| *c == '\n').map_or(0, |end| end + 1);
        let repeated = indents.0.last().is_some_and(|last| start <= *last);
        if !is_indentation(&error) || repeated {
            return None;
        }
        chars.splice(start..start, [' '; SPACES]);
        indents.0.push(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_yaml_even_then_stays_so() {
        for text in ["a: [\n1\n", "- a: [\nb: 1\nc: 2\n", "- a: [\n1\n]\nb: [\n"] {
            assert!(indented(text).is_none(), "{text}");
        }
    }

    #[test]
    fn characters_keep_their_places() {
        let (text, indents) = indented("- é: [\n1,\n2 ]\n- 3\n").expect("mended");
        assert_eq!(indents.0, [7, 7 + SPACES + 3]);
        for (index, c) in text.chars().enumerate().filter(|(_, c)| *c != ' ') {
            let original = "- é: [\n1,\n2 ]\n- 3\n".chars().nth(indents.original(index));
            assert_eq!(original, Some(c));
        }
    }
}
