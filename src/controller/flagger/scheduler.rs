//! The scheduler: one tick at a time.

use super::analysis::{Analysis, Provider};
use super::phase::Phase;
use super::question::Question;
use super::readiness::Readiness;
use super::routes::Routes;
use super::tick::{Orders, Scale, Seen, Workloads};

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

/// What a tick asks on its way: nothing is the answer that is not known yet.
pub(super) type Ask<'a> = &'a mut dyn FnMut(Question) -> Option<bool>;

impl Scheduler {
    /// One tick of which all is known. At most one check fails in it, and a rollback comes with
    /// the tick after the check that was one too many. Source: `advanceCanary`.
    pub fn tick(&mut self, analysis: &Analysis, seen: &Seen) -> Orders {
        let mut answer = |question| Some(seen.answer(question));
        self.run(analysis, seen.workloads(), &mut answer).unwrap_or_default()
    }

    /// The same, as far as it gets: nothing where an answer is not known yet, and then what is
    /// remembered is worth nothing.
    pub(super) fn run(
        &mut self,
        analysis: &Analysis,
        seen: Workloads,
        ask: Ask<'_>,
    ) -> Option<Orders> {
        let mut orders = Orders::default();
        if analysis.is_suspended {
            return Some(orders);
        }
        if self.phase == Phase::Initializing {
            self.initialize(seen, &mut orders);
            return Some(orders);
        }
        if !(seen.is_changed || self.phase.is_under_way()) {
            return Some(orders);
        }
        match seen.primary {
            _ if analysis.is_skipped => {}
            Readiness::Ready => {}
            Readiness::Waiting(_) => return Some(orders),
            Readiness::Failed => {
                self.give_up(&mut orders);
                return Some(orders);
            }
        }
        if !self.phase.is_under_way() || self.phase == Phase::Waiting {
            self.begin(ask, &mut orders)?;
        } else if seen.is_changed
            && matches!(self.phase, Phase::Progressing | Phase::WaitingPromotion)
        {
            self.restart(&mut orders);
        } else {
            self.go_on(analysis, seen, ask, &mut orders)?;
        }
        Some(orders)
    }

    /// The primary takes over from the workload it was made of.
    fn initialize(&mut self, seen: Workloads, orders: &mut Orders) {
        if seen.primary == Readiness::Ready {
            self.route(Routes::PRIMARY, orders);
            orders.canary = Some(Scale::Zero);
            self.phase = Phase::Initialized;
        }
    }

    /// A release begins as soon as it is confirmed. Requests go on as they went: to a canary that
    /// was kept, if the last promotion failed.
    fn begin(&mut self, ask: Ask<'_>, orders: &mut Orders) -> Option<()> {
        if !ask(Question::ConfirmRollout)? {
            self.phase = Phase::Waiting;
            return Some(());
        }
        orders.canary = Some(Scale::Up);
        self.phase = Phase::Progressing;
        self.clear();
        Some(())
    }

    /// Another release takes the place of the one that is analysed.
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

    fn go_on(
        &mut self,
        analysis: &Analysis,
        seen: Workloads,
        ask: Ask<'_>,
        orders: &mut Orders,
    ) -> Option<()> {
        match seen.canary {
            Readiness::Ready => {}
            Readiness::Waiting(_) => return Some(()),
            Readiness::Failed => {
                self.roll_back(orders);
                return Some(());
            }
        }
        if analysis.is_skipped {
            self.skip(orders);
            return Some(());
        }
        match self.phase {
            Phase::Promoting => self.shift_back(analysis, orders),
            Phase::Finalising => {
                orders.canary = Some(Scale::Zero);
                self.phase = Phase::Succeeded;
            }
            _ if ask(Question::Rollback)? => self.roll_back(orders),
            _ if self.failed_checks >= analysis.threshold() => self.roll_back(orders),
            _ => self.check(analysis, ask, orders)?,
        }
        Some(())
    }

    /// What is asked before a release gets any further.
    fn check(&mut self, analysis: &Analysis, ask: Ask<'_>, orders: &mut Orders) -> Option<()> {
        let is_mirrored = analysis.is_mirrored && self.routes.is_mirrored;
        let is_untouched = self.routes.canary == 0 && self.iterations == 0 && !is_mirrored;
        let passes = if is_untouched {
            ask(Question::PreRollout)?
        } else {
            ask(Question::Rollout)? && ask(Question::Metrics)?
        };
        if passes {
            return self.advance(analysis, ask, orders);
        }
        self.failed_checks += 1;
        Some(())
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

    /// Requests go back to the primary, which is the release now. Where one Service is all there
    /// is, they went there all the time.
    ///
    /// Source: `runPromotionTrafficShift`.
    fn shift_back(&mut self, analysis: &Analysis, orders: &mut Orders) {
        let step = analysis.step_weight_promotion;
        let is_at_once = step == 0 || analysis.provider == Provider::Kubernetes;
        let rest = if is_at_once { 0 } else { self.routes.canary.saturating_sub(step) };
        self.route(Routes::split(rest), orders);
        self.weight = rest;
        if rest == 0 {
            self.phase = Phase::Finalising;
        }
    }
}
