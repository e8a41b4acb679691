//! Metrics of providers that are not simulated, and what `coalmine.yaml` says of them.

use super::*;

/// A canary that one metric judges, of a provider and with a condition.
fn judged(provider: &str, condition: &str) -> String {
    let canary = rollout(
        "      analysis: {templates: [{templateName: t}]}\n      steps: \
        [{setWeight: 5}, {pause: {duration: 10m}}]\n",
    );
    format!(
        "{canary}---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n\
         metadata: {{ name: t }}\nspec:\n  metrics:\n  - name: share\n    interval: 1m\n    \
         {condition}\n    provider: {{ {provider}: {{}} }}\n"
    )
}

fn mapped(provider: &str, condition: &str, metrics: &str) -> Case {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let (kind, bytes) = (SourceKind::File, metrics.as_bytes());
    let metrics = yaml::parse_one(&mut sources, kind, "metrics", bytes, &mut problems);
    let all = mapped_case(&judged(provider, condition), metrics.as_ref());
    if all.imported.is_some() {
        scenario(all.imported().document.clone());
    }
    all
}

fn field<'c>(case: &'c Case, key: &str) -> Option<&'c str> {
    case.at(&format!("controller.argo.analyses.t.metrics.share.{key}"))
}

#[test]
fn a_condition_says_whether_a_number_or_a_list_is_wanted() {
    let plain = "share: { success-rate: {} }";
    let number = mapped("datadog", "successCondition: default(result, 0) >= 0.95", plain);
    assert_eq!(field(&number, "result"), Some("scalar"));
    let list = mapped("graphite", "successCondition: result[0] >= 0.95", plain);
    assert_eq!(field(&list, "result"), None);
    let query = mapped("wavefront", "successCondition: result > 0.5", "share: { query: up }");
    assert_eq!(
        (field(&query, "result"), field(&query, "measure.query")),
        (Some("scalar"), Some("up"))
    );
}

#[test]
fn a_condition_of_something_else_needs_another_one() {
    let text = "successCondition: result.ok == true";
    let refused = mapped("web", text, "share: { success-rate: {} }");
    let problem = refused.problems.iter().next().expect("a problem");
    assert_eq!(problem.code, code::UNMEASURED);
    assert!(problem.title.contains("is about no number"), "{}", problem.title);
    let help = problem.help.join("\n");
    assert!(help.contains("kind: Services\nmetrics: { share: { measure:"), "{help}");
    let whole =
        "share: { measure: { success-rate: {} }, whole: 100, successCondition: result > 95 }";
    let case = mapped("web", text, whole);
    assert_eq!(field(&case, "successCondition"), Some("result > 95"));
    assert_eq!((field(&case, "result"), field(&case, "whole")), (Some("scalar"), Some("100")));
}

#[test]
fn a_misspelt_field_of_a_mapping_is_an_error() {
    let text = "share: { measure: { success-rate: {} }, hole: 100 }";
    let case = mapped("job", "failureLimit: 1", text);
    let problem = case.problems.iter().next().expect("a problem");
    assert_eq!(problem.title, "a mapped metric has no field `hole`");
    assert!(problem.help.join(" ").contains("did you mean `whole`?"));
}

#[test]
fn a_metric_that_is_not_mapped_says_what_to_write() {
    let case = case(&judged("datadog", "successCondition: result > 0.5"));
    let problem = case.problems.iter().next().expect("a problem");
    let help = problem.help.join("\n");
    assert!(help.contains("kind: Services\nmetrics: { share: { success-rate: {} } }"), "{help}");
}

#[test]
fn arguments_come_from_the_rollout_and_all_that_are_missing_are_named() {
    let text = judged("prometheus", "successCondition: result[0] > 0.5").replace(
        "prometheus: {}",
        "prometheus: { query: 'sum(rate(http_requests_total{namespace=\"{{args.ns}}\"}[5m]))' }",
    );
    let text = text.replace("spec:\n  metrics:", "spec:\n  args: [{ name: ns }]\n  metrics:");
    let from = "args: [{ name: ns, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }]";
    let given = text.replace("{templates:", &format!("{{{from}, templates:"));
    // Without a namespace of its own a Rollout is in the default one.
    let case = case(&given);
    let query = field(&case, "measure.query").expect("a query").to_owned();
    assert!(query.contains("namespace=\"default\""), "{query}");
    let two = text.replace("[{ name: ns }]", "[{ name: ns }, { name: svc }]");
    let titles: Vec<_> = super::case(&two).problems.iter().map(|it| it.title.clone()).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
}

#[test]
fn templates_of_one_analysis_share_their_arguments() {
    let text = judged("prometheus: { query: up }, x", "successCondition: result[0] > 0.5")
        .replace(", x: {}", "")
        .replace("query: up", "query: 'up{job=\"{{args.job}}\"}'")
        .replace("spec:\n  metrics:", "spec:\n  args: [{ name: job }]\n  metrics:")
        .replace("templateName: t}", "templateName: all}");
    let outer = "---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n\
        metadata: { name: all }\nspec: { args: [{ name: job, value: shop }], templates: \
        [{ templateName: t }] }\n";
    let case = case(&(text.clone() + outer));
    assert_eq!(field(&case, "measure.query"), Some("up{job=\"shop\"}"));
    let without = outer.replace(", value: shop", "");
    let titles: Vec<_> = super::case(&(text.clone() + &without))
        .problems
        .iter()
        .map(|it| it.title.clone())
        .collect();
    assert_eq!(titles, ["nobody gives the argument `job` of AnalysisTemplate all"]);
    let of_inner = |value: &str| {
        let inner = text.replacen("{ name: job }", &format!("{{ name: job, value: {value} }}"), 1);
        super::case(&(inner + outer))
    };
    assert_eq!(field(&of_inner("shop"), "measure.query"), Some("up{job=\"shop\"}"));
    let titles: Vec<_> = of_inner("other").problems.iter().map(|it| it.title.clone()).collect();
    assert_eq!(titles, ["templates of one analysis give the argument `job` two values"]);
}

#[test]
fn templates_that_name_others_many_times_are_read_once() {
    let many = |name: &str, others: &str| {
        let inner = vec![format!("{{ templateName: {others} }}"); 30].join(", ");
        format!(
            "---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n\
             metadata: {{ name: {name} }}\nspec: {{ templates: [{inner}] }}\n"
        )
    };
    let text = judged("prometheus: { query: up }, x", "successCondition: result[0] > 0.5")
        .replace(", x: {}", "")
        .replace("templateName: t}", "templateName: c0}");
    let chain: String = (0..6).map(|it| many(&format!("c{it}"), &format!("c{}", it + 1))).collect();
    let case = case(&format!("{text}{chain}{}", many("c6", "t")));
    assert_eq!(field(&case, "measure.query"), Some("up"));
    // One that names itself is not read, and says so.
    let endless = super::case(&format!("{text}{}", many("c0", "c0")));
    let losses = endless.losses();
    assert!(losses.iter().any(|it| it.contains("analysis")), "{losses:?}");
}
