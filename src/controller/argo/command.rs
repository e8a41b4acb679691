//! What an operator tells a Rollout, in the words of `kubectl argo rollouts`.

use std::fmt;

use crate::units::{Quantity, Rejection};

/// What an operator tells a Rollout.
///
/// # Example
/// ```
/// use coalmine::controller::argo::Command;
/// use coalmine::units::Quantity;
/// assert_eq!(Command::parse("kubectl argo rollouts promote"), Ok(Command::Promote));
/// assert_eq!(Command::parse("promote --full"), Ok(Command::PromoteFull));
/// assert_eq!(Command::parse("retry rollout"), Ok(Command::Retry));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `promote`: the pause is over, or the current step if there is none.
    Promote,
    /// `promote --full`: steps, pauses and analyses are skipped.
    PromoteFull,
    /// `abort`: the stable version is wanted back.
    Abort,
    /// `retry rollout`: an aborted rollout begins again.
    Retry,
    /// `pause`: pods and steps stay as they are.
    Pause,
    /// `undo`: the template of the version before is applied again.
    Undo,
}

impl Command {
    const WORDS: [(&'static str, Self); 6] = [
        ("promote", Self::Promote),
        ("promote --full", Self::PromoteFull),
        ("abort", Self::Abort),
        ("retry rollout", Self::Retry),
        ("pause", Self::Pause),
        ("undo", Self::Undo),
    ];
}

impl PartialOrd for Command {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self == other).then_some(std::cmp::Ordering::Equal)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(_, it)| it == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

impl Quantity for Command {
    const EXPECTED: &'static str = "a command of `kubectl argo rollouts`";
    const EXAMPLE: &'static str = "promote --full";
    const PATTERN: &'static str =
        r"^((kubectl )?argo rollouts )?(promote|abort|retry|pause|undo)( .*)?$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let words = words.strip_prefix(&["kubectl"]).unwrap_or(&words);
        let words = words.strip_prefix(&["argo", "rollouts"]).unwrap_or(words);
        let (plain, is_full) = plain(words);
        // There is one Rollout, whatever it is called.
        match plain.as_slice() {
            words if words.iter().any(|word| word.starts_with('-')) => {
                Err(Rejection::unreadable("no other flag than `--full` is simulated").or("promote"))
            }
            ["promote"] | ["promote", _] if is_full => Ok(Self::PromoteFull),
            ["promote"] | ["promote", _] => Ok(Self::Promote),
            ["abort"] | ["abort", _] if !is_full => Ok(Self::Abort),
            ["retry"] | ["retry", "rollout"] | ["retry", "rollout", _] if !is_full => {
                Ok(Self::Retry)
            }
            ["pause"] | ["pause", _] if !is_full => Ok(Self::Pause),
            ["undo"] | ["undo", _] if !is_full => Ok(Self::Undo),
            ["set", "image", ..] => Err(Rejection::unreadable(
                "the release itself is the one `set image`, at the start of the change",
            )),
            ["restart", ..] => {
                Err(Rejection::unreadable("a restart of the pods of one version is not simulated"))
            }
            _ => Err(Rejection::unreadable(
                "it is none of promote, promote --full, abort, retry rollout, pause and undo",
            )
            .or("promote")),
        }
    }

    fn is_zero(&self) -> bool {
        false
    }
}

/// The words without the flag `--full`, and without a namespace; whether the flag is there.
fn plain<'t>(words: &[&'t str]) -> (Vec<&'t str>, bool) {
    let (mut plain, mut is_full) = (Vec::new(), false);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--full" => is_full = true,
            "-n" | "--namespace" => {
                rest.next();
            }
            flag if flag.starts_with("--namespace=") => {}
            word => plain.push(word),
        }
    }
    (plain, is_full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_they_are_said() {
        for (word, command) in Command::WORDS {
            assert_eq!(command.to_string(), word);
            assert_eq!(Command::parse(word), Ok(command));
            assert_eq!(Command::parse(&format!("kubectl argo rollouts {word}")), Ok(command));
        }
        for (text, command) in [
            ("kubectl argo rollouts promote shop --full -n prod", Command::PromoteFull),
            ("kubectl argo rollouts promote shop", Command::Promote),
            ("argo rollouts -n prod abort shop", Command::Abort),
            ("retry rollout shop --namespace=prod", Command::Retry),
            ("undo shop", Command::Undo),
        ] {
            assert_eq!(Command::parse(text), Ok(command), "{text}");
        }
        let others = ["undo shop --to-revision=2", "abort --full", "promote a b"];
        let none = ["", "promote --half", "retry experiment", "set image x=y", "rollout undo"];
        for text in none.into_iter().chain(others) {
            assert!(Command::parse(text).is_err(), "{text}");
        }
    }
}
