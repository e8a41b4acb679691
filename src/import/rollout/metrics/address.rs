//! Who is asked, and what becomes of a metric that nobody can be asked for.

/// What the provider says of an address that is none. Source: `NewPrometheusAPI`.
pub(super) const NO_URL: &str = "prometheus address is not is url format";

/// What Prometheus answers where there is no query. Source: its HTTP API, `/api/v1/query`.
pub(super) const NO_QUERY: &str = "bad_data: invalid parameter \"query\": unknown position: parse error: no expression found in \
     input";

/// Whether the provider takes an address: a scheme and a host. Source: `IsUrl`.
pub(super) fn is_url(address: &str) -> bool {
    let parts = address.split_once("://");
    parts.is_some_and(|(scheme, host)| {
        let is_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
            && scheme.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it));
        is_scheme && !host.is_empty() && !host.starts_with(['/', '?', '#'])
    })
}

/// What is said of a metric without a query.
pub(super) fn without_query(address: Option<&str>) -> String {
    let why = "it has no query";
    match address {
        Some(address) => {
            format!("{why}, and whether a Prometheus answers at {address} is not known here")
        }
        None => why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_and_a_host() {
        assert!(is_url("http://prometheus.example.com:9090"));
        assert!(is_url("https://prometheus/api?x=y"));
        for text in [
            "",
            "prometheus:9090",
            "prometheus.monitoring",
            "http://",
            "//prometheus",
            "http:///query",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
