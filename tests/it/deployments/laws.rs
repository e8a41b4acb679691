//! What must hold for every rollout, whatever is done to it.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{
    self, Action, Latency, Spec, Template, Throttle, Undo, WallClock,
};
use coalmine::units::Portion;
use proptest::prelude::*;

use super::cluster::{Behaviour, Change, Cluster, Deed};

const VERSIONS: [Template; 4] = [Template(1), Template(2), Template(3), Template(4)];

/// A Deployment, its pods, and what is done to them.
#[derive(Clone, Debug)]
struct Story {
    spec: Spec,
    phase: Span,
    ready: Vec<Option<Span>>,
    term: Span,
    deeds: Vec<(Instant, Deed)>,
}

fn millis(millis: u64) -> Span {
    Span::from_millis(millis)
}

fn portion() -> impl Strategy<Value = Portion> {
    prop_oneof![
        (0..4_u32).prop_map(Portion::Count),
        (0..=10_u32).prop_map(|tenth| Portion::Percent(10 * tenth)),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let version = || prop::sample::select(&VERSIONS[..]);
    let write = |change| Deed::Write(change);
    let none = Change::default();
    prop_oneof![
        4 => version().prop_map(move |it| write(Change { template: Some(it), ..none })),
        3 => (0..14_u32).prop_map(move |it| write(Change { replicas: Some(it), ..none })),
        1 => any::<bool>().prop_map(move |it| write(Change { paused: Some(it), ..none })),
        1 => (version(), 1..4_u32).prop_map(|(version, count)| Deed::Break(version, count)),
        1 => (version(), 1..4_u32).prop_map(|(version, count)| Deed::Heal(version, count)),
        1 => (version(), 1..4_u32).prop_map(|(version, count)| Deed::Kill(version, count)),
    ]
}

prop_compose! {
    fn story()(
        replicas in 0..14_u32,
        max_surge in portion(),
        max_unavailable in portion(),
        min_ready_seconds in prop::sample::select(&[0, 0, 0, 1, 2][..]),
        revision_history_limit in prop::option::of(0..3_u32),
        phase in (0..20_u64).prop_map(|it| millis(50 * it)),
        ready in prop::collection::vec((1..60_u64).prop_map(|it| Some(millis(50 * it))), 1..5),
        term in (1..50_u64).prop_map(|it| millis(50 * it)),
        deeds in prop::collection::vec((0..3_000_u64, deed()), 1..8),
    ) -> Story {
        let strategy = kubernetes::Strategy::RollingUpdate { max_surge, max_unavailable };
        let spec = Spec {
            strategy, min_ready_seconds, revision_history_limit,
            ..Spec::new(replicas, Template(1))
        };
        let mut at = Instant::ZERO + Span::from_secs(10);
        let deeds = deeds.into_iter().map(|(wait, deed)| {
            at += millis(wait);
            (at, deed)
        });
        Story { spec, phase, ready, term, deeds: deeds.collect() }
    }
}

impl Story {
    fn cluster(&self, delays: (Latency, Option<Throttle>)) -> Cluster {
        let behaviour = Behaviour { ready: self.ready.clone(), flap: None, term: self.term };
        let behaviours = VERSIONS.map(|it| (it, behaviour.clone()));
        let clock = WallClock::starting_at(self.phase);
        let behaviours = BTreeMap::from(behaviours);
        let mut cluster =
            Cluster::new(self.spec, Instant::ZERO, clock, delays, millis(50), behaviours);
        for (at, deed) in &self.deeds {
            cluster.plan(*at, *deed);
        }
        cluster
    }

    fn last(&self) -> Instant {
        self.deeds.last().map_or(Instant::ZERO, |(at, _)| *at)
    }

    /// Everything is healed and nothing is paused: a rollout has to come to its end.
    fn come_to_an_end(&self, cluster: &mut Cluster) {
        let at = self.last() + millis(100);
        for version in VERSIONS {
            cluster.plan(at, Deed::Heal(version, u32::MAX));
        }
        cluster.plan(at, Deed::Write(Change { paused: Some(false), ..Change::default() }));
        cluster.run_until(at + Span::from_mins(20), |_| false);
    }
}

/// Controllers that act at once.
const IDEAL: (Latency, Option<Throttle>) =
    (Latency { deployment: Span::ZERO, replica_set: Span::ZERO }, None);

/// The rollout is complete, unless it was scaled at just the wrong moment, a fault of upstream.
fn complete(cluster: &Cluster) -> Result<(), TestCaseError> {
    let deployment = cluster.twin.deployment();
    if deployment.clone().hangs() {
        return Ok(());
    }
    let (spec, pods) = (deployment.spec(), cluster.pods());
    prop_assert!(deployment.is_complete(), "{:?} of {spec:?}", deployment.status());
    prop_assert_eq!(
        [pods.replicas, pods.available, pods.terminating],
        [spec.replicas, spec.replicas, 0]
    );
    for set in deployment.replica_sets().iter() {
        let wanted = if set.template == spec.template { spec.replicas } else { 0 };
        prop_assert_eq!(set.replicas, wanted);
    }
    let old = deployment.replica_sets().by_age().len() - 1;
    let limit = spec.revision_history_limit.map_or(usize::MAX, |it| it as usize);
    prop_assert!(old <= limit, "{} old ReplicaSets of {}", old, limit);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300, failure_persistence: None, ..ProptestConfig::default()
    })]

    /// Terminating pods are pods that nobody counts; they come on top of the surge.
    #[test]
    fn there_are_never_more_pods_than_the_surge_allows(story in story()) {
        let mut cluster = story.cluster(IDEAL);
        cluster.run_until(story.last(), |_| false);
        for settled in &cluster.settled {
            let most = settled.spec.replicas + settled.spec.fenceposts().surge;
            prop_assert!(settled.after.replicas <= most, "{:?}", settled);
        }
    }

    /// A change of the replicas is shared out whatever is available, and so the minimum holds only
    /// between two of them. Pods that ripen rank like available ones of about their age, and may
    /// be spared in their place: that is why `minReadySeconds` is 0 here.
    #[test]
    fn no_controller_takes_what_has_to_stay_available(story in story()) {
        let spec = Spec { min_ready_seconds: 0, ..story.spec };
        let mut cluster = Story { spec, ..story.clone() }.cluster(IDEAL);
        cluster.run_until(story.last(), |_| false);
        for settled in cluster.settled.iter().filter(|settled| !settled.is_scaled) {
            let least = settled.spec.min_available().min(settled.before.available);
            prop_assert!(settled.after.available >= least, "{:?}", settled);
        }
    }

    #[test]
    fn a_rollout_whose_pods_become_ready_comes_to_its_end(story in story()) {
        let mut cluster = story.cluster(IDEAL);
        story.come_to_an_end(&mut cluster);
        complete(&cluster)?;
    }

    #[test]
    fn so_does_one_by_controllers_that_take_their_time(
        story in story(),
        deployment in (0..300_u64).prop_map(millis),
        replica_set in (0..300_u64).prop_map(millis),
        throttle in prop::option::of((5..30_u32, 1..40_u32)),
    ) {
        let throttle = throttle.map(|(qps, burst)| Throttle { qps, burst });
        let mut cluster = story.cluster((Latency { deployment, replica_set }, throttle));
        story.come_to_an_end(&mut cluster);
        complete(&cluster)?;
    }

    #[test]
    fn going_back_is_a_rollout_to_what_was(story in story()) {
        let mut cluster = story.cluster(IDEAL);
        cluster.run_until(story.last(), |_| false);
        let now = cluster.now;
        let wanted = cluster.twin.deployment().revision(Undo::Previous);
        let last = cluster.twin.deployment().replica_sets().iter().map(|it| it.revision).max();
        if wanted.is_err() {
            return Ok(());
        }
        cluster.undo(Undo::Previous);
        story.come_to_an_end(&mut cluster);
        complete(&cluster)?;
        prop_assert!(cluster.now >= now);
        let deployment = cluster.twin.deployment();
        prop_assert_eq!(Ok(deployment.spec().template), wanted);
        if deployment.clone().hangs() {
            return Ok(());
        }
        let new = deployment.new_replica_set().expect("it is there");
        prop_assert_eq!(Some(deployment.replica_sets()[new].revision), last.map(|it| it + 1));
    }

    #[test]
    fn a_throttled_controller_creates_no_more_than_its_tokens(
        story in story(),
        qps in 1..30_u32,
        burst in 1..40_u32,
    ) {
        let mut cluster = story.cluster((IDEAL.0, Some(Throttle { qps, burst })));
        cluster.run_until(story.last(), |_| false);
        let mut pods = Vec::new();
        for moment in &cluster.log {
            let (Action::CreatePods { pods: n, .. } | Action::DeletePods { pods: n, .. }) =
                moment.action
            else {
                continue;
            };
            pods.extend((0..n).map(|_| moment.at));
        }
        for (first, from) in pods.iter().enumerate() {
            for (last, to) in pods.iter().enumerate().skip(first) {
                let refilled = f64::from(qps) * (*to - *from).as_secs_f64() * 1.001;
                let tokens = f64::from(burst) + refilled;
                prop_assert!((last - first) as f64 <= tokens, "{} of {}", last - first, tokens);
            }
        }
    }
}

