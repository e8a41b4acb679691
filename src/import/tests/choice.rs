//! Which document is imported where the files have several.

use super::*;

fn chosen(text: &str, name: &str) -> Result<Option<String>, String> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let trees = yaml::parse(&mut sources, kind, "all.yaml", text.as_bytes(), &mut problems);
    let options = Options { workload: Some(name), ..Options::DEFAULT };
    match import(&trees, options, &mut problems) {
        Some(it) => Ok(it.document.get("name").and_then(Node::as_text).map(ToOwned::to_owned)),
        None => Err(problems.render(&sources, document::Look::Plain)),
    }
}

#[test]
fn one_of_several_is_chosen_by_its_name() {
    let shop = deployment("");
    let till = shop.replace("name: shop }\nspec", "name: till }\nspec");
    let both = format!("{shop}---\n{till}");
    assert_eq!(chosen(&both, "till"), Ok(Some("till".to_owned())));
    let first = case(&both);
    first.decodes();
    assert_eq!(first.at("name"), Some("shop"));
    assert!(first.assumes("2 workloads are given, and Deployment shop is the one"));
    assert!(first.losses()[0].starts_with("Deployment till: another workload"));
    let larger = case(&format!("{shop}---\n{till}  replicas: 2\n"));
    assert_eq!(larger.at("name"), Some("till"));
    let message = chosen(&both, "tell").expect_err("no such workload");
    assert!(message.contains("did you mean --workload till?"), "{message}");
}

#[test]
fn a_rollout_is_meant_before_a_deployment() {
    let text = format!("{}---\n{}", deployment(""), steps("{setWeight: 10}"));
    let both = case(&text);
    both.decodes();
    assert!(both.at("strategy.canary.steps.0.setWeight").is_some());
    assert!(both.losses()[0].starts_with("Deployment shop: another workload"));
    assert_eq!(chosen(&text, "shop"), Ok(Some("shop".to_owned())));
}

#[test]
fn a_canary_without_steps_and_router_is_a_rolling_update() {
    let case = case(&rollout("      maxSurge: 2\n"));
    case.decodes();
    assert_eq!(case.at("strategy.rolling.maxSurge"), Some("2"));
    assert_eq!(case.at("strategy.rolling.maxUnavailable"), Some("25%"));
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
}
