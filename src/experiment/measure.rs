//! What a measure is: which worlds it is about, what it looks at, and how worlds become one number.

use super::amount::{Amount, PARTS};
use crate::simulation::{By, Ending, Measures, Truth};

/// One number that an experiment tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Its name in every output and in `expect`.
    pub name: &'static str,
    /// What it is, in one sentence without a full stop.
    pub definition: &'static str,
    /// The worlds that it is about.
    pub worlds: Worlds,
    /// How worlds become one number.
    pub how: How,
}

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of one.
    Share,
    /// Seconds.
    Time,
    /// Requests.
    Requests,
    /// Users.
    Users,
    /// Pods, each for an hour.
    PodHours,
    /// Pods, attempts, changes: things one can count.
    Count,
    /// Units of the currency of the scenario's prices.
    Money,
}

/// What people want of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The less the better.
    Less,
    /// The more the better.
    More,
    /// Neither: it describes.
    Nothing,
}

impl Measure {
    /// What people want of it.
    pub fn want(&self) -> Want {
        match self.how {
            How::Rate(event) => event.want(),
            How::Saved(..) => Want::More,
            How::PerReading(_) | How::PerWeek(_) => Want::Less,
            How::Mean(amount) | How::Quantile(amount, _) | How::Worst(amount) => amount.want(),
        }
    }
}

/// Which worlds a measure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worlds {
    /// Every world.
    All,
    /// Those with a good release.
    Good,
    /// Those with a bad release.
    Bad,
    /// Those with a bad release in which harm began.
    Harmed,
    /// Those in which the old version was ordered back.
    RolledBack,
    /// Those with a good release that was rolled back.
    FalselyRolledBack,
    /// Those with a bad release that did harm which somebody or something noticed and ended.
    Resolved,
}

/// How the worlds become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// The share of worlds in which it happened.
    Rate(Event),
    /// The mean.
    Mean(Amount),
    /// The nearest-rank quantile.
    Quantile(Amount, f64),
    /// The largest that was seen.
    Worst(Amount),
    /// One less the ratio of two sums over the worlds.
    Saved(Amount, Amount),
    /// In how many readings of gates it happened.
    PerReading(Event),
    /// How often it happens in a week of changes.
    PerWeek(Event),
}

/// Something that happens in a world or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The change ended this way.
    Ended(Ending),
    /// The release is this.
    Is(Truth),
    /// The release was good and was rolled back.
    FalselyRolledBack,
    /// A gate ordered what ended it.
    StoppedByGate,
    /// A person ordered what ended it.
    StoppedByPerson,
    /// The release was bad and was stopped before it was promoted.
    Caught,
    /// A person stopped a bad release before it was promoted.
    CaughtByPerson,
    /// The release was bad and was promoted, whatever happened then.
    Missed,
    /// The release was promoted and taken back later.
    TakenBack,
    /// The release was stopped before it did harm.
    Prevented,
    /// Harm ended although nobody did anything.
    SelfHealed,
    /// Somebody or something that later acted had seen it.
    Detected,
    /// A detected harm came to an end.
    Resolved,
    /// Harm went on when the watched time was over.
    Unresolved,
    /// The watched time was over before the period of 24 hours.
    CutOff,
}

impl Worlds {
    /// Whether a world is one of them.
    pub fn has(self, it: &Measures) -> bool {
        match self {
            Self::All => true,
            Self::Good => it.truth == Truth::Good,
            Self::Bad => it.truth == Truth::Bad,
            Self::Harmed => it.truth == Truth::Bad && it.harm_began.is_some(),
            Self::RolledBack => it.ending == Ending::RolledBack,
            Self::FalselyRolledBack => it.is_false_rollback(),
            Self::Resolved => it.truth == Truth::Bad && it.resolved_at().is_some(),
        }
    }

    /// Whether a world is one of them is decided before the strategy begins, so that every
    /// variant has the same ones.
    pub fn are_shared(self) -> bool {
        matches!(self, Self::All | Self::Good | Self::Bad)
    }

    /// What they are, after "of" a number.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all releases",
            Self::Good => "good releases",
            Self::Bad => "bad releases",
            Self::Harmed => "bad releases that did harm",
            Self::RolledBack => "rollbacks",
            Self::FalselyRolledBack => "rollbacks of good releases",
            Self::Resolved => "resolved incidents",
        }
    }
}

impl Event {
    /// What people want of it.
    fn want(self) -> Want {
        match self {
            Self::Caught | Self::Prevented | Self::Detected | Self::Resolved => Want::More,
            Self::Missed | Self::Unresolved | Self::FalselyRolledBack => Want::Less,
            Self::Ended(_)
            | Self::Is(_)
            | Self::StoppedByGate
            | Self::StoppedByPerson
            | Self::CaughtByPerson
            | Self::TakenBack
            | Self::SelfHealed
            | Self::CutOff => Want::Nothing,
        }
    }

    /// Whether it happened.
    pub fn in_world(self, it: &Measures) -> bool {
        match self {
            Self::Ended(ending) => it.ending == ending,
            Self::Is(truth) => it.truth == truth,
            Self::FalselyRolledBack => it.is_false_rollback(),
            Self::StoppedByGate => matches!(it.by, Some(By::Gate(_) | By::Analysis(_))),
            Self::StoppedByPerson => it.by == Some(By::Person),
            Self::Caught => it.is_caught(),
            Self::CaughtByPerson => it.is_caught() && it.by == Some(By::Person),
            Self::Missed => it.is_missed(),
            Self::TakenBack => it.promoted_at.is_some() && it.ending == Ending::RolledBack,
            Self::Prevented => it.is_caught() && it.harm_began.is_none(),
            Self::SelfHealed => {
                it.by.is_none() && it.harm_began.is_some() && it.harm_ended.is_some()
            }
            Self::Detected => it.detected_at.is_some(),
            Self::Resolved => it.resolved_at().is_some(),
            Self::Unresolved => it.harm_began.is_some() && it.harm_ended.is_none(),
            Self::CutOff => it.cut_off,
        }
    }
}

impl Unit {
    /// How many grains one of it has.
    pub fn grains(self) -> f64 {
        match self {
            Self::Share => PARTS as f64,
            Self::Time | Self::Money => 1e6,
            Self::Requests | Self::Users => 1e3,
            Self::PodHours => 3.6e9,
            Self::Count => 1.0,
        }
    }

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Time => "seconds",
            Self::Requests => "requests",
            Self::Users => "users",
            Self::PodHours => "pod-hours",
            Self::Count => "count",
            Self::Money => "money",
        }
    }
}

impl How {
    /// What the number is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Rate(_) | Self::Saved(..) | Self::PerReading(_) => Unit::Share,
            Self::PerWeek(_) => Unit::Count,
            Self::Mean(amount) | Self::Quantile(amount, _) | Self::Worst(amount) => amount.unit(),
        }
    }

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rate(_) => "rate",
            Self::Mean(_) => "mean",
            Self::Quantile(..) => "quantile",
            Self::Worst(_) => "worst",
            Self::Saved(..) => "saved",
            Self::PerReading(_) => "per-reading",
            Self::PerWeek(_) => "per-week",
        }
    }
}
