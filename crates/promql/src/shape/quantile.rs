//! A quantile of nested buckets, from the largest down to the one that the rank lies in.

use super::{Asked, Le, Unknown, Window, Windows};
use crate::eval::{Bucket, quantile, repair};

impl<W: Windows> Asked<'_, W> {
    /// The quantile; nothing when no bucket has a value.
    ///
    /// From the last bucket on each one is looked at until one lies below the rank. Those below it
    /// count less, and so they neither hold the rank nor lift a bucket above them, unless zero
    /// limited what is extrapolated of the one where the search ends: then all are looked at.
    pub(super) fn quantile(
        &mut self,
        q: f64,
        window: Window,
        les: &[Le],
    ) -> Result<Option<f64>, Unknown> {
        let whole = les.last().is_some_and(|last| last.bound == f64::INFINITY);
        if whole
            && self.windows.are_nested()
            && (0.0..=1.0).contains(&q)
            && let Some(found) = self.descend(q, window, les)?
        {
            return Ok(Some(found));
        }
        self.buckets.clear();
        for le in les {
            if let Some((count, _)) = self.sum(window, &le.series)? {
                self.buckets.push(Bucket { bound: le.bound, count });
            }
        }
        if self.buckets.is_empty() {
            return Ok(None);
        }
        repair(self.buckets);
        Ok(Some(quantile(q, self.buckets)))
    }

    fn descend(&mut self, q: f64, window: Window, les: &[Le]) -> Result<Option<f64>, Unknown> {
        self.buckets.clear();
        let mut rank = f64::NAN;
        for (place, le) in les.iter().enumerate().rev() {
            let Some((count, is_limited)) = self.sum(window, &le.series)? else { return Ok(None) };
            if self.buckets.is_empty() {
                rank = q * count;
            }
            self.buckets.push(Bucket { bound: le.bound, count });
            // Its lower neighbour is known as well, and none below can matter.
            if count < rank && place > 0 {
                if is_limited || self.buckets.len() < 2 {
                    return Ok(None);
                }
                break;
            }
        }
        self.buckets.reverse();
        if self.buckets.windows(2).any(|pair| pair[1].count < pair[0].count) {
            return Ok(None);
        }
        repair(self.buckets);
        Ok(Some(quantile(q, self.buckets)))
    }
}
