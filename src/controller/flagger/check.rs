//! What a measured value means.

/// Success in percent, which Flagger knows how to ask for.
const SUCCESS_RATE: &str = "request-success-rate";

/// Duration in milliseconds, which Flagger knows how to ask for.
const DURATION: &str = "request-duration";

/// Bounds of a value, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// The least.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A query that Flagger knows.
    Builtin,
    /// The query of the metric.
    Inline,
    /// A `MetricTemplate`.
    Template,
}

/// A metric of an analysis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Whether it has a query of its own.
    pub has_query: bool,
    /// Whether it names a `MetricTemplate`.
    pub has_template: bool,
    /// Its bounds (`thresholdRange`).
    pub limits: Option<Limits>,
    /// The bound of old manifests (`threshold`), 0 where none is written.
    pub threshold: f64,
}

impl Check {
    /// Where its value comes from; nowhere is a failed check. Source: `runMetricChecks` and
    /// `runBuiltinMetricChecks`.
    pub fn source(&self) -> Option<Source> {
        match self {
            _ if self.has_template => Some(Source::Template),
            _ if [SUCCESS_RATE, DURATION].contains(&self.name.as_str()) => Some(Source::Builtin),
            _ if self.has_query => Some(Source::Inline),
            _ => None,
        }
    }

    /// Whether a value passes. A duration is in milliseconds, and cut to whole ones as its bounds
    /// are; without bounds a success rate must reach the threshold and all else stay below it.
    pub fn passes(&self, value: f64) -> bool {
        let is_duration = self.name == DURATION;
        let cut = |number: f64| if is_duration { number.trunc() } else { number };
        let value = cut(value);
        match self.limits {
            Some(Limits { min, max }) => {
                let is_below = min.is_some_and(|min| value < cut(min));
                let is_above = max.is_some_and(|max| value > cut(max));
                !is_below && !is_above
            }
            None if self.name == SUCCESS_RATE => value >= self.threshold,
            None => value <= cut(self.threshold),
        }
    }
}
