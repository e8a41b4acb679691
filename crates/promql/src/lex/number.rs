//! Numbers and durations: `1_000`, `0x1F`, `1e-3`, `.5`, `1h30m`.

use super::Word;
use crate::duration;

/// How many bytes at the start of a text belong to one number or duration.
pub(super) fn length(text: &str) -> usize {
    let is_hex = text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    let mut before = ' ';
    let is_part = |c: char| {
        let is_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex;
        before = c;
        c.is_ascii_alphanumeric() || c == '_' || c == '.' || is_sign
    };
    text.bytes().map(char::from).map(is_part).take_while(|&is| is).count()
}

pub(super) fn read(text: &str) -> Result<Word, String> {
    if let Some(value) = number(text) {
        return Ok(Word::Number(value));
    }
    let looks_like_duration = text.ends_with(|c: char| c.is_ascii_alphabetic());
    if !looks_like_duration || text.contains(['_', '.']) {
        return Err(format!("`{text}` is neither a number nor a duration such as `5m`"));
    }
    match duration::parse(text)? {
        0 => Err("a duration greater than 0 is expected".to_owned()),
        millis => Ok(Word::Duration(millis)),
    }
}

/// The value of a number without a sign. Integers follow Go: a leading zero makes octal digits.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits = without_underscores(text)?;
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let is_hex = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return is_hex.then(|| i64::from_str_radix(hex, 16).ok()).flatten().map(|n| n as f64);
    }
    if digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|it| it.is_ascii_digit())
        && let Ok(octal) = i64::from_str_radix(&digits, 8)
    {
        return Some(octal as f64);
    }
    let is_decimal = digits
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = digits.parse().ok().filter(|_| is_decimal)?;
    value.is_finite().then_some(value)
}

/// The text without underscores, each of which must stand between digits or after `0x`.
fn without_underscores(text: &str) -> Option<String> {
    if !text.contains('_') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let is_between = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        let after_prefix = at == 2 && before.is_some_and(|byte| matches!(byte, b'x' | b'X'));
        (is_digit(before) || after_prefix) && is_digit(bytes.get(at + 1))
    };
    let mut places = text.match_indices('_').map(|(at, _)| at);
    places.all(is_between).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_go_reads_them() {
        for (text, value) in [
            ("1", 1.0),
            ("0x1F", 31.0),
            ("0x_53_AB", 21419.0),
            ("1_000_000", 1e6),
            ("010", 8.0),
            ("08", 8.0),
            ("2.", 2.0),
            (".5", 0.5),
            ("12.34e+6", 12.34e6),
            ("1e-3", 1e-3),
        ] {
            assert_eq!(read(text), Ok(Word::Number(value)), "{text}");
        }
        assert_eq!(read("1h30m"), Ok(Word::Duration(5_400_000)));
        for text in ["1e400", "0xZ", "1__0", "1_", "1.2.3", "5x", "0x", "1h1.5m", "0b1", "1e"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_sign_belongs_to_an_exponent_only() {
        assert_eq!(length("1e-3-2"), 4);
        assert_eq!(length("0x1e-3"), 4);
        assert_eq!(length("5m-1"), 2);
    }
}
