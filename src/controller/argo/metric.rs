//! A metric of an analysis, as far as the engine looks at it.

use clockwork::Span;

/// A metric of an analysis: how often it is measured and how much is forgiven.
///
/// Fields and defaults: `analysis_types.go`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name, which no other metric of the run has.
    pub name: String,
    /// From the end of a measurement to the next; without it there is one measurement.
    pub interval: Option<Span>,
    /// From the start of the run to the first measurement.
    pub initial_delay: Option<Span>,
    /// How many measurements count; 0 is as many as there are, or one without an interval.
    pub count: u32,
    /// How many failures are forgiven over the whole run; nothing if failures do not count.
    pub failure_limit: Option<u32>,
    /// How many inconclusive measurements are forgiven.
    pub inconclusive_limit: u32,
    /// How many errors in sequence are forgiven.
    pub consecutive_error_limit: u32,
    /// How many successes in sequence are enough; 0 if they do not decide.
    pub consecutive_success_limit: u32,
}

impl Metric {
    /// Errors in sequence that are forgiven by default. Source: `DefaultConsecutiveErrorLimit`.
    pub const CONSECUTIVE_ERROR_LIMIT: u32 = 4;

    /// A metric that is measured once, with every default.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            interval: None,
            initial_delay: None,
            count: 0,
            failure_limit: Some(0),
            inconclusive_limit: 0,
            consecutive_error_limit: Self::CONSECUTIVE_ERROR_LIMIT,
            consecutive_success_limit: 0,
        }
    }

    /// What the controller says of limits that do not go together. Source: `ValidateMetrics`.
    pub fn complaint(&self) -> Option<String> {
        let Self { count, failure_limit, consecutive_success_limit: successes, .. } = *self;
        let is_counted = count > 0;
        if let Some(failures) = failure_limit
            && is_counted
            && count < failures.saturating_add(successes)
        {
            return Some(format!(
                "count ({count}) must be >= failureLimit + consecutiveSuccessLimit \
                 ({failures} + {successes}) if both >= 0"
            ));
        }
        if is_counted && failure_limit.is_none() && count < successes {
            return Some(format!(
                "count ({count}) must be >= consecutiveSuccessLimit ({successes})"
            ));
        }
        if is_counted && count < self.inconclusive_limit {
            return Some("count must be >= inconclusiveLimit".to_owned());
        }
        if count > 1 && self.interval.is_none() {
            return Some("interval must be specified when count > 1".to_owned());
        }
        (failure_limit.is_none() && successes == 0)
            .then(|| "failureLimit and consecutiveSuccessLimit cannot both be disabled".to_owned())
    }

    /// How many measurements end the metric; nothing if none do. Source: `EffectiveCount`.
    pub const fn effective_count(&self) -> Option<u32> {
        match (self.count, self.interval) {
            (0, None) => Some(1),
            (0, Some(_)) => None,
            (count, _) => Some(count),
        }
    }
}
