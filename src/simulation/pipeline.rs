//! What is on its way between the orders of pods and the traffic.

use std::cmp::Reverse;

use clockwork::Instant;

use super::state::VERSIONS;
use crate::fleet::CrashLoop;

/// Pods that were ordered and are not ready yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// When they would be ready without faults.
    pub(super) at: Instant,
    /// When they are; never when nothing is said.
    pub(super) ready: Option<Instant>,
    /// When they can serve, if they are ready before that: requests in between fail.
    pub(super) serves: Instant,
    /// How long the next restart waits.
    pub(super) waits: CrashLoop,
    /// How many.
    pub(super) count: u32,
    /// The ordinal of the first of them among all that were ordered.
    pub(super) pod: u32,
    /// The ReplicaSet that they belong to.
    pub(super) set: u32,
    /// The node that they start on, where nodes are told apart.
    pub(super) node: u32,
}

impl Start {
    /// The last first.
    fn order(&self) -> Reverse<(Instant, u32, u32)> {
        Reverse((self.at, self.count, self.pod))
    }
}

/// A pod that was ordered and has no place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unplaced {
    /// Its ordinal among all that were ordered.
    pub(super) pod: u32,
    /// The ReplicaSet that it belongs to.
    pub(super) set: u32,
}

/// Pods that are ready, and not for long enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ripening {
    /// When they are available.
    pub(super) at: Instant,
    /// How many.
    pub(super) pods: u32,
    /// The ReplicaSet that they belong to.
    pub(super) set: u32,
}

/// Pods of which only their number matters.
pub(super) type Group = (Instant, u32);

/// What is on its way between the orders and the traffic.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipeline {
    /// Ordered and not ready, by version, the last first.
    pub(super) starting: [Vec<Start>; VERSIONS],
    /// Ordered and without a place, by version, the last one last.
    pub(super) waiting: [Vec<Unplaced>; VERSIONS],
    /// The ReplicaSet whose pods are ordered.
    pub(super) set: u32,
    /// Ready, and not for long enough.
    pub(super) ripening: [Vec<Ripening>; VERSIONS],
    /// Told to stop, and not gone.
    pub(super) stopping: [Vec<Group>; VERSIONS],
    /// How many start, are not ready for long enough, and were told to stop, by version.
    pub(super) coming: [u32; VERSIONS],
    pub(super) unripe: [u32; VERSIONS],
    pub(super) terminating: [u32; VERSIONS],
    /// How many were ordered of each version.
    pub(super) ordered: [u32; VERSIONS],
    /// The most ready and available pods of each version in this attempt.
    pub(super) most: [u32; VERSIONS],
}

impl Pipeline {
    pub(super) fn reset(&mut self, replicas: u32) {
        self.starting.iter_mut().for_each(Vec::clear);
        self.waiting.iter_mut().for_each(Vec::clear);
        self.ripening.iter_mut().for_each(Vec::clear);
        self.stopping.iter_mut().for_each(Vec::clear);
        (self.coming, self.unripe, self.terminating) = ([0; 2], [0; 2], [0; 2]);
        (self.ordered, self.most) = ([replicas, 0], [0; VERSIONS]);
    }

    /// Pods of a version that are not ready yet.
    pub(super) fn coming(&self, version: usize) -> u32 {
        self.coming[version]
    }

    /// Pods that start on a node.
    pub(super) fn starting_on(&self, node: u32) -> u32 {
        (0..VERSIONS).map(|version| self.starting_of(version, node)).sum()
    }

    /// Those of a version.
    pub(super) fn starting_of(&self, version: usize, node: u32) -> u32 {
        self.starting[version].iter().filter(|it| it.node == node).map(|it| it.count).sum()
    }

    /// Pods that start on a node never will.
    pub(super) fn strand(&mut self, version: usize, node: u32) {
        for start in self.starting[version].iter_mut().filter(|it| it.node == node) {
            (start.at, start.ready) = (Instant::NEVER, None);
        }
        self.sort(version);
    }

    /// Forgets the pods that start on a node; says how many there were.
    pub(super) fn give_up(&mut self, version: usize, node: u32) -> u32 {
        let pods = self.starting_of(version, node);
        self.starting[version].retain(|it| it.node != node);
        self.coming[version] -= pods;
        pods
    }

    /// One pod that starts on a node is evicted, the last one.
    pub(super) fn evict_start(&mut self, version: usize, node: u32) {
        if let Some(place) = self.starting[version].iter().position(|it| it.node == node) {
            self.starting[version].remove(place);
            self.coming[version] -= 1;
        }
    }

    /// Pods without a place.
    pub(super) fn unplaced(&self) -> u32 {
        self.waiting.iter().map(|pods| pods.len() as u32).sum()
    }

