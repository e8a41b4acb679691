//! What an operator tells a Deployment, in the words of kubectl.

use std::fmt;

use super::history::Undo;
use crate::units::{Quantity, Rejection};

/// The most replicas that a person may ask for.
const REPLICAS_MAX: u32 = 100_000;

/// What an operator tells a Deployment.
///
/// # Example
/// ```
/// use coalmine::controller::kubernetes::{Order, Undo};
/// use coalmine::units::Quantity;
/// assert_eq!(Order::parse("kubectl rollout undo"), Ok(Order::Undo(Undo::Previous)));
/// assert_eq!(Order::parse("rollout undo --to-revision=1"), Ok(Order::Undo(Undo::To(1))));
/// assert_eq!(Order::parse("scale --replicas=20"), Ok(Order::Scale(20)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `rollout pause`.
    Pause,
    /// `rollout resume`.
    Resume,
    /// `rollout restart`: the same version once more, in new pods.
    Restart,
    /// `set image`: the release once more, before it is there or afterwards. It has the same
    /// faults.
    SetImage,
    /// `rollout undo`.
    Undo(Undo),
    /// `scale`.
    Scale(u32),
    /// `drain`: the pods of a node are evicted, and no pod is placed on it any more.
    Drain(u32),
    /// `delete pod`: the last of the pods that do not run what is wanted, if there is any.
    DeletePod,
    /// `uncordon`: the drain is over, and pods are placed on the node again.
    Uncordon(u32),
}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self == other).then_some(std::cmp::Ordering::Equal)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.write_str("rollout pause"),
            Self::Resume => f.write_str("rollout resume"),
            Self::Restart => f.write_str("rollout restart"),
            Self::SetImage => f.write_str("set image"),
            Self::Undo(Undo::Previous) => f.write_str("rollout undo"),
            Self::Undo(Undo::To(revision)) => write!(f, "rollout undo --to-revision={revision}"),
            Self::Scale(replicas) => write!(f, "scale --replicas={replicas}"),
            Self::Drain(node) => write!(f, "drain node-{node}"),
            Self::DeletePod => f.write_str("delete pod"),
            Self::Uncordon(node) => write!(f, "uncordon node-{node}"),
        }
    }
}

impl Quantity for Order {
    const EXPECTED: &'static str = "a command of kubectl";
    const EXAMPLE: &'static str = "rollout undo";
    const PATTERN: &'static str = r"^(kubectl )?(-.* )?(rollout (pause|resume|restart|undo)|set image|scale|drain|uncordon|delete pod)( .*)?$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let said = Said::of(words.strip_prefix(&["kubectl"]).unwrap_or(&words));
        match said.words.as_slice() {
            ["rollout", "pause", of @ ..] => said.about(of, &[]).map(|()| Self::Pause),
            ["rollout", "resume", of @ ..] => said.about(of, &[]).map(|()| Self::Resume),
            ["rollout", "restart", of @ ..] => said.about(of, &[]).map(|()| Self::Restart),
            ["rollout", "undo", of @ ..] => {
                said.about(of, &["--to-revision"])?;
                said.value("--to-revision").map_or(Ok(Self::Undo(Undo::Previous)), undo)
            }
            ["scale", of @ ..] => {
                said.about(of, &["--replicas"])?;
                scale(said.value("--replicas").unwrap_or_default())
            }
            ["drain", node] => {
                let order = numbered("drain", node).map(Self::Drain)?;
                said.has_only(&DRAINS, &order.to_string()).map(|()| order)
            }
            ["uncordon", node] => {
                let order = numbered("uncordon", node).map(Self::Uncordon)?;
                said.has_only(&[], &order.to_string()).map(|()| order)
            }
            ["delete", "pod"] | ["delete", "pod", _] => {
                said.has_only(&["--wait"], "delete pod").map(|()| Self::DeletePod)
            }
            ["set", "image", ..] => said.has_only(&["--all"], "set image").map(|()| Self::SetImage),
            _ => Err(Rejection::unreadable(
                "it is none of rollout pause, resume, undo and restart, set image, scale, drain, \
                 uncordon and delete pod",
            )
            .or("rollout undo")
            .or("scale --replicas=20")),
        }
    }

    fn is_zero(&self) -> bool {
        false
    }
}

