//! Cases that do not agree, and why.

/// Cases of Prometheus that are answered otherwise, by their ids.
pub(crate) const CASES: [(&str, &str); 0] = [];

/// Queries of the corpus that are refused: the file, the beginning of the error, and why.
pub(crate) const REFUSED: [(&str, &str, &str); 12] = [
    ("docs__features__analysis__L0163.yaml", "`.` has no meaning", LEFT_OUT),
    ("docs__features__analysis__L1165.yaml", "`.` has no meaning", LEFT_OUT),
    ("docs__features__analysis__L1177.yaml", "`.` has no meaning", LEFT_OUT),
    ("docs__features__analysis__L1198.yaml", "`.` has no meaning", LEFT_OUT),
    ("docs__features__analysis__L0873.yaml", "`~` has no meaning", NO_OPERATOR),
    ("docs__features__analysis__L0904.yaml", "`~` has no meaning", NO_OPERATOR),
    ("docs__features__analysis__L1009.yaml", "`~` has no meaning", NO_OPERATOR),
    ("docs__features__analysis__L1041.yaml", "`~` has no meaning", NO_OPERATOR),
    (
        "tutorials__kubernetes-blue-green__L0264.yaml",
        "expected `,` or `}`, found `status`",
        "a comma is missing before `status`, and Prometheus refuses that",
    ),
    ("usage__metrics__L0042.yaml", "expected an expression", "a reference without a query"),
    ("usage__metrics__L0286.yaml", "`.` has no meaning", "a query of Datadog"),
    (
        "prometheus__model__rulefmt__testdata__bad_expr.bad.yaml",
        "`rate` takes a range vector",
        "bad on purpose",
    ),
];
const LEFT_OUT: &str = "the page leaves the query out: `...`";
const NO_OPERATOR: &str = "the page writes `~` for `=~`, and Prometheus refuses that";

/// Queries that another parser takes and this one refuses, or the other way round: a part of the
/// query, and why.
pub(crate) const DISAGREEMENTS: [(&str, &str); 2] = [
    ("\"\\xff\"", "bytes that are no UTF-8, which Prometheus refuses in a label when it evaluates"),
    ("\"(.*\"", "a regular expression that Prometheus refuses when it evaluates, and we before"),
];

pub(crate) fn reason(id: &str) -> Option<&'static str> {
    CASES.iter().find(|(known, _)| *known == id).map(|(_, reason)| *reason)
}

pub(crate) fn refused(file: &str, message: &str) -> Option<usize> {
    REFUSED.iter().position(|(known, start, _)| *known == file && message.starts_with(start))
}

pub(crate) fn disagreement(text: &str) -> Option<usize> {
    DISAGREEMENTS.iter().position(|(part, _)| text.contains(part))
}
