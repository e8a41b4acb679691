//! From a finished replication to its measures.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::history::Harmful;
use super::law::{BASELINE, DEFECT, ROLLOUT, stream};
use super::measures::{Ending, Measures};
use super::record::Record;
use super::truth;
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD};
use crate::traffic::met;

/// Harm is counted in this time from the first exposure.
pub const PERIOD: Span = Span::from_hours(24);

/// Expected counts of responses slower than the objective.
#[derive(Default)]
struct Beside {
    /// On the old version because of the release; signed.
    harm: f64,
    /// Because of what the strategy does; signed.
    dip: f64,
    /// Of those, where it makes them slower and not faster.
    slower: f64,
}

impl<R: Record> Engine<'_, R> {
    pub(super) fn measure(&mut self) -> Measures {
        let horizon = self.history.horizon;
        self.count_pods(horizon);
        let history = self.history;
        let (ended_at, ending) = history.ended.unwrap_or((history.horizon, Ending::Held));
        let exposed = history.exposed.unwrap_or(ended_at);
        let until = history.horizon.min(exposed + PERIOD);
        let end = self.tick_after(until);
        self.open_to(end);
        // A change that nobody met has no period in which it was met.
        let ticks = (history.exposed.map_or(end, |exposed| self.grid.over(exposed)), end);
        let (potential, truth) = truth::of(self.scenario, &self.world);
        let harm = history.harm.map(|harm| (harm.began, harm.end(history.horizon)));
        let harm_ended = history.harm.filter(|harm| !harm.goes_on()).map(|harm| harm.end(until));
        let met = self.grid.requests(NEW, ticks.0, ticks.1);
        // Missing pods may do harm before anybody meets the release, and so may its rollout.
        let harmful = (harm.map_or(ticks.0, |(from, _)| self.grid.over(from).min(ticks.0)), end);
        let failed = [OLD, NEW].map(|v| self.total(v, DEFECT, harmful));
        let beside = self.expected_beside(harmful.0, end);
        let slowed = [beside.harm, self.slowed(ticks)];
        let rollout = [OLD, NEW].map(|v| self.total(v, ROLLOUT, (0, end)));
        let rollout_failed = rollout[OLD] + rollout[NEW];
        let requests = self.world.rate * PERIOD.as_secs_f64();
        // Responses that are faster elsewhere make nobody whole who met a failure.
        let harmed = |v: usize| failed[v] as f64 + slowed[v].max(0.0);
        let (here, aside) = (harmed(NEW), harmed(OLD));
        let dipped = rollout_failed as f64 + beside.slower;
        let gates = &self.watches[..self.scenario.gates.len()];
        let readings = gates.iter().map(|watch| watch.readings).sum();
        let active = self.scenario.traffic.users.activity.distinct(requests);
        let hurt = self.users(here, self.confined());
        let hurt = hurt + (1.0 - hurt / active) * self.anybody(aside);
        Measures {
            release: self.world.release as u16,
            size: self.world.size.map(|u| (u * 1e6) as u32),
            truth,
            ending,
            by: history.order.map(|(_, by)| by),
            fixed: self.world.fixed,
            attempts: self.attempt as u8 + 1,
            potential: thousandths(potential),
            exposed_at: exposed,
            ended_at,
            watched_until: history.horizon,
            live_at: history.live,
            promoted_at: history.promoted,
            harm_began: harm.map(|(from, _)| from),
            detected_at: history.detected.map(|at| harm.map_or(at, |(from, _)| at.max(from))),
            ordered_at: history.order.map(|(at, _)| at),
            harm_ended,
            time_harmed: history
                .harm
                .map_or(Span::ZERO, |harm| harm.total(until).min(until - harm.began)),
            cut_off: history.harm.is_some_and(|harm| harm.goes_on())
                && history.horizon < exposed + PERIOD,
            met,
            met_harmful: self.met_harmful(ticks),
            failed: failed[OLD] + failed[NEW],
            slowed: signed(slowed[OLD] + slowed[NEW]),
            bystanders: signed(failed[OLD] as f64 + slowed[OLD]),
            rollout_failed,
            rollout_slowed: signed(beside.dip),
            baseline_failed: self.total(OLD, BASELINE, ticks) + self.total(NEW, BASELINE, ticks),
            requests: thousandths(requests),
            peak_share: (history.peak_share * 1e6 + 0.5) as u32,
            users_met: thousandths(self.users(met as f64, 1.0)),
            users_harmed: thousandths(hurt),
            users_dipped: thousandths(self.anybody(dipped)),
            users_active: thousandths(active),
            killed: history.killed,
            pods_above: history.pods.above,
            peak_pods: history.pods.peak,
            work: history.work,
            readings,
        }
    }

    /// What is expected beside the counts before tick `to`; what the release does from `from` on.
    fn expected_beside(&mut self, from: u32, to: u32) -> Beside {
        let mut beside = Beside::default();
        self.grid.ticks.visit_means(0, to, |ticks, piece| {
            let sum = |both: [f64; 2]| (both[OLD] + both[NEW]) * f64::from(ticks);
            beside.dip += sum(piece.note.dip);
            beside.slower += sum(piece.note.slower);
        });
        self.grid.ticks.visit_means(from, to, |ticks, piece| {
            beside.harm += piece.note.harm[OLD] * f64::from(ticks);
        });
        beside
    }

    /// Users expected behind requests of anybody.
    fn anybody(&self, requests: f64) -> f64 {
        if planted::is(Bug::UsersAreRequests) {
            return requests.max(0.0);
        }
        self.scenario.traffic.users.activity.distinct(requests.max(0.0))
    }

    fn tick_after(&self, at: Instant) -> u32 {
        at.since_start().div_ceil(self.scenario.tick) as u32
    }

    fn total(&mut self, version: usize, cell: usize, (a, b): (u32, u32)) -> u64 {
        self.grid.ticks.sum(stream(version, cell), a, b)
    }

    /// Responses made slower than the objective by the release: the drawn slow responses, each
    /// in the expected share that the faults have in them.
    fn slowed(&mut self, (from, to): (u32, u32)) -> f64 {
        if self.world.all_severities().iter().all(|fault| fault.signature.is_quick()) {
            return 0.0;
        }
        let classes = self.limits.harmful();
        let mut slowed = 0.0;
        for class in classes {
            let stream = stream(NEW, *class);
            let ends = classes.iter().map(|class| super::law::stream(NEW, *class));
            let streams: [usize; 3] = {
                let mut all = [stream; 3];
                all.iter_mut().zip(ends).for_each(|(place, s)| *place = s);
                all
            };
            self.grid.ticks.visit_pieces(stream, from, to, |count, piece| {
                let mean: f64 = streams[..classes.len()].iter().map(|s| piece.rate[*s]).sum();
                if mean > 0.0 {
                    slowed += count as f64 * piece.note.harm[NEW] / mean;
                }
            });
        }
        slowed
    }

    /// Requests that met the new version while it was harmful, thousandths.
    fn met_harmful(&mut self, ticks: (u32, u32)) -> u64 {
        let end = Instant::ZERO + self.scenario.tick * u64::from(ticks.1);
        let now = self.history.harm.and_then(|harm| harm.since());
        let last = now.map(|from| Harmful {
            from,
            to: end,
            with_traffic: (self.exposed == Some(from), true),
        });
        let spans = std::mem::take(&mut self.harmful);
        let met: f64 = spans.iter().chain(&last).map(|span| self.met_in(span, ticks)).sum();
        self.harmful = spans;
        thousandths(met)
    }

    /// Requests that met the new version in a span: whole ticks as drawn, and of the ticks at its
    /// ends the share of time in which there was traffic.
    fn met_in(&mut self, span: &Harmful, ticks: (u32, u32)) -> f64 {
        let first = self.grid.over(span.from).clamp(ticks.0, ticks.1);
        let last = self.tick_after(span.to).clamp(first, ticks.1);
        let mut met = self.grid.requests(NEW, first, last) as f64;
        let tick = self.scenario.tick;
        let over = |at: Instant| (at.since_start() % tick).as_secs_f64() / tick.as_secs_f64();
        if !span.with_traffic.0 && first < last {
            met -= self.grid.requests(NEW, first, first + 1) as f64 * over(span.from);
        }
        if !span.with_traffic.1 && first < last && over(span.to) > 0.0 {
            met -= self.grid.requests(NEW, last - 1, last) as f64 * (1.0 - over(span.to));
        }
        met.max(0.0)
    }

    /// The share of the users that harm is confined to.
    fn confined(&self) -> f64 {
        self.world.all_severities().iter().map(|fault| fault.users).fold(0.0, f64::max)
    }

    /// Users expected behind `requests` of the new version, spread over a share of all users:
    /// the sum over users of `1 - exp(-mean)`.
    fn users(&mut self, requests: f64, among: f64) -> f64 {
        if requests <= 0.0 || among <= 0.0 {
            return 0.0;
        }
        if planted::is(Bug::UsersAreRequests) {
            return requests;
        }
        let activity = &self.scenario.traffic.users.activity;
        if !self.scenario.traffic.users.sticky {
            return among * activity.distinct(requests / among);
        }
        among * self.sticky_users(requests / among)
    }

    /// With sticky users the arms are nested: who is on the new version at 5 % is on it at 20 %.
    /// The requests are split over the stages as the met requests were.
    fn sticky_users(&mut self, requests: f64) -> f64 {
        let exposed = self.history.exposed.unwrap_or(Instant::ZERO);
        let end = self.tick_after(self.history.horizon.min(exposed + PERIOD));
        let weights = std::mem::take(&mut self.weights);
        let mut bands: [(f64, f64); 64] = [(0.0, 0.0); 64];
        let mut count = 0;
        let all = self.grid.requests(NEW, 0, end).max(1) as f64;
        let mut largest = 0.0;
        for (index, (from, weight)) in weights.iter().enumerate().take(64) {
            let to = weights.get(index + 1).map_or(end, |next| next.0);
            let part = self.grid.requests(NEW, *from, to) as f64 / all;
            if *weight > 0.0 {
                // Everyone on this arm sends this many per unit of the whole traffic.
                let each = requests * part / weight;
                bands[..count].iter_mut().for_each(|band| band.1 += each);
                if *weight > largest {
                    bands[count] = (*weight, each);
                    count += 1;
                    largest = *weight;
                }
            }
        }
        let users = self.in_bands(&bands[..count]);
        self.weights = weights;
        users
    }

    fn in_bands(&self, bands: &[(f64, f64)]) -> f64 {
        let activity = &self.scenario.traffic.users.activity;
        let mut users = 0.0;
        let mut below = 0.0;
        for (weight, each) in bands {
            users += (weight - below) * activity.tail_distinct(*each);
            for (index, share) in activity.heavy.iter().enumerate() {
                let arm = self.world.heavy_arm(index);
                if arm >= below && arm < *weight {
                    users += met(-each * chance::math::ln_1p(-share));
                }
            }
            below = if planted::is(Bug::ArmsAreNotNested) { 0.0 } else { *weight };
        }
        users
    }
}

fn signed(value: f64) -> i64 {
    (value * 1000.0) as i64
}

fn thousandths(value: f64) -> u64 {
    (value * 1000.0 + 0.5) as u64
}
