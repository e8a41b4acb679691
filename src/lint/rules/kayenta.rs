//! Canary judgements on too few points.

use crate::document::Node;
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::objects::{Files, list, text, whole};

pub(crate) const RULE: Rule = Rule {
    id: "fewer-than-fifty-points",
    level: Level::Warning,
    title: "the judge has fewer than 50 points for each metric",
    why: "Kayenta compares series by a rank test and wants at least 50 points for each metric \
          (CanaryAnalysisExecutionRequestScope). A point is one sample of the series every step, \
          not one request: 50 points with a step of 60 s are 50 minutes, whatever the traffic.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    provider:
      kayenta:
        address: http://kayenta:8090
        canaryConfigName: config
        threshold: {pass: 90, marginal: 75}
        scopes:
        - name: default
          controlScope: {scope: a, step: 60, start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:10:00Z'}
          experimentScope: {scope: b, step: 60, start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:10:00Z'}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    provider:
      kayenta:
        address: http://kayenta:8090
        canaryConfigName: config
        threshold: {pass: 90, marginal: 75}
        scopes:
        - name: default
          controlScope: {scope: a, step: 60, start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z'}
          experimentScope: {scope: b, step: 60, start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z'}
",
    check,
};

/// The least number of points for each metric.
const POINTS: i64 = 50;

fn check(files: &Files<'_>) -> Vec<Finding> {
    let metrics = files.templates.iter().flat_map(|it| &it.metrics);
    let providers = metrics.filter_map(|it| it.node.get("provider")?.get("kayenta"));
    let scopes = providers.flat_map(|it| list(it, "scopes"));
    let sides = scopes.flat_map(|it| ["controlScope", "experimentScope"].map(|key| it.get(key)));
    sides.flatten().filter_map(few).collect()
}

fn few(scope: &Node) -> Option<Finding> {
    let step = whole(scope, "step").filter(|step| (1..1_000_000).contains(step))?;
    let (start, end) = (instant(text(scope, "start")?)?, instant(text(scope, "end")?)?);
    let points = (end - start) / step;
    if !(0..POINTS).contains(&points) {
        return None;
    }
    let lasts = |seconds: i64| crate::lint::number::seconds(seconds as f64);
    let number = format!(
        "{points} points in {} with a step of {step} s; 50 take {}",
        lasts(end - start),
        lasts(POINTS * step)
    );
    let fitting = (end - start) / POINTS;
    let fix = if fitting >= 10 {
        format!("write: step: {fitting}, or a later end")
    } else {
        format!("let it last {}", lasts(POINTS * step))
    };
    let title = format!("the judge has {points} points for each metric, and wants 50");
    let finding = Finding::new(scope.get("step")?.place, title, "one point each step", number, fix);
    let step = Some(fitting).filter(|step| *step >= 10);
    Some(
        step.into_iter()
            .fold(finding, |finding, step| finding.by(Change::set(scope, "step", &step))),
    )
}

/// Seconds from the first day of 1970 to an instant such as `2026-01-01T00:10:00Z`.
fn instant(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let parts = |text: &str, by| {
        text.split(by).map(|it| it.parse::<i64>().ok()).collect::<Option<Vec<_>>>()
    };
    let [year, month, day] = *parts(date, '-')? else { return None };
    let [hour, minute, second] = *parts(time, ':')? else { return None };
    let is_date = (1970..3000).contains(&year) && (1..=12).contains(&month);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    if !is_date || !is_time || !(1..=31).contains(&day) || !(0..=60).contains(&second) {
        return None;
    }
    // Months are counted from March, so that a leap day is the last of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some((days - 719_469) * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn points_are_steps_not_requests() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(instant("2000-02-29T00:01:00Z"), Some(951_782_460));
        let (_, printed) = linted(RULE.bad);
        assert!(printed.contains("10 points in 10m with a step of 60 s; 50 take 50m"), "{printed}");
    }
}
