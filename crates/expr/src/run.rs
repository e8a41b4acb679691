//! Code and a value to an answer.

mod compare;
mod compute;
mod looped;
mod member;

use crate::budget::{Budget, Message};
use crate::builtin::Ambient;
use crate::code::{Code, Op};
use crate::item::{Item, List, Map, Text, truncated};
use crate::kind::Storage;
use crate::library;
use crate::problem::{Problem, ProblemKind, Span};
use crate::value::Value;

pub(crate) use compare::{equal, is_less};
pub(crate) use compute::add;

/// Whether a condition holds for a value.
pub(crate) fn run(code: &Code, result: &Value) -> Result<bool, Problem> {
    let run = Run { result, budget: Budget::default() };
    let item = run.eval(code, None).map_err(|stop| match stop {
        Stop::Problem(problem) => *problem,
        Stop::Nothing => problem(code.span, "nil has no members".into()),
    })?;
    match item {
        Item::Bool(holds) => Ok(holds),
        _ => Err(problem(code.span, format!("a condition is true or false, not {item}").into())),
    }
}

/// One evaluation.
struct Run<'a> {
    result: &'a Value,
    budget: Budget,
}

/// A variable, or an element of a loop, and those around it.
struct Frame<'f, 'a> {
    outer: Option<&'f Frame<'f, 'a>>,
    item: Item<'a>,
    index: usize,
    gathered: Item<'a>,
}

/// Why an evaluation ends early.
enum Stop {
    Problem(Box<Problem>),
    /// An optional member has no base: the chain around it is nil.
    Nothing,
}

type Evaluated<'a> = Result<Item<'a>, Stop>;

fn problem(span: Span, message: Message) -> Problem {
    let help = message
        .starts_with("there is no element")
        .then_some("say what holds without it, as in `len(result) == 0 || result[0] >= 0.95`");
    Problem::new(ProblemKind::Run, span, message).helped(help)
}

/// Gives a place to what went wrong.
fn at<T>(span: Span, outcome: Result<T, Message>) -> Result<T, Stop> {
    outcome.map_err(|message| Stop::Problem(Box::new(problem(span, message))))
}

fn wrong<T>(span: Span, message: impl Into<Message>) -> Result<T, Stop> {
    Err(Stop::Problem(Box::new(problem(span, message.into()))))
}

impl<'a> Run<'a> {
    fn eval(&self, code: &'a Code, frame: Option<&Frame<'_, 'a>>) -> Evaluated<'a> {
        let span = code.span;
        match &code.op {
            Op::Nil => Ok(Item::Nil),
            Op::Bool(it) => Ok(Item::Bool(*it)),
            Op::Int(it) => Ok(Item::Int(*it)),
            Op::Float(it) => Ok(Item::Float(*it)),
            Op::Text(it) => Ok(Item::Text(Text::Given(it))),
            Op::Result => Ok(Item::of(self.result)),
            Op::Variable(up) | Op::Element(up) => Ok(outer(frame, *up).item.clone()),
            Op::Index(up) => Ok(Item::Int(outer(frame, *up).index as i64)),
            Op::Gathered(up) => Ok(outer(frame, *up).gathered.clone()),
            Op::Not(operand) => Ok(Item::Bool(!self.bool(operand, frame)?)),
            Op::Negate(operand) => match self.eval(operand, frame)? {
                Item::Int(it) => Ok(Item::Int(it.wrapping_neg())),
                Item::Float(it) => Ok(Item::Float(-it)),
                other => wrong(span, format!("`-` does not apply to {other}")),
            },
            Op::And(both) | Op::Or(both) => {
                let decides = matches!(code.op, Op::Or(_));
                if self.bool(&both[0], frame)? == decides {
                    return Ok(Item::Bool(decides));
                }
                self.eval(&both[1], frame)
            }
            Op::Coalesce(both) => match self.eval(&both[0], frame)? {
                left if left.is_nil() => self.eval(&both[1], frame),
                left => Ok(left),
            },
            Op::Let(both) => {
                let item = self.eval(&both[0], frame)?;
                let inner = Frame { outer: frame, item, index: 0, gathered: Item::Nil };
                self.eval(&both[1], Some(&inner))
            }
            Op::Sequence(codes) => {
                let mut last = Item::Nil;
                for code in codes {
                    last = self.eval(code, frame)?;
                }
                Ok(last)
            }
            Op::If(parts) => {
                let taken = if self.bool(&parts[0], frame)? { &parts[1] } else { &parts[2] };
                self.eval(taken, frame)
            }
            Op::Chain(inner) => match self.eval(inner, frame) {
                Err(Stop::Nothing) => Ok(Item::Nil),
                Ok(item) if item.is_nil() => Ok(Item::Nil),
                other => other,
            },
            Op::List(codes) => {
                let items = self.all(codes, frame)?;
                let list = List::make(Storage::Anything, items, &self.budget);
                at(span, list).map(Item::List)
            }
            Op::Map(pairs) => self.map(pairs, frame, span),
            Op::Builtin(builtin, codes) => self.call(*builtin, codes, frame, span),
            Op::Ambient(ambient, codes) => self.ambient(*ambient, codes, frame),
            Op::Loop(looped) => self.looped(looped, frame, span),
            Op::CallOfValue(callee) => {
                let callee = self.eval(callee, frame)?;
                wrong(span, format!("{callee} cannot be called"))
            }
            _ => self.operation(code, frame),
        }
    }

    fn bool(&self, code: &'a Code, frame: Option<&Frame<'_, 'a>>) -> Result<bool, Stop> {
        match self.eval(code, frame)? {
            Item::Bool(it) => Ok(it),
            other => wrong(code.span, format!("true or false is wanted, and this is {other}")),
        }
    }

    fn all(&self, codes: &'a [Code], frame: Option<&Frame<'_, 'a>>) -> Result<Vec<Item<'a>>, Stop> {
        codes.iter().map(|code| self.eval(code, frame)).collect()
    }

    fn map(
        &self,
        pairs: &'a [(Code, Code)],
        frame: Option<&Frame<'_, 'a>>,
        span: Span,
    ) -> Evaluated<'a> {
        let mut made = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let Item::Text(name) = self.eval(key, frame)? else {
                return wrong(key.span, "the keys of a map are strings, and this is none");
            };
            made.push((name, self.eval(value, frame)?));
        }
        at(span, Map::named(made, &self.budget)).map(Item::Map)
    }

