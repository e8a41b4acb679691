//! Pods, one by one: they start, crash, wear out, are killed, come back and stop.

use chance::math;
use coalmine::fault::End;
use coalmine::scenario::Scenario;
use coalmine::strategy::Routing;

use super::dice::Dice;
use super::simulator::{Run, micros};
use super::world::{NEW, OLD};

/// What a pod does with requests.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Condition {
    Answers,
    /// It gets requests and fails them.
    Stalled,
    /// It gets none.
    Down,
}

#[derive(Clone)]
pub(super) struct Pod {
    pub(super) condition: Condition,
    /// When it would have become ready without faults; long ago when it is not known.
    pub(super) born: Option<u64>,
    /// When it became ready for the last time.
    pub(super) ready: Option<u64>,
    /// When the controller counts it as available.
    available: u64,
    /// What is used up of it, zero to one.
    pub(super) used: f64,
    /// When it comes back, or is restarted.
    next: Option<u64>,
    backoff: Backoff,
}

impl Pod {
    pub(super) fn old() -> Self {
        Self {
            condition: Condition::Answers,
            born: None,
            ready: None,
            available: 0,
            used: 0.0,
            next: None,
            backoff: Backoff::default(),
        }
    }

    pub(super) fn serves(&self) -> bool {
        self.condition != Condition::Down
    }
}

/// An ordered pod.
#[derive(Clone)]
pub(super) struct Start {
    /// When it would be ready without faults.
    at: u64,
    /// When it is; never, perhaps.
    ready: Option<u64>,
    backoff: Backoff,
}

/// A container that ends is started again: at once, then after 10 s, 20 s and so on up to 300 s. A
/// run of more than ten minutes is forgiven.
#[derive(Clone, Default)]
struct Backoff {
    /// Starts in a row, and when the last one was decided.
    last: Option<(u32, u64)>,
}

impl Backoff {
    fn start_after(&mut self, exit: u64) -> u64 {
        let (starts, decided) = match self.last {
            Some((starts, decided)) if exit - decided <= 600_000_000 => {
                let wait = (10_u64 << (starts - 1).min(10)).min(300);
                (starts + 1, exit + wait * 1_000_000)
            }
            _ => (1, exit),
        };
        self.last = Some((starts, decided));
        decided
    }
}

/// What is under way between orders and traffic.
#[derive(Default)]
pub(super) struct Fleet {
    /// Ordered and not ready, by version.
    pub(super) starting: [Vec<Start>; 2],
    /// When pods that were told to stop are gone.
    pub(super) stopping: Vec<u64>,
    /// Until when stopped pods of a version still get requests, which they fail.
    pub(super) deaf: [Vec<u64>; 2],
}

impl Run<'_, '_> {
    pub(super) fn serving(&self, version: usize) -> usize {
        self.state.pods[version].iter().filter(|pod| pod.serves()).count()
    }

    /// Pods that were ordered and not told to stop.
    pub(super) fn ordered(&self, version: usize) -> usize {
        self.state.pods[version].len() + self.fleet.starting[version].len()
    }

    /// Pods that exist.
    pub(super) fn all_pods(&self) -> usize {
        self.ordered(OLD) + self.ordered(NEW) + self.fleet.stopping.len()
    }

    pub(super) fn available(&self, version: usize) -> usize {
        let pods = self.state.pods[version].iter();
        pods.filter(|pod| pod.serves() && pod.available <= self.now).count()
    }

    /// Starts more pods; all that carry a weight become ready with the last of them.
    pub(super) fn start(&mut self, version: usize, count: usize, together: bool) {
        let crash = if version == NEW { self.world.crash() } else { 0.0 };
        let mut starts: Vec<Start> =
            (0..count).map(|_| start(self.s, self.now, crash, self.dice)).collect();
        if together {
            let at = starts.iter().map(|it| it.at).max();
            let never = starts.iter().any(|it| it.ready.is_none());
            let ready = starts.iter().filter_map(|it| it.ready).max().filter(|_| !never);
            for start in &mut starts {
                (start.at, start.ready) = (at.unwrap_or(self.now), ready);
            }
        }
        self.fleet.starting[version].extend(starts);
        self.seen.peak_pods = self.seen.peak_pods.max(self.all_pods());
        self.progress();
    }

