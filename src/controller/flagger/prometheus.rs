//! What an answer of Prometheus comes to.

use std::fmt;

use serde_json::Value;

/// Why an answer has no value. Each costs a failed check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoValue {
    /// There is none, or it is not a number.
    Missing,
    /// It is a range, which has many.
    Many,
    /// It is no answer of Prometheus.
    Unreadable,
}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoValue::Missing => "no values found",
            NoValue::Many => "query returned multiple values",
            NoValue::Unreadable => "the answer is not one of Prometheus",
        })
    }
}

impl std::error::Error for NoValue {}

/// The value of an answer: that of the last sample of a vector. Infinities are values.
///
/// Source: `PrometheusProvider.RunQuery`.
pub fn value(body: &str) -> Result<f64, NoValue> {
    let json: Value = serde_json::from_str(body).map_err(|_| NoValue::Unreadable)?;
    let data = &json["data"];
    if data["resultType"] == "matrix" {
        return Err(NoValue::Many);
    }
    let samples = data["result"].as_array().ok_or(NoValue::Unreadable)?;
    let mut found = Err(NoValue::Missing);
    for sample in samples {
        let text = sample["value"][1].as_str().ok_or(NoValue::Unreadable)?;
        let number: f64 = text.parse().map_err(|_| NoValue::Unreadable)?;
        if number.is_nan() {
            return Err(NoValue::Missing);
        }
        found = Ok(number);
    }
    found
}
