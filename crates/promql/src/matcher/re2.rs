//! Regular expressions as RE2 and Go read them, in the spelling of another engine.
//!
//! Both engines are automata without look-around. They differ in spelling: classes such as `\d`
//! are ASCII in RE2; brackets and `&&` within a class are letters; a brace that begins no
//! repetition is a letter; `\Q...\E` quotes. (RE2 syntax, github.com/google/re2/wiki/Syntax.)

use regex::{Regex, RegexBuilder};
use std::iter::Peekable;
use std::str::Chars;

/// The most memory of one compiled expression, in bytes.
const SIZE_MAX: usize = 1 << 20;

/// The most repetitions, as in RE2.
const REPEAT_MAX: u32 = 1000;

/// Compiles an expression that has to match a whole text; a dot is any character.
pub(super) fn anchored(expression: &str) -> Result<Regex, String> {
    let translated = translate(expression)?;
    let mut builder = RegexBuilder::new(&format!("^(?s:{translated})$"));
    let built = builder.size_limit(SIZE_MAX).nest_limit(100).build();
    built.map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
        format!("`{expression}` is no regular expression: {why}")
    })
}

fn translate(expression: &str) -> Result<String, String> {
    let mut out = String::with_capacity(expression.len() + 8);
    let mut rest = expression.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => escape(&mut rest, &mut out, false)?,
            '[' => class(&mut rest, &mut out)?,
            '{' => brace(&mut rest, &mut out)?,
            '}' => out.push_str(r"\}"),
            '(' => {
                out.push('(');
                group(&rest)?;
            }
            _ => out.push(letter),
        }
    }
    Ok(out)
}

/// Refuses flags that RE2 does not have.
fn group(rest: &Peekable<Chars<'_>>) -> Result<(), String> {
    let mut ahead = rest.clone();
    if ahead.next() != Some('?') {
        return Ok(());
    }
    let flags: String = ahead.take_while(char::is_ascii_alphabetic).collect();
    match flags.chars().find(|flag| !matches!(flag, 'i' | 'm' | 's' | 'U' | 'P')) {
        Some(flag) => Err(format!("a regular expression has no flag `{flag}`")),
        None => Ok(()),
    }
}

/// A repetition, or a brace that is a letter.
fn brace(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    let bounds: String = rest.clone().take_while(|&letter| letter != '}').collect();
    let is_closed = rest.clone().nth(bounds.chars().count()) == Some('}');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_repetition = is_closed
        && match bounds.split_once(',') {
            Some((low, high)) => is_number(low) && (high.is_empty() || is_number(high)),
            None => is_number(&bounds),
        };
    if !is_repetition {
        out.push_str(r"\{");
        return Ok(());
    }
    let mut numbers = bounds.split(',').filter(|number| !number.is_empty());
    if numbers.any(|number| number.parse::<u32>().is_ok_and(|n| n <= REPEAT_MAX).eq(&false)) {
        return Err(format!("a repetition of at most {REPEAT_MAX} is expected, not {{{bounds}}}"));
    }
    out.push('{');
    out.push_str(&bounds);
    out.push('}');
    for _ in 0..=bounds.len() {
        rest.next();
    }
    Ok(())
}

/// A class in brackets, the first of which is read already.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut is_first = true;
    while let Some(letter) = rest.next() {
        match letter {
            ']' if !is_first => {
                out.push(']');
                return Ok(());
            }
            '[' if rest.peek() == Some(&':') => posix(rest, out),
            '\\' => escape(rest, out, true)?,
            '[' | ']' | '&' | '~' => {
                out.push('\\');
                out.push(letter);
            }
            // Two of them would subtract; one that ends a class is a letter in both spellings.
            '-' if rest.peek() == Some(&'-') => out.push_str(r"\-"),
            _ => out.push(letter),
        }
        is_first = false;
    }
    Err("a bracket of a regular expression is not closed".to_owned())
}

