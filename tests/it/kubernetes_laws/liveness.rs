//! Liveness probes ask every pod, whatever its version.

use clockwork::Instant;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Happening, Timeline};
use proptest::prelude::*;

use super::config;

/// A good release, of which so many pods of ten may be missing while it is rolled out.
fn told(unavailable: u32, utilisation: u32, seed: u64) -> Vec<(Instant, Happening)> {
    let text = format!(
        "controller: kubernetes
fleet:
  replicas: 10
  pod:
    startup: 2m
    probes:
      readiness: {{ period: 10s, failureThreshold: 30 }}
      liveness: {{ period: 5s, initialDelay: 150s }}
traffic: {{ rate: 100/s, modulation: none }}
baseline: {{ utilisation: {utilisation}% }}
noise: none
time: {{ watch: 2h }}
strategy: {{ rolling: {{ maxSurge: 0, maxUnavailable: {unavailable} }} }}
release: {{}}
people: none
"
    );
    let read = Scenario::read(&text);
    let scenario = read.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let mut engine = Engine::new(&scenario, Timeline::default());
    engine.simulate(seed, 0);
    engine.record.entries
}

/// Pods of each version that were killed, and that came back.
fn counts(told: &[(Instant, Happening)]) -> [[u32; 2]; 2] {
    let mut counts = [[0; 2]; 2];
    for (_, happening) in told {
        match *happening {
            Happening::PodsKilled { version, pods } => counts[version][0] += pods,
            Happening::PodsBack { version, pods } => counts[version][1] += pods,
            _ => {}
        }
    }
    counts
}

/// Half of the pods at 80 % would have to do 160 % each: more than a third of it is lost.
fn old_pods_are_restarted(seed: u64) -> Result<(), TestCaseError> {
    let [old, _] = counts(&told(5, 80, seed));
    prop_assert!(old[0] > 0 && old[1] > 0, "{:?} old pods were killed and came back", old);
    Ok(())
}

#[cfg(feature = "planted")]
#[test]
fn that_old_pods_are_not_asked_is_found() {
    use coalmine::planted::Bug;

    super::fails_under(Bug::OldPodsAreNotAsked, &(0..1_000_u64), old_pods_are_restarted);
}

#[test]
fn old_pods_that_have_to_do_the_work_of_others_are_restarted_for_it() {
    old_pods_are_restarted(1).expect("they are");
    // One pod of ten is not missed.
    assert_eq!(counts(&told(1, 60, 1)), [[0; 2]; 2]);
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn no_more_pods_come_back_than_were_killed_and_the_rollout_ends(
        unavailable in 1..8_u32,
        utilisation in 30..95_u32,
        seed in 0..1_000_u64,
    ) {
        let told = told(unavailable, utilisation, seed);
        let mut down = [0_i64; 2];
        for (at, happening) in &told {
            match *happening {
                Happening::PodsKilled { version, pods } => down[version] += i64::from(pods),
                Happening::PodsBack { version, pods } => down[version] -= i64::from(pods),
                _ => continue,
            }
            prop_assert!(down.iter().all(|pods| *pods >= 0), "{:?}: {:?} are down", at, down);
        }
        // The release has as much room as the old version had, and so all is well in the end.
        let mut shares = told.iter().filter_map(|(_, it)| match it {
            Happening::Settled { share, .. } => Some(*share),
            _ => None,
        });
        prop_assert_eq!(shares.next_back(), Some(1.0));
    }
}
