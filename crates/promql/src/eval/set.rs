//! `and`, `or` and `unless`: which series there are, by their labels.

use super::{Column, Context, Node};
use crate::Error;
use crate::ast::Operator;

#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) operator: Operator,
    pub(crate) sides: Box<[Node; 2]>,
    /// The group of each slot: those with the same labels that count.
    pub(crate) groups: [Vec<u32>; 2],
    /// Which groups the deciding side has.
    pub(crate) has: Vec<bool>,
}

impl Set {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        let [left, right] = &mut *self.sides;
        left.evaluate(context)?;
        right.evaluate(context)?;
        // `or` asks what the left side has already, the others what the right side has.
        let is_or = self.operator == Operator::Or;
        let (deciding, groups) =
            if is_or { (&left.out, &self.groups[0]) } else { (&right.out, &self.groups[1]) };
        self.has.fill(false);
        for (slot, _) in deciding.iter() {
            self.has[groups[slot] as usize] = true;
        }
        let lefts = left.out.len();
        for slot in 0..lefts {
            let has = is_or || self.has[self.groups[0][slot] as usize];
            let is_kept = has != (self.operator == Operator::Unless);
            out.set(slot, left.out.get(slot).filter(|_| is_kept));
        }
        if is_or {
            for slot in 0..right.out.len() {
                let has = self.has[self.groups[1][slot] as usize];
                out.set(lefts + slot, right.out.get(slot).filter(|_| !has));
            }
        }
        Ok(())
    }
}
