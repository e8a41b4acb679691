//! Amounts the way Kubernetes writes them: `512Mi`, `1.5G`, `128e6`, `250m`.

/// Every suffix, and the power of two or of ten that it stands for.
const BINARY: [(&str, u32); 6] =
    [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// The amount, rounded up to whole units; nothing if the text is none or it is below zero.
pub(super) fn whole(text: &str) -> Option<u64> {
    amount(text, 0)
}

/// The amount in thousandths, rounded up: of a processor, say.
pub(super) fn thousandths(text: &str) -> Option<u64> {
    amount(text, 3)
}

/// The amount times a power of ten, rounded up.
fn amount(text: &str, shift: i32) -> Option<u64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (integer, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_empty = integer.is_empty() && fraction.is_empty();
    if is_empty || fraction.contains('.') || integer.len() > 19 || fraction.len() > 9 {
        return None;
    }
    let mantissa: u128 = format!("{integer}{fraction}").parse().ok()?;
    let decimals = fraction.len() as i32;
    if let Some((_, power)) = BINARY.iter().find(|it| it.0 == suffix) {
        return scaled(mantissa.checked_mul(1 << power)?, shift - decimals);
    }
    let power = match DECIMAL.iter().find(|it| it.0 == suffix) {
        Some((_, power)) => *power,
        None => suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|it: &i32| it.abs() < 30)?,
    };
    scaled(mantissa, power + shift - decimals)
}

/// `mantissa` times a power of ten, rounded up.
fn scaled(mantissa: u128, power: i32) -> Option<u64> {
    let factor = 10_u128.checked_pow(power.unsigned_abs())?;
    let amount =
        if power < 0 { mantissa.div_ceil(factor) } else { mantissa.checked_mul(factor)? };
    u64::try_from(amount).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_kubernetes_reads_them() {
        for (text, expected) in [
            ("512Mi", Some(512 << 20)),
            ("1.5Gi", Some(3 << 29)),
            ("128974848", Some(128_974_848)),
            ("129e6", Some(129_000_000)),
            ("129M", Some(129_000_000)),
            ("1E3", Some(1_000)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("100m", Some(1)),
            (".5k", Some(500)),
            ("0", Some(0)),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("-1Mi", None),
            ("512MB", None),
            ("512mi", None),
            ("many", None),
            ("99999999Ei", None),
            ("1e99", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        for (text, expected) in [("100m", 100), ("0.1", 100), ("2", 2_000), ("1u", 1)] {
            assert_eq!(thousandths(text), Some(expected), "{text}");
        }
    }
}
