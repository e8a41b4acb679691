//! Comments that suppress findings and have something wrong themselves; see `suppress`.

use crate::lint::finding::{Level, Rule};

const GOOD: &str = "\
# coalmine: allow condition-missing until 2099-12-31: measured for a dashboard only
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: requests
    provider: {prometheus: {query: 'sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))'}}
";

/// A suppression whose day has passed.
pub(crate) const EXPIRED: Rule = Rule {
    id: "suppression-expired",
    level: Level::Warning,
    title: "a suppression has ended",
    why: "A suppression holds until its date, so that somebody looks again. After that day the \
          finding is reported as before, and the comment with it.",
    bad: "\
# coalmine: allow condition-missing until 2020-01-31: measured for a dashboard only
kind: AnalysisTemplate
metadata: {name: t}
spec: {metrics: [{name: requests, provider: {prometheus: {query: up}}}]}
",
    good: GOOD,
    check: |_| Vec::new(),
};

/// A suppression without a date or a reason.
pub(crate) const INCOMPLETE: Rule = Rule {
    id: "suppression-incomplete",
    level: Level::Warning,
    title: "a suppression has no reason or no date",
    why: "A suppression says which rule, until when and why; without a date it would hold for \
          ever, and without a reason nobody can tell whether it still should. It suppresses \
          nothing.",
    bad: "\
# coalmine: allow condition-missing
kind: AnalysisTemplate
metadata: {name: t}
spec: {metrics: [{name: requests, provider: {prometheus: {query: up}}}]}
",
    good: GOOD,
    check: |_| Vec::new(),
};

/// A suppression of a rule that does not exist.
pub(crate) const UNKNOWN: Rule = Rule {
    id: "suppression-unknown-rule",
    level: Level::Warning,
    title: "a suppression names no rule",
    why: "A suppression names one rule as findings print it in brackets.",
    bad: "\
# coalmine: allow conditions-missing until 2099-12-31: measured for a dashboard only
kind: AnalysisTemplate
metadata: {name: t}
spec: {metrics: [{name: requests, provider: {prometheus: {query: up}}}]}
",
    good: GOOD,
    check: |_| Vec::new(),
};

/// A suppression of nothing.
pub(crate) const UNUSED: Rule = Rule {
    id: "suppression-unused",
    level: Level::Note,
    title: "a suppression suppresses nothing",
    why: "What a suppression allowed has been mended, or it stands at another place: it is about \
          the line that it stands on, or the next one, and what is indented below.",
    bad: "\
# coalmine: allow matcher-typo until 2099-12-31: mended next week
kind: AnalysisTemplate
metadata: {name: t}
spec: {metrics: [{name: requests, provider: {prometheus: {query: up}}}]}
",
    good: GOOD,
    check: |_| Vec::new(),
};
