//! Analyses of a controller: conditions that are conditions, limits that fit, and where each
//! metric is measured.

use clockwork::Span;

use super::gates::{subject, whole_ticks};
use super::queries::Prometheus;
use super::{Pass, code, queries};
use crate::controller::argo::{Analysis, Conditions, Judged, Metric};
use crate::controller::{
    AnalysisDoc, ArgoDoc, MeasuredDoc, RangeQueryDoc, ResultDoc, SourceDoc, WholeDoc,
};
use crate::document::{At, Name, Named, Problem, closest};
use crate::gate::{
    self, Action, Apdex, Bound, ErrorRate, Exceptions, Floor, Gate, Patience, SlowShare, Throughput,
};
use crate::strategy::{Native, Reader, Source};
use crate::telemetry::{Arguments, Instants};
use crate::units::{Quantity, Rate, Share};

/// The most metrics that the analyses of a scenario may have together.
const METRICS_MAX: usize = 200;

/// The most instants that a query may be asked for at once.
const INSTANTS_MAX: i64 = 1_000;

/// The instants of a range query: there is one, and there are not too many.
fn instants(it: &RangeQueryDoc, pass: &mut Pass<'_>) -> Option<Instants> {
    let millis = |span: Span| i64::try_from(span.micros() / 1000).unwrap_or(i64::MAX);
    let (from, until) = (millis(it.from.value), millis(it.until));
    let step = millis(it.step.value);
    let help = "write for example: from: 5m, step: 1m";
    let what = ("instants without time between them", "less than a millisecond", help);
    pass.require(step > 0, code::IMPOSSIBLE, it.step.place, what);
    let what = ("a range that ends before it begins", "later than `until`", help);
    pass.require(from >= until, code::IMPOSSIBLE, it.from.place, what);
    let count = if step > 0 { (from - until).max(0) / step + 1 } else { 1 };
    let label = format!("{count} of them, {INSTANTS_MAX} are the most");
    let what = ("too many instants", label.as_str(), help);
    pass.require(count <= INSTANTS_MAX, code::LIMIT, it.step.place, what);
    let fits = step > 0 && from >= until && count <= INSTANTS_MAX;
    fits.then_some(Instants { from, until, step })
}

/// The analyses of a document, and those that were asked for.
#[expect(clippy::struct_field_names, reason = "those that were asked for are analyses")]
pub(super) struct Analyses<'d> {
    docs: &'d Named<At<AnalysisDoc>>,
    prometheus: &'d mut Prometheus,
    /// Those that were asked for: each is one or several of the document together.
    pub(super) analyses: Vec<Analysis>,
    /// Where their metrics are measured.
    pub(super) sources: Vec<Source>,
}

impl<'d> Analyses<'d> {
    /// The analyses of a document, each of which is looked at.
    pub(super) fn of(
        it: &'d ArgoDoc,
        prometheus: &'d mut Prometheus,
        pass: &mut Pass<'_>,
    ) -> Option<Self> {
        let docs = &it.analyses;
        let (analyses, sources) = (Vec::new(), Vec::new());
        let mut all = Self { docs, prometheus, analyses, sources };
        let mut is_well = true;
        for (name, doc) in it.analyses.iter() {
            is_well &= all.metrics(name.as_str(), &doc.value, pass).is_some();
        }
        // Only what is asked for is measured.
        all.sources.clear();
        all.prometheus.queries.clear();
        is_well.then_some(all)
    }

    /// The analysis that consists of those of these names.
    pub(super) fn named(
        &mut self,
        names: &At<Vec<At<Name>>>,
        what: &str,
        pass: &mut Pass<'_>,
    ) -> Option<usize> {
        if names.value.is_empty() {
            let title = format!("`{what}` names no analysis");
            let problem = Problem::error(code::MISSING, title).at(names.place, "empty");
            pass.problem(problem.help("write for example: [success-rate]"));
            return None;
        }
        let mut analysis = Analysis { name: String::new(), metrics: Vec::new(), terminate: false };
        for name in &names.value {
            let doc = self.find(name, pass)?;
            let metrics = self.metrics(name.value.as_str(), doc, pass)?;
            let known = |judged: &Judged| {
                analysis.metrics.iter().any(|it: &Judged| it.metric.name == judged.metric.name)
            };
            if let Some(twice) = metrics.iter().find(|judged| known(judged)) {
                let title = format!("two metrics are called `{}`", twice.metric.name);
                let problem = Problem::error(code::CONTRADICTION, title)
                    .at(name.place, "Argo Rollouts flattens templates, and names must differ");
                pass.problem(problem.help("rename one of them"));
                return None;
            }
            analysis.metrics.extend(metrics);
            analysis.terminate |= doc.terminate == Some(true);
            if !analysis.name.is_empty() {
                analysis.name.push('+');
            }
            analysis.name.push_str(name.value.as_str());
        }
        self.analyses.push(analysis);
        Some(self.analyses.len() - 1)
    }

