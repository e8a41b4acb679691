//! A small set of documents that shows every feature, and what is said about broken ones.

use std::io;

use clockwork::Span;
use proptest::prelude::*;

use super::*;
use crate::units::{Bytes, Count, Factor, Rate, Share, TimeOfDay};

record! {
    /// A service and how it is released.
    pub(super) struct ServiceDoc {
        /// What it is called.
        name: Name = "service",
        /// The pods that carry it.
        fleet: FleetDoc = "{}",
        /// What asks for it.
        traffic: Option<TrafficDoc>,
        /// How a release reaches users.
        strategy: StrategyDoc,
        /// What judges a release.
        gates: Named<GateDoc> = "{}",
        /// What differs in each variant.
        variants: Named<Patch<ServiceDoc>> = "{}",
        /// Whether the old fleet is kept.
        "keep-old" => keep_old: bool = "false",
    }
}

record! {
    /// Pods of the service and what they can carry.
    pub(super) struct FleetDoc {
        /// Number of pods of the running version.
        replicas: At<u32> ["1" to "100_000"] = "10" assumed "a small service" from "5" to "20",
        /// How long a pod takes from order to ready.
        startup: Varying<Span> = "{ lognormal: { median: 12s, p95: 40s } }" assumed "a JVM",
        /// Requests per second at saturation.
        perPod => per_pod: Option<Rate>,
        /// Memory at which a pod is killed.
        limit: Bytes ["1Mi" to] = "512Mi",
    }
}

record! {
    /// Offered load.
    pub(super) struct TrafficDoc {
        /// The mean over the day.
        rate: Varying<Rate>,
        /// When it is highest.
        peak: TimeOfDay = "\"14:00\"",
        /// How many people there are.
        users: Count = "2_000_000",
    }
}

record! {
    /// What judges a release.
    pub(super) struct GateDoc {
        /// How many errors are too many.
        over: Share,
        /// How much slower is too slow.
        slower: Factor = "1.5x",
        /// How gates that disagree are combined.
        combine: Combine = "any",
    }
}

record! {
    /// A few users first.
    pub(super) struct CanaryDoc {
        /// What is done, in order.
        steps: Vec<StepDoc> = "[{ setWeight: 5% }, { pause: 10m }]",
    }
}

record! {
    /// Everybody at once.
    pub(super) struct AllAtOnceDoc {
        /// How long after the order.
        after: Span = "0s",
    }
}

sum! {
    /// How a release reaches users.
    pub(super) enum StrategyDoc {
        /// A few users first.
        canary => Canary(CanaryDoc),
        /// Everybody at once.
        allAtOnce => AllAtOnce(AllAtOnceDoc),
        /// Nobody.
        "not-at-all" => NotAtAll,
    }
}

sum! {
    /// One step of a canary.
    pub(super) enum StepDoc {
        /// Sends a share of the traffic to the new version.
        setWeight => SetWeight(Share),
        /// Waits.
        pause => Pause(Span),
    }
}

word! {
    /// How gates that disagree are combined.
    pub(super) enum Combine {
        /// One is enough.
        any => Any,
        /// All must agree.
        all => All,
    }
}

/// A document that has everything.
pub(super) const FULL: &str = "\
name: checkout
fleet: { replicas: 20, perPod: 150/s }
traffic:
  rate: { uniform: { from: 10/s, to: 20/s } }
  peak: \"09:30\"
strategy:
  canary:
    steps:
      - setWeight: 5%
      - pause: 10m
gates:
  errors: { over: 0.5%, combine: all }
variants:
  slow: { strategy: { canary: { steps: [ { pause: 1h } ] } } }
keep-old: true
";

/// What a text says, and every problem of it.
pub(super) fn read(text: &str) -> (Option<ServiceDoc>, Problems, Sources) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let name = "service.yaml";
    let tree =
        yaml::parse_one(&mut sources, SourceKind::File, name, text.as_bytes(), &mut problems);
    let document = tree.and_then(|tree| decode(&tree, &mut problems));
    (document, problems, sources)
}

/// The tree of a text that is in order.
pub(super) fn tree(name: &str, text: &str, sources: &mut Sources) -> Node {
    let mut problems = Problems::new();
    let tree = yaml::parse_one(sources, SourceKind::File, name, text.as_bytes(), &mut problems);
    assert!(problems.is_empty(), "{}", problems.render(sources, Look::Plain));
    tree.expect("a document without problems")
}

/// The files of a test by name.
pub(super) fn files<'a>(
    files: &'a [(&'a str, &'a str)],
) -> impl Fn(&str) -> io::Result<Vec<u8>> + 'a {
    |name| match files.iter().find(|(other, _)| *other == name) {
        Some((_, text)) => Ok(text.as_bytes().to_vec()),
        None => Err(io::Error::from(io::ErrorKind::NotFound)),
    }
}

/// Compares what is said about a text.
#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    let (_, problems, sources) = read(text);
    let rendered = problems.render(&sources, Look::Plain);
    assert_eq!(rendered.trim_end(), expected.trim(), "\n{rendered}");
}

