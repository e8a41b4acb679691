//! What can happen, in the order in which it does at the same instant.

use clockwork::Slot;

use crate::scenario::FAULTS_MAX;

/// Declares the events after the onsets, in the order of their slots.
macro_rules! events {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What can happen. The order of the classes is that of the slots: a fault's onset comes
        /// before the life of pods, before a gate, before the controller, before people, at the
        /// same instant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Event {
            /// A fault of the release begins to act.
            Onset(u8),
            $($(#[doc = $doc])* $name,)*
        }

        const LATER: &[Event] = &[$(Event::$name),*];

        /// Where each of them stands.
        enum Place { $($name),* }

        impl Event {
            fn place(self) -> usize {
                match self {
                    Self::Onset(fault) => fault as usize,
                    $(Self::$name => FAULTS_MAX + Place::$name as usize,)*
                }
            }
        }
    };
}

events! {
    /// Ordered pods are ready.
    PodsReady,
    /// Pods that are ready can serve.
    PodsServe,
    /// Pods wear out, fail or come back by themselves.
    PodsChanged,
    /// Pods are asked whether they are alive.
    Probed,
    /// Pods are asked whether they are ready.
    Asked,
    /// Pods have been ready for long enough.
    PodsAvailable,
    /// Pods that were told to stop are gone.
    PodsGone,
    /// Nodes come, are drained, or are lost.
    NodesChanged,
    /// A gate or an alert speaks.
    GateSpoke,
    /// The controllers of a Deployment look again.
    Controllers,
    /// The autoscaler looks at the pods.
    Autoscaler,
    /// An operator tells the Deployment something.
    Ordered,
    /// The traffic is where it was ordered.
    ShiftSettled,
    /// The sessions that held traffic back are over or are cut.
    SessionsOver,
    /// A pause is over.
    PauseElapsed,
    /// The test of the new fleet is over.
    Checked,
    /// The old fleet is not kept any longer.
    OldRetired,
    /// There was no progress for too long.
    Deadline,
    /// The bake is over.
    BakeElapsed,
    /// The change is tried again.
    TriedAgain,
    /// A person has decided.
    Decided,
    /// A person has looked at a rollout that waits for approval.
    Approved,
    /// The time in which the change is watched is over.
    WatchElapsed,
}

/// How many slots an agenda of events has.
pub(super) const SLOTS: usize = FAULTS_MAX + LATER.len();

impl Slot for Event {
    fn slot(self) -> usize {
        self.place()
    }

    fn from_slot(slot: usize) -> Self {
        match slot.checked_sub(FAULTS_MAX) {
            Some(later) => LATER[later],
            None => Self::Onset(slot as u8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_its_own_slot() {
        for slot in 0..SLOTS {
            assert_eq!(Event::from_slot(slot).slot(), slot);
        }
    }
}
