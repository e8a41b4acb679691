//! The functions of the language.

mod base64;
mod bits;
mod json;
mod lists;
mod numbers;
mod order;
mod pattern;
mod print;
mod texts;

use crate::budget::{Budget, Message};
use crate::builtin::Builtin;
use crate::item::Item;

pub(crate) use crate::item::is_same_key;
pub(crate) use numbers::float;
pub(crate) use order::{is_descending, sorted};
pub use pattern::Pattern;

/// What a function gives, or what is wrong with what it is given.
type Given<'a> = Result<Item<'a>, Message>;

/// The result of a function. The checker has counted the arguments.
pub(crate) fn call<'a>(builtin: Builtin, arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let first = &arguments[0];
    match builtin {
        Builtin::Len => lists::len(first),
        Builtin::Type => Ok(print::type_name(first)),
        Builtin::String => print::text(first, budget).map(Item::made),
        Builtin::Abs
        | Builtin::Ceil
        | Builtin::Floor
        | Builtin::Round
        | Builtin::Int
        | Builtin::Float => numbers::of_one(builtin, first),
        Builtin::Max | Builtin::Min => numbers::extreme(builtin, arguments, budget),
        Builtin::Mean => numbers::mean(arguments, budget),
        Builtin::Median => numbers::median(arguments, budget),
        Builtin::ToJson => json::written(first, budget).map(Item::made),
        Builtin::FromJson => json::read(first, budget),
        Builtin::Sort => order::sort(arguments, budget),
        Builtin::BitAnd
        | Builtin::BitOr
        | Builtin::BitXor
        | Builtin::BitNand
        | Builtin::BitShl
        | Builtin::BitShr
        | Builtin::BitUshr
        | Builtin::BitNot => bits::of(builtin, arguments),
        Builtin::First
        | Builtin::Last
        | Builtin::Get
        | Builtin::Take
        | Builtin::Keys
        | Builtin::Values
        | Builtin::ToPairs
        | Builtin::FromPairs
        | Builtin::Reverse
        | Builtin::Uniq
        | Builtin::Concat
        | Builtin::Flatten => lists::of(builtin, arguments, budget),
        _ => texts::of(builtin, arguments, budget),
    }
}

/// What a function says of an argument that it does not take.
fn refusal<T>(builtin: Builtin, item: &Item<'_>) -> Result<T, Message> {
    Err(format!("`{}` does not take {item}", builtin.name()).into())
}
