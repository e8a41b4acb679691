//! The mixture of service times that faults make.

use chance::math;

use crate::scenario::FAULTS_MAX;

/// A share of the requests that take `exp(ln_factor)` times as long.
pub(super) type Component = (f64, f64);

/// The mixture of service times that the faults make.
pub(super) struct Components {
    items: [Component; 1 << FAULTS_MAX],
    len: usize,
    /// Mean multiple of the service time.
    pub(super) mean: f64,
}

impl Components {
    /// All requests, as they are.
    pub(super) const TRIVIAL: Self = {
        let mut items = [(0.0, 0.0); 1 << FAULTS_MAX];
        items[0] = (1.0, 0.0);
        Self { items, len: 1, mean: 1.0 }
    };

    pub(super) fn is_trivial(&self) -> bool {
        self.len == 1 && self.items[0].1 == 0.0
    }

    pub(super) fn list(&self) -> &[Component] {
        &self.items[..self.len]
    }

    /// A share of the requests, whichever they are, takes `factor` times as long.
    pub(super) fn slow_down(&mut self, share: f64, factor: f64) {
        let ln = math::ln(factor);
        self.mean *= 1.0 + share * (factor - 1.0);
        if share >= 1.0 {
            self.items[..self.len].iter_mut().for_each(|item| item.1 += ln);
            return;
        }
        for index in 0..self.len {
            let (part, slower) = self.items[index];
            self.items[index].0 = part * (1.0 - share);
            self.items[self.len + index] = (part * share, slower + ln);
        }
        self.len *= 2;
    }
}
