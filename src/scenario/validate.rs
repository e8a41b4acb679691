//! From a document to a scenario: what only the whole can tell, all problems at once.

mod alarms;
mod analyses;
mod argo;
mod costs;
mod controller;
mod even;
mod flagger;
mod fleet;
mod gates;
mod length;
mod load;
mod people;
mod queries;
mod releases;
mod probes;
mod steps;

use chance::Law;
use clockwork::Span;

use super::document::{AfterRollbackDoc, NoiseDoc, ScenarioDoc};
use super::law::{Magnitude, law};
use super::{AfterRollback, LIMITS_MAX, Scenario, Slo, TruthBounds};
use crate::baseline::{Baseline, ErrorNoise, Latency};
use crate::document::{At, Origin, Place, Problem, Problems, Varying};
use crate::gate::{Combine, CombineDoc};
use crate::traffic::{
    Activity, ActivityDoc, Arrivals, ArrivalsDoc, Shape, ShapeDoc, Traffic, Users, Wander,
};
use crate::units::Share;

/// The codes of what a scenario as a whole can have wrong.
pub(crate) mod code {
    use crate::document::Code;

    pub(crate) const IMPOSSIBLE: &str = "E0101";
    pub(crate) const CONTRADICTION: &str = "E0102";
    pub(crate) const REFERENCE: &str = "E0103";
    pub(crate) const MISSING: &str = "E0104";
    pub(crate) const GRID: &str = "E0105";
    pub(crate) const EVEN: &str = "E0106";
    pub(crate) const BOUND: &str = "E0107";
    pub(crate) const LIMIT: &str = "E0108";
    pub(crate) const LAW: &str = "E0109";
    pub(crate) const QUERY: &str = "E0110";
    pub(crate) const CONDITION: &str = "E0111";

    /// Every code of this module, in order.
    pub const CODES: &[Code] = &[
        Code { code: IMPOSSIBLE, meaning: "a value makes no sense here" },
        Code { code: CONTRADICTION, meaning: "values contradict each other" },
        Code { code: REFERENCE, meaning: "a name refers to nothing" },
        Code { code: MISSING, meaning: "something that is needed is not said" },
        Code { code: GRID, meaning: "a time does not fit the grid of scrapes" },
        Code { code: EVEN, meaning: "even arrivals need a world without any variation" },
        Code { code: BOUND, meaning: "a gate's bound does not fit its metric" },
        Code { code: LIMIT, meaning: "more than the engine can carry" },
        Code { code: LAW, meaning: "a distribution's parameters are not possible" },
        Code { code: QUERY, meaning: "a query cannot be answered" },
        Code { code: CONDITION, meaning: "a condition on a query's result cannot be read" },
    ];
}

pub use code::CODES;

/// The pass over one document.
pub(super) struct Pass<'a> {
    problems: &'a mut Problems,
}

impl Pass<'_> {
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports unless `holds`.
    pub(super) fn require(
        &mut self,
        holds: bool,
        code: &'static str,
        place: Place,
        (title, label, help): (&str, &str, &str),
    ) {
        if !holds {
            self.problem(Problem::error(code, title).at(place, label).help(help));
        }
    }

    /// The law of a varying quantity.
    pub(super) fn law<T: Magnitude>(&mut self, varying: &Varying<T>, place: Place) -> Option<Law> {
        match law(varying) {
            Ok(law) => Some(law),
            Err(error) => {
                let problem = Problem::error(code::LAW, format!("no such distribution: {error}"));
                let problem = problem.at(place, "its parameters are not possible");
                self.problem(problem.help("write a fixed value, or other parameters"));
                None
            }
        }
    }
}

/// The most replicas, and the most scrapes of a watch, that a scenario may have.
const REPLICAS_MAX: u32 = 10_000;
const TICKS_MAX: u64 = 1 << 20;

/// The scenario that a document describes, or every reason why there is none.
pub fn validate(doc: &ScenarioDoc, name: &str, problems: &mut Problems) -> Option<Scenario> {
    validate_like(doc, name, problems, None)
}

