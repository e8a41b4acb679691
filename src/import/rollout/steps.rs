//! The steps of a canary: weights and pauses are taken over, the rest is accounted for.

use clockwork::Span;

mod routes;

use super::analyses::{self, Analyses};
use super::canary::Canary;
use super::waits;
use crate::document::{Entry, Node, Place, Problem, Value, closest, quoted};
use crate::import::draft::{Draft, rejected};
use crate::import::{build, go};
use crate::units::Share;

/// Every kind of step.
const KINDS: [&str; 8] = [
    "analysis",
    "experiment",
    "pause",
    "plugin",
    "setCanaryScale",
    "setHeaderRoute",
    "setMirrorRoute",
    "setWeight",
];

/// Of these a step has at most one; the others may stand beside it.
const EXCLUSIVE: [&str; 4] = ["analysis", "experiment", "pause", "setWeight"];

const RESUMED: &str = "a person resumes a pause that has no duration";
const ANALYSED: &str = "as long as the analysis takes";

/// The steps that a scenario can carry out.
pub(super) struct Plan {
    /// The list for `strategy.canary.steps`.
    pub(super) steps: Node,
    /// Every weight that is set, in percent, where that is a whole number.
    pub(super) weights: Vec<u64>,
}

/// The plan of a canary, or every reason why Argo would not carry it out.
pub(super) fn plan<'a>(
    canary: &Canary<'_, 'a>,
    analyses: &mut Analyses<'a>,
    draft: &mut Draft<'a>,
) -> Option<Plan> {
    let items: &'a [Node] = match canary.node.get("steps").map(|steps| &steps.value) {
        None => &[][..],
        Some(Value::List(items)) => items,
        Some(_) => {
            let place = build::key_place(canary.node, "steps");
            let problem = rejected("`steps` is a list", place, "not a list");
            draft.problem(problem.help("write for example: steps: [{ setWeight: 10 }]"));
            return None;
        }
    };
    let max = max_weight(canary, draft)?;
    let mut steps =
        Steps { max, analyses, done: Vec::new(), weights: Vec::new(), resumed: Vec::new() };
    let mut well = true;
    for (index, item) in items.iter().enumerate() {
        well &= steps.step(index, item, draft).is_some();
    }
    steps.say_resumed(draft);
    let place = build::key_place(canary.node, "steps");
    let plan = Plan { steps: build::list(steps.done, place), weights: steps.weights };
    well.then_some(plan)
}

/// The weight that is all of the traffic.
fn max_weight(canary: &Canary<'_, '_>, draft: &mut Draft<'_>) -> Option<u64> {
    let node = canary.node.get("trafficRouting").and_then(|it| it.get("maxTrafficWeight"));
    let Some(node) = node else { return Some(100) };
    let max = go::whole(node).and_then(|max| u64::try_from(max).ok()).filter(|max| *max > 0);
    if max.is_none() {
        let title = "`maxTrafficWeight` is a whole number above zero";
        let problem = rejected(title, node.place, "not such a number");
        draft.problem(problem.help("write for example: maxTrafficWeight: 100"));
    }
    max
}

struct Steps<'s, 'a> {
    max: u64,
    analyses: &'s mut Analyses<'a>,
    done: Vec<Node>,
    weights: Vec<u64>,
    /// Where a pause has no duration.
    resumed: Vec<Place>,
}

