//! Inputs that nobody would write.

use super::random::Random;

/// Words of the language, and some that are none.
const WORDS: [&str; 96] = [
    "sum",
    "avg",
    "topk",
    "quantile",
    "count_values",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "and",
    "or",
    "unless",
    "atan2",
    "offset",
    "@",
    "start()",
    "end()",
    "(",
    "(",
    "(",
    ")",
    ")",
    ")",
    "{",
    "}",
    "[",
    "]",
    "[5m]",
    "[5m:1m]",
    "[1y:1ms]",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "=~",
    "!~",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "1",
    "0.5",
    "1e308",
    "0x1F",
    "Inf",
    "NaN",
    "5m",
    "1y",
    "99999y",
    "requests_total",
    "up",
    "latency_bucket",
    "le",
    "pod",
    "\"a\"",
    "\"(.*)\"",
    "\"[\"",
    "'x'",
    "`r`",
    "\"\\u00e9\"",
    "rate(",
    "irate(",
    "histogram_quantile(",
    "label_replace(",
    "label_join(",
    "scalar(",
    "vector(",
    "time()",
    "absent(",
    "absent_over_time(",
    "predict_linear(",
    "sort_desc(",
    "clamp(",
    "round(",
    "month(",
    "timestamp(",
    "quantile_over_time(",
    "holt_winters(",
    "$x",
    "é",
    "\u{0}",
    "\n",
    "# c\n",
    "{{x}}",
    "__name__",
    "rte(",
];

/// Queries that are not random.
pub(crate) fn corpus() -> Vec<String> {
    let file = include_str!("../../tests/data/gate_queries.json");
    let file: serde_json::Value = serde_json::from_str(file).expect("cases");
    let cases = file["cases"].as_array().expect("cases").iter();
    let mut corpus: Vec<_> =
        cases.map(|case| case["expr"].as_str().expect("a query").to_owned()).collect();
    corpus.sort();
    corpus.dedup();
    let others = [
        "x{a=\"b\",c!=\"d\",e=~\"f.*\",g!~\"h|i\"} offset -5m @ 1609746000",
        "sum by (pod) (rate(requests_total[5m] @ end() offset 1m))",
        "max_over_time((sum(rate(requests_total[1m])))[30m:1m] @ start())",
        "count_values without (pod) (\"v\", up) or topk(2, memory_bytes)",
        "memory_bytes * on (pod) group_left (code) up > bool 3 ^ -2 ^ 2",
        "double_exponential_smoothing(memory_bytes[10m], 0.5, 0.1)",
        "label_replace(label_join(up, \"a\", \"-\", \"pod\", \"code\"), \"b\", \"$1\", \"a\", \"(.)-.*\")",
        "histogram_fraction(0, 0.25, sum by (le) (rate(latency_bucket[5m])))",
        "{\"requests_total\", \"pod\"=\"a\"} + 1h30m",
        "\"text\"",
        "up[5m]",
    ];
    corpus.extend(others.map(str::to_owned));
    corpus
}

/// Words in any order.
pub(crate) fn soup(random: &mut Random) -> String {
    let count = 1 + random.below(30);
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(random.one(&WORDS));
        if random.chance(70) {
            text.push(' ');
        }
    }
    text
}

/// The text after a few changes.
pub(crate) fn mutated(random: &mut Random, mut text: String, corpus: &[String]) -> String {
    for _ in 0..=random.below(4) {
        let (a, b) = (cut(random, &text), cut(random, &text));
        let (a, b) = (a.min(b), a.max(b));
        match random.below(8) {
            0 => text.replace_range(a..b, ""),
            1 => {
                let part = text[a..b].to_owned();
                text.insert_str(a, &part);
            }
            2 | 3 => text.insert_str(a, random.one(&WORDS)),
            4 => text.replace_range(a..b, random.one(&WORDS)),
            5 => {
                let other = &corpus[random.below(corpus.len())];
                let at = cut(random, other);
                text.replace_range(a.., &other[at..]);
            }
            6 => {
                let other = &corpus[random.below(corpus.len())];
                let sign = random.one(&[" + ", " / ", " or ", " and on () ", " == bool "]);
                text = format!("{text}{sign}{other}");
            }
            _ => {
                let times = 1 + random.below(120);
                let (open, close) =
                    [("(", ")"), ("-", ""), ("sum(", ")"), ("abs(", ")")][random.below(4)];
                text = format!("{}{text}{}", open.repeat(times), close.repeat(times));
            }
        }
        text.truncate(text.floor_char_boundary(4000));
    }
    text
}

/// A place between two characters.
fn cut(random: &mut Random, text: &str) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}
