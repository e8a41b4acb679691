//! The model, request by request: slow, obvious, and the definition of what the engine computes.
//!
//! Time runs from one change to the next, and never over the end of a tick. In between every
//! request arrives on its own. At the end of a tick its counts are scraped; gates read scraped
//! ticks only.

use chance::math;
use clockwork::Span;
use coalmine::gate::Tally;
use coalmine::scenario::Scenario;
use coalmine::simulation::{By, Ending};

use super::dice::Dice;
use super::pods::{Fleet, Pod};
use super::watch::Watch;
use super::world::{Counts, World};

/// Gates that a scenario may have here.
pub(super) const GATES: usize = 4;

const DAY: u64 = 86_400_000_000;

/// What was seen of one world. Times are microseconds.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) release: usize,
    pub(super) ending: Option<Ending>,
    pub(super) by: Option<By>,
    pub(super) attempts: u32,
    pub(super) exposed_at: Option<u64>,
    pub(super) ended_at: u64,
    pub(super) live_at: Option<u64>,
    pub(super) ordered_at: Option<u64>,
    pub(super) detected_at: Option<u64>,
    pub(super) harm_began: Option<u64>,
    pub(super) harm_ended: Option<u64>,
    pub(super) time_harmed: u64,
    pub(super) met: u64,
    pub(super) met_harmful: u64,
    pub(super) failed: u64,
    pub(super) slowed: i64,
    pub(super) bystanders: i64,
    pub(super) baseline_failed: u64,
    pub(super) rollout_failed: u64,
    pub(super) rollout_slowed: i64,
    pub(super) users_met: u64,
    pub(super) users_harmed: u64,
    pub(super) users_dipped: u64,
    pub(super) peak_share: f64,
    pub(super) killed: u64,
    /// Pod-microseconds above the replicas, and the most pods at one time.
    pub(super) pods_above: i64,
    pub(super) peak_pods: usize,
    pub(super) readings: u32,
}

/// The counts of one tick by version; `beyond` by gate.
#[derive(Clone, Default)]
pub(super) struct Tick {
    pub(super) tally: [Tally; 2],
    pub(super) beyond: [[u64; GATES]; 2],
    pub(super) baseline_failed: u64,
}

/// Where pods and traffic are.
#[derive(Default)]
pub(super) struct State {
    pub(super) weight: f64,
    /// The share of the traffic that the weight comes to, and that it would come to without faults.
    pub(super) share: f64,
    pub(super) due: f64,
    /// Sessions that stay where they were: the share before the switch, and when that was.
    pub(super) sessions: Option<(f64, u64)>,
    pub(super) pods: [Vec<Pod>; 2],
    /// When each fault began.
    pub(super) began: Vec<Option<u64>>,
}

/// What is due when.
#[derive(Default)]
pub(super) struct Due {
    pub(super) shift: Option<u64>,
    pub(super) drained: Option<u64>,
    pub(super) pause: Option<u64>,
    pub(super) check: Option<u64>,
    pub(super) retire: Option<u64>,
    pub(super) deadline: Option<u64>,
    pub(super) bake: Option<u64>,
    pub(super) again: Option<u64>,
    pub(super) watch: Option<u64>,
}

/// Simulates worlds of one scenario.
pub(super) struct Naive<'s> {
    s: &'s Scenario,
    /// Share of the traffic of a user and of all more active ones.
    pub(super) cumulative: Vec<f64>,
    /// The last world in which a user met the release, was harmed by it, and by its rollout.
    pub(super) met: Vec<u32>,
    pub(super) harmed: Vec<u32>,
    pub(super) dipped: Vec<u32>,
    pub(super) worlds: u32,
}

impl<'s> Naive<'s> {
    pub(super) fn new(s: &'s Scenario) -> Self {
        let users = &s.traffic.users;
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = (1..=users.population)
            .map(|rank| {
                sum += math::pow(rank as f64, -users.zipf);
                sum
            })
            .collect();
        for share in &mut cumulative {
            *share /= sum;
        }
        let nobody = vec![0; cumulative.len()];
        Self {
            s,
            cumulative,
            met: nobody.clone(),
            harmed: nobody.clone(),
            dipped: nobody,
            worlds: 0,
        }
    }

    pub(super) fn simulate(&mut self, dice: &mut Dice) -> Seen {
        self.worlds += 1;
        let world = World::draw(self.s, dice);
        let seen = Seen::of(world.release);
        let state = State {
            pods: [vec![Pod::old(); self.s.fleet.replicas as usize], Vec::new()],
            began: vec![None; world.troubles.len()],
            ..State::default()
        };
        let run = Run {
            s: self.s,
            all: self,
            dice,
            world,
            state,
            fleet: Fleet::default(),
            now: 0,
            due: Due::default(),
            ticks: Vec::new(),
            tick: Tick::default(),
            watches: Vec::new(),
            watching: false,
            wanted: None,
            stage: 0,
            target: None,
            rolling_back: false,
            exposed_at: None,
            served: 0.0,
            felt: false,
            horizon: None,
            seen,
        };
        run.until_the_end()
    }
}

