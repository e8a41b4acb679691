//! Shares of slow responses, averaged over the pods of a version.

use chance::math;

use super::components::Component;
use super::expect::Context;
use super::law::POINTS;
use super::speeds::Speeds;
use super::state::Cohort;
use crate::baseline::Latency;

/// Which pods are meant, and in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Those that get requests, as they are.
    Actual,
    /// All of them, as if no fault wore them out.
    Healthy,
    /// All of them, warm.
    Rest,
}

/// The shares beyond each limit.
pub(super) type Tails = [f64; POINTS];

impl Context<'_> {
    /// The shares of responses beyond each of some limits, averaged over the pods; `answers`
    /// says of a cohort the logarithm of how many times as long it takes, and how much its pods
    /// answer as a multiple of the mean. Their speeds have been drawn.
    pub(super) fn tails(
        &self,
        v: usize,
        (view, middle): (View, f64),
        parts: &[Component],
        limits: &[f64],
        answers: impl Fn(&Cohort) -> (f64, f64),
    ) -> Tails {
        let (s, state) = (self.scenario, self.state);
        let latency = s.baseline.latency;
        let mut out = [0.0; POINTS];
        let speeds = self.world.speeds(v);
        let all = if view == View::Actual { state.serving[v] } else { state.pods[v] };
        if all == 0 {
            return out;
        }
        let each = 1.0 / f64::from(all);
        let cold = s.fleet.cold.filter(|_| view != View::Rest);
        // Pods that answer alike are told as one.
        let (mut alike, mut share) = (f64::NAN, 0.0);
        let mut from = 0;
        for cohort in &state.cohorts[v] {
            let first = std::mem::replace(&mut from, cohort.to);
            if view == View::Actual && !cohort.condition.serves() {
                continue;
            }
            let ready = if view == View::Healthy { cohort.born } else { cohort.ready };
            let (ln, weight) = answers(cohort);
            let each = each * weight;
            let ln = ln + cold.map_or(0.0, |cold| self.world.ln_cold(cold, middle, ready));
            if speeds.is_empty() {
                if ln != alike && share > 0.0 {
                    add_tails(&mut out, latency, limits, parts, alike, share);
                    share = 0.0;
                }
                alike = ln;
                share += f64::from(cohort.to - first) * each;
            } else {
                let pods = first as usize..cohort.to as usize;
                if pods.len() < Speeds::MANY {
                    let speeds = &speeds[pods];
                    add_pods(&mut out, latency, limits, parts, ln, speeds, each);
                } else {
                    let many = self.world.many(v, pods);
                    many.add(&mut out, latency, limits, parts, ln, each);
                }
            }
        }
        if share > 0.0 {
            add_tails(&mut out, latency, limits, parts, alike, share);
        }
        out
    }

    /// The same of some pods for every limit, added up over them.
    pub(super) fn tails_of_pods(
        &self,
        v: usize,
        pods: std::ops::Range<u32>,
        parts: &[Component],
        ln: f64,
        out: &mut [f64],
    ) {
        let (latency, limits) = (self.scenario.baseline.latency, &self.limits.ln);
        out.fill(0.0);
        match self.world.speeds(v) {
            [] => {
                let count = f64::from(pods.end - pods.start);
                add_tails(out, latency, limits, parts, ln, count);
            }
            speeds => {
                let pods = pods.start as usize..pods.end as usize;
                if pods.len() < Speeds::MANY {
                    add_pods(out, latency, limits, parts, ln, &speeds[pods], 1.0);
                } else {
                    let many = self.world.many(v, pods);
                    many.add(out, latency, limits, parts, ln, 1.0);
                }
            }
        }
    }
}

/// Adds the tails of pods that all answer alike.
fn add_tails(
    out: &mut [f64],
    latency: Latency,
    limits: &[f64],
    parts: &[Component],
    ln_factor: f64,
    share: f64,
) {
    let table = math::NormalTable::new();
    let unit = 1.0 / latency.sigma;
    for (part, ln_slower) in parts {
        let middle = latency.mu + ln_factor + ln_slower;
        for (sum, limit) in out.iter_mut().zip(limits) {
            *sum += share * part * table.cdf((middle - limit) * unit);
        }
    }
}

/// Adds the tails of a few pods with speeds of their own.
fn add_pods(
    out: &mut [f64],
    latency: Latency,
    limits: &[f64],
    parts: &[Component],
    ln_factor: f64,
    speeds: &[f64],
    share: f64,
) {
    let table = math::NormalTable::new();
    let unit = 1.0 / latency.sigma;
    for (part, ln_slower) in parts {
        for (sum, limit) in out.iter_mut().zip(limits) {
            let middle = (latency.mu + ln_factor + ln_slower - limit) * unit;
            let mut tails = 0.0;
            for speed in speeds {
                tails += table.cdf(middle + speed * unit);
            }
            *sum += share * part * tails;
        }
    }
}