/// Flags whose value may be the next word.
const VALUED: [&str; 7] = [
    "--replicas",
    "--to-revision",
    "--namespace",
    "-n",
    "--context",
    "--timeout",
    "--grace-period",
];
/// Flags that change nothing here.
const IDLE: [&str; 5] = ["--namespace", "-n", "--context", "--timeout", "--record"];
/// The same of `drain`: pods of a DaemonSet, without a controller or with volumes are not
/// simulated, and pods take the time to end that they say themselves.
const DRAINS: [&str; 5] = [
    "--ignore-daemonsets",
    "--delete-emptydir-data",
    "--delete-local-data",
    "--force",
    "--grace-period",
];
/// What kubectl calls the kind of a Deployment.
const KINDS: [&str; 4] = ["deployment", "deployments", "deploy", "deployment.apps"];

/// A command: its words, and its flags with their values.
struct Said<'t> {
    words: Vec<&'t str>,
    flags: Vec<(&'t str, &'t str)>,
}

impl<'t> Said<'t> {
    fn of(all: &[&'t str]) -> Self {
        let mut said = Self { words: Vec::new(), flags: Vec::new() };
        let mut rest = all.iter();
        while let Some(word) = rest.next() {
            if !word.starts_with('-') {
                said.words.push(word);
            } else if let Some(flag) = word.split_once('=') {
                said.flags.push(flag);
            } else {
                let value = VALUED.contains(word).then(|| rest.next()).flatten();
                said.flags.push((word, value.copied().unwrap_or_default()));
            }
        }
        said
    }

    fn value(&self, name: &str) -> Option<&'t str> {
        self.flags.iter().find(|(flag, _)| *flag == name).map(|(_, value)| *value)
    }

    /// The command is about the Deployment, whatever that is called, and has no other flags.
    fn about(&self, subject: &[&str], flags: &[&str]) -> Result<(), Rejection> {
        let kind = match subject {
            [] => None,
            [one] => Some(one.split_once('/').map_or(*one, |(kind, _)| kind)),
            [kind, _] => Some(*kind),
            [.., last] => {
                return Err(Rejection::unreadable(format!("`{last}` is one word too many")));
            }
        };
        let verb = self.words[..self.words.len() - subject.len()].join(" ");
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            let instead = self.with(&format!("{verb} deployment/shop"), flags);
            return Err(Rejection::unreadable("it is about no Deployment").or(instead));
        }
        self.has_only(flags, &verb)
    }

    /// The command has none but these flags and those that are idle. What is said instead of it
    /// begins so.
    fn has_only(&self, flags: &[&str], begin: &str) -> Result<(), Rejection> {
        let is_known = |it: &str| IDLE.contains(&it) || flags.contains(&it);
        match self.flags.iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => {
                let why = format!("`{name}` is not simulated");
                Err(Rejection::unreadable(why).or(self.with(begin, flags)))
            }
            None => Ok(()),
        }
    }

    /// A command with those of these flags that were given.
    fn with(&self, begin: &str, flags: &[&str]) -> String {
        let kept = self.flags.iter().filter(|(name, _)| flags.contains(name));
        let kept = kept.map(|(name, value)| match *value {
            "" => (*name).to_owned(),
            value => format!("{name}={value}"),
        });
        let all: Vec<_> = [begin.to_owned()].into_iter().chain(kept).collect();
        all.join(" ")
    }
}

fn undo(revision: &str) -> Result<Order, Rejection> {
    match revision.parse() {
        // As kubectl has it, revision 0 is the one before.
        Ok(0) => Ok(Order::Undo(Undo::Previous)),
        Ok(revision) => Ok(Order::Undo(Undo::To(revision))),
        Err(_) => Err(Rejection::unreadable("it is not `--to-revision=` and a number")
            .or("rollout undo --to-revision=1")),
    }
}

