//! A fix does what it says: with it in the file, the rule is silent and nothing is worse.

use super::*;

/// Rules whose fix takes somebody who knows what is meant, and what that is.
const AUTHORS: [(&str, &str); 7] = [
    ("alert-diluted", "which label tells the versions apart"),
    ("argument-without-value", "the value"),
    ("manifest-rejected", "which value was meant"),
    ("pauses-without-analysis", "an analysis"),
    ("query-invalid", "what the query was meant to be"),
    ("suppression-expired", "whether the reason still holds"),
    ("suppression-incomplete", "the reason"),
];

/// What is found in a text, and the same text with the fixes of one rule in it.
fn pasted(text: &str, rule: &Rule) -> (Vec<(&'static str, Level)>, String) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let bytes = text.as_bytes();
    let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
    assert!(problems.is_empty(), "{}\n{text}", problems.render(&sources, Look::Plain));
    let found = lint(&trees, &sources, today(), &Traffic::default());
    let meant = found.iter().filter(|(it, _)| it.id == rule.id);
    let edits = together(meant.map(|(_, finding)| finding.edits(&sources)));
    let ids = found.iter().map(|(it, _)| (it.id, it.level)).collect();
    (ids, edited(text, &edits))
}

#[test]
fn every_fix_silences_its_rule_and_makes_no_error() {
    for rule in RULES {
        let (before, after) = pasted(rule.bad, rule);
        let is_authors = AUTHORS.iter().any(|(id, _)| *id == rule.id);
        assert_eq!(after == rule.bad, is_authors, "{}:\n{after}", rule.id);
        if is_authors {
            continue;
        }
        let (found, _) = pasted(&after, rule);
        assert!(found.iter().all(|(id, _)| *id != rule.id), "{} is found in\n{after}", rule.id);
        let is_new = |it: &&(&str, Level)| it.1 == Level::Error && !before.contains(it);
        let error = found.iter().find(is_new);
        assert_eq!(error, None, "after the fix of {} in\n{after}", rule.id);
    }
}

#[test]
fn the_fixes_of_all_rules_can_be_made_together() {
    for rule in RULES {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let bytes = rule.bad.as_bytes();
        let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
        let before = lint(&trees, &sources, today(), &Traffic::default());
        let edits = together(before.iter().map(|(_, finding)| finding.edits(&sources)));
        let text = edited(rule.bad, &edits);
        let (after, _) = pasted(&text, rule);
        let known = |id: &str| before.iter().any(|(it, _)| it.id == id);
        let error = after.iter().find(|(id, level)| *level == Level::Error && !known(id));
        assert_eq!(error, None, "after the fixes of {} in\n{text}", rule.id);
    }
}

#[test]
fn two_arguments_that_are_missing_are_not_declared_in_two_lists() {
    let metric = |name: &str| {
        format!(
            "  - name: {name}\n    successCondition: result[0] > 1\n    provider: {{prometheus: \
             {{query: 'up{{pod=\"{{{{args.{name}}}}}\"}}'}}}}\n"
        )
    };
    let text = "kind: AnalysisTemplate\nmetadata: {name: t}\nspec:\n  metrics:\n".to_owned();
    let text = text + &metric("a") + &metric("b");
    let rule = super::super::rule("unresolved-argument").expect("a rule");
    let (_, once) = pasted(&text, rule);
    assert!(once.contains("args: [{name: a}]\n"), "{once}");
    let (_, twice) = pasted(&once, rule);
    assert!(twice.contains("args: [{name: a}, {name: b}]\n"), "{twice}");
}

#[test]
fn an_argument_that_is_there_is_not_added_again() {
    let rule = super::super::rule("blind-to-canary").expect("a rule");
    let (_, after) = pasted(rule.bad, rule);
    assert_eq!(after.matches("{name: canary-hash").count(), 1, "{after}");
    // Declared, and not used.
    let declared = rule.bad.replacen("-name}]", "-name}, {name: canary-hash}]", 1);
    let (_, after) = pasted(&declared, rule);
    assert_eq!(after.matches("{name: canary-hash").count(), 1, "{after}");
    assert!(after.contains("{{args.canary-hash}}"), "{after}");
}

#[test]
fn fixes_fit_into_texts_in_flow_and_in_quotes() {
    // The same in one line: brackets and quotes around everything.
    for rule in RULES {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let bytes = rule.bad.as_bytes();
        let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
        let flows: Vec<_> = trees.iter().map(flow).collect();
        let text = flows.join("\n---\n") + "\n";
        let (found, after) = pasted(&text, rule);
        if !found.iter().any(|(id, _)| *id == rule.id) || after == text {
            continue;
        }
        let (found, _) = pasted(&after, rule);
        assert!(found.iter().all(|(id, _)| *id != rule.id), "{} is found in\n{after}", rule.id);
    }
}

/// A tree in one line, every text in double quotes.
fn flow(node: &Node) -> String {
    use crate::document::Value;
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar(scalar) if scalar.text.parse::<f64>().is_ok() => scalar.text.clone(),
        Value::Scalar(scalar) => format!("{:?}", scalar.text),
        Value::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Map(map) => {
            let entry =
                |it: &crate::document::Entry| format!("{}: {}", it.key.text, flow(&it.node));
            format!("{{{}}}", map.entries().iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn a_condition_that_yaml_cuts_at_a_hash_is_quoted() {
    let text = "kind: AnalysisTemplate\nmetadata: {name: t}\nspec:\n  metrics:\n  - name: m\n    \
                successCondition: all(result, # < 5)\n    provider: {prometheus: {query: up}}\n";
    let (found, after) = pasted(text, super::super::rule("condition-invalid").expect("a rule"));
    assert!(found.iter().any(|(id, _)| *id == "condition-invalid"), "{found:?}");
    assert!(after.contains("successCondition: 'all(result, # < 5)'\n"), "{after}");
    assert!(linted(text).1.contains("begins a comment in YAML"));
}

#[test]
fn one_series_of_many_keeps_the_comparison() {
    let rule = super::super::rule("one-series-of-many").expect("a rule");
    let (_, after) = pasted(rule.bad, rule);
    assert!(after.contains("successCondition: 'all(result, # < 5)'"), "{after}");
    let strict = rule.bad.replace("len(result) == 0 || result[0] < 5", "result[0] >= 5");
    let (_, after) = pasted(&strict, rule);
    assert!(after.contains("successCondition: 'all(result, # >= 5)'"), "{after}");
}
