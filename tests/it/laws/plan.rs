//! Strategies and gates of a draft.

use super::dice::Dice;
use super::draft::Draft;

/// How the release reaches users.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    AllAtOnce {
        delay: u64,
    },
    BlueGreen {
        smoke: Option<Smoke>,
        delay: u64,
        affinity: Option<[u64; 2]>,
        keep: u64,
    },
    Canary {
        routing: Routing,
        steps: Vec<Step>,
    },
    Linear {
        routing: Routing,
        step: u64,
        every: u64,
    },
    Recreate,
    /// Pods, or per cent.
    Rolling {
        surge: Portion,
        unavailable: Portion,
    },
}

/// How a weight becomes traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Routing {
    Weights(u64),
    Pods,
}

/// A test of the new fleet: requests, and the share that may fail in per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Smoke {
    pub requests: u64,
    pub over: u64,
}

/// A step of a canary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Weight(u64),
    Pause(u64),
    Until { gate: u64, passes: u64, at_most: u64 },
    Approve,
}

/// A number of pods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Portion {
    Pods(u64),
    Percent(u64),
}

impl Portion {
    fn text(self) -> String {
        match self {
            Self::Pods(pods) => pods.to_string(),
            Self::Percent(percent) => format!("{percent}%"),
        }
    }

    /// Of so many pods, in hundredths of a pod.
    pub(super) fn hundredths(self, replicas: u64) -> u64 {
        match self {
            Self::Pods(pods) => pods * 100,
            Self::Percent(percent) => percent * replicas,
        }
    }
}

impl Plan {
    pub(super) fn draw(d: &mut Dice<'_>, gates: usize, people: bool) -> Self {
        let kind = d.between(0, 7);
        let delay = d.pick(&[2, 0, 15, 31]);
        let routing = if d.chance(30) { Routing::Pods } else { Routing::Weights(delay) };
        match kind {
            0..=2 => Self::Canary { routing, steps: steps(d, gates, people) },
            3 => Self::Linear { routing, step: d.pick(&[25, 10, 50]), every: d.between(10, 120) },
            4 => Self::blue_green(d, delay),
            5 => Self::Rolling { surge: portion(d), unavailable: portion(d) },
            6 => Self::Recreate,
            _ => Self::AllAtOnce { delay },
        }
    }

    pub(super) fn blue_green(d: &mut Dice<'_>, delay: u64) -> Self {
        let smoke = Smoke { requests: d.between(1, 60), over: d.pick(&[5, 0, 50]) };
        Self::BlueGreen {
            smoke: d.chance(30).then_some(smoke),
            delay,
            affinity: d.chance(30).then(|| [d.between(30, 200), d.between(15, 200)]),
            keep: d.pick(&[3600, 0, 60, 400]),
        }
    }

    /// Mends what refers to what is not there.
    pub(super) fn settle(&mut self, gates: u64, people: bool) {
        match self {
            Self::Canary { steps, .. } => {
                for step in steps {
                    match step {
                        Step::Until { gate, .. } if *gate >= gates => *step = Step::Pause(60),
                        Step::Approve if !people => *step = Step::Pause(60),
                        _ => {}
                    }
                }
            }
            Self::Rolling { surge, unavailable }
                if surge.hundredths(1) == 0 && unavailable.hundredths(1) == 0 =>
            {
                *surge = Portion::Pods(1);
            }
            _ => {}
        }
    }

    /// Whether a router splits the requests.
    pub(super) fn is_split_by_weights(&self) -> bool {
        match self {
            Self::Canary { routing, .. } | Self::Linear { routing, .. } => {
                *routing != Routing::Pods
            }
            Self::AllAtOnce { .. } | Self::BlueGreen { affinity: None, .. } => true,
            Self::BlueGreen { .. } | Self::Recreate | Self::Rolling { .. } => false,
        }
    }

    pub(super) fn waits_for_gates(&self) -> bool {
        let Self::Canary { steps, .. } = self else { return false };
        steps.iter().any(|step| matches!(step, Step::Until { .. }))
    }

