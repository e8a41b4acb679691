//! What a webhook's answer means.

/// Whether a webhook is content: any status up to 202, so that 204 is a failure.
///
/// Source: `callWebhook`.
pub const fn passes(status: u16) -> bool {
    status <= 202
}
