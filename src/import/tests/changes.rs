//! Every change that an assumption offers can be made.

use super::*;

/// Imports a text and makes each change that its assumptions offer, one after the other.
fn all_changes(text: &str) -> usize {
    let case = case(text);
    let changes = case.imported().assumptions.iter().filter_map(|it| it.change.as_deref());
    let settings = changes.filter_map(|change| change.strip_prefix("--set "));
    let settings: Vec<&str> = settings.map(|setting| setting.trim_matches('\'')).collect();
    for setting in &settings {
        let (mut sources, mut problems) = (case.sources.clone(), Problems::new());
        let mut tree = case.imported().document.clone();
        document::set::apply(&mut tree, setting, &mut sources, &mut problems);
        assert!(problems.is_empty(), "{setting}: {problems:?}");
        scenario(tree);
    }
    settings.len()
}

#[test]
fn what_an_assumption_offers_to_change_can_be_changed() {
    let pods = "readinessProbe: { grpc: { port: 1 }, initialDelaySeconds: 9 }, \
                lifecycle: { preStop: { sleep: { seconds: 5 } } }, \
                resources: { limits: { memory: 1Gi } }";
    let switch = "      activeService: a\n      autoPromotionEnabled: false\n      \
                  prePromotionAnalysis: {}\n      postPromotionAnalysis: {}\n";
    let by_pods = "      steps: [{ setWeight: 5 }, { pause: {} }]\n";
    let all = [
        deployment(""),
        container(pods),
        blue_green(switch),
        rollout(by_pods),
        steps("{setWeight: 5}"),
    ];
    let made: usize = all.iter().map(|text| all_changes(text)).sum();
    assert!(made > 14, "{made}");
}
