//! What an autoscaler remembers: earlier recommendations and earlier changes.

use clockwork::{Instant, Span};

use super::behavior::Behavior;

/// What the metrics asked for at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// So many replicas.
    pub replicas: u32,
    /// When.
    pub at: Instant,
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// By so many replicas.
    pub replicas: u32,
    /// When.
    pub at: Instant,
    /// Whether it was too old to matter when another was added: its place is free.
    pub outdated: bool,
}

/// What an autoscaler remembers between two steps. The controller keeps it in memory: it is empty
/// after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// What the metrics asked for, not what came of it.
    pub recommendations: Vec<Recommendation>,
    /// Replicas that were added.
    pub ups: Vec<Change>,
    /// Replicas that were removed.
    pub downs: Vec<Change>,
    /// What it says of itself.
    pub conditions: super::Conditions,
}

/// The replicas that changed within a period.
pub(super) fn within(changes: &[Change], period: Span, now: Instant) -> i64 {
    let recent = changes.iter().filter(|change| change.at + period > now);
    recent.map(|change| i64::from(change.replicas)).sum()
}

impl Memory {
    /// The first thing it remembers is what there was.
    pub(super) fn begin(&mut self, current: u32, now: Instant) {
        if self.recommendations.is_empty() {
            self.recommendations.push(Recommendation { replicas: current, at: now });
        }
    }

    /// The highest recommendation of the window, this one included, which it remembers.
    pub fn stabilize(&mut self, wanted: u32, window: Span, now: Instant) -> u32 {
        let mut highest = wanted;
        let mut old = None;
        for (place, it) in self.recommendations.iter().enumerate() {
            if it.at + window < now {
                old = Some(place);
            } else {
                highest = highest.max(it.replicas);
            }
        }
        self.remember(old, wanted, now);
        highest
    }

    /// The current replicas, moved as little as the recommendations of both windows allow; it
    /// remembers this one.
    pub fn stabilize_both(
        &mut self,
        (current, wanted): (u32, u32),
        [up, down]: [Span; 2],
        now: Instant,
    ) -> u32 {
        let (mut least, mut most) = (wanted, wanted);
        let mut old = None;
        for (place, it) in self.recommendations.iter().enumerate() {
            if it.at + up > now {
                least = least.min(it.replicas);
            }
            if it.at + down > now {
                most = most.max(it.replicas);
            }
            if it.at + up < now && it.at + down < now {
                old = Some(place);
            }
        }
        self.remember(old, wanted, now);
        current.max(least).min(most)
    }

    /// In the place of an old recommendation where there is one.
    fn remember(&mut self, old: Option<usize>, replicas: u32, now: Instant) {
        let new = Recommendation { replicas, at: now };
        match old {
            Some(place) => self.recommendations[place] = new,
            None => self.recommendations.push(new),
        }
    }

    /// Remembers a change. Without a behavior nobody asks for it.
    pub fn changed(&mut self, behavior: Option<&Behavior>, (from, to): (u32, u32), now: Instant) {
        let Some(behavior) = behavior else { return };
        let (changes, longest) = if to > from {
            (&mut self.ups, behavior.up.longest())
        } else {
            (&mut self.downs, behavior.down.longest())
        };
        for change in changes.iter_mut().filter(|change| change.at + longest < now) {
            change.outdated = true;
        }
        let new = Change { replicas: to.abs_diff(from), at: now, outdated: false };
        match changes.iter().rposition(|change| change.outdated) {
            Some(place) => changes[place] = new,
            None => changes.push(new),
        }
    }
}
