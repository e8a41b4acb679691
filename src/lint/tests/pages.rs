//! Committed pages: the table of rules, and what is found in the manifests of `tests/data/lint`.
//! `UPDATE_EXPECT=1` rewrites them.

use std::path::{Path, PathBuf};

use super::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails unless a file has this text; rewrites it if that is asked for.
pub(super) fn committed(path: &str, now: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, now).expect("written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, now, "{path}: UPDATE_EXPECT=1 accepts the change");
}

#[test]
fn the_page_of_rules_has_each_of_them() {
    let mut page = String::from(
        "# Rules of `coalmine lint`\n\n\
         `coalmine help RULE` explains a rule, with an example that it finds and one that it does \
         not.\nA finding that is known is suppressed by a comment on its line, or above it:\n\
         `# coalmine: allow RULE until 2027-03-31: the reason`.\n\n\
         `coalmine lint policy/ -o diff | patch -p0` writes the fixes into the files; a few rules \
         want a\ndecision, and are left. What excludes another fix comes with the next \
         difference. A test pastes each\nfix into the bad example of its rule: the rule is silent \
         then, and there is no error that was not\nthere before.\n\n\
         | rule | level | what it finds |\n|---|---|---|\n",
    );
    let row = |rule: &&Rule| {
        let title = rule.title.replace('|', "\\|");
        format!("| `{}` | {} | {title} |\n", rule.id, rule.level.as_str())
    };
    page.extend(RULES.iter().map(row));
    committed("LINT.md", &page);
}

#[test]
fn what_is_found_in_the_examples_is_as_committed() {
    let folder = root().join("tests/data/lint");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|it| it.expect("an entry").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let (_, printed) = linted(&std::fs::read_to_string(&file).expect("a text"));
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let printed = printed.replace("a.yaml", &format!("{name}.yaml"));
        committed(&format!("tests/data/lint/{name}.txt"), &printed);
    }
}
