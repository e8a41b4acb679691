//! Instant selectors: the newest sample of each series, unless it is too old or the series ended.

use super::window::{Cursor, Moment};
use super::{Column, Context, Slot};
use crate::ast::Selector;
use crate::labels::NAME;
use crate::store::{Samples, SeriesId};
use crate::{Labels, Store};

/// The series that a selector selects, in the order of the store.
pub(crate) fn matching(selector: &Selector, store: &Store) -> Vec<SeriesId> {
    let metric = selector.metric.as_ref().map(|name| name.text.as_str());
    let is_met = |labels: &Labels| {
        metric.is_none_or(|metric| labels.get(NAME) == metric)
            && selector.matchers.iter().all(|it| it.matcher.is_met(labels.get(&it.label.text)))
    };
    store.ids().filter(|&id| is_met(store.labels(id))).collect()
}

pub(crate) fn slots(ids: &[SeriesId], store: &Store) -> Vec<Slot> {
    let slot = |&id| Slot { labels: store.labels(id).clone(), drops_name: false };
    ids.iter().map(slot).collect()
}

#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(crate) ids: Vec<SeriesId>,
    pub(crate) cursors: Vec<Cursor>,
    pub(crate) moment: Moment,
    /// Whether the time of the sample is given in place of its value.
    pub(crate) gives_time: bool,
}

impl Select {
    pub(crate) fn new(ids: Vec<SeriesId>, moment: Moment) -> Self {
        let cursors = vec![Cursor::default(); ids.len()];
        Self { ids, cursors, moment, gives_time: false }
    }

    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) {
        let end = self.moment.of(context);
        let before = context.options.before(end.saturating_sub(context.options.lookback));
        for (slot, (&id, cursor)) in self.ids.iter().zip(&mut self.cursors).enumerate() {
            let samples = context.store.samples(id);
            let newest = cursor.newest(samples, end);
            let newest = newest.filter(|&(at, _)| at > before && !has_ended(samples, at, end));
            let value =
                newest.map(|(at, value)| if self.gives_time { at as f64 / 1000.0 } else { value });
            out.set(slot, value);
        }
    }
}

/// Whether a series ended after the sample at `newest`, and not after `end`.
fn has_ended(samples: &Samples, newest: i64, end: i64) -> bool {
    let ends = samples.ends();
    let last = ends[..ends.partition_point(|&at| at <= end)].last();
    last.is_some_and(|&last| last > newest)
}
