//! Which of several alternatives no other one beats at everything.

/// For each alternative the first other one that dominates it: nowhere worse, and somewhere
/// better. Less is better; an alternative without one is on the front.
///
/// A number that is not known (NaN) is never better.
///
/// # Example: a third alternative that costs more and harms more than the second
/// ```
/// use estimate::pareto::dominators;
/// let alternatives = [[9.0, 1.0], [2.0, 3.0], [4.0, 5.0]];
/// assert_eq!(dominators(&alternatives), [None, None, Some(1)]);
/// ```
pub fn dominators<const N: usize>(alternatives: &[[f64; N]]) -> Vec<Option<usize>> {
    let beaten = |it: &[f64; N]| {
        alternatives.iter().position(|other| {
            let pairs = || other.iter().zip(it);
            pairs().all(|(other, it)| other <= it) && pairs().any(|(other, it)| other < it)
        })
    };
    alternatives.iter().map(beaten).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_do_not_beat_each_other() {
        assert_eq!(dominators(&[[1.0, 1.0], [1.0, 1.0]]), [None, None]);
        assert_eq!(dominators(&[[1.0, f64::INFINITY], [1.0, 5.0]]), [Some(1), None]);
        assert_eq!(dominators(&[[f64::NAN, 1.0], [1.0, 1.0]]), [None, None]);
        assert_eq!(dominators::<2>(&[]), []);
    }
}
