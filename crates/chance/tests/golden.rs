//! Values that must never change: every recorded result depends on them.

use chance::law::{Beta, Gamma, Lognormal, beta, gamma, order_statistic};
use chance::world::{Stream, world_stream};
use chance::{Continuous, Keyed, binomial, guide::Guide, hypergeometric, math, poisson};

/// Levels in the middle, off it, and in both tails.
const LEVELS: [f64; 6] = [1e-5, 0.1234, 0.5, 0.789, 0.9999, 1.0 - 1e-10];

fn counts(quantile: impl Fn(f64) -> u64) -> [u64; 6] {
    LEVELS.map(quantile)
}

fn bits(quantile: impl Fn(f64) -> f64) -> [u64; 6] {
    LEVELS.map(|u| quantile(u).to_bits())
}

#[test]
fn counts_are_stable() {
    let seen = [
        counts(|u| poisson::quantile(0.3, u)),
        counts(|u| poisson::quantile(6.0, u)),
        counts(|u| poisson::quantile(30.0, u)),
        counts(|u| poisson::quantile(1e6, u)),
        counts(|u| poisson::quantile(1e13, u)),
        counts(|u| binomial::quantile(50, 0.5, u)),
        counts(|u| binomial::quantile(1000, 0.5, u)),
        counts(|u| binomial::quantile(6000, 0.001, u)),
        counts(|u| binomial::quantile(6000, 0.995, u)),
        counts(|u| binomial::quantile(1_000_000_000_000, 0.01, u)),
        counts(|u| hypergeometric::quantile(1000, 5, 300, u)),
        counts(|u| hypergeometric::quantile(1000, 500, 700, u)),
        counts(|u| hypergeometric::quantile(1_000_000_000, 3_000_000, 500_000_000, u)),
        counts(|u| Guide::poisson(300.0).quantile(u)),
    ];
    assert_eq!(seen, COUNTS, "now:\n{}", table(&seen));
}

#[test]
fn reals_are_stable_to_the_bit() {
    let lognormal = Lognormal::from_median_p95(10.0, 30.0).unwrap();
    let seen = [
        bits(math::normal_quantile),
        bits(|u| math::normal_cdf(8.0 * u - 4.0)),
        bits(math::ln),
        bits(math::exp),
        bits(|u| math::lgamma(10.0 * u)),
        bits(|u| math::ln_factorial((1e4 * u) as u64)),
        bits(|u| gamma::quantile(3.3, u)),
        bits(|u| Gamma::new(4e5, 2.0).unwrap().quantile(u)),
        bits(|u| beta::quantile(3.3, 8.0, u)),
        bits(|u| Beta::new(2e4, 3e4).unwrap().quantile(u)),
        bits(|u| order_statistic::quantile(95, 100, u)),
        bits(|u| lognormal.quantile(u)),
        bits(|u| poisson::cdf(1e6, 999_000 + (2000.0 * u) as u64)),
        bits(|u| binomial::cdf(1_000_000, 0.3, 299_000 + (2000.0 * u) as u64)),
    ];
    assert_eq!(seen, REALS, "now:\n{}", table(&seen));
}

#[test]
fn streams_are_stable() {
    let keyed = Keyed::new(0x0123_4567_89ab_cdef, 42);
    let mut stream = Stream::new(world_stream(0x0123_4567_89ab_cdef, 42));
    let seen = [
        keyed.uniform(0, 0, 0).to_bits(),
        keyed.uniform(1, 2, 3).to_bits(),
        keyed.normal(1, 2, 3).to_bits(),
        keyed.uniforms(1, 2, 3)[1].to_bits(),
        stream.uniform().to_bits(),
        stream.normal().to_bits(),
    ];
    assert_eq!(seen, STREAMS, "now:\n{}", table(&[seen]));
}

/// What to paste below, when a change is meant.
fn table(rows: &[[u64; 6]]) -> String {
    rows.iter().fold(String::new(), |text, row| text + &format!("{row:?},\n"))
}

