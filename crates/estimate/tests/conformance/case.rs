//! One case of a conformance file.

use serde_json::Value;
use std::collections::BTreeSet;

/// A JSON object with parameters, expectations and a tolerance.
pub(crate) struct Case<'a>(pub(crate) &'a Value);

impl Case<'_> {
    /// The number at a JSON pointer.
    pub(crate) fn number(&self, pointer: &str) -> Result<f64, String> {
        self.0.pointer(pointer).and_then(Value::as_f64).ok_or(format!("no number at {pointer}"))
    }

    /// The whole number at a JSON pointer.
    pub(crate) fn count(&self, pointer: &str) -> Result<u64, String> {
        self.0.pointer(pointer).and_then(Value::as_u64).ok_or(format!("no count at {pointer}"))
    }

    /// The text at a JSON pointer, if there is one.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer).and_then(Value::as_str)
    }

    /// Two numbers at a JSON pointer.
    pub(crate) fn pair(&self, pointer: &str) -> Result<(f64, f64), String> {
        Ok((self.number(&format!("{pointer}/0"))?, self.number(&format!("{pointer}/1"))?))
    }

    /// How many elements the list at a JSON pointer has.
    pub(crate) fn len(&self, pointer: &str) -> Result<usize, String> {
        let list = self.0.pointer(pointer).and_then(Value::as_array);
        list.map(Vec::len).ok_or(format!("no list at {pointer}"))
    }

    /// The pointers of everything this case expects.
    pub(crate) fn expectations(&self) -> BTreeSet<String> {
        let fields = self.0.as_object().into_iter().flatten();
        fields
            .filter(|(key, _)| key.starts_with("expected"))
            .flat_map(|(key, value)| match value.as_object() {
                Some(inner) => inner.keys().map(|name| format!("/{key}/{name}")).collect(),
                None => vec![format!("/{key}")],
            })
            .collect()
    }

    /// Compares with the expectation at a JSON pointer, where `null` means "none".
    pub(crate) fn check(&self, pointer: &str, actual: Option<f64>) -> Result<(), String> {
        if self.0.pointer(pointer) == Some(&Value::Null) {
            return actual.map_or(Ok(()), |actual| Err(format!("{pointer}: {actual}, not none")));
        }
        let expected = self.number(pointer)?;
        let actual = actual.ok_or(format!("{pointer}: none, not {expected}"))?;
        let tolerance = match (self.number("/abs_tol"), self.number("/rel_tol")) {
            (Ok(absolute), _) => absolute,
            (_, Ok(relative)) => relative * expected.abs(),
            _ => return Err("no tolerance".to_owned()),
        };
        if (actual - expected).abs() <= tolerance {
            return Ok(());
        }
        Err(format!("{pointer}: {actual}, not {expected} within {tolerance:e}"))
    }
}
