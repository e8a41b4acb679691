//! What an import takes over, what it lists as lost, and what it refuses.

use super::*;
use crate::document::{self, SourceKind, Sources, yaml};
use crate::scenario::{ScenarioDoc, validate};

mod blue_green;
mod canary;
mod changes;
mod choice;
mod deployment;
mod losses;
mod mapped;
mod nowhere;
mod refusals;
mod scalers;
mod standard;
mod surroundings;
mod switch;

/// An import with the texts it was made of.
struct Case {
    sources: Sources,
    problems: Problems,
    imported: Option<Imported>,
}

fn case(text: &str) -> Case {
    mapped_case(text, None)
}

/// The same, where somebody says what metrics measure.
fn mapped_case(text: &str, metrics: Option<&Node>) -> Case {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let trees = yaml::parse(&mut sources, kind, "rollout.yaml", text.as_bytes(), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let options = Options { metrics, ..Options::DEFAULT };
    let imported = import(&trees, options, &mut problems);
    assert_eq!(imported.is_some(), problems.is_empty(), "{problems:?}");
    Case { sources, problems, imported }
}

/// A Rollout whose canary has these fields, indented by six spaces.
fn rollout(canary: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{ name: shop }}\n\
         spec:\n  replicas: 20\n  strategy:\n    canary:\n{canary}"
    )
}

/// A Rollout whose blue-green strategy has these fields, indented by six spaces.
fn blue_green(fields: &str) -> String {
    rollout(fields).replace("canary:", "blueGreen:")
}

/// A Deployment with these fields, indented by two spaces.
fn deployment(fields: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: shop }}\nspec:\n  \
         selector: {{ matchLabels: {{ app: shop }} }}\n  template:\n    \
         metadata: {{ labels: {{ app: shop }} }}\n    spec:\n      restartPolicy: Always\n      \
         containers:\n        - {{ name: shop, image: shop }}\n{fields}"
    )
}

/// A Deployment whose container has these fields beside its name.
fn container(fields: &str) -> String {
    deployment("").replace("image: shop", &format!("image: shop, {fields}"))
}

/// A Rollout with these steps, each in flow style.
fn steps(steps: &str) -> String {
    rollout(&format!("      trafficRouting: {{ istio: {{}} }}\n      steps: [{steps}]\n"))
}

impl Case {
    fn imported(&self) -> &Imported {
        self.imported.as_ref().unwrap_or_else(|| panic!("{:?}", self.problems))
    }

    /// The text at a path of the scenario.
    fn at(&self, path: &str) -> Option<&str> {
        self.imported().document.find(path.split('.')).and_then(Node::as_text)
    }

    /// `path: why` of every loss.
    fn losses(&self) -> Vec<String> {
        let losses = self.imported().losses.iter();
        losses.map(|loss| format!("{}: {}", loss.what, loss.why)).collect()
    }

    fn assumes(&self, part: &str) -> bool {
        self.imported().assumptions.iter().any(|assumption| assumption.text.contains(part))
    }

    /// Reads the scenario as its users do, with a rate; what is printed of it reads the same.
    fn decodes(&self) {
        let printed = to_yaml(self.imported(), &self.sources);
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let again = yaml::parse_one(&mut sources, kind, "out", printed.as_bytes(), &mut problems);
        let again = again.unwrap_or_else(|| panic!("{printed}\n{problems:?}"));
        let first = scenario(self.imported().document.clone());
        assert_eq!(first, scenario(again), "{printed}");
    }
}

/// The scenario of a document, with a rate, as the engine sees it.
fn scenario(mut tree: Node) -> String {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    document::set::apply(&mut tree, "traffic.rate=40/s", &mut sources, &mut problems);
    let tree = document::complete(<ScenarioDoc as document::Decode>::shape(), tree);
    let doc: Option<ScenarioDoc> = document::decode(&tree, &mut problems);
    let scenario = doc.and_then(|doc| validate(&doc, "rollout", &mut problems));
    assert!(problems.is_empty(), "{problems:?}");
    format!("{:?}", scenario.expect("a scenario"))
}