    /// A function of the language. Those of one value need no list of arguments.
    fn call(
        &self,
        builtin: crate::builtin::Builtin,
        codes: &'a [Code],
        frame: Option<&Frame<'_, 'a>>,
        span: Span,
    ) -> Evaluated<'a> {
        at(span, self.budget.steps(1))?;
        let outcome = match codes {
            [one] => library::call(builtin, &[self.eval(one, frame)?], &self.budget),
            [one, two] => {
                let arguments = [self.eval(one, frame)?, self.eval(two, frame)?];
                library::call(builtin, &arguments, &self.budget)
            }
            _ => library::call(builtin, &self.all(codes, frame)?, &self.budget),
        };
        at(span, outcome)
    }

    /// What the environment adds. `isNil` and `default` look at the result whatever they are given.
    fn ambient(
        &self,
        ambient: Ambient,
        codes: &'a [Code],
        frame: Option<&Frame<'_, 'a>>,
    ) -> Evaluated<'a> {
        let span = codes[0].span;
        let argument = self.eval(&codes[0], frame)?;
        let is_nil = matches!(self.result, Value::Nil);
        match (ambient, &argument) {
            (Ambient::AsInt, Item::Float(it)) => Ok(Item::Int(truncated(*it))),
            (Ambient::AsInt, Item::Int(_)) | (Ambient::AsFloat, Item::Float(_)) => Ok(argument),
            (Ambient::AsFloat, Item::Int(it)) => Ok(Item::Float(*it as f64)),
            (Ambient::AsInt, Item::Text(text)) => match text.parse() {
                Ok(it) => Ok(Item::Int(it)),
                Err(_) => wrong(span, format!("{:?} is no integer", &**text)),
            },
            (Ambient::AsFloat, Item::Text(text)) => match library::float(text) {
                Some(it) => Ok(Item::Float(it)),
                None => wrong(span, format!("{:?} is no number", &**text)),
            },
            (Ambient::AsInt | Ambient::AsFloat, _) => {
                wrong(span, format!("`{}` does not take {argument}", ambient.name()))
            }
            (Ambient::IsNan, Item::Float(it)) => Ok(Item::Bool(it.is_nan())),
            (Ambient::IsInf, Item::Float(it)) => Ok(Item::Bool(it.is_infinite())),
            (Ambient::IsNan | Ambient::IsInf, _) => {
                wrong(span, format!("`{}` takes a float, and this is {argument}", ambient.name()))
            }
            (Ambient::IsNil, _) => Ok(Item::Bool(is_nil)),
            (Ambient::Default, _) => {
                let otherwise = self.eval(&codes[1], frame)?;
                Ok(if is_nil { otherwise } else { Item::of(self.result) })
            }
        }
    }
}

/// A frame so many steps outwards. The checker has counted them.
fn outer<'f, 'a>(frame: Option<&'f Frame<'f, 'a>>, up: usize) -> &'f Frame<'f, 'a> {
    let mut frame = frame.expect("the checker has seen a frame");
    for _ in 0..up {
        frame = frame.outer.expect("the checker has seen a frame");
    }
    frame
}
