//! Metrics as they are written to metrics that can run.

use super::go::duration;
use super::metric::Metric;

/// A metric as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// The kinds of provider that are given.
    pub providers: Vec<String>,
    /// A Go duration.
    pub interval: Option<String>,
    /// A Go duration.
    pub initial_delay: Option<String>,
    /// How many measurements count.
    pub count: i64,
    /// Failures that are forgiven; -1 if they do not count.
    pub failure_limit: i64,
    /// Inconclusive measurements that are forgiven.
    pub inconclusive_limit: i64,
    /// Errors in sequence that are forgiven.
    pub consecutive_error_limit: Option<i64>,
    /// Successes in sequence that are enough.
    pub consecutive_success_limit: i64,
}

/// The metrics of a template, or what the controller says of the first that cannot run: a run with
/// it is an error at once.
///
/// Source: `ValidateMetrics`.
pub fn validate(drafts: &[Draft]) -> Result<Vec<Metric>, String> {
    if drafts.is_empty() {
        return Err("no metrics specified".to_owned());
    }
    let mut metrics: Vec<Metric> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let at = |message: String| format!("metrics[{index}]: {message}");
        if metrics.iter().any(|metric| metric.name == draft.name) {
            return Err(at(format!("duplicate name '{}'", draft.name)));
        }
        metrics.push(metric(draft).map_err(at)?);
    }
    Ok(metrics)
}

fn metric(draft: &Draft) -> Result<Metric, String> {
    let Draft { count, failure_limit, consecutive_success_limit, .. } = *draft;
    let is_counted = count > 0;
    if is_counted
        && failure_limit >= 0
        && consecutive_success_limit >= 0
        && count < failure_limit.saturating_add(consecutive_success_limit)
    {
        return Err(format!(
            "count ({count}) must be >= failureLimit + consecutiveSuccessLimit \
             ({failure_limit} + {consecutive_success_limit}) if both >= 0"
        ));
    }
    if is_counted && failure_limit == -1 && count < consecutive_success_limit {
        return Err(format!(
            "count ({count}) must be >= consecutiveSuccessLimit ({consecutive_success_limit})"
        ));
    }
    if is_counted && count < draft.inconclusive_limit {
        return Err("count must be >= inconclusiveLimit".to_owned());
    }
    let time = |name: &str, text: &Option<String>| {
        let span = text.as_deref().map(duration).transpose();
        span.map_err(|error| format!("invalid {name} string: {error}"))
    };
    let interval = time("interval", &draft.interval)?;
    let initial_delay = time("startDelay", &draft.initial_delay)?;
    if count > 1 && interval.is_none() {
        return Err("interval must be specified when count > 1".to_owned());
    }
    let failure_limit = match failure_limit {
        -1 => None,
        limit => Some(whole("failureLimit must be >= 0, or -1 to be disabled", limit)?),
    };
    let inconclusive_limit = whole("inconclusiveLimit must be >= 0", draft.inconclusive_limit)?;
    let consecutive_error_limit = match draft.consecutive_error_limit {
        None => Metric::CONSECUTIVE_ERROR_LIMIT,
        Some(limit) => whole("consecutiveErrorLimit must be >= 0", limit)?,
    };
    let consecutive_success_limit =
        whole("consecutiveSuccessLimit must be >= 0", consecutive_success_limit)?;
    if failure_limit.is_none() && consecutive_success_limit == 0 {
        return Err("failureLimit and consecutiveSuccessLimit cannot both be disabled".to_owned());
    }
    match draft.providers.len() {
        0 => return Err("no provider specified".to_owned()),
        1 => {}
        _ => return Err("multiple providers specified".to_owned()),
    }
    Ok(Metric {
        name: draft.name.clone(),
        interval,
        initial_delay,
        count: whole("count must be >= 0", count)?,
        failure_limit,
        inconclusive_limit,
        consecutive_error_limit,
        consecutive_success_limit,
    })
}

fn whole(complaint: &str, number: i64) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| complaint.to_owned())
}
