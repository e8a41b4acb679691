//! What a tick does when all checks have passed.

use super::analysis::{Analysis, Provider, Strategy};
use super::phase::Phase;
use super::question::Question;
use super::routes::Routes;
use super::scheduler::{Ask, Scheduler};
use super::tick::Orders;

impl Scheduler {
    /// A tick further. Source: `runCanary`, `runBlueGreen` and `runAB`.
    pub(super) fn advance(
        &mut self,
        analysis: &Analysis,
        ask: Ask<'_>,
        orders: &mut Orders,
    ) -> Option<()> {
        match analysis.strategy() {
            Strategy::Canary => self.grow(analysis, ask, orders),
            Strategy::BlueGreen => self.iterate(analysis, ask, orders),
            Strategy::AbTesting => self.route_matching(analysis, ask, orders),
        }
    }

    /// The weight grows up to the last one, behind which comes the promotion. A weight that has
    /// nowhere to grow to stays where it is, even if it is the last one.
    fn grow(&mut self, analysis: &Analysis, ask: Ask<'_>, orders: &mut Orders) -> Option<()> {
        let (weight, is_mirrored) = (self.routes.canary, self.routes.is_mirrored);
        let step = analysis.next_step(weight);
        let waits = is_mirrored || self.phase == Phase::WaitingPromotion;
        if step == 0 || !(waits || ask(Question::ConfirmTrafficIncrease)?) {
            return Some(());
        }
        if weight >= analysis.max_weight() {
            return self.promote(analysis, ask, orders);
        }
        if analysis.is_mirrored && weight == 0 && !is_mirrored {
            self.route(Routes { is_mirrored: true, ..Routes::PRIMARY }, orders);
        } else {
            self.route(Routes::split(weight.saturating_add(step)), orders);
        }
        self.weight = self.routes.canary;
        Some(())
    }

    /// So many ticks without requests, then all of them to the canary, then the promotion.
    fn iterate(&mut self, analysis: &Analysis, ask: Ask<'_>, orders: &mut Orders) -> Option<()> {
        let last = analysis.iterations();
        let is_mesh = analysis.provider == Provider::Mesh;
        if self.iterations < last {
            if is_mesh && analysis.is_mirrored && !self.routes.is_mirrored {
                self.route(Routes { is_mirrored: true, ..Routes::PRIMARY }, orders);
            }
            self.iterations += 1;
        } else if self.iterations > last {
            self.promote(analysis, ask, orders)?;
        } else if self.may_promote(analysis, ask)? {
            if is_mesh {
                self.route(Routes::CANARY, orders);
            }
            self.iterations += 1;
        }
        Some(())
    }

    /// Those who match get the canary for so many ticks, then comes the promotion. Whoever waits
    /// for that is analysed once more in between.
    fn route_matching(
        &mut self,
        analysis: &Analysis,
        ask: Ask<'_>,
        orders: &mut Orders,
    ) -> Option<()> {
        if self.iterations < analysis.iterations() {
            self.route(Routes::CANARY, orders);
            self.iterations += 1;
            return Some(());
        }
        self.promote(analysis, ask, orders)
    }

    /// The primary becomes the release, as soon as that is confirmed.
    fn promote(&mut self, analysis: &Analysis, ask: Ask<'_>, orders: &mut Orders) -> Option<()> {
        if self.may_promote(analysis, ask)? {
            orders.is_promoted = true;
            self.phase = Phase::Promoting;
        }
        Some(())
    }

    /// Whether the promotion is confirmed. Where it was refused before, the last tick without
    /// weights is repeated, so that it is asked in every other tick only.
    ///
    /// Source: `runConfirmPromotionHooks`.
    fn may_promote(&mut self, analysis: &Analysis, ask: Ask<'_>) -> Option<bool> {
        let may = ask(Question::ConfirmPromotion)?;
        if !may && self.phase == Phase::WaitingPromotion {
            self.iterations = analysis.iterations().saturating_sub(1);
        }
        if !may {
            self.phase = Phase::WaitingPromotion;
        }
        Some(may)
    }
}
