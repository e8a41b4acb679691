//! Random queries, most of them with the right types.

use super::{BUCKETS, COUNTERS, GAUGES, Random};

/// Which queries are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taste {
    /// Windows, and steps of subqueries.
    pub(crate) windows: &'static [&'static str],
    /// Whether functions that not every version has may be called.
    pub(crate) is_wide: bool,
}

/// A vector of at most so many levels.
pub(crate) fn vector(random: &mut Random, taste: Taste, levels: usize) -> String {
    if levels == 0 {
        return selector(random);
    }
    let below = levels - 1;
    match random.below(20) {
        0 => selector(random),
        1..=4 => over_time(random, taste, below),
        5..=9 => aggregate(random, taste, below),
        10..=12 => binary(random, taste, below),
        13 => set(random, taste, below),
        14 => histogram(random, taste),
        15..=16 => each(random, taste, below),
        17 => relabel(random, taste, below),
        18 => format!("absent({})", vector(random, taste, below)),
        _ => format!("({})", vector(random, taste, below)),
    }
}

/// A number.
pub(crate) fn scalar(random: &mut Random, taste: Taste, levels: usize) -> String {
    match random.below(8) {
        0 if levels > 0 => format!("scalar({})", vector(random, taste, levels - 1)),
        1 => "time()".to_owned(),
        2 => format!("-{}", random.below(5)),
        _ => random.one(&["0", "0.5", "0.99", "1", "2", "3", "100", "1e3", "0x10"]).to_owned(),
    }
}

fn selector(random: &mut Random) -> String {
    let metrics = [COUNTERS[0], COUNTERS[1], GAUGES[0], GAUGES[1], BUCKETS, "nothing"];
    let metric = random.one(&metrics);
    let matchers = random.one(&[
        "",
        "{code=\"200\"}",
        "{code=~\"5..\"}",
        "{code!~\"5.*\",pod=\"a\"}",
        "{pod!=\"b\"}",
        "{pod=~\"a|b\"}",
    ]);
    format!("{metric}{matchers}")
}

fn window(random: &mut Random, taste: Taste, levels: usize) -> String {
    let range = random.one(taste.windows);
    let offset = if random.chance(15) {
        format!(" offset {}", random.one(taste.windows))
    } else {
        String::new()
    };
    if levels > 0 && random.chance(10) {
        let step = random.one(&["30s", "1m", "45s"]);
        return format!("({})[{range}:{step}]{offset}", vector(random, taste, levels - 1));
    }
    format!("{}[{range}]{offset}", selector(random))
}

fn over_time(random: &mut Random, taste: Taste, levels: usize) -> String {
    let window = window(random, taste, levels);
    let functions = [
        "rate",
        "rate",
        "rate",
        "increase",
        "delta",
        "irate",
        "idelta",
        "avg_over_time",
        "sum_over_time",
        "min_over_time",
        "max_over_time",
        "count_over_time",
        "last_over_time",
        "present_over_time",
        "stddev_over_time",
        "stdvar_over_time",
        "changes",
        "resets",
        "deriv",
        "absent_over_time",
    ];
    match random.below(24) {
        0 => format!("quantile_over_time({}, {window})", scalar(random, taste, 0)),
        1 => format!("predict_linear({window}, {})", random.below(600)),
        2 if taste.is_wide => format!("mad_over_time({window})"),
        3 if taste.is_wide => format!("first_over_time({window})"),
        _ => format!("{}({window})", random.one(&functions)),
    }
}

fn aggregate(random: &mut Random, taste: Taste, levels: usize) -> String {
    let inner = vector(random, taste, levels);
    let grouping =
        random.one(&["", "", "by (pod) ", "by (code) ", "by (pod, code) ", "without (pod) "]);
    let name = random
        .one(&["sum", "sum", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]);
    match random.below(14) {
        0 => format!("quantile {grouping}({}, {inner})", scalar(random, taste, 0)),
        1 if taste.is_wide => format!("topk {grouping}({}, {inner})", random.below(4)),
        2 if taste.is_wide => format!("bottomk {grouping}({}, {inner})", scalar(random, taste, 1)),
        3 => format!("count_values {grouping}(\"v\", {inner})"),
        4 => format!("{name}({inner}) {}", grouping.trim_end()),
        _ => format!("{name} {grouping}({inner})"),
    }
}

