//! Twins of real controllers: what they would do next, given what they see.
//!
//! A twin is a value and a pure step, `step(state, seen, now) -> (actions, wake)`: no randomness,
//! no input or output. Whoever drives it has the pods, carries out the actions, and calls again
//! when something changes or the twin wants to be woken.

mod document;
pub mod argo;
pub mod delivery;
pub mod flagger;
pub mod kubernetes;

pub use document::{
    AnalysisDoc, ArgoDoc, BackgroundDoc, BoundsDoc, ClientDoc, ControllerDoc, FlaggerDoc, HpaDoc,
    KubernetesDoc, MeasuredDoc, NodesDoc, OrderDoc, PdbDoc, RangeQueryDoc, ResultDoc, SourceDoc,
    ThresholdDoc, VersionDoc, WholeDoc,
};
