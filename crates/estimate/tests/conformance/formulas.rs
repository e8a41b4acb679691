//! Which function answers which formula.

use crate::case::Case;
use chance::math::{exp, ln, ln_1p, normal_cdf, normal_quantile};
use estimate::sequential::{self, Sides, Sprt};
use estimate::two_sample::{self, Sample};
use estimate::{apdex, design, exposure, limits, order, quantiles, rates, thresholds};

/// JSON pointers of expectations and what we compute for them.
type Answers = Vec<(&'static str, Option<f64>)>;

/// Computes the answers of a case.
type Formula = fn(&Case) -> Result<Answers, String>;

/// Functions by how the `kind` of a case begins, or its `formula` when it has none.
const FORMULAS: [(&str, Formula); 27] = [
    ("asymptotic_cs", asymptotic_cs),
    ("msprt_normal", msprt_normal),
    ("sequential_binomial_bf", sequential_binomial),
    ("wald_sprt", wald_sprt),
    ("two_proportion", two_proportion),
    ("beta_posterior", beta_posterior),
    ("two-proportion sample size", sample_size),
    ("k independent looks", false_positives),
    ("Clopper-Pearson", clopper_pearson),
    ("rule of three", rule_of_three),
    ("k=ceil(n p); X_(k)=F^-1(U)", order_statistic),
    ("P(X_(k)>thr)", order_exceeds),
    ("DKW half-width", dkw),
    ("Argo failureLimit", cumulative_failure),
    ("unbounded count", evaluations_to_failure),
    ("E[min(T,N)]", mean_evaluations),
    ("consecutive-breach rule", consecutive_failure),
    ("mean evaluations to first run", evaluations_to_run),
    ("CloudWatch M-of-N", m_of_n),
    ("P(trip)=P(Binom(n,p)/n > t)", trip),
    ("Poisson traffic", trip_poisson),
    ("DP over failure count", staged),
    ("continuous linear ramp", ramp),
    ("rolling update", rolling),
    ("D~Exp(mean mu)", ramp_memoryless),
    ("Apdex_T", apdex_score),
    ("sum(rate(err[W]))", window_crossing),
];

/// The function for a case; a case that names no formula cannot be read.
pub(crate) fn of(case: &Case) -> Result<Option<Formula>, String> {
    let name = case.text("/kind").or(case.text("/formula")).ok_or("neither kind nor formula")?;
    Ok(FORMULAS.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|&(_, formula)| formula))
}

fn asymptotic_cs(case: &Case) -> Result<Answers, String> {
    let (alpha, tuning) = (case.number("/alpha")?, case.number("/tuning")?);
    let (se, n) = (case.number("/se")?, case.count("/n")?);
    let mixing = |sides| Some(sequential::asymptotic_mixing(alpha, tuning, sides));
    let width = |sides| Some(sequential::asymptotic_half_width(se, n, alpha, tuning, sides));
    Ok(vec![
        ("/expected/rho", mixing(Sides::Two)),
        ("/expected/halfwidth", width(Sides::Two)),
        ("/expected/rho_one_sided", mixing(Sides::One)),
        ("/expected/halfwidth_one_sided", width(Sides::One)),
    ])
}

fn msprt_normal(case: &Case) -> Result<Answers, String> {
    let (variance, mixing) = (case.number("/V")?, case.number("/tau2")?);
    let evidence = sequential::normal_mixture(case.number("/d")?, variance, mixing);
    let width = sequential::normal_mixture_half_width(variance, mixing, case.number("/alpha")?);
    Ok(vec![
        ("/expected/Lambda", Some(evidence.factor())),
        ("/expected/p_always_valid", Some(evidence.always_valid_p())),
        ("/expected/halfwidth", Some(width)),
    ])
}

fn sequential_binomial(case: &Case) -> Result<Answers, String> {
    let (x, n) = (case.count("/x")?, case.count("/n")?);
    let evidence = sequential::binomial_mixture(x, n, case.number("/p")?, case.pair("/prior")?);
    Ok(vec![
        ("/expected/log_bf", Some(evidence.log_factor)),
        ("/expected/p_always_valid", Some(evidence.always_valid_p())),
    ])
}

fn wald_sprt(case: &Case) -> Result<Answers, String> {
    let sprt = Sprt {
        p0: case.number("/p0")?,
        p1: case.number("/p1")?,
        alpha: case.number("/alpha")?,
        beta: case.number("/beta")?,
    };
    Ok(vec![
        ("/expected/upper", Some(sprt.upper())),
        ("/expected/lower", Some(sprt.lower())),
        ("/expected/step_err", Some(sprt.step_error())),
        ("/expected/step_ok", Some(sprt.step_success())),
        ("/expected/asn_h1", Some(sprt.mean_requests_bad())),
        ("/expected/asn_h0", Some(sprt.mean_requests_good())),
    ])
}