impl<'a> Steps<'_, 'a> {
    /// Takes a step over; nothing if Argo rejects it.
    fn step(&mut self, index: usize, item: &'a Node, draft: &mut Draft<'a>) -> Option<()> {
        for entry in kinds(index, item, draft)? {
            let (node, place) = (&entry.node, entry.key.place);
            let path = format!("spec.strategy.canary.steps.{index}.{}", entry.key.text);
            match entry.key.text.as_str() {
                "setWeight" => self.set_weight(node, draft)?,
                "pause" => self.pause(node, draft)?,
                "analysis" => self.analysis(node, (&path, place), draft),
                "experiment" => self.experiment(node, (&path, place), draft),
                "setCanaryScale" => self.scale(node, draft)?,
                "setHeaderRoute" => self.header(node, draft),
                "setMirrorRoute" => self.mirror(node, draft)?,
                "plugin" => self.plugin((&path, place), draft),
                _ => {}
            }
        }
        Some(())
    }

    fn push(&mut self, kind: &str, value: Node) {
        let place = value.place;
        self.done.push(build::map([(kind, value)], place));
    }

    fn set_weight(&mut self, node: &Node, draft: &mut Draft<'_>) -> Option<()> {
        let weight = go::whole(node).and_then(|weight| u64::try_from(weight).ok());
        let Some(weight) = weight.filter(|weight| *weight <= self.max) else {
            let found = node.as_text().map_or("this".to_owned(), quoted);
            let title = format!("a weight is a whole number from 0 to {}", self.max);
            let problem = rejected(title, node.place, format!("{found} is none"));
            let digits = node.as_text().and_then(|text| text.strip_suffix('%'));
            draft.problem(match digits {
                Some(digits) => problem.help(format!("write: setWeight: {digits}")),
                None => problem.help("write for example: setWeight: 20"),
            });
            return None;
        };
        let share = self.share(weight)?;
        if self.max == 100 {
            self.weights.push(weight);
        }
        self.push("setWeight", build::text(share.to_string(), node.place));
        Some(())
    }

    fn pause(&mut self, node: &Node, draft: &mut Draft<'_>) -> Option<()> {
        if node.as_map().is_none() {
            let problem = rejected("a pause is a map", node.place, "not a map");
            draft.problem(problem.help("write for example: pause: {duration: 10m}"));
            return None;
        }
        let Some(duration) = node.get("duration") else {
            let span = draft.options.resume_after.to_string();
            self.resumed.push(node.place);
            self.push("pause", build::assumed(span, RESUMED, node.place));
            return Some(());
        };
        let Some(span) = go::pause(duration) else {
            let found = duration.as_text().map_or("this".to_owned(), quoted);
            let label = "seconds, or a number with one of h, m, s, ms";
            let problem = rejected(format!("{found} is not a duration"), duration.place, label);
            draft.problem(problem.help("write for example: duration: 10m"));
            return None;
        };
        self.push("pause", build::text(span.to_string(), duration.place));
        Some(())
    }

    /// Templates that are not among the files judge nothing: the plan waits as long as they may
    /// take.
    fn analysis(&mut self, node: &'a Node, at: (&str, Place), draft: &mut Draft<'a>) {
        if let Some(names) = self.analyses.of(node, draft) {
            return self.push("analysis", names);
        }
        let wait = waits::analysis(node, draft).map(|wait| (wait, ANALYSED));
        self.wait(wait, at.0, &analyses::lost(node), at.1, draft);
    }

    /// An experiment that nothing ends takes no time.
    fn experiment(&mut self, node: &'a Node, at: (&str, Place), draft: &mut Draft<'a>) {
        let duration = waits::experiment(node);
        let items = match node.get("analyses").map(|list| &list.value) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        let names: Vec<Node> =
            items.iter().filter_map(|it| self.analyses.of_one(it, node, draft)).flatten().collect();
        if duration.is_none() && names.is_empty() {
            return self.wait(None, at.0, "its pods and analyses do not exist", at.1, draft);
        }
        let time = duration.map(|(span, at)| ("duration", build::text(span.to_string(), at)));
        let judged = (!names.is_empty()).then(|| ("analyses", build::list(names, node.place)));
        let pods = self.tested(node, draft);
        let pods = (!pods.is_empty()).then(|| ("templates", build::list(pods, node.place)));
        let experiment = build::map(time.into_iter().chain(judged).chain(pods), node.place);
        self.push("experiment", experiment);
    }

    /// Pods of the new version apart from its weight.
    fn scale(&mut self, node: &Node, draft: &mut Draft<'_>) -> Option<()> {
        let text = |node: &Node| build::text(node.as_text().unwrap_or_default(), node.place);
        let scale = if let Some(replicas) = node.get("replicas") {
            build::map([("replicas", text(replicas))], node.place)
        } else if let Some(weight) = node.get("weight") {
            let weight = go::whole(weight).and_then(|it| u64::try_from(it).ok());
            let share = weight.filter(|it| *it <= self.max).and_then(|it| self.share(it));
            let Some(share) = share else {
                let title = format!("a weight is a whole number from 0 to {}", self.max);
                draft.problem(rejected(title, node.place, "no such number"));
                return None;
            };
            build::map([("weight", build::text(share.to_string(), node.place))], node.place)
        } else {
            build::text("matchTrafficWeight", node.place)
        };
        self.push("setCanaryScale", scale);
        Some(())
    }

    /// A weight as a share of all.
    fn share(&self, weight: u64) -> Option<Share> {
        let parts = u128::from(weight) * u128::from(Share::ONE.parts()) / u128::from(self.max);
        Share::from_parts(parts as u64)
    }

    /// A step that is left out; if its time is known, the plan waits as long.
    fn wait(
        &mut self,
        wait: Option<((Span, Place), &'static str)>,
        path: &str,
        what: &str,
        place: Place,
        draft: &mut Draft<'_>,
    ) {
        let time = match wait {
            Some(((span, _), _)) => format!("the rollout waits {span} for it"),
            None => "it takes no time, as the files do not say how long".to_owned(),
        };
        draft.lose(path, place, format!("{what}, and {time}"));
        if let Some(((span, place), why)) = wait {
            self.push("pause", build::assumed(span.to_string(), why, place));
        }
    }

    fn say_resumed(&self, draft: &mut Draft<'_>) {
        let Some(first) = self.resumed.first() else { return };
        let pauses = match self.resumed.len() {
            1 => "a pause without a duration is".to_owned(),
            many => format!("{many} pauses without a duration are"),
        };
        let after = draft.options.resume_after;
        let text = format!("{pauses} resumed after {after}");
        draft.assume(text, *first, Some("--resume-after 30m".to_owned()));
    }
}

