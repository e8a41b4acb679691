//! Functions of the bits of integers.

use super::{Given, refusal};
use crate::builtin::Builtin;
use crate::item::Item;

pub(super) fn of<'a>(builtin: Builtin, arguments: &[Item<'a>]) -> Given<'a> {
    let Item::Int(x) = arguments[0] else { return refusal(builtin, &arguments[0]) };
    let y = match arguments.get(1) {
        Some(Item::Int(y)) => *y,
        Some(other) => return refusal(builtin, other),
        None => 0,
    };
    let shift = u32::try_from(y).ok().filter(|shift| *shift < 64);
    let is_shift = matches!(builtin, Builtin::BitShl | Builtin::BitShr | Builtin::BitUshr);
    if is_shift && y < 0 {
        return Err("bits cannot be shifted by less than nothing".into());
    }
    Ok(Item::Int(match builtin {
        Builtin::BitAnd => x & y,
        Builtin::BitOr => x | y,
        Builtin::BitXor => x ^ y,
        Builtin::BitNand => x & !y,
        Builtin::BitShl => shift.map_or(0, |shift| x << shift),
        Builtin::BitShr => x >> shift.unwrap_or(63),
        Builtin::BitUshr => shift.map_or(0, |shift| (x as u64 >> shift) as i64),
        _ => !x,
    }))
}