    /// Stops pods until `left` are: those that are not ready first, then the last ones.
    pub(super) fn stop(&mut self, version: usize, left: usize) {
        while self.ordered(version) > left {
            let starting = &mut self.fleet.starting[version];
            if let Some(last) = (0..starting.len()).max_by_key(|index| starting[*index].at) {
                starting.remove(last);
                continue;
            }
            let pods = &self.state.pods[version];
            let down = pods.iter().rposition(|pod| !pod.serves());
            let last = down.unwrap_or(pods.len() - 1);
            let pod = self.state.pods[version].remove(last);
            let Termination { deaf, takes } = self.s.fleet.termination.into();
            self.fleet.stopping.push(self.now + takes);
            if pod.serves() {
                self.fleet.deaf[version].push(self.now + deaf);
            }
        }
    }

    /// Pods that become ready, fail, come back or are gone now; says whether there were any.
    pub(super) fn pods_change(&mut self) -> bool {
        let now = self.now;
        let mut changed = false;
        let mut progress = false;
        for version in [OLD, NEW] {
            let ready: Vec<Start> =
                self.fleet.starting[version].extract_if(.., |it| it.at <= now).collect();
            for it in ready {
                let up = it.ready == Some(it.at);
                self.state.pods[version].push(Pod {
                    condition: if up { Condition::Answers } else { Condition::Down },
                    born: Some(it.at),
                    ready: it.ready,
                    available: now + self.s.strategy.min_ready.micros(),
                    next: it.ready.filter(|_| !up),
                    backoff: it.backoff,
                    ..Pod::old()
                });
                (changed, progress) = (true, true);
            }
        }
        for index in 0..self.state.pods[NEW].len() {
            let pod = &self.state.pods[NEW][index];
            let worn = pod.condition == Condition::Answers && self.left(pod) < 1e-9;
            let due = pod.next.is_some_and(|at| at <= now);
            // Who has nothing left fails requests, however little was felt before.
            self.felt |= worn;
            if worn || due {
                progress |= pod.condition == Condition::Down;
                self.turn(index);
                changed = true;
            }
        }
        let gone = self.fleet.stopping.len();
        self.fleet.stopping.retain(|at| *at > now);
        changed |= gone != self.fleet.stopping.len();
        let ripe = self.state.pods.iter().flatten().any(|pod| pod.available == now && now > 0);
        self.fleet.deaf.iter_mut().for_each(|pods| pods.retain(|until| *until > now));
        if progress || ripe {
            self.goes_on();
        }
        changed || ripe
    }

    fn turn(&mut self, index: usize) {
        let now = self.now;
        let restart = self.dice.draw(&self.s.fleet.restart);
        let wear = self.wear();
        let pod = &mut self.state.pods[NEW][index];
        match (pod.condition, wear.map(|wear| wear.end)) {
            (Condition::Answers, Some(End::Stalled { restart })) => {
                pod.condition = Condition::Stalled;
                pod.next = restart.map(|after| now + after.micros());
            }
            (Condition::Answers | Condition::Stalled, _) => {
                let was = pod.condition;
                pod.condition = Condition::Down;
                pod.next = Some(pod.backoff.start_after(now) + micros(restart));
                self.seen.killed += 1;
                if was == Condition::Answers {
                    // What it was working on is lost: the requests of the last response time.
                    self.lose_in_flight();
                }
            }
            (Condition::Down, _) => {
                pod.condition = Condition::Answers;
                (pod.ready, pod.used, pod.next) = (Some(now), 0.0, None);
                pod.available = now + self.s.strategy.min_ready.micros();
            }
        }
    }

