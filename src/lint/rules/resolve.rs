//! Bounds of error shares that chance decides.

use clockwork::Span;

use crate::document::Node;
use crate::lint::argo::Metric;
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::flagger::{Canary, Check};
use crate::lint::gate::{Bound, Gate, Owner, Side, Tolerance};
use crate::lint::number::{
    BASELINE, RATES, by_rate, false_reading, percent, significant, too_many, trimmed,
};
use crate::lint::objects::Files;

use super::blind::{is_blind, least_visible};

/// A template with this condition.
macro_rules! template {
    ($condition:literal, $window:literal) => {
        concat!(
            "kind: AnalysisTemplate\nmetadata: {name: t}\nspec:\n  metrics:\n  - name: m\n",
            "    interval: 1m\n    count: 10\n",
            "    successCondition: isNaN(result[0]) || ",
            $condition,
            "\n",
            "    provider:\n      prometheus:\n        query: |\n",
            "          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[",
            $window,
            "]))\n",
            "          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[",
            $window,
            "]))\n"
        )
    };
}

pub(crate) const RULE: Rule = Rule {
    id: "bound-below-baseline",
    level: Level::Warning,
    title: "the bound is no looser than the errors of a good release, whatever the traffic",
    why: "A good release fails some requests as well: 0.1 % is assumed. A tolerance of that size is \
          crossed by chance with few requests, and by the truth with many: no number of requests \
          resolves it. The chance is P(X > t n), X Poisson with mean n p.",
    bad: template!("result[0] >= 0.9995", "5m"),
    good: template!("result[0] >= 0.95", "5m"),
    check: |files| files.gates().iter().filter_map(|gate| baseline(files, gate)).collect(),
};

