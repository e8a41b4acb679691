//! Series in the notations of Prometheus's own tools.

use std::collections::BTreeMap;
use std::fmt::Write;

use promql::NAME;

use crate::simulation::Exported;

/// The exposition format with times: what `promtool tsdb create-blocks-from openmetrics` reads.
///
/// It has no mark for the end of a series: a series that has ended just stops. The family of a
/// counter has its name without `_total`; a histogram's parts are families of their own.
pub fn openmetrics(series: &[Exported]) -> Vec<u8> {
    let mut families = BTreeMap::<&str, Vec<&Exported>>::new();
    for one in series {
        families.entry(one.labels.get(NAME)).or_default().push(one);
    }
    let mut text = String::new();
    for (name, members) in families {
        let counts = members.iter().all(|it| it.is_counter);
        let counter = name.strip_suffix("_total").filter(|_| counts);
        let (family, kind) = counter.map_or((name, "unknown"), |family| (family, "counter"));
        let _ = writeln!(text, "# TYPE {family} {kind}");
        for one in members {
            for (at, value) in &one.samples {
                if let Some(value) = value {
                    let _ = writeln!(text, "{} {value} {}", one.labels, seconds(*at));
                }
            }
        }
    }
    text.push_str("# EOF\n");
    text.into_bytes()
}

fn seconds(millis: i64) -> String {
    format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000))
}

/// A file for `promtool test rules` whose `input_series` they are, scraped every `interval`
/// milliseconds, with nothing to test yet.
pub fn promtool(series: &[Exported], interval: i64) -> Vec<u8> {
    let mut text = String::from("rule_files: []\n");
    let _ = writeln!(text, "evaluation_interval: {interval}ms\ntests:");
    let _ = writeln!(text, "  - interval: {interval}ms\n    input_series:");
    for one in series {
        let name = one.labels.to_string().replace('\'', "''");
        let _ =
            writeln!(text, "      - series: '{name}'\n        values: '{}'", values(one, interval));
    }
    text.into_bytes()
}

/// One value for every scrape from the first of the world on, `_` where there is none.
fn values(series: &Exported, interval: i64) -> String {
    let mut words = Vec::new();
    let mut next = 0;
    for (at, value) in &series.samples {
        let place = at / interval.max(1);
        words.extend((next..place).map(|_| "_".to_owned()));
        words.push(value.map_or_else(|| "stale".to_owned(), |value| value.to_string()));
        next = place + 1;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use promql::Labels;

    use super::*;

    #[test]
    fn gaps_and_ends_are_written() {
        let series = [Exported {
            labels: Labels::of("a_total", [("code", "200")]),
            is_counter: true,
            samples: vec![(15_000, Some(1.0)), (30_000, Some(2.5)), (60_000, None)],
        }];
        let promtool = String::from_utf8(promtool(&series, 15_000)).expect("text");
        assert!(promtool.contains("values: '_ 1 2.5 _ stale'"), "{promtool}");
        let openmetrics = String::from_utf8(openmetrics(&series)).expect("text");
        let expected = "# TYPE a counter\na_total{code=\"200\"} 1 15.000\n\
            a_total{code=\"200\"} 2.5 30.000\n# EOF\n";
        assert_eq!(openmetrics, expected);
    }
}
