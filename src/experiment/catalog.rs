//! Every measure, once: text, data and the manual are made from this table.

use super::amount::Amount;
use super::measure::{Event, How, Measure, Worlds};
use crate::simulation::{Ending, Truth};

const fn rate(
    name: &'static str,
    worlds: Worlds,
    event: Event,
    definition: &'static str,
) -> Measure {
    Measure { name, definition, worlds, how: How::Rate(event) }
}

const fn mean(
    name: &'static str,
    worlds: Worlds,
    amount: Amount,
    definition: &'static str,
) -> Measure {
    Measure { name, definition, worlds, how: How::Mean(amount) }
}

const fn quantile(
    name: &'static str,
    worlds: Worlds,
    (amount, p): (Amount, f64),
    definition: &'static str,
) -> Measure {
    Measure { name, definition, worlds, how: How::Quantile(amount, p) }
}

const fn worst(
    name: &'static str,
    worlds: Worlds,
    amount: Amount,
    definition: &'static str,
) -> Measure {
    Measure { name, definition, worlds, how: How::Worst(amount) }
}

const fn saved(
    name: &'static str,
    worlds: Worlds,
    (some, all): (Amount, Amount),
    definition: &'static str,
) -> Measure {
    Measure { name, definition, worlds, how: How::Saved(some, all) }
}

use Amount as A;
use Event as E;
use Worlds as W;

const USERS: &str = "users harmed by the defect / users active in the 24 hours from the first \
     exposure";
const REQUESTS: &str = "requests harmed by the defect / requests of the 24 hours from the first \
     exposure";
const PEAK: &str = "the largest share of the traffic on the new version";
const DETECT: &str = "harm begins until the first failed reading that led to the order; never \
     detected counts as longer than all others";
const MTTR: &str = "detection of a harm until it had ended and the old version served all";
const RESTORE: &str = "harm begins until it had ended and the old version served all: detect + \
     decide + act + recover";
const DIPPED: &str = "requests that failed or were too slow because of what the strategy itself \
     does: missing capacity, cold pods, lost requests";
const DIPPED_USERS: &str = "users harmed by what the strategy itself does / users active";
const COST: &str = "pods above the steady state, failed requests, harmed users, time of people and \
     delay at the prices of the scenario";
const LIVE: &str = "start of the change until all traffic is on the new version; never live counts \
     as longer than all others";

