//! Flags that say values of the scenario: each becomes a source, so that a problem points into it.

use clap::Args;
use clockwork::Span;

use crate::document::{Key, Map, Node, Problems, SourceKind, Sources, Value, set, yaml};
use crate::scenario::mix;
use crate::units::Quantity;

/// Values of the scenario given as flags; a flag beats the file, the file beats the default.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Values of the scenario")]
pub(super) struct SettingArgs {
    /// Set a value by its path, such as gates.errors.over=0.5%; several times for several values
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// How often each release comes, of the same worlds, such as good=90%,leak=10%; those that are
    /// not named never do
    #[arg(long, value_name = "NAME=SHARE,..")]
    mix: Option<String>,
    /// Which worlds: the same seed gives the same worlds [default: 0]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Requests, such as 40/s
    #[arg(long)]
    rate: Option<String>,
    /// Share of requests that fail already, such as 0.1%
    #[arg(long, value_name = "SHARE")]
    errors: Option<String>,
    /// Median response time of the running version, such as 50ms
    #[arg(long, value_name = "TIME")]
    p50: Option<String>,
    /// 99th percentile of its response time, such as 200ms
    #[arg(long, value_name = "TIME")]
    p99: Option<String>,
    /// Pods of the running version
    #[arg(long, value_name = "N")]
    replicas: Option<String>,
    /// When somebody resumes a pause without a duration, in imported files [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(super) resume_after: Option<Span>,
}

fn span(text: &str) -> Result<Span, String> {
    <Span as Quantity>::parse(text).map_err(|_| {
        format!("write a number and a unit, for example {}", <Span as Quantity>::EXAMPLE)
    })
}

impl SettingArgs {
    /// The flags of their own that were given: name, path and value.
    fn named(&self) -> Vec<(&'static str, &'static [&'static str], String)> {
        const PATHS: [(&str, &[&str]); 6] = [
            ("seed", &["seed"]),
            ("rate", &["traffic", "rate"]),
            ("errors", &["baseline", "errors", "rate"]),
            ("p50", &["baseline", "latency", "p50"]),
            ("p99", &["baseline", "latency", "p99"]),
            ("replicas", &["fleet", "replicas"]),
        ];
        let seed = self.seed.map(|seed| seed.to_string());
        let values = [&seed, &self.rate, &self.errors, &self.p50, &self.p99, &self.replicas];
        let given = PATHS.into_iter().zip(values);
        given.filter_map(|((name, path), value)| Some((name, path, value.clone()?))).collect()
    }

    /// Sets all of them in a document; `replications` is the value of `-n`.
    pub(super) fn apply(
        &self,
        mut tree: Node,
        replications: Option<u64>,
        sources: &mut Sources,
        problems: &mut Problems,
    ) -> Node {
        let count = replications.map(|n| ("replications", &["replications"][..], n.to_string()));
        for (name, path, value) in self.named().into_iter().chain(count) {
            let flag = format!("--{name}");
            let kind = SourceKind::Flag;
            let value = yaml::parse_one(sources, kind, &flag, value.as_bytes(), problems);
            tree = match value {
                Some(value) => put(tree, path, value),
                None => tree,
            };
        }
        for setting in &self.set {
            set::apply(&mut tree, setting, sources, problems);
        }
        match &self.mix {
            Some(text) => mix(tree, text, sources, problems),
            None => tree,
        }
    }

    /// The flags again, for a command that sees the same scenario.
    pub(super) fn again(&self) -> Vec<String> {
        let named =
            self.named().into_iter().flat_map(|(name, _, value)| [format!("--{name}"), value]);
        let set = self.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]);
        let mix = self.mix.iter().flat_map(|mix| ["--mix".to_owned(), mix.clone()]);
        let resume = self.resume_after.iter();
        let resume = resume.flat_map(|span| ["--resume-after".to_owned(), span.to_string()]);
        named.chain(set).chain(mix).chain(resume).collect()
    }
}

/// The document with a value at a path; maps that are missing on the way are created, and what is
/// no map is left for the decoder to report.
fn put(node: Node, path: &[&str], value: Node) -> Node {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut map = match node.value {
        Value::Map(ref map) => map.clone(),
        Value::Null => Map::default(),
        Value::Scalar(_) | Value::List(_) => return node,
    };
    let place = value.place;
    let missing = || Node::written(Value::Null, place);
    let (key, inner) = match map.entry(first) {
        Some(entry) => (entry.key.clone(), entry.node.clone()),
        None => (Key::new(*first, place), missing()),
    };
    map.insert(key, put(inner, rest, value));
    Node { value: Value::Map(map), ..node }
}
