//! How a pod ends: what it goes on serving, and when it is gone.

use clockwork::Span;

use super::Part;
use crate::document::{Node, Place, Value};
use crate::import::draft::Draft;
use crate::import::typed::whole;
use crate::import::{build, go};

/// The default of `terminationGracePeriodSeconds`.
const GRACE: Span = Span::from_secs(30);
/// What the kubelet leaves after a hook that took all of the grace period.
const LEAST: Span = Span::from_secs(2);
/// Time in which requests in flight are finished: the default of `fleet.pod.termination.takes`.
const FINISH: Span = Span::from_secs(5);

/// The longest time that a pod serves on.
const FOREVER: Span = Span::from_hours(24);

const TAKES: &str = "preStop, then 5 s for requests in flight, at most the grace period";
const CHANGE: &str = "--set fleet.pod.termination.takes=10s";

/// `termination`, where the template says anything of it.
///
/// Source: the kubelet runs `preStop` within the grace period, then sends SIGTERM, and SIGKILL when
/// the grace period is over, two seconds later at the earliest.
pub(super) fn termination(
    spec: &Part<'_>,
    containers: &[Part<'_>],
    draft: &mut Draft<'_>,
) -> Option<Node> {
    let given = whole(spec.node, "terminationGracePeriodSeconds", draft);
    let grace = given.map_or(GRACE, |it| Span::from_secs(u64::from(it.value)));
    let sleep = containers.split_first().and_then(|(first, others)| {
        for (hook, place) in others.iter().filter_map(hook).map(|it| (it.path, it.place)) {
            draft.lose(hook, place, "a pod serves as long as its first container");
        }
        pre_stop(&hook(first)?, draft)
    });
    // What no scenario can say is as good as for ever.
    let served = sleep.map_or(Span::ZERO, |(sleep, _)| sleep.min(grace).min(FOREVER));
    let least = if grace.is_zero() { Span::ZERO } else { served + LEAST };
    let takes = (served + FINISH).min(grace.max(least));
    let place = sleep.map(|(_, place)| place).or(given.map(|it| it.place))?;
    let text = match sleep {
        Some((sleep, _)) if sleep > grace => format!(
            "preStop is cut to the grace period: a pod serves for {served} more after it was told \
             to stop, and is gone after {takes}"
        ),
        Some(_) => format!(
            "a pod serves for {served} more after it was told to stop (preStop), and is gone \
             after {takes}: requests in flight are finished in {FINISH}"
        ),
        None if takes < FINISH => format!("a pod is gone {takes} after it was told to stop"),
        None => format!(
            "requests in flight are finished {takes} after a pod was told to stop, within its \
             grace period of {grace}"
        ),
    };
    draft.assume(text, place, Some(CHANGE.to_owned()));
    let serves = sleep.map(|(_, place)| ("preStop", build::text(served.to_string(), place)));
    let takes = (takes != FINISH || sleep.is_some())
        .then(|| ("takes", build::assumed(takes.to_string(), TAKES, place)));
    let entries: Vec<_> = serves.into_iter().chain(takes).collect();
    (!entries.is_empty()).then(|| build::map(entries, place))
}

fn hook<'a>(container: &Part<'a>) -> Option<Part<'a>> {
    container.inside("lifecycle")?.inside("preStop")
}

/// How long a hook sleeps; anything else is a loss.
fn pre_stop(hook: &Part<'_>, draft: &mut Draft<'_>) -> Option<(Span, Place)> {
    if let Some(sleep) = hook.inside("sleep") {
        let seconds = whole(sleep.node, "seconds", draft)?;
        return Some((Span::from_secs(u64::from(seconds.value)), seconds.place));
    }
    let exec = hook.inside("exec")?;
    let command = exec.inside("command")?;
    let Value::List(words) = &command.node.value else { return None };
    let words: Vec<&str> = words.iter().filter_map(Node::as_text).collect();
    let Some((span, rest)) = slept(&words) else {
        let why = "how long it takes is not known: a pod stops serving at once";
        draft.lose(exec.path, exec.place, why);
        return None;
    };
    if !rest.is_empty() {
        let path = command.path;
        draft.lose(path, command.place, "what comes after the sleep takes no time");
    }
    Some((span, command.place))
}

/// How long a command sleeps, and what it does then.
fn slept<'a>(words: &[&'a str]) -> Option<(Span, &'a str)> {
    let program = |word: &str| word.rsplit('/').next().map(ToOwned::to_owned);
    match words {
        [sleep, time] if program(sleep).as_deref() == Some("sleep") => Some((seconds(time)?, "")),
        [shell, "-c", script] if program(shell).is_some_and(|it| it.ends_with("sh")) => {
            let rest = script.trim().strip_prefix("sleep ")?.trim_start();
            let end = rest.find([' ', ';', '&', '\n']).unwrap_or(rest.len());
            let (time, rest) = rest.split_at(end);
            Some((seconds(time)?, rest.trim_matches([' ', ';', '&', '\n'])))
        }
        _ => None,
    }
}

/// What `sleep` makes of its argument: seconds, unless a unit says otherwise.
fn seconds(text: &str) -> Option<Span> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Span::from_secs(u64::from(seconds)));
    }
    go::duration(text).filter(|_| !text.contains("ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_sleep_are_understood() {
        let secs = Span::from_secs;
        for (words, expected) in [
            (&["sleep", "15"][..], Some((secs(15), ""))),
            (&["/bin/sleep", "15s"], Some((secs(15), ""))),
            (&["sh", "-c", "sleep 20"], Some((secs(20), ""))),
            (&["/bin/bash", "-c", "sleep 5; nginx -s quit"], Some((secs(5), "nginx -s quit"))),
            (&["sh", "-c", "sleep 5 && kill 1"], Some((secs(5), "kill 1"))),
            (&["sh", "-c", "nginx -s quit; sleep 5"], None),
            (&["sleep", "long"], None),
            (&["nginx", "-s", "quit"], None),
            (&[], None),
        ] {
            assert_eq!(slept(words), expected, "{words:?}");
        }
    }
}
