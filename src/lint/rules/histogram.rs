//! Quantiles of histograms that are NaN, finer than the requests, or between two buckets.

use promql::Function;
use promql::ast::{Aggregate, Call, Expr, ExprKind, Grouping};

use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Bound, Gate, Owner, Side};
use crate::lint::number::{percent, significant, trimmed};
use crate::lint::objects::Files;
use crate::lint::query::{Query, all, selectors};
use crate::lint::ratio::constant;
use crate::telemetry::known::buckets;

/// A template with this condition and query.
macro_rules! template {
    ($condition:literal, $query:literal) => {
        concat!(
            "kind: AnalysisTemplate\nmetadata: {name: t}\nspec:\n  metrics:\n  - name: latency\n",
            "    interval: 1m\n    successCondition: ",
            $condition,
            "\n    provider:\n",
            "      prometheus:\n        query: |\n          ",
            $query,
            "\n"
        )
    };
}

pub(crate) const RULE: Rule = Rule {
    id: "histogram-without-le",
    level: Level::Error,
    title: "the aggregation drops the label le, and no quantile is left",
    why: "histogram_quantile needs the label le of each bucket; an aggregation that does not keep \
          it leaves series without a bound, which are dropped: the answer is empty.",
    bad: template!(
        "len(result) == 0 || result[0] < 0.5",
        "histogram_quantile(0.9, sum(rate(latency_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    good: template!(
        "len(result) == 0 || result[0] < 0.5",
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    check: |files| files.queries().into_iter().filter_map(without_le).collect(),
};

/// A quantile of one bucket.
pub(crate) const ONE: Rule = Rule {
    id: "histogram-one-bucket",
    level: Level::Error,
    title: "the quantile is of one bucket, which is NaN",
    why: "A quantile is found between two bounds: with fewer than two buckets histogram_quantile is \
          NaN, whatever was observed (bucketQuantile in Prometheus).",
    bad: template!(
        "result[0] < 0.5",
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{le=\"+Inf\"}[5m])))"
    ),
    good: template!(
        "result[0] < 0.5",
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    check: |files| files.queries().into_iter().filter_map(one_bucket).collect(),
};

/// A quantile that few requests cannot show.
pub(crate) const FINE: Rule = Rule {
    id: "quantile-too-fine",
    level: Level::Note,
    title: "so high a quantile needs more requests than a canary may have in the window",
    why: "The quantile q of n requests is about the slowest n (1 - q) of them: with fewer than \
          1 / (1 - q) requests in the window it is the slowest one, and one slow request decides. \
          The number is how many requests slower than the quantile a window has on average, \
          n (1 - q) with n = r w W.",
    bad: template!(
        "len(result) == 0 || result[0] < 0.5",
        "histogram_quantile(0.999, sum by (le) (rate(latency_seconds_bucket{pod=~\"canary-.*\"}[1m])))"
    ),
    good: template!(
        "len(result) == 0 || result[0] < 0.5",
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    check: |files| files.gates().iter().filter_map(|gate| too_fine(files, gate)).collect(),
};

/// A bound between two buckets.
pub(crate) const BETWEEN: Rule = Rule {
    id: "bound-between-buckets",
    level: Level::Note,
    title: "the bound lies between two buckets, where the quantile is a guess",
    why: "Within a bucket histogram_quantile interpolates as if requests were spread evenly: a \
          reading there may be off by the width of the bucket. Above the largest finite bound the \
          reading is that bound, so a limit beyond it never acts. Bounds are those of the usual \
          buckets: the default of client libraries for seconds, that of Envoy for milliseconds.",
    bad: template!(
        "len(result) == 0 || result[0] < 0.4",
        "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    good: template!(
        "len(result) == 0 || result[0] < 0.5",
        "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{pod=~\"canary-.*\"}[5m])))"
    ),
    check: |files| files.gates().iter().filter_map(between).collect(),
};

/// Every quantile of an expression: the call, the quantile and what it is of.
fn quantiles(expr: &Expr) -> Vec<(&Expr, &Call, f64, &Expr)> {
    all(expr).into_iter().filter_map(quantile).collect()
}

fn quantile(expr: &Expr) -> Option<(&Expr, &Call, f64, &Expr)> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    let [quantile, inner] = call.args.as_slice() else { return None };
    let is_it = call.function == Function::HistogramQuantile;
    Some((expr, call, constant(quantile).filter(|_| is_it)?, inner))
}

fn without_le(query: &Query) -> Option<Finding> {
    let root = query.root()?;
    let (aggregate, place) = quantiles(root).into_iter().find_map(|(_, _, _, inner)| {
        let ExprKind::Aggregate(aggregate) = &inner.bare().kind else { return None };
        drops_le(aggregate).then_some((aggregate, inner.bare().place))
    })?;
    let name = aggregate.aggregation.name();
    let inside = query.text(aggregate.inner.place).split_whitespace().collect::<Vec<_>>().join(" ");
    let labels = match &aggregate.grouping {
        Grouping::By(labels) => {
            let labels = labels.iter().map(|it| it.text.as_str());
            labels.chain(["le"]).collect::<Vec<_>>().join(", ")
        }
        Grouping::Without(_) => "le".to_owned(),
    };
    let number = "0 series are left: each answer is empty";
    let whole = format!("{name} by ({labels}) ({inside})");
    let fix = format!("write: {whole}");
    let title = "the aggregation drops the label le, and no quantile is left";
    let finding = Finding::new(query.at(place), title, "without le", number, fix);
    Some(finding.by(query.change(place, whole)))
}

fn drops_le(aggregate: &Aggregate) -> bool {
    match &aggregate.grouping {
        Grouping::By(labels) => labels.iter().all(|label| label.text != "le"),
        Grouping::Without(labels) => labels.iter().any(|label| label.text == "le"),
    }
}

fn one_bucket(query: &Query) -> Option<Finding> {
    let (_, _, _, inner) = quantiles(query.root()?).into_iter().next()?;
    let fixed = selectors(inner).into_iter().find_map(|it| {
        let le = it.selector.matchers.iter().find(|it| it.label.text == "le")?;
        (le.matcher.kind() == promql::MatchKind::Equal).then_some(le)
    })?;
    let title = "the quantile is of one bucket, which is always NaN";
    let number = "1 bucket of the 2 that a quantile needs: NaN in 100 % of the readings";
    let place = query.at(fixed.place);
    let fix = format!("remove {}", query.text(fixed.place));
    // With the comma behind it, if there is one.
    let behind = &query.written.text[fixed.place.end..];
    let comma = behind.trim_start().starts_with(',');
    let end = if comma { behind.find(',').map_or(0, |at| at + 1) } else { 0 };
    let part = promql::Place::new(fixed.place.start, fixed.place.end + end);
    Some(Finding::new(place, title, "one bucket", number, fix).by(query.change(part, "")))
}

fn too_fine(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let (_, call, quantile, inner) = quantiles(gate.root).into_iter().next()?;
    let is_gate = !matches!(gate.owner, Owner::Alert);
    let window = selectors(inner).into_iter().find_map(|it| it.window)?.millis as f64 / 1e3;
    let (weight, is_known) = files.first_weight(gate);
    let share = f64::from(weight) / 100.0;
    let beyond = |rate: f64| rate * share * window * (1.0 - quantile);
    // At 100 requests a second of the application, or at what it gets, there should be one.
    let usual = files.rate_or(gate, 100.0);
    if !is_gate || quantile >= 1.0 || beyond(usual) >= 1.0 {
        return None;
    }
    let assumed = if is_known { "" } else { " (assumed)" };
    let needed = 1.0 / ((1.0 - quantile) * share * window);
    let number = format!(
        "requests beyond it in {window} s at weight {weight} %{assumed}: {}; one needs {}/s",
        files.by_rate(gate, |rate| significant(beyond(rate))),
        significant(needed),
    );
    let place = gate.query.at(call.args.first()?.place);
    let coarse = [0.99, 0.95, 0.9, 0.5];
    let enough =
        coarse.iter().find(|it| **it < quantile && usual * share * window * (1.0 - **it) >= 1.0);
    let fix = match enough {
        Some(quantile) => format!("write {quantile} in place of it, or a longer window"),
        None => "use a longer window, or count the requests slower than the limit".to_owned(),
    };
    let title = format!("a quantile of {quantile} is finer than the requests of a canary");
    let finding = Finding::new(place, title, "needs more requests", number, fix);
    Some(
        enough.into_iter().fold(finding, |finding, quantile| {
            finding.by(Change::Text(place, quantile.to_string()))
        }),
    )
}

fn between(gate: &Gate<'_>) -> Option<Finding> {
    let (call, _, _, inner) = quantiles(gate.root).into_iter().next()?;
    // What is calculated with a quantile has other units.
    if gate.root.bare().place != call.bare().place {
        return None;
    }
    let metric = selectors(inner).into_iter().next()?.selector.metric.as_ref()?.text.clone();
    let bounds = buckets(&metric)?;
    let Bound { side, value, place } = *gate.bounds.first()?;
    let is_bound = bounds.iter().any(|it| (it - value).abs() <= 1e-9 * value.abs());
    if side != Side::Max || is_bound || value <= 0.0 {
        return None;
    }
    let largest = *bounds.last()?;
    if value > largest {
        let number = format!(
            "the largest reading is {}: 0 % of the readings are above {}",
            trimmed(largest, 3),
            trimmed(value, 3)
        );
        let fix = format!("write a limit of {} or less", trimmed(largest, 3));
        let title = "the limit is above the largest bucket, so it never acts";
        let change = Change::Text(place, trimmed(largest, 3));
        return Some(Finding::new(place, title, "no reading is larger", number, fix).by(change));
    }
    let at = bounds.partition_point(|it| *it < value);
    let (low, high) = (if at == 0 { 0.0 } else { bounds[at - 1] }, bounds[at]);
    let number = format!(
        "readings between {} and {} are interpolated: off by up to {} = {} of the limit",
        trimmed(low, 4),
        trimmed(high, 4),
        trimmed(high - low, 4),
        percent((high - low) / value)
    );
    let fix = format!(
        "write {} or {}, or add a bucket at {}",
        trimmed(low, 4),
        trimmed(high, 4),
        trimmed(value, 4)
    );
    let title = "the limit lies between two usual buckets, where the quantile is a guess";
    let change = Change::Text(place, trimmed(high, 4));
    Some(Finding::new(place, title, "no bound of a bucket", number, fix).by(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;
    use promql::{Answer, Labels, Options, Store};

    /// What Prometheus makes of the bad examples.
    #[test]
    fn such_quantiles_are_empty_or_not_a_number() {
        let mut store = Store::new();
        for (le, per) in [("0.5", 8.0), ("+Inf", 10.0)] {
            let series = store.series(Labels::of("a_bucket", [("le", le)]));
            for scrape in 0..20 {
                let value = scrape as f64 * per;
                store.push(series, scrape * 15_000, value).expect("in order");
            }
        }
        let at = |text: &str| {
            let query = promql::Query::compile(text, Options::V3).expect("a query");
            let mut evaluator = query.evaluator();
            let Ok(Answer::Vector(vector)) = evaluator.at(&store, 280_000) else {
                panic!("{text}")
            };
            vector.first()
        };
        let quantile = |inner: &str| at(&format!("histogram_quantile(0.7, {inner})"));
        assert_eq!(quantile("sum(rate(a_bucket[5m]))"), None);
        let one = quantile("sum by (le) (rate(a_bucket{le=\"+Inf\"}[5m]))");
        assert!(one.is_some_and(f64::is_nan));
        let whole = quantile("sum by (le) (rate(a_bucket[5m]))");
        assert!((whole.expect("a value") - 0.4375).abs() < 1e-9, "{whole:?}");
    }

    #[test]
    fn the_numbers_are_those_of_the_formulas() {
        // 100/s x 5 % x 60 s x 0.001 = 0.3 requests; one needs 1 / 0.003 = 333/s.
        let (_, printed) = linted(FINE.bad);
        assert!(
            printed.contains("0.3 at 100/s") && printed.contains("one needs 333/s"),
            "{printed}"
        );
        let (_, printed) = linted(BETWEEN.bad);
        assert!(printed.contains("between 0.25 and 0.5 are interpolated"), "{printed}");
        assert!(printed.contains("off by up to 0.25 = 62 % of the limit"), "{printed}");
    }
}
