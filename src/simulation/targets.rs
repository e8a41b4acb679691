//! Which versions a scrape finds: the scrapes at which a version had pods.

use clockwork::{Instant, Span};
use promql::Unknown;

use super::state::VERSIONS;

/// Scrapes of each version, as ranges: a version may go and come back.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    lives: [Vec<Life>; VERSIONS],
    tick: Span,
}

/// The scrapes `from..to` that found a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    /// The first of them.
    pub(super) from: u32,
    /// The first that found it gone.
    pub(super) to: u32,
}

impl Targets {
    /// Nothing yet, scraped every `tick`.
    pub(super) fn new(tick: Span) -> Self {
        Self { lives: [Vec::with_capacity(8), Vec::with_capacity(8)], tick }
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.lives.iter_mut().for_each(Vec::clear);
    }

    /// So many pods of each version exist from `now` on. A scrape at that instant sees them.
    pub(super) fn see(&mut self, now: Instant, pods: [u32; VERSIONS]) {
        for v in 0..VERSIONS {
            let (alive, pods) = (self.is_alive(v), pods[v]);
            if alive == (pods > 0) {
                continue;
            }
            let scrape = self.first_from(now);
            let lives = &mut self.lives[v];
            if pods > 0 {
                lives.push(Life { from: scrape, to: u32::MAX });
            } else if let Some(life) = lives.last_mut() {
                life.to = scrape;
                if life.from == life.to {
                    lives.pop();
                }
            }
        }
    }

    fn is_alive(&self, version: usize) -> bool {
        self.lives[version].last().is_some_and(|life| life.to == u32::MAX)
    }

    /// The life that a scrape of a version found.
    pub(super) fn found(&self, version: usize, scrape: u32) -> Option<Life> {
        let mut lives = self.lives[version].iter().rev();
        lives.find(|life| (life.from..life.to).contains(&scrape)).copied()
    }

    /// The one life that the scrapes `first..=last` found; several are told apart by nobody here.
    pub(super) fn only(
        &self,
        version: usize,
        first: u32,
        last: u32,
    ) -> Result<Option<Life>, Unknown> {
        let mut lives = self.lives[version].iter().filter(|life| life.from <= last);
        let mut lives = lives.by_ref().filter(|life| life.to > first);
        match (lives.next(), lives.next()) {
            (life, None) => Ok(life.copied()),
            _ => Err(Unknown),
        }
    }

    /// The first scrape at `now` or later.
    pub(super) fn first_from(&self, now: Instant) -> u32 {
        u32::try_from(now.since_start().div_ceil(self.tick)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_from_the_scrape_at_its_first_pod_to_before_the_one_at_its_end() {
        let mut targets = Targets::new(Span::from_secs(15));
        let at = |seconds| Instant::ZERO + Span::from_secs(seconds);
        targets.see(at(0), [3, 0]);
        targets.see(at(30), [3, 1]);
        targets.see(at(40), [3, 2]);
        targets.see(at(46), [3, 0]);
        targets.see(at(50), [3, 1]);
        targets.see(at(59), [3, 0]);
        assert_eq!(targets.found(0, 0), Some(Life { from: 0, to: u32::MAX }));
        let found: Vec<_> = (0..6).map(|scrape| targets.found(1, scrape).is_some()).collect();
        assert_eq!(found, [false, false, true, true, false, false]);
    }
}
