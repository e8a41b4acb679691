//! Steps whose size is not in the file: routes of their own, pods of experiments, and plugins.

use super::Steps;
use crate::document::{Node, Place, Value};
use crate::import::draft::{Draft, rejected};
use crate::import::typed::{field, whole};
use crate::import::{build, go};

/// Requests that have the header of a route.
const HEADER: &str = "1%";
const HEADER_WHY: &str = "the file does not say how many requests have the header";
/// How long a plugin runs.
const PLUGIN: &str = "30s";
const PLUGIN_WHY: &str = "nobody says how long the plugin runs";

const MATCHED: &str = "every request is taken to match the mirror route";
const OWN_PODS: &str =
    "pods of a template of their own are taken to be like those of the running version";

impl<'a> Steps<'_, 'a> {
    /// How a flag calls the step that comes next.
    fn next(&self, kind: &str, value: &str) -> String {
        format!("--set strategy.canary.steps.{}.{kind}={value}", self.done.len())
    }

    /// Requests with a header go to the new version; without a match the route is removed.
    pub(super) fn header(&mut self, node: &Node, draft: &mut Draft<'_>) {
        let share = if field(node, "match").is_none() {
            build::text("0%", node.place)
        } else {
            let text = format!("{HEADER} of all requests have the header of the route");
            draft.assume(text, node.place, Some(self.next("setHeaderRoute", "5%")));
            build::assumed(HEADER, HEADER_WHY, node.place)
        };
        self.push("setHeaderRoute", share);
    }

    /// Requests are copied to the new version; without a match the route is removed.
    pub(super) fn mirror(&mut self, node: &Node, draft: &mut Draft<'_>) -> Option<()> {
        let percent = match whole(node, "percentage", draft) {
            Some(given) if given.value > 100 => {
                let title = "`percentage` is a whole number from 0 to 100";
                let problem = rejected(title, given.place, format!("{} is none", given.value));
                draft.problem(problem.help("write for example: percentage: 20"));
                return None;
            }
            Some(given) => given.value,
            None if field(node, "percentage").is_some() => return None,
            None => 100,
        };
        let percent = if field(node, "match").is_none() {
            0
        } else {
            draft.assume(MATCHED, node.place, Some(self.next("setMirrorRoute", "5%")));
            percent
        };
        self.push("setMirrorRoute", build::text(format!("{percent}%"), node.place));
        Some(())
    }

    /// What a plugin does is not known: it takes its time.
    pub(super) fn plugin(&mut self, at: (&str, Place), draft: &mut Draft<'_>) {
        draft.lose(
            at.0,
            at.1,
            format!("the plugin does not run: the rollout waits {PLUGIN} for it"),
        );
        draft.assume(format!("the plugin takes {PLUGIN}"), at.1, Some(self.next("pause", "5m")));
        self.push("pause", build::assumed(PLUGIN, PLUGIN_WHY, at.1));
    }

    /// The pods of an experiment.
    pub(super) fn tested(&self, node: &'a Node, draft: &mut Draft<'a>) -> Vec<Node> {
        let items = match field(node, "templates").map(|it| &it.value) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        let mut all = Vec::new();
        for item in items {
            let of = item.get("specRef").and_then(Node::as_text);
            let version = if of == Some("canary") { "new" } else { "old" };
            if of.is_none() {
                draft.assume(OWN_PODS, item.place, None);
            }
            let mut entries = vec![("version", build::text(version, item.place))];
            if let Some(given) = whole(item, "replicas", draft).filter(|it| it.value > 0) {
                entries.push(("replicas", build::text(given.value.to_string(), given.place)));
            }
            if let Some(weight) = field(item, "weight")
                && let Some(share) = go::whole(weight)
                    .and_then(|it| u64::try_from(it).ok())
                    .filter(|it| *it <= self.max)
                    .and_then(|it| self.share(it))
            {
                entries.push(("weight", build::text(share.to_string(), weight.place)));
            }
            all.push(build::map(entries, item.place));
        }
        all
    }
}
