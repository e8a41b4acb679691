//! Other forms of the model: the same scenario, where what is not known is described in another
//! shape with the same range or the same mean. What depends on the form was not in the data.

use chance::math;
use clockwork::Span;

use super::population;
use crate::document::{Key, Map, Node, Origin, Scalar, Value};
use crate::units::Quantity;

/// Another form of a part of the model.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The part.
    pub part: &'static str,
    /// Its form in the document.
    pub from: &'static str,
    /// The other form.
    pub to: &'static str,
    /// Why that one may be as true.
    pub why: &'static str,
    edit: fn(&Node) -> Option<Node>,
}

/// The other forms that are tried.
pub const FORMS: [Form; 8] = [
    Form {
        part: "noise",
        from: "modelled",
        to: "none",
        why: "nobody has measured it here: errors and nodes may be steadier than assumed",
        edit: |tree| below(tree, &["noise"], |it| word(it, "modelled", "none")),
    },
    Form {
        part: "traffic over the day",
        from: "constant",
        to: "diurnal",
        why: "people sleep; the mean is the same",
        edit: |tree| below(tree, &["traffic", "shape"], diurnal),
    },
    Form {
        part: "traffic over the day",
        from: "diurnal",
        to: "constant",
        why: "a service of the whole world does not sleep; the mean is the same",
        edit: |tree| below(tree, &["traffic", "shape"], constant),
    },
    Form {
        part: "starts of pods",
        from: "lognormal",
        to: "fixed",
        why: "the mean is often all that is known",
        edit: |tree| below(tree, &["fleet", "pod"], |it| lognormal(it, fixed)),
    },
    Form {
        part: "sizes of faults",
        from: "loguniform",
        to: "uniform",
        why: "the range is the same, and large faults are as likely as small ones",
        edit: |tree| releases(tree, |it| renamed(it, "loguniform", "uniform")),
    },
    Form {
        part: "sizes of faults",
        from: "uniform",
        to: "loguniform",
        why: "the range is the same, and every order of magnitude is as likely",
        edit: |tree| releases(tree, |it| renamed(it, "uniform", "loguniform")),
    },
    Form {
        part: "onsets of faults",
        from: "exponential",
        to: "fixed",
        why: "the mean is the same, and a condition may come when it comes",
        edit: |tree| releases(tree, onset),
    },
    Form {
        part: "times of people",
        from: "lognormal",
        to: "exponential",
        why: "the mean is the same, and somebody may answer at any moment",
        edit: |tree| below(tree, &["people"], |it| lognormal(it, exponential)),
    },
];

impl Form {
    /// A complete document in this form; nothing when it does not have the other one.
    pub fn of(&self, tree: &Node) -> Option<Node> {
        (self.edit)(tree)
    }
}

/// A change of one node; nothing where there is nothing to change.
type Change<'a> = &'a dyn Fn(&Node) -> Option<Node>;

/// The tree with everything below a path changed that can be.
fn below(tree: &Node, path: &[&str], change: impl Fn(&Node) -> Option<Node>) -> Option<Node> {
    at(tree, path, &|node| everywhere(node, &change))
}

fn at(node: &Node, path: &[&str], change: Change<'_>) -> Option<Node> {
    let Some((first, rest)) = path.split_first() else { return change(node) };
    let Value::Map(map) = &node.value else { return None };
    with(node, map, first, at(map.get(first)?, rest, change)?)
}

/// The map with another value under a key.
fn with(node: &Node, map: &Map, key: &str, value: Node) -> Option<Node> {
    let mut map = map.clone();
    let key = map.entry(key)?.key.clone();
    map.insert(key, value);
    Some(Node { value: Value::Map(map), ..node.clone() })
}

fn everywhere(node: &Node, change: Change<'_>) -> Option<Node> {
    if let Some(changed) = change(node) {
        return Some(changed);
    }
    let (mut new, mut any) = (node.clone(), false);
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => {
            let items = items.iter().map(|item| {
                let changed = everywhere(item, change);
                any |= changed.is_some();
                changed.unwrap_or_else(|| item.clone())
            });
            new.value = Value::List(items.collect());
        }
        Value::Map(map) => {
            for entry in map.entries() {
                if let (Some(changed), Value::Map(map)) =
                    (everywhere(&entry.node, change), &mut new.value)
                {
                    map.insert(entry.key.clone(), changed);
                    any = true;
                }
            }
        }
    }
    any.then_some(new)
}

/// The tree with its releases changed; those that nobody wrote are written out.
fn releases(tree: &Node, change: impl Fn(&Node) -> Option<Node>) -> Option<Node> {
    for key in ["release", "releases"] {
        if tree.get(key).is_some() {
            return below(tree, &[key], change);
        }
    }
    let Value::Map(map) = &tree.value else { return None };
    let mut map = map.clone();
    map.insert(Key::new("releases", tree.place), everywhere(&population::tree()?, &change)?);
    Some(Node { value: Value::Map(map), ..tree.clone() })
}

/// A single value in the place of another.
fn scalar(like: &Node, text: String) -> Node {
    let value = Value::Scalar(Scalar { text, quoted: false });
    Node { value, origin: Origin::Default, ..like.clone() }
}

