//! What a release turns out to be.

use chance::law::Fixed;
use chance::{Continuous, Law};
use clockwork::Span;

use super::{Pass, code};
use crate::document::{At, Place, Problem, Varying};
use crate::fault::{
    CapacityRegression, Carrier, CarrierDoc, Clock, ColdCache, CrashLoop, ErrorSpike, Fault,
    FaultDoc, FaultKind, LatencyRegression, Loses, MemoryLeak, MemoryLeakDoc, Onset, OnsetDoc,
    PoolExhaustion, ReleaseDoc, Reversal, ReversalDoc, Scope, ScopeDoc,
};
use crate::scenario::document::ScenarioDoc;
use crate::scenario::law::Magnitude;
use crate::scenario::{FAULTS_MAX, Release, population};
use crate::units::Factor;

pub(super) fn releases(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Option<Vec<Release>> {
    let releases: Vec<Option<Release>> = match (&doc.release, &doc.releases) {
        (Some(one), Some(several)) => {
            let problem = Problem::error(code::CONTRADICTION, "both `release` and `releases`")
                .at(one.place, "one release")
                .at(several.place, "several releases")
                .help("keep one of the two");
            pass.problem(problem);
            return None;
        }
        (Some(one), None) => vec![release("release", &one.value, pass)],
        (None, Some(several)) => {
            let place = several.place;
            let none = ("no release at all", "empty", "write for example: releases: { good: {} }");
            pass.require(!several.value.is_empty(), code::MISSING, place, none);
            if several.value.is_empty() {
                return None;
            }
            several.value.iter().map(|(name, doc)| release(name.as_str(), doc, pass)).collect()
        }
        (None, None) => {
            let default = population::releases();
            default.iter().map(|(name, doc)| release(name.as_str(), doc, pass)).collect()
        }
    };
    let releases: Vec<Release> = releases.into_iter().collect::<Option<_>>()?;
    if releases.iter().all(|release| release.weight == 0.0) {
        let place = doc.releases.as_ref().map_or(doc.strategy.place, |at| at.place);
        let problem = Problem::error(code::IMPOSSIBLE, "no release has a weight");
        pass.problem(
            problem.at(place, "all weights are zero").help("write for example: weight: 90%"),
        );
        return None;
    }
    Some(releases)
}

fn release(name: &str, doc: &ReleaseDoc, pass: &mut Pass<'_>) -> Option<Release> {
    let faults = &doc.faults;
    let count = format!("{} faults, {FAULTS_MAX} are the most", faults.value.len());
    let many = ("more faults than a release can have", count.as_str(), "merge some of them");
    pass.require(faults.value.len() <= FAULTS_MAX, code::LIMIT, faults.place, many);
    let wears =
        |doc: &&FaultDoc| matches!(doc, FaultDoc::MemoryLeak(_) | FaultDoc::PoolExhaustion(_));
    let many = ("two faults that wear pods out", "one is the most", "give each its own release");
    let count = faults.value.iter().filter(wears).count();
    pass.require(count <= 1, code::LIMIT, faults.place, many);
    let faults: Vec<_> = faults.value.iter().map(|doc| fault(doc, faults.place, pass)).collect();
    let faults = faults.into_iter().collect::<Option<_>>()?;
    Some(Release { name: name.to_owned(), weight: doc.weight.as_f64(), faults })
}

/// What every kind of fault says beside its own.
struct Common<'a> {
    onset: Option<&'a At<OnsetDoc>>,
    scope: Option<&'a ScopeDoc>,
    carrier: CarrierDoc,
    reversal: ReversalDoc,
}

/// What a kind of fault says beside its own.
macro_rules! common {
    ($it:expr, $onset:expr, $scope:expr) => {
        Common { onset: $onset, scope: $scope, carrier: $it.carrier, reversal: $it.reversal }
    };
}