#[test]
fn a_full_document_is_read() {
    let (document, problems, sources) = read(FULL);
    assert!(problems.is_empty(), "{}", problems.render(&sources, Look::Plain));
    let document = document.expect("no problems");
    assert_eq!(document.name.as_str(), "checkout");
    assert_eq!(document.fleet.replicas.value, 20);
    assert_eq!(sources.position(document.fleet.replicas.place), "service.yaml:2:20");
    assert_eq!(document.fleet.limit, Bytes::new(512 << 20));
    assert_eq!(document.fleet.per_pod, Rate::per_second(150.0));
    assert!(matches!(document.fleet.startup, Varying::Drawn(Distribution::Lognormal(_))));
    let traffic = document.traffic.expect("given");
    assert!(matches!(traffic.rate, Varying::Drawn(Distribution::Uniform(_))));
    assert_eq!(traffic.peak.minutes(), 9 * 60 + 30);
    assert_eq!(traffic.users, Count::new(2_000_000));
    let gate = document.gates.get("errors").expect("given");
    assert_eq!((gate.over.parts(), gate.combine), (5_000_000_000, Combine::All));
    assert!(document.variants.get("slow").is_some());
    assert!(document.keep_old);
    let StrategyDoc::Canary(canary) = document.strategy else { panic!("{:?}", document.strategy) };
    let weight = StepDoc::SetWeight(Share::from_parts(50_000_000_000).expect("5 %"));
    assert_eq!(canary.steps, [weight, StepDoc::Pause(Span::from_mins(10))]);
}

#[test]
fn json_is_read_as_well() {
    let (document, problems, _) =
        read("{\"strategy\": {\"canary\": {}}, \"fleet\": {\"replicas\": 3}}");
    assert!(problems.is_empty());
    assert_eq!(document.map(|document| document.fleet.replicas.value), Some(3));
}

#[test]
fn a_bare_word_stands_for_a_record_of_defaults() {
    let strategy = |text| read(text).0.map(|document| document.strategy);
    let at_once = StrategyDoc::AllAtOnce(AllAtOnceDoc { after: Span::ZERO });
    assert_eq!(strategy("strategy: allAtOnce"), Some(at_once.clone()));
    assert_eq!(strategy("strategy: { allAtOnce: }"), Some(at_once));
    assert_eq!(strategy("strategy: not-at-all"), Some(StrategyDoc::NotAtAll));
    assert_eq!(strategy("strategy: { not-at-all: {} }"), Some(StrategyDoc::NotAtAll));
    assert_eq!(strategy("strategy: { not-at-all: 5 }"), None);
}

#[test]
fn a_default_says_who_wrote_it() {
    let (document, _, _) = read("strategy: canary");
    let replicas = document.expect("no problems").fleet.replicas;
    let range = Some(&Range { low: "5", high: "20" });
    assert_eq!(replicas.origin, Origin::Assumed(Assumed { why: "a small service", range }));
}

#[test]
fn every_default_and_example_reads() {
    let (document, problems, sources) = read("traffic: { rate: 1/s }\nstrategy: canary");
    assert!(
        document.is_some() && problems.is_empty(),
        "{}",
        problems.render(&sources, Look::Plain)
    );
    let (document, problems, sources) = read(&ServiceDoc::shape().example());
    assert!(
        document.is_some() && problems.is_empty(),
        "{}",
        problems.render(&sources, Look::Plain)
    );
}

#[test]
fn all_problems_are_found_in_one_pass() {
    let text = "fleet: { replicas: ten, strtup: 1s, limit: 5 }\ngates: { A: {}, b: { over: 5 } }";
    let (document, problems, _) = read(text);
    assert!(document.is_none());
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["E0011", "E0030", "E0012", "E0031", "E0011", "E0016", "E0031"]);
}

#[test]
fn something_may_be_switched_off() {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut fleet = |text| {
        let node = tree("fleet.yaml", text, &mut sources);
        decode::<Named<Maybe<FleetDoc>>>(&node, &mut problems).expect("decodes")
    };
    assert_eq!(fleet("a: none").get("a"), Some(&Maybe(None)));
    assert!(fleet("a: {}").get("a").is_some_and(|fleet| fleet.0.is_some()));
}

#[test]
fn colours_are_only_there_when_asked_for() {
    let (_, problems, sources) = read("strategy: \"\\e[31mred\"");
    assert!(problems.render(&sources, Look::Coloured).contains('\u{1b}'));
    assert!(!problems.render(&sources, Look::Plain).contains('\u{1b}'));
}

#[test]
fn a_problem_is_data_too() {
    let (_, problems, sources) = read("strategy: canry");
    let expected = serde_json::json!([{
        "code": "E0014",
        "severity": "error",
        "title": "unknown word `canry`",
        "labels": [{
            "source": "service.yaml", "line": 1, "column": 11, "endLine": 1, "endColumn": 16,
            "text": "`strategy` cannot be this",
        }],
        "help": ["did you mean `canary`? can be: canary, allAtOnce, not-at-all"],
    }]);
    assert_eq!(problems.to_json(&sources), expected);
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&bytes);
    }

    #[test]
    fn yaml_like_text_never_panics(text in "[\\[\\]{}:,&*!<?|>'\"# \n\r\t%@a-c0-9~é\u{feff}.\\-]{0,80}") {
        survive(text.as_bytes());
    }

    #[test]
    fn a_damaged_document_never_panics(
        at in 0..FULL.len(), length in 0..40_usize, text in "[\\[\\]{}:,&*!<|>'\"# \n\t%a-z0-9]{0,6}"
    ) {
        let end = (at + length).min(FULL.len());
        let parts = [&FULL.as_bytes()[..at], text.as_bytes(), &FULL.as_bytes()[end..]];
        survive(parts.concat().as_slice());
    }
}

/// Every door of the framework, on a text that can be anything.
fn survive(bytes: &[u8]) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let file = SourceKind::File;
    for node in yaml::parse(&mut sources, file, "any.yaml", bytes, &mut problems) {
        decode::<ServiceDoc>(&node, &mut problems);
        let mut complete = complete(ServiceDoc::shape(), node);
        decode::<ServiceDoc>(&complete, &mut problems);
        print::resolved(&complete, &sources);
        let setting = String::from_utf8_lossy(bytes);
        set::apply(&mut complete, &setting, &mut sources, &mut problems);
    }
    problems.render(&sources, Look::Plain);
    problems.to_json(&sources);
}

mod golden;