/// The same, beside a scenario that may have the same users: their table is not made twice.
pub fn validate_like(
    doc: &ScenarioDoc,
    name: &str,
    problems: &mut Problems,
    like: Option<&Scenario>,
) -> Option<Scenario> {
    let before = problems.iter().count();
    let mut pass = Pass { problems };
    let tick = tick(doc, &mut pass);
    let noise = doc.noise == NoiseDoc::Modelled;
    let load = load::load(doc, &mut pass);
    let replicas = load.as_ref().map(|load| load.replicas);
    let mut prometheus = queries::prometheus(doc, name, tick, &mut pass);
    let strategy = steps::strategy(doc, replicas, &mut prometheus, &mut pass);
    let page = alarms::page(doc, &mut prometheus, &mut pass);
    let gates = gates::gates(doc, &mut prometheus, &mut pass);
    if let Some(replicas) = replicas {
        queries::few_pods(doc, &prometheus, replicas, &mut pass);
    }
    let releases = releases::releases(doc, &mut pass);
    let baseline = baseline(doc, noise, &mut pass);
    let slo = slo(doc, &mut pass);
    let fleet = load.as_ref().and_then(|load| fleet::fleet(doc, load, noise, &mut pass));
    let truth = truth(doc, &mut pass);
    let people = doc.people.0.as_ref().map(|doc| people::people(doc, tick, &mut pass));
    let prices = costs::prices(&doc.costs, &mut pass);
    let probes = probes::probes(doc.fleet.pod.probes.0.as_ref(), &mut pass);
    let after_rollback = after_rollback(&doc.after_rollback, tick, &mut pass);
    let modulation = &doc.traffic.modulation;
    if let Some(wander) = &modulation.value.0 {
        let moves = !wander.correlation.is_zero() || wander.sd == Share::ZERO;
        let help = "write for example: correlation: 5m, or `modulation: none`";
        let what = ("a load that forgets in no time", "its `correlation` is zero", help);
        pass.require(moves, code::IMPOSSIBLE, modulation.place, what);
    }
    if let Some(load) = &load {
        even::even(doc, tick, load.rate_fixed, &mut pass);
    }
    if let (Some(strategy), Some(replicas)) = (&strategy, replicas) {
        let at = (doc.strategy.place, tick);
        length::plan(strategy, after_rollback.as_ref(), replicas, at, &mut pass);
    }
    if pass.problems.iter().count() > before {
        return None;
    }
    let load = load?;
    let usual = || Some(people::judge(&people.as_ref()?.as_ref()?.alert, tick));
    let combine = match doc.combine {
        CombineDoc::Any => Combine::Any,
        CombineDoc::All => Combine::All,
    };
    let scenario = Scenario {
        name: doc.name.as_ref().map_or(name, |name| name.as_str()).to_owned(),
        tick,
        delay: doc.telemetry.delay,
        watch: doc.time.watch.value,
        bake: doc.time.bake,
        traffic: traffic(doc, load.rate, noise, like),
        fleet: fleet?,
        probes: probes?,
        baseline,
        slo,
        releases: releases?,
        strategy: strategy?,
        gates: gates?,
        telemetry: prometheus.telemetry,
        queries: prometheus.queries,
        alarms: prometheus.alarms,
        combine,
        truth,
        after_rollback: after_rollback?,
        alert: page.or_else(usual),
        people: match people {
            Some(people) => Some(people?),
            None => None,
        },
        prices: prices?,
        changes_per_week: doc.changes_per_week.as_f64(),
    };
    times(&scenario, doc.controller.place, pass.problems).then_some(scenario)
}

/// Whether the response times that gates, analyses and queries divide at are few enough.
fn times(scenario: &Scenario, place: Place, problems: &mut Problems) -> bool {
    let mut times: Vec<u64> = scenario.response_times().map(f64::to_bits).collect();
    times.sort_unstable();
    times.dedup();
    let fits = times.len() <= LIMITS_MAX;
    if !fits {
        let label = format!("{} in all analyses together, {LIMITS_MAX} are the most", times.len());
        let problem = Problem::error(code::LIMIT, "too many different response times");
        let help = "use fewer limits of slow-share, or fewer buckets: telemetry: { buckets: [..] }";
        problems.push(problem.at(place, label).help(help));
    }
    fits
}

fn after_rollback(
    doc: &AfterRollbackDoc,
    tick: Span,
    pass: &mut Pass<'_>,
) -> Option<AfterRollback> {
    Some(match doc {
        AfterRollbackDoc::Abandon => AfterRollback::Abandon,
        AfterRollbackDoc::Retry(it) => {
            AfterRollback::Retry { cooldown: it.cooldown, attempts: it.attempts }
        }
        AfterRollbackDoc::Fix(it) => AfterRollback::Fix {
            takes: pass.time(&it.takes, tick)?,
            cooldown: it.cooldown,
            works: it.works,
            attempts: it.attempts,
        },
    })
}

