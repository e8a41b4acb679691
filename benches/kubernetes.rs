//! Rolling updates by the twin of the Kubernetes controllers, whose pods become ready one by one.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{Action, Counts, Seen, Spec, Template, Twin};
use criterion::{Criterion, Throughput};

/// The least of a world: pods of two versions, of which those of the new become ready in the order
/// in which they were created.
#[derive(Default)]
struct Pods {
    seen: [Seen; 2],
    ready: Vec<Instant>,
    next: usize,
}

impl Pods {
    fn begin(&mut self, replicas: u32) {
        let pods = Counts { replicas, ready: replicas, available: replicas, terminating: 0 };
        self.seen = [Seen { pods, ..Seen::default() }, Seen::default()];
        self.ready.clear();
        self.next = 0;
    }

    fn obey(&mut self, action: Action, now: Instant) {
        match action {
            Action::CreatePods { slot, pods } => {
                self.seen[slot].pods.replicas += pods;
                for _ in 0..pods {
                    let place = self.ready.len() as u64;
                    self.ready.push(now + Span::from_millis(10_000 + 7 * place));
                }
            }
            Action::DeletePods { slot, pods } => {
                let counts = &mut self.seen[slot].pods;
                counts.replicas -= pods;
                (counts.ready, counts.available) = (counts.replicas, counts.replicas);
            }
            _ => {}
        }
    }

    fn ready(&mut self) -> Option<Instant> {
        let at = *self.ready.get(self.next)?;
        self.next += 1;
        let counts = &mut self.seen[1].pods;
        (counts.ready, counts.available) = (counts.ready + 1, counts.available + 1);
        Some(at)
    }
}

/// A whole update; how many steps it took.
fn update(twin: &mut Twin, pods: &mut Pods, actions: &mut Vec<Action>, replicas: u32) -> u32 {
    let mut now = Instant::ZERO;
    let mut steps = 0;
    pods.begin(replicas);
    twin.begin(Spec::new(replicas, Template(1)));
    twin.update(now, |spec| spec.template = Template(2));
    loop {
        steps += 1;
        let wake = twin.step(&pods.seen, now, actions);
        for action in actions.iter() {
            pods.obey(*action, now);
        }
        if wake > now {
            let Some(at) = pods.ready() else { break };
            now = at;
        }
    }
    assert!(twin.deployment().is_complete());
    steps
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("kubernetes");
    let mut twin = Twin::new(Spec::new(1, Template(1)));
    let (mut pods, mut actions) = (Pods::default(), Vec::new());
    for replicas in [10, 50, 200] {
        let steps = update(&mut twin, &mut pods, &mut actions, replicas);
        group.throughput(Throughput::Elements(u64::from(steps)));
        group.bench_function(format!("rolling update of {replicas}, per step"), |bencher| {
            bencher.iter(|| update(&mut twin, &mut pods, &mut actions, replicas));
        });
    }
    group.finish();
    criterion.final_summary();
}
