//! A slow random path: an AR(1) process that is constant over a step of ticks.

use chance::{Keyed, math};
use clockwork::Span;

use super::STEP_BITS;

/// The purpose of the draws of a path.
const PATH: u16 = 16;

/// A stationary Gaussian path with a correlation that falls to 1/e after `correlation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wander {
    /// Standard deviation of the path.
    pub sd: f64,
    /// Time after which the correlation is 1/e.
    pub correlation: Span,
}

/// One world's path of a [`Wander`], generated as far as somebody asked.
#[derive(Clone, Debug, Default)]
pub struct Path {
    /// The value of each step, and its exponential.
    values: Vec<[f64; 2]>,
}

impl Path {
    /// Forgets the path of the world before.
    pub fn clear(&mut self) {
        self.values.clear();
    }

    /// The exponential of the value in step `step`, drawn from the stream `stream` of the world.
    pub fn exp_at(
        &mut self,
        wander: &Wander,
        tick: Span,
        keyed: &Keyed,
        stream: u32,
        step: u32,
    ) -> f64 {
        if self.values.len() <= step as usize {
            self.extend(wander, tick, keyed, stream, step);
        }
        self.values[step as usize][1]
    }

    fn extend(&mut self, wander: &Wander, tick: Span, keyed: &Keyed, stream: u32, step: u32) {
        let length = tick.as_secs_f64() * f64::from(1_u32 << STEP_BITS);
        let keep = math::exp(-length / wander.correlation.as_secs_f64());
        let fresh = math::sqrt(1.0 - keep * keep);
        while self.values.len() <= step as usize {
            let normal = keyed.normal(stream, self.values.len() as u32, PATH);
            let next = match self.values.last() {
                Some([last, _]) => keep * last + fresh * wander.sd * normal,
                None => wander.sd * normal,
            };
            self.values.push([next, math::exp(next)]);
        }
    }
}