/// `[:alpha:]` within a class, or a bracket that is a letter.
fn posix(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let name: String = rest.clone().take_while(|&letter| letter != ']').collect();
    if name.len() < 3 || !name.ends_with(':') {
        out.push_str(r"\[");
        return;
    }
    out.push('[');
    out.push_str(&name);
    out.push(']');
    for _ in 0..=name.chars().count() {
        rest.next();
    }
}

/// What follows a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String, in_class: bool) -> Result<(), String> {
    let Some(letter) = rest.next() else {
        return Err("a regular expression ends with a backslash".to_owned());
    };
    match letter {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(r"[\t\n\x0C\r ]"),
        'S' => out.push_str(r"[^\t\n\x0C\r ]"),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'B' if !in_class => out.push_str(r"(?-u:\B)"),
        'Q' if !in_class => quoted(rest, out),
        'A' | 'z' if !in_class => out.extend(['\\', letter]),
        'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'p' | 'P' | 'x' => out.extend(['\\', letter]),
        '0'..='7' => octal(letter, rest, out)?,
        _ if letter.is_ascii_punctuation() => out.push_str(&regex::escape(&letter.to_string())),
        _ => return Err(format!("a regular expression has no escape `\\{letter}`")),
    }
    Ok(())
}

/// `\123` and `\07`; a digit alone would refer to a group, which automata cannot.
fn octal(first: char, rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    let mut code = first.to_digit(8).unwrap_or_default();
    let follows = rest.peek().is_some_and(|next| next.is_digit(8));
    if first != '0' && !follows {
        return Err(format!("a regular expression has no escape `\\{first}`"));
    }
    for _ in 0..2 {
        let Some(digit) = rest.peek().and_then(|next| next.to_digit(8)) else { break };
        code = code * 8 + digit;
        rest.next();
    }
    out.extend([r"\x{", &format!("{code:X}"), "}"]);
    Ok(())
}

/// Everything up to `\E` or the end, as letters.
fn quoted(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut text = String::new();
    while let Some(letter) = rest.next() {
        if letter == '\\' && rest.next_if_eq(&'E').is_some() {
            break;
        }
        text.push(letter);
    }
    out.push_str(&regex::escape(&text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(expression: &str, text: &str) -> bool {
        anchored(expression).expect(expression).is_match(text)
    }

    #[test]
    fn classes_are_ascii() {
        assert!(is_match(r"\d+", "42") && !is_match(r"\d", "٣"));
        assert!(is_match(r"[\w-]+", "a-b_1") && !is_match(r"\w", "é"));
        assert!(is_match(r"\D\W\S", "é-x") && is_match(r"a\sb", "a b"));
        assert!(is_match(r"\pL+", "é") && is_match(r"[[:alpha:]]+", "abc"));
    }

    #[test]
    fn brackets_and_braces_are_letters_where_they_begin_nothing() {
        assert!(is_match("[a[b]+", "[ab") && is_match("[]a]+", "]a"));
        assert!(is_match("a{,5}", "a{,5}") && is_match("a{2,3}", "aaa"));
        assert!(is_match("{{x}}", "{{x}}") && is_match("[a&&b]+", "a&b"));
        assert!(is_match("[+--]+", "+,-") || is_match(r"[a--]+", "a-"));
    }

    #[test]
    fn quotes_octal_digits_and_flags() {
        assert!(is_match(r"\Qa.b\E.", "a.bc") && !is_match(r"\Qa.b\E", "axb"));
        assert!(is_match(r"\101\07", "A\u{7}") && is_match("(?i)abc", "ABC"));
        assert!(is_match("(?P<x>a)|(?:b)", "b"));
    }

    #[test]
    fn what_re2_refuses_is_refused() {
        for bad in [r"\1", "(", "a**b(", "[z-a]", "x{1001}", "(?x)a", "(?=a)", r"\y", "[a", "\\"] {
            assert!(anchored(bad).is_err(), "{bad}");
        }
    }
}
