//! What a tick does when all checks have passed.

use super::analysis::{Analysis, Provider, Strategy};
use super::phase::Phase;
use super::routes::Routes;
use super::scheduler::Scheduler;
use super::tick::{Orders, Seen};

impl Scheduler {
    /// A tick further. Source: `runCanary`, `runBlueGreen` and `runAB`.
    pub(super) fn advance(&mut self, analysis: &Analysis, seen: &Seen, orders: &mut Orders) {
        match analysis.strategy() {
            Strategy::Canary => self.grow(analysis, seen, orders),
            Strategy::BlueGreen => self.iterate(analysis, seen, orders),
            Strategy::AbTesting => self.route_matching(analysis, seen, orders),
        }
    }

    /// The weight grows up to the last one, behind which comes the promotion. A weight that has
    /// nowhere to grow to stays where it is.
    fn grow(&mut self, analysis: &Analysis, seen: &Seen, orders: &mut Orders) {
        let weight = self.routes.canary;
        if weight >= analysis.max_weight() {
            return self.promote(seen, orders);
        }
        if !seen.hooks.confirm_traffic_increase {
            return;
        }
        if analysis.is_mirrored && weight == 0 && !self.routes.is_mirrored {
            self.route(Routes { is_mirrored: true, ..Routes::PRIMARY }, orders);
            return;
        }
        let step = analysis.next_step(weight);
        if step > 0 {
            self.route(Routes::split(weight.saturating_add(step)), orders);
            self.weight = self.routes.canary;
        }
    }

    /// So many ticks without requests, then all of them to the canary, then the promotion.
    fn iterate(&mut self, analysis: &Analysis, seen: &Seen, orders: &mut Orders) {
        let last = analysis.iterations();
        if self.iterations < last {
            if analysis.is_mirrored && !self.routes.is_mirrored {
                self.route(Routes { is_mirrored: true, ..Routes::PRIMARY }, orders);
            }
            self.iterations += 1;
        } else if !seen.hooks.confirm_promotion {
            self.phase = Phase::WaitingPromotion;
        } else if self.iterations == last {
            if analysis.provider == Provider::Mesh {
                self.route(Routes::CANARY, orders);
            }
            self.iterations += 1;
        } else {
            self.promote(seen, orders);
        }
    }

    /// Those who match get the canary for so many ticks, then comes the promotion.
    fn route_matching(&mut self, analysis: &Analysis, seen: &Seen, orders: &mut Orders) {
        if self.iterations < analysis.iterations() {
            self.route(Routes::CANARY, orders);
            self.iterations += 1;
        } else {
            self.promote(seen, orders);
        }
    }

    /// The primary becomes the release, as soon as that is confirmed.
    fn promote(&mut self, seen: &Seen, orders: &mut Orders) {
        if seen.hooks.confirm_promotion {
            orders.is_promoted = true;
            self.phase = Phase::Promoting;
        } else {
            self.phase = Phase::WaitingPromotion;
        }
    }
}
