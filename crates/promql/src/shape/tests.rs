//! Shapes against the evaluator, bit for bit.

use super::*;
use crate::{Answer, Store};
use proptest::prelude::*;

/// Windows over a store whose counters were never reset.
struct Stored<'a>(&'a Store);

impl Windows for Stored<'_> {
    fn ends(&mut self, series: usize, before: i64, end: i64) -> Result<Option<Ends>, Unknown> {
        let id = self.0.ids().nth(series).ok_or(Unknown)?;
        let (times, values) = (self.0.samples(id).times(), self.0.samples(id).values());
        let from = times.partition_point(|&time| time <= before);
        let to = times.partition_point(|&time| time <= end);
        if to < from + 2 {
            return Ok(None);
        }
        let at = |place: usize| (times[place], values[place]);
        Ok(Some(Ends { first: at(from), last: at(to - 1), steps: (to - 1 - from) as u32 }))
    }

    fn are_nested(&self) -> bool {
        true
    }
}

const QUERIES: [&str; 7] = [
    r#"sum(rate(h_bucket{le="+Inf",code="ok"}[5m])) / sum(rate(h_bucket{le="+Inf"}[5m]))"#,
    "histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))",
    "histogram_quantile(0.5, sum(rate(h_bucket{code=\"ok\"}[2m])) by (le)) * 1000",
    "histogram_quantile(0.01, sum(increase(h_bucket[3m] offset 1m)) by (le))",
    "1 - sum(rate(h_bucket{code=\"bad\",le=\"+Inf\"}[4m])) / 2 > 0.5",
    "sum(rate(h_bucket{le=\"1\"}[1m])) unless sum(rate(h_bucket{le=\"0.1\"}[1m])) > 0.2",
    "(sum(rate(h_bucket{code=\"none\"}[1m])) or vector(7)) < bool 3",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nested buckets of two counters that grow at random from zero, some of them never.
    #[test]
    fn ends_answer_as_all_samples_do(
        begins in 0_usize..30,
        more in prop::collection::vec((0_u32..4, 0_u32..3, 0_u32..3, 0_u32..2, 0_u32..2), 80),
    ) {
        let mut store = Store::new();
        let bounds = ["0.1", "0.5", "1", "+Inf"];
        let pairs = ["ok", "bad"].into_iter().flat_map(|code| bounds.map(|le| (code, le)));
        let ids: Vec<_> = pairs
            .map(|(code, le)| store.series(Labels::of("h_bucket", [("code", code), ("le", le)])))
            .collect();
        let mut counts = [0.0; 8];
        for (scrape, (a, b, c, d, bad)) in more.iter().enumerate().skip(begins) {
            let mut below = 0;
            for (bucket, more) in [a, b, c, d].into_iter().enumerate() {
                below += more;
                counts[bucket] += f64::from(below);
                counts[4 + bucket] += f64::from(*bad);
            }
            for (id, count) in ids.iter().zip(counts) {
                store.push(*id, scrape as i64 * 15_000, count).expect("in order");
            }
        }
        let labels: Vec<_> = store.ids().map(|id| store.labels(id).clone()).collect();
        for text in QUERIES {
            let query = Query::compile(text, Options::V3).expect("a query");
            let mut shape = Shape::bind(&query, &labels).expect("a common shape");
            let mut evaluator = query.evaluator();
            for at in (0..1_300_000).step_by(37_000) {
                let seen = shape.at(&mut Stored(&store), at).expect("known");
                let expected = match evaluator.at(&store, at).expect("an answer") {
                    Answer::Vector(vector) => vector.first(),
                    Answer::Scalar(number) => Some(number),
                    _ => None,
                };
                prop_assert_eq!(
                    seen.map(f64::to_bits), expected.map(f64::to_bits),
                    "{} at {}: {:?} is not {:?}", text, at, seen, expected
                );
            }
        }
    }
}

#[test]
fn other_queries_are_of_no_common_shape() {
    let labels = [Labels::of("x", [("le", "+Inf")])];
    for text in [
        "rate(x[5m])",
        "sum(x)",
        "sum by (le) (rate(x[5m]))",
        "avg(rate(x[5m]))",
        "sum(rate(x[5m] @ 0))",
        "sum(rate(x[5m])) / on() group_left sum(rate(x[5m]))",
        "histogram_quantile(0.9, rate(x[5m]))",
        "max_over_time(sum(rate(x[1m]))[5m:1m])",
        "-sum(rate(x[1m]))",
    ] {
        let query = Query::compile(text, Options::V3).expect("a query");
        assert!(Shape::bind(&query, &labels).is_none(), "{text}");
    }
}
