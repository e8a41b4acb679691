//! `absent` and its kin: one series, if there is none.

use super::{Column, Context, Node, Source};
use crate::Error;

#[derive(Clone, Debug)]
pub(crate) struct Absent {
    pub(crate) inner: Box<Node>,
}

impl Absent {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        out.set(0, (!self.inner.out.is_any_present()).then_some(1.0));
        Ok(())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct AbsentOverTime {
    pub(crate) source: Source,
}

impl AbsentOverTime {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        let bounds = self.source.prepare(context)?;
        let mut is_any = false;
        for slot in 0..self.source.len() {
            is_any |= self.source.window(slot, bounds, context).len() > 0;
        }
        out.set(0, (!is_any).then_some(1.0));
        Ok(())
    }
}
