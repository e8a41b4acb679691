//! Adds the series of a scheme: what they have in common is said once.

use promql::Labels;

use super::{Outcome, Series, Source};

/// Pairs of a label and its value.
pub(super) type Pairs<'a> = [(&'a str, &'a str)];

/// The series of one version under one scheme.
pub(super) struct Rows<'a> {
    /// The labels that all of them have.
    pub(super) common: Labels,
    /// Whose they are.
    pub(super) version: usize,
    /// The first pod of the version, where every pod has its own in a real cluster.
    pub(super) pod: Option<String>,
    /// Where they go.
    pub(super) all: &'a mut Vec<Series>,
}

impl Rows<'_> {
    /// One series.
    pub(super) fn add(&mut self, name: &str, more: &Pairs<'_>, source: Source) {
        let mut labels = self.common.clone();
        labels.set(promql::NAME, name);
        for (label, value) in more {
            labels.set(label, value);
        }
        let (version, pod) = (self.version, self.pod.clone());
        self.all.push(Series { labels, version, pod, source });
    }

    /// A classic histogram of response times: buckets, their count and their sum. Limits are
    /// seconds; `unit` is how many of the histogram's are one.
    pub(super) fn histogram(
        &mut self,
        name: &str,
        more: &Pairs<'_>,
        (limits, unit): (&[f64], f64),
        outcome: Outcome,
    ) {
        let bucket = format!("{name}_bucket");
        for &limit in limits {
            let le = format!("{}", limit * unit);
            let labels = [more, &[("le", le.as_str())]].concat();
            self.add(&bucket, &labels, Source::Within(limit, outcome));
        }
        self.add(&bucket, &[more, &[("le", "+Inf")]].concat(), Source::Requests(outcome));
        self.add(&format!("{name}_count"), more, Source::Requests(outcome));
        self.add(&format!("{name}_sum"), more, Source::Seconds(outcome, unit));
    }
}
