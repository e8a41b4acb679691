//! The words of a query, each with its place.

mod number;
mod quoted;

use crate::{Error, Place};

/// What a word is; the spelling of a name is its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    /// A name, a keyword, `Inf` or `NaN`: what it is depends on where it stands.
    Name,
    Number(f64),
    /// Milliseconds.
    Duration(i64),
    Text(String),
    /// Brackets, operators and separators, as they are spelt.
    Mark(&'static str),
    End,
}

/// A word and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) word: Word,
    pub(crate) place: Place,
}

/// Operators and separators, longer ones before their beginnings.
const MARKS: [&str; 25] = [
    "==", "=~", "!=", "!~", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "^", "@", "(", ")",
    "{", "}", "[", "]", ",", ":", ";",
];

/// Longer texts are not read.
pub(crate) const BYTES_MAX: usize = 64 * 1024;

/// Every word of a text, an end last.
pub(crate) fn lex(text: &str) -> Result<Vec<Token>, Error> {
    if text.len() > BYTES_MAX {
        let message = format!("a query has at most {BYTES_MAX} bytes, this one {}", text.len());
        return Err(Error::new(Place::new(0, 0), message));
    }
    let mut lexer = Lexer { text, at: 0, in_brackets: false };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let is_end = token.word == Word::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Between brackets a colon separates; elsewhere it belongs to a name.
    in_brackets: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Token, Error> {
        self.skip_space_and_comments();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(Token { word: Word::End, place: Place::new(start, start) });
        };
        let word = match first {
            '"' | '\'' | '`' => self.quoted()?,
            '0'..='9' => self.number()?,
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number()?,
            ':' if !self.in_brackets => self.name(),
            'a'..='z' | 'A'..='Z' | '_' => self.name(),
            _ => self.mark(first)?,
        };
        Ok(Token { word, place: Place::new(start, self.at) })
    }

    fn skip_space_and_comments(&mut self) {
        loop {
            let rest = self.rest();
            let space = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let rest = &rest[space..];
            let comment = match rest.strip_prefix('#') {
                Some(comment) => 1 + comment.find(['\n', '\r']).unwrap_or(comment.len()),
                None => 0,
            };
            if space + comment == 0 {
                return;
            }
            self.at += space + comment;
        }
    }

    fn name(&mut self) -> Word {
        let in_brackets = self.in_brackets;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == ':' && !in_brackets);
        let end = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        self.at += end;
        Word::Name
    }

    fn number(&mut self) -> Result<Word, Error> {
        let length = number::length(self.rest());
        let place = Place::new(self.at, self.at + length);
        self.at += length;
        number::read(place.of(self.text)).map_err(|message| Error::new(place, message))
    }

    fn quoted(&mut self) -> Result<Word, Error> {
        let (value, length) = quoted::read(self.rest()).map_err(|bad| {
            let place = Place::new(self.at + bad.start, self.at + bad.end);
            Error::new(place, bad.message)
        })?;
        self.at += length;
        Ok(Word::Text(value))
    }

    fn mark(&mut self, first: char) -> Result<Word, Error> {
        if let Some(mark) = MARKS.into_iter().find(|mark| self.rest().starts_with(mark)) {
            self.at += mark.len();
            match mark {
                "[" => self.in_brackets = true,
                "]" => self.in_brackets = false,
                _ => {}
            }
            return Ok(Word::Mark(mark));
        }
        let place = Place::new(self.at, self.at + first.len_utf8());
        let error = Error::new(place, format!("`{}` has no meaning here", first.escape_debug()));
        Err(match first {
            '!' => error.hint("`!=` and `!~` compare; negation is `== bool 0`"),
            '~' => error.hint("`=~` matches a regular expression, `!~` does not"),
            '&' | '|' => error.hint("the set operators are `and`, `or` and `unless`"),
            '$' => error.hint("variables of dashboards are filled in before a query is parsed"),
            '“' | '”' | '‘' | '’' => error.hint("texts stand in straight quotes"),
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(text: &str) -> Vec<&str> {
        let tokens = lex(text).expect("words");
        tokens.iter().map(|token| token.place.of(text)).collect()
    }

    #[test]
    fn words_have_places() {
        let text = "a:b{c=~\"d\"}[5m:1m] # of that\n>= 1e-3";
        let words =
            ["a:b", "{", "c", "=~", "\"d\"", "}", "[", "5m", ":", "1m", "]", ">=", "1e-3", ""];
        assert_eq!(spelt(text), words);
    }

    #[test]
    fn foreign_characters_are_named() {
        for text in ["a & b", "$x", "a ! b", "“a”", "a\u{a0}b", "é"] {
            let error = lex(text).expect_err(text);
            assert!(error.message.contains("has no meaning"), "{error}");
        }
        assert!(lex(&" ".repeat(BYTES_MAX + 1)).is_err());
    }
}