/// Five pods, of which one at a time may be missing: the rollout has taken one of the old, and
/// before a new one is there the Deployment is scaled to the four that are left.
#[test]
fn a_rolling_update_that_is_scaled_to_what_is_left_hangs_as_upstream() {
    let story = |deeds| Story {
        spec: Spec {
            strategy: kubernetes::Strategy::RollingUpdate {
                max_surge: Portion::Count(0),
                max_unavailable: Portion::Count(1),
            },
            ..Spec::new(5, Template(1))
        },
        phase: Span::ZERO,
        ready: vec![Some(Span::from_secs(1))],
        term: Span::from_secs(1),
        deeds,
    };
    let at = |at| Instant::ZERO + millis(at);
    let template = Change { template: Some(Template(2)), ..Change::default() };
    let replicas = |replicas| Change { replicas: Some(replicas), ..Change::default() };
    let latency = Latency { deployment: millis(100), replica_set: Span::ZERO };
    for (scaled_to, hangs) in [(4, true), (3, false)] {
        let deeds = vec![
            (at(10_000), Deed::Write(template)),
            (at(10_150), Deed::Write(replicas(scaled_to))),
        ];
        let mut cluster = story(deeds).cluster((latency, None));
        cluster.run_until(at(600_000), |_| false);
        let mut deployment = cluster.twin.deployment().clone();
        assert_eq!((deployment.hangs(), deployment.is_complete()), (hangs, !hangs));
    }
}
