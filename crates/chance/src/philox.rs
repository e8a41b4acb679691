//! Counter-based random blocks: a value is a pure function of its key and its place.

use crate::math::normal_quantile;

const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// Philox4x32-10: ten rounds of a keyed bijection on 128-bit counters (J. Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
#[inline]
pub const fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut c0, mut c1, mut c2, mut c3], [mut k0, mut k1]) = (counter, key);
    let mut round = 0;
    while round < ROUNDS {
        let a = MULTIPLIER[0] as u64 * c0 as u64;
        let b = MULTIPLIER[1] as u64 * c2 as u64;
        (c0, c1, c2, c3) =
            ((b >> 32) as u32 ^ c1 ^ k0, b as u32, (a >> 32) as u32 ^ c3 ^ k1, a as u32);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
        round += 1;
    }
    [c0, c1, c2, c3]
}

/// The centre of one of `2^52` equal cells of (0, 1), chosen by the high bits of `word`.
///
/// Cells and not points: neither 0 nor 1 can occur and the grid is symmetric about one half.
/// 52 bits and not 53, as the last half-integers of 53 bits would round up to 1.
#[inline]
pub const fn open_unit(word: u64) -> f64 {
    const CELL: f64 = 1.0 / (1_u64 << 52) as f64;
    ((word >> 12) as f64 + 0.5) * CELL
}

/// The random blocks of one world, addressed by `(stream, node, purpose)`.
///
/// The key is the seed and the counter is the address with the replication, bit for bit: no two
/// addresses share a block, whatever is drawn and in whatever order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    key: [u32; 2],
    replication_low: u32,
    replication_high: u32,
}

impl Keyed {
    /// Replications are below this.
    pub const REPLICATIONS: u64 = 1 << 48;

    /// The blocks of replication `replication` of `seed`.
    ///
    /// # Panics
    /// If `replication` is not below [`Keyed::REPLICATIONS`].
    #[inline]
    pub const fn new(seed: u64, replication: u64) -> Self {
        assert!(replication < Self::REPLICATIONS, "a replication has 48 bits");
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            replication_low: replication as u32,
            replication_high: ((replication >> 32) as u32) << 16,
        }
    }

    /// The block at an address: 128 uniform bits.
    #[inline]
    pub const fn block(&self, stream: u32, node: u32, purpose: u16) -> [u32; 4] {
        let third = purpose as u32 | self.replication_high;
        philox4x32([stream, node, third, self.replication_low], self.key)
    }

    /// The uniform at an address, strictly inside (0, 1) ([`open_unit`]).
    #[inline]
    pub const fn uniform(&self, stream: u32, node: u32, purpose: u16) -> f64 {
        let [a, b, _, _] = self.block(stream, node, purpose);
        open_unit(join(a, b))
    }

    /// Two independent uniforms at an address; the first is [`Keyed::uniform`]'s.
    #[inline]
    pub const fn uniforms(&self, stream: u32, node: u32, purpose: u16) -> [f64; 2] {
        let [a, b, c, d] = self.block(stream, node, purpose);
        [open_unit(join(a, b)), open_unit(join(c, d))]
    }

    /// The standard normal at an address: the normal quantile of [`Keyed::uniform`].
    #[inline]
    pub fn normal(&self, stream: u32, node: u32, purpose: u16) -> f64 {
        normal_quantile(self.uniform(stream, node, purpose))
    }
}

#[inline]
const fn join(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the Random123 distribution (`kat_vectors`).
    #[test]
    fn known_answers() {
        let cases = [
            ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
            (
                [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
                [0xa4093822, 0x299f31d0],
                [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
            ),
        ];
        for (counter, key, block) in cases {
            assert_eq!(philox4x32(counter, key), block);
        }
    }

    #[test]
    fn the_address_is_the_counter() {
        let keyed = Keyed::new(0x299f31d0_a4093822, 0x1319_03707344);
        let expected =
            philox4x32([0x243f6a88, 0x85a308d3, 0x1319_8a2e, 0x03707344], [0xa4093822, 0x299f31d0]);
        assert_eq!(keyed.block(0x243f6a88, 0x85a308d3, 0x8a2e), expected);
        assert_eq!(expected, [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
    }

    #[test]
    fn uniforms_stay_inside() {
        assert!(open_unit(0) > 0.0);
        assert!(open_unit(u64::MAX) < 1.0);
        assert_eq!((1.0 - open_unit(u64::MAX)).to_bits(), open_unit(0).to_bits());
    }

    #[test]
    #[should_panic(expected = "48 bits")]
    fn a_replication_too_large_is_refused() {
        let _ = Keyed::new(1, Keyed::REPLICATIONS);
    }
}
