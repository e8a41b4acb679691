//! A query that cannot see the canary.

use promql::Place as Part;
use promql::ast::LabelMatcher;

use crate::document::Node;
use crate::lint::argo::Promotion;
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Gate, Owner, Tolerance};
use crate::lint::number::{BASELINE, percent};
use crate::lint::objects::{Files, list, text};
use crate::lint::query::selectors;
use crate::lint::schemes;

pub(crate) const RULE: Rule = Rule {
    id: "blind-to-canary",
    level: Level::Warning,
    title: "the query selects the application, so it sees the canary only through its weight",
    why: "The labels of the query are the same for the stable version and for the canary. At weight \
          w the reading is w e + (1 - w) p, with e the share of failures of the canary and p that \
          of the stable version (0.1 % assumed), so that a gate with tolerance t sees the canary \
          only if e > (t - (1 - w) p) / w. Above 100 % it sees nothing at all.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: success-rate}
spec:
  args: [{name: service-name}]
  metrics:
  - name: success-rate
    successCondition: result[0] >= 0.95
    failureLimit: 3
    interval: 60s
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{status!~\"5.*\",app=\"{{args.service-name}}\"}[5m]))
          / sum(rate(http_requests_total{app=\"{{args.service-name}}\"}[5m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: success-rate}
spec:
  args: [{name: service-name}, {name: canary-hash}]
  metrics:
  - name: success-rate
    successCondition: result[0] >= 0.95
    failureLimit: 3
    interval: 60s
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{status!~\"5.*\",app=\"{{args.service-name}}\",
            rollouts_pod_template_hash=\"{{args.canary-hash}}\"}[5m]))
          / sum(rate(http_requests_total{app=\"{{args.service-name}}\",
            rollouts_pod_template_hash=\"{{args.canary-hash}}\"}[5m]))
",
    check,
};

fn check(files: &Files<'_>) -> Vec<Finding> {
    let gates = files.gates();
    let argo = gates.iter().filter(|gate| matches!(gate.owner, Owner::Argo(..)));
    let argo = argo.filter(|gate| !is_after_switch(files, gate));
    let blind = argo.filter(|gate| is_blind(gate) || is_one_service(files, gate));
    blind.filter_map(|gate| finding(files, gate)).collect()
}

/// Whether a gate judges after the switch of blue-green rollouts only: nothing but the new version
/// serves then.
fn is_after_switch(files: &Files<'_>, gate: &Gate<'_>) -> bool {
    let promotions = promotions(files, gate);
    !promotions.is_empty() && promotions.iter().all(|it| *it == Some(Promotion::After))
}

/// On which side of a switch a gate judges, for each analysis that has it.
fn promotions(files: &Files<'_>, gate: &Gate<'_>) -> Vec<Option<Promotion>> {
    let Owner::Argo(template, _) = gate.owner else { return Vec::new() };
    let users = files.users(template).into_iter();
    users.map(|(rollout, analysis)| rollout.analyses[analysis].promotion).collect()
}

/// Labels that may name a service of the canary alone, or one of both versions.
const SERVICES: [&str; 7] = [
    "service",
    "exported_service",
    "destination_service",
    "destination_service_name",
    "destination_service_namespace",
    "destination_canonical_service",
    "destination_app",
];

/// Whether all selectors keep to labels that both versions have, or to a service that a rollout
/// names and that is not the one of its canary.
fn is_one_service(files: &Files<'_>, gate: &Gate<'_>) -> bool {
    let Owner::Argo(template, _) = gate.owner else { return false };
    let users = files.users(template);
    let of_both = |it: &LabelMatcher| {
        let written = gate.query.text(it.place);
        let name = written.split("{{").nth(1).and_then(|it| it.split("}}").next());
        let Some(name) = name.and_then(|it| it.trim().strip_prefix("args.")) else { return false };
        let value = users.iter().find_map(|(rollout, analysis)| {
            if rollout.analyses[*analysis].promotion == Some(Promotion::After) {
                return None;
            }
            let mut args = list(rollout.analyses[*analysis].node, "args").iter();
            let arg = args.find(|arg| text(arg, "name") == Some(name));
            Some((rollout, text(arg?, "value")?))
        });
        value.is_some_and(|(rollout, value)| {
            let canary = rollout.canary.and_then(|it| text(it, "canaryService"));
            let preview = || rollout.blue_green.and_then(|it| text(it, "previewService"));
            let canary = canary.or_else(preview);
            canary.is_none_or(|it| !value.starts_with(it)) && schemes::is_common("app", value)
        })
    };
    let is_it = |it: &LabelMatcher| {
        let label = it.label.text.as_str();
        schemes::is_common(label, it.matcher.value()) || SERVICES.contains(&label) && of_both(it)
    };
    let all = selectors(gate.root);
    !all.is_empty() && all.iter().all(|it| it.selector.matchers.iter().all(is_it))
}

/// Whether all selectors keep to labels that every version of an application has.
pub(super) fn is_blind(gate: &Gate<'_>) -> bool {
    let all = selectors(gate.root);
    let is_common = |it: &LabelMatcher| schemes::is_common(&it.label.text, it.matcher.value());
    !all.is_empty() && all.iter().all(|it| it.selector.matchers.iter().all(is_common))
}

/// The least share of failures of a canary at a weight that is beyond a tolerance.
pub(super) fn least_visible(tolerance: f64, weight: f64) -> f64 {
    (tolerance - (1.0 - weight) * BASELINE) / weight
}

fn finding(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let Tolerance { share, bound } = gate.tolerance()?;
    let known = files.weights(gate);
    let is_known = !known.is_empty();
    let weights = if is_known { known } else { vec![5, 20, 50] };
    let at = |weight: &u32| {
        let least = least_visible(share, f64::from(*weight) / 100.0);
        let seen = if least > 1.0 { "never".to_owned() } else { percent(least) };
        format!("{seen} at weight {weight} %")
    };
    let table = weights.iter().map(at).collect::<Vec<_>>().join(", ");
    let assumed = if is_known { "" } else { " (no rollout of these files says the weights)" };
    let number = if promotions(files, gate).contains(&Some(Promotion::Before)) {
        "before the switch 100 % of the requests are those of the stable version".to_owned()
    } else {
        format!("the canary is seen if it fails so much of its requests: {table}{assumed}")
    };
    let label = label_place(gate)?;
    let fix = format!(
        "add the argument `- name: canary-hash`, in the rollout `valueFrom: {{podTemplateHashValue: \
         Latest}}`,\nand query: {}",
        fixed(gate)
    );
    let title =
        "the query selects the application: it cannot tell the canary from the stable version";
    let place = gate.query.at(label);
    let finding = Finding::new(place, title, "the same for both versions", number, fix);
    let finding = changes(files, gate).into_iter().fold(finding, Finding::by);
    let tolerated = format!("{} of all requests may fail", percent(share));
    Some(finding.and(bound.place, tolerated))
}

/// The last selector of the query.
fn label_place(gate: &Gate<'_>) -> Option<Part> {
    let last = selectors(gate.root).pop()?;
    let matchers = &last.selector.matchers;
    let metric = last.selector.metric.as_ref().map(|it| it.place);
    match (matchers.first(), matchers.last()) {
        (Some(first), Some(last)) => Some(first.place.to(last.place)),
        _ => metric,
    }
}

/// The argument in the template and in every analysis that uses it, and the hash in the query.
fn changes(files: &Files<'_>, gate: &Gate<'_>) -> Vec<Change> {
    let Owner::Argo(template, _) = gate.owner else { return Vec::new() };
    let argument = |map: &Node, item: &str| {
        let args = list(map, "args");
        let is_there = args.iter().any(|arg| text(arg, "name") == Some("canary-hash"));
        let change = match args.last() {
            Some(last) => Change::item(last.place, item.to_owned()),
            None => Change::field(map, format!("args: [{item}]")),
        };
        (!is_there).then_some(change)
    };
    let given = "{name: canary-hash, valueFrom: {podTemplateHashValue: Latest}}";
    let users = files.users(template).into_iter();
    let users = users.map(|(rollout, analysis)| rollout.analyses[analysis].node);
    let mut all: Vec<_> = users.filter_map(|node| argument(node, given)).collect();
    all.extend(argument(template.spec, "{name: canary-hash}"));
    all.extend(hashed(gate).into_iter().map(|(part, text)| gate.query.change(part, text)));
    all
}

/// The query with the hash of the pod template in every selector.
fn fixed(gate: &Gate<'_>) -> String {
    gate.query.edited(&hashed(gate))
}

/// What to write where, so that every selector has the hash of the pod template.
fn hashed(gate: &Gate<'_>) -> Vec<(Part, String)> {
    const HASH: &str = "rollouts_pod_template_hash=\"{{args.canary-hash}}\"";
    let edits = selectors(gate.root).into_iter().filter_map(|it| {
        let metric = it.selector.metric.as_ref()?.place;
        Some(match it.selector.matchers.last() {
            Some(last) => (Part::new(last.place.end, last.place.end), format!(",{HASH}")),
            None => (Part::new(metric.end, metric.end), format!("{{{HASH}}}")),
        })
    });
    edits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    /// Brute force: the least failing share in thousandths that brings the mix above the bound.
    #[test]
    fn the_least_visible_share_is_that_of_the_mixture() {
        for (tolerance, weight) in [(0.05, 0.2), (0.05, 0.5), (0.01, 0.05), (0.05, 1.0)] {
            let mix = |e: f64| weight * e + (1.0 - weight) * BASELINE;
            let least = (0..=100_000).map(|it| f64::from(it) / 1e5).find(|e| mix(*e) > tolerance);
            let formula = least_visible(tolerance, weight);
            assert!((least.expect("visible") - formula).abs() < 2e-5, "{tolerance} {weight}");
        }
        assert!(least_visible(0.05, 0.04) > 1.0);
    }

    #[test]
    fn a_service_of_both_versions_is_blind_and_that_of_the_canary_is_not() {
        let text = |value: &str| {
            let query = |code| {
                format!(
                    "sum(rate(istio_requests_total{{destination_service=~\"{{{{args.s}}}}\"{code}}}[5m]))"
                )
            };
            let (over, under) = (query(",response_code!~\"5.*\""), query(""));
            format!(
                "kind: AnalysisTemplate\nmetadata: {{name: t}}\nspec:\n  args: [{{name: s}}]\n  \
                 metrics:\n  - name: m\n    successCondition: result[0] >= 0.95\n    provider:\n      \
                 prometheus:\n        query: |\n          {over} / {under}\n---\nkind: Rollout\n\
                 metadata: {{name: r}}\nspec: {{strategy: {{canary: {{canaryService: shop-new, \
                 analysis: {{templates: [{{templateName: t}}], args: [{{name: s, value: \
                 {value}}}]}}}}}}}}\n"
            )
        };
        assert!(linted(&text("shop.default.svc")).1.contains("[blind-to-canary]"));
        assert!(!linted(&text("shop-new.default.svc")).1.contains("[blind-to-canary]"));
    }

    #[test]
    fn before_a_switch_the_preview_is_seen_alone_and_after_it_all_is_new() {
        let found = |key: &str, value: &str| {
            let text = format!(
                "kind: AnalysisTemplate\nmetadata: {{name: t}}\nspec:\n  args: [{{name: s}}]\n  \
                 metrics:\n  - name: m\n    successCondition: result[0] < 0.05\n    provider:\n      \
                 prometheus:\n        query: sum(rate(istio_requests_total{{destination_service=\
                 \"{{{{args.s}}}}\",response_code=~\"5.*\"}}[5m])) / sum(rate(istio_requests_total\
                 {{destination_service=\"{{{{args.s}}}}\"}}[5m]))\n---\nkind: Rollout\nmetadata: \
                 {{name: r}}\nspec: {{strategy: {{blueGreen: {{activeService: shop, previewService: \
                 new, {key}: {{templates: [{{templateName: t}}], args: [{{name: s, value: \
                 {value}}}]}}}}}}}}\n"
            );
            let printed = linted(&text).1;
            let is_blind = printed.contains("[blind-to-canary]");
            assert_eq!(is_blind, printed.contains("before the switch 100 %"), "{printed}");
            is_blind
        };
        assert!(found("prePromotionAnalysis", "shop.default.svc"));
        assert!(!found("prePromotionAnalysis", "new.default.svc"));
        assert!(!found("postPromotionAnalysis", "shop.default.svc"));
    }

    #[test]
    fn the_finding_says_where_how_much_and_what_to_write() {
        let (_, printed) = linted(RULE.bad);
        for part in [
            "a.yaml:14:42",
            "98 % at weight 5 %",
            "25 % at weight 20 %",
            "rollouts_pod_template_hash=\"{{args.canary-hash}}\"}[5m])) / sum(",
        ] {
            assert!(printed.contains(part), "{part} in\n{printed}");
        }
    }
}
