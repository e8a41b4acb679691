//! The model, request by request: slow, obvious, and the definition of what the engine computes.
//!
//! Time runs from one change to the next, and never over the end of a tick. In between every
//! request arrives on its own. At the end of a tick its counts are scraped; gates read scraped
//! ticks only.

use chance::math;
use clockwork::Span;
use coalmine::gate::Tally;
use coalmine::scenario::Scenario;
use coalmine::simulation::Ending;
use coalmine::strategy::{Rollout, Signal};
use coalmine::traffic::Arrivals;

use super::dice::Dice;
use super::request::{Fate, Service};
use super::watch::Watch;
use super::world::{NEW, OLD, Trouble, World};

/// Gates that a scenario may have here.
pub(super) const GATES: usize = 4;

const DAY: u64 = 86_400_000_000;

/// What was seen of one world. Times are microseconds.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) release: usize,
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

/// The counts of one tick by version; `beyond` by gate.
#[derive(Clone, Default)]
pub(super) struct Tick {
    pub(super) tally: [Tally; 2],
    pub(super) beyond: [[u64; GATES]; 2],
    baseline_failed: u64,
}

/// Where pods and traffic are.
#[derive(Default)]
pub(super) struct State {
    pub(super) weight: f64,
    /// The share of the traffic that the weight comes to.
    pub(super) share: f64,
    /// When each pod became ready; long ago when it is not known.
    pub(super) pods: [Vec<Option<u64>>; 2],
    /// When each fault began.
    pub(super) began: Vec<Option<u64>>,
}

/// What is due when.
#[derive(Default)]
pub(super) struct Due {
    pub(super) pods: Option<u64>,
    pub(super) shift: Option<u64>,
    pub(super) pause: Option<u64>,
    pub(super) bake: Option<u64>,
    pub(super) watch: Option<u64>,
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
        for share in &mut cumulative {
            *share /= sum;
        }
        let nobody = vec![0; cumulative.len()];
        Self { s, cumulative, met: nobody.clone(), harmed: nobody, worlds: 0 }
    }

    pub(super) fn simulate(&mut self, dice: &mut Dice) -> Seen {
        self.worlds += 1;
        let world = World::draw(self.s, dice);
        let release = world.release;
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
            target: (0.0, 0),
            rolling_back: false,
            served: 0.0,
            harm_ended: None,
            seen: Seen { release, ..Seen::default() },
        };
        run.until_the_end()
    }
}

/// One world on its way.
pub(super) struct Run<'a, 's> {
    pub(super) s: &'s Scenario,
    all: &'a mut Naive<'s>,
    dice: &'a mut Dice,
    pub(super) world: World,
    pub(super) state: State,
    pub(super) now: u64,
    pub(super) due: Due,
    /// Scraped ticks.
    pub(super) ticks: Vec<Tick>,
    tick: Tick,
    pub(super) watches: Vec<Watch>,
    pub(super) watching: bool,
    /// A paused rollout waits for this gate to pass so often.
    pub(super) wanted: Option<(usize, u32)>,
    pub(super) rollout: Rollout<'s>,
    /// The weight and the pods that are on their way.
    pub(super) target: (f64, usize),
    pub(super) rolling_back: bool,
    /// Requests that the new version is expected to have served.
    served: f64,
    pub(super) harm_ended: Option<u64>,
    pub(super) seen: Seen,
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
        if let Some(began) = self.seen.harm_began {
            let end = self.harm_ended.unwrap_or(horizon).min(horizon).min(self.period_end());
            self.seen.time_harmed = end.saturating_sub(began);
            self.seen.detected_at = self.seen.detected_at.map(|at| at.max(began));
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
        let Due { pods, shift, pause, bake, watch } = self.due;
        let timers = [pods, shift, pause, bake, watch, onsets].into_iter().flatten();
        let readings = self.watches.iter().filter(|_| self.watching).filter_map(Watch::due);
        timers.chain(readings).fold(self.tick_end(), u64::min)
    }