/// The canary and the baseline of a case.
fn samples(case: &Case) -> Result<(Sample, Sample), String> {
    let canary = Sample { x: case.count("/x_canary")?, n: case.count("/n_canary")? };
    let baseline = Sample { x: case.count("/x_base")?, n: case.count("/n_base")? };
    Ok((canary, baseline))
}

fn two_proportion(case: &Case) -> Result<Answers, String> {
    let (canary, baseline) = samples(case)?;
    Ok(vec![
        ("/expected/z", Some(two_sample::pooled_z(canary, baseline))),
        ("/expected/p_one_sided", Some(two_sample::pooled_p(canary, baseline))),
        ("/expected/fisher_greater", Some(two_sample::fisher_greater(canary, baseline))),
    ])
}

fn beta_posterior(case: &Case) -> Result<Answers, String> {
    let (canary, baseline) = samples(case)?;
    Ok(one(two_sample::posterior_higher(canary, baseline, case.pair("/prior")?)))
}

fn sample_size(case: &Case) -> Result<Answers, String> {
    let (p0, p1) = (case.number("/p0")?, case.number("/p1")?);
    let (alpha, beta) = (case.number("/alpha")?, case.number("/beta")?);
    Ok(one(design::two_proportion_sample_size(p0, p1, alpha, beta)))
}

fn false_positives(case: &Case) -> Result<Answers, String> {
    Ok(one(design::family_false_positive_rate(case.number("/alpha")?, case.count("/k")?)))
}

fn clopper_pearson(case: &Case) -> Result<Answers, String> {
    let (x, n, confidence) = (case.count("/x")?, case.count("/n")?, case.number("/conf")?);
    let interval = rates::clopper_pearson(x, n, confidence);
    Ok(vec![
        ("/expected/lo", Some(interval.low)),
        ("/expected/hi", Some(interval.high)),
        ("/expected/upper_one_sided", Some(rates::rate_at_most(x, n, confidence))),
    ])
}

fn rule_of_three(case: &Case) -> Result<Answers, String> {
    Ok(one(design::clean_trials(case.number("/p_star")?, case.number("/conf")?) as f64))
}

fn order_statistic(case: &Case) -> Result<Answers, String> {
    let (n, p) = (case.count("/n")?, case.number("/p")?);
    let k = quantiles::nearest_rank(n, p);
    let inverse = inverse(case)?;
    let at = |u| Some(inverse(order::order_quantile(k, n, u)));
    Ok(vec![
        ("/k", Some(k as f64)),
        ("/true_quantile", Some(inverse(p))),
        ("/expected/mean", Some(order::order_mean(k, n, &inverse))),
        ("/expected/q05", at(0.05)),
        ("/expected/median", at(0.5)),
        ("/expected/q95", at(0.95)),
    ])
}

fn order_exceeds(case: &Case) -> Result<Answers, String> {
    let n = case.count("/n")?;
    let k = quantiles::nearest_rank(n, case.number("/p")?);
    Ok(one(order::order_exceeds(k, n, case.number("/eps")?)))
}

fn dkw(case: &Case) -> Result<Answers, String> {
    Ok(one(design::dkw_half_width(case.count("/n")?, case.number("/alpha")?)))
}

fn cumulative_failure(case: &Case) -> Result<Answers, String> {
    let (count, limit) = (case.count("/count")?, case.count("/failureLimit")?);
    Ok(one(limits::cumulative_failure(case.number("/q")?, count, limit)))
}

fn evaluations_to_failure(case: &Case) -> Result<Answers, String> {
    let waiting = limits::evaluations_to_failure(case.number("/q")?, case.count("/failureLimit")?);
    Ok(vec![
        ("/expected_mean_evals", Some(waiting.mean)),
        ("/expected_var", Some(waiting.variance)),
    ])
}

fn mean_evaluations(case: &Case) -> Result<Answers, String> {
    let (count, limit) = (case.count("/count")?, case.count("/failureLimit")?);
    let mean = limits::mean_evaluations(case.number("/q")?, count, limit);
    Ok(vec![("/expected_mean_evals", Some(mean))])
}

fn consecutive_failure(case: &Case) -> Result<Answers, String> {
    let (run, count) = (case.count("/r")? as usize, case.count("/n")?);
    Ok(one(limits::consecutive_failure(case.number("/q")?, run, count)))
}

fn evaluations_to_run(case: &Case) -> Result<Answers, String> {
    let mean = limits::evaluations_to_run(case.number("/q")?, case.count("/r")? as u32);
    Ok(vec![("/expected_mean_evals", Some(mean))])
}

fn m_of_n(case: &Case) -> Result<Answers, String> {
    let (m, n) = (case.count("/m")? as u32, case.count("/n")? as u32);
    Ok(one(limits::m_of_n_failure(case.number("/q")?, m, n, case.count("/periods")?)))
}