fn tick(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Span {
    let scrape = doc.telemetry.scrape;
    let fits = scrape.value >= Span::from_secs(1);
    pass.require(
        fits,
        code::IMPOSSIBLE,
        scrape.place,
        ("a scrape interval below one second", "too short", "write for example: scrape: 15s"),
    );
    let tick = if fits { scrape.value } else { Span::from_secs(15) };
    let watch = doc.time.watch;
    let long = watch.value.saturating_add(doc.time.bake);
    if long / tick >= TICKS_MAX {
        let most = tick * (TICKS_MAX - 1);
        let label = format!("with a scrape every {tick} these are {} scrapes", long / tick);
        let problem = Problem::error(code::LIMIT, "more than a million scrapes to watch")
            .at(watch.place, label)
            .help(format!("write at most {most} for `watch` and `bake` together"));
        pass.problem(problem);
    }
    tick
}

fn traffic(doc: &ScenarioDoc, rate: Law, noise: bool, like: Option<&Scenario>) -> Traffic {
    let it = &doc.traffic;
    let users = &it.users;
    let ActivityDoc::Zipf(zipf) = &users.activity;
    let population = users.population.get();
    let is_same = |it: &&Users| it.population == population && it.zipf == zipf.as_f64();
    let same = like.map(|it| &it.traffic.users).filter(is_same);
    Traffic {
        rate,
        shape: match &it.shape {
            ShapeDoc::Constant => Shape::Constant,
            ShapeDoc::Diurnal(day) => Shape::Diurnal {
                peak: Span::from_mins(u64::from(day.peak.minutes())),
                trough: day.trough.as_f64(),
            },
        },
        start: it.start_at.map(|time| Span::from_mins(u64::from(time.minutes()))),
        modulation: it
            .modulation
            .value
            .0
            .as_ref()
            .map(|wander| Wander { sd: wander.sd.as_f64(), correlation: wander.correlation })
            .filter(|wander| wander.sd > 0.0),
        arrivals: match it.arrivals.value {
            ArrivalsDoc::Poisson => Arrivals::Poisson,
            ArrivalsDoc::Even => Arrivals::Even,
        },
        users: Users {
            population,
            zipf: zipf.as_f64(),
            sticky: users.sticky,
            error_sd: if noise { users.errors.as_f64() } else { 0.0 },
            activity: same.map_or_else(
                || Activity::zipf(population, zipf.as_f64()).into(),
                |it| it.activity.clone(),
            ),
        },
    }
}

fn baseline(doc: &ScenarioDoc, noise: bool, pass: &mut Pass<'_>) -> Baseline {
    let it = &doc.baseline;
    pass.require(
        it.errors.rate.value < Share::ONE,
        code::IMPOSSIBLE,
        it.errors.rate.place,
        ("every request fails already", "100 % is no baseline", "write for example: rate: 0.1%"),
    );
    let (p50, p99) = (it.latency.p50, it.latency.p99);
    let help = "write for example: latency: { p50: 50ms, p99: 200ms }";
    let zero = ("no response takes no time", "the median must be above zero", help);
    pass.require(!p50.value.is_zero(), code::IMPOSSIBLE, p50.place, zero);
    if p50.value >= p99.value {
        let is_written = p99.origin == Origin::Written;
        let (at, not) = if is_written { (p99, "above `p50`") } else { (p50, "below `p99`") };
        let other = if is_written { p50.value } else { p99.value };
        let title = "the 99th percentile is not above the median";
        let problem = Problem::error(code::CONTRADICTION, title)
            .at(at.place, format!("must be {not}, which is {other}"));
        pass.problem(problem.help(help));
    }
    let errors = it.errors.noise.0.as_ref().filter(|_| noise);
    if let Some(errors) = errors {
        correlates(errors.correlation, pass);
    }
    let ratio = p50.value < p99.value && !p50.value.is_zero();
    let (low, high) = if ratio {
        (p50.value, p99.value)
    } else {
        (Span::from_millis(50), Span::from_millis(200))
    };
    Baseline {
        errors: it.errors.rate.value.as_f64(),
        noise: errors.map(|errors| ErrorNoise {
            common: Wander { sd: errors.common.as_f64(), correlation: errors.correlation.value },
            version: errors.version.as_f64(),
            node: errors.node.as_f64(),
        }),
        latency: Latency::from_p50_p99(low.as_secs_f64(), high.as_secs_f64()),
    }
}

fn correlates(correlation: At<Span>, pass: &mut Pass<'_>) {
    pass.require(
        !correlation.value.is_zero(),
        code::IMPOSSIBLE,
        correlation.place,
        ("a path that forgets in no time", "zero", "write for example: correlation: 5m"),
    );
}

fn slo(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Slo {
    let apdex = doc.slo.apdex;
    let latency = doc.slo.latency.map_or(apdex.value * 4, |latency| latency.value);
    for at in [Some(apdex), doc.slo.latency].into_iter().flatten() {
        let what = ("no response is that fast", "zero", "write for example: 200ms");
        pass.require(!at.value.is_zero(), code::IMPOSSIBLE, at.place, what);
    }
    let availability = doc.slo.availability;
    let help = "write for example: availability: 99.9%";
    let what = ("an objective that forgives nothing", "all of the requests", help);
    let forgives = availability.value != Share::ONE;
    pass.require(forgives, code::IMPOSSIBLE, availability.place, what);
    Slo {
        apdex: apdex.value.as_secs_f64(),
        latency: latency.as_secs_f64(),
        availability: availability.value.as_f64(),
    }
}

fn truth(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> TruthBounds {
    let (good, bad) = (doc.truth.good, doc.truth.bad);
    pass.require(
        good <= bad.value,
        code::CONTRADICTION,
        bad.place,
        (
            "a bad release harms less than a good one",
            "must not be below `good`",
            "write for example: truth: { good: 0.01%, bad: 0.1% }",
        ),
    );
    TruthBounds { good, bad: bad.value }
}