/// One world on its way.
pub(super) struct Run<'a, 's> {
    pub(super) s: &'s Scenario,
    pub(super) all: &'a mut Naive<'s>,
    pub(super) dice: &'a mut Dice,
    pub(super) world: World,
    pub(super) state: State,
    pub(super) fleet: Fleet,
    pub(super) now: u64,
    pub(super) due: Due,
    /// Scraped ticks.
    pub(super) ticks: Vec<Tick>,
    pub(super) tick: Tick,
    pub(super) watches: Vec<Watch>,
    pub(super) watching: bool,
    /// A paused rollout waits for this gate to pass so often.
    pub(super) wanted: Option<(usize, u32)>,
    /// Stages that have begun.
    pub(super) stage: usize,
    /// The weight that is on its way, and the pods that it waits for.
    pub(super) target: Option<(f64, [usize; 2])>,
    pub(super) rolling_back: bool,
    /// When traffic first reached the new version in this attempt.
    pub(super) exposed_at: Option<u64>,
    /// Requests that the new version is expected to have served in this attempt.
    pub(super) served: f64,
    /// Whether what wears out has been felt.
    pub(super) felt: bool,
    /// When the watched time was over.
    horizon: Option<u64>,
    pub(super) seen: Seen,
}

impl Run<'_, '_> {
    fn until_the_end(mut self) -> Seen {
        self.advance();
        while !self.happen() {
            let next = self.next_change();
            self.serve_until(next);
        }
        self.horizon = Some(self.now);
        // The tick in which the watch ends is counted as a whole.
        while !self.now.is_multiple_of(self.s.tick.micros()) {
            self.serve_until(self.tick_end());
        }
        if let Some(began) = self.seen.harm_began {
            self.seen.detected_at = self.seen.detected_at.map(|at| at.max(began));
            self.seen.harm_ended = self.seen.harm_ended.filter(|_| !self.is_harming());
        }
        self.seen.readings = self.watches.iter().map(|watch| watch.readings).sum();
        self.seen
    }

    fn tick_end(&self) -> u64 {
        (self.now / self.s.tick.micros() + 1) * self.s.tick.micros()
    }

    /// Harm is counted in the day after the first exposure.
    fn period_end(&self) -> u64 {
        self.seen.exposed_at.map_or(u64::MAX, |exposed| exposed + DAY)
    }

    fn next_change(&mut self) -> u64 {
        let onsets = (0..self.state.began.len()).filter_map(|fault| self.onset(fault)).min();
        let load = self.world.load(self.s, self.ticks.len(), self.dice);
        let pods = self.next_of_pods(load);
        let Due { shift, drained, pause, check, retire, deadline, bake, again, watch } = self.due;
        let timers = [shift, drained, pause, check, retire, deadline, bake, again, watch];
        let timers = timers.into_iter().chain([pods, onsets, self.warm_at()]).flatten();
        let readings = self.watches.iter().filter(|_| self.watching).filter_map(Watch::due);
        timers.chain(readings).fold(self.tick_end(), u64::min)
    }

    /// When a fault begins if the present load and weight last; they do until the end of the tick.
    pub(super) fn onset(&mut self, fault: usize) -> Option<u64> {
        let exposed = self.exposed_at.filter(|_| self.state.began[fault].is_none())?;
        let load = self.world.load(self.s, self.ticks.len(), self.dice);
        let trouble = &self.world.troubles[fault];
        match trouble.clock {
            Counts::Seconds => Some(exposed + micros(trouble.after)),
            Counts::Day => {
                let from = self.world.start + exposed as f64 / 1e6;
                Some(exposed + micros((trouble.after - from).rem_euclid(86_400.0)))
            }
            Counts::Load => (load >= trouble.after * self.world.rate).then_some(self.now),
            Counts::Requests => {
                let left = (trouble.after - self.served).max(0.0);
                let rate = load * self.share(self.now);
                (rate > 0.0).then(|| self.now + micros(left / rate))
            }
        }
    }

    /// The share of the traffic on the new version; sessions end without memory.
    pub(super) fn share(&self, at: u64) -> f64 {
        let share = self.state.share;
        let held = self.state.sessions.zip(self.s.strategy.affinity);
        held.map_or(share, |((from, began), affinity)| {
            let age = (at - began) as f64 / 1e6;
            share + (from - share) * math::exp(-age / affinity.session.as_secs_f64())
        })
    }

    /// What goes on until `to`: harm, and pods that cost.
    pub(super) fn count_time(&mut self, to: u64) {
        if self.horizon.is_some() {
            return;
        }
        let lasts = to - self.now;
        if self.is_harming() {
            self.seen.time_harmed += to.min(self.period_end()).saturating_sub(self.now);
        }
        let pods = self.all_pods();
        self.seen.peak_pods = self.seen.peak_pods.max(pods);
        self.seen.pods_above += (pods as i64 - i64::from(self.s.fleet.replicas)) * lasts as i64;
    }

    /// Whether the tick lies in the period in which harm is counted.
    pub(super) fn counts(&self) -> bool {
        (self.ticks.len() as u64) * self.s.tick.micros() < self.period_end()
    }

    pub(super) fn scrape(&mut self) {
        let tick = std::mem::take(&mut self.tick);
        if self.seen.exposed_at.is_some() && self.counts() {
            self.seen.baseline_failed += tick.baseline_failed;
        }
        self.ticks.push(tick);
    }
}

pub(super) fn micros(seconds: f64) -> u64 {
    Span::from_secs_f64(seconds).micros()
}
