//! An autoscaler stays within its bounds and rates, and comes to rest under a constant load.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::hpa::{
    Answer, Autoscaler, Behavior, Container, Memory, Metric, Phase, Pod, Policy, Readiness,
    Resource, ResourceTarget, Rules, Sample, Seen, Select, Settings, Size,
};
use proptest::prelude::*;

use super::config;

/// What each pod requests, thousandths of a core.
const REQUEST: i64 = 500;

fn rules(default: Rules) -> impl Strategy<Value = Rules> {
    let size = prop_oneof![(1..8_u32).prop_map(Size::Pods), (1..150_u32).prop_map(Size::Percent)];
    let period = (1..8_u64).prop_map(|steps| Span::from_secs(15 * steps));
    let policy = (size, period).prop_map(|(size, period)| Policy { size, period });
    let select = prop_oneof![Just(Select::Max), Just(Select::Min), Just(Select::Disabled)];
    let window = (0..20_u64).prop_map(|steps| Span::from_secs(15 * steps));
    (prop::collection::vec(policy, 1..4), select, window).prop_map(
        move |(policies, select, window)| Rules {
            policies,
            select,
            stabilization: Some(window),
            ..default.clone()
        },
    )
}

fn autoscaler() -> impl Strategy<Value = Autoscaler> {
    let behavior = (rules(Rules::up()), rules(Rules::down()));
    let behavior = behavior.prop_map(|(up, down)| Behavior { up, down });
    (1..10_u32, 0..30_u32, 20..120_u32, prop::option::of(behavior)).prop_map(
        |(min, more, target, behavior)| {
            let target = ResourceTarget::Utilization(target);
            let metric = Metric::Resource { resource: Resource::Cpu, container: None, target };
            Autoscaler { min, max: min + more, metrics: vec![metric], behavior }
        },
    )
}

/// An autoscaler whose pods share a load evenly and are ready at once.
struct Loop {
    autoscaler: Autoscaler,
    settings: Settings,
    memory: Memory,
    replicas: u32,
    now: Instant,
    /// The replicas since when.
    past: Vec<(Instant, u32)>,
}

impl Loop {
    fn new(autoscaler: Autoscaler, replicas: u32) -> Self {
        let now = Instant::ZERO + Span::from_hours(10);
        let past = vec![(Instant::ZERO, replicas)];
        let (settings, memory) = (Settings::default(), Memory::default());
        Self { autoscaler, settings, memory, replicas, now, past }
    }

    /// One step under a load of so many thousandths of a core.
    fn step(&mut self, load: i64) {
        let readiness = Some(Readiness { ready: true, since: Instant::ZERO });
        let cpu = Some(REQUEST);
        let container = Container { name: "app".to_owned(), cpu, memory: None };
        let pods: Vec<_> = (0..u64::from(self.replicas))
            .map(|id| Pod {
                id,
                phase: Phase::Running,
                readiness,
                started: Some(Instant::ZERO),
                deleting: false,
                containers: vec![container.clone()],
            })
            .collect();
        let milli = load / i64::from(self.replicas.max(1));
        let (at, window) = (self.now, Span::from_secs(15));
        let samples = pods.iter().map(|pod| Sample { pod: pod.id, milli, at, window }).collect();
        let answers = [Answer::Samples(samples)];
        let replicas = self.replicas;
        let seen = Seen { replicas, status: replicas, pods: &pods, answers: &answers };
        let decision = self.autoscaler.step(&self.settings, &mut self.memory, &seen, self.now);
        if decision.desired != self.replicas {
            self.past.push((self.now, decision.desired));
        }
        (self.replicas, self.now) = (decision.desired, decision.wake);
    }

    /// The replicas that there were at some time before the present change.
    fn replicas_at(&self, at: Instant) -> u32 {
        self.past.iter().rfind(|(since, _)| *since <= at).expect("since ever").1
    }
}

/// Whether a policy allows a change from what there was at the start of its period.
fn allows(policy: &Policy, start: u32, to: u32, up: bool) -> bool {
    let (start, to) = (f64::from(start), f64::from(to));
    let limit = match (policy.size, up) {
        (Size::Pods(pods), true) => start + f64::from(pods),
        (Size::Pods(pods), false) => start - f64::from(pods),
        (Size::Percent(percent), true) => (start * (1.0 + f64::from(percent) / 100.0)).ceil(),
        (Size::Percent(percent), false) => (start * (1.0 - f64::from(percent) / 100.0)).trunc(),
    };
    if up { to <= limit } else { to >= limit }
}

/// Whether a change was as slow as the rules ask: by its own period, by all or any of them.
fn slow_enough(it: &Loop, rules: &Rules, (at, from, to): (Instant, u32, u32)) -> bool {
    let up = to > from;
    let allows = |policy: &Policy| {
        let start = it.replicas_at(at - policy.period);
        allows(policy, start, to, up)
    };
    match rules.select {
        Select::Max => rules.policies.iter().any(allows),
        Select::Min => rules.policies.iter().all(allows),
        Select::Disabled => false,
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn replicas_stay_within_their_bounds_and_rates(
        autoscaler in autoscaler(),
        replicas in 1..60_u32,
        loads in prop::collection::vec(0..60_000_i64, 1..80),
    ) {
        let [min, max] = [autoscaler.min, autoscaler.max];
        let behavior = autoscaler.behavior.clone();
        let mut it = Loop::new(autoscaler, replicas);
        for load in loads {
            let (from, at) = (it.replicas, it.now);
            it.step(load);
            prop_assert!((min..=max).contains(&it.replicas), "{} in {min}..={max}", it.replicas);
            // Bounds come before rates.
            let bounded = !(min..=max).contains(&from);
            if it.replicas == from || bounded {
                continue;
            }
            match &behavior {
                None => prop_assert!(it.replicas <= (2 * from).max(4)),
                Some(behavior) => {
                    let up = it.replicas > from;
                    let rules = if up { &behavior.up } else { &behavior.down };
                    prop_assert!(slow_enough(&it, rules, (at, from, it.replicas)));
                }
            }
        }
    }

    #[test]
    fn a_constant_load_leaves_the_replicas_alone_in_the_end(
        autoscaler in autoscaler(),
        replicas in 1..60_u32,
        load in 0..60_000_i64,
    ) {
        let Metric::Resource { target: ResourceTarget::Utilization(target), .. } =
            autoscaler.metrics[0]
        else {
            unreachable!("the metric is of a resource")
        };
        let disabled = |rules: &Rules| rules.select == Select::Disabled;
        let behavior = autoscaler.behavior.clone();
        let free = behavior.is_none_or(|it| !disabled(&it.up) && !disabled(&it.down));
        let [min, max] = [autoscaler.min, autoscaler.max];
        let mut it = Loop::new(autoscaler, replicas);
        for _ in 0..400 {
            it.step(load);
        }
        let rest = it.replicas;
        for _ in 0..100 {
            it.step(load);
            prop_assert_eq!(it.replicas, rest, "it does not come to rest");
        }
        let used = load as f64 * 100.0 / (REQUEST as f64 * f64::from(target));
        if free && !(used > f64::from(max) || used < f64::from(min)) {
            // Near enough, or one pod more than needed.
            let ratio = used / f64::from(rest);
            let fits = rest == used.ceil() as u32;
            prop_assert!(fits || (0.85..=1.15).contains(&ratio), "{rest} pods for {used}");
        }
    }
}
