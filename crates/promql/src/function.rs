//! The functions of PromQL: their names, what they take and what they give.

use crate::nearest::nearest;
use std::fmt;

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One number.
    Scalar,
    /// A number for each of some series.
    Vector,
    /// Samples in a window for each of some series.
    Range,
    /// A text.
    Text,
}

impl fmt::Display for Type {
    /// With its article.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "a scalar",
            Self::Vector => "an instant vector",
            Self::Range => "a range vector",
            Self::Text => "a string",
        })
    }
}

/// What a function takes and gives.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    pub(crate) args: &'static [Type],
    /// How many of the last arguments may be left out.
    pub(crate) optional: usize,
    /// Whether the last argument may be repeated.
    pub(crate) repeats: bool,
    pub(crate) gives: Type,
}

macro_rules! functions {
    ($(
        $name:literal $variant:ident($($arg:ident)*) $gives:ident
        $optional:literal $repeats:literal
    )*) => {
        /// A function of PromQL.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        /// Every function in alphabetical order.
        const SIGNATURES: &[Signature] = &[
            $(Signature {
                name: $name,
                function: Function::$variant,
                args: &[$(Type::$arg),*],
                optional: $optional,
                repeats: $repeats,
                gives: Type::$gives,
            },)*
        ];
    };
}

functions! {
    "abs" Abs(Vector) Vector 0 false
    "absent" Absent(Vector) Vector 0 false
    "absent_over_time" AbsentOverTime(Range) Vector 0 false
    "acos" Acos(Vector) Vector 0 false
    "acosh" Acosh(Vector) Vector 0 false
    "asin" Asin(Vector) Vector 0 false
    "asinh" Asinh(Vector) Vector 0 false
    "atan" Atan(Vector) Vector 0 false
    "atanh" Atanh(Vector) Vector 0 false
    "avg_over_time" AvgOverTime(Range) Vector 0 false
    "ceil" Ceil(Vector) Vector 0 false
    "changes" Changes(Range) Vector 0 false
    "clamp" Clamp(Vector Scalar Scalar) Vector 0 false
    "clamp_max" ClampMax(Vector Scalar) Vector 0 false
    "clamp_min" ClampMin(Vector Scalar) Vector 0 false
    "cos" Cos(Vector) Vector 0 false
    "cosh" Cosh(Vector) Vector 0 false
    "count_over_time" CountOverTime(Range) Vector 0 false
    "day_of_month" DayOfMonth(Vector) Vector 1 false
    "day_of_week" DayOfWeek(Vector) Vector 1 false
    "day_of_year" DayOfYear(Vector) Vector 1 false
    "days_in_month" DaysInMonth(Vector) Vector 1 false
    "deg" Deg(Vector) Vector 0 false
    "delta" Delta(Range) Vector 0 false
    "deriv" Deriv(Range) Vector 0 false
    "double_exponential_smoothing" DoubleExponentialSmoothing(Range Scalar Scalar) Vector 0 false
    "end" End() Scalar 0 false
    "exp" Exp(Vector) Vector 0 false
    "first_over_time" FirstOverTime(Range) Vector 0 false
    "floor" Floor(Vector) Vector 0 false
    "histogram_fraction" HistogramFraction(Scalar Scalar Vector) Vector 0 false
    "histogram_quantile" HistogramQuantile(Scalar Vector) Vector 0 false
    "holt_winters" HoltWinters(Range Scalar Scalar) Vector 0 false
    "hour" Hour(Vector) Vector 1 false
    "idelta" Idelta(Range) Vector 0 false
    "increase" Increase(Range) Vector 0 false
    "irate" Irate(Range) Vector 0 false
    "label_join" LabelJoin(Vector Text Text Text) Vector 1 true
    "label_replace" LabelReplace(Vector Text Text Text Text) Vector 0 false
    "last_over_time" LastOverTime(Range) Vector 0 false
    "ln" Ln(Vector) Vector 0 false
    "log10" Log10(Vector) Vector 0 false
    "log2" Log2(Vector) Vector 0 false
    "mad_over_time" MadOverTime(Range) Vector 0 false
    "max_over_time" MaxOverTime(Range) Vector 0 false
    "min_over_time" MinOverTime(Range) Vector 0 false
    "minute" Minute(Vector) Vector 1 false
    "month" Month(Vector) Vector 1 false
    "pi" Pi() Scalar 0 false
    "predict_linear" PredictLinear(Range Scalar) Vector 0 false
    "present_over_time" PresentOverTime(Range) Vector 0 false
    "quantile_over_time" QuantileOverTime(Scalar Range) Vector 0 false
    "rad" Rad(Vector) Vector 0 false
    "rate" Rate(Range) Vector 0 false
    "resets" Resets(Range) Vector 0 false
    "round" Round(Vector Scalar) Vector 1 false
    "scalar" Scalar(Vector) Scalar 0 false
    "sgn" Sgn(Vector) Vector 0 false
    "sin" Sin(Vector) Vector 0 false
    "sinh" Sinh(Vector) Vector 0 false
    "sort" Sort(Vector) Vector 0 false
    "sort_desc" SortDesc(Vector) Vector 0 false
    "sqrt" Sqrt(Vector) Vector 0 false
    "start" Start() Scalar 0 false
    "stddev_over_time" StddevOverTime(Range) Vector 0 false
    "stdvar_over_time" StdvarOverTime(Range) Vector 0 false
    "sum_over_time" SumOverTime(Range) Vector 0 false
    "tan" Tan(Vector) Vector 0 false
    "tanh" Tanh(Vector) Vector 0 false
    "time" Time() Scalar 0 false
    "timestamp" Timestamp(Vector) Vector 0 false
    "vector" Vector(Scalar) Vector 0 false
    "year" Year(Vector) Vector 1 false
}

