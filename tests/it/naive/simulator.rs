//! The model, request by request: slow, obvious, and the definition of what the engine computes.
//!
//! Time runs from one change to the next, and never over the end of a tick. In between every
//! request arrives on its own. At the end of a tick its counts are scraped; gates read scraped
//! ticks only.

use chance::math;
use clockwork::Span;
use coalmine::gate::{Combine, Tally, Verdict, Window};
use coalmine::scenario::Scenario;
use coalmine::simulation::Ending;
use coalmine::strategy::{Command, Rollout, Routing, Signal};
use coalmine::traffic::Arrivals;
use coalmine::units::Share;

use super::dice::Dice;
use super::request::{Fate, Service};
use super::watch::Watch;
use super::world::{NEW, OLD, World};

/// Gates that a scenario may have here.
pub(super) const GATES: usize = 4;

const DAY: u64 = 86_400_000_000;

/// What was seen of one world. Times are microseconds.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) ending: Option<Ending>,
    pub(super) gate: Option<usize>,
    pub(super) exposed_at: Option<u64>,
    pub(super) ended_at: u64,
    pub(super) live_at: Option<u64>,
    pub(super) ordered_at: Option<u64>,
    pub(super) detected_at: Option<u64>,
    pub(super) harm_began: Option<u64>,
    pub(super) time_harmed: u64,
    pub(super) met: u64,
    pub(super) met_harmful: u64,
    pub(super) failed: u64,
    pub(super) slowed: i64,
    pub(super) baseline_failed: u64,
    pub(super) users_met: u64,
    pub(super) users_harmed: u64,
    pub(super) readings: u32,
}

/// The counts of one tick: what gates can read, by version, and what only we know.
#[derive(Clone, Default)]
struct Tick {
    tally: [Tally; 2],
    beyond: [[u64; GATES]; 2],
    baseline: u64,
}

/// Where pods and traffic are.
#[derive(Default)]
pub(super) struct State {
    weight: f64,
    /// The share of the traffic that the weight comes to.
    share: f64,
    /// When each pod became ready; long ago when it is not known.
    pub(super) pods: [Vec<Option<u64>>; 2],
    /// When each fault began.
    pub(super) began: Vec<Option<u64>>,
}

/// What is due when.
#[derive(Default)]
struct Due {
    pods: Option<u64>,
    shift: Option<u64>,
    pause: Option<u64>,
    bake: Option<u64>,
    watch: Option<u64>,
}

/// Simulates worlds of one scenario.
pub(super) struct Naive<'s> {
    s: &'s Scenario,
    /// Share of the traffic of a user and of all more active ones.
    cumulative: Vec<f64>,
    /// The last world in which a user met the release, and was harmed by it.
    met: Vec<u32>,
    harmed: Vec<u32>,
    worlds: u32,
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
        cumulative.iter_mut().for_each(|share| *share /= sum);
        let nobody = vec![0; cumulative.len()];
        Self { s, cumulative, met: nobody.clone(), harmed: nobody, worlds: 0 }
    }

    pub(super) fn simulate(&mut self, dice: &mut Dice) -> Seen {
        self.worlds += 1;
        let world = World::draw(self.s, dice);
        let state = State {
            pods: [vec![None; self.s.fleet.replicas as usize], Vec::new()],
            began: vec![None; world.troubles.len()],
            ..State::default()
        };
        let run = Run {
            s: self.s,
            rollout: self.s.strategy.begin(),
            all: self,
            dice,
            world,
            state,
            now: 0,
            due: Due::default(),
            ticks: Vec::new(),
            tick: Tick::default(),
            watches: Vec::new(),
            watching: false,
            wanted: None,
            target: 0.0,
            ordered_pods: 0,
            rolling_back: false,
            served: 0.0,
            harm_ended: None,
            seen: Seen::default(),
        };
        run.until_the_end()
    }
}