const COUNTS: [[u64; 6]; 14] = [
    [0, 0, 0, 1, 4, 8],
    [0, 3, 6, 8, 17, 27],
    [10, 24, 30, 34, 52, 71],
    [995738, 998842, 1000000, 1000803, 1003721, 1006368],
    [9999986513234, 9999996337586, 10000000000000, 10000002539171, 10000011760565, 10000020116333],
    [10, 21, 25, 28, 38, 46],
    [433, 482, 500, 513, 559, 600],
    [0, 3, 6, 8, 17, 27],
    [5944, 5964, 5970, 5974, 5988, 5997],
    [9999575652, 9999884765, 10000000000, 10000079893, 10000370040, 10000632952],
    [0, 0, 1, 2, 5, 5],
    [319, 342, 350, 356, 377, 396],
    [1496312, 1498999, 1500000, 1500694, 1503216, 1505501],
    [229, 280, 300, 314, 367, 417],
];

const REALS: [[u64; 6]; 14] = [
    [
        0xc0110f3f8843a3d8,
        0xbff287cf904f316a,
        0x0000000000000000,
        0x3fe9b1d162cd012c,
        0x400dc08bb712897c,
        0x40197203589fd4f5,
    ],
    [
        0x3f009c478302f988,
        0x3f5534776444869b,
        0x3fe0000000000000,
        0x3fefaae5051aefd7,
        0x3fefffbd5b0f4fa7,
        0x3fefffbd94a1a710,
    ],
    [
        0xc027069e2aa2aa5b,
        0xc000bd147400b759,
        0xbfe62e42fefa39ef,
        0xbfce55a7785aab98,
        0xbf1a3738d2cf1cc2,
        0xbddb7ce00005e728,
    ],
    [
        0x3ff0000a7c5e340e,
        0x3ff219f4af4c99ab,
        0x3ffa61298e1e069c,
        0x40019c0bab2bdc4d,
        0x4005be7c08be145b,
        0x4005bf0a8b0b0063,
    ],
    [
        0x40226baa2b2b7f62,
        0xbfb82fbca72b3240,
        0x40096ca77c922cf9,
        0x40209bc6afbe87b0,
        0x40299961ff24365c,
        0x40299a892194a028,
    ],
    [
        0x0000000000000000,
        0x40bd821c29a587bd,
        0x40e25ae4979fed8d,
        0x40eeb864beb5b248,
        0x40f40b3b7add8cb0,
        0x40f40b3b7add8cb0,
    ],
    [
        0x3faeb44d148fe17b,
        0x3ff6914caac1587d,
        0x4007c95cee321bce,
        0x401243295655c34a,
        0x402d1416cc394bd6,
        0x403deefdb9b4694c,
    ],
    [
        0x41283ff17edcc2db,
        0x41285e8e8674be29,
        0x412869feaaaaae00,
        0x412871eedcac904a,
        0x41288ed190117594,
        0x4128a911b8726472,
    ],
    [
        0x3f7ae458f0b057fc,
        0x3fc265c0db974ea7,
        0x3fd1e1fd52750eac,
        0x3fd9576820d2ed41,
        0x3fe9b0fdc9cdb859,
        0x3feeede2566dd29d,
    ],
    [
        0x3fd900e5dc0abfbd,
        0x3fd97008ed8aa454,
        0x3fd9999401eedd4f,
        0x3fd9b66a3223ecad,
        0x3fda1f5e3081523a,
        0x3fda7ec2ecc5faa7,
    ],
    [
        0x3fe9644d3d249602,
        0x3fed36e614bec5ed,
        0x3fee310db3976cf1,
        0x3feeb8a504d61109,
        0x3fefc43d4d91f9e8,
        0x3feffa87f668ae1a,
    ],
    [
        0x3fe2897181c824ba,
        0x4012747bea8abed1,
        0x4024000000000001,
        0x403118c2b8254a9a,
        0x405df8c391e6472f,
        0x4085e1af065d8425,
    ],
    [
        0x3fc452c823891eca,
        0x3fcce057af7f7810,
        0x3fe0022dc2fc56b4,
        0x3fe6fe8f27f06548,
        0x3feaeb4e226d76a5,
        0x3feaeb4e226d76a5,
    ],
    [
        0x3f8dd5f148e27d84,
        0x3fa99e1c364d57bf,
        0x3fe0040a90a8408e,
        0x3fecb0c9413ebdc3,
        0x3fef885376835a7b,
        0x3fef885376835a7b,
    ],
];

const STREAMS: [u64; 6] = [
    0x3fe59332920db03b,
    0x3fe61bd617bc7d7f,
    0x3fdfe5bddad376ce,
    0x3fcc503361665844,
    0x3fe675fdd9b61887,
    0x3ff5865375b8fb05,
];
