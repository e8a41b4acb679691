//! What an estimate is.

/// A range of plausible values; an end may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Every share there is: the interval of a rate nothing is known about.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };

    /// Every number there is.
    pub const LINE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// Half the distance between the ends.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether `value` is inside or at an end.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The interval `value - radius ..= value + radius`.
    pub fn around(value: f64, radius: f64) -> Self {
        Self { low: value - radius, high: value + radius }
    }
}

/// A value with how far it can be trusted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best single guess.
    pub value: f64,
    /// Where the truth is, with probability [`Estimate::confidence`] over repetitions.
    pub interval: Interval,
    /// The coverage of the interval, 0 to 1: as asked for, or as achieved where that is known.
    pub confidence: f64,
    /// How many observations it rests on.
    pub n: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_knows_its_width_and_its_members() {
        let interval = Interval::around(3.0, 0.5);
        assert_eq!(interval, Interval { low: 2.5, high: 3.5 });
        assert!((interval.half_width() - 0.5).abs() < f64::EPSILON);
        assert!(interval.contains(3.5) && !interval.contains(3.6) && !interval.contains(f64::NAN));
        assert!(Interval::LINE.half_width().is_infinite());
    }
}