    /// Uses up what requests and time use up of the pods of the new version.
    pub(super) fn use_up(&mut self, seconds: f64, rate_of_a_pod: f64) {
        let Some(wear) = self.wear() else { return };
        let more = (wear.per_second + wear.per_request * rate_of_a_pod) * seconds;
        for pod in &mut self.state.pods[NEW] {
            if pod.condition == Condition::Answers {
                pod.used += more;
            }
        }
    }

    /// What is left of a pod. Connections that healthy requests hold cannot be lost.
    fn left(&self, pod: &Pod) -> f64 {
        let Some(wear) = self.wear() else { return f64::INFINITY };
        let full = match wear.end {
            End::Killed => 1.0,
            End::Stalled { .. } => {
                let each = self.share_of_a_pod() * self.world.rate;
                1.0 - each * self.mean_response() / self.s.fleet.pool
            }
        };
        full - pod.used
    }

    pub(super) fn mean_response(&self) -> f64 {
        let latency = self.s.baseline.latency;
        math::exp(latency.mu + latency.sigma * latency.sigma / 2.0)
    }

    /// The next time that a pod does something by itself, if the load lasts.
    pub(super) fn next_of_pods(&self, load: f64) -> Option<u64> {
        let starts = self.fleet.starting.iter().flatten().map(|it| it.at);
        let pods = self.state.pods.iter().flatten();
        let ripe = pods.clone().map(|pod| pod.available).filter(|at| *at > self.now);
        let turns = pods.filter_map(|pod| pod.next);
        let leaves = self.fleet.stopping.iter().chain(self.fleet.deaf.iter().flatten()).copied();
        let mut worn = None;
        if let Some(wear) = self.wear() {
            let rate = wear.per_second + wear.per_request * load * self.share_of_a_pod();
            for pod in &self.state.pods[NEW] {
                if pod.condition == Condition::Answers && rate > 0.0 {
                    let felt = wear.felt_at() - pod.used;
                    let felt = (!self.felt && felt > 0.0).then_some(felt);
                    for left in felt.into_iter().chain([self.left(pod).max(0.0)]) {
                        let at = self.now + micros(left / rate).max(1);
                        worn = Some(worn.map_or(at, |sooner: u64| sooner.min(at)));
                    }
                }
            }
        }
        starts.chain(ripe).chain(turns).chain(leaves).chain(worn).min()
    }

    /// The share of all requests that one pod of the new version gets.
    pub(super) fn share_of_a_pod(&self) -> f64 {
        let pods = self.serving(NEW);
        if pods == 0 { 0.0 } else { self.share(self.now) / pods as f64 }
    }

    /// Traffic goes to all ready pods alike, where no router splits it.
    pub(super) fn follow_pods(&mut self) {
        if self.s.strategy.routing != Routing::Pods {
            return;
        }
        let part = |pods: [usize; 2]| {
            if pods[NEW] == 0 { 0.0 } else { pods[NEW] as f64 / (pods[OLD] + pods[NEW]) as f64 }
        };
        let share = part([self.serving(OLD), self.serving(NEW)]);
        self.state.due = part([self.state.pods[OLD].len(), self.state.pods[NEW].len()]);
        (self.state.weight, self.state.share) = (share, share);
        self.moved();
    }
}

/// How a pod ends, in microseconds.
struct Termination {
    deaf: u64,
    takes: u64,
}

impl From<coalmine::fleet::Termination> for Termination {
    fn from(it: coalmine::fleet::Termination) -> Self {
        Self { deaf: it.deaf.micros(), takes: it.takes.micros() }
    }
}

/// One start: with a chance it fails at its end and is tried again.
fn start(s: &Scenario, now: u64, crash: f64, dice: &mut Dice) -> Start {
    let takes = micros(dice.draw(&s.fleet.startup));
    let mut backoff = Backoff::default();
    let at = now + takes;
    let mut ready = at;
    while crash > 0.0 && dice.happens(crash) {
        if crash >= 1.0 {
            return Start { at, ready: None, backoff };
        }
        ready = backoff.start_after(ready) + takes;
    }
    Start { at, ready: Some(ready), backoff }
}