fn operator(random: &mut Random, taste: Taste) -> String {
    let operators = ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "atan2"];
    let at = random.below(operators.len() - usize::from(!taste.is_wide));
    let is_bool = at < 6 && random.chance(40);
    format!("{}{}", operators[at], if is_bool { " bool" } else { "" })
}

fn binary(random: &mut Random, taste: Taste, levels: usize) -> String {
    let operator = operator(random, taste);
    let left = vector(random, taste, levels);
    match random.below(6) {
        0 | 1 => format!("{left} {operator} {}", scalar(random, taste, levels)),
        2 => format!("{} {operator} {left}", scalar(random, taste, levels)),
        _ => {
            let matching = random.one(&[
                "",
                "",
                "on (pod) ",
                "on (pod, code) ",
                "ignoring (code) ",
                "on (pod) group_left () ",
                "on (pod) group_left (code) ",
                "ignoring (code) group_right () ",
            ]);
            format!("{left} {operator} {matching}{}", vector(random, taste, levels))
        }
    }
}

fn set(random: &mut Random, taste: Taste, levels: usize) -> String {
    let operator =
        random.one(&["and", "or", "unless", "or on ()", "and on (pod)", "unless ignoring (code)"]);
    let right = if random.chance(30) {
        format!("vector({})", scalar(random, taste, 0))
    } else {
        vector(random, taste, levels)
    };
    format!("{} {operator} {right}", vector(random, taste, levels))
}

fn histogram(random: &mut Random, taste: Taste) -> String {
    let window = random.one(taste.windows);
    let grouping = random.one(&["sum by (le) ", "sum by (le, pod) ", "sum without (pod) ", ""]);
    let q = scalar(random, taste, 0);
    format!("histogram_quantile({q}, {grouping}(rate({BUCKETS}[{window}])))")
}

fn each(random: &mut Random, taste: Taste, levels: usize) -> String {
    let dates = ["hour", "minute", "day_of_week", "days_in_month", "month", "year"];
    if random.chance(15) {
        // Of what is not finite the date is anything.
        let finite = format!("{}[5m]", COUNTERS[random.below(2)]);
        return format!("{}(last_over_time({finite}))", random.one(&dates));
    }
    let inner = vector(random, taste, levels);
    let names = [
        "abs",
        "ceil",
        "floor",
        "sqrt",
        "sgn",
        "exp",
        "ln",
        "log2",
        "log10",
        "sort",
        "sort_desc",
        "timestamp",
        "sin",
        "cos",
        "tan",
        "atan",
        "tanh",
        "deg",
        "rad",
    ];
    match random.below(10) {
        0 => format!("clamp({inner}, {}, {})", scalar(random, taste, 0), scalar(random, taste, 0)),
        1 => format!("clamp_min({inner}, {})", scalar(random, taste, 0)),
        2 => format!("clamp_max({inner}, {})", scalar(random, taste, 0)),
        3 => format!("round({inner}, {})", random.one(&["0.1", "5", "0.01", "1"])),
        4 => format!("-({inner})"),
        _ => format!("{}({inner})", random.one(&names)),
    }
}

fn relabel(random: &mut Random, taste: Taste, levels: usize) -> String {
    let inner = vector(random, taste, levels);
    match random.below(3) {
        0 => format!("label_replace({inner}, \"pod\", \"p$1\", \"pod\", \"(.*)\")"),
        1 => format!("label_replace({inner}, \"x\", \"$1-$2\", \"code\", \"(.)(.*)\")"),
        _ => format!("label_join({inner}, \"x\", \"/\", \"pod\", \"code\")"),
    }
}
