//! Durations as Prometheus writes them: `5m`, `1h30m`, `250ms`.

/// Every unit, its milliseconds, from the longest; each may stand once and in this order.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The longest duration that is accepted, as Prometheus: what fits into 63 bits of nanoseconds.
pub(crate) const MILLIS_MAX: i64 = i64::MAX / 1_000_000;

/// Reads a duration such as `1h30m` in milliseconds; the sentence says what is wrong.
pub fn parse(text: &str) -> Result<i64, String> {
    let (mut rest, mut total, mut next) = (text, 0_i64, 0);
    if text == "0" {
        return Ok(0);
    }
    if text.is_empty() {
        return Err("a duration such as `5m` is expected".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let (number, unit) = (&rest[..digits], &rest[digits..digits + letters]);
        let found = UNITS.iter().position(|(name, _)| *name == unit);
        let (Some(found), Ok(number)) = (found, number.parse::<i64>()) else {
            return Err(format!("`{text}` is no duration: units are y, w, d, h, m, s and ms"));
        };
        if found < next {
            return Err(format!("`{text}` is no duration: each unit once, from y down to ms"));
        }
        next = found + 1;
        let part = number.checked_mul(UNITS[found].1);
        let sum = part.and_then(|part| total.checked_add(part));
        total = sum.filter(|&sum| sum <= MILLIS_MAX).ok_or("the duration is too long")?;
        rest = &rest[digits + letters..];
    }
    Ok(total)
}

/// Writes milliseconds so that [`parse`] reads them; a year and a week only if nothing is left.
pub(crate) fn write(millis: i64) -> String {
    let mut left = millis.unsigned_abs();
    let mut text = if millis < 0 { "-".to_owned() } else { String::new() };
    if left == 0 {
        // Zero with a unit is refused, as in Prometheus.
        return "0".to_owned();
    }
    for (unit, size) in UNITS {
        let size = size.unsigned_abs();
        let is_whole = !matches!(unit, "y" | "w") || left.is_multiple_of(size);
        if left >= size && is_whole {
            text.push_str(&(left / size).to_string());
            text.push_str(unit);
            left %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_they_are_written() {
        for (text, millis) in [
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("250ms", 250),
            ("1d", 86_400_000),
            ("2w", 1_209_600_000),
            ("1y", 31_536_000_000),
            ("1m500ms", 60_500),
        ] {
            assert_eq!(parse(text), Ok(millis));
            assert_eq!(write(millis), text);
        }
        assert_eq!(write(-90_000), "-1m30s");
        assert_eq!(parse("0s"), Ok(0));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "5", "m", "5x", "1m1h", "5m5m", "1.5m", "99999999999y", "5M"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