    /// When a fault begins if the present load and weight last; they do until the end of the tick.
    pub(super) fn onset(&mut self, fault: usize) -> Option<u64> {
        let exposed = self.seen.exposed_at.filter(|_| self.state.began[fault].is_none())?;
        let load = self.world.load(self.s, self.ticks.len(), self.dice);
        let trouble = &self.world.troubles[fault];
        if !trouble.by_requests {
            return Some(exposed + micros(trouble.after));
        }
        let left = (trouble.after - self.served).max(0.0);
        let rate = load * self.state.share;
        (rate > 0.0).then(|| self.now + micros(left / rate))
    }

    /// Requests arrive one by one until a time within the tick.
    fn serve_until(&mut self, to: u64) {
        let (s, index) = (self.s, self.ticks.len());
        let seconds = (to - self.now) as f64 / 1e6;
        let load = self.world.load(s, index, self.dice);
        let rates = [load * (1.0 - self.state.share), load * self.state.share];
        let services = [OLD, NEW].map(|version| {
            let place = (version, index);
            let load = (load, rates[version]);
            Service::of(s, &mut self.world, &self.state, place, load, self.dice)
        });
        match s.traffic.arrivals {
            Arrivals::Poisson => {
                let mut at = self.dice.wait(load);
                while at < seconds {
                    let user = self.user();
                    let sticky = s.traffic.users.sticky;
                    let place = if sticky { self.world.arm(user) } else { self.dice.uniform() };
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
        if to == (index as u64 + 1) * s.tick.micros() {
            self.scrape();
        }
    }

    fn user(&mut self) -> usize {
        let place = self.dice.uniform();
        let last = self.all.cumulative.len() - 1;
        self.all.cumulative.partition_point(|share| *share < place).min(last)
    }

    fn request(&mut self, user: usize, version: usize, service: &Service) {
        let s = self.s;
        let tick = &mut self.tick;
        let tally = &mut tick.tally[version];
        tally.requests += 1;
        let mut harm = 0;
        match service.serve(s.baseline.latency, &self.world, (user, version), self.dice) {
            Fate::Answered(seconds, healthy) => {
                if seconds <= s.slo.apdex {
                    tally.fast += 1;
                } else if seconds <= 4.0 * s.slo.apdex {
                    tally.middle += 1;
                } else {
                    tally.slow += 1;
                }
                for (gate, beyond) in s.gates.iter().zip(&mut tick.beyond[version]) {
                    *beyond += u64::from(gate.metric.limit().is_some_and(|limit| seconds > limit));
                }
                harm = i64::from(seconds > s.slo.latency) - i64::from(healthy > s.slo.latency);
                self.seen.slowed += if self.counts() { harm } else { 0 };
            }
            Fate::Baseline => {
                tally.failed += 1;
                tick.baseline_failed += 1;
            }
            Fate::Rollout => tally.failed += 1,
            Fate::Defect => {
                tally.failed += 1;
                harm = 1;
                self.seen.failed += u64::from(self.counts());
            }
        }
        if version == OLD || !self.counts() {
            return;
        }
        self.seen.met += 1;
        self.seen.met_harmful += u64::from(self.is_harming());
        let world = self.all.worlds;
        if std::mem::replace(&mut self.all.met[user], world) != world {
            self.seen.users_met += 1;
        }
        if harm > 0 && std::mem::replace(&mut self.all.harmed[user], world) != world {
            self.seen.users_harmed += 1;
        }
    }

    /// Whether the tick lies in the period in which harm is counted.
    fn counts(&self) -> bool {
        (self.ticks.len() as u64) * self.s.tick.micros() < self.period_end()
    }

    pub(super) fn is_harming(&self) -> bool {
        let troubles = self.world.troubles.iter().zip(&self.state.began);
        let acts =
            |(trouble, began): (&Trouble, &Option<u64>)| began.is_some() && !trouble.is_harmless();
        self.state.share > 0.0 && troubles.into_iter().any(acts)
    }

    fn scrape(&mut self) {
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
