//! What the versions of Prometheus differ in, and what an evaluator promises.

use promql::{Answer, Labels, Options, Query, Store, notation};

const STEP: i64 = 15_000;

fn store(series: &[(&str, &str)]) -> Store {
    let mut store = Store::new();
    for (name, values) in series {
        let labels = notation::read_series(name).expect("a series");
        let values = notation::read_values(values).expect("values");
        notation::load(&mut store, labels, &values, STEP).expect("in order");
    }
    store
}

/// The series of an answer and their values, as text.
fn answer(text: &str, options: Options, store: &Store, at: i64) -> Vec<String> {
    let query = Query::compile(text, options).expect(text);
    let mut evaluator = query.evaluator();
    match evaluator.at(store, at).expect(text) {
        Answer::Scalar(value) => vec![value.to_string()],
        Answer::Vector(vector) => {
            vector.iter().map(|(it, value)| format!("{it} {value}")).collect()
        }
        Answer::Range(series) => {
            series.iter().map(|it| format!("{} {:?}", it.labels, it.samples)).collect()
        }
        Answer::Text(text) => vec![text.to_owned()],
    }
}

#[test]
fn windows_are_open_on_the_left_since_version_3() {
    let store = store(&[("x", "1+1x40")]);
    // From 0 to 60 s: five samples if closed, four if open.
    assert_eq!(answer("count_over_time(x[1m])", Options::V2, &store, 60_000), ["{} 5"]);
    assert_eq!(answer("count_over_time(x[1m])", Options::V3, &store, 60_000), ["{} 4"]);
    let last = store.samples(store.ids().next().expect("a series")).times().last().copied();
    let at = last.expect("a sample") + 300_000;
    assert_eq!(answer("x", Options::V2, &store, at), ["x 41"]);
    assert_eq!(answer("x", Options::V3, &store, at), [""; 0]);
    assert_eq!(answer("x", Options::V3, &store, at - 1), ["x 41"]);
}

#[test]
fn counters_are_limited_at_zero_before_or_after_the_threshold() {
    // Found at 0 and 100 s in (-200 s, 110 s]: half an interval is 50 s, zero is 10 s away.
    let mut store = Store::new();
    let x = store.series(Labels::of("x", []));
    for (at, value) in [(0, 10.0), (100_000, 110.0)] {
        store.push(x, at, value).expect("in order");
    }
    for (options, increase) in [(Options::V3, 120.0), (Options::V2, 120.0)] {
        assert_eq!(
            answer("increase(x[310s])", options, &store, 110_000),
            [format!("{{}} {increase}")]
        );
    }
    // Zero is 80 s away: nearer than the threshold, but further than half an interval.
    let mut store = Store::new();
    let x = store.series(Labels::of("x", []));
    for (at, value) in [(0, 80.0), (100_000, 180.0)] {
        store.push(x, at, value).expect("in order");
    }
    for (options, increase) in [(Options::V3, 160.0), (Options::V2, 190.0)] {
        assert_eq!(
            answer("increase(x[310s])", options, &store, 110_000),
            [format!("{{}} {increase}")]
        );
    }
}

#[test]
fn a_series_that_ended_leaves_vectors_at_once_and_windows_later() {
    let store = store(&[("x", "1x3 stale _x40")]);
    assert_eq!(answer("x", Options::V3, &store, 59_000), ["x 1"]);
    assert_eq!(answer("x", Options::V3, &store, 60_000), [""; 0]);
    assert_eq!(answer("count_over_time(x[1m])", Options::V3, &store, 60_000), ["{} 3"]);
    assert_eq!(answer("x[30s]", Options::V3, &store, 60_000), ["x [(45000, 1.0)]"]);
}

#[test]
fn the_order_of_series_is_that_of_the_store_unless_sorted() {
    let store = store(&[("x{a=\"z\"}", "2"), ("x{a=\"b\"}", "3"), ("x{a=\"m\"}", "1")]);
    let order = |text| {
        let given = answer(text, Options::V3, &store, 0);
        given.iter().filter_map(|it| it.split('"').nth(1)).collect::<Vec<_>>().join("")
    };
    assert_eq!(order("x * 2"), "zbm");
    assert_eq!(order("sum by (a) (x)"), "zbm");
    assert_eq!(order("sort(x)"), "mzb");
    assert_eq!(order("sort_desc(x)"), "bzm");
    assert_eq!(order("topk(2, x)"), "bz");
}

#[test]
fn an_evaluator_notices_series_that_were_added_and_samples_that_were_cleared() {
    let mut store = Store::new();
    let a = store.series(Labels::of("x", [("a", "1")]));
    store.push(a, 0, 1.0).expect("in order");
    let mut sum = Query::compile("sum(x)", Options::V3).expect("a query").evaluator();
    let mut value = |store: &Store, at| match sum.at(store, at).expect("an answer") {
        Answer::Vector(vector) => vector.first(),
        other => panic!("{other:?}"),
    };
    assert_eq!(value(&store, 0), Some(1.0));
    let b = store.series(Labels::of("x", [("a", "2")]));
    store.push(b, 10, 5.0).expect("in order");
    assert_eq!(value(&store, 10), Some(6.0));
    let mut fork = store.clone();
    fork.push(a, 20, 100.0).expect("in order");
    assert_eq!((value(&fork, 20), value(&store, 20)), (Some(105.0), Some(6.0)));
    store.clear_samples();
    assert_eq!(value(&store, 20), None);
    store.push(a, 5, 7.0).expect("in order");
    assert_eq!(value(&store, 5), Some(7.0));
}

#[test]
fn a_range_is_evaluated_at_every_step() {
    let store = store(&[("x", "0+1x8"), ("y", "_x4 1x4")]);
    let query =
        Query::compile("y or on (no) x @ end() * 0 + time()", Options::V3).expect("a query");
    let series = query.evaluator().range(&store, 0, 90_000, 30_000).expect("series");
    let shown: Vec<_> = series.iter().map(|it| format!("{} {:?}", it.labels, it.samples)).collect();
    let numbers = "{} [(0, 0.0), (30000, 30.0)]";
    assert_eq!(shown, [numbers.to_owned(), "y [(60000, 1.0), (90000, 1.0)]".to_owned()]);
}

#[test]
fn work_without_end_is_refused_with_its_place() {
    let store = store(&[("x", "0+1x8")]);
    let text = "sum(max_over_time(x[100y:1ms]))";
    let query = Query::compile(text, Options::V3).expect("a query");
    let error = query.evaluator().at(&store, 0).map(|_| ()).expect_err("too much");
    assert!(error.message.contains("looks at more than"), "{error}");
    assert_eq!(error.place.of(text), "x[100y:1ms]");
}

#[test]
fn series_that_match_twice_are_named() {
    let series = [("x{a=\"1\",b=\"1\"}", "1"), ("x{a=\"1\",b=\"2\"}", "1"), ("y{a=\"1\"}", "2")];
    let store = store(&series);
    let fails = |text: &str| {
        let query = Query::compile(text, Options::V3).expect("a query");
        query.evaluator().at(&store, 0).map(|_| ()).expect_err(text).to_string()
    };
    assert!(fails("y * on (a) x").contains("several series match on the right side: x{"));
    assert!(fails("x * on (a) y").contains("`group_left` allows that"));
    assert!(fails("x * on (a) group_right y").contains("on the left side"));
    assert!(fails("label_replace(x, \"b\", \"\", \"\", \"\")").contains("the same labels"));
    assert_eq!(answer("x * on (a) group_left y", Options::V3, &store, 0).len(), 2);
}
