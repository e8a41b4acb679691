//! How much one evaluation may do.

use std::borrow::Cow;
use std::cell::Cell;

/// What went wrong, without its place.
pub(crate) type Message = Cow<'static, str>;

/// Elements that one evaluation may make. It is the limit of the original as well.
const ELEMENTS_MAX: usize = 1_000_000;

/// Bytes of texts that one evaluation may make.
const BYTES_MAX: usize = 10_000_000;

/// Steps of one evaluation: elements visited, comparisons, calls.
const STEPS_MAX: usize = 5_000_000;

/// What one evaluation has used.
#[derive(Default)]
pub(crate) struct Budget {
    steps: Cell<usize>,
    elements: Cell<usize>,
    bytes: Cell<usize>,
}

impl Budget {
    /// Pays for work.
    pub(crate) fn steps(&self, count: usize) -> Result<(), Message> {
        pay(&self.steps, count, STEPS_MAX + 1, "the evaluation takes too many steps")
    }

    /// Pays for elements of a list or map that is made.
    pub(crate) fn elements(&self, count: usize) -> Result<(), Message> {
        pay(&self.elements, count, ELEMENTS_MAX, "the evaluation makes too many elements")
    }

    /// Pays for a text that is made.
    pub(crate) fn bytes(&self, count: usize) -> Result<(), Message> {
        pay(&self.bytes, count, BYTES_MAX, "the evaluation makes too much text")
    }
}

fn pay(
    used: &Cell<usize>,
    count: usize,
    limit: usize,
    complaint: &'static str,
) -> Result<(), Message> {
    used.set(used.get().saturating_add(count));
    if used.get() < limit { Ok(()) } else { Err(complaint.into()) }
}
