//! Products without rounding.

/// `a * b` as an unevaluated sum: the rounded product and its rounding error, exactly.
///
/// Veltkamp's split and Dekker's product ("A floating-point technique for extending the available
/// precision", 1971); exact unless something over- or underflows.
#[inline]
pub fn exact_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, error)
}

/// A value as the sum of two halves of 26 bits.
#[inline]
fn split(x: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let scaled = SPLITTER * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_exact() {
        let (a, b) = ((1_u64 << 40) + 12_345, (1_u64 << 41) + 67_891);
        let (high, low) = exact_product(a as f64, b as f64);
        assert_eq!(high as i128 + low as i128, i128::from(a) * i128::from(b));
    }
}
