//! What a release turns out to be.

use chance::Continuous;
use chance::law::Fixed;

use super::{Pass, code};
use crate::document::{At, Place, Problem};
use crate::fault::{
    Carrier, CarrierDoc, Clock, ErrorSpike, Fault, FaultDoc, FaultKind, LatencyRegression, Onset,
    OnsetDoc, ReleaseDoc, Reversal, ReversalDoc, Scope, ScopeDoc,
};
use crate::scenario::document::ScenarioDoc;
use crate::scenario::{FAULTS_MAX, Release, population};

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
    let faults: Vec<_> = faults.value.iter().map(|doc| fault(doc, faults.place, pass)).collect();
    let faults = faults.into_iter().collect::<Option<_>>()?;
    Some(Release { name: name.to_owned(), weight: doc.weight.as_f64(), faults })
}

fn fault(doc: &FaultDoc, place: Place, pass: &mut Pass<'_>) -> Option<Fault> {
    let (kind, onset, scope, carrier, reversal) = match doc {
        FaultDoc::ErrorSpike(it) => {
            let kind = FaultKind::ErrorSpike(ErrorSpike { add: pass.law(&it.add, place)? });
            (kind, &it.onset, &it.scope, it.carrier, it.reversal)
        }
        FaultDoc::LatencyRegression(it) => {
            let factor = pass.law(&it.factor.value, it.factor.place)?;
            let least = factor.quantile(1e-9);
            let help = "write for example: factor: 1.5x";
            let what = ("requests that take no time", "must be above zero", help);
            pass.require(least > 0.0, code::IMPOSSIBLE, it.factor.place, what);
            let share = pass.law(&it.share, place)?;
            let kind = FaultKind::LatencyRegression(LatencyRegression { factor, share });
            (kind, &it.onset, &it.scope, it.carrier, it.reversal)
        }
    };
    Some(Fault {
        kind,
        onset: self::onset(onset, pass)?,
        scope: match scope {
            ScopeDoc::All => Scope::All,
            ScopeDoc::Requests(share) => Scope::Requests(pass.law(share, place)?),
            ScopeDoc::Users(share) => Scope::Users(pass.law(share, place)?),
        },
        carrier: match carrier {
            CarrierDoc::Binary => Carrier::Binary,
        },
        reversal: match reversal {
            ReversalDoc::Heals => Reversal::Heals,
        },
    })
}

fn onset(doc: &At<OnsetDoc>, pass: &mut Pass<'_>) -> Option<Onset> {
    let after = match (&doc.value.after, &doc.value.requests) {
        (Some(_), Some(requests)) => {
            let problem = Problem::error(code::CONTRADICTION, "two clocks for one onset")
                .at(requests.place, "`after` is given as well")
                .help("keep `after` or `requests`");
            pass.problem(problem);
            return None;
        }
        (Some(after), None) => Clock::Time(pass.law(after, doc.place)?),
        (None, Some(requests)) => Clock::Requests(pass.law(&requests.value, requests.place)?),
        (None, None) => Clock::Time(Fixed::new(0.0).ok()?.into()),
    };
    Some(Onset { after, ramp: doc.value.ramp })
}
