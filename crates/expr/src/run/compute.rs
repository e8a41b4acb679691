//! Operators between two operands.

use super::compare::{compare, equal};
use super::{Evaluated, Frame, Run, Stop, at, wrong};
use crate::budget::{Budget, Message};
use crate::code::{Code, Op, Sameness};
use crate::item::{Item, List, Text};
use crate::library::Pattern;
use crate::operator::Binary;

type Computed<'a> = Result<Item<'a>, Message>;

impl<'a> Run<'a> {
    pub(super) fn operation(&self, code: &'a Code, frame: Option<&Frame<'_, 'a>>) -> Evaluated<'a> {
        let span = code.span;
        match &code.op {
            Op::Equal(sameness, both) => {
                let (a, b) = self.both(both, frame)?;
                let is_sure = match sameness {
                    Sameness::Any => true,
                    Sameness::Ints => matches!((&a, &b), (Item::Int(_), Item::Int(_))),
                    Sameness::Texts => matches!((&a, &b), (Item::Text(_), Item::Text(_))),
                };
                if !is_sure {
                    return wrong(span, format!("types that were known are not: {a} and {b}"));
                }
                at(span, equal(&a, &b, &self.budget)).map(Item::Bool)
            }
            Op::Unequal(both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, equal(&a, &b, &self.budget)).map(|it| Item::Bool(!it))
            }
            Op::Compare(binary, both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, compare(*binary, &a, &b)).map(Item::Bool)
            }
            Op::Arithmetic(binary, both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, compute(*binary, &a, &b, &self.budget))
            }
            Op::In(both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, is_in(&a, &b, &self.budget)).map(Item::Bool)
            }
            Op::InTexts(needle, texts) => match self.eval(needle, frame)? {
                Item::Text(text) => Ok(Item::Bool(texts.iter().any(|it| **it == *text))),
                Item::Nil => Ok(Item::Bool(texts.iter().any(String::is_empty))),
                other => wrong(span, format!("{other} is looked for among strings")),
            },
            Op::Matches(both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, self.matches(&a, &b)).map(Item::Bool)
            }
            Op::MatchesConstant(text, pattern) => match self.eval(text, frame)? {
                Item::Text(text) => {
                    at(span, self.budget.steps(text.len()))?;
                    Ok(Item::Bool(pattern.is_match(&text)))
                }
                Item::Nil => Ok(Item::Bool(false)),
                other => wrong(span, format!("`matches` does not apply to {other}")),
            },
            Op::Search(binary, both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, search(*binary, &a, &b, &self.budget)).map(Item::Bool)
            }
            Op::Range(both) => {
                let (a, b) = self.both(both, frame)?;
                at(span, range(&a, &b, &self.budget))
            }
            Op::Member { parts, is_optional } => self.member(parts, *is_optional, frame, span),
            Op::Slice { base, from, to } => {
                self.slice(base, from.as_deref(), to.as_deref(), frame, span)
            }
            _ => wrong(span, "this is not evaluated here"),
        }
    }

    fn both(
        &self,
        both: &'a [Code; 2],
        frame: Option<&Frame<'_, 'a>>,
    ) -> Result<(Item<'a>, Item<'a>), Stop> {
        Ok((self.eval(&both[0], frame)?, self.eval(&both[1], frame)?))
    }

    fn matches(&self, text: &Item<'_>, pattern: &Item<'_>) -> Result<bool, Message> {
        // A pattern is compiled anew, which costs more than looking at it.
        const COMPILING: usize = 2_000;
        match (text, pattern) {
            (Item::Nil, _) | (_, Item::Nil) => Ok(false),
            (Item::Text(text), Item::Text(pattern)) => {
                self.budget.steps(COMPILING + text.len() + pattern.len())?;
                let pattern = Pattern::parse(pattern).map_err(Message::from)?;
                Ok(pattern.is_match(text))
            }
            _ => Err(format!("`matches` does not apply to {text} and {pattern}").into()),
        }
    }
}

