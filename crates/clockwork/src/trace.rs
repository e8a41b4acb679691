//! What happened, as a digest and, when wanted, entry by entry.

use crate::{Digest, Instant};

/// One thing that happened. What the numbers mean is the recorder's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Instant,
    /// To whom.
    pub entity: u32,
    /// What it was.
    pub what: u32,
    /// How much of it.
    pub value: u64,
}

/// The history of a simulation: always its digest, and the entries too when recording.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    digest: Digest,
    len: usize,
    entries: Option<Vec<Entry>>,
}

impl Trace {
    /// A trace that keeps only the digest.
    pub fn new() -> Self {
        Self::default()
    }

    /// A trace that keeps every entry, to be compared with another.
    pub fn recording() -> Self {
        Self { entries: Some(Vec::new()), ..Self::default() }
    }

    /// Adds one entry.
    pub fn record(&mut self, at: Instant, entity: u32, what: u32, value: u64) {
        self.digest.word(at.since_start().micros());
        self.digest.word((u64::from(entity) << 32) | u64::from(what));
        self.digest.word(value);
        self.len += 1;
        if let Some(entries) = &mut self.entries {
            entries.push(Entry { at, entity, what, value });
        }
    }

    /// The digest of every entry so far.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many entries were recorded, kept or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entries kept; none unless this trace is [`Trace::recording`].
    pub fn entries(&self) -> &[Entry] {
        self.entries.as_deref().unwrap_or_default()
    }
}

/// Where two histories part: the index, and what each has there if it goes that far.
pub type Divergence = (usize, Option<Entry>, Option<Entry>);

/// The first entry in which two recorded traces differ, or `None` when they are the same.
pub fn first_divergence(a: &Trace, b: &Trace) -> Option<Divergence> {
    let (a, b) = (a.entries(), b.entries());
    (0..a.len().max(b.len()))
        .map(|index| (index, a.get(index).copied(), b.get(index).copied()))
        .find(|(_, left, right)| left != right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    fn recorded(values: &[u64]) -> Trace {
        let mut trace = Trace::recording();
        for (second, &value) in (0..).zip(values) {
            trace.record(Instant::ZERO + Span::from_secs(second), 1, 2, value);
        }
        trace
    }

    #[test]
    fn the_same_history_has_the_same_digest_kept_or_not() {
        let kept = recorded(&[3, 5]);
        let mut counted = Trace::new();
        for entry in kept.entries() {
            counted.record(entry.at, entry.entity, entry.what, entry.value);
        }
        assert_eq!(counted.digest(), kept.digest());
        assert_eq!((counted.len(), counted.entries().len()), (2, 0));
        assert!(Trace::new().is_empty());
        assert_eq!(kept.digest().to_string(), "efb3ec4c8f13a65d");
    }

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_divergence(&recorded(&[1, 2, 3]), &recorded(&[1, 2, 3])), None);
        let (index, left, right) =
            first_divergence(&recorded(&[1, 2, 3]), &recorded(&[1, 9, 3])).expect("they differ");
        assert_eq!((index, left.map(|e| e.value), right.map(|e| e.value)), (1, Some(2), Some(9)));
    }

    #[test]
    fn a_longer_history_diverges_where_the_shorter_ends() {
        let (index, left, right) =
            first_divergence(&recorded(&[1]), &recorded(&[1, 4])).expect("one is longer");
        assert_eq!((index, left, right.map(|e| e.value)), (1, None, Some(4)));
    }
}
