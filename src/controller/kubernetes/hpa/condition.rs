//! What an autoscaler says of itself: its conditions.

/// A condition: whether it holds, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `status`.
    pub holds: bool,
    /// `reason`, one word.
    pub reason: &'static str,
    /// `message`, a sentence.
    pub message: String,
}

impl Condition {
    /// A condition with its reason.
    pub fn new(holds: bool, reason: &'static str, message: impl Into<String>) -> Self {
        Self { holds, reason, message: message.into() }
    }

    /// `True/Reason`, as reports of clusters write it.
    pub fn brief(&self) -> String {
        format!("{}/{}", if self.holds { "True" } else { "False" }, self.reason)
    }
}

/// The three conditions of an autoscaler; each is there once there was a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `AbleToScale`: whether the target can be read and written, and what held it back.
    pub able_to_scale: Option<Condition>,
    /// `ScalingActive`: whether the metrics say anything.
    pub scaling_active: Option<Condition>,
    /// `ScalingLimited`: whether a bound or a rate held the replicas back.
    pub scaling_limited: Option<Condition>,
}
