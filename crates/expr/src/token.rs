//! Text to tokens.

use crate::problem::{Problem, ProblemKind, Span};

/// A word of the language with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Name(String),
    /// As written, without underscores.
    Number(String),
    Text(String),
    /// A sign or one of the words that are operators.
    Operator(&'static str),
    /// One of `( ) [ ] { }`.
    Bracket(char),
    End,
}

/// Signs, longer ones first.
const SIGNS: [&str; 29] = [
    "==", "!=", "<=", ">=", "&&", "||", "**", "..", "?.", "??", "::", "#", "|", ":", ",", ";", "%",
    "+", "-", "^", "&", "!", "=", "*", "<", ">", ".", "?", "/",
];

/// Words that are operators.
const WORDS: [&str; 11] = [
    "not",
    "in",
    "or",
    "and",
    "matches",
    "contains",
    "startsWith",
    "endsWith",
    "let",
    "if",
    "else",
];

impl TokenKind {
    /// How a message calls it.
    pub(crate) fn quoted(&self) -> String {
        match self {
            TokenKind::Name(it) | TokenKind::Number(it) => format!("`{it}`"),
            TokenKind::Text(it) => format!("the text {it:?}"),
            TokenKind::Operator(it) => format!("`{it}`"),
            TokenKind::Bracket(it) => format!("`{it}`"),
            TokenKind::End => "the end of the condition".to_owned(),
        }
    }
}

/// The tokens of a text, the last of which is the end.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let from = lexer.at;
        let kind = lexer.token()?;
        let is_end = kind == TokenKind::End;
        tokens.push(Token { kind, span: Span { from, to: lexer.at } });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn problem(&self, from: usize, message: impl Into<String>) -> Problem {
        let span = Span { from, to: self.at.max(from) };
        Problem::new(ProblemKind::Syntax, span, message.into())
    }

    /// Over spaces and comments.
    fn skip_blanks(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            if blanks > 0 {
                self.at += blanks;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(self.problem(self.at, "a comment that is not closed"));
                };
                self.at += 2 + end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<TokenKind, Problem> {
        let Some(c) = self.peek() else { return Ok(TokenKind::End) };
        let next = self.rest().chars().nth(1);
        match c {
            '"' | '\'' => self.text_in(c),
            '`' => self.raw_text(),
            '0'..='9' => self.number(),
            '.' if next.is_some_and(|c| c.is_ascii_digit()) => self.number(),
            '(' | ')' | '[' | ']' | '{' | '}' => {
                self.at += 1;
                Ok(TokenKind::Bracket(c))
            }
            _ if is_of_name(c) => Ok(self.name()),
            _ => self.sign(c),
        }
    }

    fn sign(&mut self, c: char) -> Result<TokenKind, Problem> {
        let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) else {
            let from = self.at;
            self.at += c.len_utf8();
            return Err(self.problem(from, format!("`{c}` has no meaning here")));
        };
        self.at += sign.len();
        Ok(TokenKind::Operator(sign))
    }

    fn name(&mut self) -> TokenKind {
        let rest = self.rest();
        let length = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        let name = rest[..length].to_owned();
        self.at += length;
        match WORDS.iter().find(|word| **word == name) {
            Some(word) => TokenKind::Operator(word),
            None => TokenKind::Name(name),
        }
    }

    fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !is_wanted(c)).unwrap_or(rest.len());
    }

    fn take_any(&mut self, wanted: &str) -> bool {
        let found = self.peek().filter(|c| wanted.contains(*c));
        self.at += found.map_or(0, char::len_utf8);
        found.is_some()
    }

    fn number(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        let mut digits: fn(char) -> bool = |c| c.is_ascii_digit() || c == '_';
        if self.take_any("0") {
            if self.take_any("xX") {
                digits = |c| c.is_ascii_hexdigit() || c == '_';
            } else if self.take_any("oO") {
                digits = |c| matches!(c, '0'..='7' | '_');
            } else if self.take_any("bB") {
                digits = |c| matches!(c, '0' | '1' | '_');
            }
        }
        self.take_while(digits);
        // `1..2` is a range and not a number with two points.
        if self.rest().starts_with('.') && !self.rest().starts_with("..") {
            self.at += 1;
            self.take_while(digits);
        }
        if !self.rest().starts_with("..") && self.take_any("eE") {
            self.take_any("+-");
            self.take_while(digits);
        }
        if self.peek().is_some_and(is_of_name) {
            self.take_while(is_of_name);
            let number = &self.text[from..self.at];
            return Err(self.problem(from, format!("`{number}` is no number")));
        }
        Ok(TokenKind::Number(self.text[from..self.at].replace('_', "")))
    }

    fn raw_text(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        let mut text = String::new();
        let mut rest = &self.text[from + 1..];
        loop {
            let Some(end) = rest.find('`') else {
                return Err(self.problem(from, "a text that is not closed: a ` is missing"));
            };
            text.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            if !rest.starts_with('`') {
                break;
            }
            text.push('`');
            rest = &rest[1..];
        }
        self.at = self.text.len() - rest.len();
        Ok(TokenKind::Text(text))
    }

    fn text_in(&mut self, quote: char) -> Result<TokenKind, Problem> {
        let from = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek().filter(|c| *c != '\n') else {
                let message = format!("a text that is not closed: a {quote} is missing");
                return Err(self.problem(from, message));
            };
            self.at += c.len_utf8();
            match c {
                '\\' => text.push(self.escape()?),
                _ if c == quote => return Ok(TokenKind::Text(text)),
                _ => text.push(c),
            }
        }
    }

    /// The character that is written after a backslash.
    fn escape(&mut self) -> Result<char, Problem> {
        let from = self.at - 1;
        let c = self.peek();
        self.at += c.map_or(0, char::len_utf8);
        Ok(match c {
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some(c @ ('\\' | '\'' | '"' | '`')) => c,
            Some('x') => self.code(from, 2, 16)?,
            Some('u') if self.take_any("{") => {
                let length = self.rest().find('}').unwrap_or(0);
                let code = self.code(from, length, 16)?;
                self.at += 1;
                code
            }
            Some('u') => self.code(from, 4, 16)?,
            Some('U') => self.code(from, 8, 16)?,
            Some('0'..='7') => {
                self.at -= 1;
                self.code(from, 3, 8)?
            }
            _ => return Err(self.problem(from, "a backslash that begins no escape")),
        })
    }

    fn code(&mut self, from: usize, length: usize, base: u32) -> Result<char, Problem> {
        let digits = self.rest().get(..length).filter(|it| it.chars().all(|c| c.is_digit(base)));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, base).ok());
        self.at += digits.map_or(0, str::len);
        let message = format!("an escape needs {length} digits that name a character");
        code.and_then(char::from_u32).ok_or_else(|| self.problem(from, message))
    }
}

/// Whether a name may have this character.
pub(crate) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