    /// The starts of a version in their order.
    pub(super) fn sort(&mut self, version: usize) {
        self.starting[version].sort_unstable_by_key(Start::order);
    }

    /// The same where those before `from` are in order: a few more are put between them.
    pub(super) fn sort_from(&mut self, version: usize, from: usize) {
        const FEW: usize = 4;
        let starting = &mut self.starting[version];
        if starting.len() > from + FEW {
            self.sort(version);
            return;
        }
        for index in from..starting.len() {
            let order = starting[index].order();
            let place = starting[..index].partition_point(|start| start.order() < order);
            starting[place..=index].rotate_right(1);
        }
    }

    /// Pods of a version that were told to stop and are not gone.
    pub(super) fn terminating(&self, version: usize) -> u32 {
        self.terminating[version]
    }

    /// The starts from place `from` on become one: all are ready with the last of them.
    pub(super) fn join(&mut self, version: usize, from: usize) {
        let starting = &mut self.starting[version];
        let Some(mut all) = starting.get(from).copied() else { return };
        for start in &starting[from + 1..] {
            (all.at, all.serves) = (all.at.max(start.at), all.serves.max(start.serves));
            if start.ready > all.ready && all.ready.is_some() || start.ready.is_none() {
                (all.ready, all.waits) = (start.ready, start.waits);
            }
            all.count += start.count;
        }
        starting.truncate(from);
        starting.push(all);
    }

    /// So many pods of a version that were not ready for long enough are no more; the latest
    /// first.
    pub(super) fn unripe(&mut self, version: usize, count: u32) {
        let mut left = count;
        for group in self.ripening[version].iter_mut().rev() {
            let fewer = left.min(group.pods);
            group.pods -= fewer;
            left -= fewer;
        }
        self.unripe[version] -= count - left;
    }

    /// The same of the pods of a ReplicaSet.
    pub(super) fn unripe_of(&mut self, version: usize, set: u32, count: u32) {
        let mut left = count;
        for group in self.ripening[version].iter_mut().rev().filter(|it| it.set == set) {
            let fewer = left.min(group.pods);
            group.pods -= fewer;
            left -= fewer;
        }
        self.unripe[version] -= count - left;
    }

    /// Forgets groups whose time has come.
    pub(super) fn ripen(&mut self, now: Instant) {
        for (groups, unripe) in self.ripening.iter_mut().zip(&mut self.unripe) {
            groups.retain(|group| {
                let is_unripe = group.at > now;
                *unripe -= if is_unripe { 0 } else { group.pods };
                is_unripe
            });
        }
    }

    /// Forgets pods that are gone.
    pub(super) fn forget(&mut self, now: Instant) {
        for (groups, terminating) in self.stopping.iter_mut().zip(&mut self.terminating) {
            groups.retain(|(at, pods)| {
                let is_there = *at > now;
                *terminating -= if is_there { 0 } else { *pods };
                is_there
            });
        }
    }

    /// The next start of a version that is due.
    pub(super) fn pop(&mut self, version: usize, now: Instant) -> Option<Start> {
        let start = self.starting[version].pop_if(|start| start.at <= now)?;
        self.coming[version] -= start.count;
        Some(start)
    }

    /// Stops up to `count` starting pods of a version, those without a place first, then the last;
    /// says how many there were.
    pub(super) fn stop_starting(&mut self, version: usize, count: u32) -> u32 {
        let waiting = &mut self.waiting[version];
        let unplaced = (waiting.len() as u32).min(count);
        waiting.truncate(waiting.len() - unplaced as usize);
        let (mut left, mut gone) = (count - unplaced, 0);
        for start in &mut self.starting[version] {
            let unwanted = start.count.min(left);
            start.count -= unwanted;
            left -= unwanted;
            if start.count > 0 || left == 0 && unwanted == 0 {
                break;
            }
            gone += 1;
        }
        self.starting[version].drain(..gone);
        self.coming[version] -= count - left;
        count - left
    }

    /// The same of the pods of a ReplicaSet.
    pub(super) fn stop_starting_of(&mut self, version: usize, set: u32, count: u32) -> u32 {
        let mut left = count as usize;
        let waiting = &mut self.waiting[version];
        while left > 0
            && let Some(place) = waiting.iter().rposition(|it| it.set == set)
        {
            waiting.remove(place);
            left -= 1;
        }
        // Under a Deployment every pod starts alone, and the list begins with the last.
        self.starting[version].retain(|start| {
            let is_unwanted = left > 0 && start.set == set;
            left -= usize::from(is_unwanted);
            !is_unwanted
        });
        let stopped = count - left as u32;
        self.coming[version] -= stopped;
        stopped
    }
}