/// What a step consists of: something, and at most one thing that excludes others.
fn kinds<'a>(index: usize, item: &'a Node, draft: &mut Draft<'_>) -> Option<Vec<&'a Entry>> {
    let entries = item.as_map().map_or(&[][..], |map| map.entries());
    let is_kind = |entry: &&Entry| KINDS.contains(&entry.key.text.as_str());
    let kinds: Vec<&Entry> =
        entries.iter().filter(is_kind).filter(|entry| !entry.node.is_null()).collect();
    let excludes = |entry: &&&Entry| EXCLUSIVE.contains(&entry.key.text.as_str());
    let exclusive: Vec<&&Entry> = kinds.iter().filter(excludes).collect();
    if let [one, other, ..] = exclusive.as_slice() {
        let title = format!("step {index} is two steps");
        let problem = rejected(title, other.key.place, "the second one");
        draft.problem(problem.at(one.key.place, "the first one").help("write two list items"));
        return None;
    }
    if kinds.is_empty() {
        draft.problem(no_kind(index, item, entries));
        return None;
    }
    Some(kinds)
}

fn no_kind(index: usize, item: &Node, entries: &[Entry]) -> Problem {
    let title = format!("step {index} is no step");
    let known = |key: &str| KINDS.contains(&key);
    if let Some(Entry { key, .. }) = entries.iter().find(|entry| known(&entry.key.text)) {
        let problem = rejected(title, key.place, "nothing is written here");
        let example = if key.text == "setWeight" { "10" } else { "{}" };
        return problem.help(format!("write for example: {}: {example}", key.text));
    }
    let place = entries.first().map_or(item.place, |entry| entry.key.place);
    let problem = rejected(title, place, "not a kind of step");
    match entries.iter().find_map(|entry| closest(&entry.key.text, KINDS)) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help(format!("kinds of steps: {}", KINDS.join(", "))),
    }
}
