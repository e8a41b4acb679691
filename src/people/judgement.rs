//! What people make of the evidence: is the deployment the cause, and is it rolled back?

use clockwork::Span;

use super::People;

/// What the metrics say of the new version, whatever is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The new version is clearly worse than an old one that serves beside it.
    Blames,
    /// The new version is not worse than an old one that serves beside it.
    Clears,
    /// No old version serves beside it, or there are too few requests.
    Unclear,
}

/// What people take for the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Definitely the deployment.
    Deployment,
    /// They cannot tell.
    Unsure,
    /// Something else.
    Unrelated,
}

/// What people do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// They order a rollback.
    RollBack,
    /// They go on with troubleshooting, and judge again after another diagnosis.
    Continue,
}

/// How often people tell rightly whether a release is the cause, 0 to 1, by the time since its
/// first traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribution {
    /// Up to half an hour.
    pub within_30m: f64,
    /// Up to a day.
    pub within_24h: f64,
    /// Later.
    pub older: f64,
}

impl Attribution {
    /// The chance to be right `since_release`.
    pub fn at(&self, since_release: Span) -> f64 {
        if since_release <= Span::from_mins(30) {
            self.within_30m
        } else if since_release <= Span::from_hours(24) {
            self.within_24h
        } else {
            self.older
        }
    }
}

impl Judgement {
    /// The decision tree of incidents after a deployment: roll back what is definitely its doing;
    /// roll back a recent one when unsure, which is the safe default; else go on looking.
    pub fn of(cause: Cause, is_recent: bool) -> Self {
        match cause {
            Cause::Deployment => Self::RollBack,
            Cause::Unsure if is_recent => Self::RollBack,
            Cause::Unsure | Cause::Unrelated => Self::Continue,
        }
    }
}

impl People {
    /// What people take for the cause, `since_release` after its first traffic, from one uniform:
    /// whose `u` is at least the attribution of that age misreads the evidence.
    ///
    /// Metrics that do not tell the versions apart show nothing but the symptom.
    pub fn read(&self, evidence: Evidence, since_release: Span, u: f64) -> Cause {
        let is_right = u < self.attribution.at(since_release);
        match (self.seen(evidence), is_right) {
            (Evidence::Blames, true) | (Evidence::Clears, false) => Cause::Deployment,
            (Evidence::Unclear, true) => Cause::Unsure,
            (Evidence::Clears, true) | (Evidence::Blames | Evidence::Unclear, false) => {
                Cause::Unrelated
            }
        }
    }

    /// What people do, `since_release` after its first traffic, from one uniform.
    pub fn judge(&self, evidence: Evidence, since_release: Span, u: f64) -> Judgement {
        let cause = self.read(evidence, since_release, u);
        Judgement::of(cause, since_release <= self.recent)
    }

    /// The evidence that their metrics can show.
    pub(super) fn seen(&self, evidence: Evidence) -> Evidence {
        if self.version_metrics { evidence } else { Evidence::Unclear }
    }
}
