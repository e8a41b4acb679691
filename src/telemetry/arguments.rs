//! Arguments of queries: `{{args.name}}` and `{{ name }}` are replaced before a query is read.

use super::Telemetry;
use crate::document::closest;

/// Values by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments(Vec<(String, String)>);

/// An argument that nobody gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where it stands in the text, bytes.
    pub place: std::ops::Range<usize>,
    /// A sentence that names it.
    pub message: String,
    /// What is known.
    pub help: String,
}

impl Arguments {
    /// What every query may say of a service: `canary-hash`, `latest-hash`, `stable-hash`,
    /// `service`, `service-name`, `name`, `target`, `namespace`, `ingress`.
    pub fn of(telemetry: &Telemetry) -> Self {
        let Telemetry { service, namespace, hashes, workloads, .. } = telemetry;
        let pairs = [
            ("canary-hash", &hashes[1]),
            ("latest-hash", &hashes[1]),
            ("stable-hash", &hashes[0]),
            ("service", service),
            ("service-name", service),
            ("name", service),
            ("ingress", service),
            ("target", &workloads[1]),
            ("namespace", namespace),
        ];
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect())
    }

    /// One more; it comes before one of the same name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(0, (name.to_owned(), value.to_owned()));
        self
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The text with every argument replaced. `{{`, `}}` and the name between them may have
    /// spaces; `args.` and `variables.` before a name mean nothing.
    pub fn fill(&self, text: &str) -> Result<String, Unknown> {
        let mut filled = String::with_capacity(text.len());
        let mut from = 0;
        while let Some(begin) = text[from..].find("{{").map(|at| from + at) {
            let Some(end) = text[begin..].find("}}").map(|at| begin + at + 2) else { break };
            let written = text[begin + 2..end - 2].trim();
            let name = ["args.", "variables."]
                .iter()
                .find_map(|prefix| written.strip_prefix(prefix))
                .unwrap_or(written);
            let value = self.get(name).ok_or_else(|| self.unknown(name, begin..end))?;
            filled.push_str(&text[from..begin]);
            filled.push_str(value);
            from = end;
        }
        filled.push_str(&text[from..]);
        Ok(filled)
    }

    fn unknown(&self, name: &str, place: std::ops::Range<usize>) -> Unknown {
        let known = self.0.iter().map(|(name, _)| name.as_str());
        let help = closest(name, known.clone()).map_or_else(
            || format!("write it in `args`; known are {}", known.collect::<Vec<_>>().join(", ")),
            |near| format!("`{near}` is one"),
        );
        Unknown { place, message: format!("nobody gives the argument `{name}`"), help }
    }
}
