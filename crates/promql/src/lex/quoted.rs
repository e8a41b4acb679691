//! Texts in quotes, with the escapes of Go.

/// What is wrong between which bytes of a text.
pub(super) struct Bad {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: &'static str,
}

/// The value of a text that begins with its quote, and its length in bytes with both quotes.
pub(super) fn read(text: &str) -> Result<(String, usize), Bad> {
    let quote = text.as_bytes()[0];
    let unclosed =
        || Bad { start: 0, end: 1, message: "this quote is not closed on the same line" };
    if quote == b'`' {
        let end = text[1..].find('`').ok_or(Bad {
            start: 0,
            end: 1,
            message: "this quote is not closed",
        })?;
        return Ok((text[1..=end].to_owned(), end + 2));
    }
    let bytes = text.as_bytes();
    let (mut value, mut at) = (Vec::new(), 1);
    loop {
        match *bytes.get(at).ok_or_else(unclosed)? {
            b'\n' => return Err(unclosed()),
            b'\\' => {
                let bad = |message| Bad { start: at, end: (at + 2).min(bytes.len()), message };
                at += escape(&bytes[at..], quote, &mut value).map_err(bad)?;
            }
            byte if byte == quote => break,
            byte => {
                value.push(byte);
                at += 1;
            }
        }
    }
    let value = String::from_utf8(value).map_err(|_| Bad {
        start: 0,
        end: at + 1,
        message: "the bytes of this text are not UTF-8",
    })?;
    Ok((value, at + 1))
}

/// Decodes one escape at the start of `bytes`; how many bytes it takes.
fn escape(bytes: &[u8], quote: u8, value: &mut Vec<u8>) -> Result<usize, &'static str> {
    let simple = match bytes.get(1) {
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 11,
        Some(b'\\') => b'\\',
        Some(&byte) if byte == quote => quote,
        Some(b'x') => return number(bytes, 2, 2, 16, value),
        Some(b'u') => return number(bytes, 2, 4, 16, value),
        Some(b'U') => return number(bytes, 2, 8, 16, value),
        Some(b'0'..=b'7') => return number(bytes, 1, 3, 8, value),
        _ => return Err("unknown escape: write a backslash as `\\\\`"),
    };
    value.push(simple);
    Ok(2)
}

/// An escape of `digits` digits from byte `from`; with more than three it is a code point.
fn number(
    bytes: &[u8],
    from: usize,
    digits: usize,
    radix: u32,
    value: &mut Vec<u8>,
) -> Result<usize, &'static str> {
    let text = bytes.get(from..from + digits).and_then(|it| std::str::from_utf8(it).ok());
    let text = text.filter(|text| text.bytes().all(|byte| char::from(byte).is_digit(radix)));
    let code = text.and_then(|text| u32::from_str_radix(text, radix).ok());
    let code = code.ok_or("this escape needs more digits")?;
    if digits > 3 {
        let letter = char::from_u32(code).ok_or("this escape is no character")?;
        value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        value.push(u8::try_from(code).map_err(|_| "this escape is larger than a byte")?);
    }
    Ok(from + digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        read(text).ok().map(|(value, _)| value)
    }

    #[test]
    fn escapes_are_those_of_go() {
        assert_eq!(
            value(r#""a\n\t\"\\\x41\101\u00e9\U0001F600" rest"#).as_deref(),
            Some("a\n\t\"\\AAé😀")
        );
        assert_eq!(value(r"'it\'s'").as_deref(), Some("it's"));
        assert_eq!(value(r"`raw\n`").as_deref(), Some(r"raw\n"));
        assert_eq!(value(r#""\xc3\xa9""#).as_deref(), Some("é"));
        assert_eq!(read("``").ok().map(|read| read.1), Some(2));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            r#""\d""#,
            r#""\xff""#,
            r#""\'""#,
            "\"a\nb\"",
            "\"",
            "`",
            r#""\x4""#,
            r#""\ud800""#,
            r#""\777""#,
            r#""\u+041""#,
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
