//! The sequential stream of a world, for what is drawn once and in a fixed order.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::law::{Continuous, gamma, order_statistic};
use crate::philox::open_unit;
use crate::{binomial, hypergeometric, math, multinomial, poisson};

/// Fills the key behind the seed: a stream of this crate shares its key with no other use.
const DOMAIN: [u8; 24] = *b"coalmine/world/stream/v1";

/// The random bits of replication `replication` of `seed`.
///
/// `ChaCha8` (D. J. Bernstein, 2008) with the seed, little endian, and a constant tag as its key
/// and the replication as its stream: replications never overlap.
#[inline]
pub fn world_stream(seed: u64, replication: u64) -> impl Rng + Clone + use<> {
    let mut key = [0; 32];
    let (head, tail) = key.split_at_mut(8);
    head.copy_from_slice(&seed.to_le_bytes());
    tail.copy_from_slice(&DOMAIN);
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(replication);
    rng
}

/// Draws from a source of random bits: one uniform each, by inversion.
#[derive(Clone, Debug)]
pub struct Stream<R>(R);

impl<R: Rng> Stream<R> {
    /// Draws from `rng`.
    pub fn new(rng: R) -> Self {
        Self(rng)
    }

    /// A uniform strictly inside (0, 1) ([`open_unit`]).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        open_unit(self.0.next_u64())
    }

    /// A standard normal.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        math::normal_quantile(self.uniform())
    }

    /// A Poisson count of mean `lambda`.
    #[inline]
    pub fn poisson(&mut self, lambda: f64) -> u64 {
        poisson::quantile(lambda, self.uniform())
    }

    /// The successes among `n` trials of chance `p`.
    #[inline]
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        binomial::quantile(n, p, self.uniform())
    }

    /// The marked among `drawn` of `total` when `marked` are.
    #[inline]
    pub fn hypergeometric(&mut self, total: u64, marked: u64, drawn: u64) -> u64 {
        hypergeometric::quantile(total, marked, drawn, self.uniform())
    }

    /// Spreads `n` over `counts` in proportion to `weights`, one uniform a cell but the last
    /// ([`multinomial::split`]).
    pub fn multinomial(&mut self, n: u64, weights: &[f64], counts: &mut [u64]) {
        multinomial::split(n, weights, counts, || open_unit(self.0.next_u64()));
    }

    /// A gamma variable of the given shape and scale 1.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        gamma::quantile(shape, self.uniform())
    }

    /// The `k`-th smallest of `n` uniforms ([`order_statistic::quantile`]).
    pub fn order_statistic(&mut self, k: u64, n: u64) -> f64 {
        order_statistic::quantile(k, n, self.uniform())
    }

    /// A value of `law`.
    #[inline]
    pub fn draw(&mut self, law: &impl Continuous) -> f64 {
        law.quantile(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changing any of these changes every world: raise the domain's version if it is meant.
    #[test]
    fn first_bits_are_stable() {
        let first = |seed, replication| world_stream(seed, replication).next_u64();
        let seen = [first(0, 0), first(1, 0), first(1, 1), first(u64::MAX, u64::MAX)];
        let golden = [
            0xbebc_8d5b_bc39_a47e,
            0x695b_f93b_8f6b_c3b1,
            0x5615_62bc_e003_85af,
            0xd627_ebee_5cf3_d8f4,
        ];
        assert_eq!(seen, golden, "{seen:#x?}");
    }

    #[test]
    fn every_sampler_takes_one_uniform() {
        let mut stream = Stream::new(world_stream(11, 5));
        let mut other = stream.clone();
        let (u, v) = (other.uniform(), other.uniform());
        assert_eq!(stream.poisson(8.5), poisson::quantile(8.5, u));
        assert_eq!(stream.binomial(300, 0.2), binomial::quantile(300, 0.2, v));
        let (u, v) = (other.uniform(), other.uniform());
        assert_eq!(stream.hypergeometric(90, 30, 20), hypergeometric::quantile(90, 30, 20, u));
        assert_eq!(stream.normal().to_bits(), math::normal_quantile(v).to_bits());
        let mut counts = [0; 3];
        stream.multinomial(1000, &[1.0, 2.0, 3.0], &mut counts);
        assert_eq!(counts.iter().sum::<u64>(), 1000);
    }
}