fn search(
    binary: Binary,
    text: &Item<'_>,
    part: &Item<'_>,
    budget: &Budget,
) -> Result<bool, Message> {
    match (text, part) {
        (Item::Nil, _) | (_, Item::Nil) => Ok(false),
        (Item::Text(text), Item::Text(part)) => {
            budget.steps(text.len())?;
            Ok(match binary {
                Binary::Contains => text.contains(&**part),
                Binary::StartsWith => text.starts_with(&**part),
                _ => text.ends_with(&**part),
            })
        }
        _ => Err(format!("`{}` does not apply to {text} and {part}", binary.sign()).into()),
    }
}

fn is_in<'a>(needle: &Item<'a>, place: &Item<'a>, budget: &Budget) -> Result<bool, Message> {
    match place {
        Item::Nil => Ok(false),
        Item::List(List::Ints { first, length }) => Ok(is_in_range(needle, *first, *length)),
        Item::List(list) => {
            for item in list.iter() {
                budget.steps(1)?;
                if equal(&item, needle, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Item::Map(map) => Ok(map.get(needle)?.is_some_and(|it| !is_absent(&it))),
        _ => Err(format!("nothing can be `in` {place}").into()),
    }
}

/// What a map of groups has for a key that it has not.
fn is_absent(item: &Item<'_>) -> bool {
    matches!(item, Item::List(List::Nothing))
}

fn is_in_range(needle: &Item<'_>, first: i64, length: usize) -> bool {
    let Some(last) = first.checked_add(length as i64 - 1) else { return false };
    match needle {
        Item::Int(it) => (first..=last).contains(it),
        Item::Float(it) => it.trunc() == *it && (first as f64..=last as f64).contains(it),
        _ => false,
    }
}

fn range<'a>(from: &Item<'a>, to: &Item<'a>, budget: &Budget) -> Computed<'a> {
    let (Some(first), Some(last)) = (from.integer(), to.integer()) else {
        return Err(format!("a range is of integers, not of {from} and {to}").into());
    };
    let length = i128::from(last) - i128::from(first) + 1;
    let length = usize::try_from(length.max(0)).unwrap_or(usize::MAX);
    budget.elements(length)?;
    Ok(Item::List(List::Ints { first, length }))
}

pub(crate) fn add<'a>(a: &Item<'a>, b: &Item<'a>, budget: &Budget) -> Computed<'a> {
    compute(Binary::Add, a, b, budget)
}

fn compute<'a>(binary: Binary, a: &Item<'a>, b: &Item<'a>, budget: &Budget) -> Computed<'a> {
    match (binary, a, b) {
        (Binary::Add, Item::Text(a), Item::Text(b)) => return concatenated(a, b, budget),
        (Binary::Modulo, Item::Int(_), Item::Int(0)) => {
            return Err("an integer is divided by zero".into());
        }
        (Binary::Add, Item::Int(a), Item::Int(b)) => return Ok(Item::Int(a.wrapping_add(*b))),
        (Binary::Subtract, Item::Int(a), Item::Int(b)) => {
            return Ok(Item::Int(a.wrapping_sub(*b)));
        }
        (Binary::Multiply, Item::Int(a), Item::Int(b)) => {
            return Ok(Item::Int(a.wrapping_mul(*b)));
        }
        (Binary::Modulo, Item::Int(a), Item::Int(b)) => return Ok(Item::Int(a.wrapping_rem(*b))),
        _ => {}
    }
    let numbers = a.number().zip(b.number()).filter(|_| binary != Binary::Modulo);
    let Some((x, y)) = numbers else {
        return Err(format!("`{}` does not apply to {a} and {b}", binary.sign()).into());
    };
    Ok(Item::Float(match binary {
        Binary::Add => x + y,
        Binary::Subtract => x - y,
        Binary::Multiply => x * y,
        Binary::Divide => x / y,
        _ => libm::pow(x, y),
    }))
}

fn concatenated<'a>(a: &Text<'a>, b: &Text<'a>, budget: &Budget) -> Computed<'a> {
    budget.bytes(a.len() + b.len())?;
    Ok(Item::made([&**a, &**b].concat()))
}
