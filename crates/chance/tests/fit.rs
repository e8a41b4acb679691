//! Draws against probabilities, and against the draws of another library. All seeds are fixed, so
//! that nothing here fails by chance: the levels say how surprising the fixed draws may be.

use chance::{Keyed, binomial, hypergeometric, math, multinomial, poisson};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::Distribution;

const DRAWS: u32 = 100_000;
/// Every test is of this level.
const ALPHA: f64 = 1e-4;

/// The chi-square of `counts` against `expected`, whose cells below 8 are joined to the next.
fn chi_square(counts: &[u64], expected: &[f64]) -> (f64, f64) {
    let (mut statistic, mut cells, mut count, mut mass) = (0.0, 0.0_f64, 0.0, 0.0);
    for (&seen, &due) in counts.iter().zip(expected) {
        count += seen as f64;
        mass += due;
        if mass >= 8.0 {
            statistic += (count - mass) * (count - mass) / mass;
            cells += 1.0;
            (count, mass) = (0.0, 0.0);
        }
    }
    (statistic, cells - 1.0)
}

fn fits(what: &str, draw: impl Fn(f64) -> u64, pmf: impl Fn(u64) -> f64) {
    let keyed = Keyed::new(2024, 7);
    let (low, high) = (draw(1e-9), draw(1.0 - 1e-9));
    let mut counts = vec![0; (high - low + 1) as usize];
    for i in 0..DRAWS {
        let k = draw(keyed.uniform(i, 3, 5));
        counts[(k.clamp(low, high) - low) as usize] += 1;
    }
    let expected: Vec<f64> = (low..=high).map(|k| pmf(k) * f64::from(DRAWS)).collect();
    let (statistic, freedom) = chi_square(&counts, &expected);
    let p = 1.0 - chance::law::gamma::cdf(freedom / 2.0, statistic / 2.0);
    assert!(p > ALPHA, "{what}: chi-square {statistic} of {freedom} degrees, p = {p}");
}

#[test]
fn discrete_draws_fit_their_probabilities() {
    for lambda in [0.3, 6.0, 9.99, 10.0, 30.0, 6000.0] {
        let what = format!("Poisson {lambda}");
        fits(&what, |u| poisson::quantile(lambda, u), |k| poisson::pmf(lambda, k));
    }
    for (n, p) in [(8, 0.5), (50, 0.5), (65, 0.5), (300, 0.03), (1000, 0.3), (500, 0.99)] {
        let what = format!("binomial {n} {p}");
        fits(&what, |u| binomial::quantile(n, p, u), |k| binomial::pmf(n, p, k));
    }
    for (total, marked, drawn) in [(50, 20, 10), (1000, 5, 300), (1000, 500, 700), (60, 50, 40)] {
        let what = format!("hypergeometric {total} {marked} {drawn}");
        fits(
            &what,
            |u| hypergeometric::quantile(total, marked, drawn, u),
            |k| hypergeometric::pmf(total, marked, drawn, k),
        );
    }
}

#[test]
fn multinomial_cells_are_binomial() {
    let keyed = Keyed::new(77, 0);
    let (n, weights) = (40, [1.0, 3.0, 2.0, 4.0]);
    for cell in 0..4 {
        let mut counts = vec![0; n as usize + 1];
        for i in 0..DRAWS {
            let (mut cells, mut node) = ([0; 4], 0);
            multinomial::split(n, &weights, &mut cells, || {
                node += 1;
                keyed.uniform(i, node, 2)
            });
            counts[cells[cell] as usize] += 1;
        }
        let share = weights[cell] / 10.0;
        let expected: Vec<f64> =
            (0..=n).map(|k| binomial::pmf(n, share, k) * f64::from(DRAWS)).collect();
        let (statistic, freedom) = chi_square(&counts, &expected);
        let p = 1.0 - chance::law::gamma::cdf(freedom / 2.0, statistic / 2.0);
        assert!(p > ALPHA, "cell {cell}: {statistic} of {freedom}, p = {p}");
    }
}

/// The largest distance between the distribution function and that of the draws of `theirs`.
///
/// Kolmogorov and Smirnov; its level is conservative where the law is discrete.
fn follows(what: &str, theirs: impl Distribution<f64>, cdf: impl Fn(f64) -> f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(99);
    let mut values: Vec<f64> = (0..DRAWS).map(|_| theirs.sample(&mut rng)).collect();
    values.sort_by(f64::total_cmp);
    let n = f64::from(DRAWS);
    let (mut distance, mut i) = (0.0_f64, 0);
    while i < values.len() {
        let x = values[i];
        let next = i + values[i..].partition_point(|&v| v <= x);
        distance = distance.max((cdf(x) - next as f64 / n).abs());
        i = next;
    }
    let limit = (math::ln(2.0 / ALPHA) / (2.0 * n)).sqrt();
    assert!(distance < limit, "{what}: {distance} is not below {limit}");
}

#[test]
fn draws_of_another_library_follow_our_distribution_functions() {
    for lambda in [0.3, 30.0, 1e5] {
        let theirs = rand_distr::Poisson::new(lambda).unwrap();
        follows("Poisson", theirs, |x| poisson::cdf(lambda, x as u64));
    }
    for (n, p) in [(50, 0.5), (300, 0.001), (1_000_000, 0.3)] {
        let theirs = rand_distr::Binomial::new(n, p).unwrap().map(|k| k as f64);
        follows("binomial", theirs, |x| binomial::cdf(n, p, x as u64));
    }
    let theirs = rand_distr::Hypergeometric::new(1000, 300, 200).unwrap().map(|k| k as f64);
    follows("hypergeometric", theirs, |x| hypergeometric::cdf(1000, 300, 200, x as u64));
    let theirs = rand_distr::Gamma::new(3.3, 1.0).unwrap();
    follows("gamma", theirs, |x| chance::law::gamma::cdf(3.3, x));
    let theirs = rand_distr::Beta::new(3.3, 0.8).unwrap();
    follows("beta", theirs, |x| chance::law::beta::cdf(3.3, 0.8, x));
    follows("normal", rand_distr::StandardNormal, math::normal_cdf);
}
