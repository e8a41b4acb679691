//! Agreement with answers of the original.
//!
//! `COALMINE_CONFORMANCE` names a directory whose `argo/expr_golden.json` and
//! `argo/eval_condition.json` hold conditions, results and answers. A part of the first is in the
//! repository and always compared, and so are expressions of the whole language with what the
//! original prints of them.

use std::io::Write;
use std::path::Path;

use expr::{Condition, Value};
use serde_json::Value as Json;

/// A float, which JSON cannot always say.
fn float(json: &Json) -> Option<f64> {
    match json.as_str() {
        None => json.as_f64(),
        Some("NaN") => Some(f64::NAN),
        Some("+Inf") => Some(f64::INFINITY),
        Some("-Inf") => Some(f64::NEG_INFINITY),
        Some(_) => None,
    }
}

/// A result with the type that it had.
fn typed(json: &Json) -> Option<Value> {
    let value = &json["value"];
    match json["kind"].as_str()? {
        "scalar" => float(value).map(Value::Float),
        "vector" => value.as_array()?.iter().map(float).collect::<Option<_>>().map(Value::Floats),
        "json" => Some(Value::from_json(value)),
        "nil" => Some(Value::Nil),
        "int" => value.as_i64().map(Value::Int),
        _ => None,
    }
}

fn holds(expr: &str, result: &Value) -> Result<bool, String> {
    let condition = Condition::parse(expr).map_err(|problem| problem.pointing(expr))?;
    condition.holds(result).map_err(|problem| problem.pointing(expr))
}

/// Whether one case of `expr_golden` agrees.
fn golden(case: &Json) -> Result<(), String> {
    let expr = case["expr"].as_str().ok_or("no expression")?;
    let result = typed(&case["result"]).ok_or("no result")?;
    let expected = case["expect"]["value"].as_bool();
    if expected.is_none() && case["expect"]["error"].as_str().is_none() {
        return Err("no answer".to_owned());
    }
    compare(expr, &result, expected)
}

/// Whether one case of `eval_condition` agrees.
fn transcribed(case: &Json) -> Result<(), String> {
    let input = &case["in"];
    let expr = input["expr"].as_str().ok_or("no expression")?;
    let result = &input["result"];
    // A number without a fraction is an integer in these cases.
    let result = result.as_i64().map_or_else(|| Value::from_json(result), Value::Int);
    let expected = case["expect"].as_bool();
    if expected.is_none() && case["expect"]["error"].is_null() {
        return Err("no answer".to_owned());
    }
    compare(expr, &result, expected)
}

/// Whether an expression prints what the original prints of it.
fn answer(case: &Json) -> Result<(), String> {
    let expr = case["expr"].as_str().ok_or("no expression")?;
    let text = case.get("text").ok_or("no answer")?;
    let condition = match text.as_str() {
        Some(text) => format!("string({expr}) == {}", Json::from(text)),
        None => format!("string({expr}) != \"\""),
    };
    compare(&condition, &Value::Nil, text.as_str().map(|_| true))
}

fn compare(expr: &str, result: &Value, expected: Option<bool>) -> Result<(), String> {
    let found = holds(expr, result);
    match (expected, &found) {
        (Some(expected), Ok(found)) if expected == *found => Ok(()),
        (None, Err(_)) => Ok(()),
        _ => Err(format!("`{expr}` of {result:?}: expected {expected:?}, found {found:?}")),
    }
}

/// Compares every case of a file, if there is one.
fn file(path: &Path, agrees: fn(&Json) -> Result<(), String>) -> Vec<String> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Ok(text) = std::fs::read_to_string(path) else {
        say(&format!("{name}: skipped, there is no such file"));
        return Vec::new();
    };
    let json: Json = serde_json::from_str(&text).expect("JSON");
    let cases = json["cases"].as_array().expect("cases");
    let complaints: Vec<_> = cases.iter().filter_map(|case| agrees(case).err()).collect();
    let agree = cases.len() - complaints.len();
    say(&format!("{name}: {agree} of {} agree (0 unsupported)", cases.len()));
    assert!(!cases.is_empty(), "{name} has no cases");
    complaints
}

#[test]
fn a_part_of_the_answers_is_compared_in_every_clone() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut complaints = file(&data.join("golden.json"), golden);
    complaints.extend(file(&data.join("answers.json"), answer));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Where this is not the original: an expression, what the original prints of it and what this
/// prints, and why. Nothing is an error.
const DIFFERENCES: [(&str, Option<&str>, Option<&str>, &str); 8] = [
    ("3 ** 2.5", Some("15.588457268119894"), Some("15.588457268119896"), "another `pow`"),
    ("count(fromJSON('{\"a\": 1}'), true)", Some("1"), None, "a map has no elements"),
    ("'\u{e9}'[0:1] == '\u{fffd}'", Some("false"), Some("true"), "half a character is replaced"),
    ("-first(fromJSON('\"ab\"'))", Some("159"), Some("-97"), "a byte is an integer of 64 bits"),
    ("groupBy(toPairs({'a': 1}), #)", Some("map[[a 1]:[[a 1]]]"), None, "pairs are no keys"),
    ("groupBy(['b', 1], #)", Some("map[b:[b] 1:[1]]"), Some("map[1:[1] b:[b]]"), "sorted keys"),
    ("[1, findLast([1], # > 0)]", Some("[true 1]"), None, "a mistake of the original"),
    ("now() == nil", Some("false"), None, "there is no clock"),
];

#[test]
fn what_differs_from_the_original_is_known() {
    for (expr, original, own, why) in DIFFERENCES {
        let prints =
            |text: &str| holds(&format!("string({expr}) == {}", Json::from(text)), &Value::Nil);
        match own {
            Some(own) => assert_eq!(prints(own), Ok(true), "{expr}: {why}"),
            None => assert!(prints("").is_err(), "{expr}: {why}"),
        }
        assert_ne!(original, own, "{expr}: it does not differ");
    }
}

#[test]
fn conformance_of_every_answer_of_the_original() {
    let Some(directory) = std::env::var_os("COALMINE_CONFORMANCE") else {
        say("skipped: COALMINE_CONFORMANCE is not set");
        return;
    };
    let argo = Path::new(&directory).join("argo");
    let mut complaints = file(&argo.join("expr_golden.json"), golden);
    complaints.extend(file(&argo.join("eval_condition.json"), transcribed));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Writes past the test harness, which would keep the line of a passing test to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
