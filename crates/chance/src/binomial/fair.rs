//! Fair coins: the distribution function of up to 64 of them, in integers.

/// The most coins in the table.
pub(super) const LARGEST: u64 = 64;

const ROWS: usize = LARGEST as usize + 1;
const CELLS: usize = ROWS * (ROWS + 1) / 2;

/// `P(X <= k)` of `n` fair coins at `n (n+1) / 2 + k`: whole numbers over `2^n`, rounded
/// down. Down, so that comparing with any `f64` has the outcome of comparing the exact value.
static TABLE: [f64; CELLS] = table();

#[allow(clippy::large_stack_arrays, reason = "evaluated when compiling")]
const fn table() -> [f64; CELLS] {
    let mut table = [0.0; CELLS];
    let mut n = 0;
    while n < ROWS {
        fill(&mut table, n);
        n += 1;
    }
    table
}

const fn fill(table: &mut [f64; CELLS], n: usize) {
    let (mut ways, mut sum, mut k) = (1_u128, 0_u128, 0);
    while k <= n {
        sum += ways;
        table[n * (n + 1) / 2 + k] = round_down(sum) / (1_u128 << n) as f64;
        ways = ways * (n - k) as u128 / (k + 1) as u128;
        k += 1;
    }
}

const fn round_down(whole: u128) -> f64 {
    let bits = u128::BITS - whole.leading_zeros();
    let excess = bits.saturating_sub(f64::MANTISSA_DIGITS);
    (whole >> excess << excess) as f64
}

/// The smallest `k` with `P(X <= k) >= u`: a search without branches on the data.
#[inline]
pub(super) fn quantile(n: u64, u: f64) -> u64 {
    let n = n as usize;
    let start = n * (n + 1) / 2;
    let row = &TABLE[start..=start + n];
    let (mut base, mut size) = (0, row.len());
    while size > 1 {
        let half = size / 2;
        // The last cell is 1 and is never compared: it is the answer when nothing else is.
        // A product and not a choice: nothing here may be compiled to a branch.
        base += half * usize::from(row[base + half - 1] < u);
        size -= half;
    }
    base as u64
}
