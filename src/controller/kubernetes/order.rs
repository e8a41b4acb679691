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
    const PATTERN: &'static str = r"^(kubectl )?(rollout (pause|resume|restart|undo( --to-revision=[0-9]+)?)|set image.*|scale --replicas=[0-9]+|drain node-[0-9]+( --.*)?|uncordon node-[0-9]+|delete pod( [^ ]+)?)$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        match words.strip_prefix(&["kubectl"]).unwrap_or(&words) {
            ["rollout", "pause"] => Ok(Self::Pause),
            ["rollout", "resume"] => Ok(Self::Resume),
            ["rollout", "undo"] => Ok(Self::Undo(Undo::Previous)),
            ["rollout", "undo", flag] => undo(flag),
            ["scale", flag] => scale(flag),
            ["drain", node, flags @ ..] if flags.iter().all(|it| it.starts_with("--")) => {
                numbered(node).map(Self::Drain)
            }
            ["delete", "pod"] | ["delete", "pod", _] => Ok(Self::DeletePod),
            ["uncordon", node] => numbered(node).map(Self::Uncordon),
            ["rollout", "restart"] => Ok(Self::Restart),
            ["set", "image", ..] => Ok(Self::SetImage),
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

fn undo(flag: &str) -> Result<Order, Rejection> {
    let revision = flag.strip_prefix("--to-revision=").and_then(|it| it.parse().ok());
    match revision {
        // As kubectl has it, revision 0 is the one before.
        Some(0) => Ok(Order::Undo(Undo::Previous)),
        Some(revision) => Ok(Order::Undo(Undo::To(revision))),
        None => Err(Rejection::unreadable("it is not `--to-revision=` and a number")
            .or("rollout undo --to-revision=1")),
    }
}

/// The number of a node.
fn numbered(node: &str) -> Result<u32, Rejection> {
    let number = node.strip_prefix("node-").and_then(|it| it.parse().ok()).filter(|it| *it > 0);
    let rejection = || Rejection::unreadable("nodes are called node-1, node-2 and so on");
    number.ok_or_else(|| rejection().or("drain node-1"))
}

fn scale(flag: &str) -> Result<Order, Rejection> {
    let replicas = flag.strip_prefix("--replicas=").and_then(|it| it.parse::<u32>().ok());
    match replicas {
        Some(replicas @ 1..=REPLICAS_MAX) => Ok(Order::Scale(replicas)),
        Some(0) => Err(Rejection::out_of_range("nobody would be served").or("scale --replicas=1")),
        Some(_) => Err(Rejection::out_of_range("that is more than a hundred thousand pods")),
        None => {
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
    fn what_is_not_simulated_says_why() {
        for text in ["delete deployment", "rollout status", "scale --replicas=0"] {
            assert!(Order::parse(text).is_err(), "{text}");
        }
    }
}
