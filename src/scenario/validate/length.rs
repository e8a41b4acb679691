//! How long a change may take: every scrape of it is counted, so there is a limit.

use chance::{Continuous, Law};
use clockwork::Span;

use super::{Pass, TICKS_MAX, code};
use crate::document::{At, Place, Problem, Varying};
use crate::scenario::AfterRollback;
use crate::strategy::{Replacement, Routing, Stage, Strategy};

/// One draw in a thousand of a time that varies may be longer than the limit.
const MOST: f64 = 0.999;

/// Reports a plan that takes too long, all attempts together. It is about the `strategy`, at
/// `place`.
pub(super) fn plan(
    strategy: &Strategy,
    after: Option<&AfterRollback>,
    replicas: u32,
    (place, tick): (Place, Span),
    pass: &mut Pass<'_>,
) {
    let longest = tick * TICKS_MAX;
    let once = takes(strategy, replicas);
    let (attempts, between) = match after {
        Some(AfterRollback::Retry { cooldown, attempts }) => (*attempts, *cooldown),
        Some(AfterRollback::Fix { takes, cooldown, attempts, .. }) => {
            (*attempts, (*cooldown).max(Span::from_secs_f64(takes.quantile(MOST))))
        }
        Some(AfterRollback::Abandon) | None => (1, Span::ZERO),
    };
    if once <= longest && (once + between) * u64::from(attempts) <= longest {
        return;
    }
    let title = "a plan of more than a million scrapes";
    let problem = Problem::error(code::LIMIT, title);
    let problem = if once > longest {
        let label = format!("with a scrape every {tick}, at most {longest} can be simulated");
        problem.at(place, label).help("write shorter times, for example: pause: 10m")
    } else {
        let label = format!("{attempts} attempts, and {} before each", said(between));
        let help = "write for example: afterRollback: { retry: { cooldown: 30m, attempts: 3 } }";
        problem.at(place, label).help(help)
    };
    pass.problem(problem);
}

/// What a plan waits for, the longest wait for pods included.
fn takes(strategy: &Strategy, replicas: u32) -> Span {
    let stage = |stage: &Stage| match *stage {
        Stage::SetWeight(_) => match strategy.routing {
            Routing::Weights { delay } => delay,
            Routing::Pods => Span::ZERO,
        },
        Stage::Pause(span) => span,
        Stage::PauseUntil { at_most, .. } => at_most,
        Stage::Approve | Stage::Controlled(_) => Span::ZERO,
        Stage::Prepare | Stage::Replace(Replacement::Recreate) => strategy.min_ready,
        Stage::Check(smoke) => smoke.every * smoke.requests,
        Stage::Replace(Replacement::Rolling(bounds, _)) => {
            let batch = bounds.surge.saturating_add(bounds.unavailable).max(1);
            strategy.min_ready * u64::from(replicas.div_ceil(batch))
        }
    };
    let stages = strategy.stages.iter().map(stage).fold(Span::ZERO, |sum, span| sum + span);
    let drain = strategy.affinity.map_or(Span::ZERO, |affinity| affinity.drain);
    stages + drain + strategy.deadline.unwrap_or_default()
}

/// A time as a person would say it; what no text may say is years.
fn said(span: Span) -> String {
    if span <= Span::MAX { span.to_string() } else { "more than ten years".to_owned() }
}

impl Pass<'_> {
    /// The law of a time in a plan, which has a limit.
    pub(super) fn time(&mut self, at: &At<Varying<Span>>, tick: Span) -> Option<Law> {
        let law = self.law(&at.value, at.place)?;
        let longest = tick * TICKS_MAX;
        let label = format!("with a scrape every {tick}, at most {longest} can be simulated");
        let help = "write a shorter time, for example: 10m";
        let what = ("a wait of more than a million scrapes", label.as_str(), help);
        let fits = law.quantile(MOST) <= longest.as_secs_f64();
        self.require(fits, code::LIMIT, at.place, what);
        fits.then_some(law)
    }
}
