//! Who is asked over HTTP, and what the answer means.

use clockwork::Span;

/// Whether a webhook is content: any status up to 202, so that 204 is a failure.
///
/// Source: `callWebhook`.
pub const fn passes(status: u16) -> bool {
    status <= 202
}

/// What a webhook is called for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HookKind {
    /// In every tick, before the metrics.
    #[default]
    Rollout,
    /// Before any traffic.
    PreRollout,
    /// When the release is over; its answer changes nothing.
    PostRollout,
    /// Before the canary is started.
    ConfirmRollout,
    /// Before the weight grows.
    ConfirmTrafficIncrease,
    /// Before the primary becomes the release.
    ConfirmPromotion,
    /// In every tick: content means a rollback.
    Rollback,
    /// It is told what happens; its answer changes nothing.
    Event,
}

impl HookKind {
    /// Every kind with its name in a manifest.
    pub const ALL: [(&'static str, HookKind); 8] = [
        ("confirm-promotion", HookKind::ConfirmPromotion),
        ("confirm-rollout", HookKind::ConfirmRollout),
        ("confirm-traffic-increase", HookKind::ConfirmTrafficIncrease),
        ("event", HookKind::Event),
        ("post-rollout", HookKind::PostRollout),
        ("pre-rollout", HookKind::PreRollout),
        ("rollback", HookKind::Rollback),
        ("rollout", HookKind::Rollout),
    ];

    /// Its name in a manifest.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("rollout", |(name, _)| name)
    }
}

/// A webhook and how whoever is behind it behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// What it is called for.
    pub kind: HookKind,
    /// The status of its answer.
    pub status: u16,
    /// From when on after the start of the change its status is 200, if it changes.
    pub opens: Option<Span>,
    /// Time until it answers.
    pub takes: Span,
    /// Time in which it must have answered, all attempts together.
    pub timeout: Span,
    /// Attempts beyond the first one.
    pub retries: u32,
}

impl Default for Webhook {
    /// It answers 200 at once; ten seconds and no second attempt are the defaults of Flagger.
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: HookKind::Rollout,
            status: 200,
            opens: None,
            takes: Span::ZERO,
            timeout: Span::from_secs(10),
            retries: 0,
        }
    }
}

/// The longest wait between two attempts.
const WAIT_MAX: Span = Span::from_secs(30);

impl Webhook {
    /// What a call comes to that is made so long after the start of the change: whether it is
    /// content, and how long it takes.
    ///
    /// A server that fails is asked again after 1, 2, 4 ... seconds, as long as the timeout lasts.
    ///
    /// Source: `callWebhook` and the default policy of `retryablehttp`.
    pub fn call(&self, since: Span) -> (bool, Span) {
        let is_open = self.opens.is_some_and(|opens| since >= opens);
        let status = if is_open { 200 } else { self.status };
        let is_tried_again = status >= 500 && status != 501;
        let (mut takes, mut wait) = (self.takes, Span::from_secs(1));
        for _ in 0..if is_tried_again { self.retries } else { 0 } {
            takes = takes + wait.min(WAIT_MAX) + self.takes;
            wait = wait * 2;
            if takes >= self.timeout {
                break;
            }
        }
        if takes > self.timeout { (false, self.timeout) } else { (passes(status), takes) }
    }
}
