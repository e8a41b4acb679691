//! Stories of controllers, and of what judges see, are told as they are committed.
//! `UPDATE_EXPECT=1` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Whose stories they are: folders of scenarios, and of what is told of them.
const WHOSE: [&str; 4] = ["argo", "flagger", "kubernetes", "telemetry"];

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

fn told(whose: &str, name: &str) -> String {
    let file = format!("scenarios/{whose}/{name}.yaml");
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
fn every_story_of_a_controller_is_told_as_it_is_kept() {
    for whose in WHOSE {
        let stories = names(&format!("scenarios/{whose}"), ".yaml");
        let folder = root().join("reports").join(whose);
        for name in &stories {
            let path = folder.join(format!("{name}.txt"));
            let now = told(whose, name);
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::create_dir_all(&folder).expect("a folder");
                std::fs::write(&path, &now).expect("written");
                continue;
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            let file = path.display();
            assert_eq!(kept, now, "{file}: UPDATE_EXPECT=1 accepts the change");
        }
        assert_eq!(
            names(&format!("reports/{whose}"), ".txt"),
            stories,
            "no story is left of a file"
        );
    }
}

#[test]
fn the_tables_of_stories_have_each_of_them_with_its_question() {
    for whose in WHOSE {
        let folder = root().join("scenarios").join(whose);
        let page = std::fs::read_to_string(folder.join("README.md")).expect("a page");
        for name in names(&format!("scenarios/{whose}"), ".yaml") {
            let text = std::fs::read_to_string(folder.join(format!("{name}.yaml")));
            let text = text.expect("a file");
            let asks = text.lines().find_map(|line| line.strip_prefix("description: "));
            let story = format!("../../reports/{whose}/{name}.txt");
            let row = format!(
                "| {} | [`{name}.yaml`]({name}.yaml) | [story]({story}) |",
                asks.expect("a question"),
            );
            assert!(page.contains(&row), "the page has no row\n{row}");
            assert!(text.starts_with('#'), "{name} does not say what is learnt");
        }
    }
}
