//! What is counted: the cells of both versions, and what is expected beside them.

use chance::math;

use super::state::VERSIONS;
use crate::scenario::{LIMITS_MAX, Scenario};

/// Kinds of requests of a version: three causes of failure and three classes of success.
pub(super) const CELLS: usize = 6;
/// Failures that would have happened anyway.
pub(super) const BASELINE: usize = 0;
/// Failures that the strategy itself makes.
pub(super) const ROLLOUT: usize = 1;
/// Failures that the release's faults make.
pub(super) const DEFECT: usize = 2;
/// Responses after more than 4 T.
pub(super) const SLOW: usize = 3;
/// Responses between T and 4 T.
pub(super) const MIDDLE: usize = 4;
/// Responses within T.
pub(super) const FAST: usize = 5;

/// One stream for each version and cell.
pub(super) const STREAMS: usize = VERSIONS * CELLS;

/// The stream of a cell of a version.
pub(super) const fn stream(version: usize, cell: usize) -> usize {
    version * CELLS + cell
}

/// Expected counts of a tick beside the streams.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Note {
    /// Where the grid keeps how many are beyond the limits of gates.
    pub(super) beyond: u32,
    /// Responses of each version slower than the objective because of the release's faults;
    /// signed.
    pub(super) harm: [f64; VERSIONS],
    /// Responses of each version slower than the objective because of what the strategy does;
    /// signed.
    pub(super) dip: [f64; VERSIONS],
    /// Of those, on pods that are slower because of it and not faster.
    pub(super) slower: [f64; VERSIONS],
}

/// Expected counts of one tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// By stream.
    pub(super) rate: [f64; STREAMS],
    /// Beside them.
    pub(super) note: Note,
    /// Of the class that a gate's limit lies in, how many are beyond the limit.
    pub(super) beyond: [[f64; LIMITS_MAX]; VERSIONS],
}

impl Expected {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        rate: [0.0; STREAMS],
        note: Note {
            beyond: 0,
            harm: [0.0; VERSIONS],
            dip: [0.0; VERSIONS],
            slower: [0.0; VERSIONS],
        },
        beyond: [[0.0; LIMITS_MAX]; VERSIONS],
    };

    /// Adds `part` of another tick's expectation, under so many limits of gates.
    pub(super) fn add(&mut self, other: &Self, part: f64, limits: usize) {
        for (mine, theirs) in self.rate.iter_mut().zip(&other.rate) {
            *mine += theirs * part;
        }
        for version in 0..VERSIONS {
            self.note.dip[version] += other.note.dip[version] * part;
            self.note.slower[version] += other.note.slower[version] * part;
            self.note.harm[version] += other.note.harm[version] * part;
            for limit in 0..limits {
                self.beyond[version][limit] += other.beyond[version][limit] * part;
            }
        }
    }

    /// So many requests of a version, whichever they are, meet a pod that is gone: what would have
    /// failed for a reason that comes before this `cell` still does, the others fail because of
    /// it. Says how many more there were than the version has.
    pub(super) fn lose(&mut self, version: usize, cell: usize, requests: f64) -> f64 {
        let cells = stream(version, 0)..stream(version, CELLS);
        let all: f64 = self.rate[cells.clone()].iter().sum();
        if requests <= 0.0 || all <= 0.0 {
            return requests.max(0.0);
        }
        let left = 1.0 - (requests / all).min(1.0);
        let mut lost = 0.0;
        for rate in &mut self.rate[stream(version, cell) + 1..cells.end] {
            lost += *rate * (1.0 - left);
            *rate *= left;
        }
        self.rate[stream(version, cell)] += lost;
        self.note.harm[version] *= left;
        self.note.dip[version] *= left;
        self.note.slower[version] *= left;
        self.beyond[version].iter_mut().for_each(|beyond| *beyond *= left);
        (requests - all).max(0.0)
    }
}

/// Response times that matter to somebody, as logarithms of seconds, each once.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// T, 4 T, then the others.
    pub(super) ln: Vec<f64>,
    /// The place of the objective.
    pub(super) objective: usize,
    /// The places of the limits of the gates.
    pub(super) gates: Vec<usize>,
    /// Whether somebody reads the response times of the running version.
    pub(super) reads_old: bool,
}

/// T, 4 T, the objective, and the limits of the gates.
pub(super) const POINTS: usize = 3 + LIMITS_MAX;

impl Limits {
    /// The limits of a scenario; `reads_old` when a reader wants all of the running version.
    pub(super) fn of(scenario: &Scenario, gates: &[f64], reads_old: bool) -> Self {
        let mut ln = vec![math::ln(scenario.slo.apdex), math::ln(4.0 * scenario.slo.apdex)];
        let mut place = |limit: f64| {
            let x = math::ln(limit);
            ln.iter().position(|known| *known == x).unwrap_or_else(|| {
                ln.push(x);
                ln.len() - 1
            })
        };
        let gates = gates.iter().map(|limit| place(*limit)).collect();
        let objective = place(scenario.slo.latency);
        Self { ln, objective, gates, reads_old }
    }

    /// The class of successes that the limit of a gate lies in.
    pub(super) fn class(&self, gate: usize) -> usize {
        let limit = self.ln[self.gates[gate]];
        if limit < self.ln[0] {
            FAST
        } else if limit < self.ln[1] {
            MIDDLE
        } else {
            SLOW
        }
    }

    /// Which classes hold responses slower than the objective.
    pub(super) fn harmful(&self) -> &'static [usize] {
        let objective = self.ln[self.objective];
        if objective < self.ln[0] {
            &[FAST, MIDDLE, SLOW]
        } else if objective < self.ln[1] {
            &[MIDDLE, SLOW]
        } else {
            &[SLOW]
        }
    }
}
