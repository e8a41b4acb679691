//! Base64 with padding.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

/// The bytes, unless the text is no base64. Ends of lines are passed over.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let value = |digit: u8| DIGITS.iter().position(|it| *it == digit).map(|it| it as u32);
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let mut chunks = digits.chunks(4).peekable();
    while let Some(chunk) = chunks.next() {
        let [a, b, c, d] = chunk else { return None };
        let padding = match (*c, *d) {
            (b'=', b'=') => 2,
            (_, b'=') => 1,
            _ => 0,
        };
        if padding > 0 && chunks.peek().is_some() {
            return None;
        }
        let third = if padding == 2 { 0 } else { value(*c)? };
        let fourth = if padding > 0 { 0 } else { value(*d)? };
        let bits = value(*a)? << 18 | value(*b)? << 12 | third << 6 | fourth;
        let three = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
        bytes.extend_from_slice(&three[..3 - padding]);
    }
    Some(bytes)
}