/// A map with one key in the place of another value.
fn single(like: &Node, key: &str, value: Node) -> Node {
    let mut map = Map::default();
    map.insert(Key::new(key, like.place), value);
    Node { value: Value::Map(map), origin: Origin::Default, ..like.clone() }
}

fn word(node: &Node, from: &str, to: &str) -> Option<Node> {
    (node.as_text() == Some(from)).then(|| scalar(node, to.to_owned()))
}

fn diurnal(node: &Node) -> Option<Node> {
    let nothing = Node { value: Value::Map(Map::default()), ..node.clone() };
    (node.as_text() == Some("constant")).then(|| single(node, "diurnal", nothing))
}

fn constant(node: &Node) -> Option<Node> {
    node.get("diurnal").map(|_| scalar(node, "constant".to_owned()))
}

/// The only key of a map with its value, when it is this one.
fn only<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let Value::Map(map) = &node.value else { return None };
    map.get(key).filter(|_| map.entries().len() == 1)
}

fn renamed(node: &Node, from: &str, to: &str) -> Option<Node> {
    only(node, from).map(|inner| single(node, to, inner.clone()))
}

/// A fault with an onset after its mean.
fn onset(node: &Node) -> Option<Node> {
    let Value::Map(map) = &node.value else { return None };
    let after = map.get("after")?;
    let mean = only(after, "exponential")?.get("mean")?.as_text()?.to_owned();
    with(node, map, "after", scalar(after, mean))
}

/// Another law with the mean of a lognormal one.
fn lognormal(node: &Node, law: fn(&Node, String) -> Node) -> Option<Node> {
    let it = only(node, "lognormal")?;
    let span = |key: &str| <Span as Quantity>::parse(it.get(key)?.as_text()?).ok();
    let (median, p95) = (span("median")?.as_secs_f64(), span("p95")?.as_secs_f64());
    let sd = math::ln(p95 / median) / math::normal_quantile(0.95);
    let mean = median * math::exp(sd * sd / 2.0);
    let millis = (mean * 1e3).round() as u64;
    mean.is_finite().then(|| law(node, Span::from_millis(millis).to_string()))
}

fn fixed(node: &Node, mean: String) -> Node {
    scalar(node, mean)
}

fn exponential(node: &Node, mean: String) -> Node {
    let inner = single(node, "mean", scalar(node, mean));
    single(node, "exponential", inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Decode, Problems, SourceKind, Sources, complete, decode, yaml};
    use crate::scenario::{ScenarioDoc, validate};

    fn tree(text: &str) -> Node {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, "s", text.as_bytes(), &mut problems);
        complete(ScenarioDoc::shape(), tree.expect("a tree"))
    }

    fn others(text: &str) -> Vec<(&'static str, &'static str, Node)> {
        let tree = tree(text);
        FORMS.iter().filter_map(|it| Some((it.part, it.to, it.of(&tree)?))).collect()
    }

    #[test]
    fn every_form_is_a_scenario_and_differs_from_the_others() {
        let found = others("strategy: allAtOnce\ntraffic: { rate: 100/s }\n");
        let names: Vec<_> = found.iter().map(|(part, to, _)| format!("{part} {to}")).collect();
        assert_eq!(
            names,
            [
                "noise none",
                "traffic over the day diurnal",
                "starts of pods fixed",
                "sizes of faults uniform",
                "sizes of faults loguniform",
                "onsets of faults fixed",
                "times of people exponential",
            ]
        );
        for (part, to, tree) in found {
            let mut problems = Problems::new();
            let tree = complete(ScenarioDoc::shape(), tree);
            let doc: Option<ScenarioDoc> = decode(&tree, &mut problems);
            let scenario = doc.and_then(|doc| validate(&doc, "s", &mut problems));
            assert!(scenario.is_some(), "{part} {to} is no scenario");
        }
    }

    #[test]
    fn the_mean_and_the_range_stay() {
        let text = "
strategy: allAtOnce
traffic: { shape: { diurnal: {} } }
fleet: { pod: { startup: { lognormal: { median: 10s, p95: 10s } } } }
people: { decide: { lognormal: { median: 100s, p95: 517.9s } } }
release: { faults: [{ error-spike: { add: { loguniform: { from: 1%, to: 9% } } } }] }
";
        let at = |to: &str, path: &[&str]| {
            let found = others(text).into_iter().find(|it| it.1 == to).map(|it| it.2);
            found.and_then(|it| it.find(path.iter().copied())?.as_text().map(str::to_owned))
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(at("fixed", &["fleet", "pod", "startup"]), text("10s"));
        assert_eq!(at("constant", &["traffic", "shape"]), text("constant"));
        // A deviation of one: the mean is the median times the root of e.
        let mean = at("exponential", &["people", "decide", "exponential", "mean"]);
        assert!(mean.as_ref().is_some_and(|it| it.starts_with("2m44.8")), "{mean:?}");
        let add = ["release", "faults", "0", "error-spike", "add", "uniform", "to"];
        assert_eq!(at("uniform", &add), text("9%"));
        assert_eq!(at("loguniform", &add), None);
    }
}