/// The number of the node that a command is about.
fn numbered(verb: &str, node: &str) -> Result<u32, Rejection> {
    let number = node.strip_prefix("node-").and_then(|it| it.parse().ok()).filter(|it| *it > 0);
    let rejection = || Rejection::unreadable("nodes are called node-1, node-2 and so on");
    number.ok_or_else(|| rejection().or(format!("{verb} node-1")))
}

fn scale(replicas: &str) -> Result<Order, Rejection> {
    match replicas.parse::<u32>() {
        Ok(replicas @ 1..=REPLICAS_MAX) => Ok(Order::Scale(replicas)),
        Ok(0) => Err(Rejection::out_of_range("nobody would be served").or("scale --replicas=1")),
        Ok(_) => Err(Rejection::out_of_range("that is more than a hundred thousand pods")),
        Err(_) => {
            Err(Rejection::unreadable("it is not `--replicas=` and a number")
                .or("scale --replicas=20"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_parse_back() {
        let undo = [Undo::Previous, Undo::To(3)].map(Order::Undo);
        let plain =
            [Order::Pause, Order::Resume, Order::Restart, Order::SetImage, Order::DeletePod];
        for order in plain
            .into_iter()
            .chain([Order::Scale(7), Order::Drain(2), Order::Uncordon(2)])
            .chain(undo)
        {
            assert_eq!(Order::parse(&order.to_string()), Ok(order));
        }
    }

    #[test]
    fn orders_are_read_as_people_type_them() {
        for (text, order) in [
            ("kubectl rollout undo deployment/shop --to-revision=2", Order::Undo(Undo::To(2))),
            ("rollout undo deployment shop --to-revision 2", Order::Undo(Undo::To(2))),
            ("rollout undo deploy/shop -n prod", Order::Undo(Undo::Previous)),
            ("rollout pause deployment.apps/shop --namespace=prod", Order::Pause),
            ("kubectl -n prod rollout restart deployment/shop", Order::Restart),
            ("scale deployment/shop --replicas=3", Order::Scale(3)),
            ("scale --replicas 3 deployment shop", Order::Scale(3)),
            ("set image deployment/shop shop=shop:2", Order::SetImage),
            ("drain node-1 --ignore-daemonsets", Order::Drain(1)),
            ("drain --grace-period 30 node-1", Order::Drain(1)),
        ] {
            assert_eq!(Order::parse(text), Ok(order), "{text}");
        }
    }

    #[test]
    fn what_is_not_simulated_says_why() {
        for text in [
            "delete deployment",
            "rollout status",
            "scale --replicas=0",
            "scale deployment/shop",
            "rollout undo statefulset/shop",
            "rollout pause deployment shop now",
            "rollout restart deployment/shop --dry-run=client",
            "scale deployment/shop --replicas=3 --current-replicas=2",
            "drain node-1 --disable-eviction",
            "drain node-1 --dry-run=server",
            "uncordon node-1 -l zone=a",
            "delete pod shop-0 --force",
            "set image deployment/shop shop=shop:2 --dry-run=client",
        ] {
            assert!(Order::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_said_instead_is_the_same_command() {
        for (text, instead) in [
            ("scale deployment/shop --replicas=3 --current-replicas=2", "scale --replicas=3"),
            ("scale statefulset/shop --replicas 3", "scale deployment/shop --replicas=3"),
            ("rollout restart ds/shop", "rollout restart deployment/shop"),
            ("drain node-2 --force --disable-eviction", "drain node-2 --force"),
            ("uncordon worker", "uncordon node-1"),
        ] {
            let said = Order::parse(text).expect_err(text).instead;
            assert_eq!(said, [instead], "{text}");
            assert!(Order::parse(instead).is_ok(), "{instead}");
        }
    }
}
