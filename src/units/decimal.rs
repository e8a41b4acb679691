//! Decimal notation: digits, an optional fraction, `_` between digits; no exponent, no sign.

use super::Rejection;

/// Whether the text is a decimal number and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    split(text).is_some_and(|(_, _, rest)| rest.is_empty())
}

/// Splits a text into its leading number and the rest, its unit.
pub(super) fn number_and_unit(text: &str) -> Result<(&str, &str), Rejection> {
    let refuse = |what: &str| Err(Rejection::unreadable(what));
    if text.starts_with('-') {
        return Err(Rejection::out_of_range("it cannot be negative"));
    }
    match split(text) {
        Some((_, _, rest)) => {
            let number = &text[..text.len() - rest.len()];
            other_notation(number, rest).map_or(Ok((number, rest)), Err)
        }
        None if text.is_empty() => refuse("nothing is written"),
        None => refuse("it does not begin with a number"),
    }
}

/// The value of a decimal number times ten to the `shift`, exactly.
pub(super) fn scaled(number: &str, shift: u32) -> Result<u64, Rejection> {
    let unreadable = || Rejection::unreadable("it is not a decimal number");
    let (whole, fraction, rest) = split(number).ok_or_else(unreadable)?;
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let fraction = fraction.trim_end_matches('0');
    let Some(zeros) = (shift as usize).checked_sub(fraction.len()) else {
        return Err(Rejection::unreadable("it has more decimals than can be told apart"));
    };
    let digits = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
    let zeros = std::iter::repeat_n(b'0', zeros);
    digits.chain(zeros).try_fold(0_u64, push).ok_or_else(too_large)
}

/// The value of a decimal number as the nearest double.
pub(super) fn real(number: &str) -> Result<f64, Rejection> {
    let plain: String = number.chars().filter(|&c| c != '_').collect();
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(too_large()),
        Err(_) => Err(Rejection::unreadable("it is not a decimal number")),
    }
}

/// Prints `value` / ten to the `shift` without trailing zeros.
pub(super) fn print(value: u64, shift: u32) -> String {
    let unit = 10_u64.pow(shift);
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return whole.to_string();
    }
    let decimals = format!("{fraction:0width$}", width = shift as usize);
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}

/// What a number that goes on like this was meant to be: a decimal comma, an exponent, another
/// base.
fn other_notation(number: &str, rest: &str) -> Option<Rejection> {
    let mut chars = rest.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    let is_digit = second.is_ascii_digit();
    if first == ',' && is_digit {
        let (digits, unit) = digits(&rest[1..]);
        let refusal = Rejection::unreadable("a comma cannot stand in a number");
        let whole = (digits.len() == 3).then(|| format!("{number}_{digits}{unit}"));
        return Some(whole.into_iter().fold(refusal, Rejection::or))
            .map(|refusal| refusal.or(format!("{number}.{digits}{unit}")));
    }
    if matches!(first, 'e' | 'E') && (is_digit || matches!(second, '+' | '-')) {
        return Some(Rejection::unreadable("digits are written out, without an exponent"));
    }
    let is_base = number == "0" && matches!(first, 'x' | 'X' | 'o' | 'b');
    (is_base && is_digit).then(|| Rejection::unreadable("numbers are decimal here"))
}

fn too_large() -> Rejection {
    Rejection::out_of_range("it is too large")
}

fn push(sum: u64, digit: u8) -> Option<u64> {
    sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
}

/// Whole digits, fraction digits and what follows; nothing if it does not begin with a number.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (whole, rest) = digits(text);
    if !is_digits(whole) {
        return None;
    }
    let Some(after) = rest.strip_prefix('.') else {
        return Some((whole, "", rest));
    };
    let (fraction, rest) = digits(after);
    (is_digits(fraction) && !fraction.contains('_')).then_some((whole, fraction, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len()))
}

fn is_digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && !text.contains("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_exactly() {
        assert_eq!(scaled("0.1", 10), Ok(1_000_000_000));
        assert_eq!(scaled("2_000", 0), Ok(2000));
        assert_eq!(scaled("1.50", 1), Ok(15));
        assert!(scaled("1.55", 1).is_err());
        assert!(scaled("99999999999999999999", 0).is_err());
    }

    #[test]
    fn splits_number_and_unit() {
        assert_eq!(number_and_unit("650Mi"), Ok(("650", "Mi")));
        assert_eq!(number_and_unit("1.5x"), Ok(("1.5", "x")));
        for text in ["", "ten", ".5", "1.", "_1x", "1_x", "1__0x", "-5%", "+5%", "٣%"] {
            assert!(number_and_unit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn prints_without_trailing_zeros() {
        assert_eq!(print(5_000_000_000, 10), "0.5");
        assert_eq!(print(10, 1), "1");
        assert_eq!(print(0, 10), "0");
    }
}
