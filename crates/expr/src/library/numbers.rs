//! Functions of numbers.

use super::{Given, refusal};
use crate::budget::{Budget, Message};
use crate::builtin::Builtin;
use crate::item::{Item, truncated};
use crate::run::is_less;

/// A text as a float, in every way that the original reads one.
pub(crate) fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        // What is not a number has no sign.
        "nan" if unsigned == text => return Some(f64::NAN),
        _ => {}
    }
    if let Some(digits) = lower.strip_prefix("0x") {
        return hexadecimal(digits).map(|it| sign * it);
    }
    let is_decimal = lower.chars().all(|c| c.is_ascii_digit() || "+-._e".contains(c));
    if !is_decimal || lower.starts_with(['+', '-']) || !separates_digits(&lower) {
        return None;
    }
    let number: f64 = lower.replace('_', "").parse().ok()?;
    number.is_finite().then_some(sign * number)
}

/// Whether every underscore stands between two digits.
fn separates_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut underscores = text.match_indices('_').map(|(at, _)| at);
    underscores.all(|at| at > 0 && is_digit(at - 1) && is_digit(at + 1))
}

/// `1.8p3`: a hexadecimal fraction and a power of two, which must not be left out.
fn hexadecimal(text: &str) -> Option<f64> {
    let (digits, power) = text.split_once('p')?;
    let power: i32 = power.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, fraction].concat();
    // Sixteen digits are more than a float has.
    let is_exact = !all.is_empty() && all.len() <= 13 && !all.starts_with(['+', '-']);
    let number = u64::from_str_radix(&all, 16).ok().filter(|_| is_exact)? as f64;
    let number = libm::ldexp(number, power.saturating_sub(4 * fraction.len() as i32));
    number.is_finite().then_some(number)
}

pub(super) fn of_one<'a>(builtin: Builtin, item: &Item<'a>) -> Given<'a> {
    Ok(match (builtin, item) {
        (Builtin::Abs, Item::Int(it)) => Item::Int(it.wrapping_abs()),
        (Builtin::Abs, Item::Float(it)) => Item::Float(if *it < 0.0 { -it } else { *it }),
        (Builtin::Ceil, Item::Float(it)) => Item::Float(it.ceil()),
        (Builtin::Floor, Item::Float(it)) => Item::Float(it.floor()),
        (Builtin::Round, Item::Float(it)) => Item::Float(it.round()),
        (Builtin::Int, Item::Int(it)) => Item::Int(*it),
        (Builtin::Int, Item::Float(it)) => Item::Int(truncated(*it)),
        (Builtin::Float, Item::Float(it)) => Item::Float(*it),
        (Builtin::Int, Item::Text(text)) => match text.parse() {
            Ok(it) => Item::Int(it),
            Err(_) => return Err(format!("{:?} is no integer", &**text).into()),
        },
        (Builtin::Float, Item::Text(text)) => match float(text) {
            Some(it) => Item::Float(it),
            None => return Err(format!("{:?} is no number", &**text).into()),
        },
        (Builtin::Abs, _) => return refusal(builtin, item),
        (_, Item::Int(it)) => Item::Float(*it as f64),
        _ => return refusal(builtin, item),
    })
}

/// The least or the greatest of numbers and of the numbers in arrays; nil of none.
pub(super) fn extreme<'a>(builtin: Builtin, arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let mut found = Item::Nil;
    for argument in arguments {
        match argument {
            Item::List(list) => {
                for item in list.iter() {
                    budget.steps(1)?;
                    let item = extreme(builtin, &[item], budget)?;
                    if item.number().is_none() {
                        return refusal(builtin, &item);
                    }
                    found = better(builtin, found, item)?;
                }
            }
            Item::Int(_) | Item::Float(_) => found = better(builtin, found, argument.clone())?,
            // One value that is no number is its own extreme.
            _ if arguments.len() == 1 => return Ok(argument.clone()),
            _ => return refusal(builtin, argument),
        }
    }
    Ok(found)
}

fn better<'a>(builtin: Builtin, found: Item<'a>, item: Item<'a>) -> Given<'a> {
    let is_better = found.is_nil()
        || match builtin {
            Builtin::Max => is_less(&found, &item)?,
            _ => is_less(&item, &found)?,
        };
    Ok(if is_better { item } else { found })
}

pub(super) fn mean<'a>(arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let (mut count, mut sum) = (0_u64, 0.0);
    for argument in arguments {
        each(Builtin::Mean, argument, budget, &mut |number| {
            count += 1;
            sum += number;
        })?;
    }
    Ok(Item::Float(if count == 0 { 0.0 } else { sum / count as f64 }))
}

pub(super) fn median<'a>(arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let mut numbers = Vec::new();
    for argument in arguments {
        each(Builtin::Median, argument, budget, &mut |number| numbers.push(number))?;
    }
    budget.elements(numbers.len())?;
    // What is not a number stands before all that are.
    let key = |number: &f64| (!number.is_nan(), *number);
    numbers.sort_by(|a, b| {
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let half = numbers.len() / 2;
    Ok(Item::Float(match numbers.len() {
        0 => 0.0,
        length if length % 2 == 1 => numbers[half],
        _ => f64::midpoint(numbers[half - 1], numbers[half]),
    }))
}

/// Every number of a value and of the arrays in it.
fn each(
    builtin: Builtin,
    item: &Item<'_>,
    budget: &Budget,
    take: &mut impl FnMut(f64),
) -> Result<(), Message> {
    budget.steps(1)?;
    match item {
        Item::List(list) => list.iter().try_for_each(|item| each(builtin, &item, budget, take)),
        _ => match item.number() {
            Some(number) => {
                take(number);
                Ok(())
            }
            None => refusal(builtin, item),
        },
    }
}
