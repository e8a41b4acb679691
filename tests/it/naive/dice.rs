//! Random numbers that share nothing with the keyed draws of the engine.

use chance::{Continuous, Law, math};

/// xoshiro256++ (D. Blackman and S. Vigna, 2019): an ordinary sequential generator.
pub(super) struct Dice([u64; 4]);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self([1, 2, 3, 4].map(|word| mix(mix(seed) ^ word)))
    }

    pub(super) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let bits = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        bits
    }

    /// Strictly between 0 and 1.
    pub(super) fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }

    pub(super) fn happens(&mut self, chance: f64) -> bool {
        self.uniform() < chance
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    /// A standard normal (Box and Muller, 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = math::sqrt(-2.0 * math::ln(self.uniform()));
        radius * math::cos(std::f64::consts::TAU * self.uniform())
    }

    /// The time to the next arrival when there are `rate` in a unit of time.
    pub(super) fn wait(&mut self, rate: f64) -> f64 {
        -math::ln(self.uniform()) / rate
    }

    /// A Poisson count: how many arrivals come before a unit of time is over.
    pub(super) fn arrivals(&mut self, mean: f64) -> u64 {
        let (mut count, mut left) = (0, self.uniform());
        let none = math::exp(-mean);
        while left > none {
            left *= self.uniform();
            count += 1;
        }
        count
    }

    pub(super) fn draw(&mut self, law: &Law) -> f64 {
        law.quantile(self.uniform())
    }
}

/// Where the hash of something lies between 0 and 1.
pub(super) fn hash(salt: u64, number: u64) -> f64 {
    unit(mix(salt ^ mix(number)))
}

fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// The finaliser of `SplitMix64` (G. Steele et al., 2014).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
