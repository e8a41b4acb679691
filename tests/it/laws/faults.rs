//! Faults of a draft.

use super::dice::Dice;
use super::draft::Draft;

/// When a fault begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Onset {
    AtOnce,
    After(u64),
    Requests(u64),
    /// Hours after midnight.
    At(u64),
}

/// What a fault does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Hundredths of a per cent, and the share in scope in per cent of the users.
    Spike { add: u64, users: u64 },
    /// Tenths, and per cent of the requests.
    Slow { factor: u64, share: u64 },
    /// Tenths.
    Work(u64),
    /// Tenths, and seconds.
    Cold { latency: u64, decay: u64 },
    /// Per cent.
    Crash(u64),
    /// Mebibytes a minute.
    Leak { rate: u64, drag: bool },
    /// Kibibytes a request.
    LeakPerRequest(u64),
    /// Hundredths of a per cent, and the time until a stalled pod is restarted.
    Pool { leaks: u64, restart: Option<u64> },
}

/// A fault of the release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    pub kind: Kind,
    pub onset: Onset,
    pub ramp: u64,
}

impl Fault {
    pub(super) fn spike(add: u64) -> Self {
        Self { kind: Kind::Spike { add, users: 100 }, onset: Onset::AtOnce, ramp: 0 }
    }

    pub(super) fn leak(rate: u64) -> Self {
        Self { kind: Kind::Leak { rate, drag: true }, onset: Onset::AtOnce, ramp: 0 }
    }

    /// Up to three, of which one may wear pods out.
    pub(super) fn several(d: &mut Dice<'_>) -> Vec<Self> {
        let count = d.pick(&[1, 0, 1, 2, 0, 1, 3]);
        let mut faults: Vec<Self> = (0..count).map(|_| Self::draw(d)).collect();
        let mut worn = false;
        faults.retain(|fault| !(fault.wears() && std::mem::replace(&mut worn, true)));
        faults
    }

    fn draw(d: &mut Dice<'_>) -> Self {
        let kind = match d.between(0, 11) {
            0..=3 => Kind::Spike {
                add: d.pick(&[300, 20, 100, 1000, 5000, 10_000]),
                users: d.pick(&[100, 100, 10, 50]),
            },
            4 | 5 => Kind::Slow { factor: d.between(11, 60), share: d.pick(&[100, 5, 30]) },
            6 => Kind::Work(d.between(11, 25)),
            7 => Kind::Cold { latency: d.between(15, 60), decay: d.between(20, 120) },
            8 => Kind::Crash(d.pick(&[30, 60, 100])),
            9 => Kind::Leak { rate: d.pick(&[60, 30, 120, 300]), drag: d.chance(50) },
            10 => Kind::LeakPerRequest(d.pick(&[100, 20, 500])),
            _ => Kind::Pool {
                leaks: d.pick(&[100, 20, 500]),
                restart: d.chance(50).then(|| d.between(20, 90)),
            },
        };
        let onset = match d.between(0, 9) {
            0..=4 => Onset::AtOnce,
            5..=7 => Onset::After(d.between(1, 400)),
            8 => Onset::Requests(d.between(1, 30_000)),
            _ => Onset::At(d.between(0, 23)),
        };
        Self { kind, onset, ramp: d.pick(&[0, 0, 0, 90, 240]) }
    }

    /// Whether it uses up something of every pod.
    pub(super) fn wears(&self) -> bool {
        matches!(self.kind, Kind::Leak { .. } | Kind::LeakPerRequest(_) | Kind::Pool { .. })
    }

    pub(super) fn text(&self, draft: &Draft) -> String {
        let clock = match self.onset {
            Onset::AtOnce => "after: 0s".to_owned(),
            Onset::After(after) => format!("after: {}", draft.s(after)),
            Onset::Requests(requests) => format!("requests: {requests}"),
            Onset::At(hour) => format!("at: \"{hour:02}:00\""),
        };
        let onset = format!("onset: {{ {clock}, ramp: {} }}", draft.s(self.ramp));
        let tenths = |value: u64| value as f64 / 10.0;
        let percent = |value: u64| value as f64 / 100.0;
        match self.kind {
            Kind::Spike { add, users: 100 } => {
                format!("{{ error-spike: {{ add: {}%, {onset} }} }}", percent(add))
            }
            Kind::Spike { add, users } => format!(
                "{{ error-spike: {{ add: {}%, scope: {{ users: {users}% }}, {onset} }} }}",
                percent(add)
            ),
            Kind::Slow { factor, share } => format!(
                "{{ latency-regression: {{ factor: {}x, share: {share}%, {onset} }} }}",
                tenths(factor)
            ),
            Kind::Work(work) => {
                format!("{{ capacity-regression: {{ work: {}x, {onset} }} }}", tenths(work))
            }
            Kind::Cold { latency, decay } => format!(
                "{{ cold-cache: {{ latency: {}x, decay: {} }} }}",
                tenths(latency),
                draft.s(decay)
            ),
            Kind::Crash(chance) => format!("{{ crash-loop: {{ chance: {chance}% }} }}"),
            Kind::Leak { rate, drag } => format!(
                "{{ memory-leak: {{ rate: {}Mi/m, drag: {}, {onset} }} }}",
                rate.max(1),
                if drag { 3 } else { 0 }
            ),
            Kind::LeakPerRequest(each) => {
                format!("{{ memory-leak: {{ perRequest: {each}Ki, {onset} }} }}")
            }
            Kind::Pool { leaks, restart } => format!(
                "{{ pool-exhaustion: {{ leaks: {}%, restart: {}, {onset} }} }}",
                percent(leaks),
                restart.map_or("none".to_owned(), |after| draft.s(after))
            ),
        }
    }
}