struct Run<'a, 's> {
    s: &'s Scenario,
    all: &'a mut Naive<'s>,
    dice: &'a mut Dice,
    world: World,
    state: State,
    now: u64,
    due: Due,
    /// Scraped ticks.
    ticks: Vec<Tick>,
    tick: Tick,
    watches: Vec<Watch>,
    watching: bool,
    /// A paused rollout waits for this gate to pass so often.
    wanted: Option<(usize, u32)>,
    rollout: Rollout<'s>,
    /// Where traffic and pods are on their way to.
    target: f64,
    ordered_pods: usize,
    rolling_back: bool,
    /// Requests that the new version is expected to have served.
    served: f64,
    harm_ended: Option<u64>,
    seen: Seen,
}

impl Run<'_, '_> {
    fn until_the_end(mut self) -> Seen {
        self.decide(Signal::Started);
        while !self.happen() {
            let next = self.next_change();
            self.serve_until(next);
        }
        let horizon = self.now;
        // The tick in which the watch ends is counted as a whole.
        while !self.now.is_multiple_of(self.s.tick.micros()) {
            self.serve_until(self.tick_end());
        }
        let period = self.seen.exposed_at.unwrap_or(self.seen.ended_at) + DAY;
        let until = horizon.min(period);
        if let Some(began) = self.seen.harm_began {
            let end = self.harm_ended.unwrap_or(horizon).min(until);
            self.seen.time_harmed = end.saturating_sub(began);
            self.seen.detected_at = self.seen.detected_at.map(|at| at.max(began));
        }
        self.seen.readings = self.watches.iter().map(|watch| watch.readings).sum();
        self.seen
    }

    fn tick_end(&self) -> u64 {
        (self.now / self.s.tick.micros() + 1) * self.s.tick.micros()
    }

    fn next_change(&self) -> u64 {
        let Due { pods, shift, pause, bake, watch } = self.due;
        let timers = [pods, shift, pause, bake, watch].into_iter().flatten();
        let onsets = (0..self.state.began.len()).filter_map(|fault| self.onset(fault));
        let readings = self.watches.iter().filter(|_| self.watching).filter_map(Watch::due);
        let first = timers.chain(onsets).chain(readings).min();
        first.map_or(self.tick_end(), |at| at.min(self.tick_end()))
    }

    /// When a fault begins, if that can be told before the end of the tick.
    fn onset(&self, fault: usize) -> Option<u64> {
        let exposed = self.seen.exposed_at.filter(|_| self.state.began[fault].is_none())?;
        let trouble = &self.world.troubles[fault];
        if !trouble.by_requests {
            return Some(exposed + micros(trouble.after));
        }
        let left = (trouble.after - self.served).max(0.0);
        (self.state.share > 0.0).then(|| self.now + micros(left / (self.load_now * self.state.share)))
    }

    /// Requests arrive one by one until a time within the tick.
    fn serve_until(&mut self, to: u64) {
        let (s, index) = (self.s, self.ticks.len());
        let seconds = (to - self.now) as f64 / 1e6;
        let load = self.load();
        let rates = [load * (1.0 - self.state.share), load * self.state.share];
        let (world, state) = (&mut self.world, &self.state);
        let services = [OLD, NEW]
            .map(|v| Service::of(s, world, state, (v, index), (load, rates[v]), self.dice));
        match s.traffic.arrivals {
            Arrivals::Poisson => {
                let mut at = self.dice.wait(load);
                while at < seconds {
                    let user = self.user();
                    let place = if s.traffic.users.sticky {
                        self.world.arm(user)
                    } else {
                        self.dice.uniform()
                    };
                    let version = if place < self.state.weight { NEW } else { OLD };
                    self.request(user, version, &services[version]);
                    at += self.dice.wait(load);
                }
            }
            Arrivals::Even => {
                for version in [OLD, NEW] {
                    let count = rates[version] * seconds;
                    assert!((count - count.round()).abs() < 1e-6, "a whole number of requests");
                    for _ in 0..count.round() as u64 {
                        let user = self.user();
                        self.request(user, version, &services[version]);
                    }
                }
            }
        }
        self.served += rates[NEW] * seconds;
        self.now = to;
        if to.is_multiple_of(s.tick.micros()) {
            self.scrape();
        }
    }

    fn user(&mut self) -> usize {
        let place = self.dice.uniform();
        let last = self.all.cumulative.len() - 1;
        self.all.cumulative.partition_point(|share| *share < place).min(last)
    }
}

fn micros(seconds: f64) -> u64 {
    Span::from_secs_f64(seconds).micros()
}
