//! What conditions mean where one could err, and what is said of those that mean nothing.

use std::collections::BTreeMap;

use expr::{Condition, DEPTH_MAX, LENGTH_MAX, NODES_MAX, Problem, ProblemKind, Shape, Value};

fn holds(text: &str, value: &Value) -> Result<bool, Problem> {
    Condition::parse(text)?.holds(value)
}

fn kind(text: &str, value: &Value) -> ProblemKind {
    holds(text, value).expect_err("a problem").kind
}

fn vector(numbers: &[f64]) -> Value {
    Value::Floats(numbers.to_vec())
}

#[test]
fn is_nil_and_default_look_at_the_result_whatever_they_are_given() {
    assert_eq!(holds("isNil(5)", &Value::Nil), Ok(true));
    assert_eq!(holds("isNil(nil)", &Value::Int(5)), Ok(false));
    assert_eq!(holds("isNil(result)", &vector(&[])), Ok(false));
    assert_eq!(holds("default(7, 0) == 5", &Value::Int(5)), Ok(true));
    let element = "default(result[0], 0) >= 0";
    assert_eq!(
        kind(element, &vector(&[])),
        ProblemKind::Run,
        "the element is fetched all the same"
    );
    assert_eq!(
        kind(element, &vector(&[1.0])),
        ProblemKind::Run,
        "and the whole vector is compared"
    );
}

#[test]
fn what_is_not_a_number_is_in_no_order_and_equals_nothing() {
    let nan = Value::Float(f64::NAN);
    for text in ["result >= 0.95", "result < 0.95", "result == result"] {
        assert_eq!(holds(text, &nan), Ok(false), "{text}");
    }
    assert_eq!(holds("result != result && isNaN(result)", &nan), Ok(true));
    assert_eq!(kind("isNaN(result)", &Value::Int(1)), ProblemKind::Run, "an int is no float");
}

#[test]
fn of_nothing_everything_holds_and_the_least_is_nil() {
    let nothing = vector(&[]);
    assert_eq!(holds("all(result, # > 1)", &nothing), Ok(true));
    assert_eq!(holds("any(result, # > 1)", &nothing), Ok(false));
    assert_eq!(holds("sum(result) == 0 && mean(result) == 0", &nothing), Ok(true));
    assert_eq!(kind("min(result) >= 0", &nothing), ProblemKind::Run);
    assert_eq!(kind("result[0] >= 0", &nothing), ProblemKind::Run);
}

#[test]
fn types_that_do_not_fit_are_problems_of_the_shape_that_does_not_fit() {
    let condition = Condition::parse("result[0] >= 0.95").expect("a condition");
    assert_eq!(condition.check(Shape::Floats), Ok(()));
    assert_eq!(condition.check(Shape::List), Ok(()));
    for shape in [Shape::Nil, Shape::Bool, Shape::Int, Shape::Float, Shape::Text, Shape::Map] {
        let problem = condition.check(shape).expect_err("no elements");
        assert_eq!(problem.kind, ProblemKind::Type, "{shape:?}");
    }
    let map = Value::Map(BTreeMap::from([("ok".to_owned(), Value::Bool(true))]));
    assert_eq!(holds("result.ok && result.missing == nil", &map), Ok(true));
}

#[test]
fn a_problem_points_at_the_piece_that_is_meant() {
    let cases = [
        ("result >= 0.95", "result >= 0.95", "take one element, as in `result[0]`"),
        ("1 > 2 || result[3] > 1", "result[3]", "len(result) == 0"),
        ("result.a", "a", "`result[0].name`"),
        ("len(result) > 0 &&", "", "the end of the condition"),
        ("value >= 0.95", "value", "nothing is called `value`"),
        ("1 ?? 2 > 1", ">", "(a ?? b)"),
        ("result matches 'a'", "result matches 'a'", "does not apply to an array of floats"),
        ("result[0] > 1 ? 'é' : \"", "\"", "is not closed"),
        ("len('é') > now()", "now()", "clock"),
    ];
    for (text, piece, words) in cases {
        let pointing = match holds(text, &vector(&[0.5])) {
            Ok(_) => panic!("{text} has an answer"),
            Err(problem) => problem.pointing(text),
        };
        assert!(pointing.contains(words), "{pointing}");
        let marks = pointing.lines().nth(2).expect("a line of marks").trim_end();
        let before = text.rfind(piece).map(|at| text[..at].chars().count()).expect("a piece");
        let width = piece.chars().count().max(1);
        assert_eq!(marks, format!("  {}{}", " ".repeat(before), "^".repeat(width)), "{pointing}");
        for rusty in ["Some(", "f64", "Vec<", "Kind::", "::"] {
            assert!(!pointing.contains(rusty), "{pointing}");
        }
    }
}

