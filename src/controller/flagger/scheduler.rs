//! The scheduler: one tick at a time.

use super::analysis::Analysis;
use super::phase::Phase;
use super::readiness::Readiness;
use super::routes::Routes;
use super::tick::{Orders, Scale, Seen};

/// What the scheduler remembers of a canary from tick to tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scheduler {
    /// Where it stands.
    pub phase: Phase,
    /// The weight that its status says.
    pub weight: u32,
    /// Ticks that were analysed without weights.
    pub iterations: u32,
    /// Checks that have failed since the release began. Passed ones do not make up for them.
    pub failed_checks: u32,
    /// Where requests go.
    pub routes: Routes,
}

impl Scheduler {
    /// One tick. At most one check fails in it, and a rollback comes with the tick after the check
    /// that was one too many. Source: `advanceCanary`.
    pub fn tick(&mut self, analysis: &Analysis, seen: &Seen) -> Orders {
        let mut orders = Orders::default();
        if analysis.is_suspended {
            return orders;
        }
        if self.phase == Phase::Initializing {
            self.initialize(seen, &mut orders);
            return orders;
        }
        if !(seen.is_changed || self.phase.is_under_way()) {
            return orders;
        }
        match seen.primary {
            Readiness::Ready => {}
            Readiness::Waiting(_) => return orders,
            Readiness::Failed => {
                self.give_up(&mut orders);
                return orders;
            }
        }
        if !self.phase.is_under_way() || self.phase == Phase::Waiting {
            self.begin(seen, &mut orders);
        } else if seen.is_changed
            && matches!(self.phase, Phase::Progressing | Phase::WaitingPromotion)
        {
            self.restart(&mut orders);
        } else {
            self.go_on(analysis, seen, &mut orders);
        }
        orders
    }

    /// The primary takes over from the workload it was made of.
    fn initialize(&mut self, seen: &Seen, orders: &mut Orders) {
        if seen.primary == Readiness::Ready {
            self.route(Routes::PRIMARY, orders);
            orders.canary = Some(Scale::Zero);
            self.phase = Phase::Initialized;
        }
    }

    /// A release begins as soon as it is confirmed.
    fn begin(&mut self, seen: &Seen, orders: &mut Orders) {
        if !seen.hooks.confirm_rollout {
            self.phase = Phase::Waiting;
            return;
        }
        orders.canary = Some(Scale::Up);
        self.restart(orders);
    }

    /// A release begins, or another one takes its place.
    fn restart(&mut self, orders: &mut Orders) {
        self.phase = Phase::Progressing;
        self.clear();
        self.route(Routes::PRIMARY, orders);
    }

    fn clear(&mut self) {
        (self.weight, self.iterations, self.failed_checks) = (0, 0, 0);
    }

    pub(super) fn route(&mut self, routes: Routes, orders: &mut Orders) {
        self.routes = routes;
        orders.routes = Some(routes);
    }

    fn go_on(&mut self, analysis: &Analysis, seen: &Seen, orders: &mut Orders) {
        match seen.canary {
            Readiness::Ready => {}
            Readiness::Waiting(_) => return,
            Readiness::Failed => return self.roll_back(orders),
        }
        let is_analysed = matches!(self.phase, Phase::Progressing | Phase::WaitingPromotion);
        if is_analysed && analysis.is_skipped {
            return self.skip(orders);
        }
        if is_analysed && seen.hooks.rollback {
            return self.roll_back(orders);
        }
        match self.phase {
            Phase::Promoting => return self.shift_back(analysis, orders),
            Phase::Finalising => {
                orders.canary = Some(Scale::Zero);
                self.phase = Phase::Succeeded;
                return;
            }
            _ => {}
        }
        if self.failed_checks >= analysis.threshold() {
            return self.roll_back(orders);
        }
        let is_untouched =
            self.routes.canary == 0 && self.iterations == 0 && !self.routes.is_mirrored;
        let passes = if is_untouched {
            seen.hooks.pre_rollout
        } else {
            seen.hooks.rollout && seen.do_metrics_pass
        };
        if passes {
            self.advance(analysis, seen, orders);
        } else {
            self.failed_checks += 1;
        }
    }

    /// A release that is not analysed is promoted at once.
    fn skip(&mut self, orders: &mut Orders) {
        self.route(Routes::PRIMARY, orders);
        orders.is_promoted = true;
        orders.canary = Some(Scale::Zero);
        self.weight = 0;
        self.phase = Phase::Succeeded;
    }

    /// Everything back to the primary, and the canary away. Source: `rollback`.
    fn roll_back(&mut self, orders: &mut Orders) {
        self.route(Routes::PRIMARY, orders);
        orders.canary = Some(Scale::Zero);
        self.clear();
        self.phase = Phase::Failed;
    }

    /// The primary will not be ready. While it becomes the release, the canary is the only version
    /// that works, and it is kept; before that it is rolled back.
    fn give_up(&mut self, orders: &mut Orders) {
        if matches!(self.phase, Phase::Promoting | Phase::Finalising) {
            self.route(Routes::CANARY, orders);
            self.clear();
            self.weight = 100;
            self.phase = Phase::Failed;
        } else if self.phase.is_under_way() {
            self.roll_back(orders);
        }
    }

    /// Requests go back to the primary, which is the release now.
    ///
    /// Source: `runPromotionTrafficShift`.
    fn shift_back(&mut self, analysis: &Analysis, orders: &mut Orders) {
        let step = analysis.step_weight_promotion;
        let rest = if step == 0 { 0 } else { self.routes.canary.saturating_sub(step) };
        self.route(Routes::split(rest), orders);
        self.weight = rest;
        if rest == 0 {
            self.phase = Phase::Finalising;
        }
    }
}
