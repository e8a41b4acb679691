//! The plan of calls.

use super::{Planner, nameless, number};
use crate::ast::{Call, Expr, ExprKind, LabelMatcher, Selector};
use crate::eval::buckets::Bucket;
use crate::eval::calendar::Calendar;
use crate::eval::histogram::{Histogram, Kind};
use crate::eval::over_time::OverTime;
use crate::eval::rank::Sort;
use crate::eval::select::Select;
use crate::eval::single::{Absent, AbsentOverTime};
use crate::eval::{Node, Op, Slot, each, relabel};
use crate::labels::NAME;
use crate::matcher::MatchKind;
use crate::{Error, Function, Labels, Place, Type};
use std::collections::BTreeMap;
use std::f64::consts::PI;

impl Planner<'_> {
    pub(super) fn call(&self, call: &Call, place: Place) -> Result<Node, Error> {
        let args = &call.args;
        if let Some(function) = each::function(call.function) {
            return Ok(self.each(self.node(&args[0])?, function, place));
        }
        if args.iter().any(|arg| arg.gives() == Type::Range) {
            return self.over_time(call, place);
        }
        let boxed = |index: usize| self.node(&args[index]).map(Box::new);
        Ok(match call.function {
            Function::Pi => number(place, PI),
            Function::Time => Node::new(place, vec![nameless()], Op::Time, 0),
            Function::Start => Node::new(place, vec![nameless()], Op::Start, 0),
            Function::End => Node::new(place, vec![nameless()], Op::End, 0),
            Function::Vector => self.node(&args[0])?,
            Function::Scalar => {
                let inner = boxed(0)?;
                let weight = inner.weight;
                Node::new(place, vec![nameless()], Op::ToScalar(inner), weight)
            }
            Function::Absent => {
                let inner = boxed(0)?;
                let weight = inner.weight;
                Node::new(place, vec![absent(&args[0])], Op::Absent(Absent { inner }), weight)
            }
            Function::Round => {
                let to = if args.len() > 1 { Some(boxed(1)?) } else { None };
                let inner = self.node(&args[0])?;
                self.mapped(inner, place, |inner| Op::Round(each::Round { inner, to }))
            }
            Function::Clamp | Function::ClampMin | Function::ClampMax => {
                let is_max = call.function == Function::ClampMax;
                let low = if is_max { None } else { Some(boxed(1)?) };
                let high = match call.function {
                    Function::ClampMin => None,
                    Function::ClampMax => Some(boxed(1)?),
                    _ => Some(boxed(2)?),
                };
                let inner = self.node(&args[0])?;
                self.mapped(inner, place, |inner| Op::Clamp(each::Clamp { inner, low, high }))
            }
            Function::Sort | Function::SortDesc => {
                let inner = boxed(0)?;
                let (slots, weight) = (inner.out.slots.clone(), inner.weight);
                let is_descending = call.function == Function::SortDesc;
                Node::new(place, slots, Op::Sort(Sort { inner, is_descending }), weight)
            }
            Function::Timestamp => self.timestamp(&args[0], place)?,
            Function::HistogramQuantile => {
                let kind = Kind::Quantile(boxed(0)?);
                self.histogram(kind, self.node(&args[1])?, place)
            }
            Function::HistogramFraction => {
                let bounds = [self.node(&args[0])?, self.node(&args[1])?];
                self.histogram(Kind::Fraction(Box::new(bounds)), self.node(&args[2])?, place)
            }
            Function::LabelReplace | Function::LabelJoin => {
                let inner = self.node(&args[0])?;
                let slots = relabel::slots(call, &inner.out.slots, place)?;
                let weight = inner.weight;
                Node::new(place, slots, Op::Same(Box::new(inner)), weight).without_twins()
            }
            function => self.calendar(function, args, place)?,
        })
    }

    fn calendar(&self, function: Function, args: &[Expr], place: Place) -> Result<Node, Error> {
        let inner = match args.first() {
            Some(arg) => self.node(arg)?,
            None => Node::new(place, vec![nameless()], Op::Time, 0),
        };
        Ok(self.mapped(inner, place, |inner| Op::Calendar(Calendar { inner, function })))
    }

    fn over_time(&self, call: &Call, place: Place) -> Result<Node, Error> {
        let (mut source, mut parameters, mut weight) = (None, Vec::new(), 0);
        for arg in &call.args {
            if arg.gives() == Type::Range {
                source = Some((self.source(arg)?, arg));
            } else {
                parameters.push(self.node(arg)?);
                weight += parameters.last().map_or(0, |it| it.weight);
            }
        }
        let (source, arg) = source.unwrap_or_else(|| unreachable!("types are checked: a range"));
        weight += source.weight;
        if call.function == Function::AbsentOverTime {
            let op = Op::AbsentOverTime(AbsentOverTime { source });
            return Ok(Node::new(place, vec![absent(arg)], op, weight));
        }
        let keeps = matches!(call.function, Function::LastOverTime | Function::FirstOverTime);
        let slot = |slot: &Slot| if keeps { slot.clone() } else { self.unnamed(slot) };
        let slots = source.slots.iter().map(slot).collect();
        let (function, sorted) = (call.function, Vec::new());
        let op = Op::OverTime(OverTime { source, function, parameters, sorted, place });
        Ok(self.checked(Node::new(place, slots, op, weight)))
    }

    /// When the samples of a selector are; of anything else, when it is evaluated.
    fn timestamp(&self, arg: &Expr, place: Place) -> Result<Node, Error> {
        let mut inner = self.node(arg)?;
        if let Op::Select(select) = &mut inner.op {
            let select = Select { gives_time: true, ..select.clone() };
            inner.op = Op::Select(select);
            inner.out.slots = inner.out.slots.iter().map(|slot| self.unnamed(slot)).collect();
            return Ok(self.checked(inner));
        }
        // `x * 0 + time()`, were it not for values that are not finite.
        Ok(self.mapped(inner, place, Op::Timestamp))
    }

    fn histogram(&self, kind: Kind, inner: Node, place: Place) -> Node {
        let mut histograms: BTreeMap<Labels, (usize, Vec<(f64, u32)>)> = BTreeMap::new();
        let mut slots = Vec::new();
        for (index, slot) in (0..).zip(&inner.out.slots) {
            let Ok(bound) = slot.labels.get("le").parse::<f64>() else { continue };
            let labels = slot.labels.filtered(|label| label != "le");
            let next = slots.len();
            let histogram = histograms.entry(labels).or_insert_with_key(|labels| {
                slots.push(self.unnamed(&Slot { labels: labels.clone(), drops_name: false }));
                (next, Vec::new())
            });
            histogram.1.push((bound, index));
        }
        let mut ordered: Vec<_> = histograms.into_values().collect();
        ordered.sort_by_key(|histogram| histogram.0);
        let mut histograms: Vec<_> = ordered.into_iter().map(|histogram| histogram.1).collect();
        for histogram in &mut histograms {
            histogram.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let largest = histograms.iter().map(Vec::len).max().unwrap_or(0);
        let buckets: Vec<Bucket> = Vec::with_capacity(largest);
        let parameters = match &kind {
            Kind::Quantile(q) => q.weight,
            Kind::Fraction(bounds) => bounds[0].weight + bounds[1].weight,
        };
        let weight = inner.weight + parameters;
        let op = Op::Histogram(Histogram { kind, inner: Box::new(inner), histograms, buckets });
        self.checked(Node::new(place, slots, op, weight))
    }
}

/// The labels that conditions of equality say; those of a label with two conditions are unsure.
fn absent(arg: &Expr) -> Slot {
    let mut labels = Labels::default();
    if let ExprKind::Selector(selector) | ExprKind::Range(selector, _) = &arg.bare().kind {
        for matcher in &selector.matchers {
            if is_sure(matcher, selector) && matcher.label.text != NAME {
                labels.set(&matcher.label.text, matcher.matcher.value());
            }
        }
    }
    Slot { labels, drops_name: false }
}

fn is_sure(matcher: &LabelMatcher, selector: &Selector) -> bool {
    let same = selector.matchers.iter().filter(|other| other.label.text == matcher.label.text);
    matcher.matcher.kind() == MatchKind::Equal && same.count() == 1
}
