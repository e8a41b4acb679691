//! How far a report can be trusted: what its numbers rest on.

use serde_json::{Value, json};

use crate::document::{Node, Origin, Value as Written};

/// What the numbers of a report rest on, the least first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// L0: on what somebody wrote or nobody said; nothing was measured.
    Assumed {
        /// Those parts of the document of which everything was written.
        stated: Vec<&'static str>,
    },
}

impl Trust {
    /// The parts of a scenario that a calibration would tell, each with where it stands.
    const PARTS: [(&'static str, &'static [&'static str]); 3] = [
        ("traffic", &["traffic.rate", "traffic.shape"]),
        ("baseline", &["baseline.errors.rate", "baseline.latency"]),
        ("noise", &["traffic.modulation", "baseline.errors.noise", "fleet.nodes"]),
    ];

    /// The trust that a complete document deserves. There is no calibration, no backtest and no
    /// scored forecast yet, so that nothing is above L0.
    pub fn of(tree: &Node) -> Self {
        let is_stated = |path: &&str| tree.find(path.split('.')).is_some_and(is_written);
        let parts = Self::PARTS.iter().filter(|(_, paths)| paths.iter().all(is_stated));
        Self::Assumed { stated: parts.map(|(part, _)| *part).collect() }
    }

    /// Its level.
    pub fn level(&self) -> &'static str {
        match self {
            Self::Assumed { .. } => "L0",
        }
    }

    /// What it rests on, in a word: `stated` where traffic, baseline and noise were written.
    pub fn basis(&self) -> &'static str {
        match self {
            Self::Assumed { stated } if stated.len() == Self::PARTS.len() => "stated",
            Self::Assumed { .. } => "assumed",
        }
    }

    /// Both, for the head of a page.
    pub fn words(&self) -> String {
        format!("trust {}, {}", self.level(), self.basis())
    }

    /// The same as data.
    pub fn json(&self) -> Value {
        let Self::Assumed { stated } = self;
        json!({ "level": self.level(), "basis": self.basis(), "stated": stated })
    }
}

/// Whether a person wrote this, and nothing of it was assumed.
fn is_written(node: &Node) -> bool {
    let below = match &node.value {
        Written::Null | Written::Scalar(_) => true,
        Written::List(items) => items.iter().all(is_not_assumed),
        Written::Map(map) => map.entries().iter().all(|entry| is_not_assumed(&entry.node)),
    };
    node.origin == Origin::Written && below
}

fn is_not_assumed(node: &Node) -> bool {
    !matches!(node.origin, Origin::Assumed(_))
        && match &node.value {
            Written::Null | Written::Scalar(_) => true,
            Written::List(items) => items.iter().all(is_not_assumed),
            Written::Map(map) => map.entries().iter().all(|it| is_not_assumed(&it.node)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Decode, Problems, SourceKind, Sources, complete, yaml};
    use crate::scenario::ScenarioDoc;

    fn trust(text: &str) -> Trust {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, "s", text.as_bytes(), &mut problems);
        Trust::of(&complete(ScenarioDoc::shape(), tree.expect("a tree")))
    }

    #[test]
    fn what_somebody_wrote_is_stated_and_still_not_measured() {
        assert_eq!(trust("strategy: allAtOnce").words(), "trust L0, assumed");
        let some = trust("traffic: { rate: 5/s, shape: constant }\nstrategy: allAtOnce");
        assert_eq!(some, Trust::Assumed { stated: vec!["traffic"] });
        let all = trust(
            "traffic: { rate: 5/s, shape: constant, modulation: none }
baseline: { errors: { rate: 0.1%, noise: none }, latency: { p50: 50ms, p99: 200ms } }
fleet: { nodes: none }
strategy: allAtOnce",
        );
        assert_eq!(all.words(), "trust L0, stated");
    }
}
