//! Requests arrive one by one, and whoever sends them is harmed or not.

use coalmine::strategy::Routing;
use coalmine::traffic::Arrivals;

use super::request::{Fate, Load, Service};
use super::simulator::{Run, micros};
use super::world::{NEW, OLD};

impl Run<'_, '_> {
    /// Requests arrive one by one until a time within the tick.
    pub(super) fn serve_until(&mut self, to: u64) {
        let (s, index) = (self.s, self.ticks.len());
        let seconds = (to - self.now) as f64 / 1e6;
        let load = self.world.load(s, index, self.dice);
        let share = self.share(u64::midpoint(self.now, to));
        let due = if self.state.sessions.is_some() { share } else { self.state.due };
        let of = [(1.0 - share, 1.0 - due), (share, due)];
        let pods = self.serving(NEW);
        let each = if pods == 0 { 0.0 } else { load * share / pods as f64 };
        // Pods are worn as they are in the middle of the time.
        self.use_up(seconds / 2.0, each);
        let services = [OLD, NEW].map(|version| {
            let (share, due) = of[version];
            let load = Load { all: load, here: load * share, due: load * due };
            let deaf = self.fleet.deaf[version].len();
            let wear = self.wear();
            let place = (version, index, f64::midpoint(self.now as f64, to as f64) / 1e6);
            Service::of(s, &mut self.world, (&self.state, deaf, wear), place, load, self.dice)
        });
        self.count_time(to);
        match s.traffic.arrivals {
            Arrivals::Poisson => {
                let mut at = self.dice.wait(load);
                while at < seconds {
                    let user = self.user();
                    let sticky = s.traffic.users.sticky;
                    let version = if sticky {
                        self.world.arm(user) < self.state.weight
                    } else {
                        let now = self.now + micros(at);
                        self.dice.happens(self.to_new(now))
                    };
                    let version = usize::from(version);
                    self.request(user, version, &services[version]);
                    at += self.dice.wait(load);
                }
            }
            Arrivals::Even => {
                for (version, (share, _)) in of.into_iter().enumerate() {
                    let count = load * share * seconds;
                    assert!((count - count.round()).abs() < 1e-6, "a whole number of requests");
                    for _ in 0..count.round() as u64 {
                        let user = self.user();
                        self.request(user, version, &services[version]);
                    }
                }
            }
        }
        self.served += load * share * seconds;
        self.use_up(seconds / 2.0, each);
        self.now = to;
        if to == (index as u64 + 1) * s.tick.micros() {
            self.scrape();
        }
    }

    /// The chance that a request goes to the new version; stopped pods still get their part for a
    /// while where all pods get the same.
    fn to_new(&self, at: u64) -> f64 {
        let deaf = [OLD, NEW].map(|version| self.fleet.deaf[version].len());
        if self.s.strategy.routing == Routing::Pods && deaf != [0, 0] {
            let pods = [OLD, NEW].map(|version| (self.serving(version) + deaf[version]) as f64);
            return pods[NEW] / (pods[OLD] + pods[NEW]);
        }
        self.share(at)
    }

    fn user(&mut self) -> usize {
        let place = self.dice.uniform();
        let last = self.all.cumulative.len() - 1;
        self.all.cumulative.partition_point(|share| *share < place).min(last)
    }

    fn request(&mut self, user: usize, version: usize, service: &Service) {
        let s = self.s;
        let (counts, is_harming) = (self.counts(), self.is_harming());
        let fate = service.serve(s.baseline.latency, &self.world, (user, version), self.dice);
        let tick = &mut self.tick;
        let tally = &mut tick.tally[version];
        tally.requests += 1;
        let (mut harm, mut dip) = (0, 0);
        match fate {
            Fate::Answered { seconds, healthy, calm } => {
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
                let late = |seconds: f64| i64::from(seconds > s.slo.latency);
                harm = late(seconds) - late(healthy);
                dip = late(healthy) - late(calm);
                self.seen.slowed += if counts { harm } else { 0 };
                self.seen.rollout_slowed += if counts { dip } else { 0 };
            }
            Fate::Baseline => {
                tally.failed += 1;
                tick.baseline_failed += 1;
            }
            Fate::Rollout => {
                tally.failed += 1;
                dip = 1;
                self.seen.rollout_failed += u64::from(counts);
            }
            Fate::Defect => {
                tally.failed += 1;
                harm = 1;
                self.seen.failed += u64::from(counts);
            }
        }
        if !counts {
            return;
        }
        let world = self.all.worlds;
        let first = |users: &mut [u32]| std::mem::replace(&mut users[user], world) != world;
        if dip > 0 && first(&mut self.all.dipped) {
            self.seen.users_dipped += 1;
        }
        if harm > 0 && first(&mut self.all.harmed) {
            self.seen.users_harmed += 1;
        }
        if version == OLD {
            self.seen.bystanders += harm;
            return;
        }
        self.seen.met += 1;
        self.seen.met_harmful += u64::from(is_harming);
        if first(&mut self.all.met) {
            self.seen.users_met += 1;
        }
    }

    /// The requests that a killed pod was working on fail, whichever of this tick's they are.
    pub(super) fn lose_in_flight(&mut self) {
        let load = self.world.load(self.s, self.ticks.len(), self.dice);
        // The pod does not serve any more, but its share is what it was.
        let share = self.share(self.now) / (self.serving(NEW) as f64 + 1.0);
        let lost = self.dice.arrivals(load * share * self.mean_response());
        for _ in 0..lost {
            let tally = &mut self.tick.tally[NEW];
            let classes = [&mut tally.fast, &mut tally.middle, &mut tally.slow];
            let Some(class) = classes.into_iter().find(|class| **class > 0) else { return };
            *class -= 1;
            tally.failed += 1;
            self.seen.failed += 1;
        }
    }
}