    pub(super) fn text(&self, draft: &Draft) -> String {
        let s = |seconds| draft.s(seconds);
        let common = format!("minReadySeconds: {}", s(draft.min_ready));
        match self {
            Self::AllAtOnce { delay } => {
                format!("{{ allAtOnce: {{ routing: {{ weights: {{ delay: {} }} }} }} }}", s(*delay))
            }
            Self::BlueGreen { smoke, delay, affinity, keep } => {
                let smoke = smoke.map_or(String::new(), |Smoke { requests, over }| {
                    let every = s(1);
                    format!(
                        "prePromotion: {{ requests: {requests}, every: {every}, over: {over}% }}, "
                    )
                });
                let affinity = affinity.map_or("none".to_owned(), |[session, drain]| {
                    format!("{{ session: {}, drain: {} }}", s(session), s(drain))
                });
                format!(
                    "{{ blueGreen: {{ {smoke}switch: {{ delay: {} }}, affinity: {affinity}, \
                     keepOld: {} }} }}",
                    s(*delay),
                    s(*keep)
                )
            }
            Self::Canary { routing, steps } => {
                let steps: Vec<_> = steps.iter().map(|step| step.text(draft)).collect();
                let routing = routing.text(draft);
                format!("{{ canary: {{ routing: {routing}, steps: [{}] }} }}", steps.join(", "))
            }
            Self::Linear { routing, step, every } => format!(
                "{{ linear: {{ routing: {}, step: {step}%, every: {} }} }}",
                routing.text(draft),
                s(*every)
            ),
            Self::Recreate => format!("{{ recreate: {{ {common} }} }}"),
            Self::Rolling { surge, unavailable } => format!(
                "{{ rolling: {{ maxSurge: {}, maxUnavailable: {}, {common} }} }}",
                surge.text(),
                unavailable.text()
            ),
        }
    }
}

fn portion(d: &mut Dice<'_>) -> Portion {
    if d.chance(40) {
        Portion::Pods(d.between(0, 4))
    } else {
        Portion::Percent(d.pick(&[25, 0, 10, 34, 100]))
    }
}

fn steps(d: &mut Dice<'_>, gates: usize, people: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut weight = 0;
    for _ in 0..d.between(1, 4) {
        weight = (weight + d.pick(&[10, 5, 25, 1, 45])).min(100);
        steps.push(Step::Weight(weight));
        let pause = d.between(15, 240);
        let gate = d.between(0, gates.max(1) as u64 - 1);
        steps.push(match d.between(0, 11) {
            10 if gates > 0 => Step::Until { gate, passes: d.between(1, 4), at_most: 200 },
            11 if people => Step::Approve,
            _ => Step::Pause(pause),
        });
    }
    steps
}

impl Routing {
    fn text(self, draft: &Draft) -> String {
        match self {
            Self::Weights(delay) => format!("{{ weights: {{ delay: {} }} }}", draft.s(delay)),
            Self::Pods => "pods".to_owned(),
        }
    }
}

impl Step {
    fn text(self, draft: &Draft) -> String {
        match self {
            Self::Weight(weight) => format!("{{ setWeight: {weight}% }}"),
            Self::Pause(pause) => format!("{{ pause: {} }}", draft.s(pause)),
            Self::Approve => "{ pause: approve }".to_owned(),
            Self::Until { gate, passes, at_most } => {
                let (gate, at_most) = (draft.names[gate as usize], draft.s(at_most));
                format!("{{ pause: {{ gate: {gate}, passes: {passes}, atMost: {at_most} }} }}")
            }
        }
    }
}

/// What a gate measures, and its bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Metric {
    /// Hundredths of a per cent.
    Errors(u64),
    ErrorsOfOld(u64),
    ErrorsOfAll(u64),
    /// Above the running version's, hundredths of a per cent.
    MoreErrors(u64),
    /// Times the running version's, tenths.
    TimesErrors(u64),
    /// The 99th percentile, milliseconds.
    Latency(u64),
    /// Milliseconds, and per cent.
    SlowShare(u64, u64),
    /// Per cent.
    Apdex(u64),
    /// Requests a second.
    Throughput(u64),
}

