//! Log-factorials.

/// `ln sqrt(2 pi)`.
pub const LN_SQRT_TAU: f64 = 0.9189385332046728;

/// `ln n!` for `n < 17`, correctly rounded.
const LN_FACTORIAL: [f64; 17] = [
    0.0,
    0.0,
    std::f64::consts::LN_2,
    1.791759469228055,
    3.1780538303479458,
    4.787491742782046,
    6.579251212010101,
    8.525161361065415,
    10.60460290274525,
    12.801827480081469,
    15.104412573075516,
    17.502307845873887,
    19.987214495661885,
    22.552163853123425,
    25.19122118273868,
    27.89927138384089,
    30.671860106080672,
];

/// [`stirling_error`] for `n < 17`, correctly rounded; the first is a place holder.
const STIRLING_ERROR: [f64; 17] = [
    0.0,
    0.08106146679532726,
    0.0413406959554093,
    0.02767792568499834,
    0.020790672103765093,
    0.016644691189821193,
    0.013876128823070748,
    0.01189670994589177,
    0.010411265261972096,
    0.009255462182712733,
    0.00833056343336287,
    0.007573675487951841,
    0.00694284010720953,
    0.006408994188004207,
    0.0059513701127588475,
    0.005554733551962801,
    0.0052076559196096404,
];

/// `ln n!`: a table below 17, Stirling's series above; relative error about 2 ulp.
#[inline]
pub fn ln_factorial(n: u64) -> f64 {
    if let Some(&value) = LN_FACTORIAL.get(n as usize) {
        return value;
    }
    let x = n as f64;
    (x + 0.5) * super::ln(x) - x + LN_SQRT_TAU + stirling_error(n)
}

/// `ln n! - ln(sqrt(2 pi n) (n/e)^n)`, the part of `ln n!` Stirling's formula leaves out.
///
/// Series `1/12n - 1/360n^3 + 1/1260n^5 - 1/1680n^7 + 1/1188n^9` (Abramowitz & Stegun 6.1.41);
/// absolute error below `2e-16`. `n = 0`, where it is infinite, gives 0.
#[inline]
pub fn stirling_error(n: u64) -> f64 {
    if let Some(&value) = STIRLING_ERROR.get(n as usize) {
        return value;
    }
    stirling_series(n as f64)
}

/// [`stirling_error`] of a real `x >= 16`.
#[inline]
pub fn stirling_series(x: f64) -> f64 {
    let y = 1.0 / (x * x);
    let series =
        1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)));
    series / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_table_agree_with_summed_logarithms() {
        let (mut sum, mut carry) = (0.0_f64, 0.0_f64);
        for n in 1..3000_u64 {
            // Kahan's sum: the plain one would lose more than the function does.
            let term = crate::math::ln(n as f64) - carry;
            let next = sum + term;
            carry = (next - sum) - term;
            sum = next;
            assert!((ln_factorial(n) - sum).abs() <= 6e-16 * sum, "{n}");
        }
    }

    #[test]
    fn stirling_error_is_what_stirling_leaves_out() {
        for n in 1..200_u64 {
            let x = n as f64;
            let main = (x + 0.5) * crate::math::ln(x) - x + LN_SQRT_TAU;
            assert!((ln_factorial(n) - main - stirling_error(n)).abs() < 1e-12, "{n}");
        }
    }
}
