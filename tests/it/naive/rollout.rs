//! What happens to a rollout: pods get ready, traffic moves, gates read and act, stages follow.

use coalmine::gate::{Action, Combine, Window};
use coalmine::simulation::Ending;
use coalmine::strategy::{self, Command, Routing, Signal};
use coalmine::units::Share;

use super::simulator::{Run, micros};
use super::watch::Watch;
use super::world::{NEW, OLD};

impl Run<'_, '_> {
    /// Everything that is due now, in order: onsets, pods, gates, then the controller. Says
    /// whether the watched time is over.
    pub(super) fn happen(&mut self) -> bool {
        let now = self.now;
        loop {
            for fault in 0..self.state.began.len() {
                if self.onset(fault).is_some_and(|at| at <= now) {
                    self.state.began[fault] = Some(now);
                    self.note_harm();
                }
            }
            let mut signal = None;
            if is_now(&mut self.due.pods, now) {
                signal = self.pods_ready();
            }
            if self.watching {
                signal = self.read_gates(signal);
            }
            if is_now(&mut self.due.shift, now) {
                signal = self.settle();
            } else if is_now(&mut self.due.pause, now) {
                self.wanted = None;
                signal = Some(Signal::Elapsed);
            } else if is_now(&mut self.due.bake, now) {
                self.end(Ending::Promoted);
            } else if is_now(&mut self.due.watch, now) {
                return true;
            } else if signal.is_none() {
                return false;
            }
            if let Some(signal) = signal {
                self.decide(signal);
            }
        }
    }

    pub(super) fn decide(&mut self, signal: Signal) {
        let seen = strategy::Seen {
            replicas: self.s.fleet.replicas,
            desired: [0; 2],
            available: [0; 2],
            stopping: 0,
        };
        match self.rollout.decide(signal, &seen) {
            Command::Shift(weight) => self.order(weight),
            Command::Wait(time) => self.due.pause = Some(self.now + time.micros()),
            Command::WaitFor { gate, passes, at_most } => {
                if let Some(watch) = self.watches.get_mut(gate) {
                    watch.passes = 0;
                }
                self.wanted = Some((gate, passes));
                self.due.pause = Some(self.now + at_most.micros());
            }
            Command::Hold => self.hold(None),
            Command::Bake => self.due.bake = Some(self.now + self.s.bake.micros()),
            other => unreachable!("{other:?} is of no strategy here"),
        }
    }

    /// Orders the pods for a weight; the traffic moves when the last one is ready.
    fn order(&mut self, weight: Share) {
        let replicas = u128::from(self.s.fleet.replicas);
        let parts = replicas * u128::from(weight.parts());
        let pods = parts.div_ceil(u128::from(Share::ONE.parts())) as usize;
        let weight = match self.s.strategy.routing {
            Routing::Weights { .. } => weight.as_f64(),
            Routing::Pods => pods as f64 / replicas as f64,
        };
        self.target = (weight, pods);
        self.start_pods(NEW, pods);
    }

    fn start_pods(&mut self, version: usize, pods: usize) {
        let running = self.state.pods[version].len().min(pods);
        let fresh = self.world.nodes[version][running..pods].iter();
        let last = fresh.map(|node| node.startup).fold(0.0, f64::max);
        self.due.pods = Some(self.now + micros(last));
    }

    fn pods_ready(&mut self) -> Option<Signal> {
        let (version, pods) = if self.rolling_back {
            (OLD, self.s.fleet.replicas as usize)
        } else {
            (NEW, self.target.1)
        };
        while self.state.pods[version].len() < pods {
            self.state.pods[version].push(Some(self.now));
        }
        match self.s.strategy.routing {
            Routing::Weights { delay } if !delay.is_zero() => {
                self.due.shift = Some(self.now + delay.micros());
                None
            }
            _ => self.settle(),
        }
    }

    /// The traffic is where it was ordered.
    fn settle(&mut self) -> Option<Signal> {
        let weight = self.target.0;
        let sticky = self.s.traffic.users.sticky;
        self.state.weight = weight;
        self.state.share = if sticky { self.world.sticky_share(self.s, weight) } else { weight };
        let new = self.state.pods[NEW].len();
        let rest = self.s.fleet.replicas as usize - new;
        if weight == 0.0 {
            self.state.pods[NEW].clear();
        } else if weight == 1.0 {
            self.state.pods[OLD].clear();
        } else if self.s.strategy.routing == Routing::Pods {
            self.state.pods[OLD].truncate(rest);
        }
        if self.seen.exposed_at.is_none() && self.state.share > 0.0 {
            self.seen.exposed_at = Some(self.now);
            self.watching = true;
            self.watches = self.s.gates.iter().map(|gate| Watch::new(gate, self.now)).collect();
        }
        self.note_harm();
        if self.rolling_back {
            self.end(Ending::RolledBack);
            return None;
        }
        if weight == 1.0 {
            self.seen.live_at = Some(self.now);
        }
        Some(Signal::Settled)
    }

