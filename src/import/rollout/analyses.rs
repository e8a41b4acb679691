//! The analyses of a Rollout: the templates that it names, flattened, with their arguments.

use super::arguments::Arguments;
use super::metrics::Metric;
use super::{template_fields, waits};
use crate::controller::argo::dry_run;
use crate::document::{Node, Place, Value, quoted};
use crate::import::build;
use crate::import::draft::{Draft, Foreign, rejected};
use crate::import::outline::respelt;
use crate::import::typed::{field, is_true};

/// How deep templates may name other templates.
const DEPTH_MAX: usize = 8;

/// The analyses of a Rollout so far.
pub(super) struct Analyses<'a> {
    rollout: &'a Node,
    /// Each by its name in the scenario.
    named: Vec<(String, Node)>,
    /// Those whose templates are not among the files.
    pub(super) unknown: Vec<&'a Node>,
}

impl<'a> Analyses<'a> {
    pub(super) const fn new(rollout: &'a Node) -> Self {
        Self { rollout, named: Vec::new(), unknown: Vec::new() }
    }

    /// `controller.argo.analyses`, if there is any.
    pub(super) fn document(self, place: Place) -> Option<Node> {
        let named = self.named;
        (!named.is_empty())
            .then(|| build::map(named.iter().map(|(name, it)| (name.as_str(), it.clone())), place))
    }

    /// The list of analyses that a field of a Rollout names by templates; nothing if one of them is
    /// not among the files, or cannot be measured.
    pub(super) fn of(&mut self, analysis: &'a Node, draft: &mut Draft<'a>) -> Option<Node> {
        let rules = rules(analysis);
        let Some(Value::List(references)) = field(analysis, "templates").map(|it| &it.value) else {
            self.unknown.push(analysis);
            return None;
        };
        let arguments = self.arguments(references, analysis, draft)?;
        let mut names = Vec::new();
        for reference in references {
            names.extend(self.named_by(reference, analysis, &arguments, &rules, draft)?);
        }
        (!names.is_empty()).then(|| build::list(names, analysis.place))
    }

    /// The same of one item of the `analyses` of an experiment.
    pub(super) fn of_one(
        &mut self,
        item: &'a Node,
        experiment: &'a Node,
        draft: &mut Draft<'a>,
    ) -> Option<Vec<Node>> {
        let arguments = self.arguments(std::slice::from_ref(item), item, draft)?;
        self.named_by(item, item, &arguments, &rules(experiment), draft)
    }

    /// The arguments of all templates that an analysis names, together; nothing if nobody gives one
    /// of them. Source: `FlattenTemplates` and `ResolveArgs` in argo-rollouts.
    fn arguments(
        &self,
        references: &[Node],
        analysis: &Node,
        draft: &mut Draft<'a>,
    ) -> Option<Arguments> {
        let mut templates = Vec::new();
        for reference in references {
            reached(reference, draft, &mut templates, 0);
        }
        let given = Arguments::given(analysis, self.rollout);
        let nodes = templates.iter().map(|template| template.node);
        let arguments = Arguments::of_templates(nodes, &given, self.rollout);
        // An analysis whose templates are not all known is not read.
        if !references.iter().all(|it| flatten(it, draft, (&mut Vec::new(), &mut Vec::new()), 0)) {
            return Some(arguments);
        }
        for (name, place) in arguments.missing() {
            let is_of = |it: &&Foreign<'_>| {
                let all = it.node.place;
                all.source == place.source && (all.start..all.end).contains(&place.start)
            };
            let of = templates.iter().find(is_of).map_or_else(String::new, Foreign::title);
            let title = format!("nobody gives the argument `{name}` of {of}");
            let problem = rejected(title, place, "it has no value of its own");
            let help = format!("add to the `args` of the analysis: {{ name: {name}, value: .. }}");
            draft.problem(problem.help(help));
        }
        let torn = Arguments::torn(templates.iter().map(|template| template.node));
        if let Some((name, [first, other])) = torn {
            let title = format!("templates of one analysis give the argument `{name}` two values");
            let problem = rejected(title, other, "another value").at(first, "the first one");
            let help =
                format!("leave the value to the analysis: args: [{{ name: {name}, value: .. }}]");
            draft.problem(problem.help(help));
        }
        let is_whole = arguments.missing().next().is_none() && torn.is_none();
        is_whole.then_some(arguments)
    }

    fn named_by(
        &mut self,
        reference: &'a Node,
        analysis: &'a Node,
        arguments: &Arguments,
        rules: &[&str],
        draft: &mut Draft<'a>,
    ) -> Option<Vec<Node>> {
        let mut templates = Vec::new();
        if !flatten(reference, draft, (&mut templates, &mut Vec::new()), 0) {
            self.unknown.push(analysis);
            return None;
        }
        if let Some(named) = waits::template(reference, draft) {
            // One that only names others is read as well.
            draft.take_one(&named);
            draft.account_once(&named, &[template_fields::TEMPLATE]);
        }
        let mut names = Vec::new();
        for template in templates {
            let document = Self::template(&template, arguments, rules, draft)?;
            let name = self.name(&template, document);
            names.push(build::text(name, reference.place));
        }
        Some(names)
    }

    /// The analysis that a template describes.
    fn template(
        template: &Foreign<'a>,
        arguments: &Arguments,
        rules: &[&str],
        draft: &mut Draft<'a>,
    ) -> Option<Node> {
        draft.take_one(template);
        draft.account_once(template, &[template_fields::TEMPLATE]);
        let metrics = waits::metrics(template);
        if metrics.is_empty() {
            let title = format!("{} has no metrics", template.title());
            let problem = rejected(title, template.name_place(), "nothing to measure");
            draft.problem(problem.help("write for example: metrics: [{ name: success-rate, .. }]"));
            return None;
        }
        let name = |metric: &'a Node| metric.get("name").and_then(Node::as_text).unwrap_or("");
        let all: Vec<&str> = metrics.iter().map(name).collect();
        let own = template.node.get("spec").map(self::rules).unwrap_or_default();
        // A rule may be about the metrics of another template.
        let rules = rules.iter().chain(&own);
        let dry: Vec<&str> =
            rules.filter_map(|rule| dry_run(&[rule], &all).ok()).flatten().collect();
        let mut entries: Vec<(String, Node)> = Vec::new();
        for (node, name) in metrics.iter().zip(&all) {
            let is_dry = dry.contains(name);
            let analysis = template.name;
            let metric = Metric { node, arguments, is_dry, analysis };
            let (name, document) = metric.document(draft)?;
            entries.push((unlike(&name, &entries), document));
        }
        let place = template.name_place();
        let metrics = entries.iter().map(|(name, node)| (name.as_str(), node.clone()));
        let metrics = ("metrics", build::map(metrics, place));
        let spec = template.node.get("spec").filter(|spec| is_true(spec, "terminate"));
        let ends = spec.map(|spec| ("terminate", build::text("true", spec.place)));
        Some(build::map([metrics].into_iter().chain(ends), place))
    }

    /// What an analysis is called: the same as before if it is the same.
    fn name(&mut self, template: &Foreign<'_>, document: Node) -> String {
        let name =
            respelt(template.name).map_or_else(|| "analysis".to_owned(), |it| it.to_string());
        let same =
            self.named.iter().find(|(known, it)| known.starts_with(&name) && *it == document);
        if let Some((known, _)) = same {
            return known.clone();
        }
        let name = unlike(&name, &self.named);
        self.named.push((name.clone(), document));
        name
    }
}