/// Every measure, in the order of reports.
pub const MEASURES: &[Measure] = &[
    rate("promoted", W::All, E::Ended(Ending::Promoted), "changes that were promoted"),
    rate("rolled-back", W::All, E::Ended(Ending::RolledBack), "changes that were rolled back"),
    rate("held", W::All, E::Ended(Ending::Held), "changes that stopped on the way undecided"),
    rate("stuck", W::All, E::Ended(Ending::Stuck), "changes that made no progress for too long"),
    rate("good", W::All, E::Is(Truth::Good), "releases that would harm next to nothing"),
    rate("negligible", W::All, E::Is(Truth::Negligible), "releases neither good nor bad"),
    rate("bad", W::All, E::Is(Truth::Bad), "releases that would harm more than allowed"),
    rate(
        "false-rollback",
        W::Good,
        E::Ended(Ending::RolledBack),
        "good releases that were rolled back",
    ),
    rate(
        "false-rollback.by-person",
        W::FalselyRolledBack,
        E::StoppedByPerson,
        "rollbacks of a good release that a person ordered",
    ),
    rate("false-hold", W::Good, E::Ended(Ending::Held), "good releases that stopped undecided"),
    Measure {
        name: "false-rollback.per-reading",
        definition: "readings of gates that stopped a good release",
        worlds: W::Good,
        how: How::PerReading(E::StoppedByGate),
    },
    Measure {
        name: "false-rollback.per-week",
        definition: "rollbacks of good releases in a week of changes",
        worlds: W::All,
        how: How::PerWeek(E::FalselyRolledBack),
    },
    rate("right-rollback", W::RolledBack, E::Is(Truth::Bad), "rollbacks of a bad release"),
    quantile("time-to-live.median", W::Good, (A::TimeToLive, 0.5), LIVE),
    quantile("time-to-live.p95", W::Good, (A::TimeToLive, 0.95), LIVE),
    quantile(
        "rollout-time.median",
        W::All,
        (A::RolloutTime, 0.5),
        "start of the change until it was promoted, rolled back or held",
    ),
    rate("caught", W::Bad, E::Caught, "bad releases that were stopped before promotion"),
    rate("missed", W::Bad, E::Missed, "bad releases that were promoted as they were"),
    rate("prevented", W::Bad, E::Prevented, "bad releases that were stopped before any harm"),
    rate(
        "caught.by-person",
        W::Bad,
        E::CaughtByPerson,
        "bad releases that a person stopped before promotion",
    ),
    rate("taken-back", W::Bad, E::TakenBack, "bad releases that were rolled back once promoted"),
    rate("self-healed", W::Bad, E::SelfHealed, "bad releases whose harm ended by itself"),
    saved(
        "harm-prevented",
        W::Bad,
        (A::RequestsHarmed, A::Potential),
        "one less requests harmed / requests that a day of the release without gates would harm",
    ),
    mean("blast-radius.users.mean", W::Bad, A::UsersHarmedShare, USERS),
    quantile("blast-radius.users.median", W::Bad, (A::UsersHarmedShare, 0.5), USERS),
    quantile("blast-radius.users.p95", W::Bad, (A::UsersHarmedShare, 0.95), USERS),
    worst("blast-radius.users.worst", W::Bad, A::UsersHarmedShare, USERS),
    mean("blast-radius.requests.mean", W::Bad, A::RequestsHarmedShare, REQUESTS),
    quantile("blast-radius.requests.median", W::Bad, (A::RequestsHarmedShare, 0.5), REQUESTS),
    quantile("blast-radius.requests.p95", W::Bad, (A::RequestsHarmedShare, 0.95), REQUESTS),
    worst("blast-radius.requests.worst", W::Bad, A::RequestsHarmedShare, REQUESTS),
    mean("peak-share.mean", W::Bad, A::PeakShare, PEAK),
    quantile("peak-share.median", W::Bad, (A::PeakShare, 0.5), PEAK),
    quantile("peak-share.p95", W::Bad, (A::PeakShare, 0.95), PEAK),
    worst("peak-share.worst", W::Bad, A::PeakShare, PEAK),
    mean("blast-radius.users.mean.all", W::All, A::UsersHarmedShare, USERS),
    quantile("blast-radius.users.p95.all", W::All, (A::UsersHarmedShare, 0.95), USERS),
    mean("blast-radius.requests.mean.all", W::All, A::RequestsHarmedShare, REQUESTS),
    quantile("blast-radius.requests.p95.all", W::All, (A::RequestsHarmedShare, 0.95), REQUESTS),
    rate("detected", W::Harmed, E::Detected, "harmful releases that something saw and acted on"),
    quantile("detect.median", W::Harmed, (A::Detect, 0.5), DETECT),
    quantile("detect.p95", W::Harmed, (A::Detect, 0.95), DETECT),
    mean(
        "time-harmed.mean",
        W::Bad,
        A::TimeHarmed,
        "time under harm in the 24 hours from the first exposure; prevented is zero, unresolved is \
         all that was watched",
    ),
    rate("resolved", W::Harmed, E::Resolved, "harmful releases that were detected and ended"),
    mean("mttr.mean", W::Resolved, A::Mttr, MTTR),
    quantile("mttr.median", W::Resolved, (A::Mttr, 0.5), MTTR),
    quantile("mttr.p95", W::Resolved, (A::Mttr, 0.95), MTTR),
    mean("time-to-restore.mean", W::Resolved, A::TimeToRestore, RESTORE),
    quantile("time-to-restore.median", W::Resolved, (A::TimeToRestore, 0.5), RESTORE),
    mean("detect.mean", W::Resolved, A::Detect, "harm begins until something knew"),
    mean("decide.mean", W::Resolved, A::Decide, "something knew until the order was given"),
    mean("act.mean", W::Resolved, A::Act, "the order until the old version served all"),
    mean(
        "recover.mean",
        W::Resolved,
        A::Recover,
        "the old version served all until no harm was left",
    ),
    rate("unresolved", W::Bad, E::Unresolved, "bad releases still doing harm at the end"),
    rate("cut-off", W::Bad, E::CutOff, "bad releases watched for less than 24 hours under harm"),
    mean("met.users.mean", W::Bad, A::UsersMet, "users who met the new version"),
    mean("met.requests.mean", W::Bad, A::RequestsMet, "requests that met the new version"),
    mean(
        "met-harmful.requests.mean",
        W::Bad,
        A::RequestsMetHarmful,
        "requests that met the new version while it was harmful",
    ),
    mean(
        "harmed.users.mean",
        W::Bad,
        A::UsersHarmed,
        "users with a request that the defect harmed",
    ),
    mean(
        "harmed.requests.mean",
        W::Bad,
        A::RequestsHarmed,
        "requests that failed or were too slow because of the defect",
    ),
    mean(
        "failures.defect.mean",
        W::Bad,
        A::DefectFailures,
        "requests that failed because of the defect",
    ),
    mean(
        "slowed.defect.mean",
        W::Bad,
        A::Slowed,
        "responses made too slow by the defect; below zero when the release is faster",
    ),
    mean(
        "failures.baseline.mean",
        W::Bad,
        A::BaselineFailures,
        "requests that would have failed anyway, on both versions",
    ),
    mean(
        "potential.requests.mean",
        W::Bad,
        A::Potential,
        "requests that a day with all traffic on the release and no gate would harm",
    ),
    mean(
        "bystanders.requests.mean",
        W::Bad,
        A::Bystanders,
        "requests that the defect harmed although they met the old version",
    ),
    mean("rollout-harm.requests.mean", W::All, A::RolloutHarmed, DIPPED),
    mean(
        "rollout-harm.failures.mean",
        W::All,
        A::RolloutFailures,
        "requests that failed because of what the strategy itself does",
    ),
    mean(
        "rollout-harm.slowed.mean",
        W::All,
        A::RolloutSlowed,
        "responses made too slow by what the strategy itself does; below zero when it makes them \
         faster",
    ),
    mean("rollout-harm.users.mean", W::All, A::UsersDippedShare, DIPPED_USERS),
    quantile("rollout-harm.users.p95", W::All, (A::UsersDippedShare, 0.95), DIPPED_USERS),
    mean(
        "error-budget.mean",
        W::All,
        A::ErrorBudget,
        "share of the error budget of 30 days that a change burns",
    ),
    mean(
        "error-budget.bad.mean",
        W::Bad,
        A::ErrorBudget,
        "share of the error budget of 30 days that a bad release burns",
    ),
    quantile(
        "error-budget.bad.p95",
        W::Bad,
        (A::ErrorBudget, 0.95),
        "share of the error budget of 30 days that a bad release burns",
    ),
    mean("attempts.mean", W::All, A::Attempts, "how often a release is tried"),
    mean(
        "pods-above.mean",
        W::All,
        A::PodsAbove,
        "pods above the steady state times hours; below zero when there are fewer",
    ),
    mean("peak-pods.mean", W::All, A::PeakPods, "the most pods at one time"),
    worst("peak-pods.worst", W::All, A::PeakPods, "the most pods at one time"),
    mean("people.mean", W::All, A::Work, "time of the people who were paged or asked"),
    mean("delay.mean", W::Good, A::Delay, "time that a good change is not live, while watched"),
    mean("cost.mean", W::All, A::Cost, COST),
    quantile("cost.p95", W::All, (A::Cost, 0.95), COST),
];

/// The measure of that name.
pub fn find(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == name)
}

/// What a verdict on a rollout should also know, and this engine does not model yet.
pub const NOT_MODELLED: &[(&str, &str)] = &[
    ("data loss", "no rows are written, so none are lost, unrepresentable, stale or restored"),
    ("rows written by the release", "no data is written"),
    ("repair of damage", "every fault ends with the traffic of the new version"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Unit;

    #[test]
    fn names_are_kebab_case_and_unique() {
        let mut names: Vec<_> = MEASURES.iter().map(|measure| measure.name).collect();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        assert!(names.iter().all(|name| name.chars().all(plain)));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(find("caught").map(|measure| measure.how.unit()), Some(Unit::Share));
        assert_eq!(find("caugt"), None);
    }

    #[test]
    fn definitions_are_phrases() {
        for measure in MEASURES {
            assert!(!measure.definition.ends_with('.'), "{}", measure.name);
            assert!(measure.definition.starts_with(|c: char| c.is_ascii_lowercase()));
        }
    }
}
