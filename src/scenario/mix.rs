//! Another mix of the same releases. Each kind is simulated equally often however often it comes,
//! so that another mix of the same kinds is reckoned from the very same worlds.

use super::population;
use crate::document::{
    Code, Key, Node, Place, Problem, Problems, Scalar, SourceKind, Sources, Value, closest, quoted,
};
use crate::units::{Quantity, Share};

const MIX: &str = "E0136";
const KIND: &str = "E0137";

/// The codes of what a mix can have wrong, in order.
pub const CODES: &[Code] = &[
    Code { code: MIX, meaning: "a mix is not written as name=share" },
    Code { code: KIND, meaning: "a mix has a release that does not exist" },
];

const EXAMPLE: &str = "write for example: --mix good=90%,leak=10%";

/// Says how often each release of a document comes; those that are not named never do.
pub fn mix(tree: Node, text: &str, sources: &mut Sources, problems: &mut Problems) -> Node {
    let source = sources.add(SourceKind::Flag, "--mix", text.to_owned());
    let Some(releases) = releases(&tree) else {
        let problem = Problem::error(KIND, "a mix of one release")
            .at(Place::new(source, 0, text.len()), "there is only `release`")
            .help("name several of them under `releases`");
        problems.push(problem);
        return tree;
    };
    let Value::Map(map) = &releases.value else { return tree };
    let names = || map.entries().iter().map(|entry| entry.key.text.as_str());
    let mut shares: Vec<(&str, Node)> = Vec::new();
    let (mut at, before) = (0, problems.len());
    for part in text.split(',') {
        let place = Place::new(source, at, at + part.len());
        at += part.len() + 1;
        match share(part) {
            Ok((name, _)) if !names().any(|known| known == name) => {
                problems.push(unknown(name, place, names()));
            }
            Ok((name, share)) => shares.push((name, scalar(share, place))),
            Err(why) => {
                let problem = Problem::error(MIX, "a mix is written as name=share");
                problems.push(problem.at(place, why).help(EXAMPLE));
            }
        }
    }
    if problems.len() > before {
        return tree;
    }
    let mut mixed = map.clone();
    for entry in map.entries() {
        let given = shares.iter().rfind(|(name, _)| *name == entry.key.text);
        let never = || scalar(Share::ZERO, Place::new(source, 0, text.len()));
        let weight = given.map_or_else(never, |(_, share)| share.clone());
        mixed.insert(entry.key.clone(), weighted(&entry.node, weight));
    }
    let releases = Node { value: Value::Map(mixed), ..releases };
    let Value::Map(map) = &tree.value else { return tree };
    let mut map = map.clone();
    map.insert(Key::new("releases", releases.place), releases);
    Node { value: Value::Map(map), ..tree }
}

/// The releases that are written, or those that are assumed.
fn releases(tree: &Node) -> Option<Node> {
    match tree.get("releases") {
        Some(written) => Some(written.clone()),
        None if tree.get("release").is_some() => None,
        None => population::tree(),
    }
}

/// The release with this weight.
fn weighted(release: &Node, weight: Node) -> Node {
    let mut map = release.as_map().cloned().unwrap_or_default();
    map.insert(Key::new("weight", weight.place), weight);
    Node { value: Value::Map(map), ..release.clone() }
}

fn scalar(share: Share, place: Place) -> Node {
    Node::written(Value::Scalar(Scalar { text: share.to_string(), quoted: false }), place)
}

/// A name and its share, such as `leak=10%` or `leak=0.1`.
fn share(part: &str) -> Result<(&str, Share), &'static str> {
    let (name, text) = part.split_once('=').ok_or("there is no `=`")?;
    let share = match text.trim().parse::<f64>() {
        Ok(one) if (0.0..=1.0).contains(&one) => Share::from_parts((one * 1e12).round() as u64),
        Ok(_) => None,
        Err(_) => Share::parse(text.trim()).ok(),
    };
    Ok((name.trim(), share.ok_or("a share is 0 to 1, or 0% to 100%")?))
}

fn unknown<'a>(name: &str, place: Place, names: impl Iterator<Item = &'a str> + Clone) -> Problem {
    let known: Vec<_> = names.clone().collect();
    let listed = format!("releases: {}", known.join(", "));
    let help = match closest(name, names) {
        Some(meant) => format!("did you mean `{meant}`? {listed}"),
        None => listed,
    };
    let title = format!("there is no release {}", quoted(name));
    Problem::error(KIND, title).at(place, "not a release").help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Look, yaml};

    fn mixed(text: &str, say: &str) -> (Node, String) {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, "s", text.as_bytes(), &mut problems);
        let tree = mix(tree.expect("a tree"), say, &mut sources, &mut problems);
        (tree, problems.render(&sources, Look::Plain))
    }

    #[test]
    fn a_mix_says_how_often_each_release_comes() {
        let text = "releases: { good: { weight: 90% }, leak: {}, spike: {} }\n";
        let (tree, problems) = mixed(text, "good=0.7,leak=30%");
        assert_eq!(problems, "");
        let weight =
            |name: &str| tree.find(["releases", name, "weight"])?.as_text().map(str::to_owned);
        let weights = ["good", "leak", "spike"].map(|name| weight(name).unwrap_or_default());
        assert_eq!(weights, ["70%", "30%", "0%"]);
        let (tree, _) = mixed("strategy: allAtOnce\n", "good=0.5,leak=0.5");
        assert!(tree.find(["releases", "leak", "faults"]).is_some());
    }

    #[test]
    fn a_mix_of_what_is_not_there_is_refused() {
        let text = "releases: { good: {}, leak: {} }\n";
        let (_, problems) = mixed(text, "good=0.7,leek=0.3");
        assert!(problems.contains("--mix:1:10") && problems.contains("`leak`"), "{problems}");
        assert!(mixed(text, "good").1.contains("there is no `=`"));
        assert!(mixed(text, "good=2").1.contains("0 to 1"));
        assert!(mixed("release: {}\n", "good=1").1.contains("a mix of one release"));
    }
}
