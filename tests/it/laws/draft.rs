//! Scenarios that are valid by construction: raw numbers through a total `normalise`, and the text
//! that the reader of scenarios gets.

use std::fmt::Write as _;

use chance::law::Fixed;
use coalmine::fault::{FaultKind, Loses};
use coalmine::scenario::Scenario;

use super::dice::Dice;
use super::faults::{Fault, Kind};
use super::plan::{Gate, Plan};

/// A scenario before it is written down. Times are whole seconds unless it says otherwise.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of a scenario")]
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// All times are multiplied by this, and all rates divided.
    pub clock: u64,
    pub watch: u64,
    pub bake: u64,
    pub delay: u64,
    pub replicas: u64,
    /// Requests a second, a multiple of twenty.
    pub rate: u64,
    pub utilisation: u64,
    /// From and to; the same where it is fixed.
    pub startup: [u64; 2],
    pub min_ready: u64,
    /// Latency of a fresh pod in tenths, and its decay.
    pub cold: Option<[u64; 2]>,
    pub restart: u64,
    /// Memory of a healthy pod and its limit, mebibytes.
    pub memory: [u64; 2],
    pub propagation: u64,
    pub takes: u64,
    /// Minutes after midnight.
    pub start: Option<u64>,
    /// The hour of the peak.
    pub diurnal: Option<u64>,
    pub modulated: bool,
    pub even: bool,
    pub population: u64,
    pub zipf: u64,
    pub sticky: bool,
    pub noise: bool,
    /// Of the baseline, hundredths of a per cent.
    pub errors: u64,
    pub faults: Vec<Fault>,
    pub plan: Plan,
    pub gates: Vec<Gate>,
    pub all: bool,
    pub after: After,
    pub people: Option<People>,
    /// Bounds of good and bad, hundredths of a per cent.
    pub truth: [u64; 2],
    /// Stands before the names of the gates, in the order of the list.
    pub names: [&'static str; 4],
    pub release: &'static str,
    /// For transforms that may choose.
    pub spare: u64,
}

/// What happens after a rollback.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum After {
    Abandon,
    Retry { cooldown: u64, attempts: u64 },
    Fix { takes: u64, cooldown: u64, works: u64, attempts: u64 },
}

/// Quick people, so that they matter within a short watch.
#[derive(Clone, Debug)]
pub(super) struct People {
    /// Hundredths of a per cent.
    pub alert: u64,
    pub acknowledge: u64,
    pub diagnose: u64,
    pub decide: u64,
    pub act: u64,
    /// Per cent.
    pub attribution: u64,
    /// Hours of the day.
    pub hours: [u64; 2],
}

impl Draft {
    /// Total: any numbers make a valid scenario.
    pub(super) fn normalise(raw: &[u32]) -> Self {
        let mut dice = Dice::new(raw);
        let d = &mut dice;
        let startup = d.between(2, 30);
        let mut draft = Self {
            clock: 1,
            watch: 60 * d.between(2, 12),
            bake: 30 * d.between(0, 8),
            delay: d.pick(&[5, 0, 1, 15, 22]),
            replicas: d.pick(&[10, 4, 1, 2, 7, 20, 31]),
            rate: 20 * d.pick(&[5, 1, 2, 12, 40]),
            utilisation: d.pick(&[60, 20, 45, 80]),
            startup: [startup, startup + d.pick(&[0, 10, 25])],
            min_ready: d.pick(&[0, 0, 5, 15]),
            cold: d.chance(40).then(|| [d.between(12, 40), d.between(5, 60)]),
            restart: d.between(5, 30),
            memory: [400, 400 + d.between(50, 300)],
            propagation: d.pick(&[0, 1, 3]),
            takes: d.between(0, 20),
            start: d.chance(60).then(|| d.between(0, 1439)),
            diurnal: d.chance(30).then(|| d.between(0, 23)),
            modulated: d.chance(40),
            even: d.chance(10),
            population: d.pick(&[30, 1, 2, 100]),
            zipf: d.pick(&[90, 0, 50, 120]),
            sticky: d.chance(25),
            noise: d.chance(50),
            errors: d.pick(&[10, 0, 1, 50, 200]),
            faults: Vec::new(),
            plan: Plan::AllAtOnce { delay: 0 },
            gates: Vec::new(),
            all: d.chance(20),
            after: After::draw(d),
            people: d.chance(40).then(|| People::draw(d)),
            truth: [1, 10],
            names: ["a", "b", "c", "d"],
            release: "release",
            spare: d.between(0, 1 << 20),
        };
        draft.faults = Fault::several(d);
        draft.gates = (0..d.pick(&[1, 2, 0, 3])).map(|_| Gate::draw(d)).collect();
        draft.plan = Plan::draw(d, draft.gates.len(), draft.people.is_some());
        draft.settle();
        draft
    }

