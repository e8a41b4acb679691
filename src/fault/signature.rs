//! What a fault does to requests and to pods.

use clockwork::Span;

use crate::fleet::Cold;

/// What the new version suffers while a fault is in full force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    /// Share of the requests in scope that fail because of it.
    pub errors: f64,
    /// Share of the requests in scope that take `factor` times as long to serve.
    pub slow: f64,
    /// How many times as long.
    pub factor: f64,
    /// How many times as much of a pod a request uses up, beyond being slower.
    pub work: f64,
    /// How slow a fresh pod is, beyond what every fresh pod is.
    pub cold: Option<Cold>,
    /// Chance that a start of a pod fails.
    pub crash: f64,
    /// What uses up something of every pod.
    pub wear: Option<Wear>,
}

/// Something of a pod is used up, from zero when it becomes ready to one when there is none left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wear {
    /// Share that is used up per second.
    pub per_second: f64,
    /// Share that is used up per request.
    pub per_request: f64,
    /// What a healthy pod uses of the whole, zero to one.
    pub floor: f64,
    /// At a used share m of the whole a request takes `1 + drag m^8` times as long.
    pub drag: f64,
    /// What happens when there is none left.
    pub end: End,
}

/// What happens to a pod that has used up what it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// It is killed and restarted in place.
    Killed,
    /// It fails every request; after a time it is restarted, if at all.
    Stalled {
        /// After how long.
        restart: Option<Span>,
    },
}

impl Signature {
    /// Nothing at all.
    pub const NONE: Self =
        Self { errors: 0.0, slow: 0.0, factor: 1.0, work: 1.0, cold: None, crash: 0.0, wear: None };

    /// Whether it does anything.
    pub fn is_none(&self) -> bool {
        !self.hits_requests() && self.cold.is_none() && self.crash == 0.0 && self.wear.is_none()
    }

    /// Whether it makes no request slower or faster.
    pub fn is_quick(&self) -> bool {
        let slow = self.slow > 0.0 && self.factor != 1.0 || self.work != 1.0;
        !slow && self.cold.is_none() && self.wear.is_none() && self.crash == 0.0
    }

    /// Whether it does something to every request from its onset on.
    pub fn hits_requests(&self) -> bool {
        self.errors > 0.0 || self.slow > 0.0 && self.factor != 1.0 || self.work != 1.0
    }
}

impl Wear {
    /// How many times as long a request takes on a pod that has used up this much, relative to a
    /// fresh one.
    pub fn slowdown(&self, used: f64) -> f64 {
        if self.drag == 0.0 {
            return 1.0;
        }
        let at = |used: f64| 1.0 + self.drag * eighth(self.floor + (1.0 - self.floor) * used);
        at(used.min(1.0)) / at(0.0)
    }

    /// How much is used up when a request takes one per cent longer; at most one.
    pub fn felt_at(&self) -> f64 {
        self.used_when(1.01)
    }

    /// How much is used up when a request takes so many times as long; at most one.
    pub fn used_when(&self, slower: f64) -> f64 {
        if self.drag == 0.0 {
            return 1.0;
        }
        let first = 1.0 + self.drag * eighth(self.floor);
        let share = chance::math::pow((first * slower - 1.0) / self.drag, 0.125);
        ((share - self.floor) / (1.0 - self.floor)).clamp(0.0, 1.0)
    }
}

fn eighth(x: f64) -> f64 {
    let square = x * x;
    let fourth = square * square;
    fourth * fourth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_slow_near_its_limit_and_that_is_felt_late() {
        let wear =
            Wear { per_second: 1e-4, per_request: 0.0, floor: 0.6, drag: 3.0, end: End::Killed };
        assert!((wear.slowdown(0.0) - 1.0).abs() < 1e-15);
        assert!((wear.slowdown(1.0) - 4.0 / (1.0 + 3.0 * eighth(0.6))).abs() < 1e-12);
        let felt = wear.felt_at();
        assert!((wear.slowdown(felt) - 1.01).abs() < 1e-9 && felt < 0.2, "{felt}");
    }
}