fn fault(doc: &FaultDoc, place: Place, pass: &mut Pass<'_>) -> Option<Fault> {
    let (kind, common) = match doc {
        FaultDoc::CapacityRegression(it) => {
            let work = positive(&it.work, "requests that use up nothing", "work: 1.5x", pass)?;
            let kind = FaultKind::CapacityRegression(CapacityRegression { work });
            (kind, common!(it, Some(&it.onset), None))
        }
        FaultDoc::ColdCache(it) => {
            let latency = pass.law(&it.latency.value, it.latency.place)?;
            let decay = pass.law(&it.decay.value, it.decay.place)?;
            (FaultKind::ColdCache(ColdCache { latency, decay }), common!(it, None, None))
        }
        FaultDoc::CrashLoop(it) => {
            let chance = pass.law(&it.chance, place)?;
            (FaultKind::CrashLoop(CrashLoop { chance }), common!(it, None, None))
        }
        FaultDoc::ErrorSpike(it) => {
            let kind = FaultKind::ErrorSpike(ErrorSpike { add: pass.law(&it.add, place)? });
            (kind, common!(it, Some(&it.onset), Some(&it.scope)))
        }
        FaultDoc::LatencyRegression(it) => {
            let factor = positive(&it.factor, "requests that take no time", "factor: 1.5x", pass)?;
            let share = pass.law(&it.share, place)?;
            let kind = FaultKind::LatencyRegression(LatencyRegression { factor, share });
            (kind, common!(it, Some(&it.onset), Some(&it.scope)))
        }
        FaultDoc::MemoryLeak(it) => {
            let leak = MemoryLeak { loses: loses(it, place, pass)?, drag: it.drag.as_f64() };
            (FaultKind::MemoryLeak(leak), common!(it, Some(&it.onset), None))
        }
        FaultDoc::PoolExhaustion(it) => {
            let (leaks, restart) = (pass.law(&it.leaks, place)?, it.restart.0);
            let kind = FaultKind::PoolExhaustion(PoolExhaustion { leaks, restart });
            (kind, common!(it, Some(&it.onset), None))
        }
    };
    let Common { onset, scope, carrier, reversal } = common;
    let at_once = Onset { after: Clock::Time(Fixed::new(0.0).ok()?.into()), ramp: Span::ZERO };
    Some(Fault {
        kind,
        onset: onset.map_or(Some(at_once), |onset| self::onset(onset, pass))?,
        scope: match scope {
            None | Some(ScopeDoc::All) => Scope::All,
            Some(ScopeDoc::Requests(share)) => Scope::Requests(pass.law(share, place)?),
            Some(ScopeDoc::Users(share)) => Scope::Users(pass.law(share, place)?),
        },
        carrier: match carrier {
            CarrierDoc::Binary => Carrier::Binary,
        },
        reversal: match reversal {
            ReversalDoc::Heals => Reversal::Heals,
        },
    })
}

/// The law of a factor that must not be zero.
fn positive(
    at: &At<Varying<Factor>>,
    title: &str,
    example: &str,
    pass: &mut Pass<'_>,
) -> Option<Law> {
    let law = pass.law(&at.value, at.place)?;
    let help = format!("write for example: {example}");
    let what = (title, "must be above zero", help.as_str());
    pass.require(law.quantile(1e-9) > 0.0, code::IMPOSSIBLE, at.place, what);
    Some(law)
}

/// The one clock of a leak.
fn loses(it: &MemoryLeakDoc, place: Place, pass: &mut Pass<'_>) -> Option<Loses> {
    match (&it.rate, &it.per_request) {
        (Some(rate), None) => leaks(&rate.value, rate.place, pass).map(Loses::PerSecond),
        (None, Some(each)) => leaks(&each.value, each.place, pass).map(Loses::PerRequest),
        (Some(rate), Some(each)) => {
            let problem = Problem::error(code::CONTRADICTION, "two clocks for one leak")
                .at(rate.place, "over time")
                .at(each.place, "with every request")
                .help("keep `rate` or `perRequest`");
            pass.problem(problem);
            None
        }
        (None, None) => {
            let problem = Problem::error(code::MISSING, "a leak that loses nothing")
                .at(place, "needs `rate` or `perRequest`")
                .help("write for example: memory-leak: { rate: 120Mi/h }");
            pass.problem(problem);
            None
        }
    }
}

/// The law of what is lost: something, at least at times.
fn leaks<T: Magnitude>(varying: &Varying<T>, place: Place, pass: &mut Pass<'_>) -> Option<Law> {
    let law = pass.law(varying, place)?;
    let help = "write for example: memory-leak: { rate: 120Mi/h }";
    let what = ("a leak that loses nothing", "zero", help);
    pass.require(law.mean() > 0.0, code::IMPOSSIBLE, place, what);
    Some(law)
}

fn onset(doc: &At<OnsetDoc>, pass: &mut Pass<'_>) -> Option<Onset> {
    let OnsetDoc { after, requests, at, load, ramp } = &doc.value;
    let clocks = [
        after.as_ref().map(|_| doc.place),
        requests.as_ref().map(|at| at.place),
        at.as_ref().map(|at| at.place),
        load.as_ref().map(|at| at.place),
    ];
    let given: Vec<Place> = clocks.into_iter().flatten().collect();
    if let [_, second, ..] = given.as_slice() {
        let problem = Problem::error(code::CONTRADICTION, "two clocks for one onset")
            .at(*second, "another clock is given as well")
            .help("keep one of `after`, `requests`, `at` and `load`");
        pass.problem(problem);
        return None;
    }
    let after = if let Some(after) = after {
        Clock::Time(pass.law(after, doc.place)?)
    } else if let Some(requests) = requests {
        Clock::Requests(pass.law(&requests.value, requests.place)?)
    } else if let Some(at) = at {
        Clock::TimeOfDay(f64::from(at.value.minutes()) * 60.0)
    } else if let Some(load) = load {
        Clock::Load(pass.law(&load.value, load.place)?)
    } else {
        Clock::Time(Fixed::new(0.0).ok()?.into())
    };
    Some(Onset { after, ramp: *ramp })
}
