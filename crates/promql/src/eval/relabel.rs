//! `label_replace` and `label_join`: the same values under other labels.

use super::Slot;
use crate::ast::{Call, ExprKind};
use crate::labels::NAME;
use crate::matcher::anchored;
use crate::{Error, Function, Labels, Place};

/// Longer values of labels are refused: each call may double them.
const VALUE_BYTES_MAX: usize = 16 * 1024;

/// The new value of a label, if it gets one.
type Rewrite<'a> = dyn Fn(&Labels) -> Option<String> + 'a;

/// The slots after a call of either function.
pub(crate) fn slots(call: &Call, slots: &[Slot], place: Place) -> Result<Vec<Slot>, Error> {
    let texts: Vec<_> = call.args[1..].iter().map(|arg| text(&arg.bare().kind)).collect();
    let target = texts[0];
    let value: Box<Rewrite<'_>> = match call.function {
        Function::LabelReplace => {
            let regex = anchored(texts[3]).map_err(|message| Error::new(place, message))?;
            let (replacement, source) = (texts[1], texts[2]);
            Box::new(move |labels| {
                let captures = regex.captures(labels.get(source))?;
                let mut value = String::new();
                captures.expand(replacement, &mut value);
                Some(value)
            })
        }
        _ => Box::new(move |labels| {
            let values: Vec<_> = texts[2..].iter().map(|label| labels.get(label)).collect();
            Some(values.join(texts[1]))
        }),
    };
    let relabelled = |slot: &Slot| {
        let Some(value) = value(&slot.labels) else { return Ok(slot.clone()) };
        if value.len() > VALUE_BYTES_MAX {
            let message = format!("a label's value has at most {VALUE_BYTES_MAX} bytes");
            return Err(Error::new(place, message));
        }
        let mut slot = slot.clone();
        slot.labels.set(target, &value);
        // A name that is written now is not the one that was to be dropped.
        slot.drops_name &= target != NAME;
        Ok(slot)
    };
    slots.iter().map(relabelled).collect()
}

fn text(kind: &ExprKind) -> &str {
    match kind {
        ExprKind::Text(text) => text,
        _ => unreachable!("types are checked: a text"),
    }
}
