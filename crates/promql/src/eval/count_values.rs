//! `count_values`: a series for each value, so its slots are the values met so far.

use super::{Column, Context, Node};
use crate::print::Number;
use crate::{Error, Labels};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(crate) struct CountValues {
    pub(crate) inner: Box<Node>,
    /// The group of each slot below.
    pub(crate) groups: Vec<u32>,
    /// The labels of each group.
    pub(crate) names: Vec<Labels>,
    /// The slot of a group and the bits of a value.
    pub(crate) known: BTreeMap<(u32, u64), u32>,
    /// Names the node to whoever makes the next plan.
    pub(crate) key: usize,
}

impl CountValues {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        out.present.fill(false);
        out.values.fill(0.0);
        for (slot, value) in self.inner.out.iter() {
            let (group, bits) = (self.groups[slot], bits(value));
            if let Some(&counted) = self.known.get(&(group, bits)) {
                let counted = counted as usize;
                out.values[counted] += 1.0;
                out.present[counted] = true;
            } else {
                // The evaluation is repeated with a slot for it.
                let name = self.names[group as usize].clone();
                let mut unknown = context.unknown.borrow_mut();
                unknown.entry(self.key).or_default().insert((name, bits));
            }
        }
        Ok(())
    }
}

/// The bits of a value, the same for every not-a-number.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// A value as a label has it.
pub(crate) fn written(bits: u64) -> String {
    match f64::from_bits(bits) {
        f64::INFINITY => "+Inf".to_owned(),
        value => Number(value).to_string(),
    }
}