fn trip(case: &Case) -> Result<Answers, String> {
    let (p, threshold) = (case.number("/p")?, case.number("/threshold")?);
    Ok(one(thresholds::trip_probability(case.count("/n")?, p, threshold)))
}

fn trip_poisson(case: &Case) -> Result<Answers, String> {
    let (p, threshold) = (case.number("/p")?, case.number("/threshold")?);
    Ok(one(thresholds::trip_probability_poisson(case.number("/lam")?, p, threshold)))
}

fn staged(case: &Case) -> Result<Answers, String> {
    let stage = |i| {
        let share = case.number(&format!("/weights/{i}"))?;
        let evaluations = case.count(&format!("/evals_per_stage/{i}"))?;
        Ok(exposure::Stage { share, evaluations })
    };
    let stages = (0..case.len("/weights")?).map(stage).collect::<Result<Vec<_>, String>>()?;
    let exposure = exposure::Staged {
        stages: &stages,
        rps: case.number("/rps")?,
        interval: case.number("/interval_s")?,
        error_ratio: case.number("/p_err_canary")?,
        threshold: case.number("/threshold")?,
        failure_limit: case.count("/failureLimit")? as usize,
    }
    .exposure();
    Ok(vec![
        ("/expected/det", Some(exposure.detection)),
        ("/expected/exposed", Some(exposure.requests)),
        ("/expected/errors", Some(exposure.errors)),
        ("/expected/time_s", Some(exposure.seconds)),
    ])
}

fn ramp(case: &Case) -> Result<Answers, String> {
    let (ramp, detected) = (case.number("/ramp_s")?, case.number("/detect_s")?);
    let exposed = exposure::ramp_exposure(case.number("/rps")?, ramp, detected);
    Ok(vec![
        ("/expected/exposed", Some(exposed)),
        ("/expected/peak_share", Some(exposure::ramp_peak(ramp, detected))),
    ])
}

fn rolling(case: &Case) -> Result<Answers, String> {
    let (pods, batch) = (case.count("/pods")?, case.count("/batch")?);
    let (step, detected) = (case.number("/step_s")?, case.number("/detect_s")?);
    let exposed = exposure::rolling_exposure(case.number("/rps")?, pods, batch, step, detected);
    Ok(vec![("/expected/exposed", Some(exposed))])
}

fn ramp_memoryless(case: &Case) -> Result<Answers, String> {
    let (ramp, mean) = (case.number("/ramp_s")?, case.number("/mean_detect_s")?);
    let exposed = exposure::ramp_exposure_memoryless(case.number("/rps")?, ramp, mean);
    Ok(vec![("/expected/exposed", Some(exposed))])
}

fn apdex_score(case: &Case) -> Result<Answers, String> {
    let (target, n, within) = (case.number("/T")?, case.count("/n")?, within(case)?);
    let (satisfied, tolerated) = (within(target), within(4.0 * target));
    let score = apdex::apdex(satisfied, tolerated, n);
    let with_errors = apdex::apdex(0.95 * satisfied, 0.95 * tolerated, n);
    Ok(vec![
        ("/expected/mean", Some(score.mean)),
        ("/expected/sd", Some(score.sd)),
        ("/expected/mean_with_5pct_errors", Some(with_errors.mean)),
    ])
}

fn window_crossing(case: &Case) -> Result<Answers, String> {
    let (p0, p1) = (case.number("/p0")?, case.number("/p1")?);
    let (threshold, window) = (case.number("/threshold")?, case.number("/window_s")?);
    let seconds = exposure::window_crossing(p0, p1, threshold, window);
    Ok(vec![("/expected_cross_s", seconds)])
}

/// The answer of a formula with one number.
fn one(answer: f64) -> Answers {
    vec![("/expected", Some(answer))]
}

/// A function of one real number.
type Real = Box<dyn Fn(f64) -> f64>;

/// The distribution function a case names.
fn within(case: &Case) -> Result<Real, String> {
    Ok(match case.text("/dist") {
        Some("exp") => {
            let mean = case.number("/params/mean")?;
            Box::new(move |x| 1.0 - exp(-x / mean))
        }
        Some("lognorm") => {
            let (mu, sigma) = (case.number("/params/mu")?, case.number("/params/sigma")?);
            Box::new(move |x| normal_cdf((ln(x) - mu) / sigma))
        }
        other => return Err(format!("unknown distribution {other:?}")),
    })
}

/// The quantile function of the distribution a case names.
fn inverse(case: &Case) -> Result<Real, String> {
    Ok(match case.text("/dist") {
        Some("exp") => {
            let mean = case.number("/params/mean")?;
            Box::new(move |u| -mean * ln_1p(-u))
        }
        Some("lognorm") => {
            let (mu, sigma) = (case.number("/params/mu")?, case.number("/params/sigma")?);
            Box::new(move |u| exp(mu + sigma * normal_quantile(u)))
        }
        other => return Err(format!("unknown distribution {other:?}")),
    })
}