const CHECKOUT: &str = include_str!("../../scenarios/rollout/checkout.yaml");
const ANALYSIS: &str = include_str!("../../scenarios/rollout/checkout-analysis.yaml");

#[test]
fn the_example_becomes_a_scenario_that_says_where_everything_comes_from() {
    let case = case(&format!("{CHECKOUT}---\n{ANALYSIS}"));
    case.decodes();
    let printed = to_yaml(case.imported(), &case.sources);
    let expected = "# Not carried over:\n#   rollout.yaml:45 spec.template.spec.containers.0.";
    assert!(printed.starts_with(expected), "{printed}");
    let scenario = "\
apiVersion: coalmine/v1                     # default
kind: Scenario                              # default
name: checkout                              # rollout.yaml:6
controller:
  argo:
    background:
      analyses:
        - checkout-success-rate             # rollout.yaml:61
      startingStep: 1                       # rollout.yaml:62
    analyses:
      checkout-success-rate:
        metrics:
          success-rate:
            measure:
            interval: 1m                    # rollout.yaml:90
            initialDelay: 2m                # rollout.yaml:89
            failureLimit: 2                 # rollout.yaml:91
            successCondition: \"result[0] >= 0.99\" # rollout.yaml:92
telemetry:
  stableService: checkout-stable            # rollout.yaml:52
  canaryService: checkout-canary            # rollout.yaml:51
  namespace: shop                           # rollout.yaml:7
fleet:
  replicas: 20                              # rollout.yaml:11
  pod:
    startup:
      lognormal:
        median: 4.2s                        # assumed: as fast as its probes need it to be
        p95: 14s                            # assumed: as fast as its probes need it to be
    restart:
      lognormal:
        median: 2.8s                        # assumed: as fast as its probes need it to be
        p95: 8.7s                           # assumed: as fast as its probes need it to be
    probes:
      readiness:
        period: 5s                          # rollout.yaml:37
      liveness:
        initialDelay: 20s                   # rollout.yaml:42
    memory:
      baseline: 512Mi                       # rollout.yaml:46
      limit: 768Mi                          # rollout.yaml:48
strategy:
  canary:
    routing:
      weights: {}                           # rollout.yaml:53
    steps:
      - setWeight: 5%                       # rollout.yaml:67
      - pause: 10m                          # rollout.yaml:69
      - setWeight: 20%                      # rollout.yaml:70
      - pause: 10m                          # rollout.yaml:72
      - setWeight: 50%                      # rollout.yaml:73
      - pause: 10m                          # rollout.yaml:75
    progressDeadline: 10m                   # rollout.yaml:13
";
    // The query is one long line.
    let is_short = |line: &&str| !line.trim_start().starts_with("query: ");
    let short: Vec<&str> = printed.lines().filter(is_short).collect();
    assert!(short.join("\n").ends_with(scenario.trim_end()), "{printed}");
    let problems = &mut Problems::new();
    let mut sources = Sources::new();
    let kind = SourceKind::File;
    assert!(yaml::parse_one(&mut sources, kind, "out", printed.as_bytes(), problems).is_some());
}

#[test]
fn pauses_are_read_as_argo_reads_them() {
    for (duration, expected) in [
        ("10", "10s"),
        ("\"10\"", "10s"),
        ("10s", "10s"),
        ("1h", "1h"),
        ("1h30m", "1h30m"),
        ("1ms", "0s"),
        ("1.5s", "1s"),
        ("0", "0s"),
    ] {
        let case = case(&steps(&format!("{{setWeight: 10}}, {{pause: {{duration: {duration}}}}}")));
        assert_eq!(case.at("strategy.canary.steps.1.pause"), Some(expected), "{duration}");
        case.decodes();
    }
}

#[test]
fn a_pause_without_a_duration_is_resumed() {
    let case = case(&steps("{setWeight: 10}, {pause: {}}, {setWeight: 30}, {pause: {}}"));
    assert_eq!(case.at("strategy.canary.steps.1.pause"), Some("10m"));
    assert!(case.assumes("2 pauses without a duration are resumed after 10m"));
    case.decodes();
}

