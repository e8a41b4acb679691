//! What is wrong with a query is said where it is wrong, with what to write instead.

use promql::{Error, Options, Query};

fn error(text: &str) -> Error {
    match Query::compile(text, Options::V3) {
        Ok(query) => panic!("{query} is a query"),
        Err(error) => error,
    }
}

/// A query, what the error is about, a part of the sentence, and a part of the hint.
const ERRORS: [(&str, &str, &str, &str); 44] = [
    ("", "", "expected an expression, found the end", ""),
    ("sum(rate(x[5m])", "(", "this parenthesis is not closed", ""),
    ("x{a=\"b\"", "{", "this brace is not closed", ""),
    ("x[5m", "", "expected `:` or `]`", ""),
    ("x)", ")", "expected an operator", "not opened"),
    ("x = 1", "=", "expected an operator", "`==` compares"),
    ("x{a==\"b\"}", "==", "expected `=`", "`=` compares"),
    ("x{a=b}", "b", "expected a text in quotes, found `b`", ""),
    ("x{a~\"b\"}", "~", "has no meaning", "`=~`"),
    ("x{a=\"b\" c=\"d\"}", "c", "expected `,` or `}`", "comma is missing"),
    ("x{a=~\"(\"}", "\"(\"", "no regular expression", ""),
    ("x{__name__=\"y\"}", "__name__=\"y\"", "set twice", ""),
    ("{a=~\".*\"}", "{a=~\".*\"}", "a selector needs a metric", ".+"),
    ("rte(x[5m])", "rte", "no function `rte`", "`rate`"),
    ("mean(x)", "mean", "no function `mean`", ""),
    ("rate(x)", "x", "takes a range vector, found an instant vector", "`x[5m]`"),
    ("rate(sum(x))", "sum(x)", "takes a range vector", "subquery"),
    ("rate(sum(x)[5m])", "[5m]", "stands directly behind a selector", "`[5m:]`"),
    ("sum(x[5m])", "x[5m]", "takes an instant vector, found a range vector", "`rate(x[5m])`"),
    ("abs(1)", "1", "takes an instant vector, found a scalar", "`vector(...)`"),
    ("clamp_max(x, y)", "y", "takes a scalar, found an instant vector", "`scalar(...)`"),
    ("rate()", "rate()", "takes 1 argument, found 0", ""),
    ("round(x, 1, 2)", "round(x, 1, 2)", "takes 1 to 2 arguments, found 3", ""),
    ("topk(x)", "topk(x)", "takes 2 arguments, found 1", ""),
    ("sum(x,)", ",", "an argument is expected", ""),
    ("x[5x]", "5x", "no duration", ""),
    ("x[0s]", "0s", "greater than 0", ""),
    ("x offset", "", "expected a duration", ""),
    ("x[5m] offset 1m offset 2m", "offset 2m", "`offset` is set twice", ""),
    ("(x) offset 5m", "offset 5m", "directly behind a selector", "inwards"),
    ("x offset 5m [5m]", "[5m]", "directly behind a selector", "behind the window"),
    ("1 > 2", ">", "needs `bool`", "`> bool`"),
    ("x + bool 1", "bool", "belongs to comparisons", ""),
    ("x and 1", "1", "stands between series", "`vector(...)`"),
    ("1 + on(a) x", "on(a)", "only if both sides are series", ""),
    ("x * group_left y", "group_left", "needs `on (...)`", ""),
    ("x and on(a) group_left y", "group_left", "takes no group", ""),
    ("x * on(a) group_left(a) y", "a", "in `on` already", ""),
    ("x & y", "&", "has no meaning", "`and`"),
    ("$x", "$", "has no meaning", "dashboards"),
    ("histogram_avg(x)", "histogram_avg", "native histograms", ""),
    ("limitk(1, x)", "limitk", "experimental", ""),
    ("x[5m] smoothed", "smoothed", "experimental", ""),
    ("x[5m] > 1", "x[5m]", "not a range vector", "`rate(x[5m])`"),
];

