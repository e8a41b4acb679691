//! What holds for every Canary, whatever its metrics say.

use clockwork::{Instant, Span};
use proptest::prelude::{Just, ProptestConfig, any, prop_assert, prop_assert_eq, prop_oneof};
use proptest::proptest;
use proptest::strategy::Strategy as Generator;

use super::super::{Analysis, Canary, Phase, Strategy};
use super::cluster::{Cluster, REPLICAS, plan};
use super::{hook, success};
use crate::controller::flagger::HookKind;
use crate::units::Share;

fn analyses() -> impl Generator<Value = Analysis> {
    let weights = prop_oneof![
        3 => Just(Vec::new()),
        1 => proptest::collection::vec(0_u32..=120, 1..5),
    ];
    (0_u32..4, 0_u32..=120, 0_u32..=60, weights, 0_u32..60, 0_u32..4, any::<(bool, bool)>())
        .prop_map(|(threshold, max_weight, step_weight, step_weights, back, iterations, is)| {
            Analysis {
                threshold,
                max_weight,
                step_weight,
                step_weights,
                step_weight_promotion: back,
                iterations,
                has_match: is.0,
                is_mirrored: is.1,
                ..Analysis::default()
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn weights_and_pods_stay_within_their_bounds(
        analysis in analyses(),
        values in proptest::collection::vec(0_u8..10, 40),
        refused in 0_u16..3,
        startup in 1_u64..900,
    ) {
        let most = 2 * REPLICAS + REPLICAS.div_ceil(4);
        let webhooks = match refused {
            0 => vec![hook(HookKind::ConfirmPromotion, 403)],
            1 => vec![hook(HookKind::PreRollout, 500)],
            _ => Vec::new(),
        };
        let canary = Canary { analysis, webhooks, checks: vec![success()], ..Canary::default() };
        let plan = plan(canary);
        let mut cluster = Cluster::new(&plan);
        cluster.startup[1] = Span::from_secs(startup);
        let mut asked = 0;
        let mut answer = |_: usize, _: Span| {
            asked += 1;
            if values[asked % values.len()] == 0 { 90.0 } else { 100.0 }
        };
        let mut failed = 0;
        for _ in 0..150 {
            let Some((now, _)) = cluster.next(&mut answer) else { break };
            let scheduler = *cluster.controller.scheduler();
            let routes = scheduler.routes;
            prop_assert_eq!(routes.primary + routes.canary, 100);
            let analysis = &plan.canary.analysis;
            let last = analysis.max_weight().max(analysis.step_weight).max(
                analysis.step_weights.iter().copied().max().unwrap_or(0));
            // A promotion that fails leaves everything on the canary.
            let is_kept = scheduler.phase == Phase::Failed && scheduler.weight == 100;
            if analysis.strategy() == Strategy::Canary && !is_kept {
                let beyond = last.saturating_add(analysis.step_weight);
                prop_assert!(routes.canary <= beyond.min(100), "{:?}", routes);
            }
            prop_assert!(cluster.share <= Share::ONE);
            let pods = cluster.pods();
            prop_assert!(pods[0].replicas + pods[1].replicas <= most, "{:?}", pods);
            prop_assert!(pods[0].ready + pods[1].ready >= 3, "{:?}", pods);
            prop_assert!(scheduler.failed_checks <= analysis.threshold());
            prop_assert!(failed <= scheduler.failed_checks || scheduler.failed_checks == 0);
            failed = scheduler.failed_checks;
            if scheduler.phase == Phase::Failed && scheduler.weight == 0 {
                prop_assert_eq!(cluster.share, Share::ZERO);
            }
            prop_assert!(now < Instant::ZERO + Span::from_hours(24));
        }
    }

    #[test]
    fn a_good_release_ends_promoted_or_the_weights_do_not_grow(analysis in analyses()) {
        let grows = {
            let mut weight = 0;
            let mut steps = 0;
            while weight < analysis.max_weight() && analysis.next_step(weight) > 0 && steps < 200 {
                weight = (weight + analysis.next_step(weight)).min(100);
                steps += 1;
            }
            weight >= analysis.max_weight() && analysis.next_step(weight) > 0
        };
        let grows = grows || analysis.strategy() != Strategy::Canary;
        let canary = Canary { analysis, checks: vec![success()], ..Canary::default() };
        let plan = plan(canary);
        let mut cluster = Cluster::new(&plan);
        let told = cluster.tell(Span::from_hours(8), |_, _| 100.0);
        let ends = |word: &str| told.iter().any(|line| line.ends_with(word));
        prop_assert_eq!(ends("Promoted"), grows, "{:#?}", told);
        prop_assert_eq!(ends("Stuck"), !grows, "{:#?}", told);
        if grows {
            prop_assert_eq!(cluster.share, Share::ONE);
            prop_assert_eq!(cluster.pods().map(|pods| pods.replicas), [0, REPLICAS]);
        }
    }

    #[test]
    fn a_bad_release_that_is_measured_ends_with_no_request(analysis in analyses()) {
        let canary = Canary { analysis, checks: vec![success()], ..Canary::default() };
        let plan = plan(canary);
        let mut cluster = Cluster::new(&plan);
        let mut was_asked = false;
        let told = cluster.tell(Span::from_hours(8), |_, _| { was_asked = true; 50.0 });
        if was_asked {
            prop_assert!(told.iter().any(|line| line.ends_with(" Back")), "{:#?}", told);
            prop_assert_eq!(cluster.share, Share::ZERO);
            prop_assert_eq!(cluster.pods().map(|pods| pods.replicas), [REPLICAS, 0]);
        }
    }
}