    /// Mends what contradicts itself, after the drawing and after a law has leaned on it.
    pub(super) fn settle(&mut self) {
        let gates = self.gates.len() as u64;
        self.plan.settle(gates, self.people.is_some());
        if !self.plan.is_split_by_weights() {
            self.even = false;
        }
        if self.even {
            (self.noise, self.modulated, self.diurnal) = (false, false, None);
            (self.cold, self.sticky) = (None, false);
            self.startup = [15, 15];
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// Somebody else than a gate may give orders, or a gate may only stop.
    pub(super) fn has_one_authority(&self) -> bool {
        !self.all
            && self.after == After::Abandon
            && self.gates.iter().all(|gate| !gate.pauses)
            && !self.plan.waits_for_gates()
    }

    /// Seconds.
    pub(super) fn s(&self, seconds: u64) -> String {
        format!("{}s", seconds * self.clock)
    }

    /// Requests a second.
    pub(super) fn per_second(&self, rate: u64) -> String {
        format!("{}/s", rate / self.clock)
    }

    pub(super) fn text(&self) -> String {
        let s = |seconds| self.s(seconds);
        let mut out = String::new();
        let yes = |value: bool, yes: &str| if value { yes.to_owned() } else { "none".to_owned() };
        let cold = self.cold.map_or("none".to_owned(), |[latency, decay]| {
            format!("{{ latency: {}x, decay: {} }}", latency as f64 / 10.0, s(decay))
        });
        let [low, high] = self.startup;
        let startup = if low == high {
            s(low)
        } else {
            format!("{{ uniform: {{ from: {}, to: {} }} }}", s(low), s(high))
        };
        let shape = self.diurnal.map_or("constant".to_owned(), |hour| {
            format!("{{ diurnal: {{ peak: \"{hour:02}:00\", trough: 60% }} }}")
        });
        let start = self.start.map_or(String::new(), |minutes| {
            format!("  startAt: \"{:02}:{:02}\"\n", minutes / 60, minutes % 60)
        });
        let wander = format!("{{ sd: 5%, correlation: {} }}", s(300));
        let common = format!("{{ correlation: {} }}", s(300));
        let _ = write!(
            out,
            "time: {{ watch: {}, bake: {} }}
telemetry: {{ scrape: {}, delay: {} }}
fleet:
  replicas: {}
  pod:
    startup: {startup}
    cold: {cold}
    restart: {}
    memory: {{ baseline: {}Mi, limit: {}Mi }}
    termination: {{ propagation: {}, takes: {} }}
traffic:
  rate: {}
  shape: {shape}
  modulation: {}
  arrivals: {}
{start}  users: {{ population: {}, activity: {{ zipf: {} }}, sticky: {} }}
baseline:
  errors: {{ rate: {}%, noise: {common} }}
  utilisation: {}%
noise: {}
truth: {{ good: {}%, bad: {}% }}
",
            s(self.watch),
            s(self.bake),
            s(15),
            s(self.delay),
            self.replicas,
            s(self.restart),
            self.memory[0],
            self.memory[1],
            s(self.propagation),
            s(self.takes),
            self.per_second(self.rate),
            yes(self.modulated, &wander),
            if self.even { "even" } else { "poisson" },
            self.population,
            self.zipf as f64 / 100.0,
            self.sticky,
            self.errors as f64 / 100.0,
            self.utilisation,
            if self.noise { "modelled" } else { "none" },
            self.truth[0] as f64 / 100.0,
            self.truth[1] as f64 / 100.0,
        );
        out + &self.policy()
    }

    fn policy(&self) -> String {
        let faults: Vec<_> = self.faults.iter().map(|fault| fault.text(self)).collect();
        let gates: Vec<_> =
            self.gates.iter().zip(self.names).map(|(gate, name)| gate.text(name, self)).collect();
        format!(
            "releases: {{ {}: {{ faults: [{}] }} }}
strategy: {}
gates: {{ {} }}
combine: {}
afterRollback: {}
people: {}
",
            self.release,
            faults.join(", "),
            self.plan.text(self),
            gates.join(", "),
            if self.all { "all" } else { "any" },
            self.after.text(self),
            self.people.as_ref().map_or("none".to_owned(), |people| people.text(self)),
        )
    }

    /// The scenario, which is valid.
    ///
    /// # Panics
    /// When it is not.
    pub(super) fn scenario(&self) -> Scenario {
        let text = self.text();
        let read = Scenario::read(&text);
        let mut scenario = read.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        // No document may say a leak of nothing: here it is a limit.
        for (fault, draft) in scenario.releases[0].faults.iter_mut().zip(&self.faults) {
            if let (FaultKind::MemoryLeak(leak), Kind::Leak { rate: 0, .. }) =
                (&mut fault.kind, draft.kind)
            {
                leak.loses = Loses::PerSecond(Fixed::new(0.0).expect("a number").into());
            }
        }
        scenario
    }
}

impl After {
    fn draw(d: &mut Dice<'_>) -> Self {
        let (kind, cooldown) = (d.between(0, 9), d.pick(&[60, 0, 15, 130]));
        let (takes, works, attempts) = (d.between(10, 200), d.pick(&[50, 0, 100]), d.between(1, 4));
        match kind {
            0..=6 => Self::Abandon,
            7..=8 => Self::Retry { cooldown, attempts },
            _ => Self::Fix { takes, cooldown, works, attempts },
        }
    }

    fn text(&self, draft: &Draft) -> String {
        match *self {
            Self::Abandon => "abandon".to_owned(),
            Self::Retry { cooldown, attempts } => {
                let cooldown = draft.s(cooldown);
                format!("{{ retry: {{ cooldown: {cooldown}, attempts: {attempts} }} }}")
            }
            Self::Fix { takes, cooldown, works, attempts } => format!(
                "{{ fix: {{ takes: {}, cooldown: {}, works: {works}%, attempts: {attempts} }} }}",
                draft.s(takes),
                draft.s(cooldown)
            ),
        }
    }
}

impl People {
    pub(super) fn draw(d: &mut Dice<'_>) -> Self {
        Self {
            alert: d.pick(&[200, 50, 1000]),
            acknowledge: d.between(10, 90),
            diagnose: d.between(10, 90),
            decide: d.between(5, 60),
            act: d.between(5, 60),
            attribution: d.pick(&[85, 0, 50, 100]),
            hours: [d.between(0, 11), d.between(12, 23)],
        }
    }

    fn text(&self, draft: &Draft) -> String {
        let s = |seconds| draft.s(seconds);
        let Self { alert, attribution, hours: [from, to], .. } = self;
        let times = format!(
            "acknowledge: {}, acknowledgeAtNight: {}, unacknowledged: 10%, escalate: {}",
            s(self.acknowledge),
            s(2 * self.acknowledge),
            s(120)
        );
        let more = format!(
            "diagnose: {}, decide: {}, act: {}",
            s(self.diagnose),
            s(self.decide),
            s(self.act)
        );
        format!(
            "{{ page: {{ alert: {{ error-rate: {}%, window: {}, every: {}, for: {} }} }}, {times}, \
             {more}, attribution: {{ within30m: {attribution}%, within24h: {attribution}% }}, \
             workingHours: {{ from: \"{from:02}:00\", to: \"{to:02}:00\" }}, \
             approve: {{ wait: {} }} }}",
            *alert as f64 / 100.0,
            s(60),
            s(30),
            s(60),
            s(45)
        )
    }
}
