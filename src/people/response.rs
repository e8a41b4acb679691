//! From a page to an order: somebody acknowledges, finds out and decides.

use chance::{Continuous, Law};
use clockwork::Span;

use super::People;

/// How many people a page can reach, one after the other. The last one always answers.
pub const PEOPLE_ON_CALL: usize = 3;

/// What is random about one diagnosis and the decision after it: uniforms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// How long the diagnosis takes.
    pub diagnose: f64,
    /// How long the decision takes.
    pub decide: f64,
}

/// What is random about the answer to a page: uniforms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniforms {
    /// When each of those who are called acknowledges, if at all.
    pub acknowledge: [f64; PEOPLE_ON_CALL],
    /// The first diagnosis.
    pub turn: Turn,
}

/// What happens when, counted from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// Somebody has answered.
    pub acknowledged: Span,
    /// They have an opinion on the cause.
    pub diagnosed: Span,
    /// They have made up their mind.
    pub decided: Span,
}

impl People {
    /// How a page at this time since any midnight is answered.
    ///
    /// The first person has until `escalate` to acknowledge, then the next one is called, and so
    /// on; who is on call at the time of the page is so for all of it. `versions_told_apart` says
    /// whether two versions serve side by side; without metrics by version that does not matter.
    ///
    /// Every span grows with every uniform.
    pub fn respond(
        &self,
        time_of_day: Span,
        versions_told_apart: bool,
        uniforms: &Uniforms,
    ) -> Response {
        let acknowledged = self.acknowledged(time_of_day, &uniforms.acknowledge);
        self.turn_after(acknowledged, versions_told_apart, uniforms.turn)
    }

    /// What follows when somebody who had decided to go on, `decided` after the page, looks once
    /// more.
    pub fn look_again(&self, decided: Span, versions_told_apart: bool, turn: Turn) -> Response {
        self.turn_after(decided, versions_told_apart, turn)
    }

    /// Time from an order to the machinery's start on it, from one uniform.
    pub fn act(&self, u: f64) -> Span {
        Span::from_secs_f64(self.act.quantile(u))
    }

    fn acknowledged(&self, time_of_day: Span, uniforms: &[f64; PEOPLE_ON_CALL]) -> Span {
        let is_day = self.hours.contain(time_of_day);
        let law = if is_day { &self.acknowledge } else { &self.acknowledge_at_night };
        let [others @ .., last] = uniforms;
        let mut called = Span::ZERO;
        for u in others {
            match self.answers(law, *u) {
                Some(after) => return called + after,
                None => called += self.escalate,
            }
        }
        called + Span::from_secs_f64(law.quantile(*last))
    }

    /// After what time one person answers, if in time. The largest uniforms never see the page, so
    /// that a larger uniform is never better.
    fn answers(&self, law: &Law, u: f64) -> Option<Span> {
        let seen = 1.0 - self.unacknowledged;
        let after = (u < seen).then(|| Span::from_secs_f64(law.quantile(u / seen)))?;
        (after <= self.escalate).then_some(after)
    }

    fn turn_after(&self, since: Span, versions_told_apart: bool, turn: Turn) -> Response {
        let is_blind = !(versions_told_apart && self.version_metrics);
        let longer = if is_blind { self.without_versions } else { 1.0 };
        let diagnosed = since + Span::from_secs_f64(self.diagnose.quantile(turn.diagnose) * longer);
        let decided = diagnosed + Span::from_secs_f64(self.decide.quantile(turn.decide));
        Response { acknowledged: since, diagnosed, decided }
    }
}
