//! `coalmine help`: what a rule of lint finds, why, and an example with and without the mistake;
//! and what the code of an error means.

use super::console::Console;
use super::exit::{Exit, Failure};
use crate::document::{self, Code, closest, quoted};
use crate::lint::{self, RULES, Rule};
use crate::{experiment, import, scenario, telemetry};

/// Flags of `coalmine help`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A rule or a code, as findings and errors print it in brackets, or `rules` or `errors` for a
    /// list
    #[arg(value_name = "RULE")]
    topic: Option<String>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    match args.topic.as_deref() {
        None => super::help(console).map(|_| Exit::Good),
        Some("rules") => {
            console.print(list().as_bytes())?;
            Ok(Exit::Good)
        }
        Some("errors") => {
            console.print(codes().iter().map(meaning).collect::<String>().as_bytes())?;
            Ok(Exit::Good)
        }
        Some(id) if codes().iter().any(|it| it.code.eq_ignore_ascii_case(id)) => {
            let meant = codes().into_iter().filter(|it| it.code.eq_ignore_ascii_case(id));
            let text: String = meant.map(|it| meaning(&it)).collect();
            console.print(text.as_bytes())?;
            Ok(Exit::Good)
        }
        Some(id) => {
            let rule = lint::rule(id).ok_or_else(|| unknown(id))?;
            console.print(page(rule).as_bytes())?;
            Ok(Exit::Good)
        }
    }
}

/// Every code of an error, in order.
fn codes() -> Vec<Code> {
    let tables: [&[Code]; 8] = [
        document::CODES,
        telemetry::CODES,
        scenario::CODES,
        scenario::VARIANT_CODES,
        scenario::CLAIM_CODES,
        scenario::MIX_CODES,
        import::CODES,
        experiment::CODES,
    ];
    let mut all = tables.concat();
    all.sort_unstable_by_key(|code| code.code);
    all
}

fn meaning(code: &Code) -> String {
    format!("{}  {}\n", code.code, code.meaning)
}

fn unknown(id: &str) -> Failure {
    let help = match closest(id, RULES.iter().map(|rule| rule.id)) {
        Some(meant) => format!("did you mean {meant}? `coalmine help rules` lists all"),
        None => "`coalmine help rules` and `coalmine help errors` list all; `coalmine --help` is \
                 about commands"
            .to_owned(),
    };
    Failure::Usage(format!("no rule and no error is called {}", quoted(id)), help)
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let line =
        |rule: &&Rule| format!("{:width$}  {:7}  {}\n", rule.id, rule.level.as_str(), rule.title);
    RULES.iter().map(line).collect()
}

fn page(rule: &Rule) -> String {
    let Rule { id, title, why, bad, good, .. } = rule;
    let indented = |text: &str| format!("    {}\n", text.trim_end().replace('\n', "\n    "));
    format!(
        "{id} ({}): {title}\n\n{}\nFound in:\n\n{}\nNot found in:\n\n{}\nTo suppress it where it \
         is known:\n\n    # coalmine: allow {id} until 2027-12-31: the reason\n",
        rule.level.as_str(),
        wrapped(why),
        indented(bad),
        indented(good),
    )
}

/// A paragraph in lines of at most 90 characters.
fn wrapped(text: &str) -> String {
    const COLUMNS: usize = 90;
    let (mut lines, mut length) = (String::new(), 0);
    for word in text.split_whitespace() {
        let size = word.chars().count();
        let separator = match length {
            0 => "",
            _ if length + 1 + size > COLUMNS => "\n",
            _ => " ",
        };
        length = if separator == " " { length + 1 + size } else { size };
        lines.push_str(separator);
        lines.push_str(word);
    }
    lines + "\n"
}
