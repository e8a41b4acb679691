//! Pods that a rollout leaves as they are: below a partition, and until somebody deletes them.

use clockwork::Instant;
use coalmine::controller::kubernetes::{Action, Template};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Ending, Engine, Happening, Measures, Timeline};
use proptest::prelude::*;

use super::config;

/// A StatefulSet, or a DaemonSet that is updated by hand.
#[derive(Clone, Debug)]
struct Story {
    replicas: u32,
    unavailable: u32,
    /// `partition`, or else `OnDelete`.
    partition: Option<u32>,
    /// Whether the controllers of Kubernetes do it, or it is done at once.
    has_controllers: bool,
    /// When pods are deleted, seconds.
    deleted: Vec<u32>,
    /// Whether and to what the release is scaled after an hour.
    scaled: Option<u32>,
    /// Whether the release is taken back after two hours.
    undone: bool,
}

prop_compose! {
    fn story()(
        replicas in 1..9_u32,
        unavailable in 1..4_u32,
        partition in 0..11_u32,
        has_controllers in any::<bool>(),
        scaled in prop::option::of(1..12_u32),
        undone in any::<bool>(),
    ) -> Story {
        let (scaled, undone) = if has_controllers { (scaled, undone) } else { (None, false) };
        let (partition, deleted) = (Some(partition), Vec::new());
        Story { replicas, unavailable, partition, has_controllers, deleted, scaled, undone }
    }
}

prop_compose! {
    fn by_hand()(
        replicas in 1..7_u32,
        deleted in prop::collection::vec(1..3_000_u32, 0..8),
    ) -> Story {
        Story {
            replicas, deleted, unavailable: 1, partition: None, has_controllers: true,
            scaled: None, undone: false,
        }
    }
}

impl Story {
    fn text(&self) -> String {
        let order = |at: u32, run: &str| format!("{{ at: {at}s, run: {run} }}");
        let mut orders: Vec<_> = self.deleted.iter().map(|at| order(*at, "delete pod")).collect();
        orders.extend(self.scaled.map(|to| order(3_600, &format!("scale --replicas={to}"))));
        orders.extend(self.undone.then(|| order(7_200, "rollout undo")));
        let controller = if self.has_controllers {
            format!("{{ kubernetes: {{ kubectl: [{}] }} }}", orders.join(", "))
        } else {
            "ideal".to_owned()
        };
        let how = match self.partition {
            Some(partition) => format!("partition: {partition}"),
            None => "updateStrategy: OnDelete".to_owned(),
        };
        format!(
            "controller: {controller}
fleet: {{ replicas: {}, pod: {{ startup: 20s, termination: {{ takes: 10s }} }} }}
traffic: {{ rate: 10/s, modulation: none }}
noise: none
time: {{ watch: 3h, bake: 10m }}
strategy:
  rolling:
    maxSurge: 0
    maxUnavailable: {}
    podReplacementPolicy: TerminationComplete
    {how}
release: {{}}
people: none
",
            self.replicas, self.unavailable
        )
    }

    fn run(&self, seed: u64) -> (Measures, Vec<(Instant, Happening)>) {
        let text = self.text();
        let read = Scenario::read(&text);
        let scenario = read.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        let mut engine = Engine::new(&scenario, Timeline::default());
        let measures = engine.simulate(seed, 0);
        (measures, engine.record.entries)
    }
}

/// The pods of both versions that were ordered, after every order.
fn pods(replicas: u32, told: &[(Instant, Happening)]) -> Vec<(Instant, [u32; 2])> {
    let mut sizes = [replicas, 0];
    let version = |template: Template| usize::from(template != Template::RUNNING);
    let ordered = told.iter().map(|(at, it)| {
        match *it {
            Happening::Deployment(Action::ReplicaSetCreated { template, replicas, .. }) => {
                sizes[version(template)] = replicas;
            }
            Happening::Deployment(Action::ReplicaSetScaled { template, to, .. }) => {
                sizes[version(template)] = to;
            }
            Happening::Scaled { desired } => sizes = desired,
            _ => {}
        }
        (*at, sizes)
    });
    ordered.collect()
}

fn says(told: &[(Instant, Happening)], what: &str) -> bool {
    told.iter().any(|(_, it)| matches!(it, Happening::Answered { text } if text.ends_with(what)))
}

fn stays_below_the_partition((story, seed): (Story, u64)) -> Result<(), TestCaseError> {
    let partition = story.partition.unwrap_or_default();
    let (measures, told) = story.run(seed);
    let wanted = story.scaled.unwrap_or(story.replicas);
    let new = if story.undone { 0 } else { wanted.saturating_sub(partition) };
    let sizes = pods(story.replicas, &told);
    let last = sizes.last().map_or([story.replicas, 0], |(_, pods)| *pods);
    let first = story.replicas.saturating_sub(partition);
    prop_assert_eq!(last, [wanted - new, new], "{}", story.text());
    for (at, [old, new]) in sizes {
        let most = story.replicas.max(wanted).saturating_sub(partition);
        prop_assert!(new <= most, "{:?}: {} old, {} new of {}", at, old, new, story.text());
    }
    let any = first > 0 || story.scaled.is_some_and(|pods| pods > partition);
    let ending = match (story.undone, any) {
        (true, _) => Ending::RolledBack,
        (false, false) => Ending::Held,
        (false, true) => Ending::Promoted,
    };
    prop_assert_eq!(measures.ending, ending, "{}", story.text());
    if ending == Ending::Promoted && story.has_controllers && story.scaled.is_none() {
        let words = if partition == 0 {
            "successfully rolled out".to_owned()
        } else {
            format!("partitioned roll out complete: {new} new pods have been updated...")
        };
        prop_assert!(says(&told, &words), "{}", words);
    }
    Ok(())
}

fn waits_for_a_hand((story, seed): (Story, u64)) -> Result<(), TestCaseError> {
    let (measures, told) = story.run(seed);
    let new = (story.deleted.len() as u32).min(story.replicas);
    let sizes = pods(story.replicas, &told);
    let last = sizes.last().map_or([story.replicas, 0], |(_, pods)| *pods);
    prop_assert_eq!(last, [story.replicas - new, new], "{}", story.text());
    let ending = if new == story.replicas { Ending::Promoted } else { Ending::Held };
    prop_assert_eq!(measures.ending, ending, "{}", story.text());
    let refusal = "error: rollout status is only available for RollingUpdate strategy type";
    prop_assert!(says(&told, refusal));
    Ok(())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn only_pods_from_the_partition_on_get_the_release(
        story in story(),
        seed in 0..1_000_u64,
    ) {
        stays_below_the_partition((story, seed))?;
    }

    #[test]
    fn pods_that_somebody_has_to_delete_are_replaced_when_that_is_done(
        story in by_hand(),
        seed in 0..1_000_u64,
    ) {
        waits_for_a_hand((story, seed))?;
    }
}

#[cfg(feature = "planted")]
#[test]
fn both_laws_find_their_bugs() {
    use coalmine::planted::Bug;

    let seeds = 0..1_000_u64;
    let partitioned = (story(), seeds.clone());
    super::fails_under(Bug::PartitionIsForgotten, &partitioned, stays_below_the_partition);
    super::fails_under(Bug::DeletedPodsComeBack, &(by_hand(), seeds), waits_for_a_hand);
}
