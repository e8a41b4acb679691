//! Whatever stands in a manifest: an answer, and no panic.

use super::*;

/// What numbers and words are replaced by.
const HOSTILE: [&str; 10] = [
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
    "NaN",
    "99999h",
    "[]",
    "{{args.x}}",
];

/// Lints a text that may not even be YAML, and prints what is found.
fn survives(text: &str) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let bytes = text.as_bytes();
    let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
    for (rule, finding) in lint(&trees, &sources, today(), &Traffic::default()) {
        let _ = finding.problem(rule).render(&sources, Look::Plain);
    }
}

/// Where runs of digits and letters begin and end.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find(is_part).map(|it| rest + it) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |it| start + it);
        found.push((start, end));
        rest = end;
    }
    found
}

#[test]
fn numbers_of_any_size_never_panic() {
    for rule in RULES {
        for (start, end) in words(rule.bad) {
            if !rule.bad[start..end].starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            for hostile in HOSTILE {
                survives(&format!("{}{hostile}{}", &rule.bad[..start], &rule.bad[end..]));
            }
        }
    }
}

#[test]
fn texts_that_are_cut_or_lack_a_line_never_panic() {
    for rule in RULES {
        for (start, end) in words(rule.bad) {
            survives(&rule.bad[..end]);
            survives(&format!("{}{}", &rule.bad[..start], &rule.bad[end..]));
        }
        let lines: Vec<_> = rule.bad.lines().collect();
        for skipped in 0..lines.len() {
            let left = lines.iter().enumerate().filter(|(at, _)| *at != skipped);
            let left: Vec<_> = left.map(|(_, line)| *line).collect();
            survives(&left.join("\n"));
        }
    }
}

#[test]
fn characters_of_any_width_never_panic() {
    for rule in RULES {
        for (start, _) in words(rule.bad).into_iter().step_by(3) {
            survives(&format!("{}\u{e9}\u{1f600}{}", &rule.bad[..start], &rule.bad[start..]));
        }
    }
}