/// A bound that lets most requests fail.
pub(crate) const LOOSE: Rule = Rule {
    id: "most-may-fail",
    level: Level::Warning,
    title: "the bound lets half of the requests fail, or more",
    why: "A gate on a share of requests tolerates what is not beyond its bound. Half of all requests \
          or more is mostly the bound of the opposite share: `errors <= 0.95` where `success >= \
          0.95` was meant.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: errors
    interval: 1m
    failureLimit: 3
    successCondition: isNaN(result[0]) || result[0] <= 0.95
    provider:
      prometheus:
        query: |
          (sum(rate(http_requests_total{pod=~\"canary-.*\",code=~\"5..\"}[5m])) or vector(0))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: errors
    interval: 1m
    failureLimit: 3
    successCondition: isNaN(result[0]) || result[0] <= 0.05
    provider:
      prometheus:
        query: |
          (sum(rate(http_requests_total{pod=~\"canary-.*\",code=~\"5..\"}[5m])) or vector(0))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))
",
    check: |files| files.gates().iter().filter_map(loose).collect(),
};

/// One failed request decides.
pub(crate) const ONE: Rule = Rule {
    id: "one-failure-trips",
    level: Level::Warning,
    title: "at the traffic of a canary one failed request is beyond the bound",
    why: "With n requests in the window one failure is the share 1 / n, which is beyond a tolerance \
          t if n < 1 / t. The chance of at least one among the requests of a good release is \
          1 - exp(-n p) with p = 0.1 % (assumed); over the measurements of a run, \
          P(Binomial(N, q) > failureLimit). It is reported where a good release of an application \
          with 10 requests a second is aborted in more than 5 % of the runs.",
    bad: template!("result[0] >= 0.99", "1m"),
    good: template!("result[0] >= 0.9", "10m"),
    check: |files| {
        let gates = files.gates();
        let asked = gates.iter().filter_map(|gate| one(files, gate));
        asked.chain(files.canaries.iter().flat_map(|it| known(files, it))).collect()
    },
};

/// An alert that sees a canary only through its weight.
pub(crate) const DILUTED: Rule = Rule {
    id: "alert-diluted",
    level: Level::Note,
    title: "the alert is about the whole application, so a canary has to be very bad to raise it",
    why: "The labels are the same for the stable version and for a canary. At weight w the reading \
          is w e + (1 - w) p, so that a canary is seen only if it fails more than \
          (t - (1 - w) p) / w of its requests, with p = 0.1 % (assumed). Such an alert watches the \
          application; it does not replace the analysis of a canary.",
    bad: "\
groups:
- name: g
  rules:
  - alert: Errors
    expr: |
      sum(rate(http_requests_total{status=~\"5.*\"}[5m]))
      / sum(rate(http_requests_total[5m])) > 0.05
    for: 2m
",
    good: "\
groups:
- name: g
  rules:
  - alert: Errors
    expr: |
      sum by (version) (rate(http_requests_total{status=~\"5.*\",version=~\".+\"}[5m]))
      / sum by (version) (rate(http_requests_total{version=~\".+\"}[5m])) > 0.05
    for: 2m
",
    check: |files| files.gates().iter().filter_map(diluted).collect(),
};

fn loose(gate: &Gate<'_>) -> Option<Finding> {
    let Tolerance { share, bound } = gate.tolerance()?;
    if share < 0.5 || matches!(gate.owner, Owner::Alert) {
        return None;
    }
    let top = gate.ratio()?.scale;
    let number = format!("{} of the requests may fail, every time", percent(share));
    let meant = trimmed(top - bound.value, 6);
    let fix = format!("write {meant} in place of {}", bound.value);
    let title = format!("the gate is content while {} of the requests fail", percent(share));
    let finding = Finding::new(bound.place, title, "mixed up with its opposite?", number, fix);
    Some(finding.by(Change::Text(bound.place, meant)))
}

fn baseline(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let Tolerance { share, bound } = gate.tolerance()?;
    let is_alert = matches!(gate.owner, Owner::Alert);
    // A query of the whole application has the same baseline.
    if share > BASELINE || is_alert {
        return None;
    }
    let window = gate.window()?;
    let (weight, is_known) = files.first_weight(gate);
    let part = if is_blind(gate) { 1.0 } else { f64::from(weight) / 100.0 };
    let chance = |rate: f64| percent(false_reading(rate * part * window, share));
    let assumed = if is_known || is_blind(gate) { "" } else { " (5 % of the traffic assumed)" };
    let number = format!(
        "a good release that fails {} is beyond it in {}{assumed}",
        percent(BASELINE),
        files.by_rate(gate, chance),
    );
    let title = format!(
        "the gate tolerates {} of failures, no more than a good release has",
        percent(share)
    );
    let top = gate.ratio()?.scale;
    let tolerated = if bound.side == Side::Min { top * 0.99 } else { top * 0.01 };
    let fix = format!(
        "write {} in place of {}, or compare with the stable version: canary - stable <= {}",
        trimmed(tolerated, 6),
        trimmed(bound.value, 6),
        trimmed(top * 0.01, 6)
    );
    let finding =
        Finding::new(bound.place, title, "no number of requests resolves this", number, fix);
    Some(finding.by(Change::Text(bound.place, trimmed(tolerated, 6))))
}

/// How many readings of a run there are, and how many may be bad.
fn readings(files: &Files<'_>, gate: &Gate<'_>) -> Option<(u64, u64)> {
    match gate.owner {
        Owner::Argo(template, metric) => {
            let limit = u64::try_from(metric.failure_limit).ok()?;
            let counted = metric.count.and_then(|it| u64::try_from(it).ok());
            let lasting = || {
                let (rollout, at) = files.users(template).into_iter().next()?;
                let watch = rollout.watch(rollout.analyses[at].step);
                let interval = metric.interval.filter(|it| !it.is_zero())?;
                Some(watch.lasts.micros() / interval.micros() + 1)
            };
            let count = counted.or_else(lasting).unwrap_or_else(|| in_an_hour(metric));
            Some((count.min(100_000), limit))
        }
        Owner::Flagger(canary) => {
            Some((canary.ticks()?, u64::from(canary.plan.threshold()).saturating_sub(1)))
        }
        Owner::Alert => None,
    }
}

fn in_an_hour(metric: &Metric<'_>) -> u64 {
    metric.interval.map_or(1, |it| 3_600_000_000 / it.micros().max(1)).max(1)
}

fn one(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let Tolerance { share, bound } = gate.tolerance()?;
    let window = gate.window()?;
    let readings = readings(files, gate)?;
    let interval = match gate.owner {
        Owner::Argo(_, metric) => metric.interval.map_or(window, Span::as_secs_f64),
        Owner::Flagger(canary) => canary.interval.as_secs_f64(),
        Owner::Alert => window,
    };
    let more = match gate.owner {
        Owner::Flagger(canary) => More::Threshold(canary.analysis?),
        Owner::Argo(_, metric) => More::FailureLimit(metric.node),
        Owner::Alert => return None,
    };
    let (weight, is_blind) = (files.first_weight(gate), is_blind(gate));
    let rate = files.rate(gate);
    let few = Few { share, bound, window, interval, readings, weight, is_blind, more, rate };
    few.finding()
}

/// The success rate that Flagger asks for itself.
fn known(files: &Files<'_>, canary: &Canary<'_>) -> Vec<Finding> {
    let few = |check: &Check<'_>| {
        let is_it = check.name == "request-success-rate" && check.template.is_none();
        let least = check.range()[0].filter(|_| is_it)?;
        let value: f64 = least.as_text()?.parse().ok()?;
        let weight = (1..=100).contains(&canary.first_weight()).then(|| canary.first_weight())?;
        let limit = u64::from(canary.plan.threshold()) - 1;
        let few = Few {
            share: (1e10 * (1.0 - value / 100.0)).round() / 1e10,
            bound: Bound { side: Side::Min, value, place: least.place },
            window: check.window().map_or(60.0, Span::as_secs_f64),
            interval: canary.interval.as_secs_f64(),
            readings: (canary.ticks()?, limit),
            weight: (weight, true),
            is_blind: false,
            more: More::Threshold(canary.analysis?),
            rate: files.rate_of(canary.object.name),
        };
        let is_share = few.share > 0.0 && few.share < 0.5 && !canary.plan.is_skipped;
        few.finding().filter(|_| is_share)
    };
    canary.metrics.iter().filter_map(few).collect()
}

/// A bound on a share of so few requests that one of them may decide.
struct Few<'a> {
    share: f64,
    bound: Bound,
    /// Seconds.
    window: f64,
    interval: f64,
    /// How many readings there are, and how many may be bad.
    readings: (u64, u64),
    /// The first weight, and whether a file says it.
    weight: (u32, bool),
    /// Whether the requests of both versions count.
    is_blind: bool,
    /// What forgives more.
    more: More<'a>,
    /// Requests a second of the application, where that is known.
    rate: Option<f64>,
}

/// The field that says how many bad readings are forgiven, and the map that it is in.
#[derive(Clone, Copy)]
enum More<'a> {
    FailureLimit(&'a Node),
    Threshold(&'a Node),
}

impl Few<'_> {
    fn finding(&self) -> Option<Finding> {
        let Self { share, bound, window, readings: (count, limit), .. } = *self;
        let (weight, is_known) = self.weight;
        if share <= BASELINE {
            return None;
        }
        let part = if self.is_blind { 1.0 } else { f64::from(weight) / 100.0 };
        // Windows that overlap are not independent: as many as fit side by side count.
        let apart = (window / self.interval.max(1.0)).max(1.0);
        let aborted_at = |limit: u64, rate: f64| {
            let q = false_reading(rate * part * window, share);
            let bad = (limit as f64 / apart).floor() as u64;
            too_many(q, (count as f64 / apart).ceil().max(1.0) as u64, bad)
        };
        let aborted = |rate: f64| aborted_at(limit, rate);
        let needed = 1.0 / share;
        let usual = self.rate.unwrap_or(RATES[1]);
        if aborted(usual) < 0.05 {
            return None;
        }
        // A gate that forgives most readings is none.
        let enough = (limit + 1..=count / 2).find(|limit| aborted_at(*limit, usual) < 0.05);
        let assumed = if is_known || self.is_blind { "" } else { " (assumed)" };
        let told = |rate: f64| percent(aborted(rate));
        let number = format!(
            "a good release is aborted by chance in {} at weight {weight} %{assumed}, {count} \
             readings of which {limit} may be bad; one failure of fewer than {} requests is beyond \
             it",
            self.rate.map_or_else(|| by_rate(&RATES, told), |rate| by_rate(&[rate], told)),
            significant(needed)
        );
        let per_second = needed * 3.0 / (part * window);
        let forgiving = enough.map(|enough| match self.more {
            More::FailureLimit(map) => (map, "failureLimit", enough),
            More::Threshold(map) => (map, "threshold", enough + 1),
        });
        let others = format!(
            "a longer window, a larger weight, or at least {}/s of traffic",
            significant(per_second)
        );
        let fix = match forgiving {
            Some((_, key, enough)) => format!("write: {key}: {enough}; or {others}"),
            None => others,
        };
        let title =
            format!("one failed request of fewer than {} is beyond the bound", significant(needed));
        let finding = Finding::new(bound.place, title, "few requests decide", number, fix);
        Some(forgiving.into_iter().fold(finding, |finding, (map, key, enough)| {
            finding.by(Change::set(map, key, &enough))
        }))
    }
}

fn diluted(gate: &Gate<'_>) -> Option<Finding> {
    let Tolerance { share, bound } = gate.tolerance()?;
    let is_alert = matches!(gate.owner, Owner::Alert);
    // Below the baseline other rules speak; an alert on almost all requests is not about canaries.
    if !is_alert || !is_blind(gate) || share <= BASELINE || share > 0.5 {
        return None;
    }
    let at = |weight: u32| {
        let least = least_visible(share, f64::from(weight) / 100.0);
        let seen = if least > 1.0 { "never".to_owned() } else { percent(least) };
        format!("{seen} at weight {weight} %")
    };
    let number = format!(
        "a canary raises it if it fails so much of its requests: {}",
        [1, 5, 20, 50].map(at).join(", ")
    );
    let title = "the alert is about the whole application: a canary is diluted by its weight";
    let fix = "group by a label of the version, on both sides: sum by (version) (...)";
    Some(Finding::new(bound.place, title, "of all requests", number, fix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn the_numbers_are_those_of_the_closed_forms() {
        // 10/s x 5 % x 60 s = 30 requests: 1 - exp(-0.03) = 2.96 %; ten of them: 26 %.
        assert!((false_reading(30.0, 0.01) - 0.029_55).abs() < 1e-4);
        let (_, printed) = linted(ONE.bad);
        assert!(printed.contains("26 % at 10/s"), "{printed}");
        // The document's alert: (0.05 - 0.95 x 0.001) / 0.05 = 98.1 %.
        let (_, printed) = linted(DILUTED.bad);
        assert!(printed.contains("never at weight 1 %, 98 % at weight 5 %"), "{printed}");
    }
}