    /// Harm begins when a fault that acts meets traffic, and ends with that traffic.
    fn note_harm(&mut self) {
        match (self.seen.harm_began, self.is_harming()) {
            (None, true) => self.seen.harm_began = Some(self.now),
            (Some(_), false) => self.harm_ended = self.harm_ended.or(Some(self.now)),
            _ => {}
        }
    }

    /// All gates that are due read first; then those that have something to say act, in order.
    fn read_gates(&mut self, mut signal: Option<Signal>) -> Option<Signal> {
        let due = |watch: &Watch| watch.due() == Some(self.now);
        let readers: Vec<usize> =
            (0..self.watches.len()).filter(|gate| due(&self.watches[*gate])).collect();
        for gate in &readers {
            let verdict = self.s.gates[*gate].verdict(&self.window(*gate));
            self.watches[*gate].book(verdict);
        }
        for gate in readers {
            if self.watches[gate].tripped {
                let all = self.watches.iter().all(|watch| watch.tripped);
                if self.watching && (self.s.combine == Combine::Any || all) {
                    signal = None;
                    match self.s.gates[gate].action {
                        Action::Rollback => self.roll_back(gate),
                        Action::Pause => self.hold(Some(gate)),
                    }
                }
            } else if let Some((_, passes)) = self.wanted.filter(|wanted| wanted.0 == gate)
                && self.watches[gate].passes >= passes
            {
                (self.wanted, self.due.pause) = (None, None);
                signal = Some(Signal::Satisfied);
            }
        }
        signal
    }

    /// Whole ticks that were scraped and delivered, the last so many of them.
    fn window(&self, gate: usize) -> Window {
        let to = self.now.saturating_sub(self.s.delay.micros()) / self.s.tick.micros();
        let from = to.saturating_sub(u64::from(self.s.gates[gate].window));
        let seconds = (self.s.tick * (to - from)).as_secs_f64();
        let mut window = Window { seconds, ..Window::default() };
        for tick in &self.ticks[from as usize..to as usize] {
            let [mut old, mut new] = tick.tally;
            (old.beyond, new.beyond) = (tick.beyond[OLD][gate], tick.beyond[NEW][gate]);
            (window.old, window.new) = (window.old + old, window.new + new);
        }
        window
    }

    fn roll_back(&mut self, gate: usize) {
        self.watching = false;
        self.cancel_plan();
        self.target = (0.0, 0);
        self.rolling_back = true;
        let failures = self.watches.iter().filter_map(|watch| watch.first_failure);
        self.seen.detected_at = match self.s.combine {
            Combine::Any => self.watches[gate].first_failure,
            Combine::All => failures.min(),
        };
        (self.seen.ordered_at, self.seen.gate) = (Some(self.now), Some(gate));
        let replicas = self.s.fleet.replicas as usize;
        match self.s.strategy.routing {
            Routing::Weights { delay } if self.state.pods[OLD].len() == replicas => {
                self.due.shift = Some(self.now + delay.micros());
            }
            _ => self.start_pods(OLD, replicas),
        }
    }

    /// Stops where it is. Who orders that again later changes nothing.
    fn hold(&mut self, gate: Option<usize>) {
        if self.seen.ending == Some(Ending::Held) {
            return;
        }
        self.cancel_plan();
        if let Some(gate) = gate {
            self.seen.detected_at = self.watches[gate].first_failure;
            (self.seen.ordered_at, self.seen.gate) = (Some(self.now), Some(gate));
        }
        self.end(Ending::Held);
    }

    fn cancel_plan(&mut self) {
        self.wanted = None;
        self.due = super::simulator::Due::default();
    }

    /// Gates watch on over a rollout that is held.
    fn end(&mut self, ending: Ending) {
        self.watching &= ending == Ending::Held;
        (self.seen.ending, self.seen.ended_at) = (Some(ending), self.now);
        self.due.watch = Some(self.now + self.s.watch.micros());
    }
}

fn is_now(timer: &mut Option<u64>, now: u64) -> bool {
    timer.take_if(|at| *at == now).is_some()
}