#[test]
fn errors_point_and_say_what_to_write() {
    let wrong = ERRORS.iter().filter_map(|(text, marked, message, hint)| {
        let error = error(text);
        let said = error.hint.as_deref().unwrap_or_default();
        let is_right = error.place.of(text) == *marked
            && error.message.contains(message)
            && said.contains(hint)
            && said.is_empty() == hint.is_empty();
        (!is_right).then(|| error.render(text))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_message_says_a_type_of_the_program() {
    for (text, ..) in ERRORS {
        let shown = error(text).render(text);
        assert!(!shown.contains("::") && !shown.contains("Some("), "{shown}");
    }
}

#[test]
fn nesting_and_chains_have_limits_with_a_place() {
    let nested = |levels: usize| format!("{}x{}", "(".repeat(levels), ")".repeat(levels));
    assert!(Query::compile(&nested(90), Options::V3).is_ok());
    assert!(error(&nested(30_000)).message.contains("nested at most"));
    assert!(error(&"-".repeat(60_000)).message.contains("nested at most"));
    assert!(error(&"sum(".repeat(10_000)).message.contains("nested at most"));
    let chain = |count: usize| vec!["x"; count].join(" or ");
    assert!(Query::compile(&chain(190), Options::V3).is_ok());
    let deep = error(&chain(5_000));
    assert!(deep.message.contains("levels") && deep.hint.is_some());
    assert!(error(&chain(50_000)).message.contains("bytes"));
}

/// The stack of a test is that of a worker: two mebibytes.
#[test]
fn the_deepest_trees_that_are_accepted_are_evaluated() {
    let mut store = promql::Store::new();
    let x = store.series(promql::Labels::of("x", []));
    store.push(x, 0, 1.0).expect("a sample");
    let nested = |open: &str, close: &str| format!("{}x{}", open.repeat(95), close.repeat(95));
    let chained = |word: &str, sign: &str| vec![word; 190].join(sign);
    for text in [
        chained("x", " or "),
        chained("x", " + "),
        chained("x", " * on () group_left (a) "),
        chained("1", " - "),
        chained("x", " == 1 + "),
        nested("sum by (a) (", ")"),
        nested("abs(", ")"),
        nested("-", ""),
        nested("topk(1, ", ")"),
        nested("label_replace(", ", \"a\", \"$1\", \"b\", \"(.*)\")"),
        nested("count_values(\"v\", ", ")"),
        format!("{}x{}", "max_over_time((".repeat(45), ")[1s:1s])".repeat(45)),
    ] {
        let query = Query::compile(&text, Options::V3).expect(&text[..40]);
        let mut evaluator = query.evaluator();
        assert!(evaluator.at(&store, 0).is_ok(), "{text:.40}");
        assert_eq!(query.to_string().parse::<f64>().ok(), None);
        drop(evaluator.clone());
    }
}

#[test]
fn queries_print_as_prometheus_prints_them() {
    for (text, printed) in [
        ("sum(rate(x[5m]))by(le)", "sum by (le) (rate(x[5m]))"),
        ("SUM WITHOUT (a,) (x)", "sum without (a) (x)"),
        ("a/on(b)group_left c", "a / on (b) group_left () c"),
        ("-1^2*3", "-1 ^ 2 * 3"),
        ("x{b!~'y',a=`z`}", "x{b!~\"y\",a=\"z\"}"),
        ("{\"a.b\", 'c d'=\"e\"}", "{\"a.b\",\"c d\"=\"e\"}"),
        ("x[90s] @ 12 offset -1h", "x[1m30s] @ 12.000 offset -1h"),
        ("max_over_time(x[1h:]) > bool 0x10", "max_over_time(x[1h:]) > bool 16"),
        ("topk(3, x) # the end", "topk(3, x)"),
        ("1h + Inf", "3600 + Inf"),
        ("x offset 0", "x offset 0"),
        ("x @ start() or y offset 5m", "x @ start() or y offset 5m"),
    ] {
        let query = Query::compile(text, Options::V3).expect(text);
        assert_eq!(query.to_string(), printed);
        let again = Query::compile(printed, Options::V3).expect(printed);
        assert_eq!(again.to_string(), printed);
    }
}

#[test]
fn precedence_and_associativity_are_those_of_prometheus() {
    let mut store = promql::Store::new();
    let x = store.series(promql::Labels::of("x", []));
    store.push(x, 0, 1.0).expect("a sample");
    for (text, value) in [
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ -1 * 4", 2.0),
        ("-2 * 3 + 10 / 4", -3.5),
        ("7 % 4 * 2", 6.0),
        ("1 + 2 < bool 4 - 2", 0.0),
        ("scalar(x or x and x * 0)", 1.0),
        ("010 + 0x10 + 1_000 + .5", 1024.5),
    ] {
        let query = Query::compile(text, Options::V3).expect(text);
        let mut evaluator = query.evaluator();
        let Ok(promql::Answer::Scalar(found)) = evaluator.at(&store, 0) else { panic!("{text}") };
        assert_eq!(found, value, "{text}");
    }
}
