//! Lines and trends through samples.

use super::sums::Sum;

/// The slope per second and the value at an instant of the line of least squares.
///
/// Values that are all the same have no slope, whatever rounding would say.
pub(crate) fn line(times: &[i64], values: &[f64], at: i64) -> (f64, f64) {
    let first = values[0];
    if values.iter().all(|&value| value == first) {
        return if first.is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, first) };
    }
    let mut sums = [Sum::default(); 4];
    for (&time, &y) in times.iter().zip(values) {
        let x = (time - at) as f64 / 1000.0;
        for (sum, term) in sums.iter_mut().zip([x, y, x * y, x * x]) {
            sum.add(term);
        }
    }
    let count = values.len() as f64;
    let [x, y, xy, xx] = sums.map(Sum::value);
    let slope = (xy - x * y / count) / (xx - x * x / count);
    (slope, y / count - slope * x / count)
}

/// Double exponential smoothing: the last level (Holt 1957).
pub(crate) fn smoothed(values: &[f64], smoothing: f64, trend: f64) -> Option<f64> {
    let [first, second, ..] = *values else { return None };
    let (mut before, mut level, mut slope) = (first, first, second - first);
    for (index, &value) in values.iter().enumerate().skip(1) {
        if index > 1 {
            slope = trend * (level - before) + (1.0 - trend) * slope;
        }
        before = level;
        level = smoothing * value + (1.0 - smoothing) * (level + slope);
    }
    Some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_points_on_it() {
        let (slope, value) = line(&[0, 1000, 3000], &[1.0, 3.0, 7.0], 5000);
        assert!((slope - 2.0).abs() < 1e-12 && (value - 11.0).abs() < 1e-12);
        assert_eq!(line(&[0, 1], &[0.1, 0.1], 9), (0.0, 0.1));
        assert!(line(&[0, 1], &[f64::INFINITY; 2], 9).0.is_nan());
    }

    #[test]
    fn smoothing_follows_a_straight_line() {
        let values: Vec<f64> = (0..50).map(|i| f64::from(i) * 3.0).collect();
        let level = smoothed(&values, 0.3, 0.1).expect("a level");
        assert!((level - 147.0).abs() < 1e-9, "{level}");
        assert_eq!(smoothed(&[1.0], 0.3, 0.1), None);
    }
}