#[test]
fn without_a_router_weights_are_whole_pods() {
    let case = case(&rollout("      steps: [{setWeight: 1}, {setWeight: 25}, {setWeight: 31}]\n"));
    assert_eq!(case.at("strategy.canary.routing"), Some("pods"));
    assert!(case.assumes("a number of whole pods: 1% is 1 of 21, 25% is 5 of 20, 31% is 6 of 20"));
    case.decodes();
}

#[test]
fn weights_are_shares_of_the_greatest_weight() {
    let routing = "      trafficRouting: { nginx: {}, maxTrafficWeight: 1000 }\n";
    let case = case(&rollout(&format!("{routing}      steps: [{{setWeight: 5}}]\n")));
    assert_eq!(case.at("strategy.canary.steps.0.setWeight"), Some("0.5%"));
    case.decodes();
}

#[test]
fn the_number_of_pods_is_one_unless_said() {
    let text = steps("{setWeight: 10}").replace("  replicas: 20\n", "");
    let case = case(&text);
    assert_eq!(case.at("fleet.replicas"), Some("1"));
    assert!(case.assumes("one pod: Argo's default"));
    case.decodes();
}

#[test]
fn a_name_is_made_to_fit() {
    let case = case(&steps("{setWeight: 10}").replace("shop", "Shop.v2-$$x$$"));
    assert_eq!(case.at("name"), Some("shop-v2-x"));
    assert!(case.assumes("is called shop-v2-x here"));
}

#[test]
fn an_inline_analysis_is_kept() {
    let text = steps("{setWeight: 10}, {analysis: {templates: [{templateName: web}]}}");
    let template = "\
         apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: web}\n\
         spec: { metrics: [{name: ok, initialDelay: 30s, interval: 1m, count: 4, \
         provider: { prometheus: { query: up } }}] }\n";
    let known = case(&format!("{text}---\n{template}"));
    assert_eq!(known.at("strategy.canary.steps.1.analysis.0"), Some("web"));
    assert_eq!(known.at("controller.argo.analyses.web.metrics.ok.initialDelay"), Some("30s"));
    assert_eq!(known.at("controller.argo.analyses.web.metrics.ok.count"), Some("4"));
    assert_eq!(known.at("gates.errors.interval"), None);
    known.decodes();
    let unknown = case(&text);
    assert_eq!(unknown.at("strategy.canary.steps.1.pause"), None);
    assert!(unknown.losses().iter().any(|loss| loss.contains("it takes no time")));
    assert_eq!(unknown.at("gates.errors.failureLimit"), Some("3"));
    assert!(unknown.assumes("the templates of the analysis are not among the files"));
}

#[test]
fn a_canary_may_have_no_steps() {
    let routed = case(&rollout("      trafficRouting: { smi: {} }\n"));
    assert_eq!(routed.at("strategy.canary.steps.0.setWeight"), None);
    routed.decodes();
    let plugin = case(&steps("{plugin: {name: a/b}}"));
    plugin.decodes();
}

#[test]
fn a_list_is_its_items() {
    let rollout = steps("{setWeight: 10}");
    let item = rollout.replace('\n', "\n    ");
    case(&format!("apiVersion: v1\nkind: List\nitems:\n  - {item}")).decodes();
}

#[test]
fn foreign_is_what_is_not_ours() {
    let tree = |text: &str| {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        yaml::parse_one(&mut sources, kind, "a", text.as_bytes(), &mut problems).unwrap()
    };
    assert!(is_foreign(&tree(&steps("{setWeight: 10}"))));
    assert!(!is_foreign(&tree("apiVersion: coalmine/v1\nkind: Scenario\n")));
    assert!(!is_foreign(&tree("strategy: allAtOnce\n")));
}

#[test]
fn codes_are_sorted() {
    assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
    assert!(CODES.iter().all(|code| code.code.starts_with("E03")));
}