/// A name that no other has: a number is added where that is needed.
fn unlike(name: &str, others: &[(String, Node)]) -> String {
    let is_free = |name: &String| others.iter().all(|(known, _)| known != name);
    let mut names = std::iter::once(name.to_owned())
        .chain((2..).map(|number| format!("{}-{number}", &name[..name.len().min(58)])));
    names.find(is_free).unwrap_or_default()
}

/// The templates that a reference means, those that they name in turn before themselves; whether
/// all are among the files.
fn flatten<'a>(
    reference: &Node,
    draft: &Draft<'a>,
    (templates, done): (&mut Vec<Foreign<'a>>, &mut Vec<&'a Node>),
    depth: usize,
) -> bool {
    let Some(template) = waits::template(reference, draft) else { return false };
    // A template that is named twice is there once. Source: `FilterUniqueTemplates`.
    if done.iter().any(|it| std::ptr::eq(*it, template.node)) {
        return true;
    }
    let inner = template.node.get("spec").and_then(|spec| spec.get("templates"));
    if let Some(Value::List(inner)) = inner.map(|list| &list.value) {
        let mut known = |it: &Node| {
            depth < DEPTH_MAX && flatten(it, draft, (&mut *templates, &mut *done), depth + 1)
        };
        if !inner.iter().all(&mut known) {
            return false;
        }
    }
    done.push(template.node);
    if !waits::metrics(&template).is_empty() || templates.is_empty() {
        templates.push(template);
    }
    true
}

/// Every template that a reference means and that is among the files, with those that only name
/// others.
fn reached<'a>(
    reference: &Node,
    draft: &Draft<'a>,
    templates: &mut Vec<Foreign<'a>>,
    depth: usize,
) {
    let Some(template) = waits::template(reference, draft) else { return };
    if templates.iter().any(|it| std::ptr::eq(it.node, template.node)) {
        return;
    }
    templates.push(template);
    let inner = template.node.get("spec").and_then(|spec| spec.get("templates"));
    if let Some(Value::List(inner)) = inner.map(|list| &list.value).filter(|_| depth < DEPTH_MAX) {
        for reference in inner {
            reached(reference, draft, templates, depth + 1);
        }
    }
}

/// The rules of `dryRun`.
fn rules(outside: &Node) -> Vec<&str> {
    let Some(Value::List(items)) = field(outside, "dryRun").map(|it| &it.value) else {
        return Vec::new();
    };
    items.iter().filter_map(|item| item.get("metricName").and_then(Node::as_text)).collect()
}

/// What is said of an analysis whose templates are not known.
pub(super) fn lost(analysis: &Node) -> String {
    let names = match field(analysis, "templates").map(|it| &it.value) {
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| item.get("templateName").and_then(Node::as_text).map(quoted))
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    };
    format!("its templates are not all among the files ({names}): a native gate watches instead")
}
