//! What a scenario says of the nodes under a Deployment, and of what protects its pods.

use clockwork::Span;

use crate::controller::kubernetes::disruption::Budget;
use crate::controller::kubernetes::node::{Failure, Pool};
use crate::document::{At, Maybe, record, sum};
use crate::units::Portion;

record! {
    /// The nodes that pods run on. Pods go to the node with fewest of them, and a pod that ends
    /// keeps its place until it is gone.
    pub struct NodesDoc {
        /// How many there are, called `node-1` and so on.
        count: At<u32> ["1" to "1000"],
        /// How many pods of the service there may be on one of them.
        pods: At<u32> ["1" to "1000"],
        /// Time until another node is there when pods find no place; none when none comes.
        start: Maybe<Span> = "2m"
            assumed "a cloud starts a machine and it joins the cluster" from "40s" to "5m",
        /// Most nodes.
        most: u32 ["1" to "1000"] = "1000",
        /// Nodes that are lost: cut off or without power, with all their pods.
        fail: At<Vec<FailureDoc>> = "[]",
    }
}

record! {
    /// A node is lost.
    pub struct FailureDoc {
        /// Time since the start of the change.
        at: Span,
        /// Which: 1 is `node-1`.
        node: u32 ["1" to "1000"],
        /// After which time it is there again; for good when not given.
        for => lasts: Option<Span>,
    }
}

sum! {
    /// What evictions leave of the pods. Controllers that replace pods do not ask for it.
    pub enum PdbDoc {
        /// So many stay available.
        minAvailable => MinAvailable(Portion),
        /// So many may be missing.
        maxUnavailable => MaxUnavailable(Portion),
    }
}

impl NodesDoc {
    /// The nodes and what becomes of them.
    pub fn pool(&self) -> Pool {
        let failures = self.fail.value.iter();
        let failures = failures.map(|it| Failure { at: it.at, node: it.node, lasts: it.lasts });
        let mut failures: Vec<_> = failures.collect();
        failures.sort_by_key(|it| (it.at, it.node));
        Pool {
            count: self.count.value,
            pods: self.pods.value,
            start: self.start.0,
            most: self.most.max(self.count.value),
            failures,
        }
    }
}

impl PdbDoc {
    /// The budget.
    pub fn budget(&self) -> Budget {
        match self {
            Self::MinAvailable(least) => Budget::MinAvailable(*least),
            Self::MaxUnavailable(most) => Budget::MaxUnavailable(*most),
        }
    }
}
