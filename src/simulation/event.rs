//! What can happen, in the order in which it does at the same instant.

use clockwork::Slot;

use crate::scenario::FAULTS_MAX;

/// What can happen. The order of the classes is that of the slots: a fault's onset comes before
/// the life of pods, before a gate, before the controller, at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A fault of the release begins to act.
    Onset(u8),
    /// The ordered pods are ready.
    PodsReady,
    /// A gate speaks.
    GateSpoke,
    /// The traffic is where it was ordered.
    ShiftSettled,
    /// A pause is over.
    PauseElapsed,
    /// The bake is over.
    BakeElapsed,
    /// The time in which the change is watched is over.
    WatchElapsed,
}

/// How many slots an agenda of events has.
pub(super) const SLOTS: usize = FAULTS_MAX + 6;

impl Slot for Event {
    fn slot(self) -> usize {
        match self {
            Self::Onset(fault) => fault as usize,
            Self::PodsReady => FAULTS_MAX,
            Self::GateSpoke => FAULTS_MAX + 1,
            Self::ShiftSettled => FAULTS_MAX + 2,
            Self::PauseElapsed => FAULTS_MAX + 3,
            Self::BakeElapsed => FAULTS_MAX + 4,
            Self::WatchElapsed => FAULTS_MAX + 5,
        }
    }

    fn from_slot(slot: usize) -> Self {
        match slot - slot.min(FAULTS_MAX) {
            0 if slot < FAULTS_MAX => Self::Onset(slot as u8),
            0 => Self::PodsReady,
            1 => Self::GateSpoke,
            2 => Self::ShiftSettled,
            3 => Self::PauseElapsed,
            4 => Self::BakeElapsed,
            _ => Self::WatchElapsed,
        }
    }
}