/// Functions of Prometheus that are not here, and why.
const ABSENT: [(&str, &str); 15] = [
    ("histogram_avg", NATIVE),
    ("histogram_count", NATIVE),
    ("histogram_quantiles", NATIVE),
    ("histogram_stddev", NATIVE),
    ("histogram_stdvar", NATIVE),
    ("histogram_sum", NATIVE),
    ("info", EXPERIMENTAL),
    ("limit_ratio", EXPERIMENTAL),
    ("limitk", EXPERIMENTAL),
    ("sort_by_label", EXPERIMENTAL),
    ("sort_by_label_desc", EXPERIMENTAL),
    ("ts_of_first_over_time", EXPERIMENTAL),
    ("ts_of_last_over_time", EXPERIMENTAL),
    ("ts_of_max_over_time", EXPERIMENTAL),
    ("ts_of_min_over_time", EXPERIMENTAL),
];
const NATIVE: &str = "it is about native histograms, which are not supported";
const EXPERIMENTAL: &str = "it is experimental in Prometheus, and not supported";

impl Function {
    /// The function of that name; functions are spelt in lower case.
    pub fn named(name: &str) -> Option<Self> {
        let found = SIGNATURES.binary_search_by(|signature| signature.name.cmp(name));
        found.ok().map(|index| SIGNATURES[index].function)
    }

    /// Its name in a query.
    pub fn name(self) -> &'static str {
        self.signature().name
    }

    pub(crate) fn signature(self) -> &'static Signature {
        // The table is in the order of the variants.
        &SIGNATURES[self as usize]
    }
}

/// Why a function of Prometheus is not supported, if it is one.
pub(crate) fn unsupported(name: &str) -> Option<&'static str> {
    ABSENT.iter().find(|(absent, _)| *absent == name).map(|(_, why)| *why)
}

/// The function or aggregation that a misspelt name was probably meant to be.
pub(crate) fn closest(name: &str) -> Option<&'static str> {
    let functions = SIGNATURES.iter().map(|signature| signature.name);
    let aggregations = crate::ast::Aggregation::ALL.iter().map(|it| it.name());
    nearest(name, functions.chain(aggregations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_finds_each_of_its_names() {
        assert!(SIGNATURES.is_sorted_by(|a, b| a.name < b.name));
        for (index, signature) in SIGNATURES.iter().enumerate() {
            assert_eq!(signature.function as usize, index);
            assert_eq!(Function::named(signature.name), Some(signature.function));
            assert_eq!(signature.function.name(), signature.name);
            assert_eq!(unsupported(signature.name), None);
        }
        assert_eq!(Function::named("Rate"), None);
    }

    #[test]
    fn misspelt_functions_are_recognised() {
        assert_eq!(closest("rte"), Some("rate"));
        assert_eq!(closest("histogram_quantil"), Some("histogram_quantile"));
        assert_eq!(closest("mean"), None);
        assert!(unsupported("histogram_avg").is_some());
    }
}
