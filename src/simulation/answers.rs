//! What is random about the people of a world: when they answer, what they make of it, how long
//! they take. All of it is keyed by the number of the page, so that it is the same under every
//! strategy that pages as often.

use clockwork::Span;

use super::purpose;
use super::world::World;
use crate::people::{PEOPLE_ON_CALL, Turn, Uniforms};
use crate::scenario::{AfterRollback, Scenario};
use chance::Continuous;

/// The stream of people.
const PEOPLE: u32 = 66;

impl World {
    /// Somebody has worked on the release for attempt `attempt`; with the chance `works` it has no
    /// fault any more.
    pub(super) fn fix(&mut self, attempt: u32, works: f64) {
        self.fixed |= self.keyed.uniform(PEOPLE, attempt, purpose::FIX) < works;
    }

    /// Time from the end of an attempt to the next one.
    pub(super) fn until_next_attempt(&self, scenario: &Scenario, attempt: u32) -> Span {
        match &scenario.after_rollback {
            AfterRollback::Abandon => Span::ZERO,
            AfterRollback::Retry { cooldown, .. } => *cooldown,
            AfterRollback::Fix { cooldown, takes, .. } => {
                let u = self.keyed.uniforms(PEOPLE, attempt, purpose::FIX)[1];
                Span::from_secs_f64(takes.quantile(u).max(0.0)).max(*cooldown)
            }
        }
    }

    /// What is random about the answer to a page.
    pub(super) fn page(&self, number: u32) -> Uniforms {
        let answer = |who: usize| {
            let node = number * PEOPLE_ON_CALL as u32 + who as u32;
            self.keyed.uniform(PEOPLE, node, purpose::ACKNOWLEDGE)
        };
        Uniforms { acknowledge: std::array::from_fn(answer), turn: self.turn(number, 0) }
    }

    /// What is random about one diagnosis and the decision after it.
    pub(super) fn turn(&self, page: u32, round: u32) -> Turn {
        let node = node(page, round);
        Turn {
            diagnose: self.keyed.uniform(PEOPLE, node, purpose::DIAGNOSE),
            decide: self.keyed.uniform(PEOPLE, node, purpose::DECIDE),
        }
    }

    /// Whether the evidence is read rightly.
    pub(super) fn judgement(&self, page: u32, round: u32) -> f64 {
        self.keyed.uniform(PEOPLE, node(page, round), purpose::JUDGE)
    }

    /// How long an order takes to be carried out by hand.
    pub(super) fn acting(&self, page: u32) -> f64 {
        self.keyed.uniform(PEOPLE, page, purpose::ACT)
    }

    /// What is random about an approval.
    pub(super) fn approval(&self, number: u32) -> [f64; 2] {
        self.keyed.uniforms(PEOPLE, number, purpose::APPROVE)
    }

    /// What decides how many test requests fail.
    pub(super) fn smoke(&self, attempt: u32) -> f64 {
        self.keyed.uniform(PEOPLE, attempt, purpose::SMOKE)
    }
}

/// Rounds of one page that have uniforms of their own.
const ROUNDS: u32 = 64;

fn node(page: u32, round: u32) -> u32 {
    page * ROUNDS + round.min(ROUNDS - 1)
}
