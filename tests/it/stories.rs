//! Stories of Kubernetes and of Argo Rollouts are told as they are committed. `UPDATE_EXPECT=1` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The names in a folder whose files end so.
fn names(folder: &str, end: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("an entry").file_name().into_string().expect("a name")
    };
    let mut names: Vec<_> =
        entries.map(file).filter_map(|it| it.strip_suffix(end).map(str::to_owned)).collect();
    names.sort();
    names
}

/// The folders of stories.
const FOLDERS: [&str; 2] = ["argo", "kubernetes"];

fn told(folder: &str, name: &str) -> String {
    let file = format!("scenarios/{folder}/{name}.yaml");
    let said = Command::new(env!("CARGO_BIN_EXE_coalmine"))
        .current_dir(root())
        .args(["explain", &file, "--replication", "0"])
        .output()
        .expect("the program starts");
    let messages = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "{file}: {messages}");
    String::from_utf8(said.stdout).expect("text")
}

#[test]
fn every_story_is_told_as_it_is_kept() {
    for folder in FOLDERS {
        let stories = names(&format!("scenarios/{folder}"), ".yaml");
        for name in &stories {
            let path = root().join(format!("reports/{folder}/{name}.txt"));
            let now = told(folder, name);
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::create_dir_all(root().join("reports").join(folder)).expect("a folder");
                std::fs::write(&path, &now).expect("written");
                continue;
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            let help = "UPDATE_EXPECT=1 accepts the change";
            assert_eq!(kept, now, "reports/{folder}/{name}.txt: {help}");
        }
        let kept = names(&format!("reports/{folder}"), ".txt");
        assert_eq!(kept, stories, "no story is left of a file");
    }
}

#[test]
fn the_table_of_stories_has_each_of_them_with_its_question() {
    for folder in FOLDERS {
        let page = root().join(format!("scenarios/{folder}/README.md"));
        let page = std::fs::read_to_string(page).expect("a page");
        for name in names(&format!("scenarios/{folder}"), ".yaml") {
            let file = root().join(format!("scenarios/{folder}/{name}.yaml"));
            let text = std::fs::read_to_string(file).expect("a file");
            let asks = text.lines().find_map(|line| line.strip_prefix("description: "));
            let row = format!(
                "| {} | [`{name}.yaml`]({name}.yaml) | [story](../../reports/{folder}/{name}.txt) |",
                asks.expect("a question"),
            );
            assert!(page.contains(&row), "the page has no row\n{row}");
            assert!(text.starts_with('#'), "{name} does not say what is learnt");
        }
    }
}