/// How many failures it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Patience {
    Limit(u64),
    Consecutive(u64),
}

/// A gate of a draft; the window in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gate {
    pub metric: Metric,
    pub window: u64,
    pub interval: u64,
    pub initial_delay: u64,
    pub min_samples: u64,
    pub patience: Patience,
    /// Requests a minute.
    pub traffic_below: Option<u64>,
    pub pauses: bool,
}

impl Gate {
    pub(super) fn draw(d: &mut Dice<'_>) -> Self {
        let metric = match d.between(0, 11) {
            0..=4 => Metric::Errors(d.pick(&[100, 20, 50, 300, 9900])),
            5 => Metric::ErrorsOfAll(d.pick(&[100, 30])),
            6 => Metric::MoreErrors(d.pick(&[40, 100, 10])),
            7 => Metric::TimesErrors(d.pick(&[15, 30])),
            8 => Metric::Latency(d.pick(&[600, 250])),
            9 => Metric::SlowShare(d.pick(&[300, 900]), d.pick(&[2, 10])),
            10 => Metric::Apdex(d.pick(&[90, 60])),
            _ => Metric::Throughput(d.pick(&[1, 20])),
        };
        let count = d.between(0, 2);
        Self {
            metric,
            window: d.pick(&[4, 1, 2, 8, 20]),
            interval: d.pick(&[30, 15, 20, 60]),
            initial_delay: d.pick(&[30, 0, 7, 60, 180]),
            min_samples: d.pick(&[1, 50, 400]),
            patience: if d.chance(30) {
                Patience::Consecutive(count + 1)
            } else {
                Patience::Limit(count)
            },
            traffic_below: d.chance(15).then(|| d.pick(&[600, 6000])),
            pauses: d.chance(15),
        }
    }

    pub(super) fn of_errors(over: u64) -> Self {
        Self {
            metric: Metric::Errors(over),
            window: 4,
            interval: 30,
            initial_delay: 30,
            min_samples: 1,
            patience: Patience::Limit(0),
            traffic_below: None,
            pauses: false,
        }
    }

    pub(super) fn text(&self, name: &str, draft: &Draft) -> String {
        let s = |seconds| draft.s(seconds);
        let percent = |value: u64| value as f64 / 100.0;
        let metric = match self.metric {
            Metric::Errors(over) => format!("error-rate, over: {}%", percent(over)),
            Metric::ErrorsOfOld(over) => {
                format!("{{ error-rate: {{ of: old }} }}, over: {}%", percent(over))
            }
            Metric::ErrorsOfAll(over) => {
                format!("{{ error-rate: {{ of: all }} }}, over: {}%", percent(over))
            }
            Metric::MoreErrors(more) => {
                format!("error-rate, over: {{ baseline: +{}% }}", percent(more))
            }
            Metric::TimesErrors(times) => {
                format!("error-rate, over: {{ baseline: x{} }}", times as f64 / 10.0)
            }
            Metric::Latency(limit) => format!("latency, over: {limit}ms"),
            Metric::SlowShare(than, over) => {
                format!("{{ slow-share: {{ than: {than}ms }} }}, over: {over}%")
            }
            Metric::Apdex(under) => format!("apdex, under: {under}%"),
            Metric::Throughput(under) => {
                format!("throughput, under: {}/m", 60 * under / draft.clock)
            }
        };
        let patience = match self.patience {
            Patience::Limit(limit) => format!("failureLimit: {limit}"),
            Patience::Consecutive(run) => format!("consecutive: {run}"),
        };
        let unless = self.traffic_below.map_or(String::new(), |rate| {
            format!(", unless: {{ trafficBelow: {}/m }}", rate / draft.clock)
        });
        format!(
            "{name}: {{ metric: {metric}, window: {}, interval: {}, initialDelay: {}, \
             minSamples: {}, {patience}, then: {}{unless} }}",
            s(15 * self.window),
            s(self.interval),
            s(self.initial_delay),
            self.min_samples,
            if self.pauses { "pause" } else { "rollback" },
        )
    }
}
