//! A fingerprint of a sequence of integers that never changes meaning.

use std::fmt;

/// An odd multiplier with well-spread bits: 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A rolling 64-bit fingerprint of words and bytes, the same for ever on every machine.
///
/// Each word `w` moves the state `h` by three reversible steps: `h ^= w; h *= 2^64/phi;
/// h ^= h >> 32`. Two sequences of equal length that differ in one word therefore never collide
/// in the state; others collide by chance, once in 2^64. Printing applies the finaliser of
/// `SplitMix64` (Steele, Lea and Flood 2014) and writes 16 hex digits. Not for secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    state: u64,
}

impl Digest {
    /// The digest of nothing.
    pub const fn new() -> Self {
        Self { state: GOLDEN }
    }

    /// Adds one word.
    pub const fn word(&mut self, word: u64) {
        let mixed = (self.state ^ word).wrapping_mul(GOLDEN);
        self.state = mixed ^ (mixed >> 32);
    }

    /// Adds bytes as little-endian words, the last one filled with zeros, then their count, so
    /// that `"ab", "c"` and `"a", "bc"` differ.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    /// The fingerprint of everything added so far.
    pub const fn value(self) -> u64 {
        let h = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let h = (h ^ (h >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        h ^ (h >> 31)
    }

    /// The digest of some bytes alone.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut digest = Self::new();
        digest.bytes(bytes);
        digest
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Digest {
    /// Writes the value as 16 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_words(words: &[u64]) -> Digest {
        let mut digest = Digest::new();
        for &word in words {
            digest.word(word);
        }
        digest
    }

    /// These numbers are a promise: changing them changes every digest ever printed.
    #[test]
    fn digests_mean_the_same_for_ever() {
        assert_eq!(Digest::new().to_string(), "e220a8397b1dcdaf");
        assert_eq!(of_words(&[0]).to_string(), "ff1c4c3bfba59cf8");
        assert_eq!(of_words(&[1, 2, 3]).to_string(), "f85c1840eb6a5a12");
        assert_eq!(Digest::of_bytes(b"").to_string(), "ff1c4c3bfba59cf8");
        assert_eq!(Digest::of_bytes(b"canary in a coal mine").to_string(), "cbb5331334dfa1f0");
    }

    #[test]
    fn order_and_boundaries_count() {
        assert_ne!(of_words(&[1, 2]), of_words(&[2, 1]));
        assert_ne!(of_words(&[0]), of_words(&[0, 0]));
        let (mut left, mut right) = (Digest::of_bytes(b"ab"), Digest::of_bytes(b"a"));
        left.bytes(b"c");
        right.bytes(b"bc");
        assert_ne!(left, right);
        assert_ne!(Digest::of_bytes(b"a"), Digest::of_bytes(b"a\0"));
    }

    #[test]
    fn every_bit_of_a_word_reaches_half_of_the_value() {
        let base = of_words(&[7, 11]).value();
        let flipped: u32 =
            (0..64).map(|bit| (of_words(&[7 ^ (1 << bit), 11]).value() ^ base).count_ones()).sum();
        assert!((1900..2200).contains(&flipped), "{flipped} of 4096 bits");
    }
}
