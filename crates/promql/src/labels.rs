//! What a series is called: its labels in order, the metric's name among them.

use crate::print::{Quoted, is_label, is_metric};
use std::fmt;
use std::sync::Arc;

/// The label that holds the metric's name.
pub const NAME: &str = "__name__";

/// Labels with their values, by the label; an empty value is the same as no label.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Vec<(Arc<str>, Arc<str>)>);

impl Labels {
    /// The labels of some pairs, in any order; the last of two with the same label counts.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut labels = Self::default();
        for (label, value) in pairs {
            labels.set(label, value);
        }
        labels
    }

    /// The labels of a metric.
    pub fn of<'a>(metric: &'a str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut labels = Self::new(pairs);
        labels.set(NAME, metric);
        labels
    }

    /// The value of a label; empty if it is absent.
    pub fn get(&self, label: &str) -> &str {
        self.find(label).map_or("", |at| &self.0[at].1)
    }

    /// Every label with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(label, value)| (&**label, &**value))
    }

    /// Whether there is no label at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a label; an empty value removes it.
    pub fn set(&mut self, label: &str, value: &str) {
        match (self.find(label), value.is_empty()) {
            (Ok(at), true) => drop(self.0.remove(at)),
            (Ok(at), false) => self.0[at].1 = value.into(),
            (Err(_), true) => {}
            (Err(at), false) => self.0.insert(at, (label.into(), value.into())),
        }
    }

    /// Only the labels for which that is true.
    pub(crate) fn filtered(&self, is_kept: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(label, _)| is_kept(label)).cloned().collect())
    }

    /// Without the metric's name.
    pub(crate) fn nameless(&self) -> Self {
        self.filtered(|label| label != NAME)
    }

    fn find(&self, label: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(label))
    }
}

impl fmt::Display for Labels {
    /// As a selector writes them: `up{job="api"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.get(NAME);
        let is_bare = is_metric(name);
        f.write_str(if is_bare { name } else { "" })?;
        let shown: Vec<_> = self.iter().filter(|(label, _)| !is_bare || *label != NAME).collect();
        if shown.is_empty() {
            return f.write_str(if is_bare { "" } else { "{}" });
        }
        f.write_str("{")?;
        for (index, (label, value)) in shown.into_iter().enumerate() {
            f.write_str(if index > 0 { "," } else { "" })?;
            if is_label(label) {
                f.write_str(label)?;
            } else {
                Quoted(label).fmt(f)?;
            }
            write!(f, "={}", Quoted(value))?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_a_set_in_order() {
        let mut labels = Labels::of("up", [("b", "2"), ("a", "1"), ("c", "")]);
        assert_eq!(labels.to_string(), r#"up{a="1",b="2"}"#);
        assert_eq!((labels.get("a"), labels.get("c")), ("1", ""));
        labels.set("a", "");
        assert_eq!(labels, Labels::new([("__name__", "up"), ("b", "2")]));
        assert_eq!(labels.nameless().to_string(), r#"{b="2"}"#);
        assert_eq!(Labels::default().to_string(), "{}");
        assert_eq!(
            Labels::of("a.b", [("x y", "\"")]).to_string(),
            r#"{__name__="a.b","x y"="\""}"#
        );
    }
}