    fn find(&self, name: &At<Name>, pass: &mut Pass<'_>) -> Option<&'d AnalysisDoc> {
        let wanted = name.value.as_str();
        if let Some(doc) = self.docs.get(wanted) {
            return Some(&doc.value);
        }
        let names: Vec<&str> = self.docs.iter().map(|(name, _)| name.as_str()).collect();
        let listed = names.join(", ");
        let help = match closest(wanted, names) {
            Some(meant) => format!("did you mean `{meant}`? analyses: {listed}"),
            None => format!("analyses: {listed}"),
        };
        let problem = Problem::error(code::REFERENCE, format!("there is no analysis `{wanted}`"));
        let problem = problem.at(name.place, "not a name under `controller.argo.analyses`");
        pass.problem(problem.help(help));
        None
    }

    fn metrics(
        &mut self,
        analysis: &str,
        doc: &AnalysisDoc,
        pass: &mut Pass<'_>,
    ) -> Option<Vec<Judged>> {
        let metrics: Vec<_> = doc
            .metrics
            .iter()
            .map(|(name, at)| self.metric((analysis, name.as_str()), at, pass))
            .collect();
        metrics.into_iter().collect()
    }

    fn metric(
        &mut self,
        (analysis, name): (&str, &str),
        at: &At<MeasuredDoc>,
        pass: &mut Pass<'_>,
    ) -> Option<Judged> {
        let doc = &at.value;
        let metric = Metric {
            name: name.to_owned(),
            interval: doc.interval,
            initial_delay: doc.initial_delay,
            count: doc.count,
            failure_limit: doc.failure_limit.0,
            inconclusive_limit: doc.inconclusive_limit,
            consecutive_error_limit: doc.error_limit,
            consecutive_success_limit: doc.success_limit,
        };
        if let Some(complaint) = metric.complaint() {
            let problem = Problem::error(code::CONTRADICTION, complaint);
            let problem = problem.at(at.place, "Argo Rollouts ends such an analysis as an error");
            pass.problem(problem.help("change one of the two"));
            return None;
        }
        if doc.interval.is_some_and(Span::is_zero) {
            let what = ("measurements without end", "zero", "write for example: interval: 60s");
            pass.require(false, code::IMPOSSIBLE, at.place, what);
            return None;
        }
        let condition = |condition: &Option<At<String>>, pass: &mut Pass<'_>| {
            let Some(text) = condition else { return Some(None) };
            match expr::Condition::parse(&text.value) {
                Ok(condition) => Some(Some(condition)),
                Err(problem) => {
                    let title = format!("this is no condition: {problem}");
                    let problem =
                        Problem::error(code::IMPOSSIBLE, title).at(text.place, "not an expression");
                    pass.problem(problem.help(queries::instead(&text.value, "result[0] >= 0.95")));
                    None
                }
            }
        };
        let (success, failure) = (condition(&doc.success, pass), condition(&doc.failure, pass));
        let conditions = Conditions { success: success?, failure: failure? };
        let reader = match &doc.measure.value {
            SourceDoc::Query(text) if doc.result == ResultDoc::Scalar => {
                Reader::Number(self.query(text, None, pass)?)
            }
            SourceDoc::Query(text) => Reader::Query(self.query(text, None, pass)?),
            SourceDoc::RangeQuery(it) => {
                let instants = instants(it, pass)?;
                Reader::Query(self.query(&it.query, Some(instants), pass)?)
            }
            SourceDoc::Error(reason) => Reader::Error(reason.clone()),
            _ => Reader::Native(Box::new(self.native(name, doc, pass)?)),
        };
        let source = self.sources.len();
        let called = if analysis == name { name.to_owned() } else { format!("{analysis}/{name}") };
        self.sources.push(Source { name: called, reader });
        let many = ("too many metrics", "the analyses together", "at most 200 can be measured");
        pass.require(source < METRICS_MAX, code::LIMIT, at.place, many);
        Some(Judged { metric, is_dry: doc.dry_run, conditions, source })
    }

    fn query(
        &mut self,
        text: &At<String>,
        instants: Option<Instants>,
        pass: &mut Pass<'_>,
    ) -> Option<usize> {
        let telemetry = &self.prometheus.telemetry;
        let filled = queries::filled(&Arguments::of(telemetry), text, pass)?;
        let mut compiled = queries::compiled(telemetry, &filled, text.place, pass)?;
        compiled.instants = instants;
        compiled.reach += instants.map_or(0, |it| it.from);
        self.prometheus.queries.push(compiled);
        Some(self.prometheus.queries.len() - 1)
    }

    fn native(&self, name: &str, doc: &MeasuredDoc, pass: &mut Pass<'_>) -> Option<Native> {
        let window = whole_ticks("window", doc.window, self.prometheus.tick, pass)?;
        let bound = Bound::Over(Share::ONE);
        let metric = match &doc.measure.value {
            SourceDoc::SuccessRate(it) | SourceDoc::ErrorRate(it) => {
                gate::Metric::ErrorRate(ErrorRate { of: subject(it.of), bound })
            }
            SourceDoc::SlowShare(it) => gate::Metric::SlowShare(SlowShare {
                of: subject(it.of),
                than: it.than.value,
                bound,
            }),
            SourceDoc::Apdex(it) => {
                gate::Metric::Apdex(Apdex { of: subject(it.of), floor: Floor::Under(Share::ZERO) })
            }
            SourceDoc::Error(_) | SourceDoc::Query(_) | SourceDoc::RangeQuery(_) => return None,
            SourceDoc::Throughput(it) => gate::Metric::Throughput(Throughput {
                of: subject(it.of),
                under: Rate::parse("1/s").ok()?,
            }),
        };
        let gate = Gate {
            name: name.to_owned(),
            metric,
            window,
            interval: self.prometheus.tick,
            initial_delay: Span::ZERO,
            min_samples: 0,
            patience: Patience::Limit(0),
            unless: Exceptions::default(),
            action: Action::Rollback,
        };
        Some(Native {
            gate,
            is_complement: matches!(doc.measure.value, SourceDoc::SuccessRate(_)),
            whole: if doc.whole == WholeDoc::Hundred { 100.0 } else { 1.0 },
            is_scalar: doc.result == ResultDoc::Scalar,
        })
    }
}
