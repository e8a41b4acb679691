//! How the rate changes over the day.

use chance::math;
use clockwork::Span;

const DAY: f64 = 86_400.0;

/// The rate over the day, as a multiple of its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// The same at every hour.
    Constant,
    /// A cosine with its top at `peak`; `trough` is the lowest rate as a share of the highest.
    Diurnal {
        /// Time of day of the highest rate.
        peak: Span,
        /// Lowest rate / highest rate, 0 to 1.
        trough: f64,
    },
}

impl Shape {
    /// The mean multiple of the rate between two times, seconds after midnight.
    pub fn mean_between(self, from: f64, to: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Diurnal { peak, trough } => {
                let amplitude = (1.0 - trough) / (1.0 + trough);
                let angle = |t: f64| (t - peak.as_secs_f64()) / DAY * std::f64::consts::TAU;
                let (a, b) = (angle(from), angle(to));
                1.0 + amplitude * (math::sin(b) - math::sin(a)) / (b - a)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_mean_and_the_extremes_their_ratio() {
        let shape = Shape::Diurnal { peak: Span::from_hours(14), trough: 0.6 };
        assert!((shape.mean_between(0.0, DAY) - 1.0).abs() < 1e-12);
        let top = shape.mean_between(14.0 * 3600.0 - 1.0, 14.0 * 3600.0 + 1.0);
        let low = shape.mean_between(2.0 * 3600.0 - 1.0, 2.0 * 3600.0 + 1.0);
        assert!((low / top - 0.6).abs() < 1e-6);
    }
}