#[test]
fn what_is_too_long_too_deep_or_too_many_is_refused() {
    let long = " ".repeat(LENGTH_MAX + 1);
    let deep = format!("{}1{}", "(".repeat(DEPTH_MAX + 1), ")".repeat(DEPTH_MAX + 1));
    let chained = format!("1{} > 0", " + 1".repeat(DEPTH_MAX + 1));
    let many = format!("len([{}]) > 0", "1,".repeat(NODES_MAX));
    for text in [long, deep, chained, many] {
        assert_eq!(kind(&text, &Value::Nil), ProblemKind::Syntax);
    }
    let fine = format!("1{} > 0", " + 1".repeat(DEPTH_MAX - 2));
    assert_eq!(holds(&fine, &Value::Nil), Ok(true));
}

#[test]
fn an_evaluation_ends_and_stays_small() {
    for text in [
        "let x = 0..999990; all(x, all(x, # >= 0))",
        "len(1..2000000) > 0",
        "reduce(0..60, #acc + #acc, \"x\") != \"\"",
        "string(reduce(0..60, [#acc, #acc], 1)) != \"\"",
        "reduce(0..100000, [#acc], 1) != nil",
        "repeat(repeat(\"a\", 99999), 9999) != \"\"",
        "replace(repeat(\"a\", 99999), \"\", repeat(\"b\", 9999)) != \"\"",
    ] {
        assert_eq!(kind(text, &Value::Nil), ProblemKind::Run, "{text}");
    }
}

#[test]
fn what_the_original_mistakes_or_reads_from_a_clock_is_named() {
    for text in [
        "1 < findLast(result, # > 0)",
        "1 < filter(result, # > 0)[-1]",
        "now() == nil",
        "duration(\"1h\") == nil",
        "$env.result == nil",
        "len == nil",
    ] {
        assert_eq!(kind(text, &vector(&[2.0])), ProblemKind::Unsupported, "{text}");
    }
    assert_eq!(holds("filter(result, # > 0)[-1] > 1", &vector(&[2.0])), Ok(true));
}

#[test]
fn nothing_behind_what_decides_is_looked_at() {
    let mixed = Value::List(vec![Value::Float(1.0), Value::Text("a".to_owned())]);
    for text in [
        "filter(result, # > 0)[0] == 1",
        "first(filter(result, # > 0)) == 1",
        "count(result, # > 0) > 0",
        "count(result, # > 0) >= 1",
        "any(result, # > 1) || any(result, # > 0)",
        "!(all(result, # > 0) && all(result, # > 1))",
    ] {
        assert_eq!(holds(text, &mixed), Ok(true), "{text}");
    }
    for text in ["filter(result, # > 0)[1] == 1", "count(result, # > 0) == 1"] {
        assert_eq!(kind(text, &mixed), ProblemKind::Run, "{text}");
    }
}

#[test]
fn patterns_are_those_of_re2() {
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        holds("result matches \"^[a[]+$\"", &text("a[")),
        Ok(true),
        "[ in a class is itself"
    );
    assert_eq!(holds("result matches \"^[a&&b]+$\"", &text("a&b")), Ok(true), "and so is &");
    assert_eq!(holds("result matches \"^[[:digit:]]+$\"", &text("12")), Ok(true));
    assert_eq!(kind("result matches \"*\"", &text("a")), ProblemKind::Type);
}
