//! How slow a pod is that wears out, in steps: it is told as one of a few, so that nothing has to
//! be reckoned anew in between.

use chance::math;

use crate::fault::Wear;

/// From step to step the response time of a pod grows by at most this.
const ALIKE: f64 = 1.1;
/// The most steps; where they do not suffice they are larger.
const MOST: usize = 32;
/// So many of them are smaller.
const SMALL: usize = 6;

/// The steps from a fresh pod to one that is used up: each as slow as its middle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// How many times as long a request takes.
    slow: [f64; MOST],
    /// How much of the pod is used up when the next step begins.
    until: [f64; MOST],
    len: usize,
}

impl Levels {
    /// Pods that nothing wears out.
    pub(super) const NONE: Self = Self { slow: [1.0; MOST], until: [f64::INFINITY; MOST], len: 1 };

    /// The steps of pods that wear out like this. The first ones are small: what makes a gate trip
    /// early must not be told too large.
    pub(super) fn of(wear: &Wear) -> Self {
        let most = wear.slowdown(1.0);
        let rest = math::exp(math::ln(most) / (MOST - SMALL) as f64).max(ALIKE);
        let mut levels = Self::NONE;
        let mut begins: f64 = 1.0;
        for level in 0..MOST {
            let ends = begins * (1.02 + (begins - 1.0) / 2.0).min(rest);
            if ends >= most || level + 1 == MOST {
                levels.slow[level] = math::sqrt(begins * most);
                levels.len = level + 1;
                break;
            }
            levels.slow[level] = math::sqrt(begins * ends);
            levels.until[level] = wear.used_when(ends);
            begins = ends;
        }
        levels
    }

    /// How many times as long a request takes at a step.
    pub(super) fn slow(&self, level: usize) -> f64 {
        self.slow[level]
    }

    /// The step of a pod of which so much is used up.
    pub(super) fn at(&self, used: f64) -> usize {
        self.until[..self.len - 1].iter().take_while(|until| **until <= used).count()
    }

    /// The step in force at a tick, and the ticks at whose middles it is: told by when each step
    /// begins, so that neighbours never disagree. The pod is used up at `end` and loses `rate` per
    /// tick, both in ticks.
    pub(super) fn around(&self, tick: u32, end: f64, rate: f64) -> (usize, u32, u32) {
        let begins = |level: usize| -> u32 {
            if level == 0 {
                return 0;
            }
            whole_from(end - (1.0 - self.until[level - 1]) / rate - 0.5)
        };
        let mut level = self.at(1.0 - rate * (end - f64::from(tick) - 0.5));
        while level > 0 && begins(level) > tick {
            level -= 1;
        }
        while level + 1 < self.len && begins(level + 1) <= tick {
            level += 1;
        }
        let to = if level + 1 < self.len { begins(level + 1) } else { u32::MAX };
        (level, begins(level), to)
    }
}

/// The first whole number that is not below `x`; zero below that.
pub(super) fn whole_from(x: f64) -> u32 {
    let below = x as u32;
    below + u32::from(f64::from(below) < x && below < u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::End;

    const LEAK: Wear =
        Wear { per_second: 1e-4, per_request: 0.0, floor: 0.6, drag: 3.0, end: End::Killed };

    #[test]
    fn no_step_is_large_and_each_is_as_slow_as_its_middle() {
        let levels = Levels::of(&LEAK);
        for hundredth in 0..=100 {
            let used = f64::from(hundredth) / 100.0;
            let ratio = LEAK.slowdown(used) / levels.slow(levels.at(used));
            let most = math::sqrt(ALIKE) + 1e-9;
            assert!(ratio < most && ratio > 1.0 / most, "{used}: {ratio}");
        }
    }

    #[test]
    fn the_ticks_of_the_steps_follow_one_another() {
        let levels = Levels::of(&LEAK);
        for (end, rate) in [(100.0, 0.01), (37.3, 0.05), (5.2, 0.4), (1e4, 1e-4)] {
            let mut tick = 0;
            let mut before = None;
            while f64::from(tick) < end {
                let (level, from, to) = levels.around(tick, end, rate);
                assert!(from <= tick && tick < to, "{tick} is not in {from}..{to}");
                assert!(before < Some(level), "each step comes once");
                for other in from..to.min(from + 50) {
                    assert_eq!(levels.around(other, end, rate), (level, from, to));
                }
                before = Some(level);
                tick = to;
            }
        }
    }
}
